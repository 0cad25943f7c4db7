"""A machine of a plan → what is installed on it, which of its ports rules open, and the truth about each of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from longtail.fleet.chance import Rng, happens, one_of, stream, weighted
from longtail.fleet.estate import Machine, machine
from longtail.fleet.generate import attacked_hosts, boots
from longtail.fleet.plan import Plan
from longtail.fleet.ports import linux_services, windows_services
from longtail.fleet.ports.service import Service

SERVICES: Mapping[str, Service] = {each.name: each for each in (*linux_services.SERVICES, *windows_services.SERVICES)}
OTHERS: tuple[Service, ...] = (*linux_services.OTHERS, *windows_services.OTHERS)

BY_ROLE: Mapping[str, Mapping[str, float]] = {
    "sql": {"mssql": 1},
    "iis": {"iis": 1},
    "tomcat": {"tomcat for windows": 1},
    "tomcat-linux": {"tomcat": 1},
    "web-linux": {"nginx": 0.5, "apache": 0.34, "lighttpd": 0.08, "caddy": 0.08},
    "postgres": {"postgres": 1},
    "mysql": {"mysql": 0.55, "mariadb": 0.45},
    "dc": {"directory": 1},
    "app": {"": 0.5, "in-house server": 0.2, "ftp of filezilla": 0.14, "mysql for windows": 0.06, "remote helper": 0.1},
    "linux": {
        "postfix": 0.2, "exim": 0.08, "vsftpd": 0.1, "proftpd": 0.06, "redis": 0.14, "mongodb": 0.12, "rabbitmq": 0.1,
        "elasticsearch": 0.1, "jenkins": 0.06, "in-house daemon": 0.08, "memcached": 0.06,
    },
}  # fmt: skip
"""The software a role is there for: exactly one of these."""

BESIDES: Mapping[str, Mapping[str, float]] = {
    "any windows": {"remote desktop": 1, "file sharing": 1, "remote management": 0.8},
    "dc": {"dns": 0.95},
    "web-linux": {"redis": 0.12, "postfix": 0.12, "vsftpd": 0.08, "mariadb": 0.08},
    "any linux": {"node-exporter": 0.3},
    "linux": {"prometheus": 0.12, "redis": 0.15},
    "tomcat-linux": {"postfix": 0.1},
}
"""What else is on a machine: each as likely as it says."""

SECURE_SHELLS = {"openssh": 0.87, "dropbear": 0.13}

FORGETTABLE: Mapping[str, Mapping[str, float]] = {
    "windows": {"mssql": 8, "iis": 2, "ftp of filezilla": 0.8, "in-house server": 0.8},
    "linux": {
        "mysql": 2, "mariadb": 1.5, "postgres": 3, "nginx": 1.5, "apache": 1.5, "postfix": 1.5, "redis": 1,
        "mongodb": 1, "rabbitmq": 0.7, "vsftpd": 0.7, "tomcat": 0.7,
    },
}  # fmt: skip
"""What people remove, or plan and never install, while the rule stays."""

STARTED = 0.6  # how often a daemon starts within two weeks though its machine does not: an update, a deployment
BOOTED = 0.3  # how often a Linux server is started anew within two weeks, for a kernel
REACHABLE_ANYWAY = 0.6  # how often a rule leads to a service that listens on the machine itself only


@dataclass(frozen=True, slots=True)
class Odds:
    """How often a machine is odd in one way; ``listening`` and ``snapshots``: how often someone looked at it."""

    removed: float = 0.05
    never_installed: float = 0.03
    other_software: float = 0.03
    no_telemetry: float = 0.03
    clients: float = 0.1
    leftovers: float = 0.5
    listening: float = 0.6
    snapshots: float = 0.6
    attacked: float = 0.12


@dataclass(frozen=True, slots=True)
class Installed:
    """Software on a machine: it ``binds`` to any address, to the loopback one, or (removed, client) to none."""

    service: Service
    ports: tuple[int, ...]
    binds: str = "any"  # "any" | "loopback" | ""
    started: bool = True  # within the window
    role: str = "server"  # "server" | "other" | "removed" | "client"


@dataclass(frozen=True, slots=True)
class Door:
    """A port that a rule of its own opens, and what is behind it; ``meant`` is the service the rule was made for."""

    port: int
    kind: str
    meant: str
    serves: bool
    protocol: str = "tcp"


@dataclass(frozen=True, slots=True)
class Post:
    """One machine with its software and its doors."""

    machine: Machine
    installed: tuple[Installed, ...]
    doors: tuple[Door, ...]
    began: tuple[float, ...]  # when the machine started while it was watched, in seconds from the plan's start
    watched: bool  # whether any telemetry comes from it
    looked_at: frozenset[str]  # of {"listening", "snapshots"}


@lru_cache(maxsize=4096)
def post(plan: Plan, odds: Odds, index: int) -> Post:
    """What stands behind each port of one machine of the plan."""
    host, rng = machine(plan, index), stream(plan.seed, "post", index)
    watched = not happens(rng, odds.no_telemetry) or index in attacked_hosts(plan)
    looks = {"listening": odds.listening, "snapshots": odds.snapshots}
    looked_at = frozenset(name for name, chance in looks.items() if happens(rng, chance) and watched)
    began = _began(plan, host)
    servers = _servers(host, rng)
    opened = {port: each.service.name for each in servers for port in _opened(each, rng)}
    odd, kind, meant = _oddity(host, servers, odds, rng)
    if kind:
        opened[SERVICES[meant].ports[0]] = meant
    installed = tuple(replace(each, started=True) if began else each for each in (*servers, *odd))
    doors = [_door(port, name, installed, kind) for port, name in sorted(opened.items())]
    if not watched:
        doors = [replace(door, kind="no_telemetry") for door in doors]
    return Post(host, installed, tuple(doors), began, watched, looked_at)


def _began(plan: Plan, host: Machine) -> tuple[float, ...]:
    window, rng = host.window, stream(plan.seed, "boots", host.index)
    if not host.linux:
        times = boots(plan, host).tolist()
    else:
        times = [rng.uniform(window.first, window.last)] if happens(rng, BOOTED) else []
    return tuple(time for time in times if window.first <= time < window.last)


def _servers(host: Machine, rng: Rng) -> tuple[Installed, ...]:
    names = [weighted(rng, BY_ROLE[host.role])] if host.role in BY_ROLE else []
    for group in ("any linux" if host.linux else "any windows", host.role):
        names += [name for name, chance in BESIDES.get(group, {}).items() if happens(rng, chance)]
    if host.linux:
        names.append(weighted(rng, SECURE_SHELLS))
    return tuple(_installed(SERVICES[name], rng) for name in dict.fromkeys(names) if name)


def _installed(service: Service, rng: Rng) -> Installed:
    binds = "loopback" if happens(rng, service.loopback) else "any"
    return Installed(service, service.ports, binds, happens(rng, STARTED) or not service.start)


def _opened(each: Installed, rng: Rng) -> tuple[int, ...]:
    if not happens(rng, each.service.opened if each.binds == "any" else REACHABLE_ANYWAY):
        return ()
    return tuple(port for number, port in enumerate(each.ports) if not number or happens(rng, 0.85))


def _oddity(
    host: Machine, servers: tuple[Installed, ...], odds: Odds, rng: Rng
) -> tuple[tuple[Installed, ...], str, str]:
    """Further software, what became of the software a rule was made for ("" if there is no such rule), and its name."""
    taken, system = {port for each in servers for port in each.ports}, "linux" if host.linux else "windows"
    meant = weighted(rng, {n: odd for n, odd in FORGETTABLE[system].items() if not taken & set(SERVICES[n].ports)})
    service, port = SERVICES[meant], SERVICES[meant].ports[0]
    usurpers = [each for each in OTHERS if each.system == system and port in each.ports]
    kind = weighted(rng, _chances(odds, bool(usurpers)))
    if kind == "removed":
        leaves = service.leftovers and happens(rng, odds.leftovers)
        return (Installed(service, (), "", role="removed"),) if leaves else (), kind, meant
    if kind == "other_software":
        return (Installed(one_of(rng, usurpers), (port,), started=happens(rng, STARTED), role="other"),), kind, meant
    if kind == "" and service.clients and happens(rng, odds.clients):
        return (Installed(service, (), "", role="client"),), kind, meant
    return (), kind, meant


def _chances(odds: Odds, usurped: bool) -> dict[str, float]:
    other = odds.other_software if usurped else 0.0
    chances = {"removed": odds.removed, "never_installed": odds.never_installed, "other_software": other}
    return {**chances, "": 1 - sum(chances.values())}


def _door(port: int, meant: str, installed: tuple[Installed, ...], kind: str) -> Door:
    """The truth about an open port: from who holds it, else from what became of what it was opened for."""
    holder = next((each for each in installed if port in each.ports and each.binds), None)
    if holder is None:
        return Door(port, kind, meant, False)
    return Door(port, _held(holder), meant, holder.binds == "any")


def _held(holder: Installed) -> str:
    if holder.binds == "loopback":
        return "loopback_only"
    if holder.role == "other":
        return "other_software"
    if holder.service.shared:
        return "shared_host"
    return "backed" if holder.started else "long_lived"
