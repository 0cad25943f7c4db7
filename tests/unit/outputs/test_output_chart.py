"""The picture of the long tail: every executable is in it, what alarmed is named, and nothing runs."""

from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from output_hunts import COMMON, large_population, mssql, not_judged

from longtail.outputs.chart import prevalence_chart
from longtail.outputs.chart_layout import NAME_PITCH, columns, cut_left, frame, name, ranked, tail_start, ticks

SVG = "{http://www.w3.org/2000/svg}"


def drawn(population: object, width: int = 1120) -> ET.Element:
    return ET.fromstring(prevalence_chart(population, width))  # type: ignore[arg-type]


def texts(svg: ET.Element, kind: str) -> list[str]:
    return [each.text or "" for each in svg.iter(f"{SVG}text") if kind in each.get("class", "")]


def test_a_small_population_names_every_executable() -> None:
    svg = drawn(mssql())
    named = texts(svg, "chart-name") + [name(text, 99) for text in texts(svg, "chart-callout")]
    assert sorted(named) == sorted(name(executable, 20) for executable, _ in COMMON)


@pytest.mark.parametrize(("width", "executables"), [(380, 50), (1120, 110)])
def test_of_a_long_tail_as_many_are_named_as_there_is_room_for_and_each_bar_tells_its_own(
    width: int, executables: int
) -> None:
    population = large_population(executables, anomalies=2)
    axis = frame(population, width)
    shown = columns(ranked(population.bars), axis)
    centres = [column.centre for column in shown if column.named]
    assert all(two - one >= NAME_PITCH - 0.01 for one, two in pairwise(centres))
    assert len(centres) >= 0.7 * (axis.right - axis.left) / NAME_PITCH, "the head alone would be half as many"
    told = [each.findtext(f"{SVG}title") or "" for each in drawn(population, width).iter(f"{SVG}rect")
            if "chart-bar" in each.get("class", "")]  # fmt: skip
    assert len(told) == len(shown) and all(
        name(column.bars[0].executable, 40) in text for column, text in zip(shown, told, strict=True)
    )


def test_what_alarmed_is_called_out_by_its_path_in_the_alarm_colour() -> None:
    svg = drawn(mssql())
    assert texts(svg, "chart-callout")[-1] == "\\users\\public\\svn.exe"
    alarms = [each for each in svg.iter(f"{SVG}rect") if "chart-bar chart-alarm" in each.get("class", "")]
    assert len(alarms) == len(texts(svg, "chart-callout")) == sum(bar.anomalous for bar in mssql().bars)
    assert (alarms[-1].findtext(f"{SVG}title") or "").startswith("\\users\\public\\svn.exe — 1 of 412 hosts (0.24 %)")


def test_the_axis_is_logarithmic_and_ends_at_one_host() -> None:
    axis = frame(mssql(), 1120)
    assert [words for _, words in ticks(axis, 412)] == ["100 %", "10 %", "1 %", "1 host"]
    assert axis.y(0.1) - axis.y(1) == pytest.approx(axis.y(0.01) - axis.y(0.1))
    assert axis.y(1) == axis.top
    assert axis.top < axis.y(1 / 412) < axis.bottom
    assert axis.y(0.0) == axis.bottom
    assert axis.y(7.0) == axis.top


@pytest.mark.parametrize("executables", [1, 2, 31, 70, 75, 260, 1_400, 20_000])
@pytest.mark.parametrize("width", [380, 1120])
def test_every_executable_is_in_exactly_one_column_inside_the_plot(executables: int, width: int) -> None:
    population = large_population(executables, anomalies=min(executables, 40))
    axis = frame(population, width)
    shown = columns(ranked(population.bars), axis)
    assert [bar for column in shown for bar in column.bars] == ranked(population.bars)
    assert all(len({bar.anomalous for bar in column.bars}) == 1 for column in shown)
    assert shown[0].x >= axis.left
    assert shown[-1].x + shown[-1].width <= axis.right + 0.01
    assert all(one.x + one.width <= two.x + 0.01 for one, two in pairwise(shown))
    assert len(shown) < 500


