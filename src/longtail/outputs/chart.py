"""A population → the picture of its long tail: executables ranked by prevalence, share of hosts on a log axis, as SVG.

The tail is coloured, what alarmed is coloured again and named, every bar tells its numbers when pointed at. No script.
"""

import hashlib
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from xml.etree import ElementTree as ET

from longtail.outputs.chart_layout import (
    NARROW,
    SLANT,
    SLANTED_Y,
    Callout,
    Column,
    Frame,
    Name,
    callouts,
    columns,
    frame,
    headroom,
    name,
    names_below,
    ranked,
    tail_start,
    ticks,
)
from longtail.outputs.svg import add, canvas
from longtail.outputs.wording import count, of, share
from longtail.prevalence.findings import Bar, Population
from longtail.text import clean

TITLE_ROOM = 34
LINE = 16
LEGEND_WORDS = (("common", "common", 84), ("tail", "the tail", 78), ("alarm", "in an alert", 98))


def prevalence_chart(population: Population, width: int = 1120) -> str:
    """A whole SVG document, to be saved as ``.svg``: title, legend, plot, caption and its own style, light and dark."""
    svg = _chart(population, width, framed=True)
    style = ET.Element("style")
    style.text = chart_style()
    svg.insert(0, style)
    return ET.tostring(svg, encoding="unicode") + "\n"


def chart_fragment(population: Population, width: int) -> str:
    """The plot and its legend alone, for a page that brings `chart_style` and a caption."""
    return ET.tostring(_chart(population, width, framed=False), encoding="unicode")


@cache
def chart_style() -> str:
    """The style of the chart, light, dark and printed."""
    return (files("longtail.outputs") / "templates" / "chart.css").read_text(encoding="utf-8")


def caption(population: Population) -> str:
    """What the chart rests on, in one line."""
    tail = sum(bar.tail for bar in population.bars)
    return " · ".join(
        (
            f"{count(population.executables, 'executable')}, {tail:,} in the tail",
            count(population.hosts, "host"),
            count(population.days, "day"),
            f"the next thing seen is new with probability {share(population.unseen_mass)}",
        )
    )


def _chart(population: Population, width: int, framed: bool) -> ET.Element:
    axis = frame(population, width).lowered(TITLE_ROOM if framed else 0)
    shown = columns(ranked(population.bars), axis)
    names = callouts(shown, axis, 7 if width < NARROW else 14)
    down = headroom(names, axis)
    axis = axis.lowered(down)
    names = [replace(each, y=each.y + down, bar_top=each.bar_top + down) for each in names]
    below = names_below(shown, axis, {each.x for each in names})
    height = axis.bottom + 16 + max((len(each.text) * SLANTED_Y for each in below), default=0)
    height += 14 + LINE * len(_caption_lines(population, width)) if framed else 0
    svg = _svg(population, width, height)
    if framed:
        _paper(svg, population, width, height)
    _legend(svg, shown, axis, TITLE_ROOM if framed else 0)
    _axis(svg, shown, axis, population.hosts)
    _bars(svg, shown, axis, population)
    _callouts(svg, names)
    _names(svg, below)
    return svg


def _svg(population: Population, width: int, height: float) -> ET.Element:
    whose = f"{population.tenant}\0{population.account_class}\0{width}".encode("utf-8", "surrogatepass")
    key = "chart-" + hashlib.sha256(whose).hexdigest()[:10]
    svg = canvas(key, width, height)
    add(svg, "title", _title(population), id=f"{key}-title")
    add(svg, "desc", _description(population), id=f"{key}-desc")
    return svg


def _title(population: Population) -> str:
    tenant = f" in {clean(population.tenant, 60)}" if population.tenant else ""
    return f"What {clean(population.account_class, 60)} accounts run{tenant}, from common to rare"


def _description(population: Population) -> str:
    alarming = [clean(bar.executable, 120) for bar in population.bars if bar.anomalous]
    listed = f": {', '.join(alarming[:20])}" if alarming else ""
    return f"{caption(population)}; {count(len(alarming), 'executable')} in alerts{listed}"


