"""A rule's logic, its deeds and the fleet → what proves it: backtest, transfer, evasions, what is new about it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from longtail.detections.backtest_counts import Seen
from longtail.detections.evasions import EVASIONS, Start
from longtail.detections.findings import Share
from longtail.detections.generalise import Deed, events_of
from longtail.detections.legitimate import NUMBERS, Fleet
from longtail.detections.matching import Matcher, rows_of
from longtail.detections.matching_terms import Rule as Existing
from longtail.detections.neutral import neutral
from longtail.detections.predicates import EVENT, Predicate, conjunction, lowered
from longtail.detections.synthesis import Found
from longtail.secrets import redacted

MOST_EXAMPLES = 5
STABLE_EVENTS, STABLE_HOSTS, STABLE_TENANTS, STABLE_DAYS, STABLE_BOUND = 10, 3, 2, 2, 10.0
TEST_HOSTS, TEST_BOUND = 2, 100.0
"""What a status asks for: events, hosts, tenants and days seen; the upper bound of benign hits per 10,000 host-days."""


@dataclass(frozen=True, slots=True)
class Lawful:
    """A fleet's lawful starts, numbered for counting, and in lower case for asking."""

    seen: Seen
    faces: pl.DataFrame

    def rows(self, predicates: Sequence[Predicate]) -> NDArray[np.int64]:
        """The rows that a rule fires on."""
        faces = np.flatnonzero(conjunction(predicates, self.faces).to_numpy())
        return self.seen.rows_of(faces.astype(np.int64))


@dataclass(frozen=True, slots=True)
class Proof:
    """What proves a rule.

    The shares are of lawful use: of everything, by account class, tenant and day, each with an upper bound. ``must``
    match and ``must_not`` are process starts, secrets redacted; ``neutral`` are the same deeds by somebody else.
    ``transfers`` is the share of deeds that match when somebody else does them with other names and addresses.
    ``known_to`` names existing rules that match the deeds, ``new`` the share of deeds that none of them matches.
    """

    whole: Share
    by_class: tuple[Share, ...]
    by_tenant: tuple[Share, ...]
    by_day: tuple[Share, ...]
    must: tuple[Start, ...]
    must_not: tuple[Start, ...]
    neutral: tuple[Start, ...]
    transfers: float
    survives: tuple[str, ...]
    evaded_by: tuple[str, ...]
    known_to: tuple[str, ...]
    new: float

    @property
    def account_rule(self) -> bool:
        """Whether it does not find the same deed done by somebody else elsewhere."""
        return self.transfers < 1


def lawful(of_fleet: Fleet) -> Lawful:
    """The lawful starts of a fleet, made ready once for all its rules."""
    seen = Seen.of(of_fleet.starts.filter(pl.col("lawful")).drop("lawful", *NUMBERS))
    return Lawful(seen, lowered(seen.faces))


def proof(found: Found, use: Lawful, existing: Sequence[Existing] = ()) -> Proof:
    """What proves a rule; nothing of it depends on the order of deeds or starts."""
    predicates, rows = found.logic.predicates, use.rows(found.logic.predicates)
    starts = [_start(deed) for deed in found.deeds]
    elsewhere = [neutral(start, predicates) for start in starts]
    survives, evaded = _evasions(starts, predicates)
    known_to, new = _coverage(found.deeds, existing)
    matched = _matched(elsewhere, predicates)
    return Proof(
        whole=use.seen.whole(rows),
        by_class=use.seen.shares("account_class", rows),
        by_tenant=use.seen.shares("tenant", rows),
        by_day=use.seen.shares("day", rows),
        must=_distinct([_redacted(each) for each in starts]),
        must_not=_must_not(found, use),
        neutral=_distinct([_redacted(each) for each, true in zip(elsewhere, matched, strict=True) if true]),
        transfers=sum(matched) / len(matched),
        survives=survives,
        evaded_by=evaded,
        known_to=known_to,
        new=new,
    )


def status(found: Found, proved: Proof) -> str:
    """How far the evidence carries: ``experimental``, ``test`` or ``stable``."""
    hosts = len({(deed.tenant, deed.host) for deed in found.deeds})
    tenants, days = len({deed.tenant for deed in found.deeds}), len({deed.day for deed in found.deeds})
    if proved.account_rule or proved.whole.of_host_days == 0:
        return "experimental"
    often = len(found.deeds) >= STABLE_EVENTS and hosts >= STABLE_HOSTS
    if often and tenants >= STABLE_TENANTS and days >= STABLE_DAYS and proved.whole.upper <= STABLE_BOUND:
        return "stable"
    return "test" if hosts >= TEST_HOSTS and proved.whole.upper <= TEST_BOUND else "experimental"


def _start(deed: Deed) -> Start:
    return Start(deed.image, deed.command_line, deed.parent_image, deed.account)


def _redacted(start: Start) -> Start:
    return start._replace(command_line=redacted(start.command_line))


def _distinct(starts: Sequence[Start]) -> tuple[Start, ...]:
    return tuple(dict.fromkeys(sorted(starts, key=lambda each: (len(each.command_line), each[:4]))))[:MOST_EXAMPLES]


def _matched(starts: Sequence[Start], predicates: Sequence[Predicate]) -> list[bool]:
    table = lowered(pl.DataFrame(starts, schema=EVENT, orient="row"))
    return [bool(each) for each in conjunction(predicates, table)]


def _evasions(starts: Sequence[Start], predicates: Sequence[Predicate]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The evasions that the rule survives for every deed that they can be had of, and those it does not."""
    survives: list[str] = []
    evaded: list[str] = []
    for evasion in EVASIONS:
        dressed = [each for start in starts if (each := evasion.dress(start)) is not None]
        if dressed:
            (survives if all(_matched(dressed, predicates)) else evaded).append(evasion.name)
    return tuple(survives), tuple(evaded)


def _coverage(deeds: Sequence[Deed], existing: Sequence[Existing]) -> tuple[tuple[str, ...], float]:
    if not existing:
        return (), 1.0
    table = events_of(deeds).with_columns(pl.lit(None, pl.String).alias("parent_command_line"))
    hits = Matcher(existing).hits(rows_of(table))
    covered = {int(row) for rows in hits for row in rows}
    titles = sorted({rule.title for rule, rows in zip(existing, hits, strict=True) if rows.size})
    return tuple(titles), 1 - len(covered) / len(deeds)


def _must_not(found: Found, use: Lawful) -> tuple[Start, ...]:
    """Lawful uses that come nearest: of the same program, with most of what the rule demands."""
    demanded = [each for each in found.logic.predicates if each.name != "program"]
    named = [each for each in found.logic.predicates if each.name == "program"]
    if not named:
        return ()
    rows = use.seen.faces.filter(conjunction(named, use.faces))
    faces = lowered(rows)
    near = sum((conjunction((each,), faces).cast(pl.Int64) for each in demanded), pl.Series([0] * rows.height))
    ranked = rows.with_columns(near.alias("near")).filter(pl.col("near") < len(demanded))
    texts = ["image", "command_line", "parent_image", "account"]
    first = ranked.with_columns(pl.col(texts).cast(pl.String).fill_null("")).sort(
        ["near", *texts], descending=[True, *(False for _ in texts)]
    )
    shown = first.unique("command_line", keep="first", maintain_order=True).head(MOST_EXAMPLES)
    return tuple(_redacted(Start(*row)) for row in shown.select(texts).iter_rows())
