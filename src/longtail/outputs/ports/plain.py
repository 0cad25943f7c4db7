"""What ``ports`` found → plain dictionaries, lists, strings and numbers, in the shapes `INTERFACE.md` promises."""

from collections.abc import Iterable
from typing import Any

from longtail.outputs.plain import number, reading_object, utc
from longtail.ports.amending import told
from longtail.ports.findings import (
    Companion,
    Grant,
    Learning,
    PortProfile,
    Ports,
    Privilege,
    Proof,
    Recommendation,
    Remedy,
    Unjoined,
    Verdict,
)
from longtail.ports.openings import Network, Opening


def recommendation_object(each: Recommendation) -> dict[str, Any]:
    """A recommendation in the promised shape, keys in the promised order; ``excepted`` follows where an exception is.

    ``listening`` is null where nobody looked, and empty where somebody looked and nothing listened.
    """
    promised = {
        "id": each.id,
        "tenant": each.tenant,
        "machine": each.machine,
        "port": each.port,
        "protocol": each.protocol,
        "verdict": str(each.verdict),
        "score": number(each.score),
        "reason": each.reason,
        "openings": opening_objects(each.openings),
        "expected": [companion_object(companion) for companion in each.expected],
        "runs_instead": {place: list(names) for place, names in (each.runs_instead or {}).items()},
        "evidence": proof_object(each.proof),
        "also_governed": list(each.also_governed),
        "remedies": [remedy_object(remedy) for remedy in each.remedies],
    }
    return {**promised, "excepted": each.excepted} if each.excepted else promised


def opening_objects(openings: Iterable[Opening]) -> list[dict[str, Any]]:
    """One object a rule that lets traffic pass, by its id; ``rule`` is empty where no rule stands before the port."""
    told = {
        (rule, str(opening.scope), opening.sources): None for opening in openings for rule in opening.rules or ("",)
    }
    return [{"rule": rule, "source_scope": scope, "sources": list(sources)} for rule, scope, sources in told]


def companion_object(companion: Companion) -> dict[str, Any]:
    """An executable that was to be expected."""
    return {
        "executable": companion.executable,
        "importance": number(companion.importance),
        "share_of_backed": number(companion.share_of_backed),
        "share_of_others": number(companion.share_of_others),
    }


def proof_object(proof: Proof) -> dict[str, Any]:
    """The evidence beside the profile."""
    return {
        "last_process_seen": utc(proof.last_process_seen),
        "listening": None if proof.listening is None else list(proof.listening),
        "flows": proof.flows,
        "brute_force_days": proof.brute_force_days,
    }


def remedy_object(remedy: Remedy) -> dict[str, str]:
    """One way to close it."""
    return {
        "platform": remedy.platform,
        "scope": remedy.scope,
        "command": remedy.command,
        "undo": remedy.undo,
        "rehearse": remedy.rehearse,
    }


def detail_object(each: Recommendation) -> dict[str, Any]:
    """What is known of a recommendation beyond the promised shape."""
    return {
        "listening_image": each.proof.listening_image,
        "unresolved": list(dict.fromkeys(told for opening in each.openings for told in opening.unresolved)),
        "notes": list(dict.fromkeys(told for opening in each.openings for told in opening.notes)),
        "remedy_notes": [remedy.note for remedy in each.remedies],
    }


def profile_object(profile: PortProfile) -> dict[str, Any]:
    """A port's profile: what accompanies it, with the counts behind the shares, and how well it was learnt."""
    return {
        "port": profile.port,
        "protocol": profile.protocol,
        "label": profile.label,
        "machines_open": profile.machines_open,
        "machines_taught": profile.machines_open if profile.machines_taught is None else profile.machines_taught,
        "machines": profile.machines,
        "executables": profile.executables,
        "min_machines": profile.min_machines,
        "learnable": profile.learnable,
        "reason": profile.reason,
        "learning": [learning_object(each) for each in profile.learning],
        "companions": [
            {
                **companion_object(each),
                "backed": each.backed,
                "of_backed": each.of_backed,
                "others": each.others,
                "of_others": each.of_others,
            }
            for each in profile.companions
        ],
    }


