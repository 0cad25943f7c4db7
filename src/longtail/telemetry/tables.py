"""A table of a lake or a warehouse, in batches with whatever names its columns have → process events.

It is recognised by the names of its columns as a Parquet file is, unless a mapping names them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from longtail.errors import InputError, UsageError
from longtail.executions.schema import PROCESS_EVENT
from longtail.files.tally import Tally
from longtail.readings import Reading
from longtail.telemetry.dates import dayed, shown_in
from longtail.telemetry.events import Context, process_events
from longtail.telemetry.format import Format, Kind
from longtail.telemetry.formats.plain import PLAIN
from longtail.telemetry.options import Options
from longtail.telemetry.parquet import table_frame
from longtail.telemetry.parts import named
from longtail.telemetry.reader import DEFAULT_TENANT
from longtail.telemetry.recognition import recognised_table

GUESSED_OF_ROWS = "slashed dates are read month first where they can be: say --date-order if the day comes first"
NEEDED = ("time", "host", "image")


@dataclass(frozen=True, slots=True)
class Table:
    """A table by name (``catalog.schema.name``) or path; ``columns`` says which of its columns is which of ours."""

    name: str
    columns: Mapping[str, str] = field(default_factory=dict)


def table_format(table: Table, names: Sequence[str], options: Options) -> Format:
    """How the table writes process starts; its fields' paths are the columns to be selected, all of them there.

    ``names`` are the columns it has. Where ``table.columns`` maps some, those are not looked for by name.

    Raises:
        UsageError: the mapping names no column of a process event, or not all that are needed.
        InputError: no format is recognised by these columns.
    """
    if table.columns:
        return _mapped(table, names)
    found = recognised_table(names, named(options.format_in))
    if found is None or not found.format.columns:
        raise InputError(
            f"{table.name}: no known telemetry by its columns; say which are which: --map time=…,host=…,image=…"
        )
    return found.format


def _mapped(table: Table, names: Sequence[str]) -> Format:
    if unknown := sorted(set(table.columns) - set(PROCESS_EVENT)):
        raise UsageError(f"{unknown[0]}: no field of a process start; it is one of {', '.join(PROCESS_EVENT)}")
    paths = {name: table.columns.get(name, name) for name in PLAIN.fields}
    there = {name for name in paths if name in table.columns or name in names}
    if missing := [name for name in NEEDED if name not in there]:
        raise UsageError(f"{table.name}: which column is {missing[0]}? Say --map {missing[0]}=…")
    fields = {name: replace(PLAIN.fields[name], path=path, flat=True) for name, path in paths.items()}
    return replace(PLAIN, name="table", fields=fields, recognises=lambda record: True)


class TableReader:
    """Iterate over it for batches of process events; ``reading`` says afterwards what the batches gave."""

    def __init__(self, table: Table, format: Format, options: Options, batches: Iterable[pl.DataFrame]) -> None:
        self.format = _unplaced(dayed(format) if options.day_first else format)
        stamps = [each.path for each in self.format.fields.values() if each.kind is Kind.STAMP]
        self.stamps = [] if options.day_first is not None else stamps
        self.batches = batches
        self.tally = Tally(table.name, format.name)
        self.context = Context(table.name, options.tenant or DEFAULT_TENANT, options)

    @property
    def reading(self) -> Reading:
        """What the batches gave."""
        return self.tally.reading()

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """Batches in the PROCESS_EVENT schema, none empty."""
        first = 1
        for batch in self.batches:
            raw = table_frame(batch, first, self.format)
            first += batch.height
            if shown_in(batch[name] for name in self.stamps if name in batch.columns):
                self.tally.note(GUESSED_OF_ROWS)
            events = process_events(raw, self.format, self.context, self.tally)
            if events.height:
                yield events.with_columns(pl.col("record_id").replace("", None))


def _unplaced(format: Format) -> Format:
    """The format without the row's number for the record's identity: rows of a table have no order."""
    own = format.columns.get("record_id", pl.lit(None, dtype=pl.String))
    return replace(format, columns={**format.columns, "record_id": pl.coalesce(own.cast(pl.String), pl.lit(""))})
