"""The article's population, a tenth of its size: who runs SQL Server, whose port is open, and who was forgotten."""

from collections import Counter

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from longtail.errors import UsageError
from longtail.executions.paths import executable
from longtail.fleet.ports.article import ArticleFleet, article_fleet
from longtail.fleet.ports.article_draft import KEPT
from longtail.fleet.ports.package import Package

MACHINES = 3_000
NO_SQL_SERVER = "sqlservr.exe", "sqlagent.exe", "fdhost.exe", "databasemail.exe"


@pytest.fixture(scope="module")
def fleet() -> ArticleFleet:
    return article_fleet(3, MACHINES)


def _images(fleet: ArticleFleet, hosts: list[str]) -> dict[str, list[str]]:
    pairs = fleet.inventory.filter(pl.col("host").is_in(hosts)).with_columns(pl.col("image").str.to_lowercase())
    return dict(pairs.group_by("host").agg("image").rows())


def _on_sql_port(fleet: ArticleFleet, kind: str) -> list[str]:
    return [each.host for each in fleet.truth if each.port == 1433 and each.kind == kind]


def test_the_same_seed_gives_the_same_population(fleet: ArticleFleet) -> None:
    again = article_fleet(3, MACHINES)
    assert_frame_equal(again.inventory, fleet.inventory)
    assert again.truth == fleet.truth and again.attacked.equals(fleet.attacked)
    assert article_fleet(4, MACHINES).truth != fleet.truth


def test_every_machine_runs_something_once_a_program(fleet: ArticleFleet) -> None:
    pairs = fleet.inventory
    assert pairs["host"].n_unique() == MACHINES
    assert pairs.select("host", "image").is_duplicated().sum() == 0
    assert pairs.null_count().sum_horizontal()[0] == 0
    assert (pairs["first_seen"] <= pairs["last_seen"]).all()


def test_five_rules_are_forgotten_and_whatever_else_is_open_is_served(fleet: ArticleFleet) -> None:
    assert Counter(each.serves for each in fleet.truth)[False] == 5
    assert {(each.port, each.kind) for each in fleet.truth if not each.serves} == {(1433, "removed")}
    assert len({each.port for each in fleet.truth}) > 40


def test_a_forgotten_machine_runs_what_the_article_lists_and_no_sql_server(fleet: ArticleFleet) -> None:
    forgotten = _on_sql_port(fleet, "removed")
    found = _images(fleet, forgotten)
    assert len(found) == 5
    for images in found.values():
        assert not any(image.endswith(NO_SQL_SERVER) for image in images)
        assert {"c:\\windows\\system32\\inetsrv\\w3wp.exe", "c:\\windows\\servicing\\trustedinstaller.exe"} <= set(
            images
        )
    assert min(len(images) for images in found.values()) < 45, "one of them is the article's own example"


def test_machines_with_the_port_run_sql_server_or_what_holds_it_instead(fleet: ArticleFleet) -> None:
    backed, others = _on_sql_port(fleet, "backed"), _on_sql_port(fleet, "other_software")
    assert 0.03 < len(backed) / MACHINES < 0.06 and len(others) == 3
    assert all(any(image.endswith(("sqlservr.exe", "sqlagent.exe")) for image in images)
               for images in _images(fleet, backed).values())  # fmt: skip
    for images in _images(fleet, others).values():
        assert any(image.endswith("stunnel.exe") for image in images)
        assert not any(image.endswith(NO_SQL_SERVER) for image in images)
    listening = fleet.listening.filter(pl.col("port") == 1433)
    assert set(others) <= set(listening["host"])
    assert not set(_on_sql_port(fleet, "removed")) & set(listening["host"])


def test_a_few_machines_run_sql_server_behind_a_closed_port() -> None:
    fleet = article_fleet(1, 5_000)
    runs = fleet.inventory.filter(pl.col("image").str.ends_with("SqlIaaSExtensionDeployer.exe"))["host"].unique()
    opened = set(_on_sql_port(fleet, "backed"))
    assert 1 <= sum(host not in opened for host in runs) <= 5


def test_the_first_forgotten_machine_was_attacked_on_six_days(fleet: ArticleFleet) -> None:
    days = fleet.attacked.group_by("machine").agg(pl.col("time").dt.date().n_unique())
    attacked = dict(days.rows())
    forgotten = [each.machine for each in fleet.truth if each.kind == "removed"]
    assert [attacked.get(machine, 0) for machine in forgotten] == [6, 3, 0, 1, 0]


def test_executables_are_kept_as_in_the_article_and_have_a_tail_below(fleet: ArticleFleet) -> None:
    images = fleet.inventory["image"].unique().to_list()
    named = {image: f"{found.location}{found.name}" for image in images for found in [executable(image)]}
    pairs = fleet.inventory.select("host", pl.col("image").replace_strict(named))
    machines = pairs.group_by("image").agg(pl.col("host").n_unique())
    kept = machines.filter(pl.col("host") > 10).height
    known = 400  # of Windows, Azure, SQL Server and the like, whatever the number of machines
    expected = (KEPT - known) * MACHINES / 30_000 + known
    assert 0.85 * expected < kept < 1.1 * expected
    assert machines.height > 1.8 * kept


def test_versions_and_drives_vary(fleet: ArticleFleet) -> None:
    agents = fleet.inventory.filter(pl.col("image").str.ends_with("SQLAGENT.EXE"))["image"].unique()
    assert {image[:2] for image in agents} > {"C:", "D:"}
    assert len({image.split("\\")[3] for image in agents}) >= 4


def test_too_few_machines_are_refused() -> None:
    with pytest.raises(UsageError):
        article_fleet(1, 10)


def test_a_package_reads_its_lines() -> None:
    package = Package("p", "0.5 \\A b\\{ver}.exe\n\n1 \\{mma}\\x.exe", ("1",))
    assert package.executables[0] == (0.5, "\\A b\\{ver}.exe")
    assert package.executables[1] == (
        1.0, "\\Microsoft.EnterpriseCloud.Monitoring.MicrosoftMonitoringAgent\\{ver}\\x.exe"
    )  # fmt: skip
