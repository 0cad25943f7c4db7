"""A model's file gives back what was learnt, says when it is not whole, and is the same file when made twice."""

import hashlib
import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from longtail.executions.sightings import sightings
from longtail.fleet import Plan, events
from longtail.models import FutureModel, Header, Model, ModelError, is_model, loaded, saved
from longtail.prevalence.habits import habits, in_order, sightings_in
from longtail.settings import Settings

SIGHTED = sightings(next(iter(events(Plan(3, 2, seed=3, attacks=0, intensity=0.05)))))
LEARNT = in_order(habits([SIGHTED]))
HEADER = Header(
    date(2026, 3, 1), date(2026, 3, 2), None, sightings_in(LEARNT), 3, 0, {"budget": 3.0, "of_tomorrow": 1}, "0.1.0"
)
MEANT = {"told": {"cmd -c": ["cmd -c"]}, "trait": {'cmd /c "x"': ["names an address"], "dir": []}}


def written() -> bytes:
    stream = io.BytesIO()
    saved(Model(HEADER, LEARNT, MEANT), stream)
    return stream.getvalue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "m.longtail"
    file.write_bytes(written())
    return file


def hashed(header: dict[str, object], *tables: bytes) -> str:
    left = {name: value for name, value in header.items() if name != "sha256"}
    return hashlib.sha256(b"".join([json.dumps(left, sort_keys=True).encode(), *tables])).hexdigest()


def rewritten(path: Path, *, hash_again: bool = False, **told: object) -> None:
    """The same model with another header."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    header = json.loads(members.pop("header.json")) | told
    if hash_again:
        header["sha256"] = hashed(header, *members.values())
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("header.json", json.dumps(header))
        for name, packed in members.items():
            archive.writestr(name, packed)


def test_it_comes_back_as_it_was(path: Path) -> None:
    model = loaded(str(path))
    assert_frame_equal(model.habits, LEARNT)
    assert model.header.since == HEADER.since and len(model.header.sha256) == 64
    assert model.meant == MEANT
    assert model.asked == Settings(budget=3.0)
    assert is_model(str(path))


def test_what_another_version_worked_out_is_worked_out_again(path: Path) -> None:
    rewritten(path, longtail="0.0.1", hash_again=True)
    assert loaded(str(path)).meant == {}


def test_made_twice_it_is_the_same_file() -> None:
    assert written() == written()


def test_other_tools_can_read_it(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("header.json"))["kind"] == "longtail model"
        assert archive.read("habits.parquet")[:4] == b"PAR1"


def test_a_later_version_is_refused_clearly(path: Path) -> None:
    rewritten(path, version=4)
    with pytest.raises(FutureModel, match="a model of version 4, this Longtail reads up to 3"):
        loaded(str(path))


def test_a_model_of_the_first_version_is_read_too(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        header, meanings = json.loads(archive.read("header.json")), archive.read("meanings.parquet")
    packed = io.BytesIO()
    SIGHTED.write_parquet(packed)
    digest = hashlib.sha256(packed.getvalue() + meanings).hexdigest()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("header.json", json.dumps(header | {"version": 1, "sha256": digest}))
        archive.writestr("sightings.parquet", packed.getvalue())
        archive.writestr("meanings.parquet", meanings)
    assert_frame_equal(in_order(loaded(str(path)).habits), LEARNT)


def test_a_model_of_the_second_version_is_hashed_without_its_header(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        tables = b"".join(archive.read(name) for name in archive.namelist()[1:])
    rewritten(path, version=2, sha256=hashlib.sha256(tables).hexdigest())
    assert_frame_equal(loaded(str(path)).habits, LEARNT)


@pytest.mark.parametrize(
    "told", [{"sha256": "0" * 64}, {"until": "2026-03-09"}, {"tenant": "contoso"}, {"settings": {}}, {"more": 1}]
)
def test_another_hash_or_another_header_is_refused_clearly(path: Path, told: dict[str, object]) -> None:
    rewritten(path, **told)
    with pytest.raises(ModelError, match="hash does not match"):
        loaded(str(path))


@pytest.mark.parametrize("told", [{"kind": "x"}, {"since": 3}, {"version": "1"}, {"until": "soon"}])
def test_a_header_that_is_none_is_refused(path: Path, told: dict[str, object]) -> None:
    rewritten(path, **told)
    with pytest.raises(ModelError, match="no model of Longtail"):
        loaded(str(path))


@pytest.mark.parametrize("where", range(0, 100, 7))
def test_damage_anywhere_is_told_and_nothing_else_is_raised(path: Path, where: int) -> None:
    whole = path.read_bytes()
    at = len(whole) * where // 100
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
    with pytest.raises(ModelError):
        loaded(str(path))
    path.write_bytes(whole[:at])
    with pytest.raises(ModelError):
        loaded(str(path))


def test_what_is_no_file_or_packed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        loaded(str(tmp_path / "nowhere"))
    bomb = tmp_path / "bomb"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.json", " " * (64 << 20))
    with pytest.raises(ModelError, match="no model"):
        loaded(str(bomb))
    assert not is_model(str(tmp_path / "nowhere"))


def test_a_model_is_known_by_its_name_or_its_head_whole_or_not(path: Path, tmp_path: Path) -> None:
    renamed, cut, logs = tmp_path / "m.bin", tmp_path / "cut.bin", tmp_path / "logs.zip"
    renamed.write_bytes(path.read_bytes())
    cut.write_bytes(path.read_bytes()[:200])
    path.write_bytes(b"")
    with zipfile.ZipFile(logs, "w") as archive:
        archive.writestr("app.jsonl", "{}")
    (tmp_path / "folder.longtail").mkdir()
    assert [is_model(str(each)) for each in (path, renamed, cut)] == [True] * 3
    assert not is_model(str(logs)) and not is_model(str(tmp_path / "folder.longtail"))
