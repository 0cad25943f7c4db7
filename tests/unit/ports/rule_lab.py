"""Rules and openings written by hand, with the evaluator that a reader of exports gives a network."""

from collections.abc import Iterator
from dataclasses import replace

from longtail.network.addresses import addresses
from longtail.network.amending import amended
from longtail.network.layers import ANYWHERE, Action, Clause, Interface, Kind, Layer, Origin
from longtail.ports.amending import spans
from longtail.ports.aws_commands import interfaces, permission, ranges
from longtail.ports.openings import Machine, Network, Rule


def evaluated(network: Network) -> Network:
    """The network, whose machines stand each behind all of its rules; in AWS, those of the groups that they bear."""
    kind = {"azure": Kind.FIRST_MATCH, "aws": Kind.UNION}

    def ways(machine: Machine) -> Iterator[Interface]:
        if machine.platform in kind:
            borne = {group for groups in interfaces(machine).values() for group in groups}
            rules = [each for each in network.rules.values() if machine.platform == "azure" or each.container in borne]
            clauses = [clause for rule in rules for clause in _clauses(rule)]
            yield Interface((Layer(kind[machine.platform], tuple(clauses)),))

    return replace(network, amended=amended(ways))


def _clauses(rule: Rule) -> Iterator[Clause]:
    told = permission(rule).get("IpProtocol") if rule.platform == "aws" else rule.detail.get("protocol", "*").lower()
    protocols = frozenset({str(told)}) if told in ("tcp", "udp") else frozenset({"tcp", "udp"})
    ports = ranges(rule) if rule.platform == "aws" else spans(rule.detail.get("ports", ""))
    source = addresses(rule.detail.get("source", "*"))
    origins = (Origin(source),) if source else (ANYWHERE,)
    action = Action.ALLOW if rule.allows else Action.DENY
    yield Clause(rule.id, action, rule.priority or 0, protocols, ports or (), origins)
