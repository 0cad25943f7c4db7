"""Rules mined from service accounts → what they are worth elsewhere: other accounts and tenants, and lawful use.

python -m bench.factory --seeds 1-20

For each seed a fleet in which each recipe attacks one service account is hunted, and its alerts are mined. In another
fleet (other tenants, hosts, lawful use) the same acts are done by people and the system, in other words. Told are the
share of these variants in which a rule fires, and the rules' hits on the other fleet's lawful use.
"""

import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import polars as pl

from bench.quality import seeds
from bench.variants import Attacked, attacked, pinned, placed, with_attacks
from longtail.detections.backtest import backtest, distinct_starts, merge
from longtail.detections.matching import Matcher, rows_of
from longtail.detections.matching_terms import Rule as Readable
from longtail.detections.mining import Mined, mined
from longtail.detections.sigma import parsed
from longtail.engines import local
from longtail.executions import sightings as waist
from longtail.fleet import Plan
from longtail.fleet.attacks import SETS
from longtail.fleet.chance import stream
from longtail.prevalence.findings import Alert
from longtail.prevalence.judgement import judged
from longtail.settings import Settings

NO_ALERT = "no alert told of it"
HELD_OUT = 50_000
"""What is added to a seed for the fleet that rules are tried on."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One variant: its recipe, whether a rule fired in it, and if not, why."""

    recipe: str
    caught: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Measured:
    """What one seed gave. ``benign`` are the hits of each rule per 10,000 host-days of the held-out fleet."""

    seed: int
    variants: tuple[Tried, ...]
    benign: Mapping[str, float]
    instance_words: Mapping[str, tuple[str, ...]]
    refused: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Measuring:
    """A seed → what is measured of it; runs in a worker."""

    machines: int
    days: int
    intensity: float
    recipes: str
    unalerted: bool

    def __call__(self, seed: int) -> Measured:
        plan, other = self.plan(seed), self.plan(seed + HELD_OUT)
        attacks = [pinned(each, stream(seed, "acts", each.name)) for each in SETS[self.recipes]]
        incidents = list(placed(plan, attacks, others=False))
        techniques = [each.attack for each in incidents]
        hidden = list(placed(plan, techniques, others=True)) if self.unalerted else []
        alerts, starts = hunted(with_attacks(plan, [*incidents, *hidden]))
        began = time.perf_counter()
        found = mined(alerts, starts)
        seconds = time.perf_counter() - began
        rules = readable(found)
        variants = [attacked(other, each, respelt=True) for each in placed(other, techniques, others=True)]
        seen = [attacked(plan, each) for each in incidents]
        return Measured(
            seed, tuple(tried(rules, variants, (found, alerts, seen))), benign(rules, with_attacks(other, ())),
            told_of_instances(found, seen), len(found.refused), seconds,
        )  # fmt: skip

    def plan(self, seed: int) -> Plan:
        """The fleet of a seed, without attacks of its own."""
        return Plan(machines=self.machines, days=self.days, seed=seed, quiet=True, intensity=self.intensity)


def hunted(chunks: Iterable[pl.DataFrame]) -> tuple[tuple[Alert, ...], pl.DataFrame]:
    """What a hunt tells of a fleet's events, and the distinct starts in them."""
    seen, starts = [], []
    for chunk in chunks:
        seen.append(waist.sightings(chunk))
        starts.append(distinct_starts(chunk))
    return judged(waist.in_order(waist.merge(seen)), Settings()).alerts, merge(starts)


def readable(found: Mined) -> list[Readable]:
    """The rules as any reader of Sigma has them, from their text."""
    return [rule for each in found.rules for rule in parsed(each.text, each.file_name).rules]


def tried(
    rules: Sequence[Readable], variants: Sequence[Attacked], known: tuple[Mined, Sequence[Alert], Sequence[Attacked]]
) -> Iterable[Tried]:
    """For each variant whether any rule fires in it."""
    for each in variants:
        hits = Matcher(rules).hits(rows_of(each.events))
        caught = any(rows.size for rows in hits)
        yield Tried(each.attack.name, caught, "" if caught else why_not(each, known))


def why_not(variant: Attacked, known: tuple[Mined, Sequence[Alert], Sequence[Attacked]]) -> str:
    """Why no rule fires in a variant: no alert told of the technique, nothing came of it, or it looks otherwise."""
    found, alerts, seen = known
    origin = next(each for each in seen if each.attack.name == variant.attack.name)
    host = origin.placed.host.name.lower()
    lines = set(origin.events["command_line"].to_list())
    if not any(alert.host == host and any(each.command_line in lines for each in alert.executions) for alert in alerts):
        return NO_ALERT
    if any(deed.host == host and deed.command_line in lines for rule in found.rules for deed in rule.deeds):
        return "the variant has not what the rule demands"
    reasons = Counter(each.reason for each in found.refused for deed in each.deeds if deed.host == host)
    return reasons.most_common(1)[0][0] if reasons else "its deeds were not told as anomalies"


