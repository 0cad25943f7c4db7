"""What came of mining → a report in Markdown: each rule with what proves it, and what no rule was written for, and why.

Command lines are an attacker's words: they stand in code spans that nothing in them can end, one line each, redacted.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from longtail.detections.evasions import Start
from longtail.detections.findings import Share
from longtail.detections.mining import Mined
from longtail.detections.rules import Rule
from longtail.detections.synthesis import Refused
from longtail.secrets import redacted
from longtail.text import clean

LONGEST = 300
MOST_REFUSED = 3
_TICKS = re.compile(r"`+")


def report(found: Mined) -> str:
    """The report; the same for the same rules."""
    return "\n".join([*_opening(found), *_rules(found.rules), *_refused(found.refused)]) + "\n"


def _opening(found: Mined) -> Iterator[str]:
    yield from ("# Mined rules", "")
    yield (
        f"{len(found.rules)} rules were written; of {len(found.refused)} groups of anomalous process starts"
        f" none was; {len(found.quarantined)} alerts could not be read."
    )
    yield ""


def _rules(rules: Sequence[Rule]) -> Iterator[str]:
    for rule in rules:
        proof = rule.proof
        yield from (f"## {clean(rule.title)}", "", f"{rule.file_name} · {rule.status} · {rule.level}", "")
        yield from (clean(rule.description), "")
        yield from _table("Lawful use", [proof.whole])
        yield from _table("By account class", proof.by_class)
        yield from _table("By tenant", proof.by_tenant)
        yield from _table("By day", proof.by_day)
        yield from _starts("Must match", proof.must)
        yield from _starts("Must not match", proof.must_not)
        yield f"Matched when somebody else does it elsewhere: {proof.transfers:.0%} of these starts."
        yield f"Survives: {', '.join(proof.survives) or 'none'}. Evaded by: {', '.join(proof.evaded_by) or 'none'}."
        yield from (_coverage(rule), "")


def _coverage(rule: Rule) -> str:
    known = ", ".join(clean(each) for each in rule.proof.known_to) or "none"
    return f"Existing rules that match these starts too: {known}; {rule.proof.new:.0%} of the starts are new."


def _table(title: str, shares: Iterable[Share]) -> Iterator[str]:
    yield from (f"| {title} | host-days | of | per 10,000 | at most |", "| --- | ---: | ---: | ---: | ---: |")
    for each in shares:
        name = clean(each.name).replace("|", "\\|")
        yield f"| {name} | {each.host_days} | {each.of_host_days} | {each.rate:.2f} | {each.upper:.2f} |"
    yield ""


def _starts(title: str, starts: Sequence[Start]) -> Iterator[str]:
    if starts:
        yield from (f"{title}:", "")
        yield from (f"- {code(each.image)} {code(each.command_line)}" for each in starts)
        yield ""


def _refused(refused: Sequence[Refused]) -> Iterator[str]:
    if refused:
        yield from ("## Not written", "")
    for each in refused:
        yield f"- {clean(each.label)}: {clean(each.reason)} ({len(each.deeds)} process starts)"
        yield from (f"    - {code(redacted(deed.command_line))}" for deed in each.deeds[:MOST_REFUSED])


def code(text: str) -> str:
    """A text as a code span that nothing in it can end."""
    shown = clean(text, LONGEST)
    fence = "`" * (1 + max((len(run) for run in _TICKS.findall(shown)), default=0))
    return f"{fence} {shown} {fence}" if shown else "``  ``"
