"""A remedy → its steps in the order they are taken, each command as lines that can be copied as they are."""

from collections.abc import Iterator

from longtail.ports.findings import Remedy
from longtail.text import clean, printable

COMMAND_SHOWN = 20_000  # characters: a command is shown whole or not at all, for half a command is another command
SCOPES = {"machine": "for this machine only", "rule": "for everything the rule opens"}

Step = tuple[str, tuple[str, ...], str]


def steps(remedy: Remedy) -> Iterator[Step]:
    """What a step does, its lines, and what to mind: rehearse, close, undo; a step that is not known is left out.

    The lines are the command's own. Characters that would hide or move text are shown as escapes, and it is said.
    """
    scope = SCOPES.get(remedy.scope, remedy.scope)
    told = (
        ("rehearse", remedy.rehearse, ""),
        (f"close on {remedy.platform}, {scope}", remedy.command, remedy.note),
        ("undo", remedy.undo, ""),
    )
    for what, command, mind in told:
        if command:
            yield clean(what, 200), lines(command), "; ".join(filter(None, (mind, warning(command))))


def lines(command: str) -> tuple[str, ...]:
    """The lines of a command, or none where it is too long to be shown."""
    return tuple(clean(line) for line in command.split("\n")) if len(command) <= COMMAND_SHOWN else ()


def warning(command: str) -> str:
    """Why a command cannot be copied from what is shown; empty if it can."""
    if len(command) > COMMAND_SHOWN:
        return f"too long to be shown, {len(command):,} characters: take it from --format json"
    exact = all(printable(line) for line in command.split("\n"))
    return "" if exact else "it holds hidden characters, shown as escapes: take it from --format json"
