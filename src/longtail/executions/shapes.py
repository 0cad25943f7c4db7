"""A command line → its shape: what a program is told, without what changes from one use to the next.

``"C:\\Windows\\system32\\cmd.exe" /c echo open 1.2.3.4>So.2`` → ``cmd.exe -c echo open <ip> > <file:2>``. Options read
the same after ``/`` and ``-``; arguments become kinds (``words``); what a shell is told is shaped command by command.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from longtail.executions import powershell
from longtail.executions.arguments import argument, arguments
from longtail.executions.argv import MAX_TEXT, posix_words
from longtail.executions.hosts.told import called, with_program
from longtail.executions.paths import Zone, executable
from longtail.executions.shell import CMD_BUILTINS, CMD_SWITCH, cmd_commands, cmd_text, names, sh_commands
from longtail.executions.words import kind

MAX_TOKENS = 40
MAX_LENGTH = 512
MAX_DEPTH = 6
CUT = "…"

_CMD = names("cmd")
_SH = names("sh bash dash ash zsh ksh mksh")
_POWERSHELL = names("powershell pwsh sqlps")
_SHELLS = _CMD | _SH | _POWERSHELL
_OPERATORS = names("& && | || ; > >> < << 2> 2>> 1> 1>> 2>&1 >&2 1>&2")
_CHAINS = names("& && | || ;")
_TELLS = names("-c -k -r -command -encodedcommand")
_PROGRAM = re.compile(r'[ \t]*(?:"([^"]*)"?|([^ \t<>]+))')
_QUOTED_PROGRAM = re.compile(r'[ \t]*((?:"[^"]*"?|[^ \t"<>])++)')
_SPACED = re.compile(r'[a-z]:\\[^"<>|*?\t]{1,240}?\.(?:exe|com|bat|cmd|scr)(?=\s|$)', re.IGNORECASE)
_KEEP_NAMES = frozenset({Zone.NONE, Zone.SYSTEM, Zone.PROGRAM_FILES, Zone.UNIX_SYSTEM, Zone.UNIX_OPT})
_GLUE = (".", ":", ",", ";", "(", "+", "[", "]")  # what may stand between a built-in and its text: ``echo.hello``
_GLUED = re.compile(r"([\w-]+)(?=[/,;=(])")
_SH_TELLS = re.compile(r"-[a-z]*c[a-z]*")
_DETAILED = re.compile(r"<([a-z]+)(?::[^>]*)?>")


def shape(command_line: str | None, name: str = "") -> str:
    """The command line with its volatile parts masked; ``""`` for no command line.

    ``name`` is the canonical file name of the program; without it the first word's is taken. At most ``MAX_TOKENS``
    tokens and ``MAX_LENGTH`` characters, ended by ``…`` where more was cut.
    """
    if not command_line:
        return ""
    tokens = list(islice(_tokens(with_program(command_line[:MAX_TEXT], name), name, 0), MAX_TOKENS + 1))
    text = " ".join(tokens[:MAX_TOKENS])
    if len(tokens) > MAX_TOKENS or len(text) > MAX_LENGTH:
        text = f"{text[: MAX_LENGTH - 2].rstrip()} {CUT}"
    return text


def _tokens(line: str, name: str, depth: int) -> Iterator[str]:
    line = line.replace("^", "") if "^" in line else line
    word, end = _program(line, name) if depth == 0 else _inner_program(line)
    title = "_".join((name or _title(word, depth)).split()) or "<text>"
    stem = title.removesuffix(".exe")
    yield title
    rest = line[end:]
    if depth >= MAX_DEPTH:
        yield from arguments(rest, stem)
    elif stem in _CMD:
        yield from _told_to_cmd(rest, depth)
    elif stem in _SH:
        yield from _told_to_sh(rest, depth)
    elif stem in _POWERSHELL:
        yield from _told_to_powershell(line, rest, depth)
    else:
        yield from arguments(rest, stem)


def _program(line: str, name: str) -> tuple[str, int]:
    """The program as written and where it ends; an unquoted path with blanks ends where its known name does."""
    found = _PROGRAM.match(line)
    if found is None:
        return "", 0
    word, end = found[1] if found[1] is not None else found[2], found.end()
    if found[1] is None and name:
        at = line.lower().find(name, found.start(2), found.start(2) + 260)
        if at >= 0 and line[at + len(name) : at + len(name) + 1] in ("", " ", "\t", "/", "<", ">"):
            return line[found.start(2) : at + len(name)], at + len(name)
    if found[1] is None and (spaced := _SPACED.match(line)):
        return spaced[0], spaced.end()
    builtin = name if name in CMD_BUILTINS else ""
    if builtin and word.lower().startswith(builtin):
        end = found.start(2) + len(builtin)
        return builtin, end + (line[end : end + 1] in _GLUE)
    if found[1] is None and (glued := _GLUED.match(word)):
        return glued[1], found.start(2) + glued.end()
    return word, end


def _inner_program(line: str) -> tuple[str, int]:
    """The program of a command inside a shell, whose quotes may stand anywhere in it (``w"h"oami``)."""
    found = _QUOTED_PROGRAM.match(line)
    if found is None:
        return "", 0
    word = found[1].replace('"', "")
    if '"' not in found[1] and (glued := _GLUED.match(word)):
        return glued[1], found.start(1) + glued.end()
    return word, found.end()


def _title(word: str, depth: int) -> str:
    """How a program is called in a shape: its canonical file name; where anybody can write, only its kind."""
    ran = executable(word)
    if not ran.name or ran.name[0] in "$%'({[-":
        return kind(word)
    return ran.name if depth == 0 or ran.zone in _KEEP_NAMES else kind(word)


def _told_to_cmd(rest: str, depth: int) -> Iterator[str]:
    switch = CMD_SWITCH.search(rest)
    text = cmd_text(rest)
    if switch is None or text is None:
        yield from arguments(rest)
        return
    yield from arguments(rest[: switch.start()])
    yield f"-{switch[0][-1].lower()}"
    yield from _commands(((simple.text, simple.then) for simple in cmd_commands(text)), depth, ".exe")


def _told_to_sh(rest: str, depth: int) -> Iterator[str]:
    words = posix_words(rest)
    for index, word in enumerate(words[:16]):
        if _SH_TELLS.fullmatch(word.value) and index + 1 < len(words):
            yield from arguments(rest[: word.start])
            yield "-c"
            raw = rest[words[index + 1].start :]
            text = words[index + 1].value if raw[0] in "'\"" else raw
            yield from _commands(((simple.text, simple.then) for simple in sh_commands(text)), depth, "")
            return
        if not word.value.startswith(("-", "+")):
            break
    yield from arguments(rest)


def _told_to_powershell(line: str, rest: str, depth: int) -> Iterator[str]:
    words = called(line, False)
    told = powershell.told_by(words)
    if told is None or told.value_at >= len(words):
        yield from map(_parameter, (word.value for word in words[1:]))
        return
    yield from map(_parameter, (word.value for word in words[1 : told.value_at]))
    text: str | None = " ".join(word.value for word in words[told.value_at :])
    if told.name == "file":
        yield kind(words[told.value_at].value)
        yield from arguments(line[words[told.value_at].end :])
        return
    if told.name == "encodedcommand":
        yield "<b64>"
        text = powershell.decoded(words[told.value_at].value)
    yield from _commands(((statement.lstrip("& "), ";") for statement in powershell.statements(text or "")), depth, "")


def _parameter(word: str) -> str:
    name = powershell.parameter(word)
    return f"-{name}" if name else argument(word)


def _commands(commands: Iterable[tuple[str, str]], depth: int, suffix: str) -> Iterator[str]:
    """The shapes of commands in a row, the operators between them kept."""
    joined = ""
    for text, then in commands:
        if joined:
            yield joined
        tokens = _tokens(text, "", depth + 1)
        first = next(tokens, "")
        yield first + suffix if suffix and first.isidentifier() and first not in CMD_BUILTINS else first
        yield from tokens
        joined = then if then in _CHAINS else "&"


def coarse(shape: str) -> str:
    """A shape without literal words and details, each kind and option once: what to fall back on when it is new."""
    kept: list[str] = []
    seen: set[tuple[bool, str]] = set()
    commanding, told_after, program = True, "", ""
    for token in shape.split(" "):
        short = token if commanding else _coarse(token)
        new = (commanding, short) not in seen
        if commanding:
            program = token.removesuffix(".exe")
            if new and kept and kept[-1] != told_after:
                kept.append(told_after if told_after in _CHAINS else "&")
        if new and (commanding or (token not in _CHAINS and (token[:1] in ("-", "<") or token in _OPERATORS))):
            kept.append(short)
            seen.add((commanding, short))
        commanding = token in _CHAINS or (token in _TELLS and program in _SHELLS)
        told_after = token if commanding else ""
    return " ".join(kept)


def _coarse(token: str) -> str:
    """``-s:<file:2>`` → ``-s:<file>``; a literal value goes, a path keeps its zone."""
    if token.startswith("-"):
        name, colon, value = token.partition(":")
        return name + (colon + _coarse(value) if value.startswith("<") else "")
    if token.startswith("<path:"):
        return f"<path:{token[1:-1].split(':')[1]}>"
    return _DETAILED.sub(r"<\1>", token)


def features(shape: str) -> tuple[str, ...]:
    """The sorted distinct features of a shape after its program: options, kinds, words, operators."""
    return tuple(sorted({token for token in shape.split(" ")[1:] if token and token != CUT}))
