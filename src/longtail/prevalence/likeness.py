"""Anomalous executables → what they resemble: the nearest normal thing, and whether they pass for it.

A near name (``svch0st.exe``, ``sqlagentx.exe``) or a familiar name in a place it does not belong to is compared with
the population's own common set, so it needs no list of names.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from longtail.executions.argv import MAX_TEXT
from longtail.executions.paths import Zone, writable

LOOKALIKES = str.maketrans(
    {"0": "o", "1": "l", "3": "e", "5": "s", "$": "s", "@": "a", "|": "l"}
    | {"і": "i", "о": "o", "а": "a", "е": "e", "с": "c", "ѕ": "s"}  # of the Cyrillic alphabet
)
LEAST_ALIKE = 60.0  # percent of two paths that must agree for one to be the nearest normal of the other
REAL_TWINS = frozenset(("wscript.exe", "cscript.exe", "pwsh.exe", "net1.exe", "regsvr32.exe", "msdtc.exe", "sc.exe"))
"""Programs of the system whose names are near to those of others: theirs is their own."""
SYSTEM = frozenset((Zone.SYSTEM.value, Zone.UNIX_SYSTEM.value))
DROPPED_IN = frozenset(zone.value for zone in Zone if writable(zone) and zone not in (Zone.NONE, Zone.REMOTE))
EVERYBODYS = re.compile(r"(?:setup|install(?:er)?|updater?|unins(?:t|tall|000)?|autorun|launcher|bootstrapper)\.exe")
"""Names that so many programs have that they pass for none."""
OWN_SOFTWARE = frozenset((Zone.UNIX_VAR.value, Zone.UNIX_OPT.value, Zone.OTHER.value, Zone.OTHER_DRIVE.value))
"""Where an organisation puts software of its own choice."""
TAIL = 2  # directories that must be alike for software to be the same below another root
RAREST_COMMON = 50  # a common executable is on at least one host in this many
WELL_KNOWN = 0.05  # the share of hosts from which a directory is one that others may be mistaken for
LIKE_EDITS = 2  # edits between a look-alike directory and the one it looks like
SHARED_BY_ALL = frozenset((Zone.SYSTEM.value, Zone.UNIX_SYSTEM.value, Zone.PROGRAM_FILES.value))
NEAR_EDITS = 2  # edits between a near name and the name it passes for
LONG_STEM = 10  # stems at least this long may differ by two edits
SHORTEST_NEAR = 6  # stems shorter than this are near to too much
SHORTEST_TOLD = 3  # characters of a name beside its stand-ins under which any word of a command line could be it
_STAND_IN = re.compile(r"\{\w+\}")
_EDGE = r"\s\"'\\/=,;:()&|<>"  # what stands around a file name in a command line
_IN_A_NAME = rf"[^{_EDGE}]{{1,128}}"
SHORTEST_NEAR_ANYWHERE = 5  # the same of a program that lies where anybody may write


@dataclass(frozen=True, slots=True)
class Likeness:
    """``nearest`` normal executable (its canonical path), or None; ``passes_for`` the sentence that says how."""

    nearest: str | None
    passes_for: str | None


def likeness(executable: str, zone: str, common: dict[str, "Common"]) -> Likeness:
    """What an executable resembles among ``common`` (by canonical path), commonest first.

    What is well known itself passes for nothing: ``Framework`` and ``Framework64`` lie side by side everywhere.
    """
    name, itself = file_name(executable), common.get(executable)
    same = [path for path in common if file_name(path) == name and path != executable]
    if itself is not None and itself.zone in SHARED_BY_ALL and itself.share >= WELL_KNOWN:
        return Likeness(same[0], None) if same else _nearest(executable, common)
    if same:
        return Likeness(
            same[0], next(filter(None, (_out_of_place(executable, zone, path, common[path]) for path in same)), None)
        )
    if twin := _twin_directory(executable, common):
        return Likeness(twin, f"its directory is written like that of {twin} but is another")
    least = SHORTEST_NEAR_ANYWHERE if zone in DROPPED_IN else SHORTEST_NEAR
    near = next(
        (
            path
            for path, known in common.items()
            if known.zone in SHARED_BY_ALL
            and (_passes_for(name, file_name(path), least) or _numbered(name, zone, path, known))
        ),
        None,
    )
    if near:
        return Likeness(near, None if name in REAL_TWINS else f"its name passes for {file_name(near)}")
    return _nearest(executable, common)


def _numbered(name: str, zone: str, normal: str, known: "Common") -> bool:
    """Whether a program that anybody may have put there is called like one of Windows' own with a number: dllhost32."""
    (stem, kind), (usual, usual_kind) = _parted(name), _parted(file_name(normal))
    system = known.zone == Zone.SYSTEM.value and kind == usual_kind == "exe" and len(usual) >= SHORTEST_NEAR_ANYWHERE
    return system and zone in DROPPED_IN and stem != usual and stem.rstrip("0123456789") == usual


def _nearest(executable: str, common: dict[str, "Common"]) -> Likeness:
    """The common program of this kind of account whose path is written most alike."""
    others = [path for path, known in common.items() if known.own and path != executable]
    alike = process.extractOne(executable, others, scorer=fuzz.ratio, score_cutoff=LEAST_ALIKE)
    return Likeness(alike[0] if alike else None, None)


