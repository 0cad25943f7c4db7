"""What ``ports`` found → its recommendations, one JSON object a line, those most worth closing first.

Machines that are wide open follow, each with the least that would do.
"""

from typing import IO

from longtail.outputs.plain import dumps
from longtail.outputs.ports.plain import in_order, least_object, recommendation_object
from longtail.ports.findings import Ports


def write(ports: Ports, stream: IO[str]) -> None:
    """One line a recommendation, whatever its verdict; nothing at all where nothing is open."""
    stream.writelines(dumps(recommendation_object(each)) + "\n" for each in in_order(ports.recommendations))
    stream.writelines(dumps(least_object(each)) + "\n" for each in ports.privileges)
