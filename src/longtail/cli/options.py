"""What the verbs share: the options every user expects, the progress line, and writing a result safely."""

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import click

from longtail.errors import InputError, LongtailError, OutputExists, UsageError
from longtail.files.written import is_stream, led_to, written

LEVELS = ("informational", "low", "medium", "high", "critical")
DAY_FIRST, MONTH_FIRST = "day-first", "month-first"
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Moment(click.ParamType[datetime]):
    """A moment: RFC 3339 (``2026-03-02T10:00:00Z``), a day, or an age such as ``24h`` or ``7d``."""

    name = "WHEN"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment in UTC; a stamp without a zone is refused unless it is a whole day."""
        if isinstance(value, datetime):
            return value
        if value[:-1].isdecimal() and value[-1:] in _UNITS:
            return self._ago(value, param, ctx)
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no moment: write 2026-03-02, 2026-03-02T10:00:00Z, 24h or 7d", param, ctx)
        if moment.tzinfo is None and len(value) > len("2026-03-02"):
            self.fail(f"{value!r} has no time zone: write {value}Z for UTC", param, ctx)
        try:
            return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
        except OverflowError:
            self.fail(f"{value!r} is no moment that UTC has", param, ctx)

    def _ago(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            return datetime.now(UTC) - timedelta(**{_UNITS[value[-1]]: int(value[:-1])})
        except (OverflowError, ValueError):
            self.fail(f"{value!r} is longer ago than there are dates", param, ctx)


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


def _is_day_first(_: click.Context, __: click.Parameter, order: str | None) -> bool | None:
    return None if order is None else order == DAY_FIRST


date_order = click.option(
    "--date-order",
    "day_first",
    type=click.Choice((DAY_FIRST, MONTH_FIRST)),
    callback=_is_day_first,
    help="How 03/04/2026 is meant.  [default: as the files show]",
)


def telemetry_options(verb: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what to read and how."""
    for option in reversed(
        (
            click.option("--tenant", metavar="NAME", help="Tenant of records that name none."),
            click.option("--tenant-from-path", is_flag=True, help="Take the tenant from the first folder under PATH."),
            click.option("--format-in", metavar="NAME", help="Read as this format instead of recognising it."),
            date_order,
            click.option("--since", type=Moment(), help="Only process starts from then on (RFC 3339, or 24h, 7d)."),
            click.option("--until", type=Moment(), help="Only process starts before then."),
            click.option("-j", "--processes", type=click.IntRange(1, 256), help="Worker processes.  [default: cores]"),
        )
    ):
        verb = option(verb)
    return verb


class Engine(click.ParamType[str]):
    """Where the work is done: this machine, or one of Spark's masters by the name Spark gives it."""

    name = "ENGINE"
    known = re.compile(r"local|spark|yarn|local\[(\*|[1-9]\d*)\]|(spark|sc|k8s)://\S+")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name as it was given, where Spark would know it."""
        if not self.known.fullmatch(str(value)):
            self.fail(f"{value!r} is no engine: write local, spark, local[2], spark://…, sc://… or yarn", param, ctx)
        return str(value)


class Columns(click.ParamType[dict[str, str]]):
    """Which columns of a table are which fields: ``image=NewProcessName,account=SubjectUserName``."""

    name = "FIELD=COLUMN,…"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, str]:
        """The columns by the fields that they are."""
        pairs = [each.partition("=") for each in str(value).split(",")]
        if wrong := next((left + sign + right for left, sign, right in pairs if not (left.strip() and right)), None):
            self.fail(f"{wrong!r} maps nothing: write image=NewProcessName,account=SubjectUserName", param, ctx)
        return {left.strip(): right.strip() for left, _, right in pairs}


def engine_options(verb: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say where the work is done, and which table of a lake is read there."""
    for option in reversed(
        (
            click.option("--engine", type=Engine(), default="local", show_default=True,
                         help="local (this machine), spark (the session there is), local[N], spark://…, sc://…, yarn."),
            click.option("--table", metavar="NAME", help="Spark: read this table, catalog.schema.name or a path."),
            click.option("--map", "mapping", type=Columns(),
                         help="Which columns of the table are which fields, where their names do not tell."),
        )
    ):  # fmt: skip
        verb = option(verb)
    return verb


