"""A job for Databricks, or any Spark: the days of a table that are over → a store, each once; and, if asked, alerts.

spark-submit databricks_job.py --table soc.logs.process_starts --store abfss://lake@soc.dfs.core.windows.net/longtail
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from longtail import store
from longtail.outputs.output import output
from longtail.pipelines import Request, Source, hunt, ingest_table
from longtail.telemetry import Options, Table


def main(words: Sequence[str]) -> int:
    """Ingest what is new, check the store, hunt if asked to; 1 when the store is not sound."""
    asked = _asked(words)
    table = Table(asked.table, dict(pair.split("=", 1) for pair in asked.map.split(",") if pair))
    done = ingest_table(Source((), Options(tenant=asked.tenant), engine=asked.engine, table=table), asked.store)
    print(f"{done.commits} new days: {done.process_starts:,} process starts as {done.rows:,} sightings")
    wrong = store.verify(asked.store)
    print(*wrong or ["the store is sound"], sep="\n")
    if asked.alerts:
        found = hunt(Request((), Options(tenant=asked.tenant), engine=asked.engine, table=table))
        with Path(asked.alerts).open("w", encoding="utf-8", newline="") as stream:
            output("jsonl").write(found, stream)
        print(f"{len(found.alerts)} alerts in {asked.alerts}")
    return bool(wrong)


def _asked(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", required=True, help="catalog.schema.name, or a path")
    parser.add_argument("--store", required=True, help="a folder, s3://, abfss:// or gs://")
    parser.add_argument("--map", default="", help="field=column,… where the columns' names do not tell")
    parser.add_argument("--tenant", help="of rows that name none")
    parser.add_argument("--alerts", help="hunt in the whole table, and write the alerts there as JSON lines")
    parser.add_argument("--engine", default="spark", help="the session there is, unless you say local[2] or another")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
