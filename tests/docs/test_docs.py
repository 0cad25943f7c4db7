"""Documentation is part of the build: generated pages are current, links lead somewhere, examples can be typed."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import generate
import pytest

from longtail.cli import VERBS

ROOT = Path(__file__).parents[2]

PAGES = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")})
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(#[^)\s]*)?\)")
CALL = re.compile(r"(?:^|[`$|&(] ?)(?:\.venv/bin/)?longtail ((?:[^`\n|#&<>]|<\()+)", re.MULTILINE)
MEASURED = "benchmarks.md"  # the one page of the reference that is written by hand, from what `bench/` tells
FOLDERS = ("getting-started", "guides", "concepts", "reference", "decisions")


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("name", generate.PAGES)
def test_a_generated_page_is_current(name: str) -> None:
    assert (generate.REFERENCE / name).read_text("utf-8") == generate.page(name), "run make docs"


def test_the_tables_in_the_readme_are_current() -> None:
    text = generate.README.read_text("utf-8")
    assert generate.readme(text) == text, "run make docs"


def test_no_page_of_the_reference_was_forgotten() -> None:
    assert {each.name for each in generate.REFERENCE.glob("*.md")} == {*generate.PAGES, MEASURED}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = {target for target, _ in LINK.findall(page.read_text("utf-8")) if target}
    assert [target for target in sorted(targets) if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_anchors_are_headings(page: Path) -> None:
    for target, anchor in LINK.findall(page.read_text("utf-8")):
        there = page.parent / target if target else page
        if anchor and there.suffix == ".md":
            assert anchor[1:] in _anchors(there.read_text("utf-8"))


def _anchors(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def _calls() -> Iterator[tuple[str, str]]:
    """Every ``longtail …`` that a person might type from a page (in code, not in prose)."""
    for page in PAGES:
        text = page.read_text("utf-8")
        blocks = re.findall(r"```(?:console|bash|sh)\n(.*?)```", text, re.DOTALL)
        spans = re.findall(r"`((?:\.venv/bin/)?longtail [^`\n]+)`", text)
        for typed in (*blocks, *spans):
            yield from ((_name(page), found.strip()) for found in CALL.findall(typed))


@pytest.mark.parametrize(("page", "typed"), sorted(set(_calls())))
def test_what_is_to_be_typed_exists(page: str, typed: str) -> None:
    words = re.sub(r"""'[^']*'|"[^"]*\"""", "quoted", typed).split()
    if words[0].startswith("-"):
        return
    assert words[0] in VERBS, f"{page}: no verb {words[0]}"
    command = import_module(VERBS[words[0]]).command
    if isinstance(command, click.Group) and len(words) > 1 and not words[1].startswith("-"):
        command = command.commands[words[1]]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help", "-h"}
    assert [word for word in words if re.match(r"--?[a-z]", word) and word.partition("=")[0] not in known] == []


def test_every_verb_and_folder_is_documented() -> None:
    told = "\n".join(page.read_text("utf-8") for page in PAGES if "reference" not in page.parts)
    assert [verb for verb in VERBS if f"longtail {verb}" not in told] == []
    for folder in FOLDERS:
        assert len(list((ROOT / "docs" / folder).glob("*.md"))) >= 2


def test_pages_of_docs_are_reachable_from_their_folder() -> None:
    for folder in FOLDERS:
        index = ROOT / "docs" / folder / "README.md"
        pages = {each.name for each in (ROOT / "docs" / folder).glob("*.md")} - {"README.md"}
        linked = {target for target, _ in LINK.findall(index.read_text("utf-8"))} if index.exists() else pages
        assert pages <= linked, f"{folder}/README.md does not name {pages - linked}"


def test_the_tests_that_the_architecture_names_exist() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "ARCHITECTURE.md").read_text("utf-8")))
    there = "\n".join(each.read_text("utf-8") for each in (ROOT / "tests").rglob("test_*.py"))
    assert named and [name for name in sorted(named) if f"def {name}(" not in there] == []


def test_the_files_that_pages_name_exist() -> None:
    for name in ("ARCHITECTURE.md", "CONTRIBUTING.md"):
        for path in re.findall(r"`((?:src|tests|docs|bench)/[\w./-]+)`", (ROOT / name).read_text("utf-8")):
            assert (ROOT / path).exists(), f"{name}: {path}"


def _demo() -> str:
    text = generate.README.read_text("utf-8")
    return text.partition("<!-- demo -->")[2].partition("<!-- /demo -->")[0]


def test_the_readme_shows_the_demo_early() -> None:
    lines = generate.README.read_text("utf-8").splitlines()
    assert 0 < lines.index("<!-- demo -->") + 1 < 30
    assert any("make demo" in line for line in lines[:30]) and any("make test" in line for line in lines)
    assert "docs/images/long-tail.svg" in "\n".join(lines[:12])


def test_the_demo_in_the_readme_looks_as_the_demo_does() -> None:
    """Its shape, not its numbers: an alert with its severity and score, who and where, the sentence, the steps."""
    told = _demo()
    for part in (
        r"\$ make demo\n",
        r"1 of \d+ alerts shown, the most alarming; the rest is in the report\n",
        r"\n  1   (?:CRITICAL|HIGH|MEDIUM) +[\d,.]+  \S",
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ, over .+ · .+ · .+ \([a-z-]+\)",
        r"seen on \d+ of \d+ hosts",
        r"\d\d:\d\d:\d\d  [!·]  .+ \d+ of \d+ hosts, \d+ of \d+ days\n",
    ):
        assert re.search(part, told), part


def test_the_chart_is_the_one_that_model_show_draws() -> None:
    chart = generate.CHART.read_text("utf-8")
    assert chart.startswith("<svg ") and "<style>" in chart
    assert "<script" not in chart and "http://" not in chart.replace("http://www.w3.org/", "")
