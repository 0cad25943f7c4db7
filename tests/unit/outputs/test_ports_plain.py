"""The recommendation object that scripts rely on, key by key, and the same as rows of a spreadsheet."""

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from output_ports import COMPANIONS, PRIVILEGE, RULE, forgotten, hostile_ports, loopback, small_ports

from longtail.outputs.ports import output
from longtail.outputs.ports.csv import COLUMNS, MOST_LISTED
from longtail.ports.findings import Ports
from longtail.text import csv_value

RECOMMENDATION = (
    *("id", "tenant", "machine", "port", "protocol", "verdict", "score", "reason", "openings", "expected"),
    *("runs_instead", "evidence", "also_governed", "remedies"),
)
FORMULAS = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "＝1+1", "\t=1", "\r=1", "'quoted", "\x00=1")


def written(name: str, ports: Ports) -> str:
    stream = io.StringIO(newline="")
    output(name).write(ports, stream)
    return stream.getvalue()


def objects(ports: Ports) -> list[dict[str, Any]]:
    return lines(replace(ports, privileges=()))


def lines(ports: Ports) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written("jsonl", ports).splitlines()]


def rows(ports: Ports) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written("csv", ports), newline="")))


def of(*recommendations: Any) -> Ports:
    return replace(small_ports(), recommendations=recommendations)


def test_a_recommendation_has_exactly_the_promised_keys_in_order() -> None:
    for each in objects(small_ports()):
        assert tuple(each) in (RECOMMENDATION, (*RECOMMENDATION, "excepted"))
        assert list(each["evidence"]) == ["last_process_seen", "listening", "flows", "brute_force_days"]
        assert all(list(part) == ["rule", "source_scope", "sources"] for part in each["openings"])
        expected = ["executable", "importance", "share_of_backed", "share_of_others"]
        assert all(list(part) == expected for part in each["expected"])
        assert all(list(part) == ["platform", "scope", "command", "undo", "rehearse"] for part in each["remedies"])


def test_only_a_finding_that_somebody_answers_for_says_so_and_it_comes_after_the_others() -> None:
    found = objects(small_ports())
    assert [each.get("excepted") for each in found] == [None] * 2 + ["kept until the migration ends (db-team)"] + [
        None
    ] * 3
    assert [each["verdict"] for each in found[:3]] == ["unbacked", "loopback_only", "unbacked"]


def test_values_are_the_findings_own() -> None:
    first = objects(small_ports())[0]
    assert (first["machine"], first["port"], first["verdict"], first["score"]) == (
        "vm-web-07",
        1433,
        "unbacked",
        0.9412,
    )
    assert first["openings"] == [{"rule": RULE, "source_scope": "internet", "sources": ["0.0.0.0/0"]}]
    assert first["expected"][0] == {
        "executable": COMPANIONS[0].executable,
        "importance": 0.412,
        "share_of_backed": 0.940476,
        "share_of_others": 0.0,
    }
    assert first["runs_instead"]["\\windows\\system32\\inetsrv\\"] == ["w3wp.exe"]
    assert first["evidence"]["last_process_seen"] == "2026-11-17T04:55:12Z"
    assert first["remedies"][1]["command"] == forgotten().remedies[1].command


def test_what_nobody_looked_at_is_null_and_what_was_not_there_is_empty() -> None:
    evidence = {each["machine"]: each["evidence"] for each in objects(small_ports())}
    assert evidence["vm-web-07"]["listening"] == []
    assert evidence["vm-app-2"]["listening"] == ["127.0.0.1"]
    assert evidence["vm-rdp"] == {
        "last_process_seen": None, "listening": None, "flows": None, "brute_force_days": None
    }  # fmt: skip
    assert evidence["vm-app-2"]["brute_force_days"] == 0


def test_every_rule_that_lets_traffic_pass_is_named_once_and_none_is_an_empty_name() -> None:
    two = replace(forgotten().openings[0], rules=("subnet", "nic"))
    bare = replace(two, rules=())
    found = objects(of(replace(forgotten(), openings=(two, two, bare))))[0]["openings"]
    assert [each["rule"] for each in found] == ["subnet", "nic", ""]


