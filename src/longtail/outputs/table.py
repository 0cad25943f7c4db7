"""A hunt → what a person reads in a terminal: the stories first, then what they rest on and what was left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from rich.console import Console, ConsoleOptions, ConsoleRenderable, Group, RenderResult
from rich.table import Table
from rich.text import Text

from longtail.outputs.terminal import files, indented, section, table, troubles, written
from longtail.outputs.wording import count, counted, of, share, stamp, summary, what_ran, when, where
from longtail.prevalence.findings import Alert, Execution, Hunt, Population, Severity
from longtail.readings import troubled_first
from longtail.text import clean

__all__ = ["summary", "write"]

WHOLE_STORIES = 50
STEPS_SHOWN = 24  # of a story; --format html and jsonl have them all
COMMAND_SHOWN = 400
STEP_WIDTH = 80  # columns from which on a command and its numbers stand side by side
NAME_SHOWN = 24
JUDGED = ("tenant", "account", "#hosts", "#days", "#executables", "#stable", "#needed", "#in tenant", "#next is new")
WIDE_ONLY = ("#executables", "#in tenant", "#next is new")
TABLE_WIDTH = 100
"""How stable a class is over all tenants, must be and is in this tenant; and what is left out of fewer columns."""

COLOURS = {
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "bold yellow",
    Severity.LOW: "cyan",
    Severity.INFORMATIONAL: "dim",
}


def write(hunt: Hunt, stream: IO[str]) -> None:
    """Print the whole hunt, as wide as the terminal is."""
    written(_parts(hunt), stream)


def _parts(hunt: Hunt) -> Iterator[ConsoleRenderable]:
    yield Text("No alerts." if not hunt.alerts else count(len(hunt.alerts), "alert") + ", most alarming first")
    yield Text()
    for rank, alert in enumerate(hunt.alerts, 1):
        yield _story(rank, alert) if rank <= WHOLE_STORIES else _headline(rank, alert)
    readings = troubled_first(hunt.readings)
    yield from section("Judged", _Judged, [each for each in hunt.populations if each.judged])
    yield from section("Not judged", _not_judged, [each for each in hunt.populations if not each.judged])
    yield from section("Files", files, readings)
    yield from troubles(readings)
    yield from (Text("note: " + clean(note), overflow="fold") for note in hunt.notes)
    yield Text()
    yield Text("Summary", "bold")
    yield from (Text(line, overflow="fold") for line in summary(hunt))


def _headline(rank: int, alert: Alert) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(3):
        grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(
        Text(f"{rank:>3}"),
        Text(f" {alert.severity} ".upper(), COLOURS[alert.severity]),
        Text(f"{alert.score:,.1f}"),
        Text(clean(alert.title, 200), "bold"),
    )
    return grid


def _story(rank: int, alert: Alert) -> Group:
    owner = f"{clean(where(alert), 80)} · {clean(alert.account, 80)} ({clean(alert.account_class, 40)})"
    tenant = f" · {clean(alert.tenant, 80)}" if alert.tenant else ""
    marks = " ".join(clean(technique, 20) for technique in alert.techniques)
    parts: list[ConsoleRenderable] = [
        _headline(rank, alert),
        indented(Text(f"{when(alert)} · {owner}{tenant}", "cyan", overflow="fold")),
        indented(Text(clean(alert.reason, 600), overflow="fold")),
        indented(_Steps(alert)),
    ]
    left_out = len(alert.executions) - STEPS_SHOWN
    if left_out > 0:
        parts.append(indented(Text(f"and {left_out:,} more: --format jsonl has them all", "dim")))
    return Group(*parts, indented(Text(f"{marks}{'  ' if marks else ''}id {clean(alert.id, 64)}", "dim")), Text())


@dataclass(frozen=True)
class _Steps:
    """A story's steps as wide as there is room: where it is narrow, how common each is stands below its command."""

    alert: Alert

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        narrow = options.max_width < STEP_WIDTH
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(no_wrap=True, justify="right")
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold", ratio=1)
        if not narrow:
            grid.add_column(no_wrap=True, justify="right")
        for time, mark, command, numbers in _rows(self.alert):
            told = (Text("\n", overflow="fold").join((command, numbers)),) if narrow else (command, numbers)
            grid.add_row(time, mark, *told)
        yield grid


def _rows(alert: Alert) -> Iterator[tuple[Text, Text, Text, Text]]:
    day = stamp(alert.first_seen)[:10]
    for each in _told(alert.executions):
        yield _step(each, day)
        day = stamp(each.time)[:10]


def _told(executions: Sequence[Execution]) -> list[Execution]:
    """As many executions as are shown, in their order: the anomalies first of all, then the context nearest to them."""
    strange = [at for at, each in enumerate(executions) if each.role == "anomaly"]
    middle = executions[strange[len(strange) // 2]].time if strange else None

    def worth(at: int) -> tuple[bool, float]:
        each = executions[at]
        return each.role != "anomaly", abs((each.time - middle).total_seconds()) if middle else 0.0

    shown = sorted(range(len(executions)), key=worth)[:STEPS_SHOWN]
    return [executions[at] for at in sorted(shown)]


def _step(execution: Execution, day: str) -> tuple[Text, Text, Text, Text]:
    time = stamp(execution.time)[:19].removeprefix(day).strip()
    strange = execution.role == "anomaly"
    hosted = (
        f"  [{clean(execution.executable, 160)} in {clean(execution.hosted_by, 60)}]" if execution.hosted_by else ""
    )
    seen = execution.prevalence
    numbers = f"{of(seen.hosts, seen.of_hosts, 'host')}, {of(seen.days, seen.of_days, 'day')}"
    return (
        Text(time, "dim"),
        Text("!" if strange else "·", "bold red" if strange else "dim"),
        Text(clean(what_ran(execution), COMMAND_SHOWN) + hosted, "" if strange else "dim", overflow="fold"),
        Text(clean(counted(execution), NAME_SHOWN) + numbers, "dim"),
    )


@dataclass(frozen=True)
class _Judged:
    """The judged populations; where it is narrow, with the columns alone that say whom and why."""

    populations: Sequence[Population]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        columns = [name for name in JUDGED if name not in WIDE_ONLY or options.max_width >= TABLE_WIDTH]
        drawn = table(*columns)
        for each in self.populations:
            told = dict(zip(JUDGED, _figures(each), strict=True))
            drawn.add_row(*(Text(told[name]) for name in columns))
        yield drawn


def _figures(each: Population) -> tuple[str, ...]:
    stable, needed, here = (
        "unknown" if known is None else share(known)
        for known in (each.class_stability, each.least_stability, each.stability)
    )
    counts = (f"{each.hosts:,}", f"{each.days:,}", f"{each.executables:,}")
    return clean(each.tenant, 60), clean(each.account_class, 40), *counts, stable, needed, here, share(each.unseen_mass)


def _not_judged(populations: Sequence[Population]) -> Table:
    drawn = table("tenant", "account", "#hosts", "#days", "why not")
    for each in populations:
        drawn.add_row(
            Text(clean(each.tenant, 60)),
            Text(clean(each.account_class, 40)),
            Text(f"{each.hosts:,}"),
            Text(f"{each.days:,}"),
            Text(clean(each.reason, 300)),
        )
    return drawn
