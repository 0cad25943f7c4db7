"""The bytes of every output of one fixed run of ``ports``; ``LONGTAIL_GOLDEN=write`` renews them."""

import io

import pytest
from output_ports import small_ports
from test_golden_outputs import HERE, compare

from longtail.outputs.ports import OUTPUTS, output

KEPT = {
    "table": "ports.txt",
    "json": "ports.json",
    "jsonl": "ports.jsonl",
    "csv": "ports.csv",
    "html": "ports.html",
    "markdown": "ports.md",
}


def test_every_output_is_kept() -> None:
    assert set(KEPT) == set(OUTPUTS)


@pytest.mark.parametrize("name", KEPT)
def test_an_output_of_ports_keeps_its_bytes(name: str) -> None:
    written = io.StringIO(newline="")
    output(name).write(small_ports(), written)
    compare(HERE / KEPT[name], written.getvalue())
