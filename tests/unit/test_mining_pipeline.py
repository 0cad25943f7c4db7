"""From files to what mining, backtesting and detecting work on: lines of alerts, rule files, rules beside the model."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import mining_kit as kit
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from longtail.detections.alarms import absorbed, together
from longtail.detections.backtest import distinct_starts
from longtail.detections.backtest import merge as starts_merged
from longtail.detections.classes import classed
from longtail.detections.firing import FIRED, MOST_LINES, fired, merge
from longtail.detections.sigma import parsed
from longtail.errors import InputError
from longtail.executions.schema import PROCESS_EVENT
from longtail.executions.sightings import sightings
from longtail.outputs.plain import alert_object
from longtail.pipelines import MineRequest, Request, hunt, hunt_with_rules, mine
from longtail.pipelines.alert_lines import LINE_MOST, alert_objects
from longtail.pipelines.detecting import with_rules
from longtail.pipelines.rule_files import rule_files
from longtail.prevalence.findings import Alert, Severity

ALERT = json.dumps(kit.alert()).encode()


def written(file: Path, content: bytes) -> str:
    file.write_bytes(content)
    return str(file)


@pytest.mark.parametrize(
    "content",
    [
        ALERT,
        b"\n" + ALERT + b"\r\n\n",
        b"\xef\xbb\xbf" + ALERT,
        gzip.compress(ALERT),
        ALERT.decode().encode("utf-16"),
    ],
    ids=["no end", "blank lines", "byte order mark", "packed", "utf-16"],
)
def test_an_alert_is_read_however_its_file_was_saved(tmp_path: Path, content: bytes) -> None:
    found, reading = alert_objects(written(tmp_path / "alerts", content))
    assert found == (kit.alert(),)
    assert (reading.quarantined, reading.format) == (0, "alerts")


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"7",
        b"{}",
        b'{"id": "x" * 9}',
        b"\xff\xfe\x00",
        b"[" * 200_000,
        json.dumps(kit.alert(severity="terrible")).encode(),
        json.dumps(kit.alert(executions=[{"role": "anomaly", "image": "a", "time": "never"}])).encode(),
        b'{"id": "' + b"x" * LINE_MOST + b'"}',
    ],
    ids=range(9),
)
def test_a_bad_line_is_quarantined_with_its_number_and_its_neighbours_stay(tmp_path: Path, line: bytes) -> None:
    path = written(tmp_path / "alerts", ALERT + b"\n" + line + b"\n" + ALERT)
    found, reading = alert_objects(path)
    assert len(found) == 2
    assert [each.place for each in reading.examples] == [f"{path}:2"]


def test_half_a_character_does_not_stop_anything(tmp_path: Path) -> None:
    """JSON can say half of a surrogate pair; no table of texts can hold it."""
    told = json.dumps(kit.alert()).replace("Svn", "S\\ud800vn")
    alerts, starts = written(tmp_path / "alerts", told.encode()), kit.telemetry(tmp_path)
    found = mine(MineRequest(alerts, (str(starts),)))
    assert found.alerts == 1 and found.mined.rules


def test_a_file_without_a_single_alert_is_an_error_that_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"alerts:1.*hunt -f jsonl"):
        alert_objects(written(tmp_path / "alerts", b"host,image\n"))


def test_mining_does_not_depend_on_the_order_of_alerts_or_on_how_the_telemetry_is_cut(tmp_path: Path) -> None:
    lines = [json.dumps(kit.alert(id=f"a{number}", host=f"db{number}")) for number in (3, 5, 7)]
    rows = [*kit.everyday(), *kit.attacks()]
    for name, part in (("a", rows[::2]), ("b", rows[1::2])):
        pl.DataFrame(part, schema=PROCESS_EVENT).write_parquet(tmp_path / f"{name}.parquet")
    pl.DataFrame(rows, schema=PROCESS_EVENT).write_parquet(tmp_path / "whole.parquet")
    one = MineRequest(written(tmp_path / "one", "\n".join(lines).encode()), (str(tmp_path / "whole.parquet"),))
    other = replace(one, alerts=written(tmp_path / "other", "\n".join(lines[::-1]).encode()),
                    paths=(str(tmp_path / "b.parquet"), str(tmp_path / "a.parquet")))  # fmt: skip
    assert [each.text for each in mine(one).mined.rules] == [each.text for each in mine(other).mined.rules] != []


SERVICE = "C:\\Windows\\System32\\services.exe"


def test_an_account_of_an_ordinary_name_has_the_class_that_the_whole_telemetry_tells() -> None:
    """The service manager starts SQL Server under it on one day; what it runs on another day is SQL Server's too."""
    name, cmd = "CORP\\svc-db7", ("C:\\Windows\\System32\\cmd.exe", "cmd /c dir")
    rows = [
        kit.start("db1", 0, (kit.SERVER, "sqlservr.exe"), ("t", name, SERVICE)),
        *(kit.start("db2", 3, cmd, ("t", name, parent)) for parent in (kit.SERVER, "C:\\Windows\\explorer.exe")),
        kit.start("db1", 3, cmd, ("t", "CORP\\bob", "C:\\Windows\\explorer.exe")),
    ]
    starts = starts_merged(distinct_starts(pl.DataFrame([row], schema=PROCESS_EVENT)) for row in rows)
    found = classed(starts).cast({"account": pl.String, "account_class": pl.String})
    assert set(found.select("account", "account_class").rows()) == {(name, "mssql"), ("CORP\\bob", "human")}
    assert found["runs"].sum() == len(rows) and found.schema.names() == starts.schema.names()


