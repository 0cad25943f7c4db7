"""SOURCE: log files → process events and other evidence, whatever their format, packing or state of repair."""

from longtail.files.tally import readings_merged
from longtail.telemetry.dates import dated
from longtail.telemetry.format import Rows
from longtail.telemetry.gathered import Gathered, attacked, gathered, listening, running
from longtail.telemetry.options import Options
from longtail.telemetry.parts import Part, parts, work_in
from longtail.telemetry.reader import PartReader, read
from longtail.telemetry.tables import Table, TableReader, table_format

__all__ = [
    "Gathered",
    "Options",
    "Part",
    "PartReader",
    "Rows",
    "Table",
    "TableReader",
    "attacked",
    "dated",
    "gathered",
    "listening",
    "parts",
    "read",
    "readings_merged",
    "running",
    "table_format",
    "work_in",
]
