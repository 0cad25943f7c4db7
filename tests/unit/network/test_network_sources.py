"""The contract of sources: each is listed, named once, knows none of the others and never raises."""

import configparser
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from longtail.network.source import NOTHING, Export, Options, Source
from longtail.network.sources import SOURCES

ROOT = Path(__file__).parents[3]

STRANGE: list[Any] = [
    None,
    7,
    "text",
    [],
    {},
    {"id": 7, "type": ["Microsoft.Network/networkSecurityGroups"]},
    {"id": "x", "type": "Microsoft.Network/networkSecurityGroups", "properties": "text"},
    {"id": "x", "type": "Microsoft.Network/networkInterfaces", "properties": {"ipConfigurations": [None, 7, {}]}},
    {"id": "x", "type": "Microsoft.Compute/virtualMachines", "properties": {"networkProfile": []}, "tags": [1]},
    {"id": "x", "type": "Microsoft.Network/virtualNetworks", "properties": {"subnets": "s", "addressSpace": 1}},
    {"effectiveSecurityRules": {"a": [1, None]}},
    {"SecurityGroups": [None, {"GroupId": {}}]},
    {"machine": {"a": 1}, "port": [1], "protocol": None},
    {"$schema": "deploymentTemplate", "resources": [None, {"type": 7, "name": {}}, {"type": "a/b", "properties": []}]},
    pl.DataFrame({"a": [1]}),
]


def test_every_source_is_a_neighbour_nobody_knows() -> None:
    written = configparser.ConfigParser()
    written.read(ROOT / ".importlinter")
    modules = set(written["importlinter:contract:sources"]["modules"].split())
    assert modules == {f"longtail.network.sources.{each.name}" for each in SOURCES}
    assert len({each.name for each in SOURCES}) == len(SOURCES)


@pytest.mark.parametrize("source", SOURCES, ids=lambda each: each.name)
@pytest.mark.parametrize("document", STRANGE, ids=lambda each: str(each)[:40])
def test_a_source_takes_any_document_and_evaluates_what_it_found(source: Source, document: Any) -> None:
    found = source.read(document, "a.json")
    assert isinstance(found, Export)
    source.network([found], Options())


@pytest.mark.parametrize("source", SOURCES, ids=lambda each: each.name)
def test_nothing_comes_of_nothing(source: Source) -> None:
    found = source.network([NOTHING], Options())
    assert found.machines == () and found.openings == ()
