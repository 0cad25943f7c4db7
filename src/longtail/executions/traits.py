"""A raw command line → what it means to do, as far as that is plain: the traits that scoring weighs.

A cheap hint must be in the text, then a test (``meanings``) looks at the commands really told: the line's own program
and all that ``hosted`` finds in it, so that quotes, carets, case, ``/`` or ``-`` and wrapping make no difference.
"""

import re

from longtail.executions.argv import MAX_TEXT
from longtail.executions.hosted import hosted, is_posix
from longtail.executions.hosts.told import program
from longtail.executions.meaning import Command, Trait
from longtail.executions.meanings import TRAITS
from longtail.executions.paths import Zone, executable

__all__ = ["Trait", "traits"]

_FLAG = re.compile(r"(?<!\S)(?:[-\u2013\u2014\u2015]{1,2}|/)(?=[a-z?][\w-]*(?:[:=\s]|$))")
_BLANKS = re.compile(r"[ \t\r\n]+")


def traits(command_line: str | None) -> frozenset[Trait]:
    """What a raw command line means to do; empty for none. Total, whatever the text."""
    if not command_line:
        return frozenset()
    line = command_line[:MAX_TEXT]
    end = program(line, is_posix(None, line)).end
    rows = _hinted(line[end:].replace("^", "").replace('"', "").lower() + line[:end].lower())
    if not rows:
        return frozenset()
    commands = _commands(line, end)
    if len(commands) > 1:
        rows |= _hinted("\n".join(f"{command.program} {command.told}" for command in commands[1:]))
    return frozenset(row.trait for row in TRAITS if row.trait in rows and row.test(commands))


_HINTED: dict[str, frozenset[Trait]] = {
    hint: frozenset(row.trait for row in TRAITS if hint in row.hints) for row in TRAITS for hint in row.hints
}


def _hinted(text: str) -> set[Trait]:
    """The traits whose hints a text in lower case holds: a plain search, far cheaper than reading the line."""
    found: set[Trait] = set()
    for hint in [hint for hint in _HINTED if hint in text]:
        found |= _HINTED[hint]
    return found


def _commands(line: str, end: int) -> list[Command]:
    """The program itself, then all it hosts."""
    first = executable(program(line, is_posix(None, line)).value)
    found = [_command(first.name, line[end:], first.zone)]
    for each in hosted(None, line):
        after = (
            program(each.command, False).end if each.executable.zone is not Zone.BUILTIN else len(each.executable.name)
        )
        found.append(_command(each.executable.name, each.command[after:], each.executable.zone))
    return found


def _command(name: str, raw: str, zone: Zone) -> Command:
    told = _FLAG.sub("-", _BLANKS.sub(" ", raw.replace("^", "").replace('"', "").lower()).strip())
    return Command(name.removesuffix(".exe"), told, raw.replace("^", ""), zone)
