"""Parts of a result → characters for a terminal or a pipe: colour, width, and the tables that all results share.

Colour only on a terminal, and never where ``NO_COLOR`` is set; ``FORCE_COLOR`` asks for it elsewhere. Every text is
passed through `longtail.text.clean` and reaches rich as `Text`, never as markup.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import IO, TypeVar

from rich import box
from rich.console import Console, ConsoleRenderable
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from longtail.readings import Reading
from longtail.text import clean

# On a pipe or in a file there is no window to fit; this is wide enough for a command and its numbers.
WIDTH_ELSEWHERE = 120

ROWS_SHOWN = 40

STAND_INS = str.maketrans(
    {"·": "-", "…": "...", "×": "x", "→": "->", "≥": ">=", "≤": "<=", "“": '"', "”": '"', "’": "'", "–": "-", "—": "-"}
    | {"─": "-", "━": "-", "│": "|", "├": "|", "└": "`", "█": "#", "\u00a0": " ", "\u202f": " "}
)
"""What is shown for our own characters where a terminal has none but ASCII's."""

_most: ContextVar[int | None] = ContextVar("how many rows of a section are shown", default=ROWS_SHOWN)

T = TypeVar("T")


class Verbatim(Text):
    """A line that is never wrapped nor cut, so that copying takes it as it is."""


def written(parts: Iterable[ConsoleRenderable], stream: IO[str]) -> None:
    """Print all parts, as wide as the terminal is; no line ends in blanks."""
    console = _console(stream)
    with console.capture() as printed:
        for part in parts:
            console.print(part, soft_wrap=isinstance(part, Verbatim))
    shown = _spelt(printed.get(), getattr(stream, "encoding", None) or "utf-8")
    stream.writelines(line.rstrip(" ") + "\n" for line in shown.splitlines())


def _spelt(text: str, encoding: str) -> str:
    """The text in characters that the stream has: ours by what stands in for them, any others escaped."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(STAND_INS).encode(encoding, "backslashreplace").decode(encoding)
    return text


def _console(stream: IO[str]) -> Console:
    terminal = stream.isatty()
    coloured = (terminal or bool(os.environ.get("FORCE_COLOR"))) and not os.environ.get("NO_COLOR")
    columns = os.environ.get("COLUMNS", "")
    width = int(columns) if columns.isdecimal() and int(columns) >= 40 else None if terminal else WIDTH_ELSEWHERE
    return Console(
        file=stream,
        force_terminal=coloured,
        color_system="auto" if coloured else None,
        width=width,
        markup=False,
        highlight=False,
        emoji=False,
    )


@contextmanager
def every_row() -> Iterator[None]:
    """While it lasts, sections are written with all their rows."""
    before = _most.set(None)
    try:
        yield
    finally:
        _most.reset(before)


def section(
    title: str, drawn: Callable[[Sequence[T]], ConsoleRenderable], rows: Sequence[T]
) -> Iterator[ConsoleRenderable]:
    """A titled table of the first rows, with how many more there are; nothing where there are none."""
    if rows:
        yield Text()
        yield Text(title, "bold")
        shown = rows[: _most.get()]
        yield drawn(shown)
        if len(rows) > len(shown):
            yield Text(f"and {len(rows) - len(shown):,} more: -v lists them, --format json has them all", "dim")


def indented(what: ConsoleRenderable) -> Padding:
    """What belongs to the headline above it."""
    return Padding(what, (0, 0, 0, 5), expand=False)


def table(*columns: str) -> Table:
    """A table whose columns beginning with ``#`` hold numbers."""
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    for column in columns:
        numeric = column.startswith("#")
        drawn.add_column(
            Text(column.removeprefix("#")),
            justify="right" if numeric else "left",
            no_wrap=numeric,
            overflow="fold",
        )
    return drawn


def files(readings: Sequence[Reading]) -> Table:
    """What each file gave."""
    drawn = table("file", "format", "#process starts", "#passed over", "#quarantined")
    for each in readings:
        drawn.add_row(
            Text(clean(each.path, 120)),
            Text(clean(each.format, 30)),
            Text(f"{each.process_starts:,}"),
            Text(f"{each.passed_over:,}"),
            Text(f"{each.quarantined:,}", "yellow" if each.quarantined else ""),
        )
    return drawn


def troubles(readings: Sequence[Reading]) -> Iterator[Text]:
    """What a person should know of single files: why records were quarantined, and the notes."""
    for each in readings[: _most.get()]:
        if each.remarkable:
            why = [f"{number:,} × {clean(reason, 120)}" for reason, number in sorted(each.reasons.items())]
            told = "; ".join([*why, *(clean(note, 200) for note in each.notes)])
            yield Text(f"{clean(each.path, 120)}: {told}", "yellow" if each.quarantined else "", overflow="fold")
