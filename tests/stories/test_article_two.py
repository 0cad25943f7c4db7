"""Article 2 told again: the forgotten 1433, and real services that nobody taught us."""

from dataclasses import replace
from functools import cache

import pytest
from lab import LAB, Lab, lab, without
from small_fleet import Box, evidence, network

from longtail.fleet.ports.article import article_fleet
from longtail.ports.evidence import RUNNING, Evidence
from longtail.ports.findings import Ports
from longtail.ports.inventory import inventory
from longtail.ports.judgement import Wanted, recommended
from longtail.ports.openings import Machine, Network, Opening, Rule, Scope
from longtail.settings import Settings

MACHINES = 2_000
HERE = pytest.mark.skipif(not LAB.exists(), reason=f"the measured Debian services are not at {LAB}")


@cache
def told() -> tuple[Ports, set[str]]:
    """What is found on 1433 in a small population like the article's, and its forgotten machines."""
    made = article_fleet(1, MACHINES)
    absent = [each for each in RUNNING if each not in made.inventory.columns]
    running = made.inventory.with_columns(**dict.fromkeys(absent)).cast({each: RUNNING[each] for each in absent})  # type: ignore[arg-type]
    doors = made.doors.rows(named=True)
    machines = {(row["tenant"], row["machine"]): Machine(row["tenant"], row["machine"], "plain") for row in doors}
    openings = [
        Opening(tenant, machine, "tcp", port, port, Scope.INTERNET, (source,), (rule,))
        for tenant, machine, port, source, rule in made.doors.select(
            "tenant", "machine", "port", "source", "rule"
        ).rows()
    ]
    rules = {row["rule"]: Rule(row["rule"], row["rule"], "plain", "plain", True) for row in doors}
    known = Evidence(inventory(None, running.select(list(RUNNING))), made.listening, made.attacked)
    found = recommended(Network(tuple(machines.values()), tuple(openings), rules), known, Settings(), Wanted((1433,)))
    return found, {each.machine for each in made.truth if each.port == 1433 and not each.serves}


def test_the_port_is_told_by_sql_server() -> None:
    (profile,) = told()[0].profiles
    assert profile.learnable and profile.machines == MACHINES
    assert all("sql" in each.executable for each in profile.companions[:5])
    assert profile.learning[0].test_error < profile.learning[0].always_closed_error / 4


def test_only_forgotten_machines_are_found_and_most_of_them() -> None:
    found, forgotten = told()
    findings = {each.machine for each in found.recommendations if each.verdict.finding}
    assert findings <= forgotten
    assert len(findings) >= len(forgotten) - 1


def test_six_days_of_attacks_come_first() -> None:
    first = told()[0].recommendations[0]
    assert first.verdict.finding and first.proof.brute_force_days == 6
    assert first.runs_instead and not any("sqlservr.exe" in names for names in first.runs_instead.values())


@cache
def measured() -> Lab:
    return lab()


SERVICES = sorted(lab().ports) if LAB.exists() else ["none"]


@HERE
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_nobody_taught_us_gets_no_finding_on_a_port_it_serves(service: str) -> None:
    stranger = Box("stranger", measured().ran[service], measured().ports[service], timeless=True)
    boxes = [*without(measured(), service), stranger]
    wanted = Wanted(tuple(measured().ports[service]))
    found = recommended(network(boxes), evidence(boxes), Settings(), wanted)
    said = [each for each in found.recommendations if each.machine == "stranger"]
    assert len(said) == len(stranger.ports)
    assert [each.reason for each in said if each.verdict.finding] == []


SPEAKING_UDP = sorted(lab().udp) if LAB.exists() else ["none"]


@HERE
@pytest.mark.parametrize("service", SPEAKING_UDP)
def test_neither_does_it_on_a_port_that_it_serves_over_udp(service: str) -> None:
    over_udp = Lab(measured().ran, measured().udp)
    stranger = Box("stranger", over_udp.ran[service], over_udp.ports[service], timeless=True)
    boxes = [*without(over_udp, service), stranger]
    asked = network(boxes)
    asked = replace(asked, openings=tuple(replace(each, protocol="udp") for each in asked.openings))
    found = recommended(asked, evidence(boxes), Settings(), Wanted(tuple(over_udp.ports[service])))
    said = [each for each in found.recommendations if each.machine == "stranger"]
    assert len(said) == len(stranger.ports) and {each.protocol for each in said} == {"udp"}
    assert [each.reason for each in said if each.verdict.finding] == []


@HERE
def test_a_machine_without_any_service_is_still_found() -> None:
    """The test above is worth something: on such a fleet, a machine that serves nothing does get a finding."""
    boxes = without(measured(), "nginx")
    forgotten = Box("forgotten", boxes[-1].runs, [80], timeless=True)
    found = recommended(network([*boxes, forgotten]), evidence([*boxes, forgotten]), Settings(), Wanted((80,)))
    assert [each.machine for each in found.recommendations if each.verdict.finding] == ["forgotten"]
