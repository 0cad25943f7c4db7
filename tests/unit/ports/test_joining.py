"""Which host is which machine: by name, id or address, whatever the case and domain; never a guess."""

import pytest

from longtail.ports.joining import completed, joined
from longtail.ports.openings import Machine, Network

RESOURCE = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/Web01"


def _network(*machines: Machine) -> Network:
    return Network(machines, (), {})


WEB = Machine("s1", "Web01", "azure", (RESOURCE, "web01.corp.example", "10.0.0.4"))


@pytest.mark.parametrize(
    "host", ["web01", "WEB01", "web01.other.example", "web01.corp.example.", RESOURCE.upper(), "10.0.0.4"]
)
def test_a_host_is_found_by_any_of_its_names(host: str) -> None:
    found = joined(_network(WEB), [("s1", host)])
    assert found.machine_of == {("s1", host): 0}
    assert found.unjoined == ()


def test_an_address_has_no_shorter_name() -> None:
    ten = Machine("s1", "10", "plain")
    assert joined(_network(ten), [("s1", "10.9.9.9")]).machine_of == {}


def test_a_machine_named_with_its_domain_is_found_without() -> None:
    assert joined(_network(Machine("t", "db.corp.example", "plain")), [("t", "DB")]).machine_of == {("t", "DB"): 0}


def test_one_name_in_two_tenants_needs_the_tenant() -> None:
    network = _network(Machine("a", "db", "plain"), Machine("b", "db", "plain"))
    assert joined(network, [("b", "db")]).machine_of == {("b", "db"): 1}
    vague = joined(network, [("default", "db")])
    assert vague.machine_of == {}
    assert [(each.side, each.name) for each in vague.unjoined] == [
        ("telemetry", "db"), ("network", "db"), ("network", "db"),
    ]  # fmt: skip
    assert "ambiguous: 2 machines" in vague.unjoined[0].reason


def test_a_tenant_named_default_is_any() -> None:
    assert joined(_network(WEB), [("default", "web01")]).machine_of == {("default", "web01"): 0}
    assert joined(_network(Machine("default", "web01", "plain")), [("x", "web01")]).machine_of == {("x", "web01"): 0}


def test_another_tenants_machine_of_the_same_name_or_address_is_not_it() -> None:
    network = _network(WEB, Machine("s2", "db", "azure"))
    assert joined(network, [("s2", "web01"), ("s2", "10.0.0.4")]).machine_of == {}


def test_where_both_sides_name_tenants_their_own_way_names_join_and_addresses_do_not() -> None:
    assert joined(_network(WEB), [("contoso", "web01")]).machine_of == {("contoso", "web01"): 0}
    assert joined(_network(WEB), [("contoso", "10.0.0.4")]).machine_of == {}


def test_spellings_of_one_host_are_one_machine_and_two_domains_are_two() -> None:
    same = joined(_network(WEB), [("s1", "web01"), ("s1", "WEB01.corp.example")])
    assert set(same.machine_of.values()) == {0} and len(same.machine_of) == 2
    two = joined(_network(Machine("s1", "db", "azure")), [("s1", "db.a.example"), ("s1", "db.b.example")])
    assert two.machine_of == {}
    assert "several hosts could be" in two.unjoined[0].reason
    assert two.unjoined[-1].reason == "several telemetry hosts could be this machine"


def test_what_is_left_over_on_either_side_is_told() -> None:
    found = joined(_network(WEB), [("s1", "stranger")])
    assert [(each.name, each.side) for each in found.unjoined] == [("stranger", "telemetry"), ("Web01", "network")]


def test_a_plain_list_knows_a_host_without_rows_as_closed_and_an_export_does_not() -> None:
    plain = completed(_network(Machine("default", "db", "plain")), [("default", "db"), ("default", "app")])
    assert [machine.name for machine in plain.machines] == ["db", "app"]
    cloud = completed(_network(WEB), [("s1", "app")])
    assert [machine.name for machine in cloud.machines] == ["Web01"]
    mixed = completed(_network(WEB, Machine("plain", "db", "plain")), [("s1", "app"), ("plain", "app")])
    assert [(machine.tenant, machine.name) for machine in mixed.machines[2:]] == [("plain", "app")]
