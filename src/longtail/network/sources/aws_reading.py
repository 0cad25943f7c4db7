"""Documents exported from AWS, whatever their files are called → the resources in them, keys as the API writes them.

Known are the answers of ``aws ec2 describe-…`` and ``get-managed-prefix-list-entries`` (whole, as a bare list through
``--query``, several in one document, under regions or accounts), Steampipe rows (``group_id``) and AWS Config items
(``groupId`` under ``configuration``).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import msgspec
import polars as pl

from longtail.network.source import Export
from longtail.network.sources.aws_exports import (
    COLLECTIONS,
    CONFIGURED,
    KINDS,
    REGION,
    Found,
    Kind,
    Loss,
    Page,
    Record,
    Resource,
)
from longtail.network.sources.aws_fields import text

DEEPEST = 12  # levels below which keys are left as they are: the API nests five
LONGEST = 64  # characters of a key that may be one of ours
WRAPPED = 4  # levels of lists, regions, accounts, pages around a collection

NO_OBJECT = "not a JSON object"

ACCOUNT = re.compile(r"\d{12}")
ONE_BY_ONE = re.compile(r":line \d+(?: \S*\[\d+\])?$")
"""Where a record stands that did not come in a list: in JSON lines, or in what is left of a damaged file.

Then there may be more than was read: what is absent is not known to be absent.
"""
PREFIX_LIST = re.compile(r"pl-[0-9a-f]{8,17}")


@dataclass(frozen=True, slots=True)
class _Where:
    """The way to a value: its place, region and account named on the way, the kind of its list, levels descended."""

    place: str
    region: str = ""
    account: str = ""
    kind: Kind | None = None
    depth: int = 0

    def under(self, key: str) -> "_Where":
        """One level further down, by a key that may name a region or an account."""
        return replace(
            self,
            place=f"{self.place}/{key}",
            region=key if REGION.fullmatch(key) else self.region,
            account=key if ACCOUNT.fullmatch(key) else self.account,
            depth=self.depth + 1,
        )

    def at(self, index: int, kind: Kind | None) -> "_Where":
        """An element of a list."""
        return replace(self, place=f"{self.place}[{index}]", kind=kind, depth=self.depth + 1)


def read(document: Any, place: str) -> Export:
    """The resources of one document and what could not be used of it; nothing if it is no export of AWS."""
    words = re.split(r"[/\\]", place)
    region = next((word for word in reversed(words) if REGION.fullmatch(word)), "")
    account = next((word for word in reversed(words) if ACCOUNT.fullmatch(word)), "")
    found = list(_read(document, _Where(place, region, account)))
    alone = {each.kind for each in found if isinstance(each, Resource) and each.place == place}
    pieces = [Page(kind, more=False, whole=False) for kind in alone if ONE_BY_ONE.search(place)]
    return Export(
        [*(each for each in found if not isinstance(each, Loss)), *pieces],
        [each for each in found if isinstance(each, Loss)],
    )


def canonical(value: Any, depth: int = 0) -> Any:
    """``value`` with every key as the API writes it; the user's own keys (tags) stay."""
    if isinstance(value, Mapping) and depth < DEEPEST:
        named = {api_name(key): each for key, each in value.items()}
        return {
            key: each if key == "Tags" and isinstance(each, Mapping) else canonical(each, depth + 1)
            for key, each in named.items()
        }
    if isinstance(value, list) and depth < DEEPEST:
        return [canonical(each, depth + 1) for each in value]
    return value


def api_name(key: str) -> str:
    """``group_id`` and ``groupId`` as the API writes them: ``GroupId``."""
    return _api_name(key) if key[:1].islower() and len(key) <= LONGEST else key


@lru_cache(maxsize=4096)
def _api_name(key: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in key.split("_"))


def _read(document: Any, where: _Where) -> Iterator[Found]:
    if not isinstance(document, pl.DataFrame):
        yield from _found(document, where)
    elif any(mark <= {api_name(name) for name in document.columns} for kind in KINDS for mark in kind.marks):
        for number, row in enumerate(document.iter_rows(named=True), 1):
            cells = {name: _cell(value) for name, value in row.items() if value not in (None, "")}
            yield from _found(cells, replace(where, place=f"{where.place}:row {number}"))


