"""Chunks handed to the parser where they lie give what the parser reads from the whole file."""

import io
import os
from pathlib import Path

import pytest
from evtx import PyEvtxParser

from longtail.files.streams import Stream
from longtail.files.tally import Tally
from longtail.telemetry.evtx_chunks import CHUNK, CHUNKS_AT_ONCE, HEADER, evtx_records

SHARED = Path(os.environ.get("LONGTAIL_SHARED", Path(__file__).parents[4] / "shared")) / "data" / "telemetry"
SAMPLES = sorted((SHARED / "evtx-to-mitre").rglob("*.evtx"))
pytestmark = pytest.mark.skipif(not SAMPLES, reason="no real event logs beside the repository")


def _texts(data: bytes) -> list[str]:
    stream = Stream(io.BytesIO(data[HEADER:]).read)
    return [text for _, texts in evtx_records(stream, 0, 0, Tally("x")) for text in texts]


def _of_parser(data: bytes) -> list[str]:
    return [record["data"] for record in PyEvtxParser(io.BytesIO(data), number_of_threads=1).records_json() if record]


@pytest.mark.parametrize("sample", SAMPLES[:6], ids=lambda path: path.stem)
def test_groups_of_chunks_give_what_the_whole_file_gives(sample: Path) -> None:
    data = sample.read_bytes()
    assert _texts(data) == _of_parser(data) != []


def test_more_chunks_than_one_group_are_all_read() -> None:
    data = SAMPLES[0].read_bytes()
    chunk = data[HEADER : HEADER + CHUNK]
    assert len(_texts(data[:HEADER] + chunk * (CHUNKS_AT_ONCE + 2))) == (CHUNKS_AT_ONCE + 2) * len(_texts(data))


def test_the_records_before_the_cut_of_a_chunk_are_read() -> None:
    data = SAMPLES[0].read_bytes()
    whole, cut = _texts(data), _texts(data[: HEADER + CHUNK // 2])
    assert cut == whole[: len(cut)] != []
