"""One row an execution, nothing a spreadsheet would run, everything readable back."""

import csv
import io
from dataclasses import replace

import pytest
from output_hostile import with_text
from output_hunts import rich_hunt, small_hunt

from longtail.outputs.csv import COLUMNS, write
from longtail.prevalence.findings import Hunt
from longtail.text import csv_value

FORMULAS = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\0=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "'=1",
)


def rows(hunt: Hunt) -> list[dict[str, str]]:
    stream = io.StringIO(newline="")
    write(hunt, stream)
    assert "\r" not in stream.getvalue()
    assert stream.getvalue().count("\n") == 1 + sum(len(alert.executions) for alert in hunt.alerts)
    return list(csv.DictReader(io.StringIO(stream.getvalue(), newline="")))


def test_every_execution_is_a_row_with_its_alert() -> None:
    found = rows(rich_hunt())
    assert tuple(found[0]) == COLUMNS
    last = [row for row in found if row["rank"] == "1"][-1]
    assert (last["severity"], last["host"], last["hosts"], last["of_hosts"]) == (
        "critical",
        "sql-weu-017.contoso.example",
        "2",
        "412",
    )
    assert last["command_line"].startswith("bitsadmin  /transfer n http://")
    assert last["techniques"] == "T1036 T1105 T1197 T1562.001"
    assert last["normal_at_hosts"] == "9"


def test_a_card_names_all_of_its_hosts_and_says_no_price_that_there_is_not() -> None:
    card = next(alert for alert in rich_hunt().alerts if alert.hosts)
    unpriced = replace(card.executions[0], normal_at=None)
    (row,) = rows(replace(rich_hunt(), alerts=(replace(card, executions=(unpriced,)),)))
    assert row["all_hosts"].split(" ") == list(card.hosts) and row["hosts"] == str(unpriced.prevalence.hosts)
    assert (row["normal_at_hosts"], row["normal_at_days"]) == ("", "")
    assert {each["all_hosts"] for each in rows(rich_hunt()) if each["rank"] == "1"} == {""}


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_begins_a_formula_and_every_cell_can_be_read_back(formula: str) -> None:
    alert = with_text(small_hunt().alerts[0], formula)
    for row, execution in zip(rows(replace(small_hunt(), alerts=(alert,))), alert.executions, strict=True):
        assert not [cell for cell in row.values() if cell[:1] in tuple("=+-@\t\r\0＝＋－＠")]
        assert csv_value(row["command_line"]) == execution.command_line == formula
        assert csv_value(row["title"]) == formula
