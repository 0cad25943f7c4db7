"""Ranked executables → where each bar and each label of the chart stands, in pixels, none on top of another."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from longtail.prevalence.findings import Bar, Population
from longtail.text import ELLIPSIS, clean

# The widest of the usual monospaced fonts advances 0.61 em.
LETTER = 0.61
NAME_SIZE = 11
CALLOUT_STEP = 17
NAME_PITCH = 14.5
SLANT = 55  # degrees
SLANTED_X = NAME_SIZE * LETTER * math.cos(math.radians(SLANT))
SLANTED_Y = NAME_SIZE * LETTER * math.sin(math.radians(SLANT))
BAR_PITCH = 3.0
ALARM_PITCH = 7.0
SEPARATE = 5.0  # thinner bars touch: stripes of two pixels flicker
WIDEST_PITCH = 64.0
NARROW = 600
FEW = 8
LEGEND = 30
NAME_LETTERS = 20
CALLOUT_LETTERS = 52

# How far below one host the axis goes on, in decades, so that the rarest bar still has a height.
BELOW_ONE_HOST = 0.35


@dataclass(frozen=True, slots=True)
class Column:
    """One bar of the chart: one executable, or several neighbours in rank of one kind. ``x`` is its left edge."""

    bars: tuple[Bar, ...]
    kind: str  # "common" | "tail" | "alarm"
    x: float
    width: float
    named: bool

    @property
    def share(self) -> float:
        """The middle one's share of hosts."""
        return self.bars[len(self.bars) // 2].share

    @property
    def centre(self) -> float:
        """Where a label points to."""
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Callout:
    """A name on the line ``y``, to the left or to the right of ``x``, tied to the top of its bar."""

    text: str
    x: float
    y: float
    bar_top: float
    leftward: bool


@dataclass(frozen=True, slots=True)
class Name:
    """A slanted name under the axis that ends at (x, y)."""

    text: str
    x: float
    y: float
    alarm: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The plot's box, and the axis: ``floor`` is the share of hosts at its foot."""

    left: float
    right: float
    top: float
    bottom: float
    floor: float

    def y(self, share: float) -> float:
        """The height of a share on the logarithmic axis; outside 0..1 it stops at the edge."""
        bounded = min(max(share, self.floor), 1.0)
        return self.bottom - (self.bottom - self.top) * (1 - math.log10(bounded) / math.log10(self.floor))

    def lowered(self, by: float) -> "Frame":
        """The same plot further down."""
        return Frame(self.left, self.right, self.top + by, self.bottom + by, self.floor)


def frame(population: Population, width: float) -> Frame:
    """The plot of a chart so many pixels wide, before any label asked for room above it."""
    rarest = min((bar.share for bar in population.bars if bar.share > 0), default=1.0)
    one_host = min(rarest, 1 / max(population.hosts, 1))
    plot = 150 if len(population.bars) <= FEW else 180 if width < NARROW else 240
    return Frame(54, width - 10, LEGEND, LEGEND + plot, max(one_host, 1e-9) / 10**BELOW_ONE_HOST)


def ticks(axis: Frame, hosts: int) -> list[tuple[float, str]]:
    """Share and wording of the marks on the axis: decades of per cent, and the one host below which nothing is."""
    one_host = 1 / max(hosts, 1)
    decades = [10.0**-power for power in range(10) if 10.0**-power >= max(axis.floor, one_host)]
    apart = [share for share in decades if abs(axis.y(share) - axis.y(one_host)) > 14 or hosts < 2]
    marks = [(share, f"{100 * share:.10g} %") for share in apart]
    return marks if hosts < 2 else [*marks, (one_host, "1 host")]


def ranked(bars: Iterable[Bar]) -> list[Bar]:
    """Commonest first; among equals what alarmed comes last, at the end of the tail."""
    return sorted(bars, key=lambda bar: (-bar.share, bar.anomalous))


def columns(bars: Sequence[Bar], axis: Frame) -> list[Column]:
    """One column an executable while there is room to name each; beyond that ranks share columns.

    Then the head is named, and of the tail as many bars of their own as names have room.
    """
    room = axis.right - axis.left
    if len(bars) * NAME_PITCH <= room:
        pitch = min(room / max(len(bars), 1), WIDEST_PITCH)
        return list(_placed([((bar,), pitch, True) for bar in bars], axis.left))
    head = [((bar,), NAME_PITCH, True) for bar in bars[: int(0.35 * room / NAME_PITCH)]]
    rest = list(_packed(bars[len(head) :], 0.65 * room))
    spread = (room - len(head) * NAME_PITCH) / sum(pitch for _, pitch, _ in rest)
    return _named_apart(_placed([*head, *((group, pitch * spread, named) for group, pitch, named in rest)], axis.left))


def callouts(shown: Sequence[Column], axis: Frame, most: int) -> list[Callout]:
    """Names of the alarming columns, the rarest ``most`` of them, as low as they can stand.

    Where there is more room to the left, each name ends at its own bar, above every bar it passes and above the names
    whose lines it would cross: those further left. So names close together form stairs that rise to the right. Where
    there is more room to the right, all of this is mirrored. A name may leave the plot at the top.
    """
    alarms = [column for column in shown if column.kind == "alarm"][-most:]
    if not alarms:
        return []
    leftward = alarms[0].centre - axis.left >= axis.right - alarms[-1].centre
    placed: list[Callout] = []
    for column in alarms if leftward else reversed(alarms):
        text = _callout_text(column, axis, leftward)
        start, end = _reach(column, len(text), leftward)
        crossed = [each.y - CALLOUT_STEP for each in placed if start <= each.x <= end]
        y = min([_clear(shown, start, end, axis), *crossed])
        placed.append(Callout(text, column.centre, y, axis.y(column.share), leftward))
    return sorted(placed, key=lambda each: each.x)


def headroom(names: Sequence[Callout], axis: Frame) -> float:
    """How far the plot must move down so that the highest name stays below the legend."""
    highest = min((name.y for name in names), default=axis.top)
    return max(0.0, axis.top + NAME_SIZE - highest) if names else 0.0


def names_below(shown: Sequence[Column], axis: Frame, called: set[float]) -> list[Name]:
    """The names under the axis: of every named column that no callout names, none reaching over the left edge."""
    y = axis.bottom + 12
    return [
        Name(_name_below(column), column.centre + 3, y, column.kind == "alarm")
        for column in shown
        if column.named and column.centre not in called
    ]


def tail_start(shown: Sequence[Column]) -> float | None:
    """The left edge of the tail: what follows the last executable outside it; ``None`` where there is no tail."""
    outside = [at for at, column in enumerate(shown) if not column.bars[0].tail]
    rest = shown[outside[-1] + 1 if outside else 0 :]
    return rest[0].x - 2 if rest else None


def name(executable: str, letters: int) -> str:
    """The file name alone; a long one loses its beginning."""
    return cut_left(clean(executable.replace("/", "\\").rpartition("\\")[2] or executable, 400), letters)


def cut_left(text: str, letters: int) -> str:
    """``text`` in at most ``letters`` characters, the beginning replaced by ``…`` where it is longer."""
    return text if len(text) <= letters else ELLIPSIS + text[len(text) - max(letters - 1, 0) :]


def _kind(bar: Bar) -> str:
    return "alarm" if bar.anomalous else "tail" if bar.tail else "common"


def _packed(bars: Sequence[Bar], room: float) -> Iterator[tuple[tuple[Bar, ...], float, bool]]:
    """Runs of one kind, cut into groups so large that all of them fit; what alarmed keeps a bar of its own longest."""
    alarms = sum(bar.anomalous for bar in bars)
    together = math.ceil(alarms * ALARM_PITCH / (room / 2)) or 1
    left = max(room - math.ceil(alarms / together) * ALARM_PITCH, room / 2)
    size = math.ceil((len(bars) - alarms) * BAR_PITCH / left) or 1
    for kind, members in groupby(bars, _kind):
        run = tuple(members)
        step, pitch = (together, ALARM_PITCH) if kind == "alarm" else (size, BAR_PITCH)
        for at in range(0, len(run), step):
            yield run[at : at + step], pitch, False


def _placed(groups: Iterable[tuple[tuple[Bar, ...], float, bool]], left: float) -> Iterator[Column]:
    for bars, pitch, named in groups:
        gap = min(pitch * 0.28, 10) if pitch >= SEPARATE else 0
        yield Column(bars, _kind(bars[0]), left + gap / 2, pitch - gap, named)
        left += pitch


def _named_apart(shown: Iterable[Column]) -> list[Column]:
    """The columns, those of one executable named wherever the name before is far enough."""
    apart: list[Column] = []
    last = -math.inf
    for column in shown:
        named = column.named or (len(column.bars) == 1 and column.centre - last >= NAME_PITCH)
        last = column.centre if named else last
        apart.append(replace(column, named=named))
    return apart


def _name_below(column: Column) -> str:
    room = int(column.centre / SLANTED_X)
    return name(column.bars[0].executable, min(NAME_LETTERS, room))


def _callout_text(column: Column, axis: Frame, leftward: bool) -> str:
    room = column.centre - axis.left if leftward else axis.right - column.centre
    letters = min(int((room - 10) / (NAME_SIZE * LETTER)), CALLOUT_LETTERS)
    more = f" +{len(column.bars) - 1:,}" if len(column.bars) > 1 else ""
    return cut_left(clean(column.bars[0].executable, 400), max(letters - len(more), 4)) + more


def _reach(column: Column, letters: int, leftward: bool) -> tuple[float, float]:
    length = letters * NAME_SIZE * LETTER + 8
    return (column.centre - length, column.centre) if leftward else (column.centre, column.centre + length)


def _clear(shown: Sequence[Column], start: float, end: float, axis: Frame) -> float:
    """The lowest line that stays above every bar between two edges."""
    crossed = (column for column in shown if column.x < end and column.x + column.width > start)
    return min((axis.y(column.share) for column in crossed), default=axis.bottom) - 9
