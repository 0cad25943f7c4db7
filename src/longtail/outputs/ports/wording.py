"""What ``ports`` found → the short phrases its outputs for people share."""

from collections import Counter
from collections.abc import Mapping, Sequence

from longtail.outputs.plain import number as finite
from longtail.outputs.ports.plain import silenced, to_close
from longtail.outputs.wording import count, listed, of, share, stamp
from longtail.ports.amending import told
from longtail.ports.findings import Companion, Grant, PortProfile, Ports, Privilege, Proof, Recommendation, Verdict
from longtail.ports.openings import LAST_PORT, Network, Opening, Scope

VERDICTS = {
    Verdict.UNBACKED: "nothing behind it",
    Verdict.LOOPBACK_ONLY: "loopback only",
    Verdict.BACKED: "in use",
    Verdict.OTHER_SOFTWARE: "other software",
    Verdict.NOT_ENOUGH_EVIDENCE: "not enough evidence",
    Verdict.UNLEARNABLE: "unlearnable",
}
SCOPES = {
    Scope.INTERNET: "the whole Internet",
    Scope.PARTLY_INTERNET: "parts of the Internet",
    Scope.PRIVATE: "private addresses",
    Scope.GROUP: "named groups",
}
SPANS_SHOWN = 8
SPLITS = {"random": "random split", "tenant": "split by tenant"}


def port_name(each: Recommendation | PortProfile) -> str:
    """``1433/tcp``; a label that is no port has number 0 and its name in the protocol's place."""
    return f"{each.port}/{each.protocol}" if _port(each) else each.protocol


def _port(each: Recommendation | PortProfile) -> bool:
    return each.port != 0 or each.protocol in ("tcp", "udp")


def grouped(runs: Mapping[str, Sequence[str]]) -> list[str]:
    r"""Executables by directory, as the article lists them: ``\x\: [a.exe, b.exe]``, alone ``\x\a.exe``."""
    return [
        f"{place}{names[0]}" if len(names) == 1 else f"{place or 'no directory'}: [{', '.join(names)}]"
        for place, names in runs.items()
        if names
    ]


def runs_word(each: Recommendation) -> str:
    """What the list of its executables is called: they run in place of something, or not."""
    return "runs instead" if each.verdict is Verdict.UNBACKED else "runs"


def missing(each: Recommendation) -> list[Companion]:
    """The companions of an unbacked port that do not run here."""
    if each.verdict is not Verdict.UNBACKED:
        return []
    here = {f"{place}{name}" for place, names in (each.runs_instead or {}).items() for name in names}
    return [companion for companion in each.expected if companion.executable not in here]


def among_open(companion: Companion) -> str:
    """``79 of 84 (94 %)`` machines with the port open, or the label."""
    return f"{companion.backed:,} of {companion.of_backed:,} ({share(companion.share_of_backed)})"


def among_others(companion: Companion) -> str:
    """``3 of 216 (1.4 %)`` machines without."""
    return f"{companion.others:,} of {companion.of_others:,} ({share(companion.share_of_others)})"


def ratio(value: float | None) -> str:
    """``0.973``; a dash where it cannot be said."""
    exact = finite(value)
    return "–" if exact is None else f"{exact:.3f}"


def error(value: float) -> str:
    """A share of machines that were told wrongly; a dash where it cannot be said."""
    exact = finite(value)
    return "–" if exact is None else share(exact)


def open_on(profile: PortProfile) -> str:
    """``open on 84 of 300 machines``; a label that is no port is borne by them."""
    return f"{'open on' if _port(profile) else 'borne by'} {opened(profile)}"


def opened(profile: PortProfile) -> str:
    """``14 of 57 machines, 12 of them learnt from``; the latter where some do not teach."""
    told, taught = of(profile.machines_open, profile.machines, "machine"), profile.machines_taught
    return told if taught in (None, profile.machines_open) else f"{told}, {taught:,} of them learnt from"


def told_in_short(profile: PortProfile) -> tuple[str, str, str]:
    """Test error, error of always saying closed, and PR-AUC: by tenant where there are tenants to split."""
    by_split = {learning.split: learning for learning in profile.learning}
    told = by_split.get("tenant") or by_split.get("random")
    if told is None:
        return "–", "–", "–"
    return error(told.test_error), error(told.always_closed_error), ratio(told.pr_auc)


def learnt_from(profile: PortProfile) -> str:
    """How many executables were looked at, and which."""
    return (
        f"learnt from {count(profile.executables, 'executable')} that run on more than "
        f"{count(profile.min_machines, 'machine')}"
    )


def evidence(proof: Proof) -> list[tuple[str, str]]:
    """What is known beside the profile, by name; also what nobody looked at."""
    days = proof.brute_force_days
    attacked = "not known" if days is None else f"on {count(days, 'day')}" if days else "on no day"
    return [
        ("attacked", attacked),
        ("listening", _listening(proof)),
        ("last process seen", stamp(proof.last_process_seen)),
        *([("flows", count(proof.flows, "flow"))] if proof.flows is not None else []),
    ]


