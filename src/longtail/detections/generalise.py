"""Alerts → what was really run in them and how: anomalous executions, unwrapped and grouped by technique.

A shell's ``/c bitsadmin …`` is the same deed as the ``bitsadmin.exe`` that it starts; executions of one program that
are told the same core thing (``cores``) belong together, whoever ran them, wherever, against whichever address.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from longtail.detections import cores
from longtail.detections.core import Core
from longtail.detections.predicates import EVENT, conjunction, lowered
from longtail.detections.programs import family
from longtail.executions.hosted import hosted, is_posix
from longtail.executions.paths import Zone, executable, writable
from longtail.prevalence.findings import Alert, Severity
from longtail.readings import Quarantined

LONGEST = 32_768  # characters of a command line: what Windows allows
MOST_MEMBERS = 200  # executions of one technique that a rule is made from; more of the same say nothing new
SHELLS = ("cmd", "sh")
"""Families of programs whose command lines are other programs'."""
UNKNOWN = "*"
"""The program of what attackers bring along: its name is theirs to choose."""
_SEVERITIES = {str(each): each for each in Severity}
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, order=True)
class Deed:
    """One anomalous process start, with whose it was and which alert told of it."""

    day: date
    tenant: str
    host: str
    account: str
    account_class: str
    image: str
    command_line: str
    parent_image: str
    alert: str
    severity: int
    time: datetime = field(compare=False)

    @property
    def name(self) -> str:
        """The canonical file name of what ran."""
        return executable(self.image).name

    @property
    def posix(self) -> bool:
        """Whether it ran on Linux or the like."""
        return is_posix(self.image, self.command_line)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Deeds that are one technique: a program's family (``*`` for any), the core it was told, who did it."""

    program: str
    core: Core | None
    deeds: tuple[Deed, ...]
    posix: bool
    out_of_place: bool = False

    @property
    def label(self) -> str:
        """What a person would call it."""
        what = "any program" if self.program == UNKNOWN else self.program
        return f"{what}: {self.core.says}" if self.core else what

    def events(self) -> pl.DataFrame:
        """The deeds as a rule sees them (``EVENT``), in lower case."""
        return events_of(self.deeds)


def events_of(deeds: Sequence[Deed]) -> pl.DataFrame:
    """Deeds as the ``lowered`` table that predicates are asked about."""
    rows = [(each.image, each.command_line, each.parent_image, each.account, None) for each in deeds]
    return lowered(pl.DataFrame(rows, schema=EVENT, orient="row"))


def deeds(alerts: Iterable[Alert | Mapping[str, Any]]) -> tuple[tuple[Deed, ...], tuple[Quarantined, ...]]:
    """The anomalous executions of alerts, in one order, and what could not be used of them.

    Alerts come as ``Alert`` or as the objects that ``hunt -f jsonl`` writes. Each process start counts once, however
    many files it carried. Total: what does not have the promised shape is quarantined with its place.
    """
    found: set[Deed] = set()
    quarantined: list[Quarantined] = []
    for number, alert in enumerate(alerts, start=1):
        try:
            found.update(_of_alert(alert) if isinstance(alert, Alert) else _of_object(alert))
        except (TypeError, ValueError, KeyError, AttributeError) as problem:
            quarantined.append(Quarantined(f"alert {number}", f"not of the shape of an alert: {problem}"[:200]))
    return tuple(sorted(found)), tuple(quarantined)


def _of_alert(alert: Alert) -> list[Deed]:
    about = (alert.tenant, alert.host, alert.account, alert.account_class, alert.id, int(alert.severity))
    return [
        _deed(about, (each.time, each.image, each.command_line, each.parent_image))
        for each in alert.executions
        if each.role == "anomaly" and each.image
    ]


def _of_object(alert: Mapping[str, Any]) -> list[Deed]:
    severity = int(_SEVERITIES[str(alert.get("severity", "medium"))])
    about = tuple(_text(alert[name]) for name in ("tenant", "host", "account", "account_class", "id"))
    return [
        _deed(
            (*about, severity),
            (_time(each["time"]), _text(each.get("image")), each.get("command_line"), each.get("parent_image")),
        )
        for each in alert["executions"]
        if each.get("role") == "anomaly" and each.get("image")
    ]


def _deed(about: tuple[Any, ...], what: tuple[datetime, Any, Any, Any]) -> Deed:
    tenant, host, account, account_class, alert, severity = about
    time, image, line, parent = what
    return Deed(
        time.date(), _text(tenant), _text(host).lower(), _text(account), _text(account_class),
        _text(image)[:LONGEST], _text(line)[:LONGEST], _text(parent)[:LONGEST], _text(alert), severity, time,
    )  # fmt: skip


