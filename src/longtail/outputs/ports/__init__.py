"""One file an output of ``ports``: profiles and recommendations in, characters out.

To add one: a module with ``write(ports, stream)``, one line in this table, one golden file.
"""

from typing import IO, Protocol, cast

from longtail.outputs.output import module_called
from longtail.ports.findings import Ports

OUTPUTS = {
    "table": "longtail.outputs.ports.table",
    "json": "longtail.outputs.ports.json",
    "jsonl": "longtail.outputs.ports.jsonl",
    "csv": "longtail.outputs.ports.csv",
    "html": "longtail.outputs.ports.html",
    "markdown": "longtail.outputs.ports.markdown",
}
"""The name a person gives to ``--format`` → the module that writes it, imported only when asked for."""


class PortsOutput(Protocol):
    """A module of `longtail.outputs.ports`; it promises what `longtail.outputs.output.Output` promises."""

    def write(self, ports: Ports, stream: IO[str]) -> None:
        """Write everything that ``ports`` found; never close the stream."""


def output(name: str) -> PortsOutput:
    """The output called ``name``, imported now. Raises `UsageError` for a name that is not in `OUTPUTS`."""
    return cast(PortsOutput, module_called(name, OUTPUTS))
