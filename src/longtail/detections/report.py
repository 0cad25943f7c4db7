"""What came of mining → a report in Markdown: each rule with what proves it, and what no rule was written for, and why.

Command lines are an attacker's words: they stand in code spans that nothing in them can end, one line each, redacted.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from longtail.detections.alike import Alike
from longtail.detections.evasions import Start
from longtail.detections.findings import Share
from longtail.detections.mining import Mined
from longtail.detections.rules import Rule
from longtail.detections.synthesis import Refused
from longtail.detections.writing import count
from longtail.secrets import redacted
from longtail.text import clean

LONGEST = 300
MOST_REFUSED = 3
MOST_ALIKE, MOST_EXAMPLES = 50, 5
STATUSES = ("stable", "test", "experimental")
_TICKS = re.compile(r"`+")


def report(found: Mined) -> str:
    """The report; the same for the same rules."""
    return "\n".join([*_opening(found), *_rules(found.rules), *_alike(found.alike), *_refused(found.refused)]) + "\n"


def _opening(found: Mined) -> Iterator[str]:
    yield from ("# Mined rules", "")
    statuses = Counter(each.status for each in found.rules)
    told = ", ".join(f"{statuses[each]} {each}" for each in STATUSES if statuses[each])
    yield f"{count(len(found.rules), 'rule')} written{f' ({told})' if told else ''}."
    yield (
        f"{count(len(found.refused), 'group')} of anomalous process starts gave none: see the end."
        f" {count(len(found.quarantined), 'alert')} could not be read."
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
        yield f"- Matched when somebody else does it elsewhere: {proof.transfers:.0%} of these starts."
        yield f"- To be expected in a fleet of other habits: {rule.logic.expected:.2f} per 10,000 host-days."
        yield f"- Survives: {'; '.join(proof.survives) or 'none'}."
        yield f"- Evaded by: {'; '.join(proof.evaded_by) or 'none'}."
        yield from (_coverage(rule), "")


def _coverage(rule: Rule) -> str:
    known = ", ".join(clean(each) for each in rule.proof.known_to) or "none"
    return f"- Existing rules that match these starts too: {known}; {rule.proof.new:.0%} of the starts are new."


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


def _alike(found: Sequence[Alike]) -> Iterator[str]:
    if found:
        yield from ("## Look here too", "")
        yield (
            f"{count(len(found), 'host-day')} that no alert told of look{'s' if len(found) == 1 else ''} like these"
            " deeds. What ran there was held against no rule, and counts neither as lawful nor as not."
        )
        yield ""
    for each in found[:MOST_ALIKE]:
        yield f"- {clean(each.day.isoformat())}, {clean(each.host)} of {clean(each.tenant)}"
        yield from (
            f"    - {clean(label)}: {code(line)} by {code(who)}" for label, who, line in each.told[:MOST_EXAMPLES]
        )
    if len(found) > MOST_ALIKE:
        yield f"- and {len(found) - MOST_ALIKE:,} more"
    if found:
        yield ""


def _refused(refused: Sequence[Refused]) -> Iterator[str]:
    if refused:
        yield from ("## Not written", "")
    for each in refused:
        yield f"- {clean(each.label)}: {clean(each.reason)} ({count(len(each.deeds), 'process start')})"
        yield from (f"    - {code(redacted(deed.command_line))}" for deed in each.deeds[:MOST_REFUSED])


def code(text: str) -> str:
    """A text as a code span that nothing in it can end."""
    shown = clean(text, LONGEST)
    fence = "`" * (1 + max((len(run) for run in _TICKS.findall(shown)), default=0))
    return f"{fence} {shown} {fence}" if shown else "``  ``"
