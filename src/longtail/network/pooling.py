"""Everything under some paths, of whatever platform → one network."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from longtail.network.reading import found
from longtail.network.source import Options
from longtail.network.sources import SOURCES
from longtail.ports.openings import Network

T = TypeVar("T")


def network(paths: Sequence[str], options: Options | None = None) -> Network:
    """The machines, rules and openings of all exports under ``paths``, pooled before they are evaluated.

    ``readings`` has one entry a file, with what was quarantined in it and why.

    Raises:
        NothingToRead: a path matches no file.
    """
    with _uncollected():
        return _network(paths, options or Options())


def _network(paths: Sequence[str], options: Options) -> Network:
    pooled, readings = found(paths)
    told = {source.name: source.network(pooled[source.name], options) for source in SOURCES if pooled[source.name]}
    parts = tuple(told.values())
    return Network(
        machines=_all(part.machines for part in parts),
        openings=_all(part.openings for part in parts),
        rules={id: rule for part in parts for id, rule in part.rules.items()},
        readings=readings,
        orphans=_all(part.orphans for part in parts),
        notes=_all(part.notes for part in parts),
        bearers={id: held for part in parts for id, held in part.bearers.items()},
        amended=lambda machine, amendment: told[machine.platform].amended(machine, amendment),
    )


def _all(parts: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(each for part in parts for each in part)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without garbage collection: a million values, none in a cycle, would be looked through again and again.

    It took 5 of 13 seconds for 30,000 machines.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
