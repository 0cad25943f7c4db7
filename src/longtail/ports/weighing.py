"""One open port of one machine, with everything known of it → the verdict and the sentence that gives its reason.

The rules are asked in order and the first that has something to say decides. Evidence that the port is served comes
first, doubt comes next, and only what passes every doubt is a finding.
"""

from collections.abc import Callable
from hashlib import sha256

from longtail.ports.case import WINDOWS, Case
from longtail.ports.containers import NODE_PORTS
from longtail.ports.findings import Verdict
from longtail.ports.labels import Port
from longtail.text import clean

HALF = 0.5  # probability of being open, below which it is called closed: enough where all that runs is known
MOST_BORROWED = 0.05  # of machines that show nothing: a finding is to be right in 95 of 100
NAMED = 3
NAME_LENGTH = 90


def identity(tenant: str, machine: str, port: Port) -> str:
    """A stable id of a recommendation."""
    return sha256("\x00".join((tenant, machine, str(port))).encode("utf-8", "surrogatepass")).hexdigest()[:16]


Said = tuple[Verdict, str]
Rule = Callable[[Case], Said | None]


def weighed(case: Case) -> Said:
    """The verdict on an opening, and why."""
    said = next(said for rule in RULES if (said := rule(case)) is not None)
    return (_passed_on(case) or said) if said[0].finding else said


def _passed_on(case: Case) -> Said | None:
    """What nothing on the machine serves may be served by another one behind it."""
    if case.routes:
        told = "it is set to pass on traffic that is not its own"
    elif case.clustered and case.port.number in NODE_PORTS:
        told = "it is a node of a cluster, and answers on such ports for other nodes"
    else:
        return None
    return Verdict.NOT_ENOUGH_EVIDENCE, f"nothing here serves {case.port}, but {told}"


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
    """A look at one moment, borne out by what is known to listen elsewhere: that does not run here either."""
    if not case.silent or not case.absent:
        return None
    left = case.runs(case.witness.strong)
    if left and not case.left_over:
        return None
    others = case.witness.listeners
    lacks = f"nor does any program run that listens on it on {others} other machine{'s' * (others != 1)}"
    remain = f"; {_named(left)} may be left over" if left else ""
    return Verdict.UNBACKED, f"nothing listens on {case.port} here, {lacks}{remain}"


def _two_looks(case: Case) -> Said | None:
    """A port that too few have open to be learnt: its silence is borne out by a list of all that runs.

    What may serve it would be in that list, were it up; what ran here and is gone may only be down.
    """
    if not case.silent or not case.whole or case.hardly or case.may_be_down:
        return None
    return Verdict.UNBACKED, (
        f"nothing listens on {case.port} here, and of all that runs or ran nothing is known to serve it or is down"
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
    if not (found := case.runs(case.witness.strong)) or case.left_over:
        return None
    verb = "runs" if len(found) == 1 else "run"
    return Verdict.BACKED, f"{_named(found)} {verb} here, as on machines that serve {case.port}"


def _settled(case: Case) -> Said | None:
    """Its sockets were looked at: every doubt that follows is one of not having looked."""
    return _unbacked(case) if case.silent else None


def _hardly_seen(case: Case) -> Said | None:
    if not case.hardly:
        return None
    return Verdict.NOT_ENOUGH_EVIDENCE, (
        f"the machine was hardly watched ({len(case.columns)} executables), so that much could have been missed"
    )


def _borrowed(case: Case) -> Said | None:
    """What nothing on the machine tells: a port that the system itself hands on, from a process that is everywhere."""
    held, of = case.witness.borrowed[case.system]
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
    share = case.witness.explained(case.system, whole=case.whole)
    if share >= case.settings.ports_least_explained:
        return None
    name = "Windows" if case.system == WINDOWS else "Linux and Unix"
    return Verdict.NOT_ENOUGH_EVIDENCE, (
        f"on {name} only {share:.0%} of the machines with {case.port} open run anything that speaks for it"
    )


Sign = tuple[Callable[[Case], list[str]], Verdict, str]
SIGNS: tuple[Sign, ...] = (
    # what runs here and keeps the port from being called forgotten, what that makes it, and how it is told
    (lambda case: case.runs(case.witness.servers), Verdict.OTHER_SOFTWARE,
     "{found} runs here, which was seen to listen on {port} elsewhere"),
    (lambda case: case.runs_now(case.witness.minor), Verdict.OTHER_SOFTWARE,
     "{found} runs here, which elsewhere too goes with {port} in place of the usual software"),
    (lambda case: case.runs_now(case.witness.rare), Verdict.OTHER_SOFTWARE,
     "{found} runs here and may be what serves {port}: its kind cannot be judged from other machines"),
    (lambda case: case.runs_now(case.witness.leaning), Verdict.NOT_ENOUGH_EVIDENCE,
     "{found} runs here, and is found more often where {port} is open than elsewhere"),
)  # fmt: skip


def _may_serve(case: Case) -> Said | None:
    signs = ((sign(case), verdict, told) for sign, verdict, told in SIGNS)
    return next((
        (verdict, told.format(found=_named(found), port=case.port)) for found, verdict, told in signs if found
    ), None)  # fmt: skip


def _alike(case: Case) -> Said | None:
    if case.row is None or case.absent:
        return None
    probability = float(case.witness.learnt.probability[case.row])
    if probability <= (HALF if case.whole else case.settings.ports_most_probable):
        return None
    return Verdict.NOT_ENOUGH_EVIDENCE, (
        f"it runs none of the companions of {case.port}, yet looks like a machine that has it open ({probability:.0%})"
    )


def _invisible(case: Case) -> Said | None:
    if case.whole or case.measured or case.witness.visible >= case.settings.ports_least_visible:
        return None
    return Verdict.NOT_ENOUGH_EVIDENCE, (
        f"only process starts are known of this machine, and what accompanies {case.port} starts seldom: it came again"
        f" on {case.witness.visible:.0%} of the machines that run it. Here it may have started before the window"
    )


def _doubtful(case: Case) -> Said | None:
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
    _two_looks,
    _too_few,
    _unknown,
    _backed,
    _settled,
    _hardly_seen,
    _may_serve,
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
