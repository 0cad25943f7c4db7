"""Rules tried on telemetry → JSON, JSON lines and CSV: each rule with its hits, their denominators and bounds."""

import csv
from collections.abc import Iterable
from typing import IO, Any

from longtail.detections.findings import Backtest, Match, Share
from longtail.detections.tried import Tried
from longtail.outputs.plain import dumps, number, reading_object
from longtail.readings import Quarantined
from longtail.text import csv_cell

COLUMNS = (
    "title",
    "id",
    "level",
    "tags",
    "file",
    "applicable",
    "lacking",
    "note",
    "runs",
    "hosts",
    "of_hosts",
    "host_days",
    "of_host_days",
    "per_10000",
    "at_most_per_10000",
    "account_classes",
    "accounts",
    "tenants",
    "days",
    "example",
)
BETWEEN = "; "
MOST_LISTED = 50  # parts in one cell: --format json has them all


def json(tried: Tried, stream: IO[str]) -> None:
    """One indented object: what was tried on what, every rule, and what of the rule files was no use."""
    stream.write(dumps(tried_object(tried), indent=2) + "\n")


def jsonl(tried: Tried, stream: IO[str]) -> None:
    """One object a rule, those that fire most first, those that could not be judged last."""
    stream.writelines(dumps(backtest_object(each)) + "\n" for each in tried.backtests)


def comma_separated(tried: Tried, stream: IO[str]) -> None:
    """A header and one row a rule, in the order of `COLUMNS`; cells as `longtail.text.csv_cell` guards them."""
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(COLUMNS)
    for each in tried.backtests:
        row = _row(each)
        table.writerow([csv_cell(row[column]) for column in COLUMNS])


def tried_object(tried: Tried) -> dict[str, Any]:
    """The whole of it as one document."""
    return {
        "first_day": str(tried.first_day) if tried.first_day else None,
        "last_day": str(tried.last_day) if tried.last_day else None,
        "hosts": tried.hosts,
        "host_days": tried.host_days,
        "process_starts": tried.process_starts,
        "distinct_starts": tried.distinct_starts,
        "rule_files": tried.files.files,
        "rules": [backtest_object(each) for each in tried.backtests],
        "not_process_rules": _told(tried.files.passed_over),
        "refused": _told(tried.files.refused),
        "readings": [reading_object(each) for each in tried.readings],
    }


def backtest_object(of: Backtest) -> dict[str, Any]:
    """One rule, and how often it fires: over everything and by account class, account, tenant and day."""
    rule, fit = of.rule, of.applicability
    return {
        "title": rule.title,
        "id": rule.id,
        "level": rule.level,
        "tags": list(rule.tags),
        "file": rule.place,
        "applicable": fit.applicable,
        "lacking": list(fit.lacking),
        "notes": [*([fit.told] if fit.told else []), *rule.notes],
        **_counts(of.whole),
        "account_classes": _shares(of.by_class),
        "accounts": _shares(of.by_account),
        "tenants": _shares(of.by_tenant),
        "days": _shares(of.by_day),
        "examples": [_example(each) for each in of.examples],
    }


def _counts(share: Share) -> dict[str, Any]:
    return {
        "runs": share.runs,
        "hosts": share.hosts,
        "of_hosts": share.of_hosts,
        "host_days": share.host_days,
        "of_host_days": share.of_host_days,
        "per_10000": number(share.rate),
        "at_most_per_10000": number(share.upper),
    }


def _shares(parts: Iterable[Share]) -> list[dict[str, Any]]:
    return [{"name": each.name, **_counts(each)} for each in parts]


def _example(match: Match) -> dict[str, Any]:
    return {
        "tenant": match.tenant,
        "host": match.host,
        "account": match.account,
        "image": match.image,
        "command_line": match.command_line,
        "parent_image": match.parent_image,
        "parent_command_line": match.parent_command_line,
        "runs": match.runs,
    }


def _told(troubles: Iterable[Quarantined]) -> list[dict[str, str]]:
    return [{"place": each.place, "reason": each.reason} for each in troubles]


def _row(of: Backtest) -> dict[str, Any]:
    whole = backtest_object(of)
    parts = ("account_classes", "accounts", "tenants", "days")
    return {
        **whole,
        "tags": " ".join(whole["tags"]),
        "lacking": " ".join(whole["lacking"]),
        "note": BETWEEN.join(whole["notes"]),
        **{name: _listed(whole[name]) for name in parts},
        "example": whole["examples"][0]["command_line"] if of.examples else "",
    }


def _listed(shares: Iterable[dict[str, Any]]) -> str:
    """The parts in which the rule fires, each with its host-days of how many."""
    hit = [f"{each['name']} {each['host_days']}/{each['of_host_days']}" for each in shares if each["host_days"]]
    more = [f"and {len(hit) - MOST_LISTED:,} more"] if len(hit) > MOST_LISTED else []
    return BETWEEN.join([*hit[:MOST_LISTED], *more])
