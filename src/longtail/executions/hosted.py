"""A process start → the files that really ran in it: what hosts such as rundll32, cmd and python were told to run.

A host's row (``hosts/``) says what it was told; shells' texts are taken apart by ``shell`` and ``powershell``; each
command found may be a host again. Nothing is executed or looked up: it is all reading, total and bounded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from longtail.executions import powershell
from longtail.executions.argv import MAX_TEXT
from longtail.executions.hosts import host
from longtail.executions.hosts.disguised import disguised
from longtail.executions.hosts.told import Call, Kind, Told, called, program, with_program
from longtail.executions.paths import Executable, Zone, executable
from longtail.executions.shell import CMD_BUILTINS, SH_BUILTINS, Simple, cmd_commands, names, sh_commands

MAX_DEPTH = 8
"""Hosts inside hosts that are followed; honest software nests three deep."""
MAX_FOUND = 32
"""Executions kept of one command line."""


@dataclass(frozen=True, slots=True)
class Hosted:
    """A file (or built-in) that ran inside a host.

    ``hosted_by`` is the file name of the immediate host; ``command`` the text it was told, from the file's name on.
    """

    executable: Executable
    hosted_by: str
    command: str


class _Inside(NamedTuple):
    """Where reading has come to: in which host, how deep, in which dialect."""

    by: str
    depth: int
    posix: bool


_POSIX_NAMES = names("sh bash dash zsh ksh ash su sudo env nohup setsid busybox xargs systemd-run runuser")
_CMD_BUILTIN = re.compile(
    rf"({'|'.join(sorted(CMD_BUILTINS, key=len, reverse=True))})(?=$|[\s,;=/\\+:\[\]\"(<>]|\.(?![a-z]{{2,4}}(?:\s|$)))",
    re.IGNORECASE,
)
_GLUED = re.compile(r"[\w.-]+(?=[/,;=])")
_GLUED_CMD = re.compile(r'"?([^/"]*\bcmd(?:\.exe)?)"?/[a-z]', re.IGNORECASE)
_CMD_PROGRAM = re.compile(r'(?:"[^"]*"?|[^\s"])++')
_TRANSPARENT = names("eval exec command builtin . source")
"""Words of the shell itself that run what follows them in the shell's own process."""
_START = re.compile(
    r'(?:\s*(?:/d\s*(?:"[^"]*"|\S+)|/(?:node|affinity|machine)\s+\S+|/[a-z]+(?=\s|$|/)))*\s*(?:"[^"]*"(?=\s+\S|\s*$))?'
    r'(?:\s*(?:/d\s*(?:"[^"]*"|\S+)|/(?:node|affinity|machine)\s+\S+|/[a-z]+(?=\s|$|/)))*\s*',
    re.IGNORECASE,
)
_SPACED = re.compile(r'[a-z]:\\[^"<>|*?\t]{1,240}?\.(?:exe|com|bat|cmd|scr)(?=\s|$)', re.IGNORECASE)


def hosted(image: str | None, command_line: str | None) -> tuple[Hosted, ...]:
    """What ran inside a process, outermost first and in order; empty when the program is no host.

    A host is known by the image's file name, else by ``argv[0]``, else (renamed) by an unmistakable grammar;
    ``hosted_by`` always is the actual file name.
    """
    if not command_line:
        return ()
    line = with_program(command_line[:MAX_TEXT], image)
    return tuple(islice(_started(image, line), MAX_FOUND))


def _started(image: str | None, line: str) -> Iterator[Hosted]:
    posix = is_posix(image, line)
    glued = None if posix or "cmd" not in line.partition("/")[0][-9:].lower() else _GLUED_CMD.match(line)
    written = _name(glued[1] if glued else program(line, posix).value.replace("^", ""))
    actual = _name(image) if image else written
    named = actual if host(actual) or not host(written) else written
    yield from _told(named, line, _Inside(_full(actual, posix), 0, posix))


def is_posix(image: str | None, line: str) -> bool:
    """Whether a command line was read by a POSIX system: its program is a rooted ``/path`` or a Unix shell."""
    start = (image or line).lstrip("\"' ")
    if start.startswith("/"):
        return not start.startswith("//")
    return start[:12].partition(" ")[0] in _POSIX_NAMES


def _name(path: str) -> str:
    return executable(path).name


def _full(name: str, posix: bool) -> str:
    return name if posix or "." in name or not name else name + ".exe"


def _told(name: str, line: str, inside: _Inside) -> Iterator[Hosted]:
    """What the program ``name`` is told to run by its line, as a host in its own right or a disguised one."""
    row = host(name)
    reads = row.reads if row else None if inside.posix else disguised(line, program(line, False).end)
    if reads is None or inside.depth >= MAX_DEPTH:
        return
    for told in reads(Call(name.removesuffix(".exe"), called(line, inside.posix), line, inside.posix)):
        yield from _READ_ON[told.kind](told, inside)


