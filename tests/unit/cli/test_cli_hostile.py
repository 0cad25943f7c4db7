"""Names that attackers chose never reach a terminal as anything but visible text, whichever verb prints them."""

import json

import pytest
from cli_calls import Run, lines, start, story

from longtail.text import printable

HOSTILE = "\x1b[31m\x9b2J\u202egpj.exe\u200b\r\n[/red]\U000e0041"
NAMED = {
    "host": f"db{HOSTILE}",
    "account": f"CORP\\svc{HOSTILE}",
    "tenant": f"t{HOSTILE}",
    "image": f"C:\\{HOSTILE}\\a{HOSTILE}.exe",
    "command_line": f"a.exe {HOSTILE}",
    "parent_image": f"C:\\{HOSTILE}.exe",
}


def _starts() -> str:
    known = [start(**NAMED, time=f"2026-03-0{day}T10:00:00Z") for day in range(1, 7)]
    shared = [{**each, "tenant": NAMED["tenant"]} for each in story()]
    among = [start(**{**NAMED, "account": "NT SERVICE\\MSSQLSERVER", "host": "db4"}, time="2026-03-06T12:00:00Z")]
    return lines(*known, *shared, *among)


def _harmless(text: str) -> bool:
    return all(printable(line) for line in text.split("\n"))


@pytest.mark.parametrize(
    "words",
    [
        ("hunt", "-", "--account", "all"),
        ("doctor", "-"),
        ("model", "show", "-", "--account", "all"),
        ("model", "places", "-"),
        ("hunt", "-", "--account", "all", "-f", "json"),
        ("hunt", "-", "--account", "all", "-f", "jsonl"),
        ("doctor", "-", "-f", "json"),
        ("model", "places", "-", "-f", "jsonl"),
    ],
)
def test_what_a_verb_prints_is_printable(run: Run, words: tuple[str, ...]) -> None:
    done = run(*words, text=_starts())
    assert done.code == 0
    assert _harmless(done.out) and _harmless(done.err)


@pytest.mark.parametrize("style", ["table", "jsonl"])
def test_places_are_harmless_too(run: Run, style: str) -> None:
    """Vendor folders under ever new instance names are one place; a name in it may be anything."""
    engine = "C:\\Program Files\\Vendor\\inst{n}\\bin{hostile}\\engine.exe"
    starts = [
        start(host=f"db{host}", image=engine.format(n=100 + host, hostile=HOSTILE.replace("\\", "")), time=time)
        for host in range(12)
        for time in ("2026-03-01T10:00:00Z", "2026-03-02T10:00:00Z")
    ]
    done = run("model", "places", "-", "-f", style, text=lines(*starts))
    assert done.code == 0 and "engine.exe" in done.out
    assert _harmless(done.out)


def test_explain_command_shows_what_is_hidden(run: Run) -> None:
    line = f"cmd /c start {HOSTILE}"
    table = run("explain-command", line)
    assert table.code == 0 and _harmless(table.out) and "\\x1b" in table.out
    told = run("explain-command", line, "-f", "json")
    assert _harmless(told.out) and json.loads(told.out)["argv"][0] == "cmd"


def test_paths_and_tenants_in_errors_are_cleaned(run: Run) -> None:
    done = run("doctor", HOSTILE)
    assert done.code == 1 and _harmless(done.err)


def test_exact_values_survive_in_json(run: Run) -> None:
    told = json.loads(run("doctor", "-", "-f", "json", text=_starts()).out)
    assert NAMED["tenant"] in {feed["tenant"] for feed in told["feeds"]}
