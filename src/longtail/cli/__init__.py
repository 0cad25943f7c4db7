"""Arguments in, exit code out: one file a verb, each loaded only when it is asked for."""

import codecs
import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from types import FrameType
from typing import Any

import click

from longtail import __version__
from longtail.errors import LongtailError, UsageError

VERBS = {
    "demo": "longtail.cli.demo",
    "hunt": "longtail.cli.hunt",
    "mine": "longtail.cli.mine",
    "backtest": "longtail.cli.backtest",
    "ports": "longtail.cli.ports",
    "ingest": "longtail.cli.ingest",
    "store": "longtail.cli.store",
    "learn": "longtail.cli.learn",
    "detect": "longtail.cli.detect",
    "watch": "longtail.cli.watch",
    "recommend": "longtail.cli.recommend",
    "verdict": "longtail.cli.verdict",
    "unlearn": "longtail.cli.unlearn",
    "model": "longtail.cli.model",
    "explain-command": "longtail.cli.explain_command",
    "doctor": "longtail.cli.doctor",
    "fleet": "longtail.cli.fleet",
}
SUMMARIES = {
    "demo": "See it work: a small fleet, an attack on its SQL Server, and the report.",
    "hunt": "Telemetry in, explained alerts out; no server and no store.",
    "mine": "Alerts in, Sigma rules that stand alone out, each with its measured backtest.",
    "backtest": "How often any Sigma rules fire on that telemetry, with an upper bound.",
    "ports": "Telemetry and inbound rules in, openings that nothing needs out.",
    "ingest": "Telemetry into a store that counts each file once, however often it is sent.",
    "store": "What is in a store, whether it is sound; make it smaller.",
    "learn": "A window of a store into a model: what its accounts normally run.",
    "detect": "What came into a store since the last time, judged; each alert told once.",
    "watch": "Follow telemetry as it is written and alert within seconds, by a model in memory.",
    "recommend": "A store and inbound rules in, openings that nothing needs out; each told once.",
    "verdict": "Say what an alert was: benign, and it is learnt from; or not, and it never is.",
    "unlearn": "Leave something out of what is learnt; see which alerts that changes.",
    "model": "Look at what was learnt: the long tail, and which directories count as one.",
    "explain-command": "How one command line is read: what it hosts, what really ran.",
    "doctor": "What this telemetry can and cannot support.",
    "fleet": "Generate a fleet's telemetry with benign life, attacks and the truth.",
}


class _ReaderLeftError(Exception):
    """Whoever read the data has enough."""


class LazyVerbs(click.Group):
    """A group that knows its verbs by name and imports one only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        if ctx.resilient_parsing:
            return click.Command(cmd_name, help=SUMMARIES[cmd_name], add_help_option=False)
        command: click.Command = import_module(VERBS[cmd_name]).command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; that nobody reads its data any more is kept from click, for whom it is a failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as left:
            raise _ReaderLeftError from left

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs with what they do, as told here: listing them loads none."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))


@click.group(
    cls=LazyVerbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with `longtail demo`, then `longtail hunt FOLDER` on your own logs.",
)
@click.version_option(__version__, prog_name="longtail")
def longtail() -> None:
    """What your fleet almost never does, and what it no longer does."""


def main() -> None:
    """Run the command line: errors become one clear sentence on stderr and the promised exit code."""
    os.environ.setdefault("POLARS_MAX_THREADS", "1")  # the cores are shared by processes: threads only wait for them
    _spell_what_stdout_cannot()
    try:
        with _minding_interrupts():
            code = _run()
    except (click.exceptions.Abort, KeyboardInterrupt):
        code = 130
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except LongtailError as error:
        code = _told(error)
    except _ReaderLeftError:
        drop_stdout()
        code = 0
    except OSError as error:
        drop_stdout()
        code = _told(LongtailError(f"{error.filename or 'the output'}: {error.strerror or error}"))
    sys.exit(code)


def _run() -> int | str:
    """The exit code of the verb, once all its data is out."""
    try:
        code = longtail.main(prog_name="longtail", standalone_mode=False)
    except SystemExit as left:
        code = left.code
    try:
        sys.stdout.flush()
    except BrokenPipeError as left:
        raise _ReaderLeftError from left
    return code or 0


@contextmanager
def _minding_interrupts() -> Iterator[None]:
    """A Ctrl-C is one whatever comes of it: a library that it interrupts may raise something else instead."""
    pressed: list[int] = []

    def interrupted(number: int, frame: FrameType | None) -> None:
        pressed.append(number)
        signal.default_int_handler(number, frame)

    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if ours:
        signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    except Exception as error:
        if pressed:
            raise KeyboardInterrupt from error
        raise
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def drop_stdout() -> None:
    """What still waits to be written would fail as well when Python ends: let it go nowhere."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _spell_what_stdout_cannot() -> None:
    """Characters that the encoding of stdout lacks are written as JSON escapes them, so that JSON stays what it was."""
    codecs.register_error("longtail", _escaped)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="longtail")


def _escaped(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2)), error.end


def _told(error: LongtailError) -> int:
    from longtail.text import clean

    click.echo(f"longtail: {clean(str(error))}", err=True)
    return 2 if isinstance(error, UsageError) else 1
