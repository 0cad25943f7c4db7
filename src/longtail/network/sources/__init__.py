"""The sources of network facts, in the order in which a document is offered to them."""

from longtail.network.source import Source
from longtail.network.sources.aws import AWS
from longtail.network.sources.azure import AZURE
from longtail.network.sources.plain import PLAIN

SOURCES: tuple[Source, ...] = (PLAIN, AZURE, AWS)
