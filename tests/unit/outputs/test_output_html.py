"""The page: inert by construction, complete, and honest about where it cuts."""

import base64
import hashlib
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from output_hunts import large_population, rich_hunt, small_hunt

import longtail.outputs
from longtail.outputs.html import write
from longtail.outputs.view import ALERTS_OPEN, ALERTS_SHOWN, CHARTS_SHOWN, STEPS_SHOWN, meter, technique_path
from longtail.prevalence.findings import Hunt, Prevalence

TEMPLATES = sorted((Path(longtail.outputs.__file__).parent / "templates").rglob("*.j2"))
FORBIDDEN = {
    "a filter that trusts data": r"\|\s*safe\b",
    "autoescape switched off": r"autoescape\s+false",
    "an unquoted attribute value": r"=\s*\{\{",
    "a script": r"<script",
    "an inline style": r"\sstyle\s*=",
    "an event handler": r"\son[a-z]+\s*=",
    "an address taken from data": r"(?:href|src|action|formaction|data|xlink:href)\s*=\s*[\"']\s*\{\{",
    "a quote other than the double one": r"=\s*'[^']*\{\{",
}
BAD = {
    "a filter that trusts data": "{{ x | safe }}",
    "autoescape switched off": "{% autoescape false %}",
    "an unquoted attribute value": "<p title={{ x }}>",
    "a script": "<script>",
    "an inline style": '<p style="{{ x }}">',
    "an event handler": '<p onclick="x">',
    "an address taken from data": '<a href="{{ x }}">',
    "a quote other than the double one": "<p title='{{ x }}'>",
}


def page(hunt: Hunt) -> str:
    stream = io.StringIO(newline="")
    write(hunt, stream)
    return stream.getvalue()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
@pytest.mark.parametrize("fault", FORBIDDEN)
def test_no_template_holds(template: Path, fault: str) -> None:
    assert re.search(FORBIDDEN[fault], template.read_text(encoding="utf-8")) is None


@pytest.mark.parametrize("fault", FORBIDDEN)
def test_the_lint_itself_finds(fault: str) -> None:
    assert re.search(FORBIDDEN[fault], BAD[fault])


def test_there_are_templates_to_lint() -> None:
    assert len(TEMPLATES) == 9


def test_the_policy_allows_this_style_and_nothing_else() -> None:
    text = page(small_hunt())
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert policy[1] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert text.index("Content-Security-Policy") < text.index("<style>")
    assert text.count("<style") == 1


def test_the_page_needs_nothing_from_anywhere() -> None:
    text = page(rich_hunt())
    addresses = set(re.findall(r"""(?:href|src)=["']([^"'#][^"']*)""", text))
    assert addresses
    assert all(address.startswith("https://attack.mitre.org/techniques/T") for address in addresses)
    assert "url(" not in text
    assert "@import" not in text


def test_every_part_of_the_hunt_is_on_the_page() -> None:
    text = page(rich_hunt())
    for words in (
        "4 alerts in 9,221,419 process starts on 3,550 hosts",
        "SQL Server account ran 6 programs",
        "taskkill  /im 360rp.exe /f",
        "2 of 412 hosts · 1 of 14 days · 2 of 1,203,418 runs",
        "would be normal with at least 9 hosts for 5 days more",
        "cmd.exe: 96 of 412 hosts",
        "taskkill.exe was never run by mssql",
        "https://attack.mitre.org/techniques/T1562/001/",
        'href="#alert-2"',
        "people: 402 of 1,000 host-days",
        "the file ends 3 chunks early",
        "36 × chunk checksum does not match",
        "chunk 12 at byte 790,528",
        "3 hosts fell silent",
        "2 false alerts per 1,000 host-days",
        "sql-weu-060",
    ):
        assert words in text, words


def test_alerts_beyond_the_first_are_folded_and_beyond_the_limit_counted() -> None:
    alert = replace(small_hunt().alerts[1])
    text = page(replace(small_hunt(), alerts=(alert,) * (ALERTS_SHOWN + 7)))
    assert text.count('<article id="alert-') == ALERTS_SHOWN
    assert text.count('">\n<details open>\n') == ALERTS_OPEN
    assert "the 1,000 most alarming of 1,007 alerts" in text


def test_a_long_story_says_how_much_of_it_is_shown() -> None:
    alert = small_hunt().alerts[0]
    text = page(replace(small_hunt(), alerts=(replace(alert, executions=alert.executions * 20),)))
    assert f"The first {STEPS_SHOWN} of 180 executions" in text
    assert text.count('<li class="step ') == STEPS_SHOWN


def test_many_populations_are_drawn_up_to_a_limit_those_with_alerts_first() -> None:
    quiet = replace(large_population(3, anomalies=0), account_class="quiet")
    loud = replace(large_population(3, anomalies=2), account_class="loud")
    text = page(replace(small_hunt(), populations=(quiet,) * CHARTS_SHOWN + (loud,)))
    assert text.count("<figure>") == CHARTS_SHOWN + 1
    assert text.count('class="wide"') == CHARTS_SHOWN
    assert text.index("<h3>loud") < text.index("<h3>quiet")


def test_very_many_populations_and_files_are_counted_where_they_are_cut() -> None:
    few = replace(large_population(2, anomalies=0), bars=())
    populations = (few,) * 203 + (replace(few, judged=False),) * 201
    text = page(replace(small_hunt(), populations=populations, readings=small_hunt().readings * 200))
    assert "This page shows 200 of 203 judged populations" in text
    assert "The first 200 of 201;" in text
    assert "The first 500 of 600 files" in text
    assert text.count("records quarantined in") == 200


def test_only_technique_ids_become_addresses() -> None:
    assert technique_path("T1562.001") == "T1562/001"
    assert technique_path("T1105") == "T1105"
    for other in ("", "T1105/../..", "javascript:alert(1)", "T1105\n", "T١١٠٥", "t1105"):
        assert technique_path(other) is None


def test_the_meter_is_never_empty_for_what_was_seen_and_full_for_all() -> None:
    assert meter(Prevalence(412, 412, 1, 1, 1, 1)) == 72
    assert meter(Prevalence(0, 412, 0, 1, 0, 1)) == 0
    assert meter(Prevalence(1, 1, 1, 1, 1, 1)) == 72
    one, ten, most = (meter(Prevalence(hosts, 412, 1, 1, 1, 1)) for hosts in (1, 10, 300))
    assert 0 < one < ten < most < 72