def learning_object(learning: Learning) -> dict[str, Any]:
    """How well a port was learnt, on one way of splitting."""
    return {
        "split": learning.split,
        "machines": learning.machines,
        "train_error": number(learning.train_error),
        "test_error": number(learning.test_error),
        "always_closed_error": number(learning.always_closed_error),
        "precision": number(learning.precision),
        "recall": number(learning.recall),
        "pr_auc": number(learning.pr_auc),
    }


def network_object(network: Network) -> dict[str, Any]:
    """How much was read of the network, and what of it governs nothing."""
    return {
        "machines": len(network.machines),
        "openings": len(network.openings),
        "rules": len(network.rules),
        "orphans": list(network.orphans),
    }


def privilege_object(each: Privilege) -> dict[str, Any]:
    """The ports that a machine needs of those that its wide openings leave open."""
    return {
        "tenant": each.tenant,
        "machine": each.machine,
        "openings": opening_objects(each.openings),
        "needed": [{"port": need.port, "protocol": need.protocol, "reason": need.reason} for need in each.needed],
        "certain": each.certain,
        "advice": each.advice,
        "grants": [grant_object(grant) for grant in each.grants],
        "remedies": [{**remedy_object(remedy), "note": remedy.note} for remedy in each.remedies],
        "excepted": each.excepted,
    }


def grant_object(each: Grant) -> dict[str, Any]:
    """One rule of the least that would do: ports as ranges, from where, and the rules that it stands in place of."""
    return {
        "protocol": each.protocol,
        "ports": told(each.ports).split(),
        "source_scope": str(each.scope),
        "sources": list(each.sources),
        "instead_of": list(each.instead_of),
    }


def least_object(each: Privilege) -> dict[str, Any]:
    """A least privilege in the promised shape of a recommendation: of all ports (0) of a machine, and never a finding.

    ``least_privilege`` follows with what the shape has no place for.
    """
    found = Recommendation(
        each.id, each.tenant, each.machine, 0, "any",
        Verdict.BACKED if each.needed else Verdict.NOT_ENOUGH_EVIDENCE,
        0.0, each.advice, each.openings, remedies=each.remedies, excepted=each.excepted,
    )  # fmt: skip
    whole = privilege_object(each)
    return {
        **recommendation_object(found),
        "least_privilege": {key: whole[key] for key in ("needed", "certain", "grants")},
    }


def unjoined_object(each: Unjoined) -> dict[str, str]:
    """A machine or host that has no counterpart on the other side."""
    return {"tenant": each.tenant, "name": each.name, "side": each.side, "reason": each.reason}


def ports_object(ports: Ports) -> dict[str, Any]:
    """The whole run as one document; a recommendation's ``detail`` holds what the promised shape has no place for."""
    return {
        "machines": ports.machines,
        "network": network_object(ports.network),
        "notes": list(ports.notes),
        "profiles": [profile_object(each) for each in ports.profiles],
        "recommendations": [
            {**recommendation_object(each), "detail": detail_object(each)} for each in in_order(ports.recommendations)
        ],
        "privileges": [privilege_object(each) for each in ports.privileges],
        "unjoined": [unjoined_object(each) for each in ports.unjoined],
        "readings": [reading_object(each) for each in ports.readings],
    }


def in_order(recommendations: Iterable[Recommendation]) -> list[Recommendation]:
    """What is to be closed first comes first: findings by score, then those an exception silences, then the rest."""
    return sorted(
        recommendations,
        key=lambda each: (
            not to_close(each),
            not each.verdict.finding,
            -each.score,
            each.port,
            each.protocol,
            each.tenant,
            each.machine,
        ),
    )


def silenced(each: Recommendation) -> bool:
    """Whether it is a finding that somebody answers for by an exception."""
    return each.verdict.finding and bool(each.excepted)


def to_close(each: Recommendation) -> bool:
    """Whether it is a finding that no exception silences."""
    return each.verdict.finding and not each.excepted
