"""A hunt → OCSF detection findings (class 2004), one JSON object a line, with the anomaly analysis each rests on."""

from typing import IO, Any

from longtail import __version__
from longtail.outputs.plain import dumps, milliseconds, number, utc
from longtail.outputs.wording import of, price
from longtail.prevalence.findings import Alert, Execution, Hunt, Prevalence, Severity

# The first version with anomaly_analyses; what is written here is valid in 1.8 as well.
OCSF_VERSION = "1.5.0"

SEVERITY = {
    Severity.INFORMATIONAL: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}


def write(hunt: Hunt, stream: IO[str]) -> None:
    """One line an alert; nothing at all where there is none."""
    stream.writelines(dumps(detection_finding(alert)) + "\n" for alert in hunt.alerts)


def detection_finding(alert: Alert) -> dict[str, Any]:
    """An alert as OCSF says it; fields a log did not have are left out."""
    severity_id, severity = SEVERITY[alert.severity]
    return {
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2004,
        "class_name": "Detection Finding",
        "activity_id": 1,
        "activity_name": "Create",
        "type_uid": 200401,
        "type_name": "Detection Finding: Create",
        "time": milliseconds(alert.last_seen),
        "start_time": milliseconds(alert.first_seen),
        "end_time": milliseconds(alert.last_seen),
        "severity_id": severity_id,
        "severity": severity,
        "status_id": 1,
        "status": "New",
        "is_alert": alert.severity > Severity.INFORMATIONAL,
        "message": alert.reason,
        "metadata": _metadata(alert),
        "finding_info": _finding_info(alert),
        "resources": [{"type": "host", "name": host} for host in alert.hosts or (alert.host,)],
        "evidences": [_evidence(alert, each, at) for at, each in enumerate(alert.executions)],
        "anomaly_analyses": [_analysis(alert)] if _anomalies(alert) else [],
        "unmapped": {"score": number(alert.score), "account_class": alert.account_class},
    }


def _metadata(alert: Alert) -> dict[str, Any]:
    product = {"name": "Longtail", "vendor_name": "Longtail", "version": __version__}
    return {"version": OCSF_VERSION, "product": product, "tenant_uid": alert.tenant}


def _finding_info(alert: Alert) -> dict[str, Any]:
    return {
        "uid": alert.id,
        "title": alert.title,
        "desc": alert.reason,
        "first_seen_time": milliseconds(alert.first_seen),
        "last_seen_time": milliseconds(alert.last_seen),
        "analytic": {"name": "prevalence by account class", "type_id": 3, "type": "Statistical"},
        "attacks": [_attack(technique) for technique in alert.techniques],
        "related_events": [{"uid": each, "type_uid": 200401} for each in alert.similar],
    }


def _attack(technique: str) -> dict[str, Any]:
    parent, _, sub = technique.partition(".")
    return {"technique": {"uid": parent}, **({"sub_technique": {"uid": technique}} if sub else {})}


def _evidence(alert: Alert, execution: Execution, at: int) -> dict[str, Any]:
    """A process start; what an account cannot be told from is still the process's user."""
    process = {
        "uid": f"{alert.id}-{at}",
        "pid": execution.pid,
        "cmd_line": execution.command_line,
        "created_time": milliseconds(execution.time),
        "file": _file(execution.image or execution.executable),
        "user": {"name": alert.account},
        "parent_process": _parent(alert, execution, at),
    }
    told = {"time": utc(execution.time), "role": execution.role, "hosted_by": execution.hosted_by}
    return {"process": _known(process), "data": {**told, "executable": execution.executable}}


def _parent(alert: Alert, execution: Execution, at: int) -> dict[str, Any] | None:
    if not execution.parent_image:
        return None
    parent = {
        "uid": f"{alert.id}-{at}-parent",
        "pid": execution.parent_pid,
        "cmd_line": execution.parent_command_line,
        "file": _file(execution.parent_image),
    }
    return _known(parent)


def _file(path: str) -> dict[str, Any]:
    name = path.replace("/", "\\").rstrip("\\").rpartition("\\")[2]
    return {"name": name or path, "path": path, "type_id": 1, "type": "Regular File"}


def _anomalies(alert: Alert) -> list[Execution]:
    return [each for each in alert.executions if each.role == "anomaly"]


def _analysis(alert: Alert) -> dict[str, Any]:
    normal = {each.nearest_normal: each for each in _anomalies(alert) if each.nearest_normal}
    baselines = [
        _observed(executable, "FREQUENT", [f"the nearest normal of {each.executable}", *_price(each)])
        for executable, each in normal.items()
    ]
    anomalies = [_observed(each.executable, _pattern(each.prevalence), _told(each)) for each in _anomalies(alert)]
    return {
        "analysis_targets": [{"name": alert.account, "type": f"{alert.account_class} account"}],
        "anomalies": anomalies,
        "baselines": baselines,
    }


def _price(execution: Execution) -> list[str]:
    return [price(execution.normal_at, execution.prevalence)] if execution.normal_at else []


def _observed(executable: str, pattern: str, values: list[str]) -> dict[str, Any]:
    return {
        "observation_parameter": executable,
        "observation_type": "Frequency Analysis",
        "observed_pattern": pattern,
        "observations": [{"value": value} for value in values],
    }


def _pattern(prevalence: Prevalence) -> str:
    """On one host, on one day: nobody had seen it before."""
    return "UNSEEN" if prevalence.hosts <= 1 and prevalence.days <= 1 else "RARE"


def _told(execution: Execution) -> list[str]:
    seen = execution.prevalence
    return [
        of(seen.hosts, seen.of_hosts, "host"),
        of(seen.days, seen.of_days, "day"),
        of(seen.runs, seen.of_runs, "run"),
        *execution.why,
    ]


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}
