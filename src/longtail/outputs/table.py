"""A hunt → what a person reads in a terminal: the stories first, then what they rest on and what was left out."""

from collections.abc import Iterator, Sequence
from typing import IO

from rich.console import ConsoleRenderable, Group
from rich.table import Table
from rich.text import Text

from longtail.outputs.terminal import files, indented, section, table, troubles, written
from longtail.outputs.wording import count, counted, of, share, stamp, summary, troubled_first, what_ran, when, where
from longtail.prevalence.findings import Alert, Execution, Hunt, Population, Severity
from longtail.text import clean

__all__ = ["summary", "write"]

WHOLE_STORIES = 50
STEPS_SHOWN = 24  # of a story; --format html and jsonl have them all
COMMAND_SHOWN = 400
NAME_SHOWN = 24
STABILITY = ("#stable", "#needed", "#in tenant")  # of the class over all tenants, at least, and here alone

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
    yield from section("Judged", _judged, [each for each in hunt.populations if each.judged])
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
        indented(_steps(alert)),
    ]
    left_out = len(alert.executions) - STEPS_SHOWN
    if left_out > 0:
        parts.append(indented(Text(f"and {left_out:,} more: --format jsonl has them all", "dim")))
    return Group(*parts, indented(Text(f"{marks}{'  ' if marks else ''}id {clean(alert.id, 64)}", "dim")), Text())


def _steps(alert: Alert) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, justify="right")
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold", ratio=1)
    grid.add_column(no_wrap=True, justify="right")
    day = stamp(alert.first_seen)[:10]
    for each in _told(alert.executions):
        grid.add_row(*_step(each, day))
        day = stamp(each.time)[:10]
    return grid


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


def _judged(populations: Sequence[Population]) -> Table:
    drawn = table("tenant", "account", "#hosts", "#days", "#executables", *STABILITY, "#next is new")
    for each in populations:
        stable = ("unknown" if known is None else share(known) for known in
                  (each.class_stability, each.least_stability, each.stability))  # fmt: skip
        numbers = (f"{each.hosts:,}", f"{each.days:,}", f"{each.executables:,}", *stable, share(each.unseen_mass))
        drawn.add_row(
            Text(clean(each.tenant, 60)), Text(clean(each.account_class, 40)), *(Text(number) for number in numbers)
        )
    return drawn


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
