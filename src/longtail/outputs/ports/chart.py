"""A port's profile → its picture: for each companion, how many of the open machines run it and how many of the others.

Two bars a companion, on one linear axis from none to all, each with its numbers beside it. No script.
"""

import hashlib
from xml.etree import ElementTree as ET

from longtail.outputs.chart_layout import cut_left
from longtail.outputs.ports.wording import among_open, among_others, open_on, port_name, ratio
from longtail.outputs.svg import add, canvas
from longtail.ports.findings import Companion, PortProfile
from longtail.text import clean

LEGEND = 30
ROW = 56
BAR = 9
NUMBERS = 150  # room for ``1,204 of 30,000 (94 %)`` beside a bar
LETTER = 7.4  # of 12 pixels, in the widest of the usual monospaced fonts
KINDS = (("open", "machines with it"), ("other", "other machines"))


def profile_chart(profile: PortProfile, width: int) -> str:
    """The drawing, ``width`` pixels wide, for a page that brings its style."""
    height = LEGEND + ROW * len(profile.companions)
    whose = f"{profile.label}\0{width}".encode("utf-8", "surrogatepass")
    key = "profile-" + hashlib.sha256(whose).hexdigest()[:10]
    svg = canvas(key, width, height)
    add(svg, "title", f"What accompanies {clean(port_name(profile), 60)}", id=f"{key}-title")
    add(svg, "desc", _description(profile), id=f"{key}-desc")
    _legend(svg)
    for rank, companion in enumerate(profile.companions):
        _companion(svg, companion, width, LEGEND + ROW * rank)
    return ET.tostring(svg, encoding="unicode")


def _description(profile: PortProfile) -> str:
    told = "; ".join(
        f"{clean(each.executable, 120)}: {among_open(each)}, {among_others(each)}" for each in profile.companions
    )
    return f"{open_on(profile)}. {told}"


def _legend(svg: ET.Element) -> None:
    x = 0
    for kind, words in KINDS:
        add(svg, "rect", class_=f"profile-{kind}", x=x, y=5, width=10, height=10, rx=2)
        add(svg, "text", f"share of {words}", class_="chart-note", x=x + 15, y=14)
        x += 180


def _companion(svg: ET.Element, each: Companion, width: int, top: int) -> None:
    room = width - NUMBERS
    importance = f"importance {ratio(each.importance)}"
    name = cut_left(clean(each.executable, 400), int((width - 120) / LETTER))
    text = add(svg, "text", name, class_="profile-name", x=0, y=top + 13)
    add(text, "title", clean(each.executable, 240))
    add(svg, "text", importance, class_="chart-note end", x=width, y=top + 13)
    rows = (("open", each.share_of_backed, among_open(each)), ("other", each.share_of_others, among_others(each)))
    for below, (kind, value, numbers) in enumerate(rows):
        y = top + 19 + below * (BAR + 5)
        add(svg, "rect", class_="profile-track", x=0, y=y, width=room, height=BAR, rx=2)
        add(svg, "rect", class_=f"profile-{kind}", x=0, y=y, width=_length(value, room), height=BAR, rx=2)
        add(svg, "text", numbers, class_="chart-note", x=room + 8, y=y + BAR)


def _length(value: float, room: int) -> float:
    """Pixels of a bar: of what is there at all, never quite nothing; a share that cannot be said is none."""
    bounded = min(value, 1.0) if value > 0 else 0.0
    return max(room * bounded, 1.5) if bounded else 0.0
