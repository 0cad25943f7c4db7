"""Anomalous executables → what they resemble: the nearest normal thing, and whether they pass for it.

A near name (``svch0st.exe``, ``sqlagentx.exe``) or a familiar name in a place it does not belong to is compared with
the population's own common set, so it needs no list of names.
"""

from dataclasses import dataclass
from functools import lru_cache

import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from longtail.executions.paths import Zone, writable

LOOKALIKES = str.maketrans({"0": "o", "1": "l", "3": "e", "5": "s", "$": "s", "@": "a", "|": "l", "і": "i", "о": "o", "а": "a", "е": "e", "с": "c", "ѕ": "s"})  # fmt: skip
NEAR_EDITS = 2  # edits between a near name and the name it passes for
LONG_STEM = 10  # stems at least this long may differ by two edits
SHORTEST_NEAR = 6  # stems shorter than this are near to too much


@dataclass(frozen=True, slots=True)
class Likeness:
    """``nearest`` normal executable (its canonical path), or None; ``passes_for`` the sentence that says how."""

    nearest: str | None
    passes_for: str | None


def likeness(executable: str, zone: str, common: dict[str, str]) -> Likeness:
    """What an executable resembles among ``common`` (canonical path → zone), commonest first."""
    name = _name(executable)
    same = [path for path in common if _name(path) == name and path != executable]
    if same:
        return Likeness(same[0], _out_of_place(executable, zone, same[0], common[same[0]]))
    near = next((path for path in common if _passes_for(name, _name(path))), None)
    if near:
        return Likeness(near, f"its name passes for {_name(near)}")
    best = process.extractOne(executable, list(common), scorer=fuzz.ratio, score_cutoff=60)
    return Likeness(best[0] if best else None, None)


def _out_of_place(executable: str, zone: str, normal: str, normal_zone: str) -> str | None:
    """A familiar name is suspicious where anybody may write, or in a directory that resembles its own."""
    if zone in (Zone.NONE.value, Zone.BUILTIN.value) or normal_zone in (Zone.NONE.value, Zone.BUILTIN.value):
        return None
    trusted = normal_zone in (Zone.SYSTEM.value, Zone.UNIX_SYSTEM.value)
    if trusted and writable(Zone(zone)):
        return f"it has the name of {normal} but lies where anybody may write"
    directory, usual = executable[: -len(_name(executable))], normal[: -len(_name(normal))]
    if trusted and directory != usual and DamerauLevenshtein.distance(directory, usual, score_cutoff=3) <= 3:
        return f"its directory looks like that of {normal} but is another"
    return None


@lru_cache(maxsize=65_536)
def _passes_for(name: str, normal: str) -> bool:
    stem, usual = _stem(name), _stem(normal)
    if stem == usual or min(len(stem), len(usual)) < SHORTEST_NEAR or stem.rstrip("0123456789") == usual.rstrip("0123456789"):
        return False
    if stem.translate(LOOKALIKES) == usual.translate(LOOKALIKES):
        return True
    most = NEAR_EDITS if len(usual) >= LONG_STEM else 1
    return DamerauLevenshtein.distance(stem, usual, score_cutoff=most) <= most


def common_executables(located: pl.DataFrame, most: int = 400) -> dict[str, dict[str, str]]:
    """For each account class its common executables (canonical path → zone), commonest first.

    Common: on at least a tenth of the hosts and on three of them. What the system's own directories hold is common
    for everyone, whoever runs it: names that pass for it deceive all the same.
    """
    whole = _common(located.with_columns(pl.lit("").alias("account_class")), most)
    system = {path: zone for path, zone in whole.get("", {}).items() if zone in (Zone.SYSTEM.value, Zone.UNIX_SYSTEM.value)}
    by_class = _common(located, most)
    classes = located["account_class"].unique().to_list()
    return {each: {**by_class.get(each, {}), **system} for each in classes}


def _common(located: pl.DataFrame, most: int) -> dict[str, dict[str, str]]:
    hosts = located.group_by("account_class").agg(pl.struct("tenant", "host").n_unique().alias("of_hosts"))
    shared = (
        located.group_by("account_class", "executable", "zone")
        .agg(pl.struct("tenant", "host").n_unique().alias("hosts"))
        .join(hosts, on="account_class")
        .filter((pl.col("hosts") >= 3) & (pl.col("hosts") * 10 >= pl.col("of_hosts")))
        .sort("hosts", "executable", descending=[True, False])
    )
    found: dict[str, dict[str, str]] = {}
    for account_class, path, zone in shared.select("account_class", "executable", "zone").iter_rows():
        of_class = found.setdefault(account_class, {})
        if len(of_class) < most:
            of_class.setdefault(path, zone)
    return found


def _name(path: str) -> str:
    return path.replace("/", "\\").rsplit("\\", 1)[-1]


def _stem(name: str) -> str:
    return name.rsplit(".", 1)[0] if "." in name else name
