"""The pipelines as they read on paper, each a few lines: hunting, closing, mining, ingesting; reading they share.

A pipeline is loaded when it is named: a hunt needs no forest and no rules.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from longtail.pipelines.backtesting import BacktestRequest, tried
    from longtail.pipelines.both import hunt_and_ports
    from longtail.pipelines.closing import PortsRequest, neighbours, ports, ports_beside
    from longtail.pipelines.detecting import hunt_with_rules
    from longtail.pipelines.hunting import Request, hunt, hunted
    from longtail.pipelines.ingesting import Ingested, ingest
    from longtail.pipelines.ingesting_tables import ingest_table
    from longtail.pipelines.mining import Factory, MineRequest, mine
    from longtail.pipelines.observing import observed
    from longtail.pipelines.reading import Fold, Progress, Source, summed

HOMES = {
    "BacktestRequest": "backtesting",
    "Factory": "mining",
    "Fold": "reading",
    "Ingested": "ingesting",
    "MineRequest": "mining",
    "PortsRequest": "closing",
    "Progress": "reading",
    "Request": "hunting",
    "Source": "reading",
    "hunt": "hunting",
    "hunt_and_ports": "both",
    "hunted": "hunting",
    "hunt_with_rules": "detecting",
    "ingest": "ingesting",
    "ingest_table": "ingesting_tables",
    "mine": "mining",
    "neighbours": "closing",
    "observed": "observing",
    "ports": "closing",
    "ports_beside": "closing",
    "summed": "reading",
    "tried": "backtesting",
}

__all__ = [
    "BacktestRequest",
    "Factory",
    "Fold",
    "Ingested",
    "MineRequest",
    "PortsRequest",
    "Progress",
    "Request",
    "Source",
    "hunt",
    "hunt_and_ports",
    "hunt_with_rules",
    "hunted",
    "ingest",
    "ingest_table",
    "mine",
    "neighbours",
    "observed",
    "ports",
    "ports_beside",
    "summed",
    "tried",
]


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
