"""Azure documents → the resources that decide what is open: groups, interfaces, machines, networks, addresses."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from longtail.network.addresses import addresses
from longtail.network.intervals import Intervals, merged
from longtail.network.source import Refused
from longtail.network.sources.azure_fields import (
    Fields,
    fields,
    items,
    key,
    kind,
    reference,
    references,
    text,
    texts,
)
from longtail.network.sources.azure_nouns import (
    AdminRule,
    ApplicationGroup,
    Balancer,
    Configuration,
    Effective,
    Group,
    MachineAddresses,
    Nic,
    Passed,
    PublicAddress,
    Subnet,
    VirtualNetwork,
    Vm,
)
from longtail.network.sources.azure_rules import DEFAULTS, Holder, SecurityRule, inbound

NOT_AN_OBJECT = "not a security rule: it may allow anything"
NO_RULES = "network security group without securityRules: what it allows is not known"
NO_ID = "{} without id"
NO_CONFIGURATIONS = "network interface without ipConfigurations: how it is reached is not known"


Found = Iterator[Any]
Reader = Callable[[Fields, str], Found]


def resources(record: Any, place: str) -> Found:
    """Everything in one record; nothing where it is not Azure's."""
    held = fields(record)
    if (effective := held.get("effectivesecurityrules")) is not None:
        yield from _effective(held, effective, place)
    elif isinstance(held.get("virtualmachine"), Mapping) and "network" in fields(held["virtualmachine"]):
        yield from _addresses_of_machine(fields(held["virtualmachine"]), place)
    elif reader := READERS.get(kind(held)) or _by_mark(held):
        yield from _identified(reader, held, place)
    elif "microsoft." in text(held, "type").lower():
        yield Passed()


def _identified(reader: Reader, held: Fields, place: str) -> Found:
    if not key(text(held, "id")):
        yield Refused(place, NO_ID.format(kind(held) or "a resource"))
    else:
        yield from reader(held, place)


def _by_mark(held: Fields) -> Reader | None:
    marks: tuple[tuple[str, Reader], ...] = (
        ("securityrules", _group),
        ("ipconfigurations", _nic),
        ("networkprofile", _vm),
        ("addressspace", _network),
    )
    return next((reader for mark, reader in marks if mark in held and "id" in held), None)


def _group(held: Fields, place: str) -> Found:
    id = _id(held)
    listed, shown = held.get("securityrules"), held.get("defaultsecurityrules")
    tags = held.get("tags")
    holder = Holder(id, tags if isinstance(tags, Mapping) else {})
    rules: list[SecurityRule] = []
    refused: list[Refused] = []
    if not isinstance(listed, list):
        refused.append(Refused(place, NO_RULES))
    _read_rules(items(held, "securityrules"), holder, place, (rules, refused))
    defaults = shown if isinstance(shown, list) and shown else list(DEFAULTS)
    _read_rules(defaults, Holder(id, holder.tags, default=True), place, (rules, refused))
    yield from refused
    yield Group(
        id=id,
        rules=tuple(sorted(rules, key=lambda rule: (rule.priority, rule.name.lower()))),
        interfaces=references(held, "networkinterfaces"),
        subnets=references(held, "subnets"),
        doubts=tuple(dict.fromkeys(f"{text(held, 'name') or id}: {each.reason}" for each in refused if _whole(each))),
    )


def _whole(refused: Refused) -> bool:
    """Whether something is missing from the group, rather than doubtful about a rule that is kept."""
    return refused.reason in (NOT_AN_OBJECT, NO_RULES)


def _read_rules(
    records: Sequence[Any], holder: Holder, place: str, into: tuple[list[SecurityRule], list[Refused]]
) -> None:
    rules, refused = into
    for number, record in enumerate(records):
        where = f"{place}:{'defaultSecurityRules' if holder.default else 'securityRules'}[{number}]"
        if not isinstance(record, Mapping):
            refused.append(Refused(where, NOT_AN_OBJECT))
        elif rule := inbound(record, holder, number):
            rules.append(rule)
            refused += [Refused(where, doubt) for doubt in (*rule.doubts, rule.vague) if doubt]


def _effective(held: Fields, rules: Any, place: str) -> Found:
    association = fields(held.get("association"))
    target = next(
        (id for name in ("networkinterface", "subnet") if (id := reference(association.get(name)))),
        "",
    )
    group = fields(held.get("networksecuritygroup")).get("id") or f"{target}/effective"
    found = list(_group({"id": str(group), "securityrules": rules, "defaultsecurityrules": [_LAST]}, place))
    yield from (each for each in found if isinstance(each, Refused))
    if not key(target):
        yield Passed()
        return
    yield from (Effective(key(target), each) for each in found if isinstance(each, Group))


_LAST = DEFAULTS[-1]  # an effective answer shows its default rules; what it leaves open at the end is denied


def _nic(held: Fields, place: str) -> Found:
    listed = items(held, "ipconfigurations")
    if not listed:
        yield Refused(place, NO_CONFIGURATIONS)
        return
    yield Nic(
        id=_id(held),
        group=key(reference(held.get("networksecuritygroup"))),
        machine=reference(held.get("virtualmachine")),
        configurations=tuple(_configuration(fields(each)) for each in listed),
        routes=held.get("enableipforwarding") is True,
    )


