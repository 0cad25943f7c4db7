"""Files of exports: packed, split, damaged, hostile. Whatever is lost is told, and nothing is closed by it."""

import gzip
import json
import time
import zipfile
from pathlib import Path
from random import Random
from typing import Any

import pytest
import zstandard
from network_kit import SHARED, evaluated, group, machine, nic, passing, rule, vnet

from longtail.errors import NothingToRead
from longtail.network import network, reading
from longtail.network.json_values import Damage, Value, values

PUBLIC = "203.0.113.7"
DOCUMENTS = [group("g", rule()), nic("m", "10.0.0.4", "g"), vnet(), machine("m")]
TEXT = json.dumps(DOCUMENTS).encode()


def packed(folder: Path) -> dict[str, Path]:
    """The same list in every packing."""
    (folder / "gz.json.gz").write_bytes(gzip.compress(TEXT))
    (folder / "zst.json.zst").write_bytes(zstandard.compress(TEXT))
    with zipfile.ZipFile(folder / "zip.zip", "w") as archive:
        for number, document in enumerate(DOCUMENTS):
            archive.writestr(f"{number}.json", json.dumps(document))
    (folder / "wide.json").write_bytes(TEXT.decode().encode("utf-16"))
    (folder / "marked.json").write_bytes(b"\xef\xbb\xbf" + TEXT)
    return {each.name.split(".")[0]: each for each in folder.iterdir()}


@pytest.mark.parametrize("packing", ["gz", "zst", "zip", "wide", "marked"])
def test_packed_files_are_read_through(tmp_path: Path, packing: str) -> None:
    found = network([str(packed(tmp_path)[packing])])
    assert passing(found, "m", 1433, PUBLIC) and not any(each.quarantined for each in found.readings)


def test_standard_input_is_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    class Piped:
        class buffer:  # noqa: N801
            parts = [TEXT]  # noqa: RUF012

            @classmethod
            def read(cls, size: int) -> bytes:
                return cls.parts.pop() if cls.parts else b""

    monkeypatch.setattr("sys.stdin", Piped)
    assert passing(network(["-"]), "m", 1433, PUBLIC)


def test_globs_and_folders_are_pooled_once(tmp_path: Path) -> None:
    evaluated(tmp_path, *DOCUMENTS)
    found = network([str(tmp_path), str(tmp_path / "*.json")])
    assert len(found.readings) == len(DOCUMENTS) and len(found.machines) == 1


def test_no_such_path(tmp_path: Path) -> None:
    with pytest.raises(NothingToRead):
        network([str(tmp_path / "none")])


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"hello\nworld\n", "not a network export"),
        (b'{"anything": "else"}', "not a network export"),
        (b"[1, 2, 3]", "not a network export"),
        (b"a,b,c\n1,2,3\n", "not a network export"),
        (b"\x00\x01\x02\x03" * 100, "not a network export"),
    ],
)
def test_a_file_without_network_content_is_told_in_peace(tmp_path: Path, content: bytes, note: str) -> None:
    (tmp_path / "a").write_bytes(content)
    (reading,) = network([str(tmp_path / "a")]).readings
    assert reading.format == "unknown" and note in " ".join(reading.notes) and not reading.quarantined


HOSTILE = {
    "deep list": b"[" * 300_000,
    "deep object": b'{"a":' * 300_000,
    "deep in a group": json.dumps(group("g"))[:-2].encode() + b',"x":' + b"[" * 200_000,
    "half a string": b'{"id": "/subscriptions/',
    "many halves": b'{"value":[' + b'{"id":"x",\n' * 20_000,
    "nul bytes": TEXT[:200] + b"\0" * 100 + TEXT[200:],
    "not unicode": TEXT[:200] + b"\xff\xfe" + TEXT[200:],
    "bad parquet": b"PAR1" + b"x" * 100,
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_costs_itself_and_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.json").write_bytes(content)
    (tmp_path / "b.json").write_bytes(TEXT)
    began = time.process_time()
    found = network([str(tmp_path)])
    assert time.process_time() - began < 40
    assert passing(found, "m", 1433, PUBLIC)
    hostile = found.readings[0]
    assert hostile.quarantined >= 1 or "nul" in str(content[200:202]) or hostile.format == "azure"
    assert all(each.place and each.reason for each in hostile.examples)


def test_a_file_too_large_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SIZE_MOST", 100)
    (tmp_path / "a.json").write_bytes(TEXT)
    (told,) = network([str(tmp_path)]).readings
    assert told.quarantined == 1 and "split" in told.examples[0].reason


STRANGE: list[Any] = [None, "text", 7, [], {}, {"name": "r"}, [rule()], {"properties": "text"}, True]


@pytest.mark.parametrize("strange", STRANGE, ids=repr)
def test_a_rule_that_cannot_be_understood_is_unresolved_never_closed(tmp_path: Path, strange: Any) -> None:
    found = evaluated(tmp_path, group("g", rule("ssh", destinationPortRange="22"), strange), *DOCUMENTS[1:])
    assert passing(found, "m", 22, PUBLIC)
    doubtful = passing(found, "m", 1433, PUBLIC)
    assert doubtful and all(each.unresolved for each in doubtful)
    told = found.readings[0]
    assert told.quarantined >= 1 and "securityRules[1]" in told.examples[0].place


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ({"access": "Maybe"}, "access"),
        ({"access": None}, "access"),
        ({"direction": "Sideways"}, "direction"),
        ({"priority": "first"}, "priority"),
        ({"priority": None}, "priority"),
        ({"protocol": "Quic"}, "protocol"),
        ({"destinationPortRange": "sql"}, "port"),
        ({"destinationPortRange": None}, "port"),
        ({"sourceAddressPrefix": "10.0.0.0/99"}, "source"),
        ({"sourceAddressPrefix": None}, "source"),
        ({"destinationAddressPrefix": "Nowhere"}, "destination"),
    ],
)
def test_a_field_that_is_not_understood_is_told_and_never_closes(
    tmp_path: Path, written: dict[str, Any], what: str
) -> None:
    (tmp_path / "allow").mkdir()
    allowed = evaluated(tmp_path / "allow", group("g", rule(**written)), *DOCUMENTS[1:])
    opening = next(each for each in passing(allowed, "m", 1433, PUBLIC) + list(allowed.openings) if each.unresolved)
    assert any(what in sentence for sentence in opening.unresolved) and opening.covers(1433)
    (tmp_path / "deny").mkdir()
    deny = rule("deny", priority=100, **{"access": "Deny", **written}) if "priority" not in written else None
    denied = evaluated(tmp_path / "deny", group("g", rule(), *([deny] if deny else [])), *DOCUMENTS[1:])
    assert passing(denied, "m", 1433, PUBLIC)


