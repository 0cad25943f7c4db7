"""A seed → a fleet with networks, read as a user's would be: exports by the readers, evidence by the inventory."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from longtail.fleet import Plan
from longtail.fleet.ports import PortTruth, ports_fleet
from longtail.network import network
from longtail.ports.evidence import RUNNING, Evidence
from longtail.ports.inventory import inventory
from longtail.ports.openings import Network
from longtail.ports.started import merged, started

Key = tuple[str, str, int]  # tenant, machine, port


@dataclass(frozen=True)
class Case:
    """A fleet as ``longtail ports`` sees it, and the truth about each port that a rule of its own opens.

    ``serving`` are all TCP ports that answer from beyond their machine, opened or not.
    """

    seed: int
    network: Network
    evidence: Evidence
    truth: Mapping[Key, PortTruth]
    serving: frozenset[Key]


def case(seed: int, machines: int, days: int = 14) -> Case:
    """The fleet of a seed."""
    made = ports_fleet(Plan(machines=machines, days=days, seed=seed, attacks=0))
    starts = merged(started(events) for events in made.events())
    evidence = Evidence(inventory(starts, made.running), made.listening, made.attacked)
    truth = {(each.tenant.casefold(), each.machine.casefold(), each.port): each for each in made.truth}
    serving = frozenset(key(*each) for each in made.serving.select("tenant", "machine", "port").iter_rows())
    return Case(seed, read(made.network), evidence, truth, serving)


def as_running(pairs: pl.DataFrame) -> pl.DataFrame:
    """Machine and executable pairs as an inventory file gives them."""
    absent = [pl.lit(None, RUNNING[name]).alias(name) for name in RUNNING if name not in pairs.columns]
    return pairs.with_columns(absent).with_columns(pl.lit("inventory").alias("source")).select(list(RUNNING))


def read(files: Mapping[str, str]) -> Network:
    """The network that the exports tell."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", newline="")
        return network([folder])


def key(tenant: str, machine: str, port: int) -> Key:
    """How a port of a machine is looked up in the truth: a cloud's spelling is nobody's own."""
    return tenant.casefold(), machine.casefold(), port
