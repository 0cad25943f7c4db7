"""What ``ports`` found → what a person reads in a terminal: the ports, what to close and how, and what was left out.

A command stands on lines of its own, neither wrapped nor cut, so that it can be copied as it is.
"""

from collections.abc import Iterator, Sequence
from typing import IO

from rich.console import ConsoleRenderable
from rich.table import Table
from rich.text import Text

from longtail.outputs.ports import view
from longtail.outputs.ports.commands import steps
from longtail.outputs.ports.wording import (
    SPLITS,
    VERDICTS,
    among_open,
    among_others,
    doubts,
    error,
    evidence,
    granted,
    grouped,
    lead,
    learnt_from,
    missing,
    noun,
    open_on,
    opened,
    order,
    port_name,
    ratio,
    runs_word,
    spans,
    summary,
    through,
    title,
    told_in_short,
)
from longtail.outputs.terminal import ROWS_SHOWN, Verbatim, files, indented, section, table, troubles, written
from longtail.outputs.wording import count, listed, of
from longtail.ports.findings import Companion, Learning, PortProfile, Ports, Privilege, Recommendation, Remedy, Verdict
from longtail.ports.openings import Network
from longtail.readings import troubled_first
from longtail.text import clean

WHOLE_PROFILES = 10
WHOLE_FINDINGS = 50
WHOLE_PRIVILEGES = 10
MISSING_SHOWN = 5
PLACES_SHOWN = 25
OPENINGS_SHOWN = 6
NAMES_SHOWN = 8
TEXT_SHOWN = 600

COLOURS = {Verdict.UNBACKED: "bold red", Verdict.LOOPBACK_ONLY: "bold yellow"}


def write(ports: Ports, stream: IO[str]) -> None:
    """Print everything that was found, as wide as the terminal is."""
    written(_parts(ports), stream)


def _parts(ports: Ports) -> Iterator[ConsoleRenderable]:
    yield _line(lead(ports), "bold")
    whole, further = view.profiles_told(ports, WHOLE_PROFILES)
    for profile in whole:
        yield from _profile(profile)
    yield from section(f"{'Further' if whole else 'The'} {noun(ports)}s", _further, further)
    yield from _findings(ports)
    yield from section("Accepted by an exception", _excepted, view.excepted(ports))
    yield from section("Wide open, and what would do instead", _wide, ports.privileges)
    yield from _least(ports.privileges)
    yield from section("Not judged", _alike, view.not_judged(ports))
    yield from section("In use", _alike, view.in_use(ports))
    yield from section("Not joined", _left, view.left(ports.unjoined))
    readings = troubled_first(ports.readings)
    yield from section("Files", files, readings)
    yield from troubles(readings)
    yield from (_line("note: " + clean(note)) for note in ports.notes[:ROWS_SHOWN])
    yield Text()
    yield Text("Summary", "bold")
    yield from (_line(line) for line in summary(ports))


def _line(text: str, style: str = "") -> Text:
    return Text(text, style, overflow="fold")


def _shown(text: str) -> Text:
    return _line(clean(text, TEXT_SHOWN))


def _profile(profile: PortProfile) -> Iterator[ConsoleRenderable]:
    state = ("  learnable", "green") if profile.learnable else ("  not learnable", "yellow")
    yield Text()
    yield Text.assemble((clean(port_name(profile), 80), "bold"), f"  {open_on(profile)}", state, overflow="fold")
    yield indented(_shown(profile.reason))
    yield indented(_line(learnt_from(profile), "dim"))
    yield indented(_learning(profile.learning))
    if profile.companions:
        yield indented(_companions(profile.companions))


def _learning(learning: Sequence[Learning]) -> Table:
    columns = ("#machines", "#train error", "#test error", "#always closed", "#precision", "#recall", "#PR-AUC")
    drawn = table("", *columns)
    for each in learning:
        errors = (each.train_error, each.test_error, each.always_closed_error)
        ratios = (each.precision, each.recall, each.pr_auc)
        numbers = (f"{each.machines:,}", *map(error, errors), *map(ratio, ratios))
        drawn.add_row(_shown(SPLITS.get(each.split, each.split)), *map(Text, numbers))
    return drawn


def _companions(companions: Sequence[Companion]) -> Table:
    drawn = table("#", "what accompanies it", "#importance", "#machines with it", "#others")
    for rank, each in enumerate(companions, 1):
        numbers = (ratio(each.importance), among_open(each), among_others(each))
        drawn.add_row(Text(str(rank)), Text(clean(each.executable, 160)), *map(Text, numbers))
    return drawn


def _further(profiles: Sequence[PortProfile]) -> Table:
    drawn = table("", "#on", "#test error", "#always closed", "#PR-AUC", "learnable")
    for each in profiles:
        numbers = told_in_short(each)
        verdict = ("yes: " if each.learnable else "no: ") + clean(each.reason, 200)
        drawn.add_row(Text(clean(port_name(each), 60)), *map(Text, (opened(each), *numbers)), Text(verdict))
    return drawn


def _findings(ports: Ports) -> Iterator[ConsoleRenderable]:
    found = view.findings(ports)
    if found:
        yield Text()
        yield _line(f"{title(ports)}, {order(ports)}", "bold")
    for rank, each in enumerate(found, 1):
        yield Text()
        yield _headline(rank, each)
        if rank <= WHOLE_FINDINGS:
            yield from _finding(each, ports.network)


