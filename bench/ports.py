"""``longtail ports`` measured: the article's table and seconds, and many fleets beside the article's method.

python -m bench.ports article --all-ports
python -m bench.ports fleets --seeds 1-20 --machines 500
"""

import json
import tempfile
from collections import Counter
from pathlib import Path

import click

from bench.ports_article import measured, written
from bench.ports_fleets import case
from bench.ports_least import shut
from bench.ports_quality import Score, scores, summary
from bench.quality import seeds as seeds_of


@click.group()
def main() -> None:
    """Measure ``longtail ports``."""


@main.command()
@click.option("--seed", default=1, show_default=True)
@click.option("--machines", default=30_000, show_default=True)
@click.option("--all-ports", is_flag=True, help="Every port that some rule names, not 1433 alone.")
def article(seed: int, machines: int, all_ports: bool) -> None:
    """The population of article 2: its table, its five machines, seconds and memory."""
    with tempfile.TemporaryDirectory() as folder:
        forgotten = written(seed, machines, Path(folder))
        click.echo(json.dumps(measured(Path(folder), forgotten, every_port=all_ports), indent=1, ensure_ascii=False))


@main.command()
@click.option("--seeds", default="1-20", show_default=True, help="Which fleets.")
@click.option("--machines", default=500, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The figures as JSON on stdout.")
def fleets(seeds: str, machines: int, as_json: bool) -> None:
    """Fleets with every kind of truth: precision, recall and closures of ports in use, beside the article's method."""
    found: dict[str, list[Score]] = {}
    areas: dict[str, list[float]] = {}
    least: Counter[tuple[str, str]] = Counter()
    for seed in seeds_of(seeds):
        fleet = case(seed, machines)
        each, told = scores(fleet)
        least += shut(fleet, told)
        for one in each:
            found.setdefault(one.method, []).append(one)
        for profile in told.profiles:
            for learning in profile.learning:
                if profile.learnable and learning.pr_auc is not None:
                    areas.setdefault(learning.split, []).append(learning.pr_auc)
        click.echo(f"seed {seed}: " + ", ".join(f"{one.method} {one.right}/{one.findings}" for one in each), err=True)
    table = {method: summary(one) for method, one in found.items()}
    means = {split: round(sum(each) / len(each), 4) for split, each in areas.items()}
    if as_json:
        wide = {" ".join(what): number for what, number in least.items()}
        told_all = {"methods": table, "mean PR-AUC of learnable ports": means, "least privilege": wide}
        click.echo(json.dumps(told_all, ensure_ascii=False))
        return
    for method, figures in table.items():
        click.echo(f"\n{method}")
        for name, value in figures.items():
            click.echo(f"  {name:<58}{value}")
    click.echo(f"\nmean PR-AUC of learnable ports: {means}")
    for (how, what), number in sorted(least.items()):
        click.echo(f"least privilege {how}: {what} {number}")


if __name__ == "__main__":
    main()
