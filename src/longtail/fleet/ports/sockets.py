"""What runs on a machine and what it binds → what a person or an agent who looks sees: sockets and processes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from longtail.fleet.plan import Plan
from longtail.fleet.ports.life import holder, resident
from longtail.fleet.ports.posts import Post
from longtail.fleet.ports.site import Place
from longtail.fleet.seat import Process

ANYWHERE, ITSELF = "0.0.0.0", "127.0.0.1"
SYSTEM_SOCKETS = (  # beside what is installed: the port, the image that holds it, the address
    (135, "C:\\Windows\\System32\\svchost.exe", ANYWHERE),
    (49664, "C:\\Windows\\System32\\lsass.exe", ANYWHERE),
    (49665, "C:\\Windows\\System32\\wininit.exe", ANYWHERE),
)


@dataclass(frozen=True, slots=True)
class Running:
    """A process at the moment someone looked."""

    pid: int
    parent_pid: int
    image: str
    command_line: str

    @property
    def name(self) -> str:
        """The image's file name."""
        return self.image.replace("\\", "/").rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Socket:
    """A listening TCP socket at that moment."""

    port: int
    address: str
    process: Running


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen on one machine at one time; ``host`` is the name the file or the agent gives it."""

    where: Place
    time: datetime
    processes: tuple[Running, ...]
    sockets: tuple[Socket, ...]

    @property
    def host(self) -> str:
        """The name of the machine in its files: a resource id makes no file's name."""
        known_as = self.where.known_as
        return self.where.name if "/" in known_as else known_as


def look(plan: Plan, where: Place) -> Look:
    """What is seen on a machine within the last day of the plan that it is watched."""
    host = where.post.machine
    moment = max(host.window.last - 7200 - crc32(host.name.encode()) % 36000, 0.0)
    processes = tuple(_running(resident(plan, where.post)))
    sockets = tuple(sorted(_sockets(plan, where.post, processes), key=lambda socket: socket.port))
    return Look(where, plan.start + timedelta(seconds=int(moment)), processes, sockets)


def _running(processes: tuple[Process, ...]) -> Iterator[Running]:
    for number, each in enumerate(processes):
        pid = 4 if each.image == "System" else 1 if number == 0 else 600 + number * 52
        yield Running(
            pid, 0 if number == 0 else 1 if each.image.startswith("/") else 700, each.image, each.command_line
        )


def _sockets(plan: Plan, post: Post, processes: tuple[Running, ...]) -> Iterator[Socket]:
    by_image = {each.image: each for each in reversed(processes)}
    if not post.machine.linux:
        for port, image, address in SYSTEM_SOCKETS:
            yield Socket(port, address, by_image[image])
    for each in post.installed:
        for port in each.ports if each.binds else ():
            process = by_image[holder(plan, post.machine, each)]
            yield Socket(port, ANYWHERE if each.binds == "any" else ITSELF, process)
