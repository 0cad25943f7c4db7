"""The alert object that scripts rely on, key by key."""

import io
import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from output_hunts import rich_hunt, small_hunt

from longtail.outputs import json as document
from longtail.outputs import jsonl
from longtail.outputs.plain import dumps, milliseconds, utc
from longtail.prevalence.findings import Hunt

ALERT = (
    *("id", "tenant", "account", "account_class", "host", "first_seen", "last_seen", "score", "severity", "title"),
    *("reason", "executions", "techniques", "similar"),
)
EXECUTION = (
    *("time", "image", "executable", "hosted_by", "command_line", "parent_image", "role", "prevalence"),
    *("nearest_normal", "normal_at"),
)


def objects(hunt: Hunt) -> list[dict[str, object]]:
    stream = io.StringIO()
    jsonl.write(hunt, stream)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_alert_has_exactly_the_promised_keys_in_order() -> None:
    for alert in objects(rich_hunt()):
        assert tuple(alert) == (*ALERT, *(("hosts",) if "hosts" in alert else ()))
        for execution in alert["executions"]:  # type: ignore[attr-defined]
            assert tuple(execution) == EXECUTION
            assert list(execution["prevalence"]) == ["hosts", "of_hosts", "days", "of_days", "runs", "of_runs"]
            assert list(execution["normal_at"]) == ["hosts", "days"]


def test_a_card_names_all_of_its_hosts_and_no_other_alert_any() -> None:
    told = {alert["id"]: alert.get("hosts") for alert in objects(rich_hunt())}
    assert told == {alert.id: list(alert.hosts) or None for alert in rich_hunt().alerts}
    assert any(told.values())


def test_what_has_no_price_says_so() -> None:
    alert = small_hunt().alerts[0]
    bare = replace(alert.executions[0], normal_at=None)
    execution = objects(replace(small_hunt(), alerts=(replace(alert, executions=(bare,)),)))[0]["executions"][0]  # type: ignore[index]
    assert execution["normal_at"] == {"hosts": None, "days": None}


def test_alerts_stand_one_a_line_in_their_order_with_their_values() -> None:
    first = objects(small_hunt())[0]
    assert first["severity"] == "critical"
    assert first["score"] == 48.731
    assert first["first_seen"] == "2026-11-03T02:14:07.120000Z"
    assert first["techniques"] == ["T1036", "T1105", "T1197", "T1562.001"]
    assert first["executions"][-1]["prevalence"]["of_runs"] == 1_203_418  # type: ignore[index]
    assert [alert["id"] for alert in objects(small_hunt())] == [alert.id for alert in small_hunt().alerts]


def test_what_a_log_did_not_have_is_null() -> None:
    alert = small_hunt().alerts[0]
    bare = replace(alert.executions[0], image=None, command_line=None, parent_image=None, nearest_normal=None)
    execution = objects(replace(small_hunt(), alerts=(replace(alert, executions=(bare,)),)))[0]["executions"][0]  # type: ignore[index]
    assert [execution[key] for key in ("image", "command_line", "parent_image", "nearest_normal")] == [None] * 4


def test_the_document_holds_the_alerts_of_the_lines_and_what_they_rest_on() -> None:
    stream = io.StringIO()
    document.write(rich_hunt(), stream)
    whole = json.loads(stream.getvalue())
    assert whole["alerts"] == objects(rich_hunt())
    assert [each["judged"] for each in whole["populations"]].count(False) == 3
    assert whole["readings"][2]["reasons"] == {"chunk checksum does not match": 36, "record is cut short": 1}
    assert len(whole["populations"][0]["prevalence"]) == whole["populations"][0]["executables"]


def test_a_score_that_json_cannot_say_is_null() -> None:
    alerts = tuple(replace(small_hunt().alerts[0], score=score) for score in (float("inf"), float("nan")))
    assert [alert["score"] for alert in objects(replace(small_hunt(), alerts=alerts))] == [None, None]


def test_times_are_utc_whatever_their_zone() -> None:
    tokyo = datetime(2026, 1, 1, 9, tzinfo=timezone(timedelta(hours=9)))
    assert utc(tokyo) == "2026-01-01T00:00:00Z"
    assert utc(datetime(2026, 1, 1)) == "2026-01-01T00:00:00Z"
    assert utc(None) is None
    assert milliseconds(datetime(1970, 1, 1, 0, 0, 1, 999_999)) == 1_999


def test_characters_outside_the_basic_plane_are_escaped_as_pairs() -> None:
    assert dumps("\U000e0041é日\ud800\x7f") == '"\\udb40\\udc41é日\\ud800\\u007f"'
