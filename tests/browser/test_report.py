"""The HTML report in a real browser: it runs nothing, shows everything as it is, and fits the window."""

import io
import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from output_hostile import SCRIPTS, hostile_hunt
from output_hunts import mssql, rich_hunt, small_hunt

from longtail.outputs.chart import prevalence_chart
from longtail.outputs.html import write
from longtail.prevalence.findings import Hunt
from longtail.text import clean

pytestmark = pytest.mark.browser

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "article", "nav", "div"),
    *("p", "span", "a", "b", "h1", "h2", "h3", "h4", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody"),
    *("tr", "th", "td", "details", "summary", "figure", "figcaption", "code", "time", "svg", "rect", "line", "text"),
    "desc",
}
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", event => window.violations.push(event.violatedDirective));
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: no browser test was run")
    found = CHROMIUM if Path(CHROMIUM).exists() else shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        pytest.skip("Chromium is not installed (apt-get install chromium): the report was NOT tried in a browser")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        yield chromium
        chromium.close()


class Visit:
    """An opened page and everything it did that a report must not do."""

    def __init__(self, browser: Any, address: str, width: int = 1280) -> None:
        self.page = browser.new_page(viewport={"width": width, "height": 900})
        self.dialogs: list[str] = []
        self.said: list[str] = []
        self.requests: list[str] = []
        self.page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.add_init_script(WATCH)
        self.page.goto(address)

    def ask(self, expression: str) -> Any:
        return self.page.evaluate(expression)

    def is_inert(self, address: str) -> None:
        assert self.dialogs == []
        assert self.said == []
        assert self.requests == [address]
        assert self.ask("window.pwned") is None
        assert self.ask("window.violations") == []
        assert self.page.locator("script").count() == 0


def saved(hunt: Hunt, folder: Path) -> str:
    report = folder / "report.html"
    page = io.StringIO(newline="")
    write(hunt, page)
    report.write_text(page.getvalue(), encoding="utf-8", newline="")
    return report.as_uri()


@pytest.mark.parametrize("texts", [SCRIPTS[:25], SCRIPTS[25:]], ids=["first half", "second half"])
def test_nothing_written_into_any_field_runs_or_widens_the_page(
    browser: Any, tmp_path: Path, texts: tuple[str, ...]
) -> None:
    hunt = hostile_hunt(rich_hunt(), texts)
    address = saved(hunt, tmp_path)
    visit = Visit(browser, address)
    visit.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    visit.is_inert(address)
    names = set(visit.ask("[...document.querySelectorAll('*')].map(each => each.tagName.toLowerCase())"))
    assert names <= ELEMENTS
    attributes = set(visit.ask("[...document.querySelectorAll('*')].flatMap(e => [...e.attributes]).map(a => a.name)"))
    assert not [name for name in attributes if name.startswith("on") or name in ("style", "src", "srcdoc", "action")]
    links = visit.ask("[...document.querySelectorAll('[href],[src],[action]')].map(each => each.getAttribute('href'))")
    assert [link for link in links if not str(link).startswith(("#", "https://attack.mitre.org/techniques/T"))] == []
    shown = visit.ask(
        "[...document.querySelectorAll('.alert')].map("
        "alert => ['h3', '.ran > code', '.reason'].map(where => alert.querySelector(where).textContent))"
    )
    assert shown == [[clean(text, 1_000), clean(text, 8_000), clean(text, 1_000)] for text in texts]
    for width in (1280, 400):
        visit.page.set_viewport_size({"width": width, "height": 900})
        assert visit.ask("document.documentElement.scrollWidth") <= width
    assert visit.page.locator("svg.chart").count() == 2 * sum(each.judged for each in hunt.populations)
    visit.page.close()


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_real_report_fits_and_its_charts_are_seen(browser: Any, tmp_path: Path, width: int, scheme: str) -> None:
    address = saved(rich_hunt(), tmp_path)
    visit = Visit(browser, address, width)
    visit.page.emulate_media(color_scheme=scheme)
    visit.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    visit.is_inert(address)
    assert visit.ask("document.documentElement.scrollWidth") <= visit.ask("window.innerWidth")
    charts = visit.ask(
        "[...document.querySelectorAll('svg.chart')].map(e => e.getBoundingClientRect().width).filter(w => w > 0)"
    )
    assert len(charts) == 6
    assert min(charts) > 0.7 * width
    paper, ink = (visit.ask(f"getComputedStyle(document.body).{name}") for name in ("backgroundColor", "color"))
    assert (_light(paper) > _light(ink)) == (scheme == "light")
    visit.page.close()


@pytest.mark.parametrize("width", [1120, 380])
def test_no_label_of_the_chart_lies_on_another_or_leaves_it(browser: Any, tmp_path: Path, width: int) -> None:
    file = tmp_path / "chart.svg"
    file.write_text(prevalence_chart(mssql(), width), encoding="utf-8")
    visit = Visit(browser, file.as_uri())
    for population in (each for each in rich_hunt().populations if each.judged):
        file.write_text(prevalence_chart(population, width), encoding="utf-8")
        visit.page.goto(file.as_uri())
        boxes = visit.ask(
            "[...document.querySelectorAll('.chart-callout, .chart-bar, .chart-note, .chart-title')]"
            ".map(e => [e, e.getBoundingClientRect()])"
            ".map(([e, b]) => [e.tagName, b.left, b.top, b.right, b.bottom, e.getAttribute('class')])"
        )
        texts = [box for box in boxes if box[0] == "text"]
        for one, two in itertools.combinations(boxes, 2):
            assert not ("text" in (one[0], two[0]) and _overlap(one, two)), (population.tenant, one, two)
        every = visit.ask(
            "[...document.querySelectorAll('text')].map(e => e.getBoundingClientRect()).map(b => [b.left, b.right])"
        )
        assert all(left >= -1 and right <= width + 1 for left, right in every)
        assert (
            len([text for text in texts if "chart-callout" in text[5]]) == visit.page.locator(".chart-leader").count()
        )
    visit.page.close()


def test_the_page_says_what_the_hunt_found(browser: Any, tmp_path: Path) -> None:
    visit = Visit(browser, saved(small_hunt(), tmp_path))
    told = visit.page.inner_text("body")
    for words in ("3 alerts in 1,221,419 process starts", "bitsadmin  /transfer n", "2 of 412 hosts", "tomcat", "37"):
        assert words in told
    visit.page.click("nav a:has-text('Not judged')")
    assert visit.page.url.endswith("#unjudged")
    visit.page.close()


def _overlap(one: list[Any], two: list[Any]) -> bool:
    return bool(one[1] + 1 < two[3] and two[1] + 1 < one[3] and one[2] + 2 < two[4] and two[2] + 2 < one[4])


def _light(colour: str) -> int:
    return sum(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))