def _file(told: Told, inside: _Inside) -> Iterator[Hosted]:
    yield Hosted(executable(told.file or told.text), inside.by, told.text.strip())


def _inline(told: Told, inside: _Inside) -> Iterator[Hosted]:
    yield Hosted(Executable("", told.file.lower(), Zone.BUILTIN), inside.by, told.text.strip())


def _line(told: Told, inside: _Inside) -> Iterator[Hosted]:
    text = told.text.strip()
    if text:
        yield from _command(Simple(text, text, ""), inside)


def _command(simple: Simple, inside: _Inside) -> Iterator[Hosted]:
    """A command line run inside a host: itself, then what it hosts in turn."""
    line = simple.line
    if not inside.posix and (spaced := _SPACED.match(line)):
        line = f'"{spaced[0]}"{line[spaced.end() :]}'
    ran = executable(program(line, inside.posix).value)
    if ran.name:
        yield Hosted(ran, inside.by, simple.text)
        by = _full(ran.name, inside.posix) if host(ran.name) else ran.name
        yield from _told(ran.name, line, _Inside(by, inside.depth + 1, inside.posix))


def _cmd(told: Told, inside: _Inside) -> Iterator[Hosted]:
    within = _Inside(inside.by, inside.depth, False)
    for simple in cmd_commands(told.text):
        yield from _cmd_command(simple, within)


def _cmd_command(simple: Simple, inside: _Inside) -> Iterator[Hosted]:
    text, line = simple.text, simple.line
    builtin = _CMD_BUILTIN.match(line)
    if builtin is None:
        yield from _command(Simple(text, _for_windows(line), ""), inside)
        return
    name, rest = builtin[1].lower(), line[builtin.end() :]
    if name == "start":
        started = _START.match(rest)
        yield from _line(Told(Kind.LINE, rest[started.end() :] if started else rest), inside)
    elif name == "call" and not rest.lstrip().startswith(":"):
        if rest.strip() and inside.depth < MAX_DEPTH:
            yield from _cmd_command(Simple(rest.strip(), rest.strip(), ""), inside._replace(depth=inside.depth + 1))
    else:
        yield Hosted(Executable("", name, Zone.BUILTIN), inside.by, text)


def _for_windows(line: str) -> str:
    """A cmd.exe line with its program as ``CommandLineToArgvW`` would have it: ``w"h"o/a`` → ``who /a``."""
    written = _CMD_PROGRAM.match(line)
    if written is None:
        return line
    name, rest = written[0].replace('"', ""), line[written.end() :]
    if '"' not in written[0] and (glued := _GLUED.match(name)):
        return f"{glued[0]} {name[glued.end() :].lstrip(',;=')}{rest}"
    return f'"{name}"{rest}' if " " in name else name + rest


def _sh(told: Told, inside: _Inside) -> Iterator[Hosted]:
    within = _Inside(inside.by, inside.depth, True)
    for simple in sh_commands(told.text):
        word = simple.line.split(maxsplit=1)[0]
        if word in _TRANSPARENT:
            yield from _told(word, simple.line, within._replace(depth=within.depth + 1))
        elif word in SH_BUILTINS:
            yield Hosted(Executable("", word, Zone.BUILTIN), inside.by, simple.text)
        else:
            yield from _command(simple, within)


def _powershell(told: Told, inside: _Inside) -> Iterator[Hosted]:
    for address in powershell.fetched(told.text):
        yield Hosted(executable(address), inside.by, address)
    evaluates = False
    for statement in powershell.statements(told.text):
        meant = powershell.meaning(statement)
        if meant.builtin:
            yield Hosted(Executable("", meant.builtin, Zone.BUILTIN), inside.by, statement)
        if meant.evaluated or (evaluates and meant.quoted):
            yield from _deeper(Told(Kind.POWERSHELL, meant.evaluated or meant.quoted), inside)
        if meant.line:
            yield from _command(Simple(meant.line, meant.line, ""), inside)
        evaluates = meant.evaluates


def _deeper(told: Told, inside: _Inside) -> Iterator[Hosted]:
    if inside.depth < MAX_DEPTH:
        yield from _powershell(told, _Inside(inside.by, inside.depth + 1, inside.posix))


_READ_ON = {
    Kind.FILE: _file,
    Kind.INLINE: _inline,
    Kind.LINE: _line,
    Kind.CMD: _cmd,
    Kind.SH: _sh,
    Kind.POWERSHELL: _powershell,
}
