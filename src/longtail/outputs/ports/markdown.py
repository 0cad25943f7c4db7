"""What ``ports`` found → Markdown for a ticket: one section a finding, with reason, evidence, commands and undo.

Names, paths and reasons may be an attacker's: none of them becomes a heading, a link, a mention or HTML.
"""

import re
from collections.abc import Iterator, Sequence
from typing import IO

from longtail.outputs.ports import view
from longtail.outputs.ports.commands import steps
from longtail.outputs.ports.wording import (
    VERDICTS,
    among_open,
    among_others,
    doubts,
    evidence,
    granted,
    grouped,
    lead,
    missing,
    port_name,
    runs_word,
    spans,
    summary,
    through,
)
from longtail.outputs.wording import count, listed, number
from longtail.ports.findings import Ports, Privilege, Recommendation, Remedy
from longtail.ports.openings import Network
from longtail.text import clean

TEXT_SHOWN = 1_000
FINDINGS_SHOWN = 500
PRIVILEGES_SHOWN = 100
ROWS_SHOWN = 40
NAMES_SHOWN = 24

ESCAPED = {ord(each): f"\\{each}" for each in "\\`*_[]|~$!"} | {ord("<"): "&lt;", ord(">"): "&gt;", ord("&"): "&amp;"}
"""What begins emphasis, code, a link, HTML, a cell or a formula within a line, as it is written to mean itself."""

_WORD = re.compile(r"([ |]+)")
_CALL = re.compile(r"[@#]|://|www\.", re.IGNORECASE)
_TICKS = re.compile(r"`+")


def write(ports: Ports, stream: IO[str]) -> None:
    """The run in a few lines, then a section a finding, most worth closing first; what was not judged at the end."""
    stream.writelines(line + "\n" for line in _lines(ports))


def prose(text: str) -> str:
    """A sentence as Markdown shows it: a word that would call somebody or something (``@name``, ``#12``) is code."""
    words = _WORD.split(clean(text, TEXT_SHOWN))
    return "".join(code(word) if _CALL.search(word) else word.translate(ESCAPED) for word in words)


def code(text: str) -> str:
    """A name or a path as code: exactly as it is, but for what is hidden or too long."""
    short = clean(text, TEXT_SHOWN)
    fence = "`" * (_longest(short) + 1)
    pad = " " if short.startswith("`") or short.endswith("`") or not short.strip() else ""
    return f"{fence}{pad}{short}{pad}{fence}"


def block(lines: Sequence[str]) -> list[str]:
    """Lines as a code block that nothing in them can end."""
    fence = "`" * max(3, _longest("\n".join(lines)) + 1)
    return [f"{fence}text", *lines, fence]


def _longest(text: str) -> int:
    return max((len(ticks) for ticks in _TICKS.findall(text)), default=0)


def _lines(ports: Ports) -> Iterator[str]:
    yield f"# {prose(lead(ports))}"
    yield ""
    yield from (f"- {prose(line)}" for line in summary(ports))
    yield from (f"- Note: {prose(note)}" for note in ports.notes[:ROWS_SHOWN])
    found = view.findings(ports)
    for each in found[:FINDINGS_SHOWN]:
        yield ""
        yield from _finding(each, ports.network)
    if len(found) > FINDINGS_SHOWN:
        yield from ("", f"{number(len(found) - FINDINGS_SHOWN)} more openings to close: `--format jsonl` has them all.")
    yield from _table("Accepted by an exception", ("Machine", "Port", "Why it is accepted"), _excepted(ports))
    yield from _table("Wide open", ("Machine", "Open", "What would do instead"), _wide(ports))
    told = [each for each in ports.privileges if each.grants or each.remedies]
    for least in told[:PRIVILEGES_SHOWN]:
        yield from _least(least)
    if len(told) > PRIVILEGES_SHOWN:
        yield from ("", f"{number(len(told) - PRIVILEGES_SHOWN)} more such machines: `--format json` has them all.")
    yield from _table("Not judged", ("Verdict", "Open ports", "Ports", "For example", "Why"), _not_judged(ports))
    yield from _table("Not joined", ("Known to the", "Number", "For example", "Why"), _left(ports))


