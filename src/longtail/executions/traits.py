"""A raw command line → what it means to do, as far as that is plain: the traits that scoring weighs.

A cheap hint must be in the text, then a test (``meanings``) looks at the commands really told: the line's own program
and all that ``hosted`` finds in it, so that quotes, carets, case, ``/`` or ``-`` and wrapping make no difference.
"""

from longtail.executions.argv import MAX_TEXT
from longtail.executions.hosted import Hosted, hosted, is_posix
from longtail.executions.hosts.told import program, with_program
from longtail.executions.meaning import Command, Trait
from longtail.executions.meanings import TRAITS
from longtail.executions.paths import Executable, Zone, executable

__all__ = ["Trait", "traits"]

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
    """The program itself, then all it hosts."""
    written = program(line, is_posix(None, line))
    ran = executable(written.value)
    return [_command(ran, line[written.end :]), *(_told(each) for each in hosted(None, line))]


def _told(each: Hosted) -> Command:
    builtin = each.executable.zone is Zone.BUILTIN
    end = len(each.executable.name) if builtin else program(each.command, False).end
    return _command(each.executable, each.command[end:])


def _command(ran: Executable, raw: str) -> Command:
    return Command(ran.name.removesuffix(".exe"), raw.replace("^", ""), ran.zone)
