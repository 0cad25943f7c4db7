"""Recommendations of both protocols of one port → those that stand: a rule that names no protocol is one decision.

Such a rule opens UDP beside TCP unawares. Closing it where nothing answers on one of the two would close what is in use
on the other; so an opening is a finding only if whatever the same rules open beside it on that port is one too.
"""

from collections.abc import Sequence
from dataclasses import replace

from longtail.ports.findings import Recommendation, Verdict

Way = tuple[str, str, int, tuple[str, ...]]


def standing(found: Sequence[Recommendation]) -> list[Recommendation]:
    """The same recommendations, without findings on ports whose rules are needed, or may be, for another protocol."""
    needed: dict[Way, Recommendation] = {}
    for each in found:
        if not each.verdict.finding:
            needed.update(dict.fromkeys(_ways(each), each))
    return [_weighed(each, needed) for each in found]


def _ways(each: Recommendation) -> list[Way]:
    return [(each.tenant, each.machine, each.port, opening.rules) for opening in each.openings if opening.rules]


def _weighed(each: Recommendation, needed: dict[Way, Recommendation]) -> Recommendation:
    other = next((needed[way] for way in _ways(each) if way in needed), None)
    if other is None or not each.verdict.finding:
        return each
    reason = f"its rule names no protocol, and of {other.port}/{other.protocol} it is said: {other.reason}"
    verdict = Verdict.OTHER_SOFTWARE if other.verdict is Verdict.BACKED else other.verdict
    return replace(each, verdict=verdict, score=0.0, reason=reason, runs_instead=None)
