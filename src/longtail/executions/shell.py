"""The text told to a shell → the simple commands in it, by the grammars of cmd.exe and of POSIX sh.

Neither grammar is executed: variables keep their names, and a command counts whether or not its condition would hold.
Both scanners make one pass over the text and stop after ``MAX_COMMANDS``.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_COMMANDS = 64
"""Simple commands read from one shell text; a longer chain says nothing new."""


class Simple(NamedTuple):
    """One simple command: ``text`` as written, ``line`` without escapes and redirections, ``then`` what ends it."""

    text: str
    line: str
    then: str


def names(text: str) -> frozenset[str]:
    """A table of names, as one reads it: separated by blanks."""
    return frozenset(text.split())


CMD_BUILTINS = names(
    "assoc break call cd chdir cls color copy date del dir echo endlocal erase exit for ftype goto if md mkdir "
    "mklink move path pause popd prompt pushd rd rem ren rename rmdir set setlocal shift start time title type "
    "ver verify vol"
)
SH_BUILTINS = names(
    ": [ [[ alias bg bind break cd continue declare dirs disown echo enable exit export false fc fg "
    "getopts hash help history jobs kill let local logout popd printf pushd pwd read readonly return set shift "
    "shopt suspend test times trap true type typeset ulimit umask unalias unset wait"
)

CMD_SWITCH = re.compile(r"/\^?[ckr]", re.IGNORECASE)
"""What cmd.exe takes all after it for commands; text may follow it without a blank."""
_CMD_PIECE = re.compile(
    r"""(?P<escape>\^(?:\r?\n)?.?)|(?P<quoted>"[^"\r\n]*"?)|(?P<redirect>[<>]{1,2}(?:&\d?)?)"""
    r"""|(?P<operator>&&|\|\||[&|\r\n])|(?P<open>\()|(?P<close>\))|(?P<plain>[^\^"<>&|()\r\n]+)""",
    re.DOTALL,
)
_WORD = r'(?:"[^"]*"|[^\s"=()])++'
_CMD_PREFIX = re.compile(
    rf"""[\s,;=@(]*+(?:
        (?P<if>if\s+(?:/i\s+)?(?:not\s+)?(?:/i\s+)?
            (?:exist\s+{_WORD}|errorlevel\s+-?\d+|defined\s+{_WORD}|cmdextversion\s+\d+
              |{_WORD}\s*==\s*{_WORD}|{_WORD}\s+(?:equ|neq|lss|leq|gtr|geq)\s+{_WORD})(?=[\s(]|$))
      | (?P<else>else(?=[\s(]|$))
      | (?P<for>for\s+(?:/[a-z]\s+)?(?:"[^"]*"\s+|{_WORD}\s+){{0,2}}?%{{1,2}}\S\s+
            in\s*\((?P<set>[^)]*)\)\s*do(?=[\s(]|$))
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_CMD_TARGET = re.compile(r'\s*(?:"[^"]*"?|[^\s"<>&|()]+)+')
_PROGRAM_NAME = re.compile(
    r"(?:[a-z]:|%\w{1,30}%|\.{1,2}|\\)[\\/](?:(?!\.(?:exe|com|bat|cmd)\s|\s[-/])[^&<>()@^|])*"
    r"\.(?:exe|com|bat|cmd|vbs|js|wsf|ps1|msi)",
    re.IGNORECASE,
)
_CMD_LEAD = " \t\r\n,;=@("


def cmd_text(tail: str) -> str | None:
    """What ``cmd /c``, ``/k`` or ``/r`` is told, after its own rule for quotes; None when it is told nothing.

    ``tail`` is the command line after the program's name. The rule (``cmd /?``): the first quote and the last one are
    dropped, unless there are exactly two, without ``/s``, around the name of a program. Where that would leave a quote
    inside the program's name (``"C:\\a.exe" -c "x"``), which nothing can be called, it is read as it was meant.
    """
    switch = CMD_SWITCH.search(tail)
    if not switch:
        return None
    text = tail[switch.end() :].strip()
    if not text.startswith('"'):
        return text
    last = text.rfind('"')
    if last == 0:
        return text[1:]
    first = text.find('"', 1)
    if first < last and text[first + 1 : first + 2] in (" ", "\t") and _PROGRAM_NAME.fullmatch(text[1:first]):
        return text
    strict = "/s" in tail[: switch.end()].lower()
    if not strict and text.count('"') == 2 and _names_a_program(text[1:last]):
        return text
    return text[1:last] + text[last + 1 :]


def _names_a_program(quoted: str) -> bool:
    """Whether a quoted text can only be the path of one program; cmd.exe itself would look on the disk."""
    return " " in quoted and bool(_PROGRAM_NAME.fullmatch(quoted))


def cmd_commands(text: str) -> Iterator[Simple]:
    """The simple commands of a cmd.exe text, in order, conditions and loops taken off."""
    found = 0
    for simple in _cmd_pieces(text):
        for bare in _without_clauses(simple):
            if bare.line.strip(_CMD_LEAD):
                yield bare
                found += 1
                if found >= MAX_COMMANDS:
                    return


class _Building:
    """The command being read: where it began, and its text without escapes and redirections."""

    def __init__(self) -> None:
        self.start = 0
        self.line: list[str] = []
        self.says = False

    def add(self, part: str) -> None:
        self.line.append(part)
        self.says = self.says or bool(part.strip(_CMD_LEAD))

    def ends(self, text: str, piece: tuple[int, int], then: str) -> Simple:
        simple = Simple(text[self.start : piece[0]].strip(), "".join(self.line).strip(), then)
        self.line, self.says, self.start = [], False, piece[1]
        return simple

    def opens(self) -> bool:
        """Whether a parenthesis here begins a group: at the start of a command, or after ``if …``, ``else``, ``do``."""
        head = self.line[0][:40].lstrip(_CMD_LEAD).lower() if self.line else ""
        after_do = head.startswith("for ") and self.line[-1].rstrip().lower().endswith("do")
        return not self.says or after_do or head.startswith(("if ", "else"))

    def drop_handle(self) -> None:
        """Take off the handle of a redirection (the 2 of `` 2>``), a digit that stands alone."""
        if self.line and self.line[-1][-1:].isdigit() and self.line[-1][-2:-1] in ("", " ", "\t"):
            self.line[-1] = self.line[-1][:-1]


def _cmd_pieces(text: str) -> Iterator[Simple]:
    building, position = _Building(), 0
    groups: list[bool] = []
    while piece := _CMD_PIECE.match(text, position):
        position = piece.end()
        kind, raw = piece.lastgroup, piece[0]
        if kind == "operator" or (kind == "close" and groups and groups.pop()):
            yield building.ends(text, piece.span(), raw)
        elif kind == "open":
            groups.append(building.opens())
            if groups[-1]:
                yield building.ends(text, piece.span(), raw)
            else:
                building.add(raw)
        elif kind == "redirect":
            building.drop_handle()
            position = _after_target(text, piece, _CMD_TARGET)
        else:
            building.add(raw[1:] if kind == "escape" else raw)
    yield building.ends(text, (len(text), len(text)), "")


def _after_target(text: str, redirect: re.Match[str], target: re.Pattern[str]) -> int:
    """Where a redirection ends: after its file name, if it has one."""
    named = None if "&" in redirect[0][1:] else target.match(text, redirect.end())
    return named.end() if named else redirect.end()


def _without_clauses(simple: Simple) -> Iterator[Simple]:
    """The command behind ``if …``, ``else`` and ``for … do``, preceded by the command a ``for /f`` reads."""
    text, line = simple.text, simple.line
    for _ in range(MAX_COMMANDS):
        clause = _CMD_PREFIX.match(line)
        if not clause:
            break
        inner = (clause["set"] or "").strip()
        if len(inner) > 2 and inner[0] == inner[-1] and inner[0] in "'`":
            yield Simple(inner[1:-1], inner[1:-1], "|")
        line = line[clause.end() :]
        raw = _CMD_PREFIX.match(text)
        text = text[raw.end() :] if raw else line
    yield Simple(text.strip(_CMD_LEAD), line.strip(_CMD_LEAD), simple.then)


_SH_PIECE = re.compile(
    r"""(?P<escape>\\.?)|(?P<quoted>'[^']*'?|"(?:[^"\\]|\\.)*+"?)|(?P<redirect>&>>?|[<>]{1,3}(?:&[\d-]?)?)"""
    r"""|(?P<comment>(?<![^\s;])\#[^\n]*)|(?P<operator>&&|\|\||;;|\$\(|[;&|()`\n])"""
    r"""|(?P<plain>[^\\'"<>&|;()`\n\#$]+|[\#$])""",
    re.DOTALL,
)
_SH_LEAD = re.compile(
    r"""\s*(?:(?:if|then|else|elif|while|until|do|time|!|\{|\}|coproc)(?=\s|$)
      |for\s+\w+(?:\s+in\s[^;\n]*)?|case\s+\S+\s+in(?=\s|$)|(?:fi|done|esac|in)(?=\s|$)
      |[A-Za-z_]\w*\+?=(?:"(?:[^"\\]|\\.)*+"?|'[^']*'?|\\.|[^\s"'\\])*+(?=\s|$))""",
    re.VERBOSE | re.DOTALL,
)
_SH_TARGET = re.compile(r"""\s*(?:"(?:[^"\\]|\\.)*+"?|'[^']*'?|\\.|[^\s"'\\<>&|;()])++""", re.DOTALL)


