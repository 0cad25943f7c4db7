"""Figures of many fleets → their mean and how far they lie apart, and the table that tells it."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.matching import Figures

COLUMNS: Mapping[str, str] = {
    "found": "found in K",
    "precision": "precision",
    "found_twice": "found in 2K",
    "alerts_per_incident": "alerts/incident",
    "shown": "shows it",
    "false_alerts": "false/1,000 h-d",
}


@dataclass(frozen=True, slots=True)
class Spread:
    """One figure over several fleets; ``deviation`` is the standard deviation over the seeds (0 for one)."""

    mean: float
    least: float
    most: float
    deviation: float


def spread(values: Sequence[float]) -> Spread:
    """The spread of at least one value."""
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return Spread(statistics.fmean(values), min(values), max(values), deviation)


def spreads(of_seeds: Sequence[Figures]) -> dict[str, Spread]:
    """Each figure of ``COLUMNS`` over the seeds."""
    return {name: spread([getattr(each, name) for each in of_seeds]) for name in COLUMNS}


def recall_by_recipe(of_seeds: Sequence[Figures]) -> dict[str, tuple[int, int]]:
    """Found in the top K and placed, by recipe, over all seeds; the weakest first."""
    summed: dict[str, tuple[int, int]] = {}
    for each in of_seeds:
        for recipe, (found, of) in each.recipes.items():
            before = summed.get(recipe, (0, 0))
            summed[recipe] = (before[0] + found, before[1] + of)
    return dict(sorted(summed.items(), key=lambda item: (item[1][0] / item[1][1], item[0])))


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns in line, the first to the left and the others to the right, the first row underlined."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def quality_table(by_model: Mapping[str, Sequence[Figures]], quiet: Mapping[str, Sequence[Figures]]) -> str:
    """One row a model: mean ± standard deviation [least–most] of every figure."""
    rows = [["", *COLUMNS.values(), "false, quiet"]]
    for model, of_seeds in by_model.items():
        cells = [_cell(each) for each in spreads(of_seeds).values()]
        on_quiet = quiet.get(model, ())
        rows.append([model, *cells, _cell(spread([each.false_alerts for each in on_quiet])) if on_quiet else "-"])
    return table(rows)


def recipe_table(of_seeds: Sequence[Figures]) -> str:
    """The recall in the top K by recipe, the weakest first."""
    rows = [["recipe", "found in K", "placed", "recall"]]
    for recipe, (found, of) in recall_by_recipe(of_seeds).items():
        rows.append([recipe, str(found), str(of), f"{found / of:.0%}"])
    return table(rows)


def _cell(each: Spread) -> str:
    return f"{each.mean:.2f} ± {each.deviation:.2f} [{each.least:.2f}–{each.most:.2f}]"