def _out_of_place(executable: str, zone: str, normal: str, known: "Common") -> str | None:
    """A familiar name is suspicious where anybody may write, or in a directory that resembles its own."""
    if zone in (Zone.NONE.value, Zone.BUILTIN.value, Zone.UNIX_SYSTEM.value) or EVERYBODYS.fullmatch(
        file_name(executable)
    ):
        return None
    if zone in OWN_SOFTWARE and _ends_alike(executable, normal):
        return None
    if known.zone in SYSTEM and writable(Zone(zone)):
        return f"it has the name of {normal} but lies where anybody may write"
    directory, usual = _directory(executable), _directory(normal)
    close = DamerauLevenshtein.distance(directory, usual, score_cutoff=LIKE_EDITS) <= LIKE_EDITS
    if known.zone in SHARED_BY_ALL and known.share >= WELL_KNOWN and close and "{" not in _difference(directory, usual):
        return f"its directory looks like that of {normal} but is another"
    return None


def _ends_alike(executable: str, normal: str) -> bool:
    """Whether two programs lie in directories of the same last names: another root of the same software."""
    ours, theirs = (re.split(r"[\\/]", _directory(path).rstrip("\\/"))[-TAIL:] for path in (executable, normal))
    return len(ours) == TAIL and ours == theirs


def _twin_directory(executable: str, common: dict[str, "Common"]) -> str | None:
    """The common program whose directory is told from this one's by blanks and look-alike characters alone."""
    directory = _directory(executable)
    return next(
        (
            path
            for path, known in common.items()
            if known.zone in SHARED_BY_ALL
            and known.share >= WELL_KNOWN
            and _directory(path) != directory
            and _folded(_directory(path)) == _folded(directory)
        ),
        None,
    )


def _directory(path: str) -> str:
    return path[: -len(file_name(path))]


@lru_cache(maxsize=65_536)
def _folded(directory: str) -> str:
    return "".join(directory.translate(LOOKALIKES).split())


def _difference(directory: str, usual: str) -> str:
    """The segments in which two directories differ: instances and versions differ in what is generated."""
    ours, theirs = directory.split("\\"), usual.split("\\")
    return " ".join(set(ours) ^ set(theirs))


@lru_cache(maxsize=65_536)
def _passes_for(name: str, normal: str, least: int = SHORTEST_NEAR) -> bool:
    """Whether one name is written nearly like another of the same kind, both of them at least so long."""
    (stem, kind), (usual, usual_kind) = _parted(name), _parted(normal)
    if (
        stem == usual
        or kind != usual_kind
        or len(usual) < least
        or len(stem) < least - 1
        or stem.rstrip("0123456789") == usual.rstrip("0123456789")
    ):
        return False
    if stem.translate(LOOKALIKES) == usual.translate(LOOKALIKES):
        return True
    most = NEAR_EDITS if len(usual) >= LONG_STEM else 1
    return DamerauLevenshtein.distance(stem, usual, score_cutoff=most) <= most


@dataclass(frozen=True, slots=True)
class Common:
    """A common executable: its zone, the share of hosts that run it, in 0..1, and whether this kind of account does."""

    zone: str
    share: float
    own: bool = True


def common_executables(located: pl.DataFrame, most: int = 400) -> dict[str, dict[str, Common]]:
    """For each account class its common executables by canonical path, commonest first.

    Common: on at least one host in fifty and on three of them. What the system's own directories and the installed
    programs hold is common for everyone, whoever runs it: names that pass for it deceive all the same.
    """
    whole = _common(located.with_columns(pl.lit("").alias("account_class")), most)
    installed = {path: known for path, known in whole.get("", {}).items() if known.zone in SHARED_BY_ALL}
    by_class = _common(located, most)
    return {
        each: _with_installed(by_class.get(each, {}), installed) for each in located["account_class"].unique().to_list()
    }


def _with_installed(own: dict[str, Common], installed: dict[str, Common]) -> dict[str, Common]:
    """What a class runs, and what others run of what everybody could."""
    return {**own, **{path: replace(known, own=path in own) for path, known in installed.items()}}


def _common(located: pl.DataFrame, most: int) -> dict[str, dict[str, Common]]:
    hosts = located.group_by("account_class").agg(pl.struct("tenant", "host").n_unique().alias("of_hosts"))
    shared = (
        located.group_by("account_class", "executable")
        .agg(
            pl.col("zone")
            .sort_by(pl.col("zone") == Zone.NONE.value, ~pl.col("zone").is_in(SHARED_BY_ALL), "zone")
            .first(),
            pl.struct("tenant", "host").n_unique().alias("hosts"),
        )
        .join(hosts, on="account_class")
        .filter((pl.col("hosts") >= 3) & (pl.col("hosts") * RAREST_COMMON >= pl.col("of_hosts")))
        .sort("hosts", "executable", descending=[True, False])
    )
    found: dict[str, dict[str, Common]] = {}
    for account_class, path, zone, hosts_with, of in shared.iter_rows():
        of_class = found.setdefault(account_class, {})
        if len(of_class) < most:
            of_class.setdefault(path, Common(zone, hosts_with / of))
    return found


def file_name(path: str) -> str:
    """The last element of a path, Windows or Unix."""
    return path.replace("/", "\\").rsplit("\\", 1)[-1]


def as_seen(name: str, command_line: str | None) -> str:
    """A file name with stand-ins (``{rand}.xml``) as a command line that names such a file has it; else as it is."""
    if "{" not in name or len(_STAND_IN.sub("", name)) < SHORTEST_TOLD:
        return name
    found = _written_as(name).search((command_line or "")[:MAX_TEXT])
    return found[0].lower() if found else name


@lru_cache(maxsize=1024)
def _written_as(name: str) -> re.Pattern[str]:
    parts = _IN_A_NAME.join(re.escape(part) for part in _STAND_IN.split(name))
    return re.compile(rf"(?<![^{_EDGE}]){parts}(?![^{_EDGE}])", re.IGNORECASE)


def _parted(name: str) -> tuple[str, str]:
    """A file name without its extension, and the extension."""
    stem, _, kind = name.rpartition(".")
    return (stem, kind) if stem else (name, "")