def _cell(value: Any) -> Any:
    """A cell of a table; lists and objects stand in it as JSON."""
    return _decoded(value) if isinstance(value, str) and value[:1] in ("[", "{") else value


def _found(value: Any, where: _Where) -> Iterator[Found]:
    if isinstance(value, list) and where.depth < WRAPPED:
        for index, each in enumerate(value):
            yield from _found(each, where.at(index, where.kind))
    elif isinstance(value, Mapping):
        yield from _of_object(value, where)
    elif where.kind:
        yield Loss(where.kind.collection, where.place, NO_OBJECT)


def _of_object(value: Record, where: _Where) -> Iterator[Found]:
    named = {api_name(key): each for key, each in value.items() if isinstance(key, str)}
    if text(named, "ResourceType") in CONFIGURED:
        yield from _configured(named, where)
    elif kind := where.kind or _kind(named):
        yield from _resource(kind, named if named.keys() == value.keys() else canonical(named), where)
    elif _entries_of_a_prefix_list(named):
        yield _entries(named, where)
    else:
        yield from _collections(named, where)


def _kind(named: Record) -> Kind | None:
    return next((kind for kind in KINDS if any(mark <= named.keys() for mark in kind.marks)), None)


def _collections(named: Record, where: _Where) -> Iterator[Found]:
    for key, each in named.items():
        kind = COLLECTIONS.get(key)
        if kind and isinstance(each, list):
            below = where.under(key)
            yield from (found for index, one in enumerate(each) for found in _found(one, below.at(index, kind)))
            yield Page(kind.collection, bool(named.get("NextToken")))
        elif isinstance(each, Mapping | list) and where.depth < WRAPPED:
            yield from _found(each, where.under(key))


def _resource(kind: Kind, named: Record, where: _Where) -> Iterator[Found]:
    if kind.collection == "Reservations":
        yield from _reserved(named, where)
    elif not text(named, kind.id):
        yield Loss(kind.collection, where.place, f"{kind.collection} without {kind.id}")
    else:
        yield Resource(kind.collection, named, where.place, _region(named, where), _account(named, where))


def _reserved(named: Record, where: _Where) -> Iterator[Found]:
    """The instances of a reservation; the reservation tells whose they are."""
    instances = named.get("Instances")
    if not isinstance(instances, list):
        yield Loss("Instances", where.place, "Reservations without Instances")
        return
    below = replace(where.under("Instances"), account=_account(named, where), depth=0)
    for index, each in enumerate(instances):
        yield from _found(each, below.at(index, COLLECTIONS["Instances"]))


def _entries_of_a_prefix_list(named: Record) -> bool:
    entries = named.get("Entries")
    first = entries[0] if isinstance(entries, list) and entries else None
    return isinstance(first, Mapping) and "Cidr" in {api_name(key) for key in first if isinstance(key, str)}


def _entries(named: Record, where: _Where) -> Found:
    """Entries do not say whose they are: the id is taken from the file's name."""
    names = PREFIX_LIST.findall(where.place)
    if not names:
        return Loss("PrefixLists", where.place, "entries of a prefix list that neither they nor the file's name tell")
    record = {"PrefixListId": names[-1], **canonical(named)}
    return Resource("PrefixLists", record, where.place, where.region, where.account)


def _configured(named: Record, where: _Where) -> Iterator[Found]:
    """The resource that an item of AWS Config describes."""
    kind = CONFIGURED[named["ResourceType"]]
    configuration = _decoded(named.get("Configuration"))
    if not isinstance(configuration, Mapping):
        yield Loss(kind.collection, where.place, "AWS Config item without a configuration")
        return
    inside = replace(
        where,
        region=text(named, "AwsRegion") or where.region,
        account=text(named, "AwsAccountId") or text(named, "AccountId") or where.account,
    )
    yield from _resource(kind, canonical(configuration), inside)


def _decoded(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def _region(named: Record, where: _Where) -> str:
    return text(named, "Region") or where.region


def _account(named: Record, where: _Where) -> str:
    """Whose a resource is: its owner; a Steampipe row's account; the account on the way to it."""
    return text(named, "OwnerId") or text(named, "GroupOwnerId") or text(named, "AccountId") or where.account
