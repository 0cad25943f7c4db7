"""SOURCE: log files → process events, whatever their format, packing or state of repair."""

from longtail.telemetry.options import Options
from longtail.telemetry.parts import Part, parts
from longtail.telemetry.reader import PartReader, read
from longtail.telemetry.tally import readings_merged

__all__ = ["Options", "Part", "PartReader", "parts", "read", "readings_merged"]
