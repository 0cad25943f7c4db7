"""The article's population again: its table, its five machines and its seconds, beside plain scikit-learn."""

import resource
import time
from pathlib import Path

import polars as pl

from bench import ports_literal
from bench.ports_fleets import as_running
from longtail.fleet.ports.article import article_fleet
from longtail.network import network
from longtail.ports.evidence import Evidence
from longtail.ports.findings import PortProfile
from longtail.ports.inventory import inventory
from longtail.ports.judgement import EVERYTHING, Wanted, recommended
from longtail.ports.labels import Port
from longtail.settings import Settings

ARTICLE = {"executables": 4361, "train error": 0.00095, "test error": 0.00128, "forgotten": 5}
SQL = 1433


def written(seed: int, machines: int, folder: Path) -> set[tuple[str, str]]:
    """The population as files: pairs as Parquet, openings as CSV, sockets and attacks; the forgotten machines."""
    made = article_fleet(seed, machines)
    made.inventory.write_parquet(folder / "pairs.parquet")
    openings = made.doors.select("machine", "port", pl.lit("tcp").alias("protocol"), "source", "tenant", "rule")
    openings.write_csv(folder / "openings.csv")
    made.listening.write_parquet(folder / "listening.parquet")
    made.attacked.write_parquet(folder / "attacked.parquet")
    return {(each.tenant, each.machine.casefold()) for each in made.truth if each.port == SQL and not each.serves}


def measured(folder: Path, forgotten: set[tuple[str, str]], *, every_port: bool) -> dict[str, object]:
    """Seconds, memory and the article's table, from the files on."""
    seconds: dict[str, float] = {}
    began = time.perf_counter()
    opened = network([str(folder / "openings.csv")])
    seconds["openings"] = _lap(seconds, began)
    running = as_running(pl.read_parquet(folder / "pairs.parquet"))
    evidence = Evidence(
        inventory(None, running),
        pl.read_parquet(folder / "listening.parquet"),
        pl.read_parquet(folder / "attacked.parquet"),
    )
    seconds["inventory"] = _lap(seconds, began)
    found = recommended(opened, evidence, Settings(), Wanted((SQL,)))
    seconds["port 1433"] = _lap(seconds, began)
    seconds["in all"] = time.perf_counter() - began
    told = {(each.tenant, each.machine.casefold()) for each in found.recommendations if each.verdict.finding}
    table = _table(found.profiles[0]) | {
        "findings": len(told),
        "exactly the forgotten ones": told == forgotten,
        "plain scikit-learn": _plain(opened, evidence),
    }
    if every_port:
        again = time.perf_counter()
        every = recommended(opened, evidence, Settings(), EVERYTHING)
        seconds[f"all {len(every.profiles)} ports"] = time.perf_counter() - again
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {"article": ARTICLE, "longtail": table, "seconds": _rounded(seconds), "peak GiB": round(peak, 2)}


def _lap(seconds: dict[str, float], began: float) -> float:
    return time.perf_counter() - began - sum(seconds.values())


def _table(profile: PortProfile) -> dict[str, object]:
    by_split = {each.split: each for each in profile.learning}
    return {
        "machines": profile.machines,
        "executables": profile.executables,
        "open": profile.machines_open,
        "train error": by_split["random"].train_error,
        "test error": by_split["random"].test_error,
        "always closed": by_split["random"].always_closed_error,
        "PR-AUC": by_split["random"].pr_auc,
        "test error by tenant": by_split["tenant"].test_error if "tenant" in by_split else None,
        "top ten": [each.executable for each in profile.companions],
    }


def _plain(opened: object, evidence: Evidence) -> dict[str, object]:
    began = time.perf_counter()
    school = ports_literal.gathered(opened, evidence)  # type: ignore[arg-type]
    gathered = time.perf_counter()
    lesson = ports_literal.lesson(school, Port(SQL, "tcp"))
    return {
        "executables": lesson.executables,
        "train error": lesson.train_error,
        "test error": lesson.test_error,
        "PR-AUC": lesson.pr_auc,
        "top ten": list(lesson.top),
        "seconds": _rounded({"matrix": gathered - began, "forest": time.perf_counter() - gathered}),
    }


def _rounded(seconds: dict[str, float]) -> dict[str, float]:
    return {name: round(each, 2) for name, each in seconds.items()}
