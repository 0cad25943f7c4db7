"""One open port of one machine, with everything known of it → the verdict and the sentence that gives its reason.

The rules are asked in order and the first that has something to say decides. Evidence that the port is served comes
first, doubt comes next, and only what passes every doubt is a finding.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from longtail.ports.findings import Verdict
from longtail.ports.labels import Port
from longtail.ports.matrix import Columns, Flags, Matrix, Numbers
from longtail.ports.profiles import Learnt
from longtail.ports.seen import Socket
from longtail.settings import Settings
from longtail.text import clean

RECURRING = 0.5  # share of its carriers on which an executable was seen again, to count on seeing it again
NAMED = 3
NAME_LENGTH = 90


@dataclass(frozen=True)
class Witness:
    """What a port's profile says, prepared for weighing many machines.

    ``visible`` is the share of machines with the software on which a recurring companion was seen within the window;
    ``rare`` are the columns too rare to judge that run on no closed machine and could serve.
    """

    learnt: Learnt
    matrix: Matrix
    settings: Settings
    visible: float
    rare: Flags
    minor: Flags
    strong: Flags


@dataclass(frozen=True)
class Case:
    """One open port of one machine. ``row`` is None without telemetry; ``sockets`` is None if it was not asked."""

    witness: Witness
    port: Port
    row: int | None
    sockets: tuple[Socket, ...] | None
    whole: bool
    hardly: bool

    @property
    def columns(self) -> Columns:
        """What runs on the machine."""
        return np.array([], np.int32) if self.row is None else self.witness.matrix.columns(self.row)

    @property
    def silent(self) -> bool:
        """Whether it was asked for its sockets, and nothing listens on the port."""
        return self.sockets == ()

    def runs(self, among: Flags) -> list[str]:
        """The executables of some columns that run here."""
        columns = self.columns
        return [self.witness.matrix.executables[each] for each in columns[among[columns]]]


Said = tuple[Verdict, str]
Rule = Callable[[Case], Said | None]


def witness(learnt: Learnt, matrix: Matrix, settings: Settings) -> Witness:
    """A profile prepared for weighing."""
    size = matrix.ran.shape[1]
    strong, minor = np.zeros(size, bool), np.zeros(size, bool)
    strong[learnt.strong], minor[learnt.minor] = True, True
    rare = (matrix.carriers <= matrix.more_than) & (learnt.counts.off == 0) & matrix.could_serve
    return Witness(learnt, matrix, settings, _visible(learnt, matrix), rare, minor, strong)


def _visible(learnt: Learnt, matrix: Matrix) -> float:
    """Among machines that run some companion, the share that run one which is seen again and again."""
    recurred = matrix.table["recurred"].fill_null(0.0).to_numpy()
    again = learnt.strong[recurred[learnt.strong] >= RECURRING]
    carriers = _carriers(matrix, learnt.strong)
    return float(_carriers(matrix, again)[carriers].mean()) if carriers.any() else 0.0


def _carriers(matrix: Matrix, columns: Numbers) -> Flags:
    marks = np.zeros(matrix.ran.shape[1], dtype=np.float32)
    marks[columns] = 1
    runs: Flags = matrix.ran @ marks > 0
    return runs


def weighed(case: Case) -> Said:
    """The verdict on an opening, and why."""
    return next(said for rule in RULES if (said := rule(case)) is not None)


def _served(case: Case) -> Said | None:
    beyond = [each for each in case.sockets or () if not each.loopback]
    if not beyond:
        return None
    image = clean(next((each.image for each in beyond if each.image), "something"), NAME_LENGTH)
    if case.runs(case.witness.strong):
        return Verdict.BACKED, f"{image} listens on {case.port}, and what accompanies the port runs here"
    return Verdict.OTHER_SOFTWARE, f"{image} listens on {case.port}: it is served, by other software than elsewhere"


def _loopback(case: Case) -> Said | None:
    if not case.sockets:
        return None
    addresses = ", ".join(sorted({each.address or "" for each in case.sockets}))
    return Verdict.LOOPBACK_ONLY, (
        f"what listens on {case.port} is bound to {addresses} only: nobody else can reach it"
    )


def _unlearnable(case: Case) -> Said | None:
    profile = case.witness.learnt.profile
    if profile.learnable:
        return None
    verdict = Verdict.UNLEARNABLE if case.witness.learnt.enough else Verdict.NOT_ENOUGH_EVIDENCE
    return verdict, f"nothing can be said of {case.port} from what machines run: {profile.reason}"


def _unknown(case: Case) -> Said | None:
    if case.row is None:
        return Verdict.NOT_ENOUGH_EVIDENCE, "no telemetry of this machine"
    return None


def _backed(case: Case) -> Said | None:
    found = case.runs(case.witness.strong)
    if not found:
        return None
    return (
        Verdict.BACKED,
        f"{_named(found)} {'runs' if len(found) == 1 else 'run'} here, as on machines that serve {case.port}",
    )


def _hardly_seen(case: Case) -> Said | None:
    if not case.hardly or case.silent:
        return None
    return Verdict.NOT_ENOUGH_EVIDENCE, (
        f"the machine was hardly watched ({len(case.columns)} executables), so that much could have been missed"
    )


def _other_software(case: Case) -> Said | None:
    if case.silent or not (found := case.runs(case.witness.minor)):
        return None
    return Verdict.OTHER_SOFTWARE, (
        f"{_named(found)} here, which elsewhere too goes with {case.port} in place of the usual software"
    )


def _own_software(case: Case) -> Said | None:
    if case.silent or not (found := case.runs(case.witness.rare)):
        return None
    return Verdict.OTHER_SOFTWARE, (
        f"{_named(found)} here, on too few machines to be judged: it may be what serves {case.port}"
    )


def _alike(case: Case) -> Said | None:
    if case.row is None:
        return None
    probability = float(case.witness.learnt.probability[case.row])
    if probability <= case.witness.settings.ports_most_probable:
        return None
    return Verdict.NOT_ENOUGH_EVIDENCE, (
        f"it runs none of the companions of {case.port}, yet looks like a machine that has it open ({probability:.0%})"
    )


def _invisible(case: Case) -> Said | None:
    if case.silent or case.whole or case.witness.visible >= case.witness.settings.ports_least_visible:
        return None
    return Verdict.NOT_ENOUGH_EVIDENCE, (
        f"only process starts are known of this machine, and what accompanies {case.port} starts seldom: it came again"
        f" on {case.witness.visible:.0%} of the machines that run it. Here it may have started before the window"
    )


def _unbacked(case: Case) -> Said:
    learnt = case.witness.learnt
    profile, best = learnt.profile, learnt.profile.companions
    told = "; ".join(
        f"{clean(each.executable, NAME_LENGTH)} runs on {each.backed} of {each.of_backed} open and"
        f" {each.others} of {each.of_others} other machines"
        for each in best[:1]
    )
    silent = " Nothing listens on it." if case.silent else ""
    return Verdict.UNBACKED, (
        f"none of the {len(learnt.strong)} executables that accompany {profile.label} runs here ({told})"
        f" and it looks like a machine with it closed.{silent}"
    )


RULES: tuple[Rule, ...] = (
    _served, _loopback, _unlearnable, _unknown, _backed, _hardly_seen, _other_software, _own_software, _alike,
    _invisible, _unbacked,
)  # fmt: skip


def _named(executables: list[str]) -> str:
    shown = ", ".join(clean(each, NAME_LENGTH) for each in executables[:NAMED])
    more = len(executables) - NAMED
    return f"{shown} and {more} more" if more > 0 else shown
