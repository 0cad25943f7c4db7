"""Network × evidence → everything ``ports`` finds: profiles, recommendations, and what could not be looked at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from longtail.ports import forest
from longtail.ports.advice import Taken, advised, unmatched
from longtail.ports.case import Case
from longtail.ports.evidence import Evidence
from longtail.ports.exceptions import Exceptions
from longtail.ports.findings import Ports, Proof, Recommendation, Unjoined, Verdict
from longtail.ports.gathering import matrix
from longtail.ports.governed import governed
from longtail.ports.joining import Host, Joined, completed, joined, strangers
from longtail.ports.labels import OPEN, Labels, Port, labels
from longtail.ports.matrix import Matrix, by_place
from longtail.ports.openings import ROUTES, Network, Opening, Scope
from longtail.ports.privilege import Needs, privileges
from longtail.ports.profiles import Class, learnt, machines
from longtail.ports.seen import Seen, loopback, seen
from longtail.ports.siblings import standing
from longtail.ports.signatures import signed
from longtail.ports.weighing import NAME_LENGTH, NAMED, identity, weighed
from longtail.ports.witness import Witness, witness
from longtail.settings import Settings
from longtail.text import clean

EXPOSURE = {Scope.INTERNET: 1.0, Scope.PARTLY_INTERNET: 0.9, Scope.PRIVATE: 0.7, Scope.GROUP: 0.6}
MOST_ATTACKED = 6  # days of attacks beyond which more days say no more
UNATTACKED = 0.8  # of the score an attacked opening would have
SILENCE = 0.25  # of the doubt that is left once nothing was found to listen


NO_EXCEPTIONS = Exceptions()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look at: ``ports`` (all that some rule names, if None), and who answers for openings already."""

    ports: tuple[int, ...] | None = None
    exceptions: Exceptions = NO_EXCEPTIONS


@dataclass(frozen=True)
class Scene:
    """All that recommendations are made of, read once."""

    network: Network
    joined: Joined
    matrix: Matrix
    labels: Labels
    seen: Seen
    settings: Settings


EVERYTHING = Wanted()


def recommended(network: Network, evidence: Evidence, settings: Settings, wanted: Wanted = EVERYTHING) -> Ports:
    """What every wanted port's openings come down to, findings first, most alarming first."""
    scene = _scene(network, evidence, settings)
    ports = scene.labels.named() if wanted.ports is None else scene.labels.of(wanted.ports)
    known = list(_witnesses(scene, ports))
    found = standing([each for port, speaks in known for each in _recommendations(scene, port, speaks)])
    taken: Taken = {}
    advice = sorted(advised(found, network, wanted.exceptions, taken), key=_order)
    needs = Needs(
        scene.network, scene.labels, scene.seen, scene.matrix.row_of, known, governed(scene.network),
        wanted.exceptions.exempt, taken,
    )  # fmt: skip
    least = privileges(needs)
    return Ports(
        profiles=tuple(
            replace(speaks.learnt.profile, machines_open=int(speaks.opened.sum()), machines_taught=_taught(speaks))
            for _, speaks in known
        ),
        recommendations=tuple(advice),
        network=scene.network,
        unjoined=(*_left(scene), *_strangers(scene, evidence)),
        readings=network.readings,
        machines=len(scene.matrix.machines),
        notes=(
            *_too_small(scene, found),
            *network.notes,
            *wanted.exceptions.notes,
            *unmatched(found, network, wanted.exceptions, least),
        ),
        privileges=least,
    )


def _taught(speaks: Witness) -> int:
    """How many of the machines that have the port open teach: others are known not to serve it, or opened widely."""
    return int((speaks.learnt.target == OPEN).sum())


def _left(scene: Scene) -> Iterator[Unjoined]:
    """What could not be joined; a machine of which only the sockets are known is not without telemetry."""
    looked = {(known.tenant, known.name) for known in map(scene.network.machines.__getitem__, scene.seen.sockets)}
    for each in scene.joined.unjoined:
        only = each.side == "network" and (each.tenant, each.name) in looked
        yield replace(each, reason="its sockets are known, but not what runs there") if only else each


def _strangers(scene: Scene, evidence: Evidence) -> Iterator[Unjoined]:
    """Whoever only sockets or attacks tell of, and the network does not know."""
    yield from strangers(scene.network, scene.joined, "listening sockets", _hosts(evidence.listening, "host"))
    yield from strangers(scene.network, scene.joined, "attacks", _hosts(evidence.attacked, "machine"))


def _hosts(told: pl.DataFrame, name: str) -> list[Host]:
    return told.select(pl.col("tenant").fill_null(""), pl.col(name).fill_null("")).unique().rows()