def test_the_document_holds_the_same_objects_and_what_they_rest_on() -> None:
    whole = json.loads(written("json", small_ports()))
    details = [each.pop("detail") for each in whole["recommendations"]]
    assert whole["recommendations"] == objects(small_ports())
    assert details[1]["unresolved"] == ["the service tag Contoso.Unknown is not known here"]
    assert details[1]["listening_image"].endswith("sqlservr.exe")
    assert whole["profiles"][0]["learning"][0]["always_closed_error"] == 0.2778
    assert whole["profiles"][0]["companions"][0]["of_backed"] == 84
    assert whole["privileges"][0]["needed"] == [{"port": 443, "protocol": "tcp", "reason": "nginx listens on it"}]
    assert [each["side"] for each in whole["unjoined"]] == ["network", "telemetry"]
    assert whole["readings"][0]["reasons"] == {"a rule without a direction": 1}


def test_a_number_that_json_cannot_say_is_null() -> None:
    nowhere = replace(forgotten(), score=float("nan"))
    assert objects(of(nowhere))[0]["score"] is None


def test_there_is_one_row_a_recommendation_in_the_order_of_the_lines() -> None:
    table = rows(replace(small_ports(), privileges=()))
    assert list(table[0]) == list(COLUMNS)
    assert [row["recommendation_id"] for row in table] == [each["id"] for each in objects(small_ports())]
    assert [row["rank"] for row in table] == [str(rank) for rank in range(1, 7)]
    assert (table[0]["listening"], table[1]["listening"], table[3]["listening"]) == ("nothing", "127.0.0.1", "")
    assert table[0]["missing"].count("; ") == 4
    assert "ngen.exe" not in table[0]["missing"] and table[1]["missing"] == ""
    assert (table[0]["remedies"], table[0]["platform"], table[0]["also_governed_count"]) == ("2", "azure", "3")


def test_a_least_privilege_is_a_line_and_a_row_of_the_promised_shape_and_no_finding() -> None:
    *others, line = lines(small_ports())
    assert others == objects(small_ports())
    assert tuple(line) == (*RECOMMENDATION, "least_privilege")
    assert (line["machine"], line["port"], line["protocol"], line["verdict"]) == ("vm-app-2", 0, "any", "backed")
    (grant,) = line["least_privilege"]["grants"]
    assert (grant["protocol"], grant["ports"], grant["sources"]) == ("tcp", ["443"], ["10.0.0.0/8"])
    row = rows(small_ports())[-1]
    assert (row["rank"], row["let_in"]) == ("7", "tcp 443 from 10.0.0.0/8")
    assert csv_value(row["command"]) == line["remedies"][0]["command"]
    assert row["rehearse"] and row["undo"]


@pytest.mark.parametrize("name", ["table", "html", "markdown", "json"])
def test_a_least_privilege_is_told_as_rules_with_its_commands(name: str) -> None:
    text = written(name, replace(small_ports(), recommendations=()))
    (remedy,) = PRIVILEGE.remedies
    assert all(each in text for each in (remedy.command, remedy.undo, remedy.rehearse, remedy.note))
    assert "443" in text and ("tcp 443 from 10.0.0.0/8" in text or name == "json")


def test_a_command_of_two_lines_stays_in_its_cell_and_can_be_read_back() -> None:
    row = rows(of(loopback()))[0]
    assert "\n" not in row["command"]
    assert csv_value(row["command"]) == loopback().remedies[0].command


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_begins_a_formula(formula: str) -> None:
    for row in rows(hostile_ports((formula,))):
        assert not [cell for cell in row.values() if cell[:1] in tuple("=+-@\t\r\0＝＋－＠")]
        assert csv_value(row["machine"]) == formula
        assert csv_value(row["reason"]) == formula


def test_a_cell_does_not_list_for_ever() -> None:
    many = replace(forgotten(), also_governed=tuple(f"vm-{at}" for at in range(5_000)))
    cell = rows(of(many))[0]["also_governed"]
    assert cell.count("; ") == MOST_LISTED
    assert cell.endswith("; and 4,800 more")
    assert len(objects(of(many))[0]["also_governed"]) == 5_000
