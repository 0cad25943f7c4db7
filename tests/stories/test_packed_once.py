"""A log and the same log packed are one: whoever packs it, however often, before, after and while it is counted."""

import gzip
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
import zstandard
from cli_calls import lines, story

from longtail import store
from longtail.pipelines import Source, ingest, ingesting
from longtail.pipelines.ingesting import Ingested
from longtail.telemetry import Options

STARTS = len(story())
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "gz1": lambda content: gzip.compress(content, 1),
    "zst": zstandard.ZstdCompressor().compress,
    "gz.gz": lambda content: gzip.compress(gzip.compress(content)),
}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "e.log"
    path.write_text(lines(*story()), "utf-8")
    return path


def packed(log: Path, kind: str = "gz") -> Path:
    path = log.with_name(f"e.log.{kind}")
    path.write_bytes(PACKERS[kind](log.read_bytes()))
    return path


def counted(log: Path, *paths: Path) -> Ingested:
    return ingest(Source(tuple(map(str, paths)), Options()), str(log.parent / "lake"))


def in_pieces(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain logs are cut from now on; packed ones never are."""
    monkeypatch.setattr(import_module("longtail.telemetry.parts"), "CUT_FROM", 1)
    monkeypatch.setattr("longtail.telemetry.ranges.BLOCK", 4096)
    monkeypatch.setattr("longtail.pipelines.units.PIECE", log.stat().st_size // 5)


def stands(log: Path) -> None:
    """All of it counts, once."""
    place = str(log.parent / "lake")
    assert store.verify(place) == []
    found = store.status(place)
    assert (found.starts, found.inputs) == (STARTS, 1)


@pytest.mark.parametrize("kind", PACKERS)
@pytest.mark.parametrize("cut", [False, True])
def test_packed_and_plain_it_counts_once_in_any_order(
    log: Path, kind: str, cut: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if cut:
        in_pieces(log, monkeypatch)
    other = packed(log, kind)
    first, second = (log, other) if kind != "zst" else (other, log)
    assert counted(log, first).process_starts == STARTS
    again = counted(log, second, first)
    assert (again.process_starts, set(again.known)) == (0, {str(first), str(second)})
    stands(log)


def test_sent_together_it_counts_once(log: Path) -> None:
    assert counted(log, *(packed(log, kind) for kind in PACKERS), log).process_starts == STARTS
    stands(log)


def test_what_was_counted_as_it_is_packed_stays_counted_and_is_not_unpacked_again(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Earlier versions knew a packed file by its bytes alone."""
    other = packed(log)
    with monkeypatch.context() as earlier:
        earlier.setattr("longtail.pipelines.units._unpacked", lambda *given: None)
        assert counted(log, other).process_starts == STARTS
        assert len(store.units_in(store.opened(str(log.parent / "lake")))) == 1
    monkeypatch.setattr("longtail.pipelines.units._unpacked", lambda *given: pytest.fail("unpacked"))
    assert counted(log, other).known == (str(other),)


def test_a_packed_file_is_unpacked_once_to_be_known(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = packed(log)
    counted(log, other)
    monkeypatch.setattr("longtail.pipelines.units._unpacked", lambda *given: pytest.fail("unpacked"))
    assert counted(log, other).known == (str(other),)


@pytest.mark.parametrize("first", ["plain", "packed"])
def test_packed_while_it_is_counted_in_pieces_it_counts_once(
    log: Path, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    """Both are planned before either is committed: who comes second leaves it to the other."""
    in_pieces(log, monkeypatch)
    one, other = (log, packed(log)) if first == "plain" else (packed(log), log)
    planned = ingesting.planned
    pending = [one]

    def planned_and_overtaken(*given: object) -> object:
        plan = planned(*given)  # type: ignore[arg-type]
        if pending:
            assert counted(log, pending.pop()).process_starts == STARTS
        return plan

    monkeypatch.setattr(ingesting, "planned", planned_and_overtaken)
    assert counted(log, other).process_starts == 0
    stands(log)


def test_pieces_and_the_whole_cannot_be_committed_at_once(log: Path) -> None:
    counted(log, log)
    place = str(log.parent / "lake")
    seen = store.sightings(place)
    one, other = store.opened(place), store.opened(place)
    store.appended(one, seen, ["c:2/3"], ["x"])
    with pytest.raises(store.Conflict):
        store.appended(other, seen, ["c:1/1"], ["x.gz"], ["p:1/1"])
    store.appended(store.opened(place), seen, ["c:1/3"], ["x"])  # the rest of the pieces may follow


def test_a_bomb_and_a_damaged_file_are_known_by_their_bytes_and_told(log: Path) -> None:
    bomb, cut = log.with_name("bomb.gz"), log.with_name("cut.gz")
    bomb.write_bytes(gzip.compress(bytes(80 << 20)))
    cut.write_bytes(packed(log).read_bytes()[:-40])
    done = counted(log, bomb, cut)
    assert {Path(each.path).name for each in done.readings if each.quarantined} == {"bomb.gz", "cut.gz"}
