"""Rules tried on telemetry → what a person reads in a terminal: what fires and where, what cannot, and why."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import IO

from rich.console import ConsoleRenderable, Group
from rich.table import Table
from rich.text import Text

from longtail.detections.findings import PER, Backtest, Share
from longtail.detections.tried import Tried
from longtail.outputs.terminal import files, indented, section, table, troubles, written
from longtail.outputs.wording import count, of
from longtail.readings import Quarantined, troubled_first
from longtail.text import clean

WHOLE_RULES = 10
EXAMPLES_SHOWN = 3
PARTS_SHOWN = 6
COMMAND_SHOWN = 300


def write(tried: Tried, stream: IO[str]) -> None:
    """Print everything that was found, as wide as the terminal is."""
    written(_parts(tried), stream)


def _parts(tried: Tried) -> Iterator[ConsoleRenderable]:
    judged = [each for each in tried.backtests if each.applicability.applicable]
    firing = [each for each in judged if each.whole.runs]
    silent = [each for each in judged if not each.whole.runs]
    yield Text(f"{of(len(firing), len(tried.backtests), 'rule')} {'fires' if len(firing) == 1 else 'fire'}")
    yield from section("Fire", _rates, firing)
    yield from (_rule(each) for each in firing[:WHOLE_RULES])
    yield from section("Not once", _rates, silent)
    yield from section(
        "Judged without all they ask for", _lacking, [each for each in judged if each.applicability.told]
    )
    yield from section("Not applicable here", _lacking, [each for each in tried.backtests if each not in judged])
    yield from section("Not about process starts", _reasons, _counted(tried.files.passed_over))
    yield from section("Not read", _refused, tried.files.refused)
    readings = troubled_first(tried.readings)
    yield from section("Files", files, readings)
    yield from troubles(readings)
    yield from (Text(), Text("Summary", "bold"))
    yield from (Text(line, overflow="fold") for line in summary(tried))


def summary(tried: Tried) -> list[str]:
    """What was tried on what, what fired and what was left out, in a few lines for a person."""
    fits = [each for each in tried.backtests if each.applicability.applicable]
    firing = sum(each.whole.runs > 0 for each in fits)
    quarantined = sum(reading.quarantined for reading in tried.readings)
    left = [
        (len(tried.backtests) - len(fits), "not applicable to this telemetry"),
        (len(tried.files.passed_over), "not about process starts"),
        (len(tried.files.refused), "not read"),
    ]
    return [
        f"{count(tried.process_starts, 'process start')} ({tried.distinct_starts:,} distinct) on "
        f"{count(tried.hosts, 'host')}, {tried.first_day or 'no day'} to {tried.last_day or 'no day'} "
        f"({count(tried.host_days, 'host-day')})",
        f"{count(len(tried.backtests), 'rule')} from {count(tried.files.files, 'file')}: {firing:,} fire, "
        f"{len(fits) - firing:,} do not",
        *(f"{count(number, 'rule')} {why}" for number, why in left if number),
        *_reasons_told(tried.files.refused),
        *([f"{count(quarantined, 'record')} quarantined"] if quarantined else []),
    ]


def _reasons_told(refused: Sequence[Quarantined]) -> list[str]:
    return [f"  {clean(each.place, 100)}: {clean(each.reason, 200)}" for each in refused[:PARTS_SHOWN]]


def _rates(backtests: Sequence[Backtest]) -> Table:
    drawn = table("rule", "level", "#runs", "#hosts", "#host-days", f"#per {PER:,}", "#at most")
    for each in backtests:
        whole = each.whole
        numbers = (
            f"{whole.runs:,}",
            f"{whole.hosts:,} of {whole.of_hosts:,}",
            f"{whole.host_days:,} of {whole.of_host_days:,}",
            rate(whole.rate),
            rate(whole.upper),
        )
        drawn.add_row(Text(clean(each.rule.title, 120)), Text(clean(each.rule.level, 20)), *map(Text, numbers))
    return drawn


def rate(value: float) -> str:
    """Host-days per 10,000, with as many digits as they need."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _rule(each: Backtest) -> Group:
    parts: list[ConsoleRenderable] = [Text(), Text(clean(each.rule.title, 200), "bold", overflow="fold")]
    names = [clean(part, 200) for part in (each.rule.id, each.rule.place) if part]
    parts.append(indented(Text(" · ".join(names), "dim", overflow="fold")))
    parts.append(indented(_where(each)))
    for match in each.examples[:EXAMPLES_SHOWN]:
        ran = clean(match.command_line or match.image, COMMAND_SHOWN)
        who = f"{clean(match.host, 80)} · {clean(match.account, 80)}, {count(match.runs, 'run')}"
        parts.append(indented(Text.assemble(ran, (f"  {who}", "dim"), overflow="fold")))
    return Group(*parts)


def _where(each: Backtest) -> Table:
    """In which parts it fires: host-days of host-days, and the upper bound per 10,000."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold", ratio=1)
    parts = {"class": each.by_class, "account": each.by_account, "tenant": each.by_tenant, "day": each.by_day}
    for name, shares in parts.items():
        hit = sorted((share for share in shares if share.runs), key=lambda share: (-share.host_days, share.name))
        more = f" and {len(hit) - PARTS_SHOWN:,} more" if len(hit) > PARTS_SHOWN else ""
        grid.add_row(Text(f"by {name}", "dim"), Text("; ".join(map(_part, hit[:PARTS_SHOWN])) + more))
    return grid


def _part(share: Share) -> str:
    name = clean(share.name, 80) or "(no name)"
    return f"{name} {share.host_days:,} of {share.of_host_days:,} (at most {rate(share.upper)})"


def _lacking(backtests: Sequence[Backtest]) -> Table:
    drawn = table("rule", "level", "what is lost")
    for each in backtests:
        told = Text(clean(each.applicability.told, 200))
        drawn.add_row(Text(clean(each.rule.title, 120)), Text(clean(each.rule.level, 20)), told)
    return drawn


def _refused(refused: Sequence[Quarantined]) -> Table:
    drawn = table("file", "why")
    for each in refused:
        drawn.add_row(Text(clean(each.place, 160)), Text(clean(each.reason, 300)))
    return drawn


def _counted(passed_over: Sequence[Quarantined]) -> list[tuple[str, int]]:
    return Counter(each.reason for each in passed_over).most_common()


def _reasons(reasons: Sequence[tuple[str, int]]) -> Table:
    drawn = table("#rules", "what they are about")
    for reason, number in reasons:
        drawn.add_row(Text(f"{number:,}"), Text(clean(reason, 200)))
    return drawn
