"""This machine and Spark give the same sightings, readings and alerts, of files and of tables, and count alike.

One session serves all of it; where there is no Java, all of it is skipped.
"""

import json
import os
import runpy
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path, PurePosixPath

import polars as pl
import pytest
from click.testing import CliRunner
from deltalake import DeltaTable
from polars.testing import assert_frame_equal

from longtail import store
from longtail.cli.fleet import command as fleet_command
from longtail.cli.hunt import command as hunt_command
from longtail.cli.ports import command as ports_command
from longtail.engines import spark as engine
from longtail.engines.spark import EngineError
from longtail.errors import InputError, UsageError
from longtail.executions.sightings import in_order, sightings
from longtail.fleet import Plan, events
from longtail.fleet.writers import write
from longtail.pipelines import Request, Source, hunted, ingest, ingest_table, observed, on_spark, reading
from longtail.pipelines.ingesting_tables import whole_days
from longtail.pipelines.on_spark_urls import beneath
from longtail.telemetry import Options, Part, Table

SAMPLES = Path(os.environ.get("LONGTAIL_SHARED") or Path(__file__).parents[2] / ".." / "shared" / "data") / "telemetry"
PLAN = Plan(machines=10, days=4, seed=4, tenants=2, preset="sql", attacks=2, intensity=0.15)
ENGINE = "local[2]"
COLUMNS = {"time": "started", "host": "machine.name", "image": "NewProcessName", "command_line": "CommandLine"}
SAME = ("tenant", "account", "parent_image", "parent_command_line", "pid", "parent_pid")


