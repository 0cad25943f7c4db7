"""Standard input, which can be read once → a file that can be read twice, for as long as it is needed."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, TypeVar

from longtail.files.discovery import STDIN
from longtail.files.streams import standard_input
from longtail.readings import Reading

KEPT = "input"  # a name that tells no host


class Asking(Protocol):
    """A request for what some paths hold."""

    @property
    def paths(self) -> tuple[str, ...]:
        """What to read; ``-`` is standard input."""


class Telling(Protocol):
    """What was found, with how each file was read."""

    @property
    def readings(self) -> tuple[Reading, ...]:
        """How each file was read."""


Asked = TypeVar("Asked", bound=Asking)
Told = TypeVar("Told", bound=Telling)


@contextmanager
def kept(request: Asked) -> Iterator[Asked]:
    """The request with standard input in a file for as long: telemetry is read twice, for starts and for all else."""
    if STDIN not in request.paths:
        yield request
        return
    with TemporaryDirectory(prefix="longtail-") as folder:
        path = Path(folder, KEPT)
        with path.open("wb") as stream:
            shutil.copyfileobj(standard_input(), stream)
        paths = tuple(str(path) if each == STDIN else each for each in request.paths)
        yield replace(request, paths=paths)  # type: ignore[type-var]


def called(found: Told, request: Asking, given: Asking) -> Told:
    """The same with every file called what the user called it: ``given`` is the request that was kept."""
    names = dict(zip(given.paths, request.paths, strict=True))
    readings = tuple(replace(each, path=names.get(each.path, each.path)) for each in found.readings)
    return replace(found, readings=readings)  # type: ignore[type-var]
