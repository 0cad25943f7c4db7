"""Rules by the thousand and the distinct rows of a fleet → rows a second of the backtest, beside pySigma's own queries.

python -m bench.factory_backtest --rules 1000 --machines 200 --days 14
python -m bench.factory_backtest --differential --rows 100000 --also mined-rules

The peer is the SQLite backend of pySigma: each rule converted to a query and run on a table of the same rows. With
``--differential`` every rule for every modifier must match the same rows there and here.
"""

import re
import sqlite3
import time
from base64 import b64encode
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import click
import numpy as np
import polars as pl
from sigma.backends.sqlite.sqlite import sqliteBackend
from sigma.collection import SigmaCollection

from bench.factory_backtest_rules import styled, systematic
from bench.spread import table
from longtail.detections.backtest import distinct_starts
from longtail.detections.matching import FACE, PRODUCT, Matcher, rows_of
from longtail.detections.matching_terms import Rule
from longtail.detections.sigma import parsed
from longtail.fleet import Plan
from longtail.fleet.generate import events

COLUMNS = ("Image", "OriginalFileName", "CommandLine", "ParentImage", "ParentCommandLine", "User", "SubjectUserName",
           "SourceIp", "Elevated", "Runs")  # fmt: skip
NUMBERS = ("Runs",)  # a column of numbers for SQLite, which else compares them as text

TRICKY = (
    "", " ", "%", "_", "100%_", "a*b", "a?b", "x\\", "\\\\srv\\c$\\x.exe", 'cmd /c "echo bye\\?"', "it's", "[x]",
    "powershell -enc dwBoAG8AYQBtAGkA", "d2hvYW1p aHR0cDovLw", "whoami\nbye\nx", "WHOAMI /ALL", "cmd.exe \u2013enc x",
    "\u4e2d\u6587 \u30c6\u30b9\u30c8.exe", "taskkill /im x.exe /f", "taskkill -im x.exe \u2015f", "-", "C:\\Windows",
    "ECHO a\nb BYE", "\t", "x" * 3000, "()[]{}.+^$|", "log.txt.log1", "q\\*", "NULL", "1", "-a /b", "foobar Zm9vYmFy",
    "\u00e9\u00fc\u00df", "\\\\\\\\srv", "AdHcAaABvAGEAbQBpA", "dwdhoami", "aWV4 SUVY",
)  # fmt: skip
ENCODED = [
    b64encode(b" " * offset + text.encode(encoding)).decode()
    for text in ("whoami", "http://", "IEX", "net user", "foobar")
    for encoding in ("ascii", "utf-16-le", "utf-16-be")
    for offset in range(3)
]
ACCOUNTS = ("NT AUTHORITY\\SYSTEM", "corp\\BOB", "Bob", "x\\Administrator", "NT-AUTORIT\u00c4T\\x")
ADDRESSES = ("10.1.2.3", "192.168.5.77", "192.168.8.1", "172.31.255.255", "127.0.0.1", "::1", "8.8.8.8")


def rules_of(texts: Iterable[str]) -> list[Rule]:
    """The rules of these texts.

    Raises:
        ValueError: one of them is none.
    """
    given = [parsed(text, "bench") for text in texts]
    if any(each.refused or each.passed_over for each in given):
        raise ValueError("a rule of the bench is refused")
    return [rule for each in given for rule in each.rules]


@lru_cache(maxsize=2)
def faces(machines: int, days: int) -> pl.DataFrame:
    """The distinct rows of a fleet, as rules look at them."""
    starts = pl.concat(distinct_starts(batch) for batch in events(Plan(machines, days, seed=5, attacks=2)))
    return rows_of(starts.select(FACE.values()).unique()).drop(PRODUCT)


def tricky_rows(count: int, seed: int = 1) -> pl.DataFrame:
    """Rows of a fleet, cut, turned about and peppered with what queries and patterns stumble over."""
    chance = Random(seed)
    rows = faces(6, 3)
    pools: dict[str, list[str | None]] = {name: [*rows[name].to_list(), *TRICKY, *[None] * 9] for name in rows.columns}
    pools["CommandLine"] += [*ENCODED, "x -a -b y", "x /a \u2014b y", "cmd -enc x", "bye?"]
    pools["User"] += ACCOUNTS
    pools |= {"SourceIp": [*ADDRESSES, None], "Elevated": ["true", "false", "1", "0", None]}
    pools |= {"OriginalFileName": ["Cmd.Exe", "PowerShell.EXE", None], "Runs": ["0", "5", "7", "100", "-3", None]}
    drawn = {name: [_turned(chance.choice(pools[name]), name, chance) for _ in range(count)] for name in COLUMNS}
    for name in ("ParentImage", "CommandLine"):  # fields that are the same in other case, for references
        twins = zip(drawn["Image"], drawn[name], strict=True)
        drawn[name] = [image.upper() if image and image.isascii() and chance.random() < 0.02 else own
                       for image, own in twins]  # fmt: skip
    return pl.DataFrame(drawn, schema=dict.fromkeys(COLUMNS, pl.String))


