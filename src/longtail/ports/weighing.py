"""One open port of one machine, with everything known of it → the verdict and the sentence that gives its reason.

The rules are asked in order and the first that has something to say decides. Evidence that the port is served comes
first, doubt comes next, and only what passes every doubt is a finding.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from longtail.ports.findings import Verdict
from longtail.ports.labels import Port
from longtail.ports.matrix import Columns, Flags
from longtail.ports.seen import Socket
from longtail.ports.software import FORWARDED
from longtail.ports.witness import LISTENERS, Witness
from longtail.settings import Settings
from longtail.text import clean

TELLTALE = 0.8  # of listening machines whose server is known from others: then its absence tells
MEASURED = 10  # listening machines
MISSED = 0.1  # of which no more show nothing
HALF = 0.5  # probability of being open, below which it is called closed: enough where all that runs is known
MOST_BORROWED = 0.05  # of machines that show nothing: a finding is to be right in 95 of 100
CUSTOMARY = 0.25  # of the machines were asked for their sockets: then any other can be asked too
NAMED = 3
NAME_LENGTH = 90


@dataclass(frozen=True)
class Case:
    """One open port of one machine. ``row`` is None without telemetry; ``sockets`` is None if it was not asked.

    ``whole`` and ``hardly`` tell how well it was seen: see `Seen`.
    """

    witness: Witness
    port: Port
    settings: Settings
    row: int | None
    sockets: tuple[Socket, ...] | None
    whole: bool
    hardly: bool

    @property
    def columns(self) -> Columns:
        """What runs on the machine."""
        return np.array([], np.int32) if self.row is None else self.witness.matrix.columns(self.row)

    def runs_now(self, among: Flags) -> list[str]:
        """The executables of some columns that run here, without what is known to run no more."""
        columns = self.columns if self.row is None else self.witness.matrix.now(self.row)
        return [self.witness.matrix.executables[each] for each in columns[among[columns]]]

    @property
    def silent(self) -> bool:
        """Whether it was asked for its sockets, and nothing listens on the port."""
        return self.sockets == ()

    @property
    def absent(self) -> bool:
        """Whether none of the programs known to listen on the port runs here, though one that does would be seen."""
        known = self.silent or (self.whole and self.witness.telltale >= TELLTALE)
        return known and not self.runs(self.witness.servers)

    @property
    def askable(self) -> bool:
        """Whether a look would settle what cannot be seen otherwise: sockets are listed here, and Windows may forward.

        Where nobody lists sockets, that doubt can never be settled, and holds nothing up.
        """
        windows = self.row is not None and self.witness.matrix.systems[self.row] == 0
        return bool(windows) and self.port.number in FORWARDED and self.witness.asked >= CUSTOMARY

    @property
    def measured(self) -> bool:
        """Whether enough machines seen like this one were seen to listen, and next to all of them show why."""
        missed, of = self.witness.measured[self.whole]
        return of >= MEASURED and missed + 1 <= MISSED * (of + 2)  # Laplace's estimate

    def runs(self, among: Flags) -> list[str]:
        """The executables of some columns that run here."""
        columns = self.columns
        return [self.witness.matrix.executables[each] for each in columns[among[columns]]]


def identity(tenant: str, machine: str, port: Port) -> str:
    """A stable id of a recommendation."""
    return sha256("\x00".join((tenant, machine, str(port))).encode("utf-8", "surrogatepass")).hexdigest()[:16]


Said = tuple[Verdict, str]
Rule = Callable[[Case], Said | None]


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


def _small_fleet(case: Case) -> Said | None:
    """Nothing is recommended from a fleet that shows nothing of what is usual, whatever the sockets say."""
    if len(case.witness.matrix.machines) >= case.settings.ports_least_machines:
        return None
    bound = f"; what listens is bound to {_addresses(case)} only" if case.sockets else ""
    return Verdict.NOT_ENOUGH_EVIDENCE, f"{case.witness.learnt.profile.reason}{bound}"


def _loopback(case: Case) -> Said | None:
    if not case.sockets:
        return None
    return Verdict.LOOPBACK_ONLY, (
        f"what listens on {case.port} is bound to {_addresses(case)} only: nobody else can reach it"
    )


def _addresses(case: Case) -> str:
    return ", ".join(sorted({each.address or "" for each in case.sockets or ()}))


def _no_signature(case: Case) -> Said | None:
    """Silence alone is one look at one moment: without a signature nothing bears it out."""
    learnt = case.witness.learnt
    if learnt.profile.learnable or not learnt.enough:
        return None
    return Verdict.UNLEARNABLE, f"nothing can be said of {case.port} from what machines run: {learnt.profile.reason}"


def _silent(case: Case) -> Said | None:
    if not case.silent or not case.absent:
        return None
    left = case.runs(case.witness.strong)
    if left and case.witness.listeners < LISTENERS:
        return None
    return Verdict.UNBACKED, (
        f"nothing listens on {case.port} here, nor does any program run that listens on it on {case.witness.listeners}"
        f" other machines{f'; {_named(left)} may be left over' if left else ''}"
    )


def _too_few(case: Case) -> Said | None:
    profile = case.witness.learnt.profile
    if profile.learnable:
        return None
    told = f"nothing can be said of {case.port} from what machines run: {profile.reason}"
    return Verdict.NOT_ENOUGH_EVIDENCE, told


def _unknown(case: Case) -> Said | None:
    return (Verdict.NOT_ENOUGH_EVIDENCE, "no telemetry of this machine") if case.row is None else None


def _backed(case: Case) -> Said | None:
    if not (found := case.runs(case.witness.strong)) or case.absent:
        return None
    verb = "runs" if len(found) == 1 else "run"
    return Verdict.BACKED, f"{_named(found)} {verb} here, as on machines that serve {case.port}"


def _hardly_seen(case: Case) -> Said | None:
    if not case.hardly or case.silent:
        return None
    return Verdict.NOT_ENOUGH_EVIDENCE, (
        f"the machine was hardly watched ({len(case.columns)} executables), so that much could have been missed"
    )


def _server_here(case: Case) -> Said | None:
    if case.silent or not (found := case.runs(case.witness.servers)):
        return None
    return Verdict.OTHER_SOFTWARE, f"{_named(found)} runs here, which was seen to listen on {case.port} elsewhere"


def _leaning(case: Case) -> Said | None:
    if case.silent or not (found := case.runs_now(case.witness.leaning)):
        return None
    return Verdict.NOT_ENOUGH_EVIDENCE, (
        f"{_named(found)} runs here, and is found more often where {case.port} is open than elsewhere"
    )


def _borrowed(case: Case) -> Said | None:
    """What nothing on the machine tells: a port that the system itself hands on, from a process that is everywhere."""
    if case.silent or case.row is None:
        return None
    system = int(case.witness.matrix.systems[case.row])
    held, of = case.witness.borrowed[system]
    if not held and not case.askable:
        return None
    if (held + 1) / (of + 2) <= MOST_BORROWED:  # Laplace's estimate: few machines measure little
        return None
    seen = (
        f"a process that runs everywhere was seen to hold {case.port} on {held} of {of} machines that show nothing else"
        if held
        else f"Windows can hand {case.port} on from a process that runs everywhere, and other machines here were asked"
    )
    return Verdict.NOT_ENOUGH_EVIDENCE, f"{seen}: without a look at the sockets it cannot be known here"


def _unexplained(case: Case) -> Said | None:
    """Software of one system tells nothing of another's: the port must be explained on machines like this one."""
    if case.silent or case.row is None:
        return None
    system = int(case.witness.matrix.systems[case.row])
    share = case.witness.explained(system, whole=case.whole)
    if share >= case.settings.ports_least_explained:
        return None
    return Verdict.NOT_ENOUGH_EVIDENCE, (
        f"on {'Linux and Unix' if system else 'Windows'} only {share:.0%} of the machines with {case.port} open run"
        " anything that speaks for it"
    )


