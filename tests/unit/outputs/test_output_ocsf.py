"""Detection findings as OCSF says them."""

import io
import json
from dataclasses import replace
from typing import Any

from output_hunts import rich_hunt, small_hunt, sql_server_attack

from longtail.outputs.ocsf import detection_finding, write


def test_every_alert_is_a_detection_finding_with_what_the_class_requires() -> None:
    stream = io.StringIO()
    write(rich_hunt(), stream)
    findings = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [each["finding_info"]["uid"] for each in findings] == [alert.id for alert in rich_hunt().alerts]
    for each in findings:
        assert (each["class_uid"], each["category_uid"], each["activity_id"], each["type_uid"]) == (2004, 2, 1, 200401)
        assert each["metadata"]["version"] >= "1.5"
        assert each["metadata"]["product"]["name"] == "Longtail"
        assert each["start_time"] <= each["end_time"] == each["time"]


def test_severities_are_the_ones_of_ocsf() -> None:
    assert [detection_finding(alert)["severity_id"] for alert in rich_hunt().alerts] == [5, 4, 2, 1]
    assert [detection_finding(alert)["is_alert"] for alert in rich_hunt().alerts] == [True, True, True, False]


def test_the_anomaly_analysis_tells_what_was_rare_and_what_is_normal() -> None:
    analysis = detection_finding(sql_server_attack())["anomaly_analyses"][0]
    assert analysis["analysis_targets"] == [{"name": "NT SERVICE\\MSSQLSERVER", "type": "mssql account"}]
    patterns = {each["observation_parameter"]: each["observed_pattern"] for each in analysis["anomalies"]}
    assert patterns["\\users\\public\\svn.exe"] == "UNSEEN"
    assert patterns["\\windows\\system32\\bitsadmin.exe"] == "RARE"
    assert "\\windows\\system32\\cmd.exe" not in patterns
    assert [each["observed_pattern"] for each in analysis["baselines"]] == ["FREQUENT"]
    assert {"value": "2 of 412 hosts"} in analysis["anomalies"][-1]["observations"]


def test_a_sub_technique_keeps_its_parent() -> None:
    attacks = detection_finding(sql_server_attack())["finding_info"]["attacks"]
    assert attacks[0] == {"technique": {"uid": "T1036"}}
    assert attacks[-1] == {"technique": {"uid": "T1562"}, "sub_technique": {"uid": "T1562.001"}}


def test_what_a_log_did_not_have_is_left_out_and_a_process_can_still_be_told() -> None:
    alert = sql_server_attack()
    bare = replace(alert.executions[0], pid=None, command_line=None, image=None, parent_image=None, parent_pid=None)
    process: dict[str, Any] = detection_finding(replace(alert, executions=(bare,)))["evidences"][0]["process"]
    assert process["uid"] == "a3f1c09e5b7d-0"
    assert process["file"]["name"] == "cmd.exe"
    assert not {"pid", "cmd_line", "parent_process"} & set(process)


def test_nothing_in_a_finding_is_null() -> None:
    assert "null" not in json.dumps([{**detection_finding(each), "evidences": []} for each in small_hunt().alerts])
