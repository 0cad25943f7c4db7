"""What was found and what proves it → the rule as its reader sees it: title, description, level, tags, evidence."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from longtail.detections.evasions import Start
from longtail.detections.findings import Share
from longtail.detections.generalise import UNKNOWN, Deed
from longtail.detections.proof import TEST_BOUND, Proof, status
from longtail.detections.rules import Rule, rule_id
from longtail.detections.synthesis import Found
from longtail.prevalence.findings import Severity
from longtail.prevalence.techniques import techniques

LEAST_LEVEL = Severity.MEDIUM
MOST_LEVEL = {"experimental": Severity.MEDIUM, "test": Severity.HIGH, "stable": Severity.CRITICAL}
"""How far a level may go by a rule's status: an incident is as bad as its whole story, a rule knows one deed of it."""
MEANT_ALONE = Severity.HIGH
"""How far it may go where hardly any lawful use is told what the rule is about."""
LONGEST_TITLE = 120
NAMES = "names "


def rule(found: Found, proved: Proof) -> Rule:
    """The rule with everything that its file says."""
    far = status(found, proved)
    return Rule(
        id=rule_id(found.logic),
        title=title(found),
        status=far,
        level=_level(found, proved, far),
        techniques=_techniques(found.deeds),
        logic=found.logic,
        day=max(deed.day for deed in found.deeds),
        description=_description(found, proved),
        false_positives=(_false_positives(found, proved.whole),),
        evidence=evidence(found, proved),
        proof=proved,
        deeds=found.deeds,
    )


def title(found: Found) -> str:
    """What the rule finds, in one line."""
    subject = "A program of any name" if found.cluster.program == UNKNOWN else _capital(found.cluster.program)
    said = _once(_said(found))
    whole = f"{subject} {_joined(said)}"
    return whole if len(whole) <= LONGEST_TITLE else f"{subject} {_joined(said[:2])}"


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _said(found: Found) -> list[str]:
    demanded = (each for each in found.logic.predicates if each.name != "program" or found.cluster.out_of_place)
    return list(dict.fromkeys(each.says for each in demanded if not each.negated)) or ["runs"]


def _once(parts: Sequence[str]) -> list[str]:
    """What is said, all that is named behind one ``names``."""
    named = [part.removeprefix(NAMES) for part in parts if part.startswith(NAMES)]
    others = [part for part in parts if not part.startswith(NAMES)]
    return [*others, NAMES + _joined(named)] if named else others


def _joined(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]


def _description(found: Found, proved: Proof) -> str:
    deeds = found.deeds
    hosts, tenants = len({(deed.tenant, deed.host) for deed in deeds}), len({deed.tenant for deed in deeds})
    classes = ", ".join(sorted({deed.account_class for deed in deeds}))
    scope = "It needs to know who started it." if found.logic.account_rule else "It does not ask who runs it."
    return (
        f"{title(found)}. Made from {count(len(deeds), 'anomalous process start')} of {classes} accounts"
        f" on {count(hosts, 'host')} of {count(tenants, 'tenant')}. {scope} {seen(proved.whole)}"
    )


def seen(whole: Share) -> str:
    """How often lawful use met the rule, and whether that is enough to go by."""
    if not whole.of_host_days:
        return "It was held against no lawful use at all: how often it would be wrong is not known."
    told = (
        f"Lawful use matched on {whole.host_days} of {whole.of_host_days} host-days"
        f" ({whole.rate:.2f} per 10,000; with 95 % confidence at most {whole.upper:.2f})."
    )
    return f"{told} That is too little lawful use to call it precise." if whole.upper > TEST_BOUND else told


def _false_positives(found: Found, whole: Share) -> str:
    if found.cluster.program == UNKNOWN:
        return "Tools of administrators that are told the same"
    return f"Administrators and installers that use {found.cluster.program} in the same way"


def count(number: int, noun: str) -> str:
    """``1 host``, ``1,204 hosts``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _level(found: Found, proved: Proof, far: str) -> str:
    """As severe as the worst incident it was made from, as far as its status (how ``far`` evidence carries) allows."""
    if found.logic.account_rule or proved.account_rule:
        return str(LEAST_LEVEL)
    most = MOST_LEVEL[far]
    core = found.cluster.core
    if found.cluster.out_of_place or (core is not None and core.enough):
        most = max(most, MEANT_ALONE)
    return str(max(LEAST_LEVEL, min(most, max(deed.severity for deed in found.deeds))))


def _techniques(members: Sequence[Deed]) -> tuple[str, ...]:
    """The techniques that at least half of the deeds show."""
    counted = Counter(each for deed in members for each in set(techniques(deed.name, deed.command_line)))
    return tuple(sorted(each for each, count in counted.items() if count * 2 >= len(members)))


def evidence(found: Found, proved: Proof) -> dict[str, Any]:
    """What proves the rule, for its file: counts and examples that name no victim."""
    return {
        "kind": "account rule" if found.logic.account_rule or proved.account_rule else "stands alone",
        "made_from": _made_from(found.deeds),
        "backtest": {**_backtest(proved), "expected_elsewhere_per_10000": round(found.logic.expected, 4)},
        "transfer": {"matched_elsewhere": round(proved.transfers, 4)},
        "evasions": {"survives": list(proved.survives), "evaded_by": list(proved.evaded_by)},
        "coverage": {"known_to": list(proved.known_to), "new": round(proved.new, 4)},
        "must_match": [event(each) for each in proved.neutral],
    }


def _made_from(deeds: Sequence[Deed]) -> dict[str, Any]:
    return {
        "events": len(deeds),
        "hosts": len({(deed.tenant, deed.host) for deed in deeds}),
        "tenants": len({deed.tenant for deed in deeds}),
        "days": len({deed.day for deed in deeds}),
        "account_classes": sorted({deed.account_class for deed in deeds}),
    }


def _backtest(proved: Proof) -> dict[str, Any]:
    return {
        "lawful_use": share(proved.whole),
        "account_classes": {each.name: share(each) for each in proved.by_class},
        "tenants_with_hits": _hit(proved.by_tenant),
        "days_with_hits": _hit(proved.by_day),
    }


def _hit(parts: Sequence[Share]) -> str:
    return f"{sum(each.host_days > 0 for each in parts)} of {len(parts)}"


def share(of: Share) -> dict[str, Any]:
    """A share as plain numbers, each with its denominator."""
    return {
        "host_days": of.host_days,
        "of_host_days": of.of_host_days,
        "per_10000": round(of.rate, 4),
        "at_most_per_10000": round(of.upper, 4),
    }


def event(start: Start) -> dict[str, Any]:
    """A process start in Sigma's fields."""
    return {
        "Image": start.image,
        "CommandLine": start.command_line,
        "ParentImage": start.parent_image,
        "User": start.account,
    }
