"""Findings beside each other: what one remedy does to neighbours, to what is answered for, and to other remedies."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from rule_lab import evaluated
from small_fleet import IIS, WINDOWS, Box, evidence, opening, sql_fleet
from small_fleet import network as small_network

from longtail.ports.advice import advised
from longtail.ports.exceptions import Exceptions, exceptions
from longtail.ports.findings import Recommendation, Verdict
from longtail.ports.judgement import Wanted, recommended
from longtail.ports.openings import Machine, Network, Opening, Rule, Scope
from longtail.settings import Settings

NSG = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/nsg"
NOBODY = Exceptions()


def _aws_rule(id: str = "sgr-1", group: str = "sg-1") -> Rule:
    raw = {"IpProtocol": "tcp", "FromPort": 1433, "ToPort": 1433, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    detail = {"group_id": group, "region": "eu-west-1", "vpc_id": "vpc-1", "security_group_rule_id": id}
    return Rule(id, id, "aws", group, True, None, {}, detail, json.dumps(raw))


def _azure_rule(name: str = "sql", priority: int = 300, ports: str = "1433") -> Rule:
    detail = {"subscription": "s", "resource_group": "rg", "nsg": "nsg", "ports": ports, "protocol": "Tcp"}
    return Rule(f"{NSG}/securityRules/{name}", name, "azure", NSG, True, priority, {}, detail, "{}")


def _machine(name: str, platform: str) -> Machine:
    detail = {
        "aws": {"region": "eu-west-1", "network_interfaces": json.dumps({f"eni-{name}": ["sg-1"]})},
        "azure": {"id": f"/x/{name}", "private_ips": f"10.0.0.{int(name[2:])}", f"priorities:{NSG}": "300"},
    }
    return Machine("t", name, platform, (), detail[platform])


def _found(names: Sequence[str], rule: Rule, *further: Rule, sources: tuple[str, ...] = ("0.0.0.0/0",)) -> Network:
    openings = tuple(Opening("t", name, "tcp", 1433, 1433, Scope.INTERNET, sources, (rule.id,)) for name in names)
    machines = tuple(_machine(name, rule.platform) for name in names)
    return Network(machines, openings, {each.id: each for each in (rule, *further)})


def _advised(network: Network, held: Exceptions = NOBODY) -> dict[str, Recommendation]:
    """All openings of a network as findings, with what is advised."""
    found = [
        Recommendation(each.machine, "t", each.machine, 1433, "tcp", Verdict.UNBACKED, 1.0, "", (each,))
        for each in network.openings
    ]
    return {each.machine: each for each in advised(found, evaluated(network), held)}


def _scopes(each: Recommendation) -> list[str]:
    return [remedy.scope for remedy in each.remedies]


def test_what_is_answered_for_stays_open_whatever_its_neighbours_do() -> None:
    network = _found(("vm21", "vm22"), _aws_rule())
    assert _scopes(_advised(network)["vm21"]) == ["machine", "rule"]
    held = exceptions('[[exception]]\nmachine = "vm22"\nreason = "the vendor"', date(2026, 11, 22))
    found = _advised(network, held)
    assert _scopes(found["vm21"]) == ["machine"] and found["vm21"].also_governed == ("vm22",)
    assert found["vm22"].excepted == "the vendor" and found["vm22"].remedies == ()


def test_what_a_rule_opens_besides_machines_is_named_and_keeps_the_rule() -> None:
    network = replace(_found(("vm20",), _aws_rule()), bearers={"sg-1": ("eni-database",)})
    (found,) = _advised(network).values()
    assert _scopes(found) == ["machine"] and found.also_governed == ("eni-database",)


def _words(told: str, option: str) -> list[str]:
    words = [word for line in told.splitlines() for word in line.split()]
    return [after for word, after in pairwise(words) if word == option]


def test_denies_of_one_group_have_priorities_of_their_own() -> None:
    found = _advised(_found(("vm20", "vm23", "vm24"), _azure_rule())).values()
    priorities = [each for one in found for each in _words(one.remedies[0].command, "--priority")]
    assert sorted(priorities) == ["297", "298", "299"]


def test_copies_of_one_group_have_names_of_their_own() -> None:
    found = _advised(_found(("vm20", "vm21"), _aws_rule())).values()
    names = [each for one in found for each in _words(one.remedies[0].command, "--group-name")]
    assert len(names) == len(set(names)) == 2
    assert all(name in one.remedies[0].undo for name, one in zip(names, found, strict=True))


def test_a_rule_behind_which_another_allows_the_same_is_not_deleted_but_denied() -> None:
    for other in (_azure_rule("sql-too", 310), _azure_rule("anyany", 400, "*")):
        (found,) = _advised(_found(("vm20",), _azure_rule(), other)).values()
        assert _scopes(found) == ["machine"]
        assert f"{other.name} would let it in" in found.remedies[0].note
    (found,) = _advised(_found(("vm20",), _azure_rule(), _azure_rule("web", 310, "80 443"))).values()
    assert _scopes(found) == ["machine", "rule"]


def test_a_finding_names_all_that_opens_its_port_wide_rules_too() -> None:
    wide = opening("Forgotten-1", 0, 65535)
    boxes = [*sql_fleet(), Box("Forgotten-1", [*WINDOWS, *IIS[:1]], [1433], openings=[wide])]
    found = recommended(small_network(boxes), evidence(boxes), Settings(), Wanted((1433,)))
    (first,) = (each for each in found.recommendations if each.machine == "Forgotten-1")
    assert [(each.first, each.last) for each in first.openings] == [(1433, 1433), (0, 65535)]


def test_the_rehearsal_of_a_private_opening_calls_from_there() -> None:
    (found,) = _advised(_found(("vm20",), _azure_rule(), sources=("10.20.0.0/16",))).values()
    assert _words(found.remedies[0].rehearse, "--remote") == ["10.20.0.10:60000"]


def test_a_group_whose_export_names_no_region_lies_where_the_machine_does() -> None:
    rule = _aws_rule()
    lost = replace(rule, detail={key: value for key, value in rule.detail.items() if key != "region"})
    for each in _advised(_found(("vm20",), lost))["vm20"].remedies:
        calls = [line for line in (each.command + "\n" + each.undo).splitlines() if "aws ec2" in line]
        assert all("--region eu-west-1" in line for line in calls) and calls


def test_a_plain_rule_of_another_tenant_is_another_rule() -> None:
    rule = Rule("allow", "allow", "plain", "", True)
    machines = [Machine(tenant, name, "plain") for tenant, name in (("a", "a1"), ("a", "a2"), ("b", "b1"))]
    openings = [
        Opening(each.tenant, each.name, "tcp", 1433, 1433, Scope.INTERNET, ("0.0.0.0/0",), ("allow",))
        for each in machines
    ]
    network = Network(tuple(machines), tuple(openings), {"allow": rule})
    (first, *_) = (
        Recommendation("x", each.tenant, each.machine, 1433, "tcp", Verdict.UNBACKED, 1.0, "", (each,))
        for each in openings
    )
    assert advised([first], network, NOBODY)[0].also_governed == ("a2",)
