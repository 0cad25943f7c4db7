"""Log files → a count of the same keys, by the plainest reader of each format: what reading costs in itself."""

import contextlib
import csv
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
from evtx import PyEvtxParser

KEY = ("day", "host", "account", "image", "command_line", "parent_image")
Paths = Sequence[Path]
Bare = Callable[[Paths], int]
"""Reads all files and counts the keys; gives how many events there were."""


class PlainStart(msgspec.Struct):
    """A line of the plain form, the fields that the key needs."""

    time: str
    host: str | None = None
    account: str | None = None
    image: str | None = None
    command_line: str | None = None
    parent_image: str | None = None

    def key(self) -> tuple[str | None, ...]:
        """What sightings are counted by, before anything is given meaning."""
        return (self.time[:10], self.host, self.account, self.image, self.command_line, self.parent_image)


class NxlogStart(msgspec.Struct):
    """The same of a Sysmon event that NXLog wrote."""

    EventTime: str
    Hostname: str | None = None
    User: str | None = None
    Image: str | None = None
    CommandLine: str | None = None
    ParentImage: str | None = None

    def key(self) -> tuple[str | None, ...]:
        """What sightings are counted by, before anything is given meaning."""
        return (self.EventTime[:10], self.Hostname, self.User, self.Image, self.CommandLine, self.ParentImage)


def evtx_loop(paths: Paths) -> int:
    """The parser's own loop over JSON records, nothing done with them: no key is counted."""
    return sum(1 for _ in _evtx_records(paths))


PROCESS_START = re.compile(r'"EventID": *(?:\{[^{}]*"#text": *)?(?:1|4688)\b')


def evtx_counted(paths: Paths) -> int:
    """The same, with the records of process starts decoded and counted by key."""
    counted: Counter[tuple[Any, ...]] = Counter()
    for text in _evtx_records(paths):
        if PROCESS_START.search(text):
            event = msgspec.json.decode(text)["Event"]
            data = event.get("EventData") or {}
            user = data.get("User") or data.get("SubjectUserName")
            image, parent = data.get("Image") or data.get("NewProcessName"), data.get("ParentImage")
            system = event["System"]
            counted[system.get("Computer"), user, image, data.get("CommandLine"), parent] += 1
    return counted.total()


def _evtx_records(paths: Paths) -> Iterator[str]:
    for path in paths:
        with contextlib.suppress(RuntimeError), warnings.catch_warnings(action="ignore"):  # damage ends this loop
            for record in PyEvtxParser(str(path), number_of_threads=1, skip_errors=True).records_json():
                if record:
                    yield record["data"]


def plain_lines(paths: Paths) -> int:
    """msgspec into a struct, line by line, counted in a dictionary."""
    return _lines(paths, PlainStart)


def nxlog_lines(paths: Paths) -> int:
    """msgspec into a struct, line by line, counted in a dictionary."""
    return _lines(paths, NxlogStart)


def _lines(paths: Paths, kind: type[PlainStart] | type[NxlogStart]) -> int:
    decode = msgspec.json.Decoder(kind).decode
    counted: Counter[tuple[str | None, ...]] = Counter()
    for path in paths:
        with path.open("rb") as file:
            for line in file:
                counted[decode(line).key()] += 1
    return counted.total()


def csv_rows(paths: Paths) -> int:
    """The csv module of the standard library, counted in a dictionary."""
    counted: Counter[tuple[str, ...]] = Counter()
    for path in paths:
        with path.open(newline="", encoding="utf-8") as file:
            rows = csv.reader(file)
            places = {name: number for number, name in enumerate(next(rows))}
            time, *others = (places["time" if name == "day" else name] for name in KEY)
            for row in rows:
                counted[(row[time][:10], *(row[i] for i in others))] += 1
    return counted.total()


def csv_scan(paths: Paths) -> int:
    """Polars' lazy CSV reader and group-by, on all cores."""
    return _grouped(pl.scan_csv(list(paths), infer_schema=False).with_columns(day=pl.col("time").str.head(10)))


def parquet_scan(paths: Paths) -> int:
    """Polars' lazy Parquet reader and group-by, on all cores."""
    return _grouped(pl.scan_parquet(list(paths)).with_columns(day=pl.col("time").dt.date()))


def _grouped(rows: pl.LazyFrame) -> int:
    return int(rows.group_by(KEY).agg(pl.len().alias("runs")).select(pl.col("runs").sum()).collect().item() or 0)


EVTX: Mapping[str, Bare] = {"evtx loop": evtx_loop, "evtx loop, counted": evtx_counted}
BARE: Mapping[str, Mapping[str, Bare]] = {
    "evtx": EVTX,
    "evtx-files": EVTX,
    "jsonl": {"msgspec": plain_lines},
    "nxlog": {"msgspec": nxlog_lines},
    "csv": {"csv module": csv_rows, "polars scan": csv_scan},
    "parquet": {"polars scan": parquet_scan},
}
"""The plain readers by format; the first is the one the product is compared with."""
