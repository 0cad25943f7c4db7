"""The contract of an output: a finished hunt → characters on a stream somebody else opened and closes."""

from collections.abc import Mapping
from importlib import import_module
from typing import IO, Any, Protocol, cast

from longtail.errors import UsageError
from longtail.outputs import OUTPUTS
from longtail.prevalence.findings import Hunt


class Output(Protocol):
    """A module of `longtail.outputs`.

    ``write`` gives the same characters for the same hunt, whenever and wherever it runs; all of them can be encoded in
    UTF-8 and end lines in ``\\n`` alone, so a file for it is opened with ``encoding="utf-8", newline=""``.
    """

    def write(self, hunt: Hunt, stream: IO[str]) -> None:
        """Write the whole hunt; never close the stream."""


def output(name: str) -> Output:
    """The output called ``name``, imported now. Raises `UsageError` for a name that is not in `OUTPUTS`."""
    return cast(Output, module_called(name, OUTPUTS))


def module_called(name: str, outputs: Mapping[str, str]) -> Any:
    """The module that ``outputs`` has for ``name``, imported now. Raises `UsageError` for a name that it has not."""
    if name not in outputs:
        raise UsageError(f"no output is called {name}: choose one of {', '.join(outputs)}")
    return import_module(outputs[name])
