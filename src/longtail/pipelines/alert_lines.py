"""The lines that ``hunt -f jsonl`` wrote → alerts as plain objects, and which lines could not be used and why."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from longtail.detections.generalise import deeds
from longtail.errors import InputError
from longtail.files.containers import members
from longtail.files.discovery import STDIN
from longtail.files.streams import Budget, Stream, as_utf8, standard_input
from longtail.files.tally import Tally
from longtail.readings import Quarantined, Reading
from longtail.telemetry.json_text import REPAIRED, Unreadable, record

LINE_MOST = 8 << 20  # bytes: sixty executions with the longest command lines that Windows allows, escaped
MOST_TOLD = 10_000  # lines that are told one by one: all of an ordinary file's
TOO_LONG = f"line longer than {LINE_MOST >> 20} MiB"

Object = Mapping[str, Any]


def alert_objects(path: str) -> tuple[tuple[Object, ...], Reading]:
    """The alerts of a file (``-`` is standard input; packed ones are read through), and what the file gave.

    Lines without the promised shape are quarantined with their number; blank ones do not count.

    Raises:
        InputError: the file cannot be opened, or it has lines and none of them is an alert.
    """
    tally = Tally(path, "alerts")
    found = tuple(alert for stream in _streams(path, tally) for alert in _alerts(stream, tally))
    if not found and tally.reasons:
        first = tally.examples[0]
        raise InputError(
            f"{path} holds no alert ({first.place}: {first.reason}): give what longtail hunt -f jsonl writes"
        )
    return found, tally.reading()


def _streams(path: str, tally: Tally) -> Iterator[Stream]:
    if path == STDIN:
        yield from _unpacked(standard_input(), Budget(0), tally)
        return
    try:
        with Path(path).open("rb") as file:
            yield from _unpacked(Stream(file.read), Budget(Path(path).stat().st_size), tally)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error


def _unpacked(stream: Stream, budget: Budget, tally: Tally) -> Iterator[Stream]:
    for member in members(stream, tally.path, budget):
        if member.refused:
            tally.quarantine("file", member.refused)
            continue
        yield as_utf8(member.stream)
        if member.stream.damage:
            tally.quarantine("end", member.stream.damage)


def _alerts(stream: Stream, tally: Tally) -> Iterator[Object]:
    for number, line in enumerate(_lines(stream), start=1):
        if line is None:
            _quarantine(tally, number, TOO_LONG)
        elif line.strip():
            yield from _alert(line, number, tally)


def _alert(line: bytes, number: int, tally: Tally) -> Iterator[Object]:
    try:
        alert, repaired = record(line)
    except Unreadable as why:
        _quarantine(tally, number, str(why))
        return
    if repaired:
        tally.repair(REPAIRED)
    _, unusable = deeds((alert,))
    for each in unusable:
        _quarantine(tally, number, each.reason)
    if not unusable:
        yield alert


def _quarantine(tally: Tally, number: int, reason: str) -> None:
    """Counts a line; more of them are told than a log's, because each is an alert that no rule will come of."""
    tally.reasons[reason] += 1
    if len(tally.examples) < MOST_TOLD:
        tally.examples.append(Quarantined(f"{tally.path}:{number}", reason))


def _lines(stream: Stream) -> Iterator[bytes | None]:
    """Each line without its end; None for one that is too long, which is dropped as it streams by."""
    held, dropping = b"", False
    while part := stream.read():
        *whole, held = (held + part).split(b"\n")
        for line in whole:
            yield None if dropping or len(line) > LINE_MOST else line
            dropping = False
        if len(held) > LINE_MOST:
            held, dropping = b"", True
    if held or dropping:
        yield None if dropping else held
