"""Whatever is written into what ``ports`` found, its outputs keep it exactly, show it harmlessly, and never fail."""

import csv
import io
import json
from dataclasses import replace
from xml.etree import ElementTree as ET

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from output_ports import SQL, forgotten, hostile_ports

from longtail.outputs.ports import output
from longtail.outputs.ports.chart import profile_chart
from longtail.outputs.ports.markdown import code, prose
from longtail.ports.findings import Companion, Ports, Remedy
from longtail.text import clean, csv_value

ANY_TEXT = st.text(st.characters(), max_size=60)
SOME_TEXT = st.text(st.characters(), min_size=1, max_size=60)
ANY_NUMBER = st.floats(allow_nan=True, allow_infinity=True)
COMPANION = st.builds(
    Companion,
    executable=ANY_TEXT,
    importance=ANY_NUMBER,
    share_of_backed=st.floats(0, 1) | st.just(float("nan")),
    share_of_others=st.floats(0, 1) | st.just(float("nan")),
    backed=st.integers(0, 10**6),
    of_backed=st.integers(0, 10**6),
    others=st.integers(0, 10**6),
    of_others=st.integers(0, 10**6),
)
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def written(name: str, ports: Ports) -> str:
    stream = io.StringIO(newline="")
    output(name).write(ports, stream)
    return stream.getvalue()


@few
@given(SOME_TEXT)
def test_json_lines_and_cells_keep_every_string_exactly(text: str) -> None:
    lines = written("jsonl", hostile_ports((text,))).splitlines()
    assert all(line.isprintable() for line in lines)
    first = json.loads(lines[0].encode("utf-8"))
    assert (first["machine"], first["reason"], first["openings"][0]["rule"]) == (text, text, text)
    assert first["runs_instead"] == {text: [text, text], "x" + text: [text]}
    rows = list(csv.DictReader(io.StringIO(written("csv", hostile_ports((text,))), newline="")))
    assert {csv_value(row["machine"]) for row in rows} == {text}
    assert csv_value(rows[0]["rules"]) == text


@few
@given(ANY_TEXT)
def test_what_people_read_is_printable_and_never_fails(text: str) -> None:
    for name in ("table", "html", "markdown"):
        assert all(line.isprintable() for line in written(name, hostile_ports((text,))).split("\n"))


@few
@given(st.text(st.characters(), min_size=1, max_size=80))
def test_a_command_is_shown_line_by_line_wherever_it_is_shown(command: str) -> None:
    remedy = Remedy("azure", "machine", command, "", "")
    ports = replace(hostile_ports(()), recommendations=(replace(forgotten(), remedies=(remedy,)),))
    for name, indent in (("table", "       "), ("markdown", "")):
        shown = written(name, ports).split("\n")
        assert all(
            (indent + clean(line)).rstrip(" ") in [each.rstrip(" ") for each in shown] for line in command.split("\n")
        )


@given(ANY_TEXT)
def test_markdown_never_leaves_a_line_and_never_opens_a_tag(text: str) -> None:
    assert prose(text).isprintable() and code(text).isprintable()
    outside = "".join(part for at, part in enumerate(prose(text.replace("`", "")).split("`")) if at % 2 == 0)
    assert "<" not in outside and "@" not in outside


@few
@given(st.lists(COMPANION, max_size=12), ANY_TEXT, st.sampled_from([320, 380, 1120]))
def test_any_profile_can_be_drawn_within_its_width(companions: list[Companion], label: str, width: int) -> None:
    svg = ET.fromstring(profile_chart(replace(SQL, companions=tuple(companions), label=label), width))
    for rect in svg.iter("{http://www.w3.org/2000/svg}rect"):
        assert 0 <= float(rect.get("width", "")) <= width


@few
@given(st.lists(COMPANION, max_size=4))
def test_numbers_that_cannot_be_said_do_not_stop_an_output(companions: list[Companion]) -> None:
    ports = hostile_ports(())
    odd = replace(forgotten(), expected=tuple(companions), score=float("nan"))
    ports = replace(ports, profiles=(replace(SQL, companions=tuple(companions)),), recommendations=(odd,))
    for name in ("table", "html", "markdown", "csv", "json", "jsonl"):
        assert odd.machine in written(name, ports)