def _configuration(held: Fields) -> Configuration:
    passed_on = (
        *references(held, "loadbalancerinboundnatrules"),
        *references(held, "loadbalancerbackendaddresspools"),
        *references(held, "applicationgatewaybackendaddresspools"),
    )
    return Configuration(
        address=text(held, "privateipaddress"),
        subnet=key(reference(held.get("subnet"))),
        public=key(reference(held.get("publicipaddress"))),
        groups=references(held, "applicationsecuritygroups"),
        balancers=tuple(dict.fromkeys("/".join(each.split("/")[:-2]) for each in passed_on)),
    )


def _vm(held: Fields, place: str) -> Found:
    tags = held.get("tags")
    profile = fields(held.get("networkprofile"))
    yield Vm(
        id=_id(held),
        name=text(held, "name") or _id(held).rsplit("/", 1)[-1],
        computer=text(fields(held.get("osprofile")), "computername"),
        nics=references(profile, "networkinterfaces"),
        addresses=tuple(
            part.strip()
            for each in texts(held, "privateips", "publicips", "fqdns", "vmid")
            for part in each.split(",")
            if part.strip()
        ),
        tags=tuple((str(name), str(value)) for name, value in tags.items()) if isinstance(tags, Mapping) else (),
    )


def _addresses_of_machine(held: Fields, place: str) -> Found:
    """``az vm list-ip-addresses``: a name and addresses, from which a machine is known but not what governs it."""
    network = fields(held.get("network"))
    public = tuple(text(fields(each), "ipaddress") for each in items(network, "publicipaddresses"))
    yield MachineAddresses(
        key(text(held, "resourcegroup")),
        text(held, "name"),
        (*texts(network, "privateipaddresses"), *filter(None, public)),
    )


def _subnet(held: Fields, place: str) -> Found:
    yield Subnet(_id(held), key(reference(held.get("networksecuritygroup"))), _prefixes(held))


def _network(held: Fields, place: str) -> Found:
    id = _id(held)
    space = fields(held.get("addressspace"))
    told, peers = [_prefixes(space)], []
    for each in items(held, "virtualnetworkpeerings"):
        peering = fields(each)
        remote = _prefixes(fields(peering.get("remotevirtualnetworkaddressspace") or peering.get("remoteaddressspace")))
        told.append(remote)
        peers += [] if remote else [key(reference(peering.get("remotevirtualnetwork")))]
    subnets = [fields(each) for each in items(held, "subnets")]
    names = {text(each, "name").lower() for each in subnets}
    yield VirtualNetwork(id, merged(one for each in told for one in each), tuple(peers), "gatewaysubnet" in names)
    for each in subnets:
        if text(each, "name", "id") and each.keys() & {"addressprefix", "addressprefixes", "networksecuritygroup"}:
            yield from _subnet({"id": f"{id}/subnets/{each.get('name')}", **each}, place)


def _prefixes(held: Fields) -> Intervals:
    known = (addresses(each) for each in texts(held, "addressprefix", "addressprefixes"))
    return merged(one for each in known if each for one in each)


def _public(held: Fields, place: str) -> Found:
    yield PublicAddress(_id(held), text(held, "ipaddress"))


def _application_group(held: Fields, place: str) -> Found:
    yield ApplicationGroup(_id(held))


def _balancer(held: Fields, place: str) -> Found:
    fronts = [fields(each) for each in items(held, "frontendipconfigurations")]
    rules = [fields(each) for each in items(held, "inboundnatrules")]
    pools = [fields(each) for each in items(held, "backendaddresspools")]
    direct = (key(reference(rule.get("backendipconfiguration"))) for rule in rules)
    pooled = (each for pool in pools for each in references(pool, "backendipconfigurations"))
    yield Balancer(
        id=_id(held),
        public=not fronts or any(front.get("publicipaddress") for front in fronts),
        configurations=tuple(dict.fromkeys(each for each in (*direct, *pooled) if each)),
    )


def _admin(held: Fields, place: str) -> Found:
    rule = inbound(dict(held), Holder(_id(held), {}), 0)
    if rule:
        yield from (Refused(place, doubt) for doubt in (*rule.doubts, rule.vague) if doubt)
        yield AdminRule(rule)
    else:
        yield Passed()


def _id(held: Fields) -> str:
    return text(held, "id").strip()


READERS: dict[str, Reader] = {
    "networksecuritygroups": _group,
    "networkinterfaces": _nic,
    "virtualmachines": _vm,
    "virtualmachinescalesets/virtualmachines": _vm,
    "virtualmachinescalesets/virtualmachines/networkinterfaces": _nic,
    "virtualnetworks": _network,
    "virtualnetworks/subnets": _subnet,
    "publicipaddresses": _public,
    "applicationsecuritygroups": _application_group,
    "loadbalancers": _balancer,
    "networkmanagers/securityadminconfigurations/rulecollections/rules": _admin,
}