def table_of(given: Mapping[str, Any]) -> Any:
    """The table to be read, if there is one.

    Raises:
        UsageError: neither a path nor a table is given, or columns of no table.
    """
    from longtail.telemetry import Table

    if given["mapping"] and not given["table"]:
        raise UsageError("--map says what the columns of a table are: add --table NAME")
    return Table(given["table"], given["mapping"] or {}) if given["table"] else None


def reading_options(given: Mapping[str, Any], **more: Any) -> Any:
    """How telemetry is to be read, as the options of ``telemetry_options`` were given; ``more`` is passed on.

    Raises:
        UsageError: no moment is both since and until then.
    """
    from longtail.telemetry import Options

    if given["since"] and given["until"] and given["since"] >= given["until"]:
        raise UsageError(
            f"--since {given['since']:%FT%TZ} is not before --until {given['until']:%FT%TZ}: nothing is between"
        )
    names = ("tenant", "tenant_from_path", "format_in", "day_first", "since", "until")
    return Options(**{name: given[name] for name in names}, **more)


def workers(given: Mapping[str, Any]) -> int:
    """How many processes may work: as many as asked for, else as there are cores."""
    return given["processes"] or len(os.sched_getaffinity(0))


def _without_colour(_: click.Context, __: click.Parameter, asked: bool) -> None:
    if asked:
        os.environ["NO_COLOR"] = "1"


no_color = click.option(
    "--no-color",
    is_flag=True,
    expose_value=False,
    callback=_without_colour,
    help="No colour (NO_COLOR is honoured too).",
)


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
                no_color,
            )
        ):
            verb = option(verb)
        return verb

    return decorate


def refuse_overwrite(output: str | None, force: bool) -> None:
    """Say no before the work starts, not after it. A pipe or a device is no file: nothing is lost by writing to it.

    Raises:
        OutputExists: the file is there and ``force`` is not given.
        UsageError: its folder is not there, or it is a folder.
    """
    if output is None or output == "-":
        return
    try:
        place = led_to(output)
        stream = is_stream(place)
    except OSError as wrong:
        raise UsageError(f"{output} cannot be written: {wrong.strerror}") from wrong
    if place.is_dir():
        raise UsageError(f"{output} is a folder: name a file")
    if place.exists() and not force and not stream:
        raise OutputExists(f"{output} is there already: choose another name, or add --force to overwrite it")
    if not place.parent.is_dir():
        raise UsageError(f"{output}: the folder {place.parent} is not there: make it first")


@contextmanager
def destination(output: str | None) -> Iterator[IO[str]]:
    """Where a result goes: stdout, a pipe or a device, or a file that appears whole or not at all.

    Raises:
        LongtailError: it cannot be written.
    """
    if output is None or output == "-":
        yield sys.stdout
        return
    try:
        with written(output) as stream:
            yield stream
    except BrokenPipeError:
        raise
    except OSError as wrong:
        raise LongtailError(f"{output} cannot be written: {wrong.strerror or wrong}") from wrong


def teller(write: Callable[[Any, IO[str]], None], given: Mapping[str, Any]) -> Callable[[Any], None]:
    """What writes a result where the options say, and returns when it is written: no word of it waits in a buffer."""

    def tell(found: Any) -> None:
        with destination(given["output"]) as stream:
            write(found, stream)
            stream.flush()

    return tell


def exceptions_of(path: str | None) -> Any:
    """The exceptions from closing ports that stand in a file; none without one.

    Raises:
        InputError: it cannot be read.
    """
    from longtail.ports.exceptions import Exceptions, exceptions

    if path is None:
        return Exceptions()
    try:
        return exceptions(Path(path).read_text("utf-8-sig", errors="replace"), datetime.now(UTC).date())
    except OSError as wrong:
        raise InputError(f"{path} cannot be read: {wrong.strerror}") from wrong
