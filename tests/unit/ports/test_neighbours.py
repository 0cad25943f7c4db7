"""The same method for any label: a machine in the wrong subnet does not look like its neighbours."""

import polars as pl
from small_fleet import IIS, WINDOWS, Box, evidence, sql_fleet

from longtail.ports.findings import Verdict
from longtail.ports.neighbours import LABELS, resembled
from longtail.settings import Settings

BOXES = [*sql_fleet(), Box("astray", [*WINDOWS, *IIS])]
ROWS = [
    (box.tenant, box.name.upper(), "data" if box.name.startswith("sql") or box.name == "astray" else "web")
    for box in BOXES
]


def test_a_machine_with_the_wrong_label_is_found_and_told_what_it_looks_like() -> None:
    found = resembled(pl.DataFrame(ROWS, schema=LABELS, orient="row"), evidence(BOXES), Settings())
    (first, *others) = found.recommendations
    assert (first.machine, first.protocol, first.verdict) == ("ASTRAY", "data", Verdict.UNBACKED)
    assert "does not look like its neighbours" in first.reason and "it looks like web" in first.reason
    assert not any(each.verdict.finding for each in others if each.protocol == "data")
    assert [profile.label for profile in found.profiles] == ["data", "web"]


def test_a_label_given_by_chance_teaches_nothing() -> None:
    rows = [(tenant, name, "even" if number % 2 else "odd") for number, (tenant, name, _) in enumerate(ROWS)]
    found = resembled(pl.DataFrame(rows, schema=LABELS, orient="row"), evidence(BOXES), Settings())
    assert not any(profile.learnable for profile in found.profiles)
    assert {each.verdict for each in found.recommendations} == {Verdict.UNLEARNABLE}
