"""The page about openings, alone and beside a hunt: inert by construction, complete, its drawing to scale."""

import base64
import hashlib
import io
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from output_hunts import READINGS as HUNT_READINGS
from output_hunts import small_hunt
from output_ports import NOTHING, RDP, SQL, companion, forgotten, many_ports, small_ports

from longtail.outputs import html
from longtail.outputs.ports.chart import NUMBERS, profile_chart
from longtail.outputs.ports.html import FINDINGS_OPEN, FINDINGS_SHOWN, PROFILES_SHOWN, ROWS_SHOWN, write
from longtail.ports.findings import Ports
from longtail.readings import Reading

SVG = "{http://www.w3.org/2000/svg}"


def bars(svg: ET.Element, kind: str) -> list[float]:
    """Lengths of the bars of a kind, without the legend's."""
    drawn = [each for each in svg.iter(f"{SVG}rect") if each.get("class") == f"profile-{kind}"]
    return [float(each.get("width", "")) for each in drawn[1:]]


def page(ports: Ports) -> str:
    stream = io.StringIO(newline="")
    write(ports, stream)
    return stream.getvalue()


def both(ports: Ports) -> str:
    stream = io.StringIO(newline="")
    html.write_both(small_hunt(), ports, stream)
    return stream.getvalue()


@pytest.mark.parametrize("text", [page(small_ports()), both(small_ports())], ids=["alone", "with a hunt"])
def test_the_page_brings_its_style_and_allows_nothing_else(text: str) -> None:
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert style is not None and policy is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in policy[1]
    assert "<script" not in text and "url(" not in text and "@import" not in text
    addresses = re.findall(r"""(?:href|src)=["']([^"']*)""", text)
    assert all(each.startswith(("#", "https://attack.mitre.org/techniques/T")) for each in addresses)


@pytest.mark.parametrize("text", [page(small_ports()), both(small_ports())], ids=["alone", "with a hunt"])
def test_every_address_in_the_page_leads_somewhere_and_no_two_places_share_one(text: str) -> None:
    places = re.findall(r'\sid="([^"]*)"', text)
    assert len(places) == len(set(places))
    assert set(re.findall(r'href="#([^"]*)"', text)) <= set(places)


def test_commands_stand_in_blocks_as_they_are() -> None:
    text = page(replace(small_ports(), recommendations=(forgotten(),), privileges=()))
    blocks = re.findall(r"<pre><code>(.*?)</code></pre>", text, re.DOTALL)
    unescaped = [each.replace("&#39;", "'").replace("&gt;", ">").replace("&amp;", "&") for each in blocks]
    first, second = forgotten().remedies
    assert unescaped == [first.rehearse, first.command, first.undo, second.command, second.undo]


def test_both_reports_are_one_page_with_one_table_of_contents() -> None:
    text = both(small_ports())
    assert text.count("<html") == text.count("</html>") == text.count("<h1>") == 1
    assert "<title>Longtail: 3 alerts, 2 to close</title>" in text
    order = ["3 alerts in", "2 openings to close", 'href="#alerts"', 'href="#close"', 'id="alerts"', 'id="close"']
    assert sorted(order, key=text.index) == order
    assert "bitsadmin  /transfer n" in text and "vm-web-07" in text


def test_a_file_that_both_read_is_told_once() -> None:
    export = Reading("network/only-here.json", "azure", 0, 0, 0)
    differs = replace(HUNT_READINGS[0], format="otherwise")
    text = both(replace(small_ports(), readings=(*HUNT_READINGS[1:], differs, export)))
    assert text.count("logs/web-neu.jsonl.gz") == 1
    assert text.count("logs/sql-weu.evtx") == 2
    assert text.count("network/only-here.json") == 1


def test_a_hunt_alone_says_nothing_of_openings() -> None:
    stream = io.StringIO(newline="")
    html.write(small_hunt(), stream)
    assert "to close" not in stream.getvalue() and ".unbacked" not in stream.getvalue()


def test_what_is_cut_is_counted_and_only_the_first_are_unfolded_and_drawn() -> None:
    text = page(many_ports(FINDINGS_SHOWN + 7, PROFILES_SHOWN + ROWS_SHOWN + 3))
    assert text.count('<article id="close-') == FINDINGS_SHOWN
    assert text.count("<details open>") == FINDINGS_OPEN
    assert text.count('class="wide"') == PROFILES_SHOWN
    assert "This page shows 1,000 of 1,007 openings" in text
    assert "The first 200 of 203, those that could be learnt before the others" in text


def test_a_run_that_found_nothing_says_so() -> None:
    text = page(NOTHING)
    assert "No opening to close, of 0 open ports on 0 machines" in text
    assert "No port is named" in text


@pytest.mark.parametrize("width", [1120, 380])
def test_bars_are_as_long_as_the_shares_they_stand_for(width: int) -> None:
    whole = replace(SQL, companions=(companion("\\x\\a.exe", 0.5, 84, 0), companion("\\x\\b.exe", 0.1, 42, 54)))
    svg = ET.fromstring(profile_chart(whole, width))
    room = width - NUMBERS
    for kind, shares in (("open", (1.0, 0.5)), ("other", (0.0, 0.25))):
        bars = [
            float(each.get("width", "")) for each in svg.iter(f"{SVG}rect") if each.get("class") == f"profile-{kind}"
        ]
        assert bars[1:] == [pytest.approx(room * each, abs=0.01) for each in shares]
    texts = [each.text for each in svg.iter(f"{SVG}text")]
    assert "42 of 84 (50 %)" in texts and "54 of 216 (25 %)" in texts and "importance 0.500" in texts


def test_a_share_above_nothing_is_seen_and_one_that_cannot_be_said_is_not_drawn() -> None:
    odd = replace(companion("\\x\\a.exe", 0.5, 1, 0), share_of_backed=1e-9, share_of_others=float("nan"))
    svg = ET.fromstring(profile_chart(replace(SQL, companions=(odd,)), 380))
    bars = [
        each.get("width") for each in svg.iter(f"{SVG}rect") if each.get("class") in ("profile-open", "profile-other")
    ]
    assert bars[2:] == ["1.50", "0.00"]


def test_a_port_that_cannot_be_learnt_is_not_drawn() -> None:
    text = page(replace(small_ports(), profiles=(RDP,)))
    assert "<figure>" not in text and "no: no signature: Windows serves it" in text
