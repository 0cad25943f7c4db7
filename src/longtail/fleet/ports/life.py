"""A machine's software → what telemetry sees of it: process starts, the pairs of an inventory, what runs all along."""

from dataclasses import replace

import numpy as np
import polars as pl

from longtail.executions.schema import UTC_TIME
from longtail.fleet.binding import bound, drawn, filled
from longtail.fleet.chance import Rng, happens, stream
from longtail.fleet.estate import Machine
from longtail.fleet.generate import timeline
from longtail.fleet.habits import paragraphs
from longtail.fleet.plan import Plan
from longtail.fleet.ports.posts import Installed, Post
from longtail.fleet.ports.service import Service
from longtail.fleet.rhythm import Rhythm, Times, Window, random
from longtail.fleet.roots import LINUX_ROOTS, SYSTEM32, WINDOWS_ROOTS, svchost
from longtail.fleet.script import Step
from longtail.fleet.seat import Process, Seat
from longtail.fleet.seats import seats
from longtail.fleet.timeline import Timeline, frame, lay

NOW_AND_THEN = random(0.8)
ACCOMPANIED = 0.8  # how often a companion is there: many daemons start once and are not heard of again
WITH_A_PROCESS = frozenset({"mssql", "sqlagent", "fulltext", "iis", "tomcat", "tomcat-linux", "web-linux"})
"""The kinds of seat whose own long-lived process belongs to them alone."""

WINDOWS_RESIDENTS = (
    Process("System", ""),
    *(
        WINDOWS_ROOTS[name]
        for name in ("smss", "wininit", "winlogon", "services", "dcom", "netsvcs", "schedule", "wmi")
    ),
    svchost("-k NetworkService -p -s TermService"),
    svchost("-k LocalServiceNetworkRestricted -p -s EventLog"),
    *(
        Process(f"{SYSTEM32}{name}", f"C:\\Windows\\system32\\{name}")
        for name in ("csrss.exe", "lsass.exe", "spoolsv.exe", "msdtc.exe", "dwm.exe", "fontdrvhost.exe")
    ),
    Process("C:\\WindowsAzure\\Packages\\WaAppAgent.exe", "C:\\WindowsAzure\\Packages\\WaAppAgent.exe"),
)
LINUX_RESIDENTS = (
    LINUX_ROOTS["systemd"],
    LINUX_ROOTS["cron"],
    *(
        Process(f"/usr/{name}", f"/usr/{name}")
        for name in (
            "lib/systemd/systemd-journald", "lib/systemd/systemd-udevd", "lib/systemd/systemd-logind",
            "bin/dbus-daemon", "sbin/rsyslogd", "sbin/agetty", "lib/systemd/systemd-networkd",
            "lib/systemd/systemd-resolved", "lib/polkit-1/polkitd", "sbin/irqbalance",
        )
    ),
)  # fmt: skip
FIRST = frozenset({"System", *(root.image for root in (LINUX_ROOTS["systemd"], *map(WINDOWS_ROOTS.__getitem__, (
    "smss", "wininit", "winlogon", "services",
))))})  # fmt: skip
"""What is there before telemetry is, or what the boot of every Windows host shows already."""


def post_events(plan: Plan, post: Post, known_as: str) -> pl.DataFrame:
    """The process starts of one machine (schema PROCESS_EVENT) under the host name that its telemetry knows."""
    return frame(post.machine, _life(plan, post)).with_columns(host=pl.lit(known_as))


def post_images(plan: Plan, post: Post) -> pl.DataFrame:
    """What one machine was seen to start, and when first and last: image, first_seen, last_seen.

    The same as ``post_events`` says, without a row for each start.
    """
    host, line = post.machine, _life(plan, post)
    times, images = np.concatenate(line.times), np.concatenate(line.columns["image"])
    seen = pl.DataFrame({"image": images, "time": times}).filter(
        (pl.col("time") >= host.window.first) & (pl.col("time") < host.window.last)
    )
    pairs = seen.group_by("image").agg(first_seen=pl.col("time").min(), last_seen=pl.col("time").max()).sort("image")
    start, texts = int(plan.start.timestamp() * 1e6), pl.Series(line.texts, dtype=pl.String)
    clock = ((pl.col("first_seen", "last_seen") + host.skew) * 1e6).cast(pl.Int64) + start
    named = pairs.select(texts.gather(pairs["image"]).alias("image"), clock.cast(UTC_TIME))
    same = named.group_by("image", maintain_order=True)  # a name drawn twice has two numbers
    return same.agg(pl.col("first_seen").min(), pl.col("last_seen").max())


