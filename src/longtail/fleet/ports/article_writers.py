"""The article's population → a folder: inventory.parquet, network/openings.csv, listening, attacked.csv, truth."""

import json
from pathlib import Path
from typing import Any

import polars as pl

from longtail.fleet.ports.article import ArticleFleet
from longtail.fleet.ports.tools import osquery
from longtail.fleet.ports.writers import PORT_TRUTH, attacks_csv
from longtail.fleet.writers import TRUTH, empty_folder


def write_article(fleet: ArticleFleet, folder: Path) -> tuple[Path, ...]:
    """Write the population into an empty or new folder; the files that were written.

    Raises:
        UsageError: the folder is a file.
        OutputExists: the folder holds something already.
    """
    empty_folder(folder)
    (folder / "network").mkdir()
    inventory, openings = folder / "inventory.parquet", folder / "network" / "openings.csv"
    fleet.inventory.write_parquet(inventory)
    fleet.doors.select("machine", "port", pl.lit("tcp").alias("protocol"), "source", "tenant", "rule").write_csv(
        openings
    )
    attacked, truth = folder / "attacked.csv", folder / PORT_TRUTH
    attacked.write_text(attacks_csv(fleet.attacked), "utf-8", newline="")
    truth.write_text("".join(line.to_json() + "\n" for line in fleet.truth), "utf-8")
    files = (inventory, openings, attacked, truth, *_listening(fleet, folder / "listening"))
    plan = {"preset": "article-2", "seed": fleet.seed, "machines": fleet.machines}
    named = {"plan": plan, "files": [path.relative_to(folder).as_posix() for path in files], "incidents": []}
    (folder / TRUTH).write_text(json.dumps(named, indent=1) + "\n", "utf-8")
    return files


def _listening(fleet: ArticleFleet, folder: Path) -> list[Path]:
    """The sockets as osquery logs them, a file a tenant."""
    found = []
    for (tenant,), rows in fleet.listening.partition_by("tenant", as_dict=True, maintain_order=True).items():
        path = folder / str(tenant) / "osqueryd.snapshots.log"
        path.parent.mkdir(parents=True)
        path.write_text("".join(_event(row) for row in rows.iter_rows(named=True)), "utf-8")
        found.append(path)
    return found


def _event(row: dict[str, Any]) -> str:
    columns = {
        "pid": str(row["pid"]),
        "port": str(row["port"]),
        "protocol": "6",
        "family": "2",
        "address": row["address"],
        "path": row["image"],
    }
    return osquery(row["host"], row["time"], "listening_ports", [columns])