def test_nothing_that_ran_is_nothing_to_class() -> None:
    assert classed(starts_merged([])).is_empty()


def test_rule_files_are_found_at_any_depth_and_read_once_each(tmp_path: Path) -> None:
    found = rule_files([str(kit.rule_folder(tmp_path))])
    assert [rule.title for rule in found.rules] == ["Knows a hash", "Lists transfers", "Fetches"]
    assert (found.files, len(found.refused), len(found.passed_over)) == (5, 1, 1)


def events() -> pl.DataFrame:
    return pl.DataFrame([*kit.everyday(), *kit.attacks()], schema=PROCESS_EVENT)


def rules() -> tuple[object, ...]:
    return (*parsed(kit.LISTS, "a").rules, *parsed(kit.FETCHES, "b").rules)


def in_order(table: pl.DataFrame) -> pl.DataFrame:
    return table.sort(list(FIRED))


@pytest.mark.parametrize(("size", "stride"), [(1, 12), (7, 3), (400, 1)])
def test_what_fires_does_not_depend_on_how_the_events_are_cut(size: int, stride: int) -> None:
    whole, every = events().gather_every(stride), rules()
    parts = [fired(every, part) for part in whole.iter_slices(size)][::-1]  # type: ignore[arg-type]
    half, at_once = len(parts) // 2, fired(every, whole)  # type: ignore[arg-type]
    assert at_once.height
    assert_frame_equal(in_order(merge([merge(parts[half:]), merge(parts[:half])])), in_order(at_once))


def test_of_a_rule_that_fires_on_everything_few_starts_are_kept_and_all_are_counted() -> None:
    who = ("t", "a", "p")
    rows = [kit.start("h", 0, (kit.BITSADMIN, f"bitsadmin /list {number:03}"), who) for number in range(100)]
    found = merge(fired(rules(), part) for part in pl.DataFrame(rows, schema=PROCESS_EVENT).iter_slices(9))  # type: ignore[arg-type]
    lines, counts = found.filter(pl.col("image").is_not_null()), found.filter(pl.col("image").is_null())
    assert counts["runs"].to_list() == [100]
    assert lines["command_line"].sort().to_list() == [f"bitsadmin /list {number:03}" for number in range(MOST_LINES)]


def test_the_sightings_beside_rules_are_the_sightings_without_them() -> None:
    both = with_rules(rules()).of(events())  # type: ignore[arg-type]
    alone = sightings(events())
    beside = both.filter(pl.col("rule").is_null()).select(alone.columns)
    assert_frame_equal(beside.sort(alone.columns), alone.sort(alone.columns))


