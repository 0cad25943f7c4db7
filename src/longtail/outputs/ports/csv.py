"""What ``ports`` found → one CSV row a recommendation; of several remedies the first, with the number of all.

Machines that are wide open follow, a row each, with the least to let in.
"""

import csv
from collections.abc import Iterable
from typing import IO, Any

from longtail.outputs.ports.plain import detail_object, in_order, least_object, recommendation_object
from longtail.outputs.ports.wording import granted, grouped, missing
from longtail.ports.findings import Ports, Privilege, Recommendation
from longtail.text import csv_cell

COLUMNS = (
    "rank",
    "verdict",
    "score",
    "tenant",
    "machine",
    "port",
    "protocol",
    "reason",
    "excepted",
    "rules",
    "source_scope",
    "sources",
    "unresolved",
    "missing",
    "runs_instead",
    "last_process_seen",
    "listening",
    "listening_image",
    "flows",
    "brute_force_days",
    "also_governed",
    "also_governed_count",
    "remedies",
    "platform",
    "scope",
    "command",
    "rehearse",
    "undo",
    "remedy_note",
    "recommendation_id",
    "let_in",
)
BETWEEN = "; "
MOST_LISTED = 200  # in one cell: a spreadsheet takes 32,767 characters, --format json has them all


def write(ports: Ports, stream: IO[str]) -> None:
    """A header and the rows, in the order of `COLUMNS`; cells as `longtail.text.csv_cell` guards them."""
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(COLUMNS)
    for rank, each in enumerate(in_order(ports.recommendations), 1):
        row = {**_row(each), "rank": rank}
        table.writerow([csv_cell(row.get(column)) for column in COLUMNS])
    for rank, least in enumerate(ports.privileges, len(ports.recommendations) + 1):
        row = {**_least(least), "rank": rank}
        table.writerow([csv_cell(row.get(column)) for column in COLUMNS])


def _row(each: Recommendation) -> dict[str, Any]:
    whole = recommendation_object(each)
    detail = detail_object(each)
    first = whole["remedies"][0] if each.remedies else {}
    return {
        **whole,
        **whole["evidence"],
        **first,
        "rules": _listed(opening["rule"] for opening in whole["openings"]),
        "source_scope": _listed(opening["source_scope"] for opening in whole["openings"]),
        "sources": _listed(source for opening in whole["openings"] for source in opening["sources"]),
        "unresolved": _listed(detail["unresolved"]),
        "missing": _listed(companion.executable for companion in missing(each)),
        "runs_instead": _listed(grouped(each.runs_instead or {})),
        "listening": _listening(each.proof.listening),
        "listening_image": detail["listening_image"],
        "also_governed": _listed(each.also_governed),
        "also_governed_count": len(each.also_governed),
        "remedies": len(each.remedies),
        "remedy_note": each.remedies[0].note if each.remedies else None,
        "recommendation_id": each.id,
    }


def _least(each: Privilege) -> dict[str, Any]:
    whole = least_object(each)
    first = whole["remedies"][0] if each.remedies else {}
    return {
        **whole,
        **first,
        "rules": _listed(opening["rule"] for opening in whole["openings"]),
        "source_scope": _listed(opening["source_scope"] for opening in whole["openings"]),
        "sources": _listed(source for opening in whole["openings"] for source in opening["sources"]),
        "remedies": len(each.remedies),
        "remedy_note": each.remedies[0].note if each.remedies else None,
        "runs_instead": None,
        "recommendation_id": each.id,
        "let_in": _listed(map(granted, each.grants)),
        "also_governed": None,
    }


def _listed(values: Iterable[str]) -> str:
    """Each value once, the first of them where they are too many."""
    once = list(dict.fromkeys(values))
    more = [f"and {len(once) - MOST_LISTED:,} more"] if len(once) > MOST_LISTED else []
    return BETWEEN.join([*once[:MOST_LISTED], *more])


def _listening(addresses: tuple[str, ...] | None) -> str | None:
    """Empty where nobody looked, ``nothing`` where somebody looked and nothing listened."""
    return None if addresses is None else BETWEEN.join(addresses) or "nothing"
