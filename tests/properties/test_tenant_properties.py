"""Tenants of one store with names that anybody may choose: what is restricted to one names no other, in any output."""

import csv
import io
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from longtail.cli import main

WORDS = ("crimson", "azuremoon", "gryphon", "saffron", "obsidian", "quagmire")
HOSTILE = (
    "", "<b>", "\x1b[31m", "';--", "%s{0}", "\u202e", "=cmd|", "&amp;", "[/red]", "a b", "ß漢", "$(id)", '"', "*", "+!",
)  # fmt: skip
SQL = "C:\\Program Files\\Microsoft SQL Server\\MSSQL15.{}\\MSSQL\\Binn\\sqlservr.exe"
SYSTEM = "C:\\Windows\\System32\\"
HOSTS, DAYS, FORMS = 6, 4, ("table", "json", "jsonl", "csv", "html", "ocsf")


@dataclass(frozen=True)
class Owner:
    """A tenant: the word that all its names hold, and what else stands in them."""

    word: str
    spice: str

    @property
    def name(self) -> str:
        return f"{self.word}{self.spice}"

    def starts(self) -> Iterator[dict[str, object]]:
        """What its SQL Servers do every day, and what one of them does on the last."""
        for host in range(HOSTS):
            for day in range(1, DAYS + 1):
                yield self._start(host, day, 4, SYSTEM + "cmd.exe", f"cmd /c dir E:\\{self.name}")
                yield self._start(host, day, 5, SYSTEM + "sqlcmd.exe", f"sqlcmd -S {self.word}{host} -Q backup")
        for minute, word in enumerate(("taskkill.exe", "ftp.exe")):
            yield self._start(2, DAYS, 21, SYSTEM + word, f"{word} {self.name}{minute}")
        image = f"C:\\Users\\Public\\{self.word}{self.spice}.exe"
        yield self._start(2, DAYS, 21, image, f"{image} -install {self.name}")

    def rules(self) -> Iterator[tuple[str, ...]]:
        """Its machines are open to all, for a rule of its own."""
        for host in range(HOSTS):
            yield (f"{self.word}-{host}", "1433", "tcp", "0.0.0.0/0", self.name, f"{self.name}-rule")

    def _start(self, host: int, day: int, hour: int, image: str, line: str) -> dict[str, object]:
        return {
            "time": f"2026-03-{day:02}T{hour:02}:00:00Z", "tenant": self.name, "host": f"{self.word}-{host}",
            "account": f"{self.word}\\{self.spice}svc-sql", "image": image, "command_line": line,
            "parent_image": SQL.format(self.word), "parent_command_line": f"sqlservr -s{self.name}", "pid": hour,
        }  # fmt: skip


owners = st.lists(
    st.builds(Owner, st.sampled_from(WORDS), st.sampled_from(HOSTILE)),
    min_size=2,
    max_size=3,
    unique_by=lambda each: each.word,
)


def call(*words: object) -> str:
    """All that ``longtail`` says to both streams."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["longtail", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
    assert left.value.code in (0, 4), (words, out.getvalue(), err.getvalue())
    return out.getvalue() + err.getvalue()


def stored(folder: Path, tenants: Sequence[Owner]) -> Path:
    """A store of what they all did, from one file that holds no name, and the rules that open their machines."""
    logs, lake = folder / "logs.jsonl", folder / "lake"
    folder.mkdir()
    logs.write_text("".join(json.dumps(each) + "\n" for owner in tenants for each in owner.starts()), "utf-8")
    call("ingest", logs, "--store", lake, "-q")
    with (folder / "rules.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("machine", "port", "protocol", "source", "tenant", "rule"))
        rows.writerows(rule for each in tenants for rule in each.rules())
    return lake


def detected(folder: Path, lake: Path, mine: Owner, form: str) -> str:
    """What ``detect`` says of one tenant, with a ledger that knows nothing yet."""
    book = f"sqlite:///{folder}/{mine.word}.sqlite"
    return call("detect", "--store", lake, "--tenant", mine.name, "--ledger", book, "-f", form)


def restricted(folder: Path, lake: Path, mine: Owner, form: str) -> dict[str, str]:
    """What each verb says of one tenant alone."""
    of, only = ("--store", lake, "--tenant", mine.name), ("--tenant", mine.name)
    own, whole = folder / f"{mine.word}.longtail", folder / "all.longtail"
    told = {
        "detect": detected(folder, lake, mine, form),
        "detect by a model": call("detect", *of, "--model", whole, "--since", "2026-03-04", "-f", form),
        "learn": call("learn", *of, "-o", own),
        "recommend": call("recommend", *of, "--network", folder / "rules.csv", "--all", "-f", "jsonl"),
        "verdict list": call("verdict", "list", *of),
        "verdict list, lines": call("verdict", "list", *of, "-f", "jsonl"),
        "store status": call("store", "status", *of),
        "store status, JSON": call("store", "status", *of, "-f", "json"),
        "model show, own": call("model", "show", own, *only, "-o", folder / f"{mine.word}.svg", "--force"),
        "model show": call("model", "show", whole, *only),
        "model diff": call("model", "diff", whole, own, *only),
        "unlearn": call("unlearn", *of, "--host", f"{mine.word}-1", "--reason", "y", "--rehearse", "--replay", "1d"),
    }
    return {**told, "chart": (folder / f"{mine.word}.svg").read_text("utf-8")}


@given(tenants=owners, form=st.sampled_from(FORMS))
@settings(
    max_examples=2,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
def test_what_is_restricted_to_a_tenant_names_no_other(tenants: list[Owner], form: str) -> None:
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made, "all")
        lake = stored(folder, tenants)
        call("learn", "--store", lake, "--until", "2026-03-04", "-o", folder / "all.longtail", "-q")
        call("detect", "--store", lake, "-q")
        for mine in tenants[:2]:
            told = restricted(folder, lake, mine, form)
            for verb, text in told.items():
                for other in tenants:
                    assert other is mine or other.word not in text.lower(), (verb, form, text)
            assert sum(mine.word in text.lower() for text in told.values()) >= 8
        # and nothing of the others is in its numbers either
        alone = Path(made, "one")
        own = detected(alone, stored(alone, [mine]), mine, form)
        assert own.replace(str(alone), str(folder)) == told["detect"]
    os.environ.clear()
    os.environ.update(before)
