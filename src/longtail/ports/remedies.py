"""An opening that nothing needs → the commands that close it, rehearse that, and undo it. Longtail runs none of them.

For one machine when others need the rule too; for the rule itself when nobody does.
"""

from longtail.ports import remedies_aws, remedies_azure
from longtail.ports.closing import Closing
from longtail.ports.findings import Remedy
from longtail.text import clean

CLOSERS = {"azure": remedies_azure.remedies, "aws": remedies_aws.remedies}


def remedies(closing: Closing) -> tuple[Remedy, ...]:
    """The ways to close it, the narrowest first; a sentence where no command can be written."""
    closer = CLOSERS.get(closing.machine.platform)
    found = () if closer is None else closer(closing)
    return found or (_sentence(closing),)


def _sentence(closing: Closing) -> Remedy:
    named = ", ".join(clean(rule.name, 80) for rule in closing.rules) or "what lets it in"
    whom = "for this machine only: others need it" if closing.shared else ""
    told = f"Close {closing.port} of {clean(closing.machine.name, 80)}: take it out of {named} {whom}".rstrip() + "."
    return Remedy(closing.machine.platform, "machine" if closing.shared else "rule", told, "Put it back.", "")
