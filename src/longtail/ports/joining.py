"""Machines of a network and hosts of the telemetry → which are the same, and which of either side are left over.

They are joined by name, resource or instance id, or address, without regard to case or domain. A name that several
tenants use needs the tenant; a name that two machines or two hosts could mean is told as ambiguous, never guessed.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from longtail.ports.findings import Unjoined
from longtail.ports.openings import Machine, Network

Host = tuple[str, str]  # tenant, host as the telemetry names them

ANY_TENANT = frozenset({"", "default"})
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]*")


@dataclass(frozen=True, slots=True)
class Names:
    """Every way of naming the machines → their numbers, and the tenant of each machine.

    ``apart`` says that the two sides call no tenant alike, so that tenants cannot tell machines apart.
    """

    whole: Mapping[str, tuple[int, ...]]
    short: Mapping[str, tuple[int, ...]]
    tenants: tuple[str, ...]
    apart: bool = False

    def found(self, tenant: str, name: str) -> tuple[int, ...]:
        """The machines that ``name`` of ``tenant`` can mean: none, the one, or several if it is ambiguous."""
        key = _normal(name)
        exact = self._of_tenant(tenant, self.whole.get(key, ()), bool(_ADDRESS.fullmatch(key)))
        return exact or self._of_tenant(tenant, self.short.get(_short(key), ()), False)

    def _of_tenant(self, tenant: str, machines: tuple[int, ...], address: bool) -> tuple[int, ...]:
        if self.apart and not address:
            return machines
        mine = tenant.casefold()
        return tuple(
            each
            for each in machines
            if mine in ANY_TENANT or self.tenants[each] in ANY_TENANT or self.tenants[each] == mine
        )


@dataclass(frozen=True, slots=True)
class Joined:
    """``machine_of`` gives the number (in ``Network.machines``) of the machine that a telemetry host is."""

    names: Names
    machine_of: Mapping[Host, int]
    unjoined: tuple[Unjoined, ...]


def joined(network: Network, hosts: Iterable[Host]) -> Joined:
    """Each of ``hosts`` with its machine, and whatever is left over on either side with the reason."""
    hosts = sorted(set(hosts))
    names = _names(network.machines, {tenant.casefold() for tenant, _ in hosts})
    found = {host: names.found(*host) for host in hosts}
    claims: dict[int, list[Host]] = defaultdict(list)
    for host, machines in found.items():
        if len(machines) == 1:
            claims[machines[0]].append(host)
    disputed = {machine for machine, claimants in claims.items() if _several(claimants, names, machine)}
    machine_of = {
        host: machines[0] for host, machines in found.items() if len(machines) == 1 and machines[0] not in disputed
    }
    left = [
        Unjoined(tenant, host, "telemetry", _why(network.machines, found[tenant, host]))
        for tenant, host in hosts
        if (tenant, host) not in machine_of
    ]
    return Joined(names, machine_of, (*left, *_silent(network.machines, set(machine_of.values()), disputed)))


def completed(network: Network, hosts: Iterable[Host]) -> Network:
    """``network`` with the hosts that nobody knows as closed machines, where it was told in the plain form.

    A plain list has a row an opening: a machine without rows is closed. Other exports list their machines, and one that
    is not listed is unknown.
    """
    plain = {machine.tenant.casefold() for machine in network.machines if machine.platform == "plain"}
    told = {machine.tenant.casefold() for machine in network.machines} - plain
    if not plain:
        return network
    hosts = sorted(set(hosts))
    names = _names(network.machines, {tenant.casefold() for tenant, _ in hosts})
    missing = [
        Machine(tenant, host, "plain")
        for tenant, host in hosts
        if not names.found(tenant, host) and tenant.casefold() not in told and (tenant.casefold() in plain or not told)
    ]
    return replace(network, machines=(*network.machines, *missing))


def _names(machines: Sequence[Machine], telemetry_tenants: set[str]) -> Names:
    whole: dict[str, dict[int, None]] = defaultdict(dict)
    short: dict[str, dict[int, None]] = defaultdict(dict)
    for number, machine in enumerate(machines):
        for key in map(_normal, (machine.name, *machine.aliases)):
            whole[key][number] = None
            short[_short(key)][number] = None
    tenants = tuple(machine.tenant.casefold() for machine in machines)
    apart = bool(machines) and not (telemetry_tenants | ANY_TENANT) & (set(tenants) | (ANY_TENANT & telemetry_tenants))
    return Names(_frozen(whole), _frozen(short), tenants, apart)


def _frozen(table: Mapping[str, Mapping[int, None]]) -> dict[str, tuple[int, ...]]:
    return {key: tuple(numbers) for key, numbers in table.items() if key}


def _normal(name: str) -> str:
    return name.strip().rstrip(".").casefold()


def _short(key: str) -> str:
    """The name without its domain, or the last part of a resource id; an address has no shorter name."""
    if _ADDRESS.fullmatch(key):
        return ""
    return key.rpartition("/")[2] if "/" in key else key.partition(".")[0]


def _several(claimants: Sequence[Host], names: Names, machine: int) -> bool:
    """Whether hosts that claim one machine are several: in two tenants, or in two domains neither of which it names."""
    tenants = {tenant.casefold() for tenant, _ in claimants} - ANY_TENANT
    loose = {_normal(host) for _, host in claimants if machine not in names.whole.get(_normal(host), ())}
    domains = {key.partition(".")[2] for key in loose} - {""}
    return len(tenants) > 1 or len(domains) > 1


def strangers(network: Network, joined: Joined, evidence: str, hosts: Iterable[Host]) -> Iterator[Unjoined]:
    """Those of ``hosts``, of which only ``evidence`` tells, that are no machine of the network, or not one alone."""
    told = {(each.tenant, each.name) for each in joined.unjoined if each.side == "telemetry"}
    for tenant, name in sorted(set(hosts) - told):
        found = joined.names.found(tenant, name)
        if (tenant, name) not in joined.machine_of and len(found) != 1:
            yield Unjoined(tenant, name, "telemetry", f"{evidence}: {_why(network.machines, found)}")


def _why(machines: Sequence[Machine], candidates: Sequence[int]) -> str:
    if not candidates:
        return "the network export knows no machine of this name, id or address"
    if len(candidates) == 1:
        return f"several hosts could be the machine {machines[candidates[0]].name}"
    named = ", ".join(f"{machines[each].name} of {machines[each].tenant}" for each in candidates[:3])
    return f"ambiguous: {len(candidates)} machines could be meant ({named})"


def _silent(machines: Sequence[Machine], known: set[int], disputed: set[int]) -> list[Unjoined]:
    return [
        Unjoined(
            machine.tenant,
            machine.name,
            "network",
            "several telemetry hosts could be this machine" if number in disputed else "no telemetry of this machine",
        )
        for number, machine in enumerate(machines)
        if number not in known
    ]
