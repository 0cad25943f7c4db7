"""A rule is judged as a whole: pieces that others cut out of a wide one, and both protocols of one that names none."""

from dataclasses import replace

import pytest

from longtail.ports.findings import Recommendation, Verdict
from longtail.ports.joining import joined
from longtail.ports.labels import Port, labels
from longtail.ports.openings import Machine, Network, Opening, Scope
from longtail.ports.siblings import standing


def through(rule: str, first: int, last: int, protocol: str = "tcp") -> Opening:
    return Opening("t", "db1", protocol, first, last, Scope.INTERNET, ("0.0.0.0/0",), (rule,))


def named(*openings: Opening) -> set[str]:
    network = Network((Machine("t", "db1", "plain"),), openings, {})
    return {str(each) for each in labels(network, joined(network, [("t", "db1")]).names, 64).named()}


def test_a_piece_of_a_wide_rule_names_no_port() -> None:
    assert named(through("any", 0, 21), through("any", 23, 1432), through("sql", 1433, 1433)) == {"1433/tcp"}


def test_a_short_range_names_each_of_its_ports() -> None:
    assert named(through("web", 80, 81)) == {"80/tcp", "81/tcp"}


def said(protocol: str, verdict: Verdict, rule: str = "any-protocol") -> Recommendation:
    port = Port(1433, protocol)
    opening = through(rule, 1433, 1433, protocol)
    return Recommendation("id", "t", "db1", port.number, protocol, verdict, 0.7, "because", (opening,))


@pytest.mark.parametrize("other", [Verdict.BACKED, Verdict.NOT_ENOUGH_EVIDENCE, Verdict.UNLEARNABLE])
def test_a_rule_that_may_be_needed_for_one_protocol_is_not_closed_for_the_other(other: Verdict) -> None:
    udp = standing([said("tcp", other), said("udp", Verdict.UNBACKED)])[1]
    assert not udp.verdict.finding
    assert udp.score == 0.0
    assert "1433/tcp" in udp.reason


def test_a_rule_that_neither_protocol_needs_is_closed_for_both() -> None:
    both = [said("tcp", Verdict.UNBACKED), said("udp", Verdict.UNBACKED)]
    assert standing(both) == both


def test_rules_of_their_own_are_judged_on_their_own() -> None:
    apart = [said("tcp", Verdict.BACKED, "tcp-only"), said("udp", Verdict.UNBACKED, "udp-only")]
    assert standing(apart) == apart
    assert standing([replace(apart[1], openings=())])[0].verdict.finding
