"""A remedy is offered only if the machine, evaluated anew with it, has the port closed; and none undoes another."""

import json
import shlex
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from cloud import done
from exported import GROUP, aws, azure, findings, permission, security_rule

from longtail.network import network
from longtail.ports.advice import advised
from longtail.ports.exceptions import Exceptions
from longtail.ports.findings import Recommendation
from longtail.ports.openings import Network


def _advised(held: Network, *ports: int) -> list[Recommendation]:
    return list(advised(findings(held, *ports), held, Exceptions()))


def _scopes(each: Recommendation) -> list[str]:
    return [remedy.scope for remedy in each.remedies]


@pytest.mark.parametrize(
    ("behind", "scopes"),
    [
        (security_rule("by-number", 310, "1433", "6"), ["machine"]),
        (security_rule("any", 310, "*", "*"), ["machine"]),
        (security_rule("elsewhere", 310, "1433", destinationAddressPrefix="10.0.0.9"), ["machine", "rule"]),
        (security_rule("udp", 310, "1433", "17"), ["machine", "rule"]),
        (security_rule("denied-before", 4000, "1433"), ["machine", "rule"]),
    ],
)
def test_a_rule_is_deleted_only_where_nothing_else_lets_the_port_in(
    tmp_path: Path, behind: dict[str, Any], scopes: list[str]
) -> None:
    deny = security_rule("no", 3999, "*", "*", access="Deny")
    (found,) = _advised(azure(tmp_path, [security_rule("sql", 300, "1433"), behind, deny]), 1433)
    assert _scopes(found) == scopes
    assert (f"{behind['name']} would let it in" in found.remedies[0].note) == (scopes == ["machine"])


def test_a_deny_is_no_remedy_where_an_address_of_the_machine_is_not_known(tmp_path: Path) -> None:
    held = azure(tmp_path, [security_rule("sql", 300, "1433")])
    nics = json.loads((tmp_path / "nics.json").read_text())
    nics[0]["ipConfigurations"].append({"subnet": nics[0]["ipConfigurations"][0]["subnet"]})
    (tmp_path / "nics.json").write_text(json.dumps(nics))
    assert _scopes(_advised(held, 1433)[0]) == ["machine", "rule"]
    assert _scopes(_advised(network([str(tmp_path)]), 1433)[0]) == ["rule"]


def _behind_a_subnet(folder: Path, rules: list[dict[str, Any]]) -> Network:
    """A machine whose subnet's group lets a company in, and whose own group does so by Azure's default at least."""
    azure(folder, rules)
    corporate = security_rule("corp", 300, "*", "*", sourceAddressPrefix="10.0.0.0/8")
    outer = {"id": GROUP + "2", "name": "nsg2", "securityRules": [{**corporate, "id": GROUP + "2/securityRules/corp"}]}
    nets, groups = (json.loads((folder / f"{name}.json").read_text()) for name in ("nets", "nsgs"))
    nets[0]["subnets"][0]["networkSecurityGroup"] = {"id": GROUP + "2"}
    (folder / "nets.json").write_text(json.dumps(nets))
    (folder / "nsgs.json").write_text(json.dumps([*groups, outer]))
    return network([str(folder)])


@pytest.mark.parametrize(
    ("rules", "priority"), [([], 4096), ([security_rule("sql", 300, "1433", sourceAddressPrefix="10.8.0.0/16")], 299)]
)
def test_what_azure_lets_in_by_default_behind_a_rule_is_denied(
    tmp_path: Path, rules: list[dict[str, Any]], priority: int
) -> None:
    held = _behind_a_subnet(tmp_path, rules)
    (found,) = _advised(held, 1433)
    assert _scopes(found) == ["machine"] and f"--priority {priority} " in found.remedies[0].command
    after = done(tmp_path, found.remedies[0].command)
    assert not findings(after, 1433) and len(findings(after, 1434)) == len(findings(held, 1434)) == 1
    assert findings(done(tmp_path, found.remedies[0].undo), 1433) == findings(held, 1433)


def test_two_ports_of_one_rule_are_taken_out_together(tmp_path: Path) -> None:
    held = azure(tmp_path, [security_rule("some", 300, "1430-1435")])
    for found in _advised(held, 1431, 1433):
        command = next(each for each in found.remedies if each.scope == "rule").command
        assert command.endswith("--destination-port-ranges 1430 1432 1434-1435")


def _granted(command: str) -> list[dict[str, Any]]:
    words = [word for line in command.splitlines() for word in shlex.split(line.replace("$(", "").replace(")", ""))]
    told = (after for word, after in pairwise(words) if word == "--ip-permissions")
    return [each for one in told for each in json.loads(one)]


def _admits(granted: list[dict[str, Any]], protocol: str, port: int) -> bool:
    return any(
        each["IpProtocol"] in (protocol, "-1") and each.get("FromPort", 0) <= port <= each.get("ToPort", 65535)
        for each in granted
    )


def test_a_permission_for_all_protocols_is_replaced_by_all_but_the_port(tmp_path: Path) -> None:
    held = aws(tmp_path, [permission("-1"), permission("tcp", 1433, 1433)])
    (found,) = _advised(held, 1433)
    assert _scopes(found) == ["machine", "rule"]
    granted = _granted(found.remedies[0].command)
    assert not _admits(granted, "tcp", 1433)
    assert all(_admits(granted, *each) for each in (("tcp", 1432), ("tcp", 1434), ("udp", 1433), ("icmp", -1)))
    assert "ESP" in found.remedies[0].note