def _too_small(scene: Scene, found: Sequence[Recommendation]) -> tuple[str, ...]:
    """What a fleet that is too small to learn from can be told all the same."""
    known, least = len(scene.matrix.machines), scene.settings.ports_least_machines
    if known >= least:
        return ()
    bound = [each for each in found if each.proof.listening and all(map(loopback, each.proof.listening))]
    local = f"; {_named(bound)} bound to the machine itself" if bound else ""
    return (
        f"{machines(known)} with telemetry: with {least:g} or more, what is usual can be learnt and openings be judged."
        f" Until then, longtail ports openings tells what is open, and through which rules{local}",
    )


def _named(bound: Sequence[Recommendation]) -> str:
    told = ", ".join(f"{clean(each.machine, NAME_LENGTH)} {each.port}/{each.protocol}" for each in bound[:NAMED])
    more = f" and {len(bound) - NAMED} more" if len(bound) > NAMED else ""
    return f"what listens on {told}{more} is"


def _scene(network: Network, evidence: Evidence, settings: Settings) -> Scene:
    hosts = evidence.inventory.select(pl.col("tenant").fill_null(""), "host").unique().drop_nulls().rows()
    network = completed(network, hosts)
    found = joined(network, hosts)
    tenants = [machine.tenant for machine in network.machines]
    runs = matrix(evidence.inventory, found.machine_of, tenants, int(settings.ports_more_than))
    openings = labels(network, found.names, int(settings.ports_widest))
    return Scene(network, found, runs, openings, seen(evidence, runs, found), settings)


def _witnesses(scene: Scene, ports: Sequence[Port]) -> Iterator[tuple[Port, Witness]]:
    """What each port is told by."""
    clones = forest.clones(scene.matrix.features, int(scene.settings.ports_seed))
    school = Class(scene.matrix, scene.matrix.tenants, clones, scene.settings)
    for port in ports:
        target = scene.labels.target(port)
        taught = learnt(school, port, scene.seen.taught(port, target)[scene.matrix.machines])
        opened = target[scene.matrix.machines] == OPEN
        yield port, signed(witness(taught, scene.matrix, port, scene.seen, opened), scene.settings)


def _recommendations(scene: Scene, port: Port, prepared: Witness) -> Iterator[Recommendation]:
    """One for each machine that a rule names the port of, with all openings that reach it, wide ones too."""
    by_machine = scene.labels.covering(port).group_by("machine", maintain_order=True)
    reached = by_machine.agg("opening", pl.col("narrow").any()).filter("narrow").sort("machine")
    for machine, openings in reached.select("machine", "opening").iter_rows():
        yield _recommendation(scene, prepared, port, machine, [scene.network.openings[each] for each in openings])


def _recommendation(
    scene: Scene, prepared: Witness, port: Port, machine: int, openings: Sequence[Opening]
) -> Recommendation:
    row = scene.matrix.row_of.get(machine)
    known = scene.network.machines[machine]
    sockets = scene.seen.listening(machine, port)
    case = Case(
        prepared, port, scene.settings, row, sockets,
        whole=row is not None and bool(scene.seen.whole[row]),
        hardly=row is not None and bool(scene.seen.hardly[row]),
        veiled=machine in scene.seen.veiled,
        clustered=machine in scene.seen.clustered,
        routes=ROUTES in known.detail,
    )  # fmt: skip
    verdict, reason = weighed(case)
    proof = _proof(scene, case, machine)
    return Recommendation(
        id=identity(known.tenant, known.name, port),
        tenant=known.tenant,
        machine=known.name,
        port=port.number,
        protocol=port.protocol,
        verdict=verdict,
        score=_score(case, verdict, openings, proof.brute_force_days or 0),
        reason=reason,
        openings=tuple(openings),
        expected=prepared.learnt.profile.companions,
        runs_instead=by_place(scene.matrix.table, case.columns) if verdict.finding else None,
        proof=proof,
    )


def _proof(scene: Scene, case: Case, machine: int) -> Proof:
    sockets = case.sockets
    return Proof(
        last_process_seen=None if case.row is None else scene.matrix.times["last"][case.row],
        listening=None if sockets is None else tuple(sorted({each.address or "" for each in sockets})),
        listening_image=next((each.image for each in sockets or () if each.image), None),
        brute_force_days=scene.seen.attacked_days(machine, case.port),
    )


def _score(case: Case, verdict: Verdict, openings: Sequence[Opening], attacked: int) -> float:
    """How sure and how exposed, 0 to 1; 0 for what is no finding."""
    if not verdict.finding:
        return 0.0
    doubt = 0.0
    if verdict is Verdict.UNBACKED and case.row is not None:
        doubt = 1 - case.witness.learnt.coverage * (1 - float(case.witness.learnt.probability[case.row]))
        doubt *= SILENCE if case.silent else 1
    exposed = max(EXPOSURE[each.scope] for each in openings)
    return round(
        (1 - doubt) * exposed * (UNATTACKED + (1 - UNATTACKED) * min(attacked, MOST_ATTACKED) / MOST_ATTACKED), 4
    )


def _order(each: Recommendation) -> tuple[object, ...]:
    return not each.verdict.finding, -each.score, each.port, each.protocol, each.tenant, each.machine
