"""What the verbs share: the options every user expects, the progress line, and writing a result safely."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import click

from longtail.errors import OutputExists, UsageError

LEVELS = ("informational", "low", "medium", "high", "critical")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Moment(click.ParamType[datetime]):
    """A moment: RFC 3339 (``2026-03-02T10:00:00Z``), a day, or an age such as ``24h`` or ``7d``."""

    name = "WHEN"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment in UTC; a stamp without a zone is refused unless it is a whole day."""
        if isinstance(value, datetime):
            return value
        if value[:-1].isdigit() and value[-1:] in _UNITS:
            return datetime.now(UTC) - timedelta(**{_UNITS[value[-1]]: int(value[:-1])})
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no moment: write 2026-03-02, 2026-03-02T10:00:00Z, 24h or 7d", param, ctx)
        if moment.tzinfo is None and len(value) > len("2026-03-02"):
            self.fail(f"{value!r} has no time zone: write {value}Z for UTC", param, ctx)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


class ManyPaths(click.Command):
    """A command of which some options take several values at once: ``--telemetry a b --network c``."""

    def __init__(self, *args: Any, many: Sequence[str] = (), **given: Any) -> None:
        super().__init__(*args, **given)
        self.many = frozenset(many)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Each value after such an option, up to the next option, as if the option stood before it."""
        return super().parse_args(ctx, list(self._repeated(args)))

    def _repeated(self, args: Sequence[str]) -> Iterator[str]:
        taking, taken = "", 0
        for word in args:
            if word.startswith("-") and word != "-":
                taking, taken = word if word in self.many else "", 0
                yield word
                continue
            if taking and taken:
                yield taking
            taken += 1
            yield word


def telemetry_options(verb: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what to read and how."""
    for option in reversed(
        (
            click.option("--tenant", metavar="NAME", help="Tenant of records that name none."),
            click.option("--tenant-from-path", is_flag=True, help="Take the tenant from the first folder under PATH."),
            click.option("--format-in", metavar="NAME", help="Read as this format instead of recognising it."),
            click.option("--since", type=Moment(), help="Only process starts from then on (RFC 3339, or 24h, 7d)."),
            click.option("--until", type=Moment(), help="Only process starts before then."),
            click.option("-j", "--processes", type=click.IntRange(1, 256), help="Worker processes.  [default: cores]"),
        )
    ):
        verb = option(verb)
    return verb


def reading_options(given: Mapping[str, Any], **more: Any) -> Any:
    """How telemetry is to be read, as the options of ``telemetry_options`` were given; ``more`` is passed on."""
    from longtail.telemetry import Options

    names = ("tenant", "tenant_from_path", "format_in", "since", "until")
    return Options(**{name: given[name] for name in names}, **more)


def workers(given: Mapping[str, Any]) -> int:
    """How many processes may work: as many as asked for, else as there are cores."""
    return given["processes"] or len(os.sched_getaffinity(0))


def output_options(formats: tuple[str, ...], default: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options that say where the result goes and how it looks."""

    def decorate(verb: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(
            (
                click.option("-o", "--output", metavar="FILE", help="Write there instead of to stdout."),
                click.option(
                    "-f",
                    "--format",
                    "format_out",
                    type=click.Choice(formats),
                    help=f"Output format.  [default: {default}]",
                ),
                click.option("--force", is_flag=True, help="Overwrite an existing FILE."),
                click.option("-q", "--quiet", is_flag=True, help="No progress and no summary."),
                click.option("-v", "--verbose", is_flag=True, help="Say more."),
                click.option("--no-color", is_flag=True, help="No colour (NO_COLOR is honoured too)."),
            )
        ):
            verb = option(verb)
        return verb

    return decorate


def refuse_overwrite(output: str | None, force: bool) -> None:
    """Say no before the work starts, not after it.

    Raises:
        OutputExists: the file is there and ``force`` is not given.
        UsageError: its folder is not there.
    """
    if output is None or output == "-":
        return
    path = Path(output)
    if path.exists() and not force:
        raise OutputExists(f"{output} is there already: choose another name, or add --force to overwrite it")
    if not path.parent.is_dir():
        raise UsageError(f"{output}: the folder {path.parent} is not there: make it first")


@contextmanager
def destination(output: str | None) -> Iterator[IO[str]]:
    """Where a result goes: stdout, or a file that appears whole or not at all."""
    if output is None or output == "-":
        yield sys.stdout
        return
    partial = Path(f"{output}.partial")
    try:
        with partial.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)
