"""The least privilege of machines behind wide rules, beside what they serve → how many ports in use it would shut."""

from collections import Counter

from bench.ports_fleets import Case, key
from longtail.ports.findings import Ports

COMMANDS, WORDS = "with commands (sockets were looked at)", "in words only"


def shut(case: Case, told: Ports) -> Counter[tuple[str, str]]:
    """By how it is told: ``machines``, the TCP ports that they ``served``, and those of them ``shut``.

    A port that a rule of its own names is not shut: it is judged by itself.
    """
    named = {key(each.tenant, each.machine, each.port) for each in told.recommendations if each.protocol == "tcp"}
    counts: Counter[tuple[str, str]] = Counter()
    for each in told.privileges:
        how = COMMANDS if each.remedies else WORDS
        needed = {key(each.tenant, each.machine, need.port) for need in each.needed if need.protocol == "tcp"}
        served = {port for port in case.serving if port[:2] == key(each.tenant, each.machine, 0)[:2]}
        counts += Counter(
            {(how, "machines"): 1, (how, "served"): len(served), (how, "shut"): len(served - needed - named)}
        )
    return counts
