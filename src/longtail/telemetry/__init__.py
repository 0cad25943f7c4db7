"""SOURCE: log files → process events, whatever their format, packing or state of repair."""

from longtail.files.tally import readings_merged
from longtail.telemetry.options import Options
from longtail.telemetry.parts import Part, parts
from longtail.telemetry.reader import PartReader, read

__all__ = ["Options", "Part", "PartReader", "parts", "read", "readings_merged"]
