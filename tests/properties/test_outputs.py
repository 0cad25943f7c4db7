"""Whatever is written into a hunt, its outputs keep it exactly, show it harmlessly, and never fail."""

import csv
import io
import json
from dataclasses import replace
from xml.etree import ElementTree as ET

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from output_hostile import with_text
from output_hunts import mssql, small_hunt, sql_server_attack

from longtail.outputs import csv as table
from longtail.outputs import jsonl
from longtail.outputs.chart import chart_fragment, prevalence_chart
from longtail.outputs.html import write as write_html
from longtail.outputs.table import write as write_table
from longtail.outputs.tree import Node, process_tree
from longtail.prevalence.findings import Bar
from longtail.text import csv_value

ANY_TEXT = st.text(st.characters(), max_size=60)
BARS = st.lists(
    st.builds(
        Bar,
        executable=ANY_TEXT,
        zone=st.just("system"),
        hosts=st.integers(0, 10**6),
        days=st.integers(0, 400),
        runs=st.integers(0, 10**12),
        share=st.floats(0, 1),
        tail=st.booleans(),
        anomalous=st.booleans(),
    ),
    max_size=120,
)
few = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(ANY_TEXT)
def test_json_lines_keep_every_string_exactly(text: str) -> None:
    stream = io.StringIO()
    jsonl.write(replace(small_hunt(), alerts=(with_text(sql_server_attack(), text),)), stream)
    line = stream.getvalue()
    assert line.count("\n") == 1
    assert line.rstrip("\n").isprintable()
    found = json.loads(line.encode("utf-8"))
    assert (found["title"], found["host"], found["techniques"][0]) == (text, text, text)
    assert {each["command_line"] for each in found["executions"]} == {text}


@given(ANY_TEXT)
def test_csv_keeps_every_string_exactly(text: str) -> None:
    stream = io.StringIO(newline="")
    table.write(replace(small_hunt(), alerts=(with_text(sql_server_attack(), text),)), stream)
    rows = list(csv.DictReader(io.StringIO(stream.getvalue(), newline="")))
    assert {csv_value(row["command_line"]) for row in rows} == {text}
    assert {csv_value(row["account"]) for row in rows} == {text}


@few
@given(ANY_TEXT)
def test_what_people_read_is_printable_and_never_fails(text: str) -> None:
    for write in (write_table, write_html):
        stream = io.StringIO(newline="")
        write(with_text(small_hunt(), text), stream)
        assert all(line.isprintable() for line in stream.getvalue().split("\n"))


@few
@given(BARS, st.integers(0, 10**6), st.sampled_from([320, 380, 700, 1120, 2000]))
def test_any_population_can_be_drawn(bars: list[Bar], hosts: int, width: int) -> None:
    population = replace(mssql(tuple(bars)), hosts=hosts)
    svg = ET.fromstring(prevalence_chart(population, width))
    for rect in svg.iter("{http://www.w3.org/2000/svg}rect"):
        assert float(rect.get("width", "")) >= 0
        assert float(rect.get("height", "")) >= 0
        assert 0 <= float(rect.get("x", "0")) <= width
    assert ET.fromstring(chart_fragment(population, width)).tag.endswith("svg")


PIDS = st.none() | st.integers(0, 6)


@given(st.lists(st.tuples(st.integers(0, 50), PIDS, PIDS, st.booleans(), st.booleans()), max_size=30))
def test_every_execution_stands_in_the_tree_once(drawn: list[tuple[int, int | None, int | None, bool, bool]]) -> None:
    first = sql_server_attack().executions[0]
    steps = [
        replace(
            first,
            time=first.time.replace(second=second),
            pid=pid,
            parent_pid=parent_pid,
            hosted_by="cmd.exe" if hosted else None,
            parent_image=first.parent_image if known else None,
            command_line=str(at),
        )
        for at, (second, pid, parent_pid, hosted, known) in enumerate(drawn)
    ]

    def within(nodes: list[Node]) -> list[str]:
        return [
            text
            for node in nodes
            for text in ([node.execution.command_line or ""] if node.execution else []) + within(node.children)
        ]

    assert sorted(within(process_tree(steps))) == sorted(str(at) for at in range(len(steps)))
