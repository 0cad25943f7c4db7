"""A hunt → one self-contained HTML page that runs nothing: no script, no request, a strict content security policy."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import IO, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from longtail.outputs import wording
from longtail.outputs.chart import caption, chart_fragment, chart_style
from longtail.outputs.tree import process_tree
from longtail.outputs.view import (
    FILES_SHOWN,
    POPULATIONS_SHOWN,
    STEPS_SHOWN,
    alerts_shown,
    lead,
    meter,
    populations_shown,
    story,
    technique_path,
)
from longtail.prevalence.findings import Hunt, Population
from longtail.text import clean

# A page is for reading: exact values are in the JSON outputs, and one line of a log may be a megabyte.
TEXT_SHOWN = 1_000
COMMAND_SHOWN = 8_000
WIDE, NARROW = 1120, 380


def write(hunt: Hunt, stream: IO[str]) -> None:
    """The whole report; the same bytes for the same hunt."""
    style = _style()
    page = _templates().get_template("report.html.j2")
    shown = {
        "hunt": hunt,
        "lead": lead(hunt),
        "alerts": alerts_shown(hunt.alerts),
        "populations": populations_shown(hunt.populations),
        "unjudged": [each for each in hunt.populations if not each.judged],
        "readings": wording.troubled_first(hunt.readings)[:FILES_SHOWN],
        "style": Markup(style),
        "style_hash": base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    }
    stream.writelines(page.generate(shown))


def _style() -> str:
    report = (files("longtail.outputs") / "templates" / "report.css").read_text(encoding="utf-8")
    return report + chart_style()


def _visible(value: Any) -> Any:
    return value if isinstance(value, Markup) else clean(value, TEXT_SHOWN)


def _command(value: str) -> Markup:
    """A command line, longer than any other text may be."""
    return Markup("{}").format(clean(value, COMMAND_SHOWN))


def _drawing(population: Population, width: int) -> Markup:
    """The chart as trusted markup: it was built as a tree, so every text and attribute in it is escaped."""
    return Markup(chart_fragment(population, width))


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("longtail.outputs"),
        autoescape=True,
        finalize=_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(
        caption=caption,
        command=_command,
        drawing=_drawing,
        meter=meter,
        process_tree=process_tree,
        technique_path=technique_path,
        story=story,
        words=wording,
        WIDE=WIDE,
        NARROW=NARROW,
        STEPS_SHOWN=STEPS_SHOWN,
        POPULATIONS_SHOWN=POPULATIONS_SHOWN,
    )
    return environment
