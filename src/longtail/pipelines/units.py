"""Paths → units: what of the telemetry counts once, each with the name it is known by however often it is sent.

A unit is a file, or a piece of a big one, so that a crash in the middle of it costs no more than the piece.
"""

import hashlib
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from longtail import telemetry
from longtail.errors import InputError
from longtail.files.discovery import STDIN, files, tenant_of
from longtail.files.streams import standard_input
from longtail.readings import Quarantined, Reading
from longtail.telemetry.reader import DEFAULT_TENANT

PIECE = 16 << 20
"""Bytes of work of a piece. Where a file is cut is part of its pieces' names: half of one cut otherwise is lost."""

ELSEWHERE = "begun with other pieces, by another version or another --format-in: finish it with that one"
SPOOL = ("input", "log")  # names that the reader takes for no machine's


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of work and the name it counts under. ``shown`` is the path as it was given."""

    name: str
    part: telemetry.Part
    stamp: tuple[int, int]
    shown: str
    pieces: int = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be read (``units``), what counts already (``known``), and what cannot be taken (``refused``)."""

    inputs: int
    units: tuple[Unit, ...]
    known: tuple[str, ...]
    refused: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class _Input:
    path: str
    root: str
    shown: str


def found(paths: Mapping[str, str]) -> list[_Input]:
    """The files under the paths; ``paths`` gives each path with the name it is shown by.

    Raises:
        NothingToRead: a path matches no file.
    """
    return [
        _Input(file, root, file if shown == path else shown)
        for path, shown in paths.items()
        for file, root in files([path])
    ]


def planned(paths: Mapping[str, str], options: telemetry.Options, counted: Collection[str]) -> Plan:
    """The units under the paths that are not among the ``counted``; the same content twice is one.

    ``paths`` gives each path with the name it is shown by.

    Raises:
        NothingToRead: a path matches no file.
    """
    begun = _pieces_counted(counted)
    inputs = found(paths)
    units: list[Unit] = []
    known: list[str] = []
    refused: list[Reading] = []
    taken: set[str] = set()
    for each in inputs:
        try:
            name, stamp = _named(each, options)
            if name in taken or _complete(begun.get(name, {})):
                known.append(each.shown)
                continue
            cut = _cut(each, options, (name, stamp))
        except OSError as error:
            refused.append(_refused(each.shown, f"cannot be opened: {error.strerror}"))
            continue
        taken.add(name)
        if begun.get(name) and set(begun[name]) != {len(cut)}:
            refused.append(_refused(each.shown, ELSEWHERE))
            continue
        units.extend(unit for unit in cut if unit.name not in counted)
    return Plan(len(inputs), tuple(units), tuple(known), tuple(refused))


def unchanged(unit: Unit) -> bool:
    """Whether the file is still the one whose content was looked at."""
    try:
        return _stamp(unit.part.path) == unit.stamp
    except OSError:
        return False


@contextmanager
def seekable(paths: Sequence[str]) -> Iterator[dict[str, str]]:
    """Each path, with standard input and pipes as files of their own: content is looked at before it is read.

    Raises:
        InputError: there is no room to keep what comes in.
    """
    with tempfile.TemporaryDirectory(prefix="longtail-") as folder:
        yield {_kept(path, Path(folder, str(number))) if _flows(path) else path: path
               for number, path in enumerate(paths)}  # fmt: skip


def _flows(path: str) -> bool:
    return path == STDIN or (Path(path).exists() and not Path(path).is_file() and not Path(path).is_dir())


def _kept(path: str, folder: Path) -> str:
    kept = folder.joinpath(*SPOOL)
    try:
        kept.parent.mkdir(parents=True)
        with kept.open("wb") as file:
            if path == STDIN:
                stream = standard_input()
                while block := stream.read():
                    file.write(block)
            else:
                with Path(path).open("rb") as pipe:
                    shutil.copyfileobj(pipe, file)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be kept in {folder.parent} while it is looked at: {error.strerror}"
        ) from error
    return str(kept)


def _named(each: _Input, options: telemetry.Options) -> tuple[str, tuple[int, int]]:
    """What the file is known by: its bytes and the tenant of records that name none; and its stamp before that."""
    stamp = _stamp(each.path)
    with Path(each.path).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    from_path = tenant_of(each.path, each.root) if options.tenant_from_path else None
    digest.update(b"\0" + (options.tenant or from_path or DEFAULT_TENANT).encode("utf-8", "surrogateescape"))
    return digest.hexdigest(), stamp


def _stamp(path: str) -> tuple[int, int]:
    found = os.stat(path)  # noqa: PTH116 (once a file, before and after: a Path object costs more than the call)
    return found.st_size, found.st_mtime_ns


def _cut(each: _Input, options: telemetry.Options, known_by: tuple[str, tuple[int, int]]) -> list[Unit]:
    """The pieces of a file. How many depends on the file alone, so that whoever reads it cuts it alike."""
    name, stamp = known_by
    parts = telemetry.parts([each.path], options, -(-telemetry.work_in(each.path) // PIECE))
    return [
        Unit(f"{name}:{number}/{len(parts)}", replace(part, root=each.root), stamp, each.shown, len(parts))
        for number, part in enumerate(parts, 1)
    ]


def _pieces_counted(counted: Collection[str]) -> dict[str, dict[int, int]]:
    """Of each file that counts, in full or in part: into how many pieces it was cut → how many of them count."""
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for unit in counted:
        name, _, place = unit.partition(":")
        pieces = int(place.rpartition("/")[2])
        found[name][pieces] = found[name].get(pieces, 0) + 1
    return found


def _complete(counted: Mapping[int, int]) -> bool:
    return any(number == pieces for pieces, number in counted.items())


def _refused(path: str, reason: str) -> Reading:
    return Reading(path, "unknown", 0, 0, 1, {reason: 1}, (Quarantined(f"{path}:file", reason),))