def _headline(rank: int, each: Recommendation) -> Text:
    tenant = f" · {clean(each.tenant, 80)}" if each.tenant else ""
    return Text.assemble(
        f"{rank:>3}  ",
        (clean(each.machine, 120), "bold"),
        f"  {clean(port_name(each), 80)}  ",
        (VERDICTS[each.verdict], COLOURS[each.verdict]),
        f"  {each.score:.2f}",
        (tenant, "dim"),
        overflow="fold",
    )


def _finding(each: Recommendation, network: Network) -> Iterator[ConsoleRenderable]:
    yield indented(_shown(each.reason))
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold", ratio=1)
    for name, told in _facts(each, network):
        grid.add_row(Text(name, "dim"), told)
    yield indented(grid)
    for remedy in each.remedies:
        yield from _remedy(remedy)
    if each.openings and not each.remedies:
        yield indented(_line("no command is known for this platform", "dim"))
    yield indented(_line(f"id {clean(each.id, 64)}", "dim"))


def _facts(each: Recommendation, network: Network) -> Iterator[tuple[str, Text]]:
    yield from (("open to", _shown(through(opening, network))) for opening in each.openings[:OPENINGS_SHOWN])
    if len(each.openings) > OPENINGS_SHOWN:
        yield "", _line(f"and {len(each.openings) - OPENINGS_SHOWN:,} more openings: --format json has them all")
    yield from (("mind", _shown(told)) for told in doubts(each)[:OPENINGS_SHOWN])
    yield from ((name, _shown(told)) for name, told in evidence(each.proof))
    for number, companion in enumerate(missing(each)[:MISSING_SHOWN]):
        seen = f"{of(companion.backed, companion.of_backed, 'open machine')}, {companion.others:,} of the others"
        yield "" if number else "missing", _line(f"{clean(companion.executable, 160)}  ({seen})")
    runs = grouped(each.runs_instead or {})
    yield from (("" if number else runs_word(each), _shown(place)) for number, place in enumerate(runs[:PLACES_SHOWN]))
    if len(runs) > PLACES_SHOWN:
        yield "", _line(f"and {len(runs) - PLACES_SHOWN:,} more directories: --format json has them all")
    if each.also_governed:
        governed = f"{count(len(each.also_governed), 'other machine')}: {listed(each.also_governed, NAMES_SHOWN)}"
        yield "the rule opens", _shown(governed)


def _remedy(remedy: Remedy) -> Iterator[ConsoleRenderable]:
    for what, lines, mind in steps(remedy):
        yield indented(_line(f"{what}{f' ({clean(mind, TEXT_SHOWN)})' if mind else ''}:", "cyan"))
        yield from (Verbatim(f"       {line}") for line in lines)


def _excepted(recommendations: Sequence[Recommendation]) -> Table:
    drawn = table("machine", "port", "verdict", "#score", "why it is accepted")
    for each in recommendations:
        names = (clean(each.machine, 80), clean(port_name(each), 60), VERDICTS[each.verdict], f"{each.score:.2f}")
        drawn.add_row(*map(Text, names), Text(clean(each.excepted, 300)))
    return drawn


def _wide(privileges: Sequence[Privilege]) -> Table:
    drawn = table("machine", "open", "what would do")
    for each in privileges:
        told = f"accepted: {each.excepted}" if each.excepted else each.advice
        drawn.add_row(Text(clean(each.machine, 80)), Text(clean(spans(each), 80)), Text(clean(told, TEXT_SHOWN)))
    return drawn


def _least(privileges: Sequence[Privilege]) -> Iterator[ConsoleRenderable]:
    """The rules to let in instead, and how: of the first machines, each for itself."""
    told = [each for each in privileges if each.grants or each.remedies]
    for each in told[:WHOLE_PRIVILEGES]:
        yield Text()
        tenant = f" · {clean(each.tenant, 80)}" if each.tenant else ""
        yield Text.assemble(
            "     ", (clean(each.machine, 120), "bold"), "  let in only", (tenant, "dim"), overflow="fold"
        )
        yield from (indented(_shown(granted(grant))) for grant in each.grants[:OPENINGS_SHOWN])
        if len(each.grants) > OPENINGS_SHOWN:
            yield indented(_line(f"and {len(each.grants) - OPENINGS_SHOWN:,} more: --format json has them all"))
        for remedy in each.remedies:
            yield from _remedy(remedy)
    if len(told) > WHOLE_PRIVILEGES:
        yield indented(_line(f"and {len(told) - WHOLE_PRIVILEGES:,} more machines: --format json has them all", "dim"))


def _alike(groups: Sequence[view.Alike]) -> Table:
    drawn = table("verdict", "#open ports", "#machines", "ports", "for example", "why")
    for each in groups:
        numbers = (f"{each.openings:,}", f"{each.machines:,}")
        drawn.add_row(
            Text(VERDICTS[each.verdict]),
            *map(Text, numbers),
            Text(clean(listed(each.ports, NAMES_SHOWN), 120)),
            Text(clean(", ".join(each.examples), 120)),
            Text(clean(each.reason, 300)),
        )
    return drawn


def _left(groups: Sequence[view.Left]) -> Table:
    drawn = table("known to the", "#number", "for example", "why it was not joined")
    for each in groups:
        examples = Text(clean(", ".join(each.examples), 160))
        drawn.add_row(Text(clean(each.side, 20)), Text(f"{each.number:,}"), examples, Text(clean(each.reason, 300)))
    return drawn
