"""Prefix lists, and who is in which security group → the addresses that a source of a permission stands for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from longtail.network.addresses import EVERYWHERE, IPV4, IPV6, addresses
from longtail.network.intervals import Intervals, merged
from longtail.network.layers import ANYWHERE, Origin, doubted
from longtail.network.sources.aws_exports import Exported, Record
from longtail.network.sources.aws_fields import text
from longtail.network.sources.aws_groups import BLOCK, GROUP, LIST, Group, Permission
from longtail.network.sources.aws_interfaces import Nic
from longtail.ports.openings import Scope

FAMILIES = {"IPv4": IPV4, "IPv6": IPV6}


@dataclass(frozen=True, slots=True)
class PrefixList:
    """The blocks of a prefix list that are known, and whether these are all."""

    blocks: Intervals = ()
    told: bool = False
    most: Intervals = EVERYWHERE  # what it can hold at all: the addresses of its family
    name: str = ""


@dataclass(frozen=True)
class Members:
    """Who is in a security group: private addresses, the machines (or lone interfaces) they belong to, if all known."""

    addresses: Intervals = ()
    owners: frozenset[str] = frozenset()
    told: bool = False


@dataclass(frozen=True)
class Known:
    """What the sources of permissions are resolved with."""

    lists: Mapping[str, PrefixList] = field(default_factory=dict)
    members: Mapping[str, Members] = field(default_factory=dict)


def prefix_lists(exported: Exported) -> dict[str, PrefixList]:
    """Every prefix list that was exported, with or without its entries."""
    pages: dict[str, list[Record]] = {}
    for each in exported.of("PrefixLists"):
        pages.setdefault(each.record["PrefixListId"], []).append(each.record)
    return {id: _prefix_list(every) for id, every in pages.items()}


def members(groups: Mapping[str, Group], nics: Mapping[str, Nic], exported: Exported) -> dict[str, Members]:
    """Who is in each group that is described or attached.

    All are known only where the interfaces of its account and region were exported (instances alone do not show those
    of load balancers or databases), and each of them says its groups and addresses.
    """
    attached: dict[str, list[Nic]] = {id: [] for id in groups}
    for nic in nics.values():
        for id in nic.groups:
            attached.setdefault(id, []).append(nic)
    seen, regions = _seen(nics, exported), _regions(nics)
    return {id: _members(every, _places(groups.get(id), every, regions), seen) for id, every in attached.items()}


def origin(permission: Permission, known: Known) -> Origin:
    """From where a permission lets traffic in, as far as that is known."""
    found = _ORIGINS.get(permission.origin.kind, _unread)(permission, known)
    return doubted(found, "; ".join(permission.traffic.troubles)) if permission.traffic.troubles else found


def _prefix_list(pages: list[Record]) -> PrefixList:
    entries = [page for page in pages if _blocks(page) is not None]
    written = [each for page in entries for each in _blocks(page) or ()]
    known = [block for each in written if isinstance(each, str) and (block := addresses(each)) is not None]
    family = next((FAMILIES[said] for page in pages if (said := text(page, "AddressFamily")) in FAMILIES), EVERYWHERE)
    return PrefixList(
        blocks=merged(interval for block in known for interval in block),
        told=any(not page.get("NextToken") for page in entries) and len(known) == len(written),
        most=family,
        name=next((name for page in pages if (name := text(page, "PrefixListName"))), ""),
    )


def _blocks(page: Record) -> list[object] | None:
    """The blocks on a page as written; None if it lists none (``describe-managed-prefix-lists``)."""
    entries, blocks = page.get("Entries"), page.get("Cidrs")
    if isinstance(entries, list):
        return [each.get("Cidr") if isinstance(each, Mapping) else None for each in entries]
    return blocks if isinstance(blocks, list) else None


Place = tuple[str, str]
"""An account and a region."""


def _seen(nics: Mapping[str, Nic], exported: Exported) -> frozenset[Place]:
    """Where all interfaces are known, with their groups and addresses."""
    if "NetworkInterfaces" in exported.partial:
        return frozenset()
    described = {each.record["NetworkInterfaceId"] for each in exported.of("NetworkInterfaces")}
    places = {(nic.account, nic.region) for nic in nics.values() if nic.id in described}
    vague = {(nic.account, nic.region) for nic in nics.values() if not nic.told and nic.instance}
    silent = {(nic.account, nic.region) for nic in nics.values() if nic.groups and not nic.held}
    return frozenset(places - vague - silent)


def _regions(nics: Mapping[str, Nic]) -> dict[str, str]:
    """The region of each account that is in one only."""
    found: dict[str, set[str]] = {}
    for nic in nics.values():
        found.setdefault(nic.account, set()).add(nic.region)
    return {account: next(iter(regions)) for account, regions in found.items() if len(regions) == 1}


def _places(group: Group | None, attached: Iterable[Nic], regions: Mapping[str, str]) -> frozenset[Place]:
    """Where a group's members live. A group that does not say its region has that of what it is attached to."""
    found = {(nic.account, nic.region) for nic in attached}
    if group and (group.region or not found):
        found.add((group.account, group.region or regions.get(group.account, "")))
    return frozenset(found)


def _members(attached: list[Nic], places: frozenset[Place], seen: frozenset[Place]) -> Members:
    return Members(
        addresses=merged(interval for nic in attached for interval in nic.held),
        owners=frozenset(nic.owner for nic in attached),
        told=bool(places) and places <= seen,
    )


def _block(permission: Permission, known: Known) -> Origin:
    block = addresses(permission.origin.value)
    return ANYWHERE if block is None else Origin(block)


def _list(permission: Permission, known: Known) -> Origin:
    id = permission.origin.value
    found = known.lists.get(id, PrefixList())
    if found.told:
        return Origin(found.blocks, name=id)
    return Origin(found.most, found.blocks, name=id, unresolved=f"the entries of prefix list {id} were not exported")


def _group(permission: Permission, known: Known) -> Origin:
    id = permission.origin.value
    found = known.members.get(id, Members())
    if found.told:
        return Origin(found.addresses, name=id, scope=Scope.GROUP)
    whose = f" (account {permission.origin.account})" if permission.origin.account else ""
    why = f"the members of security group {id}{whose} are not all exported"
    return Origin(EVERYWHERE, found.addresses, name=id, scope=Scope.GROUP, unresolved=why)


def _unread(permission: Permission, known: Known) -> Origin:
    why = f"a source {permission.origin.value}".rstrip() + f" of security group {permission.group} cannot be read"
    return ANYWHERE if permission.traffic.troubles else doubted(ANYWHERE, why)


_ORIGINS = {BLOCK: _block, LIST: _list, GROUP: _group}
