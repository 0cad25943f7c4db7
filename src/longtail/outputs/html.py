"""A hunt, alone or beside what ``ports`` found → one self-contained HTML page that runs nothing."""

from dataclasses import replace
from typing import IO, Any

from markupsafe import Markup

from longtail.outputs import page
from longtail.outputs.chart import caption, chart_fragment
from longtail.outputs.ports import html as ports_html
from longtail.outputs.tree import process_tree
from longtail.outputs.view import (
    POPULATIONS_SHOWN,
    STEPS_SHOWN,
    alerts_shown,
    lead,
    meter,
    populations_shown,
    story,
    technique_path,
)
from longtail.ports.findings import Ports
from longtail.prevalence.findings import Hunt, Population
from longtail.readings import troubled_first
from longtail.text import clean

COMMAND_SHOWN = 8_000
STYLES = ("report.css", "chart.css")


def write(hunt: Hunt, stream: IO[str]) -> None:
    """The whole report; the same bytes for the same hunt."""
    page.write({**_shown(hunt), "ports": None}, STYLES, stream)


def write_both(hunt: Hunt, ports: Ports, stream: IO[str]) -> None:
    """Both reports in one page with one table of contents; a file that both read in the same way is told once."""
    told = {each.path: each for each in hunt.readings}
    alone = replace(ports, readings=tuple(each for each in ports.readings if told.get(each.path) != each))
    page.write({**_shown(hunt), **ports_html.shown(alone)}, ports_html.STYLES, stream)


def _shown(hunt: Hunt) -> dict[str, Any]:
    return {
        "hunt": hunt,
        "lead": lead(hunt),
        "alerts": alerts_shown(hunt.alerts),
        "populations": populations_shown(hunt.populations),
        "unjudged": [each for each in hunt.populations if not each.judged],
        "readings": troubled_first(hunt.readings)[: page.FILES_SHOWN],
        "caption": caption,
        "command": _command,
        "drawing": _drawing,
        "meter": meter,
        "process_tree": process_tree,
        "technique_path": technique_path,
        "story": story,
        "STEPS_SHOWN": STEPS_SHOWN,
        "POPULATIONS_SHOWN": POPULATIONS_SHOWN,
    }


def _command(value: str) -> Markup:
    """A command line, longer than any other text may be."""
    return page.verbatim((clean(value, COMMAND_SHOWN),))


def _drawing(population: Population, width: int) -> Markup:
    """The chart as trusted markup: it was built as a tree, so every text and attribute in it is escaped."""
    return Markup(chart_fragment(population, width))
