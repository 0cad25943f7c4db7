"""A TOML text → exceptions: openings that someone answers for, until when and why.

```toml
[[exception]]
machine = "sql-*"          # a name with * and ?; as are rule and tenant
port = 1433
reason = "the vendor connects here until the migration"   # without a reason it is none
owner = "data platform"
expires = 2027-03-31       # from the next day on it is none
```
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fnmatch import translate
from functools import lru_cache
from typing import Any

from longtail.errors import InputError
from longtail.ports.findings import Recommendation, Verdict
from longtail.ports.openings import Opening, Rule
from longtail.text import clean

PATTERNS = ("machine", "rule", "tenant")
KNOWN = frozenset({*PATTERNS, "port", "tag", "reason", "owner", "approver", "expires"})
LONGEST = 500


@dataclass(frozen=True)
class Exempt:
    """One exception: what it matches (all that is given must), why, and until when.

    ``place`` tells where in the file it stands. ``tag`` matches ``name`` or ``name=value`` of a rule's tags.
    """

    place: str
    reason: str
    machine: str = "*"
    rule: str = "*"
    tenant: str = "*"
    port: int | None = None
    tag: str = ""
    owner: str = ""
    expires: date | None = None


@dataclass(frozen=True)
class Exceptions:
    """The exceptions that hold, and a sentence on each that does not."""

    exempt: tuple[Exempt, ...] = ()
    notes: tuple[str, ...] = field(default=())


def exceptions(text: str, today: date) -> Exceptions:
    """The exceptions in a TOML text that hold on ``today``; expired and invalid ones are ignored, and told.

    Raises:
        InputError: it is no TOML, or has anything but exceptions in it: what it was to hold open would not be.
    """
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as wrong:
        raise InputError(f"the exceptions cannot be read: {clean(wrong, 200)}") from wrong
    if unknown := sorted(table.keys() - {"exception"}):
        raise InputError(f"the exceptions say what nobody knows: {clean(unknown[0], 80)}; write [[exception]]")
    read = table.get("exception", [])
    records = read if isinstance(read, list) else [read]
    found = [_read(f"exception {number}", record, today) for number, record in enumerate(records, 1)]
    return Exceptions(
        tuple(each for each in found if isinstance(each, Exempt)),
        tuple(each for each in found if isinstance(each, str)),
    )


def _read(place: str, record: Any, today: date) -> Exempt | str:
    """The exception, or why it is none."""
    wrong = next(_wrong(record), None)
    if wrong is not None:
        return f"{place} is ignored: {wrong}"
    expires = record.get("expires")
    expires = expires.date() if isinstance(expires, datetime) else expires
    if expires is not None and expires < today:
        return f"{place} ({clean(record['reason'], 80)}) expired on {expires}: it is ignored"
    given = {name: record[name] for name in (*PATTERNS, "port", "tag", "owner") if name in record}
    return Exempt(place, record["reason"], expires=expires, **given)


def _wrong(record: Any) -> Iterator[str]:
    if not isinstance(record, dict):
        yield "it is no table"
        return
    texts = {name: record[name] for name in (*PATTERNS, "reason", "owner", "tag") if name in record}
    if bad := sorted(name for name, value in texts.items() if not isinstance(value, str) or len(value) > LONGEST):
        yield f"{bad[0]} must be a text of at most {LONGEST} characters"
    if not isinstance(record.get("reason"), str) or not record["reason"].strip():
        yield "it gives no reason"
    if not {"machine", "rule", "tenant", "port", "tag"} & record.keys():
        yield "it matches everything: name a machine, port, rule, tenant or tag"
    if type(record.get("port", 0)) is not int:
        yield "port must be a number"
    if not isinstance(record.get("expires", date.max), date):
        yield "expires must be a date, like 2027-03-31"
    if unknown := sorted(record.keys() - KNOWN):
        yield f"it says what nobody knows: {clean(unknown[0], 80)}"


def excepted(
    recommendation: Recommendation, rules: Mapping[str, Rule], exempt: tuple[Exempt, ...]
) -> tuple[Exempt, ...]:
    """The exceptions that match a recommendation."""
    held = [rules[each] for opening in recommendation.openings for each in opening.rules if each in rules]
    ids = {id for opening in recommendation.openings for id in opening.rules}
    return tuple(each for each in exempt if _matches(each, recommendation, held, ids))


def held_wide(openings: Sequence[Opening], rules: Mapping[str, Rule], exempt: tuple[Exempt, ...]) -> tuple[Exempt, ...]:
    """The exceptions that match a machine's wide openings; those with a port hold that one open, the others all."""
    if not openings or not exempt:
        return ()
    found = Recommendation("", openings[0].tenant, openings[0].machine, 0, "", Verdict.BACKED, 0.0, "", tuple(openings))
    return tuple(each for each in exempt if excepted(replace(found, port=each.port or 0), rules, (each,)))


def _matches(each: Exempt, found: Recommendation, held: list[Rule], ids: set[str]) -> bool:
    names = ids | {rule.name for rule in held}
    return (
        (each.port is None or each.port == found.port)
        and _like(each.machine, found.machine)
        and _like(each.tenant, found.tenant)
        and (each.rule == "*" or any(_like(each.rule, name) for name in names))
        and (not each.tag or any(_tagged(each.tag, rule.tags) for rule in held))
    )


def _tagged(tag: str, tags: Mapping[str, str]) -> bool:
    name, stated, value = tag.partition("=")
    return any(key.casefold() == name.casefold() and (not stated or tags[key] == value) for key in tags)


def _like(pattern: str, text: str) -> bool:
    return _pattern(pattern.casefold()).fullmatch(text.casefold()) is not None


@lru_cache(maxsize=4096)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(re.sub(r"\*+", "*", pattern)))


def answered(found: Exempt) -> str:
    """Why an exception silences a finding, in one line."""
    until = f", until {found.expires}" if found.expires else ""
    owner = f" ({clean(found.owner, 80)})" if found.owner else ""
    return f"{clean(found.reason, 200)}{owner}{until}"