def told(alert: Alert) -> dict[str, Any]:
    return {**alert_object(alert), "similar": []}


def test_the_model_finds_the_same_beside_rules_and_names_their_alerts(tmp_path: Path) -> None:
    who = ("contoso", kit.SYSTEM, "C:\\Windows\\System32\\svchost.exe")
    attack = [kit.start("db3", kit.DAYS - 1, (kit.BITSADMIN, kit.ATTACK[0]), who)]
    folder, starts = kit.rule_folder(tmp_path), tmp_path / "starts.parquet"
    pl.DataFrame([*kit.everyday(), *kit.attacks(), *attack], schema=PROCESS_EVENT).write_parquet(starts)
    request = Request((str(starts),), accounts=("system",))
    alone, beside = hunt(request), hunt_with_rules(request, [str(folder)])
    of_rules = {each.id: each for each in beside.alerts if each.title in ("Fetches", "Lists transfers")}
    models = [each for each in beside.alerts if each.id not in of_rules]
    assert [each.id for each in models] == [each.id for each in alone.alerts] != []
    attacked = next(each for each in models if each.host == "db3")
    assert "The rule “Fetches” fires on it." in attacked.reason
    actor = (attacked.host, attacked.account)
    assert actor not in {(each.host, each.account) for each in of_rules.values()}, "an incident is told once"
    elsewhere = of_rules[attacked.similar[0]]
    assert elsewhere.techniques == ("T1197",), "found the other way: the pivot"
    fetch = next(each for each in of_rules.values() if (each.title, each.host) == ("Fetches", "db8"))
    assert attacked.id in fetch.similar


def test_an_incident_is_as_bad_as_the_worst_that_is_said_of_it_and_names_few_rules() -> None:
    moment = datetime(2026, 3, 3, 10, tzinfo=UTC)
    who = ("m", "t", "CORP\\svc", "mssql", "db1")
    incident = Alert(*who, moment, moment, 12.0, Severity.LOW, "ran", "Rare.", (), ("T1033",))
    rule = replace(incident, account="corp\\SVC", severity=Severity.HIGH, techniques=("T1105",))
    rule = replace(rule, first_seen=moment + timedelta(seconds=30), last_seen=moment + timedelta(seconds=60))
    fired = [replace(rule, id=str(at), title=f"rule {at}", score=34.0 - at) for at in range(5)]
    later = replace(fired[0], id="later", last_seen=moment + timedelta(hours=5))
    (told,), alone = absorbed([incident], [*fired, later])
    assert alone == [later], "what reaches beyond the incident is told apart"
    assert (told.id, told.score, told.severity) == ("m", 34.0, Severity.HIGH)
    assert told.techniques == ("T1033", "T1105")
    assert told.reason == "Rare. The rules “rule 0” and “rule 1” and “rule 2” and 2 more fire on it."
    mixed = together([incident, replace(incident, id="n", severity=Severity.MEDIUM, score=11.0)], [later])
    assert [each.id for each in mixed] == ["later", "n", "m"], "by severity, then by score"
    rolled = replace(incident, hosts=("db1", "db2"))
    assert absorbed([rolled], fired)[1] == fired, "a roll-out is no incident"


def test_an_alert_of_a_rule_has_the_same_id_wherever_the_rule_lies(tmp_path: Path) -> None:
    starts, one, other = kit.telemetry(tmp_path), tmp_path / "one.yml", tmp_path / "other.yml"
    one.write_text(kit.FETCHES)
    other.write_text(kit.FETCHES)
    request = Request((str(starts),), accounts=("system",))
    found = [hunt_with_rules(request, [str(path)]) for path in (one, other)]
    both = hunt_with_rules(request, [str(one), str(other)])
    ids = [{each.id for each in hunted.alerts if each.title == "Fetches"} for hunted in (*found, both)]
    assert ids[0] == ids[1] == ids[2] and len(ids[0]) == 2
