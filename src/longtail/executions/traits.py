"""A raw command line → what it means to do, as far as that is plain: the traits that scoring weighs.

A cheap hint must be in the text, then a test (``meanings``) looks at the commands really told: the line's own program
and all that ``hosted`` finds in it, so that quotes, carets, case, ``/`` or ``-`` and wrapping make no difference.
"""

import re
from collections.abc import Iterator
from itertools import islice

from longtail.executions.argv import MAX_TEXT, windows_arguments
from longtail.executions.hosted import Hosted, hosted, is_posix
from longtail.executions.hosts.told import program, with_program
from longtail.executions.meaning import Command, Trait
from longtail.executions.meanings import TRAITS
from longtail.executions.paths import Executable, Zone, executable
from longtail.executions.powershell import decoded, told_by
from longtail.executions.signs import FETCHERS
from longtail.executions.vocabulary import TOP_DOMAINS

__all__ = ["Trait", "traits"]

POWERSHELLS = frozenset(("powershell", "pwsh", "powershell_ise", "sqlps"))
MOST_WORDS = 64  # of one line that are looked at for a shell's command line
_HANDED_ON = re.compile(
    r"(?P<shell>(?:[^\s\"]{0,260}[\\/])?(?:cmd|powershell|pwsh)(?:\.exe)?\s+[-/]|(?:/\S*/)?(?:ba|da|z)?sh\s+-)|/c\s+\S",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"(?<![\w./\\:@=-])(?:(?:[a-z0-9-]{{1,63}}\.){{1,8}}(?:{'|'.join(sorted(TOP_DOMAINS))})|\d{{1,3}}(?:\.\d{{1,3}}){{3}})"
    r"(?::\d{1,5})?(?=/)",
    re.IGNORECASE,
)
"""An address without its scheme, as what fetches takes it: ``iwr example.com/x.ps1``."""
_LINES = re.compile(r"[\r\n]+")
_HINT = re.compile(r"/c\s|cmd|powershell|pwsh|sh\s+-", re.IGNORECASE)
_BY_PROGRAM = {
    name: frozenset(row.trait for row in TRAITS if name in row.programs) for row in TRAITS for name in row.programs
}
_BY_HINT = {hint: frozenset(row.trait for row in TRAITS if hint in row.hints) for row in TRAITS for hint in row.hints}


def traits(command_line: str | None) -> frozenset[Trait]:
    """What a raw command line means to do; empty for none. Total, whatever the text."""
    if not command_line:
        return frozenset()
    commands = _commands(with_program(command_line[:MAX_TEXT], None))
    text = "\n".join([command.raw for command in commands]).lower()
    if '"' in text or "^" in text:
        text = text.replace('"', "").replace("^", "")
    likely = frozenset().union(
        *[traits for hint, traits in _BY_HINT.items() if hint in text],
        *[_BY_PROGRAM.get(command.program, ()) for command in commands],
    )
    return frozenset(row.trait for row in TRAITS if row.trait in likely and row.test(commands))


def _commands(line: str) -> list[Command]:
    """The program itself, then all it hosts, and what it is told to have a shell run."""
    written = program(line, is_posix(None, line))
    ran = executable(written.value)
    itself = _command(ran, line[written.end :])
    carried = list(hosted(None, line)) or [each for text in _handed_on(itself.raw) for each in hosted(None, text)]
    return [itself, *map(_told, carried)]


def _handed_on(arguments: str) -> Iterator[str]:
    """The arguments that are a shell's command line: ``-a "/c net user …"``, ``-c "cmd /c …"``."""
    for word in islice(windows_arguments(arguments), MOST_WORDS) if _HINT.search(arguments) else ():
        if told := _HANDED_ON.match(word.value):
            yield word.value if told["shell"] else f"cmd {word.value}"


def _told(each: Hosted) -> Command:
    builtin = each.executable.zone is Zone.BUILTIN
    end = len(each.executable.name) if builtin else program(each.command, False).end
    return _command(each.executable, each.command[end:])


def _behind(raw: str) -> str:
    """What an encoded command says in plain text, in one line."""
    words = list(windows_arguments(f"powershell {raw}"))
    told = told_by(words)
    if told is None or told.name != "encodedcommand" or told.value_at >= len(words):
        return ""
    return " " + _LINES.sub("; ", decoded(words[told.value_at].value) or "")[:MAX_TEXT]


def _command(ran: Executable, raw: str) -> Command:
    name, told = ran.name.removesuffix(".exe"), raw.replace("^", "")
    if name in POWERSHELLS:
        told += _behind(told)
    return Command(name, _BARE.sub(r"http://\g<0>", told) if name in FETCHERS else told, ran.zone)