def _listening(proof: Proof) -> str:
    if not proof.listening:
        return "not looked at" if proof.listening is None else "looked at: nothing listens"
    image = f" ({proof.listening_image})" if proof.listening_image else ""
    return ", ".join(proof.listening) + image


def span(opening: Opening) -> str:
    """``1433/tcp``, ``8000-9000/tcp``, ``all/udp``."""
    if (opening.first, opening.last) in ((0, LAST_PORT), (1, LAST_PORT)):
        return f"all/{opening.protocol}"
    last = "" if opening.first == opening.last else f"-{opening.last}"
    return f"{opening.first}{last}/{opening.protocol}"


def spans(each: Privilege) -> str:
    """All that its wide openings open."""
    return listed([span(opening) for opening in each.openings], SPANS_SHOWN)


def granted(each: Grant) -> str:
    """``tcp 22 443 from 10.0.0.0/8``: one rule of the least that would do."""
    return f"{each.protocol} {told(each.ports)} from {', '.join(each.sources)}"


def through(opening: Opening, network: Network) -> str:
    """From where it can be reached and through which rules, outermost first, by the names their platform gives."""
    named = [network.rules[each].name if each in network.rules else each for each in opening.rules]
    rules = f"through {' → '.join(named)}" if named else "no rule is named"
    return f"{SCOPES[opening.scope]} ({', '.join(opening.sources)}), {rules}"


def from_where(each: Recommendation) -> str:
    """From where it can be reached, the widest first."""
    scopes = {opening.scope for opening in each.openings}
    return ", ".join(words for scope, words in SCOPES.items() if scope in scopes)


def doubts(each: Recommendation) -> list[str]:
    """What could not be resolved about its openings, and what else is to be known of them."""
    told = (sentence for opening in each.openings for sentence in (*opening.unresolved, *opening.notes))
    return list(dict.fromkeys(told))


def by_verdict(ports: Ports) -> list[tuple[Verdict, int]]:
    """How many recommendations there are of each verdict, none left out; excepted findings are not counted."""
    found = Counter(each.verdict for each in ports.recommendations if not silenced(each))
    return [(verdict, found[verdict]) for verdict in VERDICTS]


def of_labels(ports: Ports) -> bool:
    """Whether labels were looked at that are no ports: subnets, tags, roles."""
    return bool(ports.profiles) and not any(map(_port, ports.profiles))


def noun(ports: Ports) -> str:
    """What was looked at: a port or a label."""
    return "label" if of_labels(ports) else "port"


def title(ports: Ports) -> str:
    """What the list of findings is called."""
    return "Unlike their neighbours" if of_labels(ports) else "To close"


def order(ports: Ports) -> str:
    """How the list of findings is ordered."""
    return "the surest first" if of_labels(ports) else "most worth closing first"


def lead(ports: Ports) -> str:
    """The run in one sentence."""
    found = sum(map(to_close, ports.recommendations))
    if of_labels(ports):
        told = of(found, len(ports.recommendations), "labelled machine")
        return f"{told} unlike those that share the label, {count(ports.machines, 'machine')} with telemetry"
    told = f"{count(found, 'opening')} to close" if found else "No opening to close"
    return f"{told}, of {count(len(ports.recommendations), 'open port')} on {count(ports.machines, 'machine')}"


def summary(ports: Ports) -> list[str]:
    """What was read, what was found and what could not be judged, in a few lines for a person."""
    learnable = sum(each.learnable for each in ports.profiles)
    levels = ", ".join(f"{number:,} {VERDICTS[verdict]}" for verdict, number in by_verdict(ports) if number)
    excepted = sum(map(silenced, ports.recommendations))
    sides = Counter(each.side for each in ports.unjoined)
    quarantined = sum(reading.quarantined for reading in ports.readings)
    damaged = sum(reading.quarantined > 0 for reading in ports.readings)
    return [
        f"{count(ports.machines, 'machine')} with telemetry of {len(ports.network.machines):,} in the network, "
        f"{count(len(ports.network.openings), 'opening')} through {count(len(ports.network.rules), 'rule')}, "
        f"{count(len(ports.readings), 'file')} read",
        f"{count(len(ports.profiles), noun(ports))} looked at, {learnable:,} learnable",
        lead(ports) + (f": {levels}" if levels else ""),
        *([f"{count(excepted, 'finding')} accepted by an exception"] if excepted else []),
        *([f"{count(len(ports.privileges), 'machine')} left wide open"] if ports.privileges else []),
        *([f"not joined: {_sides(sides)}"] if sides else []),
        *([f"{count(quarantined, 'record')} quarantined in {count(damaged, 'file')}"] if quarantined else []),
    ]


def _sides(sides: Counter[str]) -> str:
    told = (
        (sides["network"], "of the network without telemetry", "machine"),
        (sides["telemetry"], "of the telemetry that the network does not know", "host"),
    )
    return ", ".join(f"{count(number, noun)} {what}" for number, what, noun in told if number)
