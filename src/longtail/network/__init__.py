"""SOURCE: network exports → machines, the rules that govern them, and what these leave open."""

from longtail.network.pooling import network
from longtail.network.source import Options

__all__ = ["Options", "network"]
