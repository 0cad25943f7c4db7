"""What files gave → the lines on stderr that say what could not be read of them, and why."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

TOLD = 5
"""Files that are told without -v, and places in each."""
LONGEST = 400  # characters of a path or a place


def troubles(readings: Iterable[Any], verbose: bool) -> Iterator[str]:
    """Lines for each file: why records of it were quarantined and where the first stand, that it is cut or of no known
    format; all with ``verbose``."""
    from longtail.outputs.wording import count
    from longtail.readings import troubled_first
    from longtail.text import clean

    told = [each for each in troubled_first(tuple(readings)) if each.remarkable]
    shown = told if verbose else sorted(told, key=_weight)[:TOLD]
    for each in shown:
        why = (*(f"{reason} ({number:,})" for reason, number in each.reasons.items()), *each.notes)
        yield f"  {clean(each.path, LONGEST)}: {'; '.join(clean(line, 200) for line in why)}"
        for example in each.examples if verbose else each.examples[:TOLD]:
            yield f"    {clean(example.place, LONGEST)}: {clean(example.reason, 200)}"
    if len(told) > len(shown):
        yield f"  and {count(len(told) - len(shown), 'more file')}: -v lists them"


def tenantless(paths: Iterable[str], from_path: bool) -> Iterator[str]:
    """A note where tenants were to be taken from folders, and there are none."""
    from longtail.files.discovery import folderless

    if from_path and folderless(paths):
        yield "--tenant-from-path: no folder under PATH to take a tenant from: give the folder above theirs"


def _weight(reading: Any) -> tuple[bool, bool]:
    """Files of which something is lost come first, and those of which nothing was read at all."""
    return not lossy(reading), reading.format != "unknown"


def lossy(reading: Any) -> bool:
    """Whether records of a file are lost: quarantined, or beyond the place where it was cut."""
    return bool(reading.quarantined) or any(note.startswith("truncated") for note in reading.notes)


def detail(verbose: bool) -> AbstractContextManager[None]:
    """While a table is written: every row of it, where more was asked for."""
    if not verbose:
        return nullcontext()
    from longtail.outputs.terminal import every_row

    return every_row()