@pytest.fixture(scope="module", autouse=True)
def _spark() -> Iterator[None]:
    if shutil.which("java") is None:
        pytest.skip("no Java: nothing is tried on Spark")
    pytest.importorskip("pyspark", reason="the extra for Spark is not installed")
    os.environ["JAVA_TOOL_OPTIONS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # starts in half the time
    session = engine.session(ENGINE)
    session.conf.set("spark.sql.shuffle.partitions", "2")
    yield
    session.stop()


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fleet in three formats, one folder each."""
    folder = tmp_path_factory.mktemp("spark")
    for kind in ("jsonl", "parquet", "nxlog"):
        write(PLAN, folder / kind, kind)
    return folder


@pytest.fixture
def _in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of this size are cut, and are many tasks and several jobs."""
    monkeypatch.setattr(import_module("longtail.telemetry.parts"), "CUT_FROM", 1)
    monkeypatch.setattr("longtail.telemetry.ranges.BLOCK", 1 << 14)
    monkeypatch.setattr(on_spark, "PIECE", 1 << 20)
    monkeypatch.setattr(reading, "BUNDLE", 1 << 20)
    monkeypatch.setattr(on_spark, "JOB", 4)


@pytest.mark.usefixtures("_in_pieces")
def test_a_fleet_in_pieces_gives_the_same_sightings_and_alerts(logs: Path) -> None:
    request = Request((str(logs / "nxlog"),), Options(tenant_from_path=True), accounts=("all",), engine=ENGINE)
    jobs: list[object] = []
    here, of_files = observed(Source(request.paths, request.options))
    there, also_of_files = observed(request.judged(), jobs.append)
    assert here.height > 500 and len(jobs) > 1
    assert_frame_equal(here, there)
    assert [each.process_starts for each in of_files] == [each.process_starts for each in also_of_files]
    alerts = hunted(request, there, also_of_files).alerts
    assert alerts == hunted(request, here, of_files).alerts and len(alerts) >= 2


def test_every_real_sample_gives_the_same_sightings_and_readings() -> None:
    if not SAMPLES.is_dir():
        pytest.skip(f"{SAMPLES} is not there: no real sample is tried")
    source = Source((str(SAMPLES),), Options())
    here, of_files = observed(source)
    there, also_of_files = observed(Source(source.paths, source.options, engine=ENGINE))
    assert here.height > 500 and sum(each.quarantined for each in of_files) > 0
    assert_frame_equal(here, there)
    assert of_files == also_of_files


def test_of_starts_of_one_moment_the_same_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BUNDLED", 3)
    start = {"time": "2026-03-02T10:00:00Z", "host": "db1", "image": r"C:\Windows\System32\whoami.exe"}
    for number in range(24):
        (tmp_path / f"{number}.jsonl").write_text(json.dumps({**start, "pid": 100 + number}) + "\n", "utf-8")
    source = Source((str(tmp_path),), Options())
    here, there = observed(source)[0], observed(replace(source, engine=ENGINE))[0]
    assert here.height == 1 and here["runs"].to_list() == [24]
    assert_frame_equal(here, there)


def test_files_behind_a_url_give_the_same(logs: Path) -> None:
    options, url = Options(tenant_from_path=True), f"file://{logs / 'jsonl'}"
    here, of_files = observed(Source((str(logs / "jsonl"),), options))
    there, of_urls = observed(Source((url,), options, engine=ENGINE))
    elsewhere = pl.col("example_source").str.replace("file:", "", literal=True)
    assert_frame_equal(here, there.with_columns(elsewhere))
    gave = {each.path.removeprefix("file:"): each.process_starts for each in of_urls}
    assert gave == {each.path: each.process_starts for each in of_files}
    with pytest.raises(EngineError, match="nowhere"):
        observed(Source(("file:///nowhere",), options, engine=ENGINE))


def test_a_key_of_an_object_store_leads_nowhere_else() -> None:
    roots = ("s3://soc/logs", "file:///var/logs/")
    assert beneath("s3://soc/logs/contoso/day.jsonl", roots) == PurePosixPath("contoso/day.jsonl")
    assert beneath("file:/var/logs/day.jsonl", roots) == PurePosixPath("day.jsonl")
    assert beneath("s3://soc/logs/../../etc/./cron", roots) == PurePosixPath("etc/cron")
    assert beneath("s3://soc/other.jsonl", roots) == PurePosixPath("other.jsonl")
    assert beneath("s3://soc/logs/..", roots) == PurePosixPath("file")
    assert len(beneath(f"s3://soc/logs/{'é' * 1000}.jsonl", roots).name.encode()) < 255


@pytest.fixture(scope="module")
def told() -> pl.DataFrame:
    """What the table tells: no file and no number of a record."""
    return pl.concat(events(PLAN)).with_columns(source=pl.lit("table"), record_id=pl.lit(None, pl.String))


@pytest.fixture(scope="module")
def table(told: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Table:
    """The fleet's starts under other names, in several files, with times as text and hosts within a struct."""
    folder = tmp_path_factory.mktemp("table") / "starts"
    folder.mkdir()
    rows = told.select(
        pl.col("time").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").alias("started"),
        pl.struct(pl.col("host").alias("name")).alias("machine"),
        pl.col("image").alias("NewProcessName"),
        pl.col("command_line").alias("CommandLine"),
        *SAME,
    )
    for number, piece in enumerate(rows.iter_slices(rows.height // 3)):
        piece.write_parquet(folder / f"{number}.parquet")
    return Table(str(folder), COLUMNS)


def test_a_table_gives_the_same_as_its_rows(table: Table, told: pl.DataFrame) -> None:
    seen, readings = observed(Source((), Options(), engine=ENGINE, table=table))
    expected = in_order(sightings(told.with_columns(source=pl.lit(table.name))))
    assert_frame_equal(seen, expected)
    assert [(each.path, each.process_starts) for each in readings] == [(table.name, told.height)]


def test_a_table_known_by_its_columns_needs_no_mapping_and_a_window_reads_no_more(
    told: pl.DataFrame, tmp_path: Path
) -> None:
    told.drop("record_id").write_parquet(tmp_path / "starts.parquet")
    rows = engine.session(ENGINE).read.parquet(str(tmp_path / "starts.parquet"))
    rows.createOrReplaceTempView("starts")
    since = told["time"].min() + timedelta(days=1)  # type: ignore[operator]
    options = Options(since=since, until=since + timedelta(days=2))
    seen, (of_table,) = observed(Source((), options, engine=ENGINE, table=Table("starts")))
    wanted = told.filter(pl.col("time") >= since, pl.col("time") < since + timedelta(days=2))
    assert 0 < wanted.height < told.height
    assert_frame_equal(seen, in_order(sightings(wanted)))
    assert (of_table.process_starts, of_table.passed_over) == (wanted.height, 0)


def test_a_table_counts_each_day_once(table: Table, told: pl.DataFrame, tmp_path: Path) -> None:
    place, days = str(tmp_path / "lake"), told["time"].dt.date().unique().sort()
    until = datetime.combine(days[3], datetime.min.time(), UTC) + timedelta(hours=5)
    early = ingest_table(Source((), Options(until=until), engine=ENGINE, table=table), place)
    assert early.commits == 3 and set(store.sightings(place)["day"]) == set(days[:3])
    rest = ingest_table(Source((), Options(), engine=ENGINE, table=table), place)
    assert (len(rest.known), rest.commits) == (3, days.len() - 3)
    assert early.process_starts + rest.process_starts == told.height
    assert store.verify(place) == []
    assert_frame_equal(store.sightings(place), in_order(sightings(told.with_columns(source=pl.lit(table.name)))))


def test_the_job_of_the_guide_ingests_and_hunts(
    table: Table, told: pl.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main = runpy.run_path(str(Path(__file__).parents[2] / "docs" / "guides" / "databricks_job.py"))["main"]
    mapping = ",".join(f"{name}={column}" for name, column in COLUMNS.items())
    words = ["--table", table.name, "--map", mapping, "--store", str(tmp_path / "lake"), "--engine", ENGINE]
    assert main([*words, "--alerts", str(tmp_path / "alerts.jsonl")]) == 0
    assert f"{told.height:,} process starts" in capsys.readouterr().out
    assert (tmp_path / "alerts.jsonl").exists()
    assert main(words) == 0 and "0 new days" in capsys.readouterr().out


def test_what_spark_ingested_counts_here_too(logs: Path, tmp_path: Path) -> None:
    source = Source((str(logs / "jsonl"),), Options())
    here, there = str(tmp_path / "here"), str(tmp_path / "there")
    done = ingest(Source(source.paths, source.options, engine=ENGINE), there)
    assert done == ingest(source, here) and done.process_starts > 0
    assert_frame_equal(store.sightings(there), store.sightings(here))
    assert ingest(source, there).process_starts == 0 and store.verify(there) == []


def test_plain_spark_reads_a_store(logs: Path, tmp_path: Path) -> None:
    place = str(tmp_path / "lake")
    for number, file in enumerate(sorted((logs / "parquet").rglob("*.parquet"))):
        ingest(Source((str(file),), Options()), place)
        if number % 2:
            store.compact(place)
    files = DeltaTable(f"{place}/sightings").file_uris()
    held = engine.session(ENGINE).read.option("basePath", f"{place}/sightings").parquet(*files)
    held.createOrReplaceTempView("sightings")
    rows = held.sparkSession.sql(
        "SELECT day, tenant, host, name, sum(runs) AS runs, min(first_seen) AS first_seen, max(last_seen) AS last_seen"
        " FROM sightings GROUP BY ALL"
    )
    key = ["day", "tenant", "host", "name"]
    seen = store.sightings(place).group_by(key).agg(pl.col("runs").sum(), *first_and_last())
    assert_frame_equal(engine.collected(rows, seen.schema).sort(key), seen.sort(key))


def first_and_last() -> tuple[pl.Expr, pl.Expr]:
    return pl.col("first_seen").min(), pl.col("last_seen").max()


def test_the_command_line_hunts_on_spark(logs: Path) -> None:
    told = [
        CliRunner().invoke(hunt_command, [str(logs / "parquet"), "--account", "all", "-q", "-f", "jsonl", *more])
        for more in ([], ["--engine", ENGINE])
    ]
    assert [each.exit_code for each in told] == [0, 0]
    assert told[0].stdout == told[1].stdout and len(told[0].stdout.splitlines()) >= 2


def test_ports_recommends_the_same_on_spark(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    words = ["-o", str(folder), "--machines", "14", "--days", "1", "--preset", "services", "--intensity", "0.1"]
    assert CliRunner().invoke(fleet_command, [*words, "--network", "--attacks", "0"]).exit_code == 0
    asked = ["--telemetry", str(folder / "telemetry"), "--network", str(folder / "network"), "-q", "-f", "jsonl"]
    here, there = (CliRunner().invoke(ports_command, [*asked, *more]) for more in ([], ["--engine", ENGINE]))
    assert (here.exit_code, here.stdout) == (there.exit_code, there.stdout) and here.stdout.count("\n") > 10


def test_what_the_executors_do_not_see_is_no_empty_file() -> None:
    work = on_spark.Files(reading.Narrowed(Options(), reading.SIGHTINGS))
    with pytest.raises(EngineError, match=r"/nowhere/log\.jsonl: an executor does not see it"):
        on_spark.totals(ENGINE, work, [(Part("/nowhere/log.jsonl", "/nowhere"),)])


def test_a_table_that_cannot_be_read_is_told(table: Table) -> None:
    with pytest.raises(EngineError, match="nowhere"):
        observed(Source((), Options(), engine=ENGINE, table=Table("default.nowhere")))
    with pytest.raises(InputError, match="--map time="):
        observed(Source((), Options(), engine=ENGINE, table=Table(table.name)))
    with pytest.raises(UsageError, match="picture: no field of a process start"):
        observed(Source((), Options(), engine=ENGINE, table=Table(table.name, {"picture": "NewProcessName"})))
    with pytest.raises(UsageError, match="add --engine spark"):
        observed(Source((), Options(), table=table))
    with pytest.raises(UsageError, match="standard input"):
        observed(Source(("-",), Options(), engine=ENGINE))


def test_only_days_that_are_over_are_taken_from_a_table() -> None:
    today = date(2026, 3, 5)

    def window(since: datetime | None, until: datetime | None) -> tuple[datetime | None, datetime | None]:
        options = whole_days(Options(since=since, until=until), today)
        return options.since, options.until

    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    over = datetime(2026, 3, 5, tzinfo=UTC)
    assert window(None, None) == (None, over)
    assert window(noon, noon + timedelta(days=1)) == (
        datetime(2026, 3, 3, tzinfo=UTC),
        datetime(2026, 3, 3, tzinfo=UTC),
    )
    assert window(over - timedelta(days=2), over + timedelta(days=2)) == (datetime(2026, 3, 3, tzinfo=UTC), over)