def _paper(svg: ET.Element, population: Population, width: int, height: float) -> None:
    svg.insert(
        2, ET.Element("rect", {"class": "chart-paper", "width": str(width), "height": f"{height:.0f}", "rx": "8"})
    )
    add(svg, "text", clean(_title(population), int((width - 32) / 10.2)), class_="chart-title", x=16, y=28)
    lines = _caption_lines(population, width)
    for up, line in enumerate(reversed(lines)):
        add(svg, "text", line, class_="chart-note", x=16, y=height - 14 - LINE * up)


def _caption_lines(population: Population, width: int) -> list[str]:
    return textwrap.wrap(caption(population), max(int((width - 32) / 6.6), 20))


def _legend(svg: ET.Element, shown: Sequence[Column], axis: Frame, top: float) -> None:
    x = axis.left
    for kind, word, room in LEGEND_WORDS:
        if any(column.kind == kind for column in shown):
            add(svg, "rect", class_=f"chart-{kind}", x=x, y=top + 9, width=10, height=10, rx=2)
            add(svg, "text", word, class_="chart-note", x=x + 15, y=top + 18)
            x += room
    if axis.right - axis.left < NARROW:
        return
    if any(len(column.bars) > 1 for column in shown):
        add(svg, "text", "unnamed bars may stand for several", class_="chart-note", x=x, y=top + 18)
    add(svg, "text", "share of hosts", class_="chart-note end", x=axis.right, y=top + 18)


def _axis(svg: ET.Element, shown: Sequence[Column], axis: Frame, hosts: int) -> None:
    start = tail_start(shown)
    if start is not None:
        end = shown[-1].x + shown[-1].width + 2
        box = {"x": start, "y": axis.top, "width": end - start, "height": axis.bottom - axis.top}
        add(svg, "rect", class_="chart-field", **box)
    for level, words in ticks(axis, hosts):
        y, kind = axis.y(level), "chart-one" if words == "1 host" else "chart-rule"
        add(svg, "line", class_=kind, x1=axis.left, x2=axis.right, y1=y, y2=y)
        add(svg, "text", words, class_="chart-tick", x=axis.left - 7, y=y + 4)
    add(svg, "line", class_="chart-foot", x1=axis.left, x2=axis.right, y1=axis.bottom, y2=axis.bottom)


def _bars(svg: ET.Element, shown: Sequence[Column], axis: Frame, population: Population) -> None:
    for column in shown:
        top = axis.y(column.share)
        box = {"x": column.x, "y": top, "width": column.width, "height": axis.bottom - top}
        rect = add(svg, "rect", class_=f"chart-bar chart-{column.kind}", **box)
        add(rect, "title", _told(column.bars, population))


def _told(bars: tuple[Bar, ...], population: Population) -> str:
    first, last = bars[0], bars[-1]
    if len(bars) == 1:
        days = of(first.days, population.days, "day")
        hosts = of(first.hosts, population.hosts, "host")
        return f"{clean(first.executable, 240)} — {hosts} ({share(first.share)}), {days}, {count(first.runs, 'run')}"
    listed = ", ".join(name(bar.executable, 40) for bar in bars[:4])
    between = f"{first.hosts:,}" if first.hosts == last.hosts else f"{first.hosts:,} to {last.hosts:,}"
    return f"{count(len(bars), 'executable')} on {between} of {count(population.hosts, 'host')}: {listed} …"


def _callouts(svg: ET.Element, names: Sequence[Callout]) -> None:
    for each in names:
        add(svg, "line", class_="chart-leader", x1=each.x, x2=each.x, y1=each.y - 8, y2=each.bar_top - 2)
        side, x = ("", each.x - 5) if each.leftward else (" start", each.x + 5)
        add(svg, "text", each.text, class_=f"chart-callout{side}", x=x, y=each.y)


def _names(svg: ET.Element, names: Sequence[Name]) -> None:
    for each in names:
        kind = "chart-name alarm" if each.alarm else "chart-name"
        add(svg, "text", each.text, class_=kind, transform=f"translate({each.x:.1f} {each.y:.1f}) rotate(-{SLANT})")