def _finding(each: Recommendation, network: Network) -> Iterator[str]:
    yield f"## {'Close' if each.openings else 'Look at'} {code(port_name(each))} on {code(each.machine)}"
    yield ""
    yield f"**Why ({VERDICTS[each.verdict]}, score {each.score:.2f}):** {prose(each.reason)}"
    yield ""
    yield from (f"- **{name}:** {told}" for name, told in _facts(each, network))
    for heading, lines in (("Missing here", _missing(each)), (f"What {runs_word(each)} here", _runs(each))):
        if lines:
            yield from ("", f"### {heading}", "", *lines)
    for remedy in each.remedies:
        yield from _remedy(remedy)
    if each.openings and not each.remedies:
        yield from ("", "No command is known for this platform.")
    yield ""
    yield f"Recommendation {code(each.id)}"


def _facts(each: Recommendation, network: Network) -> Iterator[tuple[str, str]]:
    if each.tenant:
        yield "Tenant", code(each.tenant)
    yield from (("Open to", prose(through(opening, network))) for opening in each.openings[:ROWS_SHOWN])
    yield from (("Mind", prose(told)) for told in doubts(each)[:ROWS_SHOWN])
    yield from ((name.capitalize(), prose(told)) for name, told in evidence(each.proof))
    if each.also_governed:
        yield (
            "The rule also opens",
            f"{count(len(each.also_governed), 'other machine')}: {prose(listed(each.also_governed, NAMES_SHOWN))}",
        )


def _missing(each: Recommendation) -> list[str]:
    return [
        f"- {code(companion.executable)}: on {among_open(companion)} open machines, {among_others(companion)} others"
        for companion in missing(each)
    ]


def _runs(each: Recommendation) -> list[str]:
    places = grouped(each.runs_instead or {})
    more = [f"- and {number(len(places) - ROWS_SHOWN)} more directories"] if len(places) > ROWS_SHOWN else []
    return [*(f"- {code(place)}" for place in places[:ROWS_SHOWN]), *more]


def _least(each: Privilege) -> Iterator[str]:
    yield from ("", f"### Let in only what {code(each.machine)} needs", "")
    yield from (f"- {code(granted(grant))}" for grant in each.grants[:ROWS_SHOWN])
    for remedy in each.remedies:
        yield from _remedy(remedy)


def _remedy(remedy: Remedy) -> Iterator[str]:
    for what, lines, mind in steps(remedy):
        yield ""
        yield f"**{what[:1].upper()}{prose(what[1:])}**{f' ({prose(mind)})' if mind else ''}:"
        if lines:
            yield from ("", *block(lines))


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    yield from ("", f"## {title}", "", f"| {' | '.join(columns)} |", "|" + " --- |" * len(columns))
    yield from (f"| {' | '.join(row)} |" for row in rows[:ROWS_SHOWN])
    if len(rows) > ROWS_SHOWN:
        yield from ("", f"{number(len(rows) - ROWS_SHOWN)} more: `--format json` has them all.")


def _excepted(ports: Ports) -> list[tuple[str, ...]]:
    return [(prose(each.machine), prose(port_name(each)), prose(each.excepted)) for each in view.excepted(ports)]


def _not_judged(ports: Ports) -> list[tuple[str, ...]]:
    return [
        (
            VERDICTS[each.verdict],
            number(each.openings),
            prose(listed(each.ports, NAMES_SHOWN)),
            prose(", ".join(each.examples)),
            prose(each.reason),
        )
        for each in view.not_judged(ports)
    ]


def _wide(ports: Ports) -> list[tuple[str, ...]]:
    return [
        (prose(each.machine), prose(spans(each)), prose(f"accepted: {each.excepted}" if each.excepted else each.advice))
        for each in ports.privileges
    ]


def _left(ports: Ports) -> list[tuple[str, ...]]:
    return [
        (prose(each.side), number(each.number), prose(", ".join(each.examples)), prose(each.reason))
        for each in view.left(ports.unjoined)
    ]