def _turned(text: str | None, name: str, chance: Random) -> str | None:
    """Now and then in other case, cut short, or with something odd in it; never beyond what ASCII case can tell."""
    if text is None or name in ("SourceIp", "Elevated", "Runs") or chance.random() < 0.6:
        return text
    how, at = chance.randrange(5), chance.randrange(len(text) + 1)
    if how < 2:
        return "".join(letter.swapcase() if letter.isascii() and chance.random() < 0.5 else letter for letter in text)
    return text[:at] if how == 2 else text[at:] if how == 3 else text[:at] + chance.choice(TRICKY) + text[at:]


class Peer:
    """pySigma's SQLite backend: the same rows in a table, each rule as the query it is converted to."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self.connection = sqlite3.connect(":memory:")
        self.connection.create_function("REGEXP", 2, _found, deterministic=True)
        kinds = ", ".join(f"{name} {'NUMERIC' if name in NUMBERS else 'TEXT'}" for name in rows.columns)
        self.connection.execute(f"CREATE TABLE logs (row INTEGER PRIMARY KEY, {kinds})")
        marks = ", ".join("?" for _ in range(len(rows.columns) + 1))
        self.connection.executemany(f"INSERT INTO logs VALUES ({marks})", rows.with_row_index("row").iter_rows())
        self.backend = sqliteBackend(collate_nocase=True)  # type: ignore[no-untyped-call]

    def queries(self, text: str) -> list[str]:
        """The queries that a rule is converted to, one a condition."""
        return [str(query).replace("SELECT *", "SELECT row", 1) for query in
                self.backend.convert(SigmaCollection.from_yaml(text))]  # fmt: skip

    def hits(self, text: str) -> list[int]:
        """The numbers of the rows that a rule matches."""
        return sorted({row for query in self.queries(text) for (row,) in self.connection.execute(query)})


def _found(pattern: str, value: Any) -> bool:
    return value is not None and re.search(pattern, str(value)) is not None


def disagreements(texts: Sequence[str], rows: pl.DataFrame) -> list[tuple[str, list[int]]]:
    """(rule, the first rows of which only one of both says that it matches) of each rule they disagree on."""
    peer, found = Peer(rows), []
    for text, ours in zip(texts, Matcher(rules_of(texts)).hits(rows), strict=True):
        differ = np.setxor1d(ours, np.asarray(peer.hits(text), dtype=np.int64))
        if len(differ):
            found.append((text, differ[:3].tolist()))
    return found


def timed(texts: Sequence[str], rows: pl.DataFrame, peer_rules: int) -> list[list[str]]:
    """A row of the report each: here with all rules, the peer with some of them, scaled to all."""
    rules = rules_of(texts)
    began = time.perf_counter()
    hits = Matcher(rules).hits(rows)
    ours = time.perf_counter() - began
    peer = Peer(rows.with_columns(pl.lit(None, dtype=pl.String).alias("OriginalFileName")))
    began = time.perf_counter()
    for text in texts[:peer_rules]:
        peer.hits(text)
    theirs = (time.perf_counter() - began) * len(texts) / peer_rules
    told = f"{peer_rules} of {len(texts)} rules, scaled"
    return [
        ["who", "rules", "rows", "seconds", "rows/s", "rules that match"],
        ["longtail", f"{len(texts):,}", f"{rows.height:,}", f"{ours:.2f}", f"{rows.height / ours:,.0f}",
         str(sum(len(each) > 0 for each in hits))],
        ["pySigma, SQLite", told, f"{rows.height:,}", f"{theirs:.2f}", f"{rows.height / theirs:,.0f}", ""],
    ]  # fmt: skip


@click.command(help=__doc__)
@click.option("--rules", default=1000, show_default=True)
@click.option("--peer-rules", default=50, show_default=True, help="Of them that the peer is given; its time is scaled.")
@click.option("--machines", default=60, show_default=True)
@click.option("--days", default=7, show_default=True)
@click.option("--differential", is_flag=True, help="Only: do both match the same rows?")
@click.option("--rows", default=100_000, show_default=True, help="Of the differential run.")
@click.option(
    "--also",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    help="A folder of rules for the differential run, such as mined ones; repeatable.",
)
def command(
    rules: int, peer_rules: int, machines: int, days: int, differential: bool, rows: int, also: tuple[Path, ...]
) -> None:
    """Measure, or compare, and tell."""
    if not differential:
        click.echo(table(timed(list(styled(rules)), faces(machines, days), peer_rules)))
        return
    mined = (file.read_text("utf-8") for folder in also for file in sorted(folder.rglob("*.yml")))
    texts = [*systematic(), *styled(40), *mined]
    began = time.perf_counter()
    found = disagreements(texts, tricky_rows(rows))
    click.echo(f"{len(texts)} rules on {rows:,} rows in {time.perf_counter() - began:.0f} s: {len(found)} disagree")
    for text, differ in found:
        click.echo(f"{text}\n  rows {differ}")
    raise SystemExit(bool(found))


if __name__ == "__main__":
    command()
