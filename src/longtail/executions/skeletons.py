"""Locations → skeletons: the same location with one of its segments left open, wherever that may say something."""

import re

import polars as pl

SKELETON = pl.Schema({"skeleton": pl.String, "value": pl.String, "depth": pl.Int64})
"""``skeleton``: the location with ``{*}`` at one segment; ``value``: what stood there; ``depth``: segments compared."""

DEEPEST = 12  # segments below the root; real software lies higher
LONGEST = 600  # characters
ENOUGH_FIXED = 2  # telling folders below an open one directly under a root: `D:\\{*}\\SQLServer\\…\\MSSQL\\Binn`

_APPDATA = "\\users\\{user}\\appdata\\"
ROOTS: tuple[str, ...] = (
    "\\program files\\common files\\",
    "\\program files (x86)\\common files\\",
    "\\program files\\microsoft\\",
    "\\program files (x86)\\microsoft\\",
    "\\program files\\windowsapps\\",
    "\\program files\\",
    "\\program files (x86)\\",
    "\\program files (arm)\\",
    "\\programdata\\microsoft\\",
    "\\programdata\\package cache\\",
    "\\programdata\\",
    f"{_APPDATA}local\\temp\\",
    f"{_APPDATA}local\\microsoft\\",
    f"{_APPDATA}local\\programs\\",
    f"{_APPDATA}local\\",
    f"{_APPDATA}roaming\\microsoft\\",
    f"{_APPDATA}roaming\\",
    "\\users\\{user}\\",
    "\\users\\public\\",
    "\\windows\\temp\\",
    "\\windows\\",
    "\\\\{server}\\",
    "{drive}:\\program files\\",
    "{drive}:\\",
    "\\temp\\",
    "\\",
    "/usr/local/",
    "/opt/",
    "/home/{user}/",
    "/root/",
    "/var/tmp/",
    "/var/lib/",
    "/var/",
    "/dev/shm/",
    "/tmp/",
    "/",
)
"""Folders below which unrelated software lies side by side, the first that fits: there a name is no instance's name."""

_ROOT = re.compile("|".join(map(re.escape, ROOTS)))
_GENERATED = re.compile(r"\{(?:n|ver|hex|guid|rand|sid)\}(?:[-._ ]?\{(?:n|ver|hex|guid|rand|sid)\})*+")
_INSTANCE = re.compile(r"^(ms(?:sql|as|rs)\{\*\}\.).+")
_ANYWHERE = frozenset(
    {"", "bin", "binn", "lib", "app", "apps", "x86", "x64", "tools", "current", "shared", "resources"}
)
_STEM = re.compile(r"[^{._-]{4,}(?:\{\*\})?[._-]+(?=.)")


def unified(location: str) -> str:
    """The location with the types of its placeholders dropped: ``{n}``, ``{ver}``, ``{rand}`` … become ``{*}``."""
    return _GENERATED.sub("{*}", location) if "{" in location else location


def skeletons(kind: str) -> list[tuple[str, str, int]]:
    """The skeletons of a unified location, as rows of ``SKELETON``; none where there is nothing to compare."""
    separator = "/" if kind.startswith("/") else "\\"
    found = _ROOT.match(kind)
    if found is None or len(kind) > LONGEST or not kind.endswith(separator):
        return []
    root = found[0]
    segments = kind[len(root) : -1].split(separator)
    if len(segments) > DEEPEST:
        return []
    shared = [_shared(each) for each in segments]
    return [
        (root + separator.join([*shared[:at], f"{stem}{{*}}", *shared[at + 1 :]]) + separator, value, len(segments))
        for at, value in enumerate(segments)
        if (stem := _stem(segments, at)) is not None
    ]


def _shared(segment: str) -> str:
    """A segment that is not the open one; SQL Server's instances, which everyone names, are open wherever they are."""
    return _INSTANCE.sub(r"\1{*}", segment) if "{" in segment else segment


def _stem(segments: list[str], at: int) -> str | None:
    """What stays of an open segment: nothing where its surroundings are fixed, else a common stem, else no go."""
    if at > 0 or _fixed(segments[1:]) >= ENOUGH_FIXED:
        return ""
    stem = _STEM.match(segments[at])
    return stem[0] if stem else None


def _fixed(segments: list[str]) -> int:
    return sum("{" not in each and each not in _ANYWHERE for each in segments)