def test_a_port_not_understood_leaves_the_others_exact(tmp_path: Path) -> None:
    found = evaluated(tmp_path, group("g", rule(destinationPortRanges=["22", "sql"])), *DOCUMENTS[1:])
    assert [each for each in passing(found, "m", 22, PUBLIC) if not each.unresolved]
    assert all(each.unresolved for each in passing(found, "m", 80, PUBLIC)) and passing(found, "m", 80, PUBLIC)


def test_a_group_without_rules_is_not_a_group_without_openings(tmp_path: Path) -> None:
    bare = group("g")
    del bare["properties"]["securityRules"]
    found = evaluated(tmp_path, bare, *DOCUMENTS[1:])
    assert passing(found, "m", 1433, PUBLIC)[0].unresolved and found.readings[0].quarantined == 1


@pytest.mark.parametrize(
    ("text", "held", "lost"),
    [
        ('{"a": 1}', [{"a": 1}], 0),
        ('[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}], 0),
        ('{"value": [{"a": 1}], "nextLink": "more"}', [{"a": 1}], 1),
        ('{"a": 1}\n{"a": 2}\n', [{"a": 1}, {"a": 2}], 0),
        ('{"a": 1}{"a": 2}', [{"a": 1}, {"a": 2}], 0),
        ('{"a": 1}\n?\n{"a": 2}\n', [{"a": 1}, {"a": 2}], 1),
        ('[{"a": 1}, {"a": 2}, {"a"', [{"a": 1}, {"a": 2}], 1),
        ('[{"a": 1}, {"a": 2},', [{"a": 1}, {"a": 2}], 1),
        ('{"count": 2, "data": [{"a": 1}, {"a"', [{"a": 1}], 1),
        ('[\n {"a": 1},\n {"a": x},\n {"a": 3}\n]', [{"a": 1}, {"a": 3}], 1),
    ],
)
def test_values_of_a_text(text: str, held: list[Any], lost: int) -> None:
    found = list(values(text.encode()))
    assert [each.value for each in found if isinstance(each, Value)] == held
    assert len([each for each in found if isinstance(each, Damage)]) == lost


RIGS = [
    path for name in ("batfish_cloud_azure", "batfish_test_nsg") for path in sorted((SHARED / "azure" / name).glob("*"))
]


@pytest.mark.skipif(not RIGS, reason=f"real samples are not at {SHARED}")
@pytest.mark.parametrize("hurt", RIGS, ids=lambda path: f"{path.parent.name[8:]}-{path.stem}")
def test_a_real_file_cut_anywhere_closes_nothing_in_silence(tmp_path: Path, hurt: Path) -> None:
    whole = {path.name: path.read_bytes() for path in hurt.parent.iterdir()}
    before = network([str(hurt.parent)])
    asked = [(each.machine, each.protocol, port) for each in before.openings for port in {each.first, each.last}]
    chance = Random(hurt.name)
    for round_number in range(6):
        at = chance.randrange(1, len(whole[hurt.name]))
        bad = whole[hurt.name][:at] + (b"" if round_number % 2 else b"\x01{" + whole[hurt.name][at + 2 :])
        for name, content in whole.items():
            (tmp_path / name).write_bytes(bad if name == hurt.name else content)
        found = network([str(tmp_path)])
        (told,) = [each for each in found.readings if each.path.endswith(f"/{hurt.name}")]
        known = {each.name for each in found.machines}
        lost = [
            (machine, protocol, port)
            for machine, protocol, port in asked
            if machine in known
            and not any(each.machine == machine and each.covers(port, protocol) for each in found.openings)
        ]
        assert lost == []
        assert told.quarantined or set(found.openings) >= set(before.openings) or any(
            each.unresolved for each in found.openings
        )  # fmt: skip


@pytest.mark.skipif(not RIGS, reason=f"real samples are not at {SHARED}")
def test_an_effective_answer_for_nobody_is_read_in_peace() -> None:
    found = network([str(SHARED / "azure" / "effective_nsg_az_cli_shape.json")])
    assert [(each.format, each.quarantined) for each in found.readings] == [("azure", 0)] and found.machines == ()
