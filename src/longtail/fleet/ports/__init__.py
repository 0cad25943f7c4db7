"""A fleet as ``longtail ports`` sees it: inbound rules, sockets, snapshots, attacks and the truth beside what ran."""

from longtail.fleet.ports.fleet import PortsFleet, ports_fleet
from longtail.fleet.ports.posts import Odds
from longtail.fleet.ports.truth import PortTruth

__all__ = ["Odds", "PortTruth", "PortsFleet", "ports_fleet"]
