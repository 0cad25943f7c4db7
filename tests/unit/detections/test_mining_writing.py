"""From a rule's logic to its file: what proves it, how far it is to be believed, and that it names no victim."""

from dataclasses import replace
from datetime import date

import pytest
from deeds_kit import ATTACK, S32, deed, made, mine, object_of, quiet, table

from longtail.detections.evasions import Start
from longtail.detections.generalise import Cluster, clusters
from longtail.detections.meanings import GENERAL
from longtail.detections.mining import Mined, mined
from longtail.detections.neutral import neutral
from longtail.detections.proof import lawful, proof, status
from longtail.detections.rules import Rule
from longtail.detections.sigma import parsed
from longtail.detections.writing import rule as written
from longtail.detections.writing import title
from longtail.prevalence.findings import Severity


@pytest.mark.parametrize(
    ("hosts", "tenants", "of_hosts", "expected"),
    [(1, 1, 400, "experimental"), (4, 2, 400, "test"), (12, 3, 1200, "stable"), (12, 3, 20, "experimental")],
)
def test_status_follows_evidence(hosts: int, tenants: int, of_hosts: int, expected: str) -> None:
    deeds = [deed(ATTACK, host=f"a{n}", tenant=f"v{n % tenants}", day=date(2026, 3, 4 + n % 3)) for n in range(hosts)]
    (found,), _, of_fleet = made(deeds, quiet(of_hosts))
    assert status(found, proof(found, lawful(of_fleet))) == expected


@pytest.mark.parametrize(
    ("hosts", "severity", "line", "expected"),
    [
        (1, Severity.CRITICAL, ATTACK, "medium"),
        (4, Severity.CRITICAL, ATTACK, "high"),
        (12, Severity.CRITICAL, ATTACK, "critical"),
        (12, Severity.LOW, ATTACK, "medium"),
        (1, Severity.CRITICAL, "bitsadmin /setnotifycmdline j c:\\Users\\Public\\a.exe NUL", "high"),
    ],
)
def test_a_level_goes_no_further_than_its_evidence(hosts: int, severity: Severity, line: str, expected: str) -> None:
    """An incident is as bad as its whole story; a rule made of one deed of it is not, unless the deed says it alone."""
    deeds = [deed(line, host=f"a{n}", tenant=f"v{n % 3}", day=date(2026, 3, 4 + n % 3), severity=severity)
             for n in range(hosts)]  # fmt: skip
    (found,), _, of_fleet = made(deeds, quiet(1200))
    assert written(found, proof(found, lawful(of_fleet))).level == expected


def test_what_was_held_against_nothing_is_not_called_precise() -> None:
    (rule,) = mined([object_of(ATTACK)], table()).rules
    assert rule.status == "experimental" and rule.proof.whole.of_host_days == 0
    assert "held against no lawful use at all" in rule.description
    assert "too little lawful use to call it precise" in mine(hosts=40).rules[0].description
    assert "too little" not in mine().rules[0].description


def test_a_file_of_one_letter_is_no_word_of_a_rule() -> None:
    """Rules have words of one letter, as in ``cmd.exe -a``; a file called so belongs to the instance all the same."""
    logic = [row.predicate for row in GENERAL if row.predicate.name == "inner_shell"]
    told = neutral(Start(S32 + "wmic.exe", 'wmic process call create "cmd.exe -a C:\\Users\\Public\\a.exe"'), logic)
    assert "a.exe" not in told.command_line and "cmd.exe -a C:\\Users\\Public\\" in told.command_line


@pytest.mark.parametrize("number", ["7", "0", "09", "309", "624", "4098", "0987654321"])
def test_no_number_of_the_instance_stays(number: str) -> None:
    line = f"rundll32 comsvcs.dll, MiniDump {number} x full"
    assert f" {number} " not in neutral(Start(S32 + "rundll32.exe", line)).command_line


def test_a_rules_file_names_no_victim_and_reads_back() -> None:
    pytest.importorskip("sigma")
    (rule,) = mine().rules
    assert not any(word in rule.text.lower() for word in ("svn", "198.51", "attacked", "svc"))
    read = parsed(rule.text, rule.file_name)
    assert len(read.rules) == 1 and not read.refused
    assert (read.rules[0].id, read.rules[0].title) == (rule.id, rule.title)
    assert rule.techniques == ("T1105", "T1197")
    assert rule.day == date(2026, 3, 4) and rule.level == "medium"


def test_what_proves_a_rule() -> None:
    (rule,) = mine().rules
    proof = rule.proof
    assert proof.whole.host_days == 0 and proof.whole.upper > 0
    assert proof.transfers == 1 and not proof.account_rule
    assert [each.command_line for each in proof.must] == [ATTACK]
    assert [each.command_line for each in proof.must_not] == ["bitsadmin /list"]
    assert {"case", "blanks", "absolute path"} <= set(proof.survives)
    assert "renamed image where the original name is not logged" in proof.evaded_by


def test_marginal_coverage_names_the_rules_that_know_it_already() -> None:
    pytest.importorskip("sigma")
    existing = ("title: Any bitsadmin\nlogsource: {category: process_creation, product: windows}\n"
                "detection: {a: {Image|endswith: \\bitsadmin.exe}, condition: a}\n")  # fmt: skip
    known: Rule = mine(existing).rules[0]
    assert (known.proof.known_to, known.proof.new) == (("Any bitsadmin",), 0.0)
    assert (mine().rules[0].proof.known_to, mine().rules[0].proof.new) == ((), 1.0)


def test_an_empty_fleet_and_no_alerts() -> None:
    assert mined([], table()) == Mined((), (), ())
    assert mined([object_of(ATTACK)], table()).rules
    assert isinstance(clusters([], frozenset()), tuple) and Cluster("a", None, (), False).label == "a"


def test_a_title_is_read_at_one_glance() -> None:
    (found,), _, _ = made([deed(ATTACK)], quiet())
    said = title(found)
    assert said.startswith("Bitsadmin fetches a file and names a remote place") and said.count("names") == 1
    long = replace(found, logic=replace(found.logic, predicates=tuple(row.predicate for row in GENERAL)))
    assert len(title(long)) <= 120
