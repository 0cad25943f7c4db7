"""``longtail watch``: follow telemetry as it is written and alert within seconds, by a model in memory."""

import select
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from types import FrameType
from typing import IO, Any

import click

from longtail.cli import drop_stdout
from longtail.cli.ending import INTERRUPTED, ending
from longtail.cli.options import LEVELS, date_order, refuse_overwrite
from longtail.errors import LongtailError
from longtail.files.written import running_stream

MINUTE = 60.0

EXAMPLES = """\b
Examples:
  longtail watch logs/ --model model.longtail                   what is written under a folder
  tail -F events.jsonl | longtail watch - --model model.longtail -o alerts.jsonl
  nc -lk 5514 | longtail watch - --model model.longtail --every 500ms | jq .title
"""


class Every(click.ParamType[float]):
    """A time of some seconds: ``1s``, ``500ms``, or a plain number of seconds."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """How many seconds."""
        text = str(value)
        try:
            seconds = float(text[:-2]) / 1000 if text.endswith("ms") else float(text.removesuffix("s"))
        except ValueError:
            seconds = 0.0
        if not 0.05 <= seconds <= 3600:
            self.fail(f"{value!r} is no time from 50ms to 3600s: write 1s or 500ms", param, ctx)
        return seconds


@click.command("watch", epilog=EXAMPLES)
@click.argument("path", metavar="DIR|-")
@click.option("--model", required=True, metavar="MODEL", help="Judge by this model (longtail learn).")
@click.option("--every", type=Every(), default="1s", show_default=True,
              help="How often to look at least; sooner where a look takes little.")  # fmt: skip
@click.option("--store", "place", metavar="DIR", help="Keep alerts in the ledger of this store, and mind its verdicts.")
@click.option("--ledger", "url", metavar="URL", help="That ledger, if it is not ledger.sqlite in the store.")
@click.option("--account", multiple=True, metavar="WHO",
              help="auto (the stable ones), all, an account or a class; repeatable.  [default: auto]")  # fmt: skip
@click.option("--budget", type=float, metavar="N",
              help="False alerts at medium or above per 1,000 host-days you can live with.  [default: 2]")  # fmt: skip
@click.option("--tenant", metavar="NAME", help="Tenant of records that name none.")
@click.option("--tenant-from-path", is_flag=True, help="Take the tenant from the first folder under DIR.")
@click.option("--format-in", metavar="NAME", help="Read as this format instead of recognising it.")
@date_order
@click.option("--fail-on", type=click.Choice(LEVELS), help="When it ends, exit with 3 if an alert was that severe.")
@click.option("-o", "--output", metavar="FILE", help="Write there instead of to stdout.")
@click.option("--force", is_flag=True, help="Overwrite an existing FILE.")
@click.option("-q", "--quiet", is_flag=True, help="No summary.")
@click.option("-v", "--verbose", is_flag=True, help="Tell every minute how it stands (SIGUSR1: now).")
def command(**given: Any) -> None:
    """Follow what is written to a folder, or arrives at standard input, and alert within seconds.

    Each alert is one line of JSON, written at once: the alerts of longtail hunt -f jsonl. An incident is told when it
    begins, and again, under the same id, when it becomes worse. Judged is what is new to its host, by the model and by
    what was seen since the watch began. A folder is watched until Ctrl-C, standard input until it ends.

    With --store, an incident that the ledger knows is not told again, whoever found it first; and what somebody
    dismisses (longtail verdict) alarms no more, from the next second on.
    """
    sys.exit(_watch(given))


def _watch(given: dict[str, Any]) -> int:
    refuse_overwrite(given["output"], given["force"])
    if given["url"] and not given["place"]:
        raise click.UsageError("--ledger is that of a store: name it with --store")
    with _signals() as asked:
        from longtail.pipelines.watching import Watch

        with Watch(_request(given)) as watch:
            asked.end = watch.end
            if not given["quiet"]:
                click.echo(_ready(watch, given["path"]), err=True)
            with _destination(given["output"], watch) as stream:
                _follow(watch, stream, _Summaries(given["verbose"], asked))
    if not given["quiet"]:
        _tell(_summary(watch))
    return _exit_code(watch, given["fail_on"]) if watch.ended_by_itself else INTERRUPTED


def _request(given: dict[str, Any]) -> Any:
    from longtail.pipelines.watching import WatchRequest
    from longtail.settings import Settings
    from longtail.telemetry import Options

    return WatchRequest(
        path=given["path"],
        model=given["model"],
        options=Options(
            given["tenant"], given["tenant_from_path"], format_in=given["format_in"], day_first=given["day_first"]
        ),
        accounts=given["account"] or ("auto",),
        settings=Settings() if given["budget"] is None else Settings(budget=given["budget"]),
        every=given["every"],
        kept=_kept(given["place"], given["url"]) if given["place"] else None,
    )


def _kept(place: str, url: str | None) -> Any:
    from longtail.pipelines.learning import Kept

    return Kept(place, url)


def _follow(watch: Any, stream: IO[str], summaries: "_Summaries") -> None:
    """Writes alerts as they come; where they cannot be written any more, what was read until then is still judged.

    Raises:
        OSError: they cannot be written.
    """
    wrong: OSError | None = None
    for alerts in watch.beats():
        if wrong is None:
            wrong = _unwritten(watch, stream, alerts)
            if wrong is not None:
                watch.end()
        if summaries.due():
            _tell(_summary(watch))
    if wrong is not None:
        raise wrong


def _unwritten(watch: Any, stream: IO[str], alerts: Iterable[Any]) -> OSError | None:
    """Writes alerts, and says so to the watch when somebody can have them; else why not."""
    from longtail.outputs.plain import alert_object, dumps

    if not alerts:
        return BrokenPipeError() if watch.reads_again and _is_left(stream) else None
    try:
        stream.writelines(dumps(alert_object(alert)) + "\n" for alert in alerts)
        stream.flush()
    except OSError as wrong:
        return wrong
    watch.told(alerts)
    return None


def _is_left(stream: IO[str]) -> bool:
    """Whether nobody reads stdout any more: told at once, and not days later by the first alert that is lost on it.

    (Asked of a folder alone: what comes from standard input cannot be read again, and is judged while it can be.)
    """
    if stream is not sys.stdout:
        return False
    try:
        asked = select.poll()
        asked.register(stream.fileno(), 0)
    except (OSError, ValueError):  # it is no file at all
        return False
    return any(events & select.POLLERR for _, events in asked.poll(0))


class _Summaries:
    """When it is time to tell how the watch stands: when somebody asked, or each minute."""

    def __init__(self, each_minute: bool, asked: "_Asked") -> None:
        self.each_minute = each_minute
        self.asked = asked
        self.last = time.monotonic()

    def due(self) -> bool:
        """Whether it is time now."""
        now = time.monotonic()
        late = self.each_minute and now - self.last >= MINUTE
        if not late and not self.asked.summary:
            return False
        self.last = now
        self.asked.summary = False
        return True


@dataclass
class _Asked:
    """What signals asked for: a summary; and how to ``end`` what runs, once it runs."""

    summary: bool = False
    end: Callable[[], None] | None = None

    def usr1(self, number: int, frame: FrameType | None) -> None:
        """A summary."""
        self.summary = True

    def stop(self, number: int, frame: FrameType | None) -> None:
        """The end, in good order; who asks twice, or before anything runs, has it at once."""
        end, self.end = self.end, None
        if end is None:
            signal.default_int_handler(number, frame)
        else:
            end()


@contextmanager
def _signals() -> Iterator[_Asked]:
    """What signals ask for: SIGUSR1 a summary, Ctrl-C and SIGTERM the end."""
    asked = _Asked()
    handlers = {signal.SIGUSR1: asked.usr1, signal.SIGTERM: asked.stop, signal.SIGINT: asked.stop}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _destination(output: str | None, watch: Any) -> Iterator[IO[str]]:
    """Where alerts go, as they come: whoever reads the file sees each at once.

    Raises:
        LongtailError: they cannot be written there, or nobody reads them any more: a watch that cannot tell has ended.
    """
    plain = output is None or output == "-"
    try:
        with nullcontext(sys.stdout) if plain else running_stream(output or "") as stream:
            yield stream
    except OSError as wrong:
        if plain:
            drop_stdout()
        why = "nobody reads it any more" if isinstance(wrong, BrokenPipeError) else wrong.strerror
        where = "the output" if plain else output
        raise LongtailError(f"{where} cannot be written: {why}{_kept_for_later(watch)}") from wrong


def _kept_for_later(watch: Any) -> str:
    from longtail.outputs.wording import count

    if not (watch.ledger and watch.ledger.owed):
        return ""
    return f"; the ledger keeps {count(len(watch.ledger.owed), 'alert')} for the next watch or detect to tell"


def _ready(watch: Any, path: str) -> str:
    from longtail.outputs.wording import count
    from longtail.text import clean

    alone = f", of tenant {clean(watch.tenant, 60)} alone" if watch.tenant else ""
    return f"watching {clean(path)}: {count(watch.populations, 'population')} judged{alone}"


def _summary(watch: Any) -> Iterator[str]:
    from longtail.outputs.wording import count

    readings = watch.readings()
    yield (
        f"{count(watch.process_starts, 'process start')} from {count(len(readings), 'file')}, "
        f"{count(watch.alerts, 'alert')} told"
    )
    if watch.foreign:
        foreign = f"{count(watch.foreign, 'process start')} of other tenants passed over"
        yield f"{foreign}: the model was learnt of {watch.tenant} alone"
    if watch.dismissed:
        yield f"{count(watch.dismissed, 'execution')} passed over: dismissed by a verdict"
    if watch.ledger and watch.ledger.wrong:
        yield f"{watch.ledger.wrong}: {count(len(watch.ledger.unkept), 'alert')} not kept there, told all the same"
    quarantined = [each for each in readings if each.quarantined]
    if quarantined:
        total = sum(each.quarantined for each in quarantined)
        yield f"{count(total, 'record')} quarantined in {count(len(quarantined), 'file')}"
    for reading in quarantined[:10]:
        yield from (f"  {reading.path}: {reason}: {number:,}" for reason, number in reading.reasons.items())
    yield from (f"{reading.path}: {note}" for reading in readings[:10] for note in reading.notes)


def _tell(lines: Iterable[str]) -> None:
    from longtail.text import clean

    for line in lines:
        click.echo(clean(line), err=True)


def _exit_code(watch: Any, fail_on: str | None) -> int:
    severe = fail_on and watch.worst is not None and watch.worst >= LEVELS.index(fail_on)
    return ending(watch.readings(), severe=severe)
