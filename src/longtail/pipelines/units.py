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
from typing import BinaryIO

from longtail import telemetry
from longtail.errors import InputError
from longtail.files.containers import is_packed_alone, members
from longtail.files.discovery import STDIN, files, tenant_of
from longtail.files.streams import Budget, Stream, standard_input
from longtail.readings import Quarantined, Reading
from longtail.telemetry.reader import DEFAULT_TENANT

PIECE = 16 << 20
"""Bytes of work of a piece. Where a file is cut is part of its pieces' names: half of one cut otherwise is lost."""

ELSEWHERE = "begun with other pieces, by another version, another --format-in, or unpacked: finish it with that one"
HEAD = 512  # bytes that tell whether a file is packed
Begun = Mapping[str, Mapping[int, int]]
"""Of each content that counts, in full or in part: into how many pieces it was cut → how many of them count."""
SPOOL = ("input", "log")  # names that the reader takes for no machine's


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of work and the name it counts under. ``shown`` is the path as it was given, ``alias`` what a packed file
    is known by as it is packed."""

    name: str
    part: telemetry.Part
    stamp: tuple[int, int]
    shown: str
    pieces: int = 1
    alias: str | None = None


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


@dataclass(frozen=True, slots=True)
class _Name:
    """What a file is known by: its content, unpacked, and the tenant of records that name none; a packed one also by
    its bytes as they are, which are told sooner. And its stamp before that."""

    content: str
    stamp: tuple[int, int]
    packed: str | None = None


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
    begun = pieces_counted(counted)
    inputs = found(paths)
    units: list[Unit] = []
    known: list[str] = []
    refused: list[Reading] = []
    taken: set[str] = set()
    for each in inputs:
        try:
            name = _named(each, options, begun)
            if name.content in taken or _complete(begun.get(name.content, {})):
                known.append(each.shown)
                continue
            cut = _cut(each, options, name)
        except OSError as error:
            refused.append(_refused(each.shown, f"cannot be opened: {error.strerror}"))
            continue
        taken.add(name.content)
        if cut_otherwise(begun, name.content, len(cut)):
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


def _named(each: _Input, options: telemetry.Options, begun: Begun) -> _Name:
    """What a file is known by; what counts already as it is packed is not unpacked to be known."""
    stamp = _stamp(each.path)
    from_path = tenant_of(each.path, each.root) if options.tenant_from_path else None
    tenant = (options.tenant or from_path or DEFAULT_TENANT).encode("utf-8", "surrogateescape")
    with Path(each.path).open("rb") as file:
        name = _finished(hashlib.file_digest(file, "sha256"), tenant)
        if _complete(begun.get(name, {})):
            return _Name(name, stamp)
        file.seek(0)
        unpacked = _unpacked(file, each.path, stamp[0])
    return _Name(name, stamp) if unpacked is None else _Name(_finished(unpacked, tenant), stamp, name)


def _finished(digest: "hashlib._Hash", tenant: bytes) -> str:
    digest.update(b"\0" + tenant)
    return digest.hexdigest()


def _unpacked(file: BinaryIO, path: str, size: int) -> "hashlib._Hash | None":
    """The hash of what one packed stream holds; None for what is none, or is not whole, or is too much to be read."""
    stream = Stream(file.read)
    if not is_packed_alone(stream.peek(HEAD)):
        return None
    inside = members(stream, path, Budget(size))  # held: what it unpacks is open as long as it is
    member = next(inside, None)
    if member is None or member.refused or member.path != path:
        return None
    digest = hashlib.sha256()
    while block := member.stream.read():
        digest.update(block)
    return None if member.stream.damage else digest


def _stamp(path: str) -> tuple[int, int]:
    found = os.stat(path)  # noqa: PTH116 (once a file, before and after: a Path object costs more than the call)
    return found.st_size, found.st_mtime_ns


def _cut(each: _Input, options: telemetry.Options, name: _Name) -> list[Unit]:
    """The pieces of a file. How many depends on the file alone, so that whoever reads it cuts it alike."""
    parts = telemetry.parts([each.path], options, -(-telemetry.work_in(each.path) // PIECE))
    alias = name.packed and f"{name.packed}:1/1"
    return [
        Unit(
            f"{name.content}:{n}/{len(parts)}", replace(part, root=each.root), name.stamp, each.shown, len(parts), alias
        )
        for n, part in enumerate(parts, 1)
    ]


def pieces_counted(counted: Collection[str]) -> Begun:
    """Of each file that counts, in full or in part: into how many pieces it was cut → how many of them count."""
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for unit in counted:
        name, _, place = unit.partition(":")
        pieces = int(place.rpartition("/")[2])
        found[name][pieces] = found[name].get(pieces, 0) + 1
    return found


def cut_otherwise(begun: Begun, content: str, pieces: int) -> bool:
    """Whether some of a content counts already in other pieces: packed it is one, and plain it may be several."""
    return bool(begun.get(content)) and set(begun[content]) != {pieces}


def _complete(counted: Mapping[int, int]) -> bool:
    return any(number == pieces for pieces, number in counted.items())


def _refused(path: str, reason: str) -> Reading:
    return Reading(path, "unknown", 0, 0, 1, {reason: 1}, (Quarantined(f"{path}:file", reason),))
