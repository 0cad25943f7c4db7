"""What a report shows → one self-contained HTML page that runs nothing: no script, no request, a strict policy."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import IO, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from longtail.outputs import wording
from longtail.text import clean

# A page is for reading: exact values are in the JSON outputs, and one line of a log may be a megabyte.
TEXT_SHOWN = 1_000
FILES_SHOWN = 500
WIDE, NARROW = 1120, 380


def write(shown: Mapping[str, Any], styles: Sequence[str], stream: IO[str]) -> None:
    """The whole page; the same bytes for the same values. ``styles`` are the names of the style sheets it brings."""
    style = "".join((files("longtail.outputs") / "templates" / name).read_text(encoding="utf-8") for name in styles)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = _templates().get_template("report.html.j2")
    stream.writelines(page.generate({**shown, "style": Markup(style), "style_hash": digest}))


def verbatim(lines: Sequence[str]) -> Markup:
    """Lines that were cleaned already, longer than any other text may be."""
    return Markup("\n").join(lines)


def _visible(value: Any) -> Any:
    return value if isinstance(value, Markup) else clean(value, TEXT_SHOWN)


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
    environment.globals.update(verbatim=verbatim, words=wording, WIDE=WIDE, NARROW=NARROW)
    return environment
