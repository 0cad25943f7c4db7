"""The report on openings, alone and beside a hunt, in a real browser: inert, complete, and within the window."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from output_hostile import SCRIPTS, hostile_hunt
from output_hunts import small_hunt
from output_ports import forgotten, hostile_ports, small_ports
from test_report import ELEMENTS, Visit, browser

from longtail.outputs.html import write_both
from longtail.outputs.ports.html import write
from longtail.ports.findings import Ports
from longtail.text import clean

__all__ = ["browser"]

pytestmark = pytest.mark.browser

UNFOLD = "document.querySelectorAll('details').forEach(each => each.open = true)"


def saved(folder: Path, draw: Callable[[Any], None]) -> str:
    report = folder / "report.html"
    page = io.StringIO(newline="")
    draw(page)
    report.write_text(page.getvalue(), encoding="utf-8", newline="")
    return report.as_uri()


def alone(ports: Ports) -> Callable[[Any], None]:
    return lambda page: write(ports, page)


@pytest.mark.parametrize("texts", [SCRIPTS[:25], SCRIPTS[25:]], ids=["first half", "second half"])
def test_nothing_that_names_a_machine_a_rule_or_a_program_runs_or_widens_the_page(
    browser: Any, tmp_path: Path, texts: tuple[str, ...]
) -> None:
    hunt, ports = hostile_hunt(small_hunt(), texts), hostile_ports(texts)
    address = saved(tmp_path, lambda page: write_both(hunt, ports, page))
    visit = Visit(browser, address)
    visit.page.evaluate(UNFOLD)
    visit.is_inert(address)
    names = set(visit.ask("[...document.querySelectorAll('*')].map(each => each.tagName.toLowerCase())"))
    assert names <= {*ELEMENTS, "pre"}
    attributes = set(visit.ask("[...document.querySelectorAll('*')].flatMap(e => [...e.attributes]).map(a => a.name)"))
    assert not [name for name in attributes if name.startswith("on") or name in ("style", "src", "srcdoc", "action")]
    links = visit.ask("[...document.querySelectorAll('[href],[src],[action]')].map(each => each.getAttribute('href'))")
    assert [link for link in links if not str(link).startswith(("#", "https://attack.mitre.org/techniques/T"))] == []
    reasons = visit.ask("[...document.querySelectorAll('#close .alert .reason')].map(each => each.textContent)")
    assert sorted(reasons) == sorted(clean(text, 1_000) for text in texts)
    for width in (1280, 400):
        visit.page.set_viewport_size({"width": width, "height": 900})
        assert visit.ask("document.documentElement.scrollWidth") <= width
    visit.page.close()


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_report_fits_and_its_profile_is_seen(browser: Any, tmp_path: Path, width: int, scheme: str) -> None:
    address = saved(tmp_path, alone(small_ports()))
    visit = Visit(browser, address, width)
    visit.page.emulate_media(color_scheme=scheme)
    visit.page.evaluate(UNFOLD)
    visit.is_inert(address)
    assert visit.ask("document.documentElement.scrollWidth") <= width
    charts = visit.ask(
        "[...document.querySelectorAll('svg.chart')].map(e => e.getBoundingClientRect().width).filter(w => w > 0)"
    )
    assert len(charts) == 1 and charts[0] > 0.7 * width
    outside = visit.ask(
        "[...document.querySelectorAll('svg.chart text')].map(e => e.getBoundingClientRect())"
        ".filter(b => b.width > 0).filter(b => b.left < 0 || b.right > innerWidth).length"
    )
    assert outside == 0
    hidden = visit.ask(
        "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth + 1)"
        ".filter(e => e.querySelector('.stacked')).length"
    )
    assert hidden == 0
    visit.page.close()


def test_a_command_is_copied_as_it_is(browser: Any, tmp_path: Path) -> None:
    visit = Visit(browser, saved(tmp_path, alone(small_ports())), 400)
    copied = visit.ask(
        "[...document.querySelectorAll('#close-1 pre')].map(each => {"
        " getSelection().selectAllChildren(each); return getSelection().toString(); })"
    )
    first, second = forgotten().remedies
    assert copied == [first.rehearse, first.command, first.undo, second.command, second.undo]
    visit.page.close()


def test_the_table_of_contents_leads_to_both_reports(browser: Any, tmp_path: Path) -> None:
    visit = Visit(browser, saved(tmp_path, lambda page: write_both(small_hunt(), small_ports(), page)))
    for name, place in (("Alerts", "#alerts"), ("To close", "#close"), ("Wide open", "#wide")):
        visit.page.click(f"nav a:has-text('{name}')")
        assert visit.page.url.endswith(place)
        assert visit.ask(f"document.querySelector('{place}').getBoundingClientRect().top") < 900
    visit.page.close()
