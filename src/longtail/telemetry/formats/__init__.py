"""Every telemetry format, in the order in which they are tried: the more particular before the more general."""

from longtail.telemetry.format import Format
from longtail.telemetry.formats.plain import PLAIN
from longtail.telemetry.formats.windows_event import WINDOWS_EVENT

FORMATS: tuple[Format, ...] = (
    WINDOWS_EVENT,
    PLAIN,
)
