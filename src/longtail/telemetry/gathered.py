"""Paths → everything they say of machines beside process starts: what runs, what listens, what was attacked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from longtail.files.tally import readings_merged
from longtail.ports.evidence import TORN
from longtail.ports.running import image_told_by
from longtail.readings import Reading
from longtail.telemetry.dates import dated
from longtail.telemetry.events import PLACE
from longtail.telemetry.evidence import PID, evidence_rows, nothing, passed_over
from longtail.telemetry.format import Rows
from longtail.telemetry.options import Options
from longtail.telemetry.parts import parts
from longtail.telemetry.reader import STARTS, PartReader
from longtail.telemetry.torn import Listings

STATES = frozenset(Rows) - STARTS
FOLD_ROWS = 1_000_000  # rows that may wait to be folded

HELD_BY = ["tenant", "machine", PID]
_PROCESS = ["tenant", "host", "account", "image", "command_line"]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Tables in the schemas of ``longtail.ports.evidence``, and what each file gave."""

    running: pl.DataFrame
    listening: pl.DataFrame
    attacked: pl.DataFrame
    torn: pl.DataFrame
    readings: tuple[Reading, ...]


def gathered(paths: Sequence[str], options: Options, kinds: Iterable[Rows] = STATES) -> Gathered:
    """Everything of the given kinds under ``paths``, in one pass; files that hold none of them are only recognised.

    Equal findings of one program are one row of ``running`` with the widest times. A listening socket whose process
    is known by number only, or by name only, takes its image from a running process of that host and number.

    Raises:
        NothingToRead: a path matches no file.
        UsageError: ``options.format_in`` names no format.
    """
    wanted = frozenset(kinds)
    known = dated(paths, options)
    read = wanted | ({Rows.RUNNING} if Rows.LISTENING in wanted else frozenset())
    heap = _Heap()
    readings: list[Reading] = []
    listings, torn = Listings(), [pl.DataFrame(schema=TORN)]
    for part in parts(paths, options):
        reader = PartReader(part, known, read)
        for raw in reader.raws():
            raw.tally.passed_over += passed_over(raw)
            for kind in raw.format.views.keys() & read:
                rows = evidence_rows(raw, kind)
                if kind is Rows.LISTENING:
                    listings.add(raw.tally, rows)
                heap.add(kind, rows.drop(PLACE))
        torn.append(listings.torn())
        readings.extend(reader.readings)
    running = heap.whole(Rows.RUNNING)
    return Gathered(
        _without_numbers(running) if Rows.RUNNING in wanted else nothing(Rows.RUNNING).drop(PID),
        _with_images(heap.whole(Rows.LISTENING), running),
        heap.whole(Rows.ATTACKED),
        pl.concat(torn).unique().sort(pl.all()),
        readings_merged(readings),
    )


def running(paths: Sequence[str], options: Options) -> tuple[pl.DataFrame, tuple[Reading, ...]]:
    """What process snapshots and inventories found (schema ``RUNNING``), and what each file gave. See ``gathered``."""
    found = gathered(paths, options, {Rows.RUNNING})
    return found.running, found.readings


def listening(paths: Sequence[str], options: Options) -> tuple[pl.DataFrame, tuple[Reading, ...]]:
    """The listening sockets (schema ``LISTENING``), and what each file gave. See ``gathered``."""
    found = gathered(paths, options, {Rows.LISTENING})
    return found.listening, found.readings


def attacked(paths: Sequence[str], options: Options) -> tuple[pl.DataFrame, tuple[Reading, ...]]:
    """The attacks on ports (schema ``ATTACKED``), and what each file gave. See ``gathered``."""
    found = gathered(paths, options, {Rows.ATTACKED})
    return found.attacked, found.readings


class _Heap:
    """Rows of each kind as they come, folded when they are many: the same snapshot is taken again and again."""

    def __init__(self) -> None:
        self.rows = {kind: [nothing(kind)] for kind in STATES}
        self.waiting = dict.fromkeys(STATES, 0)

    def add(self, kind: Rows, rows: pl.DataFrame) -> None:
        """Take some more."""
        self.rows[kind].append(rows)
        self.waiting[kind] += rows.height
        if self.waiting[kind] > max(FOLD_ROWS, self.rows[kind][0].height):
            self.whole(kind)

    def whole(self, kind: Rows) -> pl.DataFrame:
        """All so far, each once."""
        if len(self.rows[kind]) > 1:
            rows = pl.concat(self.rows[kind])
            self.rows[kind].clear()  # what is folded need not be held twice
            folded = _folded(rows) if kind is Rows.RUNNING else rows.unique(maintain_order=True)
            self.rows[kind].append(folded)
            self.waiting[kind] = 0
        return self.rows[kind][0]


def _folded(rows: pl.DataFrame) -> pl.DataFrame:
    """Equal findings as one, with the widest times and the first source by name."""
    if not rows.height:
        return rows
    key = [*_PROCESS, PID] if PID in rows.columns else _PROCESS
    seen = (pl.col("first_seen").min(), pl.col("last_seen").max(), pl.col("source").min())
    return rows.group_by(key, maintain_order=True).agg(*seen).select(rows.columns)


def _without_numbers(rows: pl.DataFrame) -> pl.DataFrame:
    """Findings that differed in the process's number only, as one."""
    return _folded(rows.drop(PID)) if rows[PID].null_count() < rows.height else rows.drop(PID)


def _with_images(sockets: pl.DataFrame, processes: pl.DataFrame) -> pl.DataFrame:
    """Sockets with the paths of their processes, where host and number tell one path, and its name does not differ."""
    held = _addressed(sockets)
    holders = _addressed(processes).join(held, on=HELD_BY, how="semi")
    known = (
        holders.join(_told(holders["command_line"]), on="command_line", how="left")
        .with_columns(pl.coalesce("image", "told").alias("path"))
        .filter((pl.col("path") != "") & (pl.col("path").n_unique().over(HELD_BY) == 1))
        .unique(HELD_BY)
        .select(*HELD_BY, "path", pl.col("domain").alias("elsewhere"))
    )
    joined = held.join(known, on=HELD_BY, how="left", maintain_order="left")
    apart = (pl.col("domain") != "") & (pl.col("elsewhere") != "") & (pl.col("domain") != pl.col("elsewhere"))
    path = pl.when(~apart).then("path")
    name = pl.col("image").str.to_lowercase().str.strip_suffix(".exe")
    same = ~name.str.contains(r"[\\/]") & path.str.to_lowercase().str.contains(name, literal=True)
    told = pl.when(pl.col("image").is_null() | same).then(pl.coalesce(path, "image")).otherwise("image")
    return joined.with_columns(told.alias("image")).select(sockets.columns)


def _addressed(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the ``machine`` and ``domain`` of their host: one tool writes ``SQL03``, a file's name ``sql03.x``."""
    host = pl.col("host").str.to_lowercase().str.strip_chars_end(".")
    parts = host.str.splitn(".", 2)
    address = host.str.contains(r"^[\d.]+$|:")
    return rows.with_columns(
        pl.when(address).then(host).otherwise(parts.struct.field("field_0")).alias("machine"),
        pl.when(~address).then(parts.struct.field("field_1")).fill_null("").alias("domain"),
    )


def _told(lines: pl.Series) -> pl.DataFrame:
    """The image that each distinct command line tells."""
    distinct = lines.drop_nulls().unique()
    told = pl.Series([image_told_by(line) for line in distinct], dtype=pl.String)
    return pl.DataFrame({"command_line": distinct, "told": told})
