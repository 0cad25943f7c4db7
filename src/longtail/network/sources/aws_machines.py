"""Instances and their interfaces → machines, with the names they may be called by and what a remedy must name."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address

from longtail.network.addresses import V6_FROM, address
from longtail.network.sources.aws_interfaces import Instance, Nic
from longtail.network.sources.aws_rules import PLATFORM
from longtail.ports.openings import ROUTES, Machine

NO_ACCOUNT = "default"


def machines(instances: Mapping[str, Instance], nics: Iterable[Nic], tenant: str | None) -> dict[str, Machine]:
    """A machine for each instance that is described or has an interface, by instance id; terminated ones are none."""
    attached: dict[str, list[Nic]] = {id: [] for id, each in instances.items() if not each.gone}
    for nic in nics:
        if nic.instance and not (nic.instance in instances and instances[nic.instance].gone):
            attached.setdefault(nic.instance, []).append(nic)
    known = {id: instances.get(id, Instance(id)) for id in attached}
    owners = {id: tenant or known[id].account or _first(nic.account for nic in attached[id]) for id in attached}
    names = Counter((owners[id], each.name) for id, each in known.items())
    return {
        id: _machine(each, attached[id], owners[id] or NO_ACCOUNT, names[owners[id], each.name] == 1)
        for id, each in known.items()
    }


def _machine(instance: Instance, nics: list[Nic], tenant: str, own_name: bool) -> Machine:
    """``own_name``: no other machine of the tenant bears the same Name tag, which else would join the wrong host."""
    name = instance.name if instance.name and own_name else instance.id
    private = _distinct((*instance.addresses, *(each for nic in nics for each in nic.addresses)))
    names = _distinct((*instance.names, *(each for nic in nics for each in nic.names)))
    return Machine(
        tenant=tenant,
        name=name,
        platform=PLATFORM,
        aliases=_distinct((name, instance.id, *names, *private, *_windows_names(instance, private))),
        detail=dict(_detail(instance, nics, private)),
    )


def _detail(instance: Instance, nics: list[Nic], private: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    real = {nic.id: list(nic.groups) for nic in nics if "/" not in nic.id}
    found = {
        "instance_id": instance.id,
        "account": instance.account or _first(nic.account for nic in nics),
        "region": instance.region or _first(nic.region for nic in nics),
        "vpc_id": instance.vpc or _first(nic.vpc for nic in nics),
        "state": instance.state,
        "name_tag": instance.name,
        "private_ips": " ".join(private),
        "public_ips": " ".join(_distinct(each for nic in nics for each in nic.public)),
        "security_groups": " ".join(_distinct(each for nic in nics for each in nic.groups)),
        "network_interfaces": json.dumps(real) if real else "",
        ROUTES: "yes" if any(nic.routes for nic in nics) else "",
    }
    yield from ((key, value) for key, value in found.items() if value)


def _windows_names(instance: Instance, private: Iterable[str]) -> Iterator[str]:
    """What EC2Config and EC2Launch call a Windows machine that nobody named: ``IP-0A00002F`` for 10.0.0.47."""
    for each in private if instance.windows else ():
        number = address(each)
        if number is not None and number < V6_FROM:
            yield f"IP-{int(IPv4Address(number)):08X}"


def _first(values: Iterable[str]) -> str:
    return next((each for each in values if each), "")


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in values if each))
