"""The least privilege of a machine in AWS → its wide rules replaced, or, where others need them, copies."""

from longtail.ports.amending import Amendment
from longtail.ports.aws_commands import every_protocol, placed, replaced, touchable
from longtail.ports.aws_copies import Copies
from longtail.ports.aws_copies import remedy as copies_borne
from longtail.ports.closing import Rules, letters
from longtail.ports.findings import Remedy
from longtail.ports.least import ALONE, Least, note
from longtail.ports.remedies_aws import by_group

UNPORTED = "Of a rule for all protocols ICMP stays where any port does; others (ESP, GRE) are let in by it no more."


def remedy(least: Least) -> Remedy | None:
    """The way that does it; None where the rules are not known, or cannot be changed."""
    rules = _wide(least)
    remains = {rule.id: least.left(rule) for rule in rules}
    if not rules or not least.done(Amendment(remains)):
        return None
    mind = UNPORTED if any(map(every_protocol, rules)) else ""
    if least.shared:
        name = f"least-{letters(least.machine, 'least')}"
        copies = Copies(least.network, least.machine, by_group(rules), remains, name, note(mind, ALONE))
        return copies_borne(copies)
    return replaced(least.network, rules, remains, note(mind, ALONE))


def _wide(least: Least) -> Rules:
    """The wide rules; none where one of them is not known, or cannot be changed."""
    known = least.network.rules
    ids = dict.fromkeys(id for each in least.wide for id in each.rules)
    told = all(each.rules for each in least.wide) and all(id in known for id in ids)
    rules = placed(least.machine, tuple(known[id] for id in ids)) if told else ()
    return rules if all(map(touchable, rules)) else ()
