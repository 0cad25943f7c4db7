"""Fleets of many seeds → what the product finds in them, beside the peers on the same fleets.

python -m bench.quality --seeds 1-20 --quiet-seeds 101-103 --cache /tmp/fleets
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import polars as pl

from bench.fleets import Fleet, fleet
from bench.matching import Figures, figures
from bench.peers import PEERS
from bench.product import product
from bench.spread import Spread, quality_table, recall_by_recipe, recipe_table, spreads
from longtail.engines import local
from longtail.fleet import Plan

PRODUCT = "longtail"
MODELS: Mapping[str, Callable[[Fleet], pl.DataFrame]] = {
    PRODUCT: product,
    **{name: peer.ranked for name, peer in PEERS.items()},
}
WEAKEST = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of each model on one fleet; ``seconds`` is what judging its sightings took the product."""

    plan: Plan
    by_model: Mapping[str, Figures]
    seconds: float


@dataclass(frozen=True, slots=True)
class Measuring:
    """A plan → what each model is worth on its fleet; runs in a worker."""

    cache: Path | None

    def __call__(self, plan: Plan) -> Measured:
        made = fleet(plan, self.cache)
        found, seconds = {}, 0.0
        for name, model in MODELS.items():
            began = time.perf_counter()
            ranked = model(made)
            seconds = time.perf_counter() - began if name == PRODUCT else seconds
            found[name] = figures(ranked, made.truth.incidents, made.host_days)
        return Measured(plan, found, seconds)


def seeds(text: str) -> tuple[int, ...]:
    """``1-3,7`` → 1, 2, 3, 7."""
    found: list[int] = []
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return tuple(found)


@click.command(help=__doc__)
@click.option("--seeds", "attacked", default="1-20", show_default=True, help="Fleets with attacks.")
@click.option("--quiet-seeds", "quiet", default="101-103", show_default=True, help="Fleets without; '' for none.")
@click.option("--machines", default=300, show_default=True)
@click.option("--days", default=14, show_default=True)
@click.option("--preset", default="mixed", show_default=True)
@click.option(
    "--recipes", default=("standard",), multiple=True, show_default=True, help="Recipe, set or recipe+modifier."
)
@click.option("--processes", default=2, show_default=True)
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), help="Folder that keeps the fleets.")
@click.option("--json", "report", type=click.Path(dir_okay=False, path_type=Path), help="Write all figures here too.")
def command(attacked: str, quiet: str, processes: int, cache: Path | None, report: Path | None, **plan: Any) -> None:
    """Measure and tell."""
    plans = [Plan(seed=seed, **plan) for seed in seeds(attacked)]
    plans += [Plan(seed=seed, quiet=True, **plan) for seed in seeds(quiet)]
    if not plans:
        raise click.UsageError("name at least one seed")
    measured = _all_measured(plans, cache, processes)
    click.echo(_told(measured))
    if report is not None:
        report.write_text(json.dumps(_as_json(measured), indent=1) + "\n", "utf-8")


def _all_measured(plans: Sequence[Plan], cache: Path | None, processes: int) -> list[Measured]:
    found: list[Measured] = []
    for each in local.mapped(Measuring(cache), plans, processes):
        found.append(each)
        kind = "quiet fleet" if each.plan.quiet else "fleet"
        best = each.by_model[PRODUCT]
        click.echo(
            f"{len(found)} of {len(plans)}: {kind} {each.plan.seed}: found {best.found:.0%} of {best.incidents}, "
            f"{best.false_alerts:.2f} false per 1,000 host-days, judged in {each.seconds:.1f} s",
            err=True,
        )
    return sorted(found, key=lambda each: (each.plan.quiet, each.plan.seed))


def by_model(measured: Sequence[Measured], quiet: bool) -> dict[str, list[Figures]]:
    """The figures of each model over the fleets that are quiet, or those that are not."""
    chosen = [each for each in measured if each.plan.quiet == quiet]
    return {name: [each.by_model[name] for each in chosen] for name in MODELS if chosen}


def _told(measured: Sequence[Measured]) -> str:
    attacked, quiet = by_model(measured, False), by_model(measured, True)
    if not attacked:
        return "\n".join(
            f"{name}: {spreads(of)['false_alerts'].mean:.2f} false per 1,000 host-days" for name, of in quiet.items()
        )
    weakest = list(recall_by_recipe(attacked[PRODUCT]))[:WEAKEST]
    return "\n".join(
        [
            "mean ± standard deviation [least–most] over seeds; K is the number of incidents",
            quality_table(attacked, quiet),
            "",
            recipe_table(attacked[PRODUCT]),
            "",
            f"weakest: {', '.join(weakest)}",
            f"judging took {max(each.seconds for each in measured):.1f} s at most",
        ]
    )


def _as_json(measured: Sequence[Measured]) -> dict[str, Any]:
    attacked = by_model(measured, False)
    return {
        "fleets": [
            {"seed": each.plan.seed, "quiet": each.plan.quiet, "machines": each.plan.machines, "days": each.plan.days,
             "seconds": each.seconds, "figures": {name: asdict(of) for name, of in each.by_model.items()}}
            for each in measured
        ],
        "over_seeds": {name: _plain(spreads(of)) for name, of in attacked.items()},
        "quiet": {name: asdict(spreads(of)["false_alerts"]) for name, of in by_model(measured, True).items()},
        "recipes": recall_by_recipe(attacked.get(PRODUCT, [])),
    }  # fmt: skip


def _plain(of_figures: Mapping[str, Spread]) -> dict[str, dict[str, float]]:
    return {name: asdict(each) for name, each in of_figures.items()}


if __name__ == "__main__":
    command()