def test_ranks_fall_and_among_equals_what_alarmed_stands_at_the_end() -> None:
    bars = ranked(reversed(mssql().bars))
    assert [bar.share for bar in bars] == sorted((bar.share for bar in bars), reverse=True)
    alone = [bar.anomalous for bar in bars if bar.hosts == 1]
    assert alone == sorted(alone)


@pytest.mark.parametrize("width", [380, 1120])
def test_a_high_staircase_of_names_moves_the_plot_down_instead_of_covering_the_legend(width: int) -> None:
    svg = drawn(large_population(260, anomalies=30, hosts=80), width)
    legend = max(float(each.get("y", "")) for each in svg.iter(f"{SVG}text") if each.text == "in an alert")
    callouts = [float(each.get("y", "")) for each in svg.iter(f"{SVG}text") if "chart-callout" in each.get("class", "")]
    assert len(callouts) == (14 if width > 600 else 7)
    assert min(callouts) >= legend + 14
    assert sorted(callouts, reverse=True) == callouts
    assert all(lower - upper >= 14 for lower, upper in pairwise(callouts))


def test_the_field_of_the_tail_begins_at_its_first_executable_whatever_alarmed_before() -> None:
    bars = tuple(replace(bar, anomalous=bar.hosts > 300) for bar in mssql().bars)
    shown = columns(ranked(bars), frame(mssql(bars), 1120))
    first = next(column for column in shown if column.bars[0].tail)
    assert tail_start(shown) == first.x - 2
    assert tail_start([column for column in shown if not column.bars[0].tail]) is None


def test_thousands_of_executables_stay_a_small_picture() -> None:
    svg = prevalence_chart(large_population(20_000))
    assert len(svg) < 150_000
    assert "executables on" in svg


def test_the_picture_says_in_words_what_it_shows() -> None:
    svg = drawn(mssql())
    assert svg.get("role") == "img"
    title, described = (svg.find(f"{SVG}{tag}") for tag in ("title", "desc"))
    assert title is not None and described is not None
    assert svg.get("aria-labelledby") == f"{title.get('id')} {described.get('id')}"
    assert title.text == "What mssql accounts run in contoso-prod, from common to rare"
    assert "31 executables, 14 in the tail · 412 hosts" in (described.text or "")
    assert "\\users\\public\\svn.exe" in (described.text or "")


def test_names_cannot_be_markup() -> None:
    hostile = replace(mssql().bars[-1], executable="\\a\\</text><script>x</script>\x1b\u202e.exe")
    svg = drawn(replace(mssql(), bars=(hostile,), tenant='"><x>', account_class="<y>"))
    tags = {each.tag.removeprefix(SVG) for each in svg.iter()}
    assert tags == {"svg", "style", "title", "desc", "rect", "text", "line"}
    assert "</text><script>x</script>\\x1b\\u202e.exe" in (texts(svg, "chart-callout")[0])


def test_with_room_on_the_right_alone_the_names_go_there() -> None:
    svg = drawn(replace(mssql(), bars=mssql().bars[-3:]))
    callouts = [each for each in svg.iter(f"{SVG}text") if "chart-callout" in each.get("class", "")]
    assert [each.text for each in callouts] == [bar.executable for bar in mssql().bars[-3:]]
    assert {each.get("class") for each in callouts} == {"chart-callout start"}
    heights = [float(each.get("y", "")) for each in callouts]
    assert heights == sorted(heights)


@pytest.mark.parametrize("hosts", [0, 1, 3])
def test_a_population_of_next_to_nothing_is_drawn_too(hosts: int) -> None:
    assert drawn(not_judged("", "tomcat", hosts, "")).get("role") == "img"
    assert drawn(replace(mssql(), hosts=hosts)).get("role") == "img"


def test_long_names_lose_their_beginning() -> None:
    assert cut_left("purgebackups.exe", 9) == "…kups.exe"
    assert name("d:\\a b\\purgebackups.exe", 20) == "purgebackups.exe"
    assert name("/usr/bin/sh", 20) == "sh"
