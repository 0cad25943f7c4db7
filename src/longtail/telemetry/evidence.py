"""Raw columns → rows of evidence: what runs, what listens, what was attacked; the rest passed over or quarantined."""

from collections.abc import Mapping

import polars as pl

from longtail.ports.evidence import ATTACKED, LISTENING, RUNNING
from longtail.telemetry.events import PLACE, moment_in_utc, told_elsewhere
from longtail.telemetry.format import Rows
from longtail.telemetry.options import Options
from longtail.telemetry.reader import Raw

PID = "pid"  # column of running rows, Int64: the process, by which its sockets are joined

SCHEMAS: Mapping[Rows, pl.Schema] = {
    Rows.RUNNING: pl.Schema({**RUNNING, PID: pl.Int64()}),
    Rows.LISTENING: LISTENING,
    Rows.ATTACKED: ATTACKED,
}
WHO = {Rows.RUNNING: "host", Rows.LISTENING: "host", Rows.ATTACKED: "machine"}
WHEN = {Rows.RUNNING: ("first_seen", "last_seen"), Rows.LISTENING: ("time", "time"), Rows.ATTACKED: ("time", "time")}

NO_HOST = "host missing: name it with --host, or name the file or its folder after it"
NO_MACHINE = "machine missing"  # a list of attacks is of many: its file is named after none of them
NO_PORT = "port missing or not between 1 and 65535"
NO_TIME = "time missing or unreadable"
NO_IMAGE = "image missing"
TCP_ASSUMED = "sockets without a protocol, read as tcp"

LAST_PORT = 65_535
ITSELF = ("", ".", "localhost", "LOCALHOST", "127.0.0.1", "::1")  # what a machine calls itself
WORDS = {"any": "0.0.0.0", "all": "0.0.0.0", "*": "0.0.0.0", "loopback": "127.0.0.1", "localhost": "127.0.0.1"}
NUMBERS = {"6": "tcp", "17": "udp"}

_ADDRESS = pl.col("address").str.to_lowercase().str.replace_all(r"%[^\]]*|[\[\]\s]", "")
_PROTOCOL = pl.col("protocol").str.to_lowercase().str.strip_chars()

MEANT: Mapping[Rows, tuple[pl.Expr, ...]] = {
    Rows.RUNNING: (),
    Rows.LISTENING: (
        _ADDRESS.replace(WORDS).replace("", None).alias("address"),
        pl.when(_PROTOCOL.is_null())
        .then(pl.lit("tcp"))
        .otherwise(_PROTOCOL.replace(NUMBERS).str.extract("(tcp|udp)"))
        .alias("protocol"),
    ),
    Rows.ATTACKED: (),
}  # fmt: skip
"""How columns are spelt in the end: ``[::]`` is ``::``, ``any`` is ``0.0.0.0``, ``tcp6`` and ``6`` are ``tcp``."""

_BAD_PORT = (~pl.col("port").is_between(1, LAST_PORT)).fill_null(True)
REQUIRED: Mapping[Rows, tuple[tuple[pl.Expr, str], ...]] = {
    Rows.RUNNING: ((pl.col("image").is_null() & pl.col("command_line").is_null(), NO_IMAGE),),
    Rows.LISTENING: ((_BAD_PORT, NO_PORT),),
    Rows.ATTACKED: ((_BAD_PORT, NO_PORT), (pl.col("time").is_null(), NO_TIME)),
}
"""What makes a row of each kind useless, and the reason that is given for it."""


def evidence_rows(raw: Raw, kind: Rows) -> pl.DataFrame:
    """The rows of one kind among raw rows, in its schema of ``SCHEMAS`` and with their ``PLACE``.

    Of sockets, they are those of TCP and UDP.
    """
    view = raw.format.views.get(kind)
    if view is None:
        return nothing(kind).with_columns(pl.lit(None, pl.Int64).alias(PLACE))
    given = view.of(raw.frame).select(*_columns(raw, kind))
    if kind is Rows.LISTENING and (assumed := given["protocol"].null_count()):
        raw.tally.repair(TCP_ASSUMED, assumed)
    named = _named(given, raw, WHO[kind]).with_columns(*MEANT[kind])
    usable = _usable(named, raw, kind)
    rows = usable.filter(_within(kind, raw.context.options)).cast(dict(SCHEMAS[kind]))  # type: ignore[arg-type]
    if rows.height:
        raw.tally.repair(str(kind), rows.height)
    return rows.select(*SCHEMAS[kind], PLACE)


def nothing(kind: Rows) -> pl.DataFrame:
    """No rows of a kind."""
    return pl.DataFrame(schema=SCHEMAS[kind])


def passed_over(raw: Raw) -> int:
    """How many raw rows say nothing of any kind."""
    says = [view.rows for view in raw.format.views.values() if view.rows is not None]
    if len(says) < len(raw.format.views):
        return 0
    return raw.frame.height - raw.frame.filter(pl.any_horizontal(*says)).height


def _columns(raw: Raw, kind: Rows) -> list[pl.Expr]:
    given = {PLACE: pl.col(PLACE), "source": pl.lit(raw.context.source), **raw.format.views[kind].columns}
    given["tenant"] = pl.coalesce(given.get("tenant", pl.lit(None)), pl.lit(raw.context.tenant))
    schema = {**SCHEMAS[kind], PLACE: pl.Int64()} | ({"port": pl.Int64()} if "port" in SCHEMAS[kind] else {})
    return [given.get(name, pl.lit(None)).cast(dtype).alias(name) for name, dtype in schema.items()]


def _named(rows: pl.DataFrame, raw: Raw, who: str) -> pl.DataFrame:
    """Rows with a machine: the record's own, else the one that is told beside it; the rest is quarantined."""
    known = rows.with_columns(pl.when(~pl.col(who).is_in(ITSELF)).then(who).alias(who))
    if not known[who].has_nulls():
        return known
    attacked = who == WHO[Rows.ATTACKED]
    told = None if attacked else raw.context.host()
    if told is None:
        for place in known.filter(pl.col(who).is_null())[PLACE]:
            raw.tally.quarantine(place, NO_MACHINE if attacked else NO_HOST)
        return known.filter(pl.col(who).is_not_null())
    raw.tally.note(told_elsewhere(told))
    return known.with_columns(pl.col(who).fill_null(told))


def _usable(rows: pl.DataFrame, raw: Raw, kind: Rows) -> pl.DataFrame:
    known = rows.filter(pl.col("protocol").is_not_null()) if kind is Rows.LISTENING else rows
    for useless, reason in REQUIRED[kind]:
        bad = known.filter(useless)
        for place in bad[PLACE]:
            raw.tally.quarantine(place, reason)
        known = known.filter(~useless) if bad.height else known
    return known


def _within(kind: Rows, options: Options) -> pl.Expr:
    """Whether what is known of the times touches the window: a daemon that started before it may run in it."""
    first, last = (pl.col(name) for name in WHEN[kind])
    inside = pl.lit(True)
    if options.since is not None:
        inside = inside & ~(last < pl.lit(moment_in_utc(options.since))).fill_null(False)
    if options.until is not None:
        inside = inside & ~(first >= pl.lit(moment_in_utc(options.until))).fill_null(False)
    return inside
