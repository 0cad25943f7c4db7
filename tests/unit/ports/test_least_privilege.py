"""The least that a machine behind a wide rule needs: told as rules, and put in place by commands that do just that."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from cloud import done
from exported import aws, azure, permission, security_rule
from small_fleet import LINUX, Box, evidence

from longtail.network import network
from longtail.ports.evidence import LISTENING
from longtail.ports.exceptions import exceptions
from longtail.ports.findings import Privilege
from longtail.ports.judgement import Wanted, recommended
from longtail.ports.openings import Network, Opening
from longtail.settings import Settings

ANY = security_rule("any", 200, "*", "*")
SOCKETS = (("tcp", 22), ("tcp", 443), ("udp", 53))


def _privilege(held: Network, sockets: Sequence[tuple[str, int]] = SOCKETS, exempt: str = "") -> Privilege:
    """Of the first machine, on which something listens, while nobody looked at the others."""
    first = held.machines[0]
    known = evidence(Box(each.name, LINUX, tenant=each.tenant) for each in held.machines)
    rows = [
        (None, first.tenant, first.name, protocol, port, "0.0.0.0", 1, "/usr/sbin/x", "s") for protocol, port in sockets
    ]
    known = replace(known, listening=pl.DataFrame(rows, schema=LISTENING, orient="row"))
    wanted = Wanted(None, exceptions(exempt, date(2026, 11, 23)))
    return next(each for each in recommended(held, known, Settings(), wanted).privileges if each.machine == first.name)


def _open(held: Network, machine: str) -> set[tuple[str, int, int, tuple[str, ...]]]:
    chosen: list[Opening] = [each for each in held.openings if each.machine == machine and not each.default]
    return {(each.protocol, each.first, each.last, each.sources) for each in chosen}


EVERYWHERE = ("0.0.0.0/0",)
LEFT = {(protocol, port, port, EVERYWHERE) for protocol, port in SOCKETS}


@pytest.mark.parametrize(
    ("rules", "left"),
    [
        ([ANY], LEFT),
        ([ANY, security_rule("any-too", 300, "0-65535", "*")], LEFT),
        ([security_rule("tcp", 200, "1024-65535"), security_rule("web", 300, "80")], {("tcp", 80, 80, EVERYWHERE)}),
        (
            [ANY, security_rule("sql", 300, "1433", sourceAddressPrefix="10.9.0.0/16")],
            LEFT | {("tcp", 1433, 1433, ("10.9.0.0/16",))},
        ),
        (
            [security_rule("no", 150, "*", "*", access="Deny", sourceAddressPrefix="10.9.0.0/16"), ANY],
            {(*each[:3], ("0.0.0.0/0 except 10.9.0.0/16",)) for each in LEFT},
        ),
        ([security_rule("ten", 200, "*", "6", sourceAddressPrefix="10.0.0.0/8")],
         {("tcp", port, port, ("10.0.0.0/8",)) for port in (22, 443)}),
    ],
)  # fmt: skip
def test_in_azure_commands_leave_what_is_needed_and_what_other_rules_name(
    tmp_path: Path, rules: list[dict[str, Any]], left: set[tuple[Any, ...]]
) -> None:
    before = azure(tmp_path, rules)
    (remedy,) = _privilege(before).remedies
    assert remedy.scope == "rule" and "test-ip-flow" in remedy.rehearse
    assert _open(done(tmp_path, remedy.command), "vm4") == left
    assert _open(done(tmp_path, remedy.undo), "vm4") == _open(before, "vm4")


@pytest.mark.parametrize("further", [[], [security_rule("sql", 150, "1433", sourceAddressPrefix="10.9.0.0/16")]])
def test_in_azure_others_behind_the_rule_keep_it(tmp_path: Path, further: list[dict[str, Any]]) -> None:
    before = azure(tmp_path, [ANY, *further], ("vm4", "vm5"))
    (remedy,) = _privilege(before).remedies
    after = done(tmp_path, remedy.command)
    assert remedy.scope == "machine" and _open(after, "vm5") == _open(before, "vm5")
    sql = {("tcp", 1433, 1433, ("10.9.0.0/16",))} if further else set()
    assert _open(after, "vm4") == LEFT | sql
    assert _open(done(tmp_path, remedy.undo), "vm4") == _open(before, "vm4")


def test_a_port_that_a_hidden_rule_names_stays_open_as_it_was(tmp_path: Path) -> None:
    """A deny for the machine would shut it out; that it is open through the wide rule as well is no worse."""
    hidden = security_rule("sql", 300, "1433", sourceAddressPrefix="10.9.0.0/16")
    (remedy,) = _privilege(azure(tmp_path, [ANY, hidden], ("vm4", "vm5"))).remedies
    assert _open(done(tmp_path, remedy.command), "vm4") == LEFT | {("tcp", 1433, 1433, EVERYWHERE)}


@pytest.mark.parametrize(
    ("held", "left"),
    [
        ([permission("-1")], LEFT),
        ([permission("tcp", 0, 65535)], {each for each in LEFT if each[0] == "tcp"}),
        (
            [permission("-1", source="10.0.0.0/8"), permission("tcp", 22, 22)],
            {(*each[:3], ("10.0.0.0/8",)) for each in LEFT} | {("tcp", 22, 22, EVERYWHERE)},
        ),
        ([permission("-1"), permission("tcp", 22, 22)], LEFT),
        ([permission("-1"), permission("tcp", 0, 65535), permission("icmp")], LEFT),
    ],
)
@pytest.mark.parametrize("machines", [("i-4",), ("i-4", "i-5")])
def test_in_aws_permissions_are_replaced_for_all_or_copied_for_one(
    tmp_path: Path, held: list[dict[str, Any]], left: set[tuple[Any, ...]], machines: tuple[str, ...]
) -> None:
    before = aws(tmp_path, held, machines)
    (remedy,) = _privilege(before).remedies
    after = done(tmp_path, remedy.command)
    assert remedy.scope == ("machine" if len(machines) > 1 else "rule")
    assert _open(after, "i-4") == left
    assert all(_open(after, each) == _open(before, each) for each in machines[1:])
    back = done(tmp_path, remedy.undo)
    assert (_open(back, "i-4"), back.rules.keys()) == (_open(before, "i-4"), before.rules.keys())


def test_what_is_needed_is_told_as_rules_with_the_sources_of_the_openings(tmp_path: Path) -> None:
    deny = security_rule("no", 150, "*", "*", access="Deny", sourceAddressPrefix="10.9.0.0/16")
    grants = _privilege(azure(tmp_path, [deny, ANY])).grants
    assert {(each.protocol, each.ports, each.sources) for each in grants} == {
        ("tcp", ((22, 22), (443, 443)), ("0.0.0.0/0 except 10.9.0.0/16",)),
        ("udp", ((53, 53),), ("0.0.0.0/0 except 10.9.0.0/16",)),
    }
    assert all(rule.endswith("/any") for each in grants for rule in each.instead_of)


def test_ports_that_are_handed_out_anew_at_each_start_are_told(tmp_path: Path) -> None:
    held = azure(tmp_path, [ANY])
    notes = [_privilege(held, (("tcp", 135), ("tcp", port))).remedies[0].note for port in (49_664, 5985)]
    assert ["RPC" in note for note in notes] == [True, False]


def test_without_a_look_no_command_is_given(tmp_path: Path) -> None:
    found = _privilege(azure(tmp_path, [ANY]), [])
    assert not found.certain and found.grants == () and found.remedies == ()


@pytest.mark.parametrize("export", [azure, aws])
@pytest.mark.parametrize("count", [1, 2])
def test_a_protocol_that_nobody_looked_at_stays_as_it_is(
    tmp_path: Path, export: Callable[..., Network], count: int
) -> None:
    names = (("vm4", "vm5") if export is azure else ("i-4", "i-5"))[:count]
    before = export(tmp_path, [ANY if export is azure else permission("-1")], names)
    found = _privilege(before, [("tcp", 22)])
    (remedy,) = found.remedies
    assert not found.certain and remedy.note.startswith("UDP stays as it is: nobody looked")
    after = done(tmp_path, remedy.command)
    assert _open(after, names[0]) == {("tcp", 22, 22, EVERYWHERE), ("udp", 0, 65535, EVERYWHERE)}


def test_an_exception_holds_a_port_open_or_all(tmp_path: Path) -> None:
    held = azure(tmp_path, [ANY])
    some = _privilege(held, SOCKETS[:1], '[[exception]]\nmachine = "vm4"\nport = 8080\nreason = "the vendor"')
    assert (8080, "tcp") in {(each.port, each.protocol) for each in some.needed}
    every = _privilege(held, SOCKETS, '[[exception]]\nrule = "any"\nreason = "a lab"')
    assert every.excepted == "a lab" and every.remedies == ()


def test_a_rule_that_is_hidden_before_one_machine_stays_as_it_is_for_those_that_need_it(tmp_path: Path) -> None:
    own = security_rule("own", 200, "*", "*", destinationAddressPrefix="10.0.0.4")
    before = azure(tmp_path, [own, security_rule("all", 300, "*", "*")], ("vm4", "vm5"))
    (remedy,) = _privilege(before).remedies
    after = done(tmp_path, remedy.command)
    assert remedy.scope == "machine" and _open(after, "vm4") == LEFT
    assert _open(after, "vm5") == _open(before, "vm5")


def test_a_rule_put_beside_another_overwrites_none(tmp_path: Path) -> None:
    """Names are shared with the rules for outbound traffic, which an export of inbound ones does not show."""
    before = azure(tmp_path, [ANY, security_rule("any-udp", 300, "161", "Udp", sourceAddressPrefix="10.9.0.0/16")])
    (remedy,) = _privilege(before).remedies
    assert _open(done(tmp_path, remedy.command), "vm4") == LEFT | {("udp", 161, 161, ("10.9.0.0/16",))}
    assert done(tmp_path, remedy.undo).rules.keys() == before.rules.keys()


def test_no_address_is_denied_that_another_machine_of_the_group_has_too(tmp_path: Path) -> None:
    """One group may stand before networks that do not see each other and count their addresses alike."""
    azure(tmp_path, [ANY], ("vm4", "vm5"))
    nics = json.loads((tmp_path / "nics.json").read_text())
    nics[1]["ipConfigurations"][0]["privateIPAddress"] = "10.0.0.4"
    (tmp_path / "nics.json").write_text(json.dumps(nics))
    assert _privilege(network([str(tmp_path)])).remedies == ()
