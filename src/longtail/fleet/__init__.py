"""The fleet generator behind the demo and the benchmarks: machines, benign life, attacks, and the truth beside them."""

from longtail.fleet.generate import events, host_events, truth
from longtail.fleet.plan import Plan
from longtail.fleet.ports import Odds, PortsFleet, PortTruth, ports_fleet
from longtail.fleet.truth import Happening, Incident, TrueEvent, Truth

__all__ = [
    "Happening",
    "Incident",
    "Odds",
    "Plan",
    "PortTruth",
    "PortsFleet",
    "TrueEvent",
    "Truth",
    "events",
    "host_events",
    "ports_fleet",
    "truth",
]