def sh_commands(text: str) -> Iterator[Simple]:
    """The simple commands of a POSIX shell text, in order, keywords and leading assignments taken off."""
    found = 0
    for simple in _sh_pieces(text):
        bare = _without_keywords(simple)
        if bare.line:
            yield bare
            found += 1
            if found >= MAX_COMMANDS:
                return


def _sh_pieces(text: str) -> Iterator[Simple]:
    building, position = _Building(), 0
    while piece := _SH_PIECE.match(text, position):
        position = piece.end()
        if piece.lastgroup == "operator":
            yield building.ends(text, piece.span(), piece[0])
        elif piece.lastgroup == "redirect":
            building.drop_handle()
            position = _after_target(text, piece, _SH_TARGET)
        elif piece.lastgroup != "comment":
            building.add(piece[0])
    yield building.ends(text, (len(text), len(text)), "")


_BRACED = re.compile(r"\{([^\s{},'\"]+(?:,[^\s{}]*)+)\}(?=\s|$)")


def _without_keywords(simple: Simple) -> Simple:
    text, line = simple.text, simple.line
    if braced := _BRACED.match(line):  # {echo,x} says echo x without a blank
        text = line = f"{braced[1].replace(',', ' ')}{line[braced.end() :]}"
    for _ in range(MAX_COMMANDS):
        lead = _SH_LEAD.match(line)
        if not lead or not lead.end():
            break
        line = line[lead.end() :]
        raw = _SH_LEAD.match(text)
        text = text[raw.end() :] if raw else line
    return Simple(text.strip(), line.strip(), simple.then)