def _other_software(case: Case) -> Said | None:
    if case.silent or not (found := case.runs_now(case.witness.minor)):
        return None
    return Verdict.OTHER_SOFTWARE, (
        f"{_named(found)} runs here, which elsewhere too goes with {case.port} in place of the usual software"
    )


def _own_software(case: Case) -> Said | None:
    if case.silent or not (found := case.runs_now(case.witness.rare)):
        return None
    return Verdict.OTHER_SOFTWARE, (
        f"{_named(found)} runs here and may be what serves {case.port}: its kind cannot be judged from other machines"
    )


def _alike(case: Case) -> Said | None:
    if case.row is None or case.silent or case.absent:
        return None
    probability = float(case.witness.learnt.probability[case.row])
    if probability <= (HALF if case.whole else case.settings.ports_most_probable):
        return None
    return Verdict.NOT_ENOUGH_EVIDENCE, (
        f"it runs none of the companions of {case.port}, yet looks like a machine that has it open ({probability:.0%})"
    )


def _invisible(case: Case) -> Said | None:
    if case.silent or case.whole or case.measured or case.witness.visible >= case.settings.ports_least_visible:
        return None
    return Verdict.NOT_ENOUGH_EVIDENCE, (
        f"only process starts are known of this machine, and what accompanies {case.port} starts seldom: it came again"
        f" on {case.witness.visible:.0%} of the machines that run it. Here it may have started before the window"
    )


def _doubtful(case: Case) -> Said | None:
    if case.silent:
        return None
    doubt = case.witness.doubt[case.whole]
    if doubt <= case.settings.ports_most_doubt:
        return None
    return Verdict.NOT_ENOUGH_EVIDENCE, (
        f"nothing here speaks for {case.port}, but about {doubt:.0%} of such machines may well serve it unseen"
    )


def _unbacked(case: Case) -> Said:
    learnt = case.witness.learnt
    told = "".join(
        f" ({clean(each.executable, NAME_LENGTH)} runs on {each.backed} of {each.of_backed} open and"
        f" {each.others} of {each.of_others} other machines)"
        for each in sorted(learnt.profile.companions, key=lambda each: -each.share_of_backed)[:1]
    )
    left = case.runs(case.witness.strong)
    lacks = (
        f"{_named(left)} may be left over, but no program runs here that listens on {case.port} elsewhere"
        if left
        else f"none of the {len(learnt.strong)} executables that accompany {case.port} runs here"
    )
    silent = ". Nothing listens on it" if case.silent else ""
    return Verdict.UNBACKED, f"{lacks}{told}: it looks like a machine that has it closed{silent}"


RULES: tuple[Rule, ...] = (
    _served,
    _small_fleet,
    _loopback,
    _no_signature,
    _silent,
    _too_few,
    _unknown,
    _backed,
    _hardly_seen,
    _server_here,
    _other_software,
    _own_software,
    _leaning,
    _unexplained,
    _borrowed,
    _alike,
    _invisible,
    _doubtful,
    _unbacked,
)


def _named(executables: list[str]) -> str:
    shown = ", ".join(clean(each, NAME_LENGTH) for each in executables[:NAMED])
    more = len(executables) - NAMED
    return f"{shown} and {more} more" if more > 0 else shown