def _text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} where a text should be")
    return value.encode("utf-8", "replace").decode()  # half a character stands in no table


def _time(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def with_kin(found: Sequence[Deed], starts: pl.DataFrame) -> tuple[Deed, ...]:
    """The deeds with what their shells started, and the shells that started them, where alerts tell of one only.

    ``starts`` are distinct process starts (``legitimate``). A child is known by its host and day and by its command
    line being told to the shell, blanks aside; a shell by being told as the parent of a deed.
    """
    if not found:
        return ()
    told = {(deed.tenant, deed.host, deed.day, inner): deed for deed in found for inner in carried(deed)}
    own = {(deed.tenant, deed.host, deed.day, deed.image, deed.command_line): deed for deed in found}
    days = pl.DataFrame([key[:3] for key in own], schema=["tenant", "host", "day"], orient="row").unique()
    near = starts.with_columns(pl.col("host").str.to_lowercase()).join(days, on=["tenant", "host", "day"], how="semi")
    kin: set[Deed] = set()
    for row in near.iter_rows(named=True):
        place = (row["tenant"], row["host"], row["day"])
        if above := told.get((*place, _plain(row["command_line"] or ""))):
            kin.add(_child(above, row))
        below = own.get((*place, row["image"], row["command_line"] or ""))
        if below and row["parent_command_line"] and family(executable(row["parent_image"] or "").name) in SHELLS:
            kin.add(replace(below, image=row["parent_image"], command_line=row["parent_command_line"], parent_image=""))
    return tuple(sorted({*found, *kin}))


def _child(deed: Deed, row: Mapping[str, Any]) -> Deed:
    return Deed(
        deed.day, deed.tenant, deed.host, row["account"] or "", row["account_class"] or "", row["image"] or "",
        row["command_line"] or "", row["parent_image"] or "", deed.alert, deed.severity, deed.time,
    )  # fmt: skip


def carried(deed: Deed) -> tuple[str, ...]:
    """The command lines that a shell was told to run as processes of their own, blanks and case aside."""
    inner = (each for each in hosted(deed.image, deed.command_line) if each.executable.zone is not Zone.BUILTIN)
    return tuple(dict.fromkeys(_plain(each.command) for each in inner))


def _plain(line: str) -> str:
    return _BLANKS.sub(" ", line.replace("^", "").replace('"', "")).strip().lower()


def clusters(found: Sequence[Deed], known: frozenset[str]) -> tuple[Cluster, ...]:
    """Deeds by technique, in one order. ``known`` are the file names that the fleet knows from its system's places.

    A deed of which several cores can be told belongs to the first; one without any goes by its program.
    """
    told = _cores_of(found, known)
    groups: dict[tuple[str, str, bool, bool], list[Deed]] = {}
    cores_by_name = {core.name: core for core in cores.ALL}
    for deed, core in zip(found, told, strict=True):
        displaced = _displaced(deed, known)
        program = _program(deed, core, displaced, known)
        name = core.name if core and not displaced else ""
        groups.setdefault((program, name, deed.posix, displaced), []).append(deed)
    return tuple(
        Cluster(program, cores_by_name.get(name), tuple(group[:MOST_MEMBERS]), posix, displaced)
        for (program, name, posix, displaced), group in sorted(groups.items())
    )


def _program(deed: Deed, core: Core | None, displaced: bool, known: frozenset[str]) -> str:
    if displaced:
        return deed.name
    if core is not None and core.programs == UNKNOWN:
        return UNKNOWN
    return family(deed.name) if deed.name in known or core is not None else UNKNOWN


def _displaced(deed: Deed, known: frozenset[str]) -> bool:
    """Whether a program of the system's name lies where the system keeps none."""
    ran = executable(deed.image)
    return ran.name in known and ran.zone is not Zone.NONE and not deed.posix and (
        writable(ran.zone) or (ran.zone is Zone.SYSTEM and not ran.location.startswith(cores.SYSTEM_PLACES))
    )  # fmt: skip


def _cores_of(found: Sequence[Deed], known: frozenset[str]) -> list[Core | None]:
    """For each deed, the first core that it is told; those of any program are for programs that are not known."""
    table = events_of(found)
    families = [(family(deed.name), deed.name in known) for deed in found]
    best: list[Core | None] = [None] * len(found)
    for core in cores.ALL:
        programs = frozenset(core.programs.split())
        for index, true in enumerate(conjunction(core.predicates, table)):
            name, is_known = families[index]
            fits = not is_known if core.programs == UNKNOWN else name in programs
            if true and best[index] is None and fits:
                best[index] = core
    return best