def test_two_ports_of_one_instance_are_closed_by_one_copy(tmp_path: Path) -> None:
    held = aws(tmp_path, [permission("tcp", 1433, 1433), permission("tcp", 3300, 3310), permission("tcp", 22, 22)])
    first, second = (each.remedies[0] for each in _advised(held, 1433, 3306))
    assert first == second and "1433/tcp, 3306/tcp of this machine at once" in first.note
    granted = _granted(first.command)
    assert not _admits(granted, "tcp", 1433) and not _admits(granted, "tcp", 3306)
    assert all(_admits(granted, "tcp", each) for each in (22, 3305, 3307))


def test_two_ports_of_one_permission_are_revoked_together(tmp_path: Path) -> None:
    held = aws(tmp_path, [permission("tcp", 1430, 1440)])
    for found in _advised(held, 1433, 1435):
        granted = _granted(next(each for each in found.remedies if each.scope == "rule").command.splitlines()[0])
        assert [_admits(granted, "tcp", each) for each in (1432, 1433, 1434, 1435)] == [True, False, True, False]


def test_what_an_instance_has_by_an_unknown_group_is_no_command(tmp_path: Path) -> None:
    held = aws(tmp_path, [permission("tcp", 1433, 1433)])
    nics = json.loads((tmp_path / "nics.json").read_text())
    nics["NetworkInterfaces"][0]["Groups"].append({"GroupId": "sg-unknown"})
    (tmp_path / "nics.json").write_text(json.dumps(nics))
    assert _scopes(_advised(held, 1433)[0]) == ["machine", "rule"]
    (found,) = _advised(network([str(tmp_path)]), 1433)
    assert not found.remedies[0].command.startswith("COPY")


ASKED = [(port, protocol) for port in (80, 1400, 1432, 1433, 1434, 1500, 9000) for protocol in ("tcp", "udp")]


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize(
    ("export", "rules"),
    [
        (azure, [security_rule("sql", 300, "1433", "*"), security_rule("web", 310, "80")]),
        (azure, [security_rule("some", 300, "1400-1500")]),
        (aws, [permission("tcp", 1433, 1433), permission("tcp", 80, 80)]),
        (aws, [permission("-1"), permission("tcp", 1430, 1440)]),
    ],
)
def test_commands_close_the_port_and_nothing_else_and_are_undone(
    tmp_path: Path, export: Callable[..., Network], rules: list[dict[str, Any]], number: int
) -> None:
    def opened(held: Network) -> list[bool]:
        chosen = [each for each in held.openings if not each.default]
        return [any(each.covers(*port) for each in chosen) for port in ASKED]

    before = export(tmp_path, rules)
    remedy = _advised(before, 1433)[0].remedies[number]
    was, now = opened(before), opened(done(tmp_path, remedy.command))
    changed = {asked for asked, then, after in zip(ASKED, was, now, strict=True) if then != after}
    assert (1433, "tcp") in changed and changed <= {(1433, "tcp"), (1433, "udp")}
    if "COPY" not in remedy.command:
        assert opened(done(tmp_path, remedy.undo)) == was


@pytest.mark.parametrize("ports", ["53", "50-60"])
def test_a_rule_for_all_protocols_loses_the_port_of_one_only(tmp_path: Path, ports: str) -> None:
    """Nobody said that UDP 53 is not needed where TCP 53 is not."""
    before = azure(tmp_path, [security_rule("dns", 200, ports, "*")])
    (found,) = _advised(before, 53)
    remedy = next(each for each in found.remedies if each.scope == "rule")
    after = done(tmp_path, remedy.command)
    assert not any(each.covers(53) for each in after.openings if not each.default)
    held = {(each.protocol, each.first, each.last) for each in before.openings if each.protocol == "udp"}
    assert {(each.protocol, each.first, each.last) for each in after.openings if each.protocol == "udp"} == held
    assert "ICMP" in remedy.note
    assert done(tmp_path, remedy.undo).openings == before.openings


def test_machines_that_lose_two_ports_of_a_rule_get_one_rule_beside_it(tmp_path: Path) -> None:
    held = azure(tmp_path, [security_rule("some", 300, "50-60", "*")])
    for found in _advised(held, 53, 55):
        remedy = next(each for each in found.remedies if each.scope == "rule")
        after = done(tmp_path, remedy.command)
    assert len(after.rules) == len(held.rules) + 1
    assert not any(each.covers(53) or each.covers(55) for each in after.openings if not each.default)


@pytest.mark.parametrize("scope", ["machine", "rule"])
def test_what_is_left_of_two_permissions_is_let_in_once(tmp_path: Path, scope: str) -> None:
    """AWS takes no permission twice: the group would lack all that was to be let in with it."""
    held = aws(tmp_path, [permission("-1"), permission("tcp", 0, 65535), permission("tcp", 0, 1432)])
    (found,) = _advised(held, 1433)
    (remedy,) = (each for each in found.remedies if each.scope == scope)
    after = done(tmp_path, remedy.command)
    assert not any(each.covers(1433) for each in after.openings)
    assert all(any(each.covers(port) for each in after.openings) for port in (1432, 1434))
    assert done(tmp_path, remedy.undo).rules.keys() == held.rules.keys()


def test_nothing_is_done_where_what_comes_before_it_could_not_be(tmp_path: Path) -> None:
    """Else an interface would move to a group that lets nothing in, or a rule go before what is left of it is there."""
    wide = aws(tmp_path, [permission("tcp", 1400, 1500)], ("i-4", "i-5"))
    for remedy in (each for found in _advised(wide, 1433) for each in found.remedies):
        lines = remedy.command.splitlines()
        assert len(lines) > 1 and all(line.endswith(" &&") for line in lines[:-1])
