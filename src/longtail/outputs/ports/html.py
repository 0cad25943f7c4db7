"""What ``ports`` found → one self-contained HTML page that runs nothing, or its part of a page with a hunt."""

from typing import IO, Any

from markupsafe import Markup

from longtail.outputs import page
from longtail.outputs.ports import view, wording
from longtail.outputs.ports.chart import profile_chart
from longtail.outputs.ports.commands import steps
from longtail.ports.findings import PortProfile, Ports
from longtail.readings import troubled_first

STYLES = ("report.css", "chart.css", "ports.css")
FINDINGS_SHOWN = 1_000
FINDINGS_OPEN = 20
PROFILES_SHOWN = 40
ROWS_SHOWN = 200
NAMES_SHOWN = 24


def write(ports: Ports, stream: IO[str]) -> None:
    """The whole report; the same bytes for the same values."""
    page.write({**shown(ports), "hunt": None}, STYLES, stream)


def shown(ports: Ports) -> dict[str, Any]:
    """What the templates draw of it."""
    whole, further = view.profiles_told(ports, PROFILES_SHOWN)
    return {
        "ports": ports,
        "told": wording,
        "to_close": view.findings(ports),
        "excepted": view.excepted(ports),
        "profiles": whole,
        "further": further,
        "not_judged": view.not_judged(ports),
        "in_use": view.in_use(ports),
        "left": view.left(ports.unjoined),
        "ports_readings": troubled_first(ports.readings)[: page.FILES_SHOWN],
        "profile_drawing": _drawing,
        "steps": steps,
        "FINDINGS_SHOWN": FINDINGS_SHOWN,
        "FINDINGS_OPEN": FINDINGS_OPEN,
        "ROWS_SHOWN": ROWS_SHOWN,
        "NAMES_SHOWN": NAMES_SHOWN,
    }


def _drawing(profile: PortProfile, width: int) -> Markup:
    """The chart as trusted markup: it was built as a tree, so every text and attribute in it is escaped."""
    return Markup(profile_chart(profile, width))
