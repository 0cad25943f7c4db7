"""What a backtest writes: exact numbers with their denominators, harmless text, nothing that depends on the day."""

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest

from longtail.detections.findings import Backtest, Match, Share
from longtail.detections.matching_terms import TRUE, Rule
from longtail.detections.sigma_scope import Applicability
from longtail.detections.tried import RuleFiles, Tried
from longtail.outputs import backtest, backtest_table
from longtail.readings import Quarantined, Reading


def share(name: str, runs: int, host_days: int, of_host_days: int) -> Share:
    return Share(name, runs, min(host_days, 3), 12, host_days, of_host_days)


FIRES = Backtest(
    Rule("Fires", "id-1", "rules/fires.yml", "windows", TRUE, "high", ("attack.t1197",), ("read otherwise",)),
    Applicability(True, ("Hashes",), "a branch depends on Hashes: matches may be missed"),
    share("all", 40, 3, 2_000),
    (share("mssql", 40, 3, 500), share("system", 0, 0, 1_900)),
    (share("CORP\\sql", 40, 3, 300),),
    (share("contoso", 40, 3, 2_000),),
    (share("2026-03-01", 30, 2, 1_000), share("2026-03-02", 10, 1, 1_000)),
    (Match("contoso", "db1", "CORP\\sql", "C:\\a.exe", "a -p {redacted:password}", "C:\\p.exe", "", 40),),
)
NEVER = replace(
    FIRES, rule=replace(FIRES.rule, title="Never"), applicability=Applicability(True), whole=share("all", 0, 0, 2_000),
    by_class=(), by_account=(), by_tenant=(), by_day=(), examples=(),
)  # fmt: skip
UNFIT = replace(
    NEVER, rule=replace(FIRES.rule, title="Unfit"), applicability=Applicability(False, ("Hashes",), "not applicable: x")
)
TRIED = Tried(
    (FIRES, NEVER, UNFIT),
    RuleFiles((), (Quarantined("net.yml", "not a process rule: dns"),), (Quarantined("bad.yml:3", "not YAML"),), 5),
    12, 2_000, date(2026, 3, 1), date(2026, 3, 2), 9_000, 700,
    (Reading("logs.csv", "plain", 9_000, 0, 2, {"no time": 2}, (Quarantined("logs.csv:7", "no time"),)),),
)  # fmt: skip


def written(tried: Tried, style: str) -> str:
    stream = io.StringIO(newline="")
    {"table": backtest_table.write, "json": backtest.json, "jsonl": backtest.jsonl, "csv": backtest.comma_separated}[
        style
    ](tried, stream)
    return stream.getvalue()


def test_a_line_a_rule_with_every_number_and_its_denominator() -> None:
    lines = [json.loads(line) for line in written(TRIED, "jsonl").splitlines()]
    assert [each["title"] for each in lines] == ["Fires", "Never", "Unfit"]
    first = lines[0]
    assert (first["runs"], first["host_days"], first["of_host_days"], first["per_10000"]) == (40, 3, 2_000, 15.0)
    assert first["at_most_per_10000"] == pytest.approx(38.7, abs=0.1), "Clopper-Pearson, one-sided, 3 of 2,000"
    assert lines[1]["at_most_per_10000"] == pytest.approx(14.97, abs=0.01), "nothing seen is bounded too: about 3 / n"
    assert [each["host_days"] for each in first["days"]] == [2, 1]
    assert first["notes"] == ["a branch depends on Hashes: matches may be missed", "read otherwise"]
    assert (lines[2]["applicable"], lines[2]["lacking"]) == (False, ["Hashes"])


def test_the_document_says_what_it_was_tried_on_and_what_was_left_out() -> None:
    found = json.loads(written(TRIED, "json"))
    assert (found["first_day"], found["last_day"], found["rule_files"]) == ("2026-03-01", "2026-03-02", 5)
    assert found["refused"] == [{"place": "bad.yml:3", "reason": "not YAML"}]
    assert found["not_process_rules"] == [{"place": "net.yml", "reason": "not a process rule: dns"}]
    assert found["readings"][0]["quarantined"] == 2
    assert [each["title"] for each in found["rules"]] == ["Fires", "Never", "Unfit"]


def test_a_row_a_rule_names_the_parts_in_which_it_fires() -> None:
    rows = list(csv.DictReader(io.StringIO(written(TRIED, "csv"))))
    assert rows[0]["account_classes"] == "mssql 3/500"
    assert rows[0]["days"] == "2026-03-01 2/1000; 2026-03-02 1/1000"
    assert rows[0]["example"] == "a -p {redacted:password}"
    assert (rows[1]["example"], rows[1]["accounts"]) == ("", "")


def test_the_table_tells_each_rule_where_it_belongs() -> None:
    told = written(TRIED, "table")
    for part in ("1 of 3 rules fires", "3 of 2,000", "15.0", "38.7", "mssql 3 of 500", "Not once",
                 "Not applicable here", "matches may be missed", "bad.yml:3", "2 × no time",
                 "(2,000 host-days)"):  # fmt: skip
        assert part in told, part
    assert told.index("Fires") < told.index("Not once") < told.index("Never") < told.index("Not applicable here")


def test_nothing_at_all_can_be_told_as_well() -> None:
    empty = Tried((), RuleFiles(), 0, 0, None, None, 0, 0, ())
    assert "0 of 0 rules fire" in written(empty, "table") and "no day to no day" in written(empty, "table")
    assert written(empty, "jsonl") == "" and json.loads(written(empty, "json"))["rules"] == []


HOSTILE = "=x\x1b[31m‮[/b]\n\r|\x00"


@pytest.mark.parametrize("style", ["table", "json", "jsonl", "csv"])
def test_foreign_text_is_harmless(style: str) -> None:
    rule = replace(FIRES.rule, title=HOSTILE, id=HOSTILE, place=HOSTILE, level=HOSTILE, tags=(HOSTILE,))
    match = replace(FIRES.examples[0], host=HOSTILE, account=HOSTILE, command_line=HOSTILE)
    each = replace(FIRES, rule=rule, examples=(match,), by_account=(replace(FIRES.whole, name=HOSTILE),))
    told = written(replace(TRIED, backtests=(each,)), style)
    assert not set(told) & set("\x1b\r\x00‮")
    if style == "csv":
        assert all(not cell.startswith("=") for row in csv.reader(io.StringIO(told)) for cell in row)
