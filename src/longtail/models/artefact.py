"""A window's habits and what was asked of them → one file that says what it is and that it is whole; and back.

The file is a plain zip of three members, stored and not packed again: ``header.json``, ``habits.parquet`` and
``meanings.parquet``. Nothing in it is code. The same model gives the same bytes.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import IO, Any

import polars as pl

from longtail import __version__
from longtail.executions.schema import SIGHTING
from longtail.models.refusals import FutureModel, ModelError
from longtail.prevalence.behaviours import Meant
from longtail.prevalence.habits import HABIT, habits
from longtail.settings import Settings

VERSION = 3
KIND = "longtail model"
HEADER, TABLE, MEANINGS = "header.json", "habits.parquet", "meanings.parquet"
FIRST_TABLE = "sightings.parquet"
"""What a model of version 1 has instead of its habits."""
SUFFIX = ".longtail"
NAME_AT, LOCAL_HEADER = 30, HEADER.encode()  # where a zip's first member has its name
HEADER_HASHED = 3  # from this version on the hash is that of the header, too
MEANING = pl.Schema({"kind": pl.String(), "text": pl.String(), "means": pl.List(pl.String())})
LONGEST_HEADER = 1 << 20  # bytes
EPOCH = (1980, 1, 1, 0, 0, 0)  # of every member: a model made twice is the same file
ROW_GROUP = 1 << 18


@dataclass(frozen=True, slots=True)
class Header:
    """What a model is: the days it learnt from (``until`` exclusive), of which tenant (None for all), of how many
    sightings.

    ``left_out``: how many sightings were not learnt, because alerts rest on them. ``sha256`` is that of all else in the
    header and of the tables, one after the other, and identifies the model.
    """

    since: date
    until: date
    tenant: str | None
    sightings: int
    hosts: int
    left_out: int
    settings: dict[str, Any]
    longtail: str
    sha256: str = ""


@dataclass(frozen=True)
class Model:
    """What was learnt: its header, and the habits (``HABIT``) that judging needs, leave-one-out included.

    ``meant`` is what their texts mean by kind of aspect, to save time; empty where another version worked it out.
    """

    header: Header
    habits: pl.DataFrame
    meant: Meant = field(default_factory=dict)

    @property
    def asked(self) -> Settings:
        """The settings it was learnt with, as far as this version knows them."""
        known = {each.name for each in fields(Settings)}
        return Settings(**{name: value for name, value in self.header.settings.items() if name in known})


def saved(model: Model, stream: IO[bytes]) -> Header:
    """Writes the model; gives its header with the hash that identifies it."""
    members = {TABLE: _packed(model.habits), MEANINGS: _packed(_as_table(model.meant))}
    told = _canonical(_told(model.header))
    header = Header(**{**_plain(model.header), "sha256": _hash([told, *members.values()])})
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, packed in ((HEADER, _written(header)), *members.items()):
            with archive.open(zipfile.ZipInfo(name, EPOCH), "w", force_zip64=True) as member:
                member.write(packed)
    return header


def _as_table(meant: Meant) -> pl.DataFrame:
    rows = [(kind, text, list(means)) for kind, known in meant.items() for text, means in known.items()]
    return pl.DataFrame(rows, schema=MEANING, orient="row").sort("kind", "text", nulls_last=False)


def _as_read(meanings: pl.DataFrame) -> Meant:
    found: dict[str, dict[str, list[str]]] = {}
    for kind, text, means in meanings.iter_rows():
        found.setdefault(kind, {})[text] = means
    return found


def _packed(table: pl.DataFrame) -> bytes:
    packed = io.BytesIO()
    table.write_parquet(packed, compression="zstd", compression_level=3, row_group_size=ROW_GROUP)
    return packed.getvalue()


def _hash(members: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for each in members:
        found.update(each)
    return found.hexdigest()


def loaded(path: str) -> Model:
    """The model in a file.

    Raises:
        FutureModel: a later version wrote it.
        ModelError: it cannot be read, is no model, or is not what was written: its hash says so.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            version, header, told = _header(path, archive)
            first = version == 1
            tables = [_member(archive, name) for name in (FIRST_TABLE if first else TABLE, MEANINGS)]
    except OSError as wrong:
        raise ModelError(f"{path} cannot be read: {wrong.strerror or wrong}") from wrong
    except (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, EOFError, RuntimeError) as wrong:
        raise _no_model(path) from wrong
    if _hash([told, *tables] if version >= HEADER_HASHED else tables) != header.sha256:
        raise ModelError(f"{path} is not what was written: its hash does not match; learn again, or copy it again")
    learnt, meanings = (
        _table(path, *each) for each in zip(tables, (SIGHTING if first else HABIT, MEANING), strict=True)
    )
    known = _as_read(meanings) if header.longtail == __version__ else {}
    return Model(header, habits([learnt]) if first else learnt, known)


def is_model(path: str) -> bool:
    """Whether a file is meant to be a model, whole or not: by its name, or as a zip that begins with a header."""
    if path.endswith(SUFFIX):
        return not Path(path).is_dir()
    try:
        with Path(path).open("rb") as stream:
            head = stream.read(len(LOCAL_HEADER) + NAME_AT)
    except OSError:
        return False
    return head.startswith(b"PK\x03\x04") and head[NAME_AT:] == LOCAL_HEADER


def _table(path: str, packed: bytes, schema: pl.Schema) -> pl.DataFrame:
    try:
        return pl.read_parquet(io.BytesIO(packed)).select(list(schema)).cast(dict(schema))  # type: ignore[arg-type]
    except (pl.exceptions.PolarsError, OSError) as wrong:
        raise _no_model(path) from wrong


def _header(path: str, archive: zipfile.ZipFile) -> tuple[int, Header, bytes]:
    """The version of a model's file, its header, and that as it is hashed."""
    told = json.loads(_member(archive, HEADER)[:LONGEST_HEADER])
    if not isinstance(told, dict) or told.get("kind") != KIND or not isinstance(told.get("version"), int):
        raise _no_model(path)
    if told["version"] > VERSION:
        raise FutureModel(
            f"{path}: a model of version {told['version']}, this Longtail reads up to {VERSION}: use a later one"
        )
    return told["version"], _read(path, told), _canonical(told)


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """A member as it was stored: nothing grows on reading."""
    if archive.getinfo(name).compress_type != zipfile.ZIP_STORED:
        raise zipfile.BadZipFile(f"{name} is packed")
    return archive.read(name)


def _read(path: str, told: dict[str, Any]) -> Header:
    try:
        header = Header(**{each.name: told[each.name] for each in fields(Header)})
        days = {name: date.fromisoformat(told[name]) for name in ("since", "until")}
        return Header(**{**_plain(header), **days})
    except (KeyError, TypeError, ValueError) as wrong:
        raise _no_model(path) from wrong


def _plain(header: Header) -> dict[str, Any]:
    return {each.name: getattr(header, each.name) for each in fields(Header)}


def _written(header: Header) -> bytes:
    return json.dumps(_told(header), default=date.isoformat, indent=1, sort_keys=True).encode()


def _told(header: Header) -> dict[str, Any]:
    return {"kind": KIND, "version": VERSION, **asdict(header)}


def _canonical(told: dict[str, Any]) -> bytes:
    """All that a header says but for its hash, in one way of writing it."""
    left = {name: value for name, value in told.items() if name != "sha256"}
    return json.dumps(left, default=date.isoformat, sort_keys=True).encode()


def _no_model(path: str) -> ModelError:
    return ModelError(
        f"{path} is no model of Longtail, or not a whole one: `longtail learn --store DIR -o FILE` makes one"
    )