def benign(rules: Sequence[Readable], chunks: Iterable[pl.DataFrame]) -> dict[str, float]:
    """Hits of each rule per 10,000 host-days of lawful use, by title."""
    starts = merge(distinct_starts(chunk) for chunk in chunks)
    return {each.rule.title: each.whole.rate for each in backtest(rules, starts)}


def told_of_instances(found: Mined, seen: Sequence[Attacked]) -> dict[str, tuple[str, ...]]:
    """The rules whose text has a word that belongs to one incident, and those words."""
    words = frozenset().union(*(each.words for each in seen))
    told = {rule.title: re.findall(r"[a-z0-9_@.$-]{3,}", rule.text.lower()) for rule in found.rules}
    return {title: shared for title, said in told.items() if (shared := tuple(sorted(words & set(said))))}


@click.command(help=__doc__)
@click.option("--seeds", "chosen", default="1-20", show_default=True)
@click.option("--machines", default=150, show_default=True)
@click.option("--days", default=10, show_default=True)
@click.option("--intensity", default=0.3, show_default=True)
@click.option("--recipes", default="standard", show_default=True, help="A set of recipes.")
@click.option("--unalerted", is_flag=True, help="The mined telemetry has each technique on another account too.")
@click.option("--processes", default=2, show_default=True)
@click.option("--json", "report", type=click.Path(dir_okay=False, path_type=Path), help="Write all figures here too.")
def command(chosen: str, processes: int, report: Path | None, **fleet: object) -> None:
    """Measure and tell."""
    measuring = Measuring(**fleet)  # type: ignore[arg-type]
    found: list[Measured] = []
    for each in local.mapped(measuring, seeds(chosen), processes):
        found.append(each)
        click.echo(f"seed {each.seed}: {_share(each.variants):.0%} caught, {len(each.benign)} rules", err=True)
    found.sort(key=lambda each: each.seed)
    click.echo(told(found))
    if report is not None:
        report.write_text(json.dumps([asdict(each) for each in found], indent=1) + "\n", "utf-8")


def told(found: Sequence[Measured]) -> str:
    """The figures as text."""
    variants = [each for of in found for each in of.variants]
    rates = [rate for of in found for rate in of.benign.values()]
    noisy = Counter(title for of in found for title, rate in of.benign.items() if rate > 1)
    return "\n".join(
        [
            f"{sum(each.caught for each in variants)} of {len(variants)} variants on other accounts caught"
            f" ({_share(variants):.0%}); by seed {', '.join(f'{_share(of.variants):.0%}' for of in found)}",
            f"of the {len(_told_of(variants))} whose technique an alert told of: {_share(_told_of(variants)):.0%}",
            f"{len(rates)} rules; {sum(rate > 1 for rate in rates)} with more than one benign hit per 10,000 host-days;"
            f" {sum(rates) / max(len(rates), 1):.2f} on average",
            *(f"    noisy in {count} seeds: {title}" for title, count in noisy.most_common()),
            f"{sum(len(of.instance_words) for of in found)} rules with a word of an incident",
            *(
                f"    {of.seed}: {title}: {', '.join(words)}"
                for of in found
                for title, words in of.instance_words.items()
            ),
            f"mining took {max(of.seconds for of in found):.1f} s at most",
            "",
            *_by_recipe(variants),
        ]
    )


def _share(variants: Sequence[Tried]) -> float:
    return sum(each.caught for each in variants) / max(len(variants), 1)


def _told_of(variants: Sequence[Tried]) -> list[Tried]:
    """The variants of techniques that an alert told of: of the others nothing could be mined."""
    return [each for each in variants if each.reason != NO_ALERT]


def _by_recipe(variants: Sequence[Tried]) -> Iterable[str]:
    names = sorted({each.recipe for each in variants}, key=lambda name: (_share(_of(variants, name)), name))
    for name in names:
        among = _of(variants, name)
        reasons = Counter(re.sub(r"[\d.,]+", "…", each.reason) for each in among if not each.caught)
        yield f"{name:26} {sum(each.caught for each in among):3} of {len(among):3}"
        yield from (f"    {count:3} × {reason}" for reason, count in reasons.most_common(4))


def _of(variants: Sequence[Tried], recipe: str) -> list[Tried]:
    return [each for each in variants if each.recipe == recipe]


if __name__ == "__main__":
    command()