def _life(plan: Plan, post: Post) -> Timeline:
    line = timeline(plan, post.machine)
    for each in post.installed:
        _live(plan, post, line, each)
    _begin(plan, post, line)
    return line


def _begin(plan: Plan, post: Post, line: Timeline) -> None:
    """Whenever the machine starts, so does all that runs there of itself; services have a start of their own."""
    host, rng = post.machine, stream(plan.seed, "begin", post.machine.index)
    seat = _seat_of(plan, host, "")
    told = {holder(plan, host, each) for each in post.installed if each.service.start} | FIRST
    for each in resident(plan, post) if post.began else ():
        if each.image not in told:
            tree = (Step(each.image, each.command_line, "systemd" if host.linux else "services"),)
            lay(line, seat, tree, (_soon_after(post.began)(rng, host.window), rng))


def _soon_after(moments: tuple[float, ...]) -> Rhythm:
    """Once after each of the moments, within minutes."""
    return lambda rng, window: np.array(moments) + rng.uniform(2, 300, len(moments))


def resident(plan: Plan, post: Post) -> tuple[Process, ...]:
    """The processes that are there whenever one looks: the system's, and every daemon that is installed."""
    host = post.machine
    found = [*(LINUX_RESIDENTS if host.linux else WINDOWS_RESIDENTS)]
    found += [seat.roots[""] for seat in seats(plan, host) if seat.kind in WITH_A_PROCESS]
    found += [Process(image, image) for each in post.installed if each.binds and (image := holder(plan, host, each))]
    return tuple({process.image + process.command_line: process for process in found}.values())


def holder(plan: Plan, host: Machine, each: Installed) -> str:
    """The image of the process that holds the service's sockets on this machine."""
    seat = _seat(plan, host, each.service)
    if not each.service.listener:
        return seat.roots[""].image
    return filled(drawn(each.service.listener, seat, *_words(plan, host, each.service.name)), seat)


def _live(plan: Plan, post: Post, line: Timeline, each: Installed) -> None:
    host, service, seat = post.machine, each.service, _daemon_seat(plan, post.machine, each)
    rng = stream(plan.seed, service.name, "life", host.index)
    begun = _soon_after(post.began) if post.began else _sometime
    for rhythm, text in _doings(each, begun, rng):
        scripts = paragraphs(text)
        tree = bound(scripts[int(rng.integers(len(scripts)))], seat, *_words(plan, host, service.name))
        lay(line, seat, tree, (rhythm(rng, host.window), rng))


def _doings(each: Installed, begun: Rhythm, rng: Rng) -> tuple[tuple[Rhythm, str], ...]:
    """What a service does on a machine: its companions are not on each."""
    service = each.service
    if each.role in ("removed", "client"):
        return ((NOW_AND_THEN, service.leftovers if each.role == "removed" else service.clients),)
    start = ((begun, service.start),) if each.started and service.start else ()
    return (*start, *(each for each in service.companions if happens(rng, ACCOMPANIED)))


def _sometime(rng: Rng, window: Window) -> Times:
    """A single time while the machine is watched."""
    return window.first + rng.random(1) * (window.last - window.first) * 0.99


def _daemon_seat(plan: Plan, host: Machine, each: Installed) -> Seat:
    """The seat of a service: its account under its own process, with the facts of the machine."""
    seat = _seat(plan, host, each.service)
    if each.service.seat == seat.kind:
        return seat
    image = holder(plan, host, each) if each.binds else ""
    roots = {**seat.roots, "": Process(image, image)} if image else seat.roots
    return replace(seat, account=each.service.account if host.linux else seat.account, roots=roots)


def _seat(plan: Plan, host: Machine, service: Service) -> Seat:
    return _seat_of(plan, host, service.seat)


def _seat_of(plan: Plan, host: Machine, kind: str) -> Seat:
    """The seat of a kind, the system's own where the machine has none."""
    found = {seat.kind: seat for seat in reversed(seats(plan, host))}
    return found.get(kind) or found["root" if host.linux else "system"]


def _words(plan: Plan, host: Machine, name: str) -> tuple[Rng, Rng]:
    """The words of a service's host and tenant, the same for each of its texts that begins alike."""
    return stream(plan.seed, name, "words", host.index), stream(plan.seed, name, "words of", host.tenant.index)
