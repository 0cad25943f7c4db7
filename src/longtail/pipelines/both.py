"""The two pipelines over one reading: what accounts ran that they never run, and what is open for no reason."""

from collections.abc import Sequence

from longtail import network
from longtail.pipelines.closing import PortsRequest, ports_beside
from longtail.pipelines.detecting import hunt_with_rules
from longtail.pipelines.hunting import Request, hunted
from longtail.pipelines.kept import called, kept
from longtail.pipelines.observing import observed
from longtail.pipelines.reading import Tell
from longtail.ports.findings import Ports
from longtail.prevalence.findings import Hunt


def hunt_and_ports(
    asked: Request,
    exports: tuple[str, ...],
    ownership: network.Options,
    rules: Sequence[str] = (),
    tell: Tell = lambda progress: None,
) -> tuple[Hunt, Ports]:
    """What a hunt finds (``rules`` beside the model) and what ``ports`` finds for ``exports`` of inbound rules.

    Process starts are read once for both, except beside rules, which look at every start for themselves.

    Raises:
        NothingToRead: no path matches, or a folder of rules has none in it.
    """
    with kept(asked) as request:
        seen, readings = observed(request.judged(), tell)
        found = hunt_with_rules(request, rules, tell) if rules else hunted(request, seen, readings, tell)
        both = PortsRequest(request.paths, exports, request.options, ownership, processes=request.processes)
        return called(found, asked, request), called(ports_beside(both, seen, readings), asked, request)
