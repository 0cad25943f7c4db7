"""The inventory: starts and snapshots in one spelling, one place and one row a machine and executable."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from longtail.executions.paths import executable
from longtail.executions.places import places
from longtail.executions.schema import PROCESS_EVENT
from longtail.ports.evidence import INVENTORY, RUNNING
from longtail.ports.inventory import inventory
from longtail.ports.running import IMAGES, image_told_by, programs
from longtail.ports.started import started

BINN = "C:\\Program Files\\Microsoft SQL Server\\MSSQL{}.{}\\MSSQL\\Binn\\sqlservr.exe"


def _running(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{"tenant": "t", "host": "h", **row} for row in rows], schema=RUNNING)


def _started(*rows: dict[str, Any]) -> pl.DataFrame:
    whole = [{"tenant": "t", "host": "h", "time": datetime(2026, 11, 1, tzinfo=UTC), **row} for row in rows]
    return started(pl.DataFrame(whole, schema=PROCESS_EVENT))


def _names(table: pl.DataFrame, host: str = "h") -> list[str]:
    return sorted(
        location + name
        for location, name in table.filter(pl.col("host") == host).select("location", "name").iter_rows()
    )


@pytest.mark.parametrize(("line", "image"), IMAGES)
def test_a_command_line_tells_its_image(line: str, image: str) -> None:
    assert image_told_by(line) == image


@pytest.mark.parametrize(
    ("image", "line", "ran"),
    [
        (None, "/usr/bin/java -Xmx1g -jar /opt/app/shop.jar", ["/usr/bin/java", "/opt/app/shop.jar"]),
        ("/usr/bin/python3.11", "python3 /srv/api/main.py", ["/usr/bin/python{ver}", "/srv/api/main.py"]),
        ("C:\\Windows\\System32\\svchost.exe", "C:\\Windows\\System32\\svchost.exe -k NetworkService -s TermService",
         ["\\windows\\system32\\svchost.exe", "svchost.exe -s termservice"]),
        ("C:\\x\\svchost2.exe", "svchost2.exe -k a -s b", ["\\x\\svchost2.exe"]),
        (None, '"C:\\Program Files\\X\\x.exe" -k', ["\\program files\\x\\x.exe"]),
        ("System", None, []),
        ("[kthreadd]", "[kthreadd]", []),
        (None, "kworker/0:1-events", []),
        (None, None, []),
        ("", "", []),
        ("-", "-", []),
    ],
)  # fmt: skip
def test_a_running_process_is_its_program_and_what_it_hosts(
    image: str | None, line: str | None, ran: list[str]
) -> None:
    assert [str(each) for each in programs(image, line)] == ran


@pytest.mark.parametrize(
    "line", ["a: " + "/a " * 50_000, '"' * 100_000, "svchost.exe " + "-s " * 30_000, "C:\\" * 50_000]
)
def test_a_hostile_line_costs_little(line: str) -> None:
    assert len(programs(None, line)) <= 40


def test_starts_and_snapshots_of_one_program_are_one_row_with_the_widest_times() -> None:
    first, last = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 9, tzinfo=UTC)
    started = _started({"host": "H", "image": "C:\\Windows\\System32\\cmd.exe"})
    ran = _running({"image": "c:/windows/system32/CMD.EXE", "first_seen": first},
                   {"image": "\\SystemRoot\\System32\\cmd.exe", "last_seen": last})  # fmt: skip
    table = inventory(started, ran)
    assert table.schema == INVENTORY
    assert table.rows() == [("t", "h", "\\windows\\system32\\", "cmd.exe", "system", first, last, None, False)]
    assert inventory(None, _running({"image": "/bin/x"}))["last_seen"].to_list() == [None]


def test_nothing_gives_nothing() -> None:
    assert inventory(None, None).schema == inventory(None, pl.DataFrame(schema=RUNNING)).schema == INVENTORY
    assert inventory(None, None).is_empty()


def test_it_does_not_depend_on_the_order_or_on_repetition() -> None:
    rows = _running(*({"host": f"h{n % 7}", "image": f"C:\\Program Files\\App{n % 5}\\a.exe"} for n in range(60)))
    assert_frame_equal(inventory(None, rows), inventory(None, rows.reverse()))
    assert_frame_equal(inventory(None, rows), inventory(None, pl.concat([rows, rows])))


def test_services_that_share_a_process_are_told_apart_in_starts_too() -> None:
    svchost = "C:\\Windows\\System32\\svchost.exe"
    started = _started({"image": svchost, "command_line": f"{svchost} -k netsvcs -p -s Schedule"},
                       {"image": svchost, "command_line": f"{svchost} -k NetworkService -s TermService"})  # fmt: skip
    assert _names(inventory(started, None)) == [
        "\\windows\\system32\\svchost.exe",
        "svchost.exe -s schedule",
        "svchost.exe -s termservice",
    ]


def test_instances_and_versions_of_one_product_are_one_place() -> None:
    rows = [{"host": f"sql{n}", "image": BINN.format(13 + n % 3, f"INST{n}")} for n in range(9)]
    table = inventory(None, _running(*rows))
    assert table.height == 9 and table["location"].n_unique() == 1


def test_only_what_can_be_one_place_is_compared_and_nothing_is_lost_by_it() -> None:
    """The shortcut against the whole: the places of all locations, whether or not they need to be compared."""
    images = [
        *(BINN.format(13 + n % 3, f"INST{n}") for n in range(9)),
        *(f"C:\\Windows\\WinSxS\\amd64_servicing_{n}.{n}.1\\tiworker.exe" for n in range(4)),
        *(f"C:\\Windows\\Temp\\qagent_{n:08x}\\kis{chr(97 + n)}.exe" for n in range(9)),
        *(f"C:\\ProgramData\\Agent\\{n}.2.0\\agent.exe" for n in range(4)),
        *("C:\\Windows\\System32\\cmd.exe", "C:\\Windows\\SysWOW64\\cmd.exe", "/opt/a/x", "/opt/b/x", "/usr/bin/x"),
    ]
    rows = [{"host": f"h{n}", "image": image} for n, image in enumerate(images)]
    found = [executable(image) for image in images]
    whole = places(
        pl.DataFrame(
            [(e.name, str(e.zone), e.location, "t", f"h{n}") for n, e in enumerate(found)],
            schema=["name", "zone", "location", "tenant", "host"],
            orient="row",
        )
    ).mapping.select("program", "zone", "place")
    kept = inventory(None, _running(*rows)).select("name", "zone", "location").unique()
    assert set(kept.iter_rows()) == set(whole.unique().iter_rows())
    assert kept.height < len(images)


def test_a_look_alike_folder_is_another_place() -> None:
    rows = [{"host": f"h{n}", "image": "C:\\Windows\\System32\\svchost.exe"} for n in range(9)]
    table = inventory(None, _running(*rows, {"host": "bad", "image": "C:\\Windows\\System33\\svchost.exe"}))
    assert table["location"].n_unique() == 2


@pytest.mark.parametrize("bare", ["sqlservr.exe", "sqlservr", "SQLSERVR.EXE"])
def test_a_bare_name_is_the_program_that_the_population_knows_by_it(bare: str) -> None:
    known = [{"host": f"sql{n}", "image": BINN.format(15, "MSSQLSERVER")} for n in range(3)]
    table = inventory(None, _running(*known, {"host": "x", "image": "C:\\Temp\\sqlservr.exe"}, {"image": bare}))
    assert _names(table) == _names(table, "sql0")


def test_a_name_cut_by_linux_is_known_by_its_beginning() -> None:
    known = {"host": "a", "image": "/usr/lib/systemd/systemd-resolved"}
    cut = {"command_line": "systemd-resolve"}
    assert _names(inventory(None, _running(known, cut))) == ["/usr/lib/systemd/systemd-resolved"]


def test_a_bare_name_that_nobody_knows_stays_bare() -> None:
    assert _names(inventory(None, _running({"image": "oddity"}, {"host": "a", "image": "/usr/bin/other"}))) == [
        "oddity"
    ]


def test_a_bare_name_on_a_machine_with_the_path_adds_nothing() -> None:
    table = inventory(None, _running({"image": "/usr/sbin/nginx"}, {"command_line": "nginx: worker process"}))
    assert _names(table) == ["/usr/sbin/nginx"]


def test_machines_of_two_tenants_are_two() -> None:
    table = inventory(None, _running({"image": "/bin/x"}, {"tenant": "u", "image": "/bin/x"}))
    assert table["tenant"].to_list() == ["t", "u"]


MOMENT = datetime(2026, 11, 7, tzinfo=UTC)
LISTED = [f"/usr/bin/{name}" for name in ("sh", "cron", "agetty", "sshd", "rsyslogd", "python3")]


def _listed(table: pl.DataFrame) -> list[str]:
    held = table.filter(pl.col("listed").is_not_null())
    assert set(held["listed"]) <= {MOMENT}
    return [location + name for location, name in held.select("location", "name").iter_rows()]


def _snapshot(*images: str, line: str | None = "x", time: datetime = MOMENT, source: str = "ps") -> pl.DataFrame:
    found = {"command_line": line, "first_seen": time, "last_seen": time, "source": source}
    return _running(*({"image": image, **found} for image in images))


def test_what_was_there_at_the_last_listing_is_listed() -> None:
    before = _snapshot(*LISTED, "/usr/sbin/nginx", time=MOMENT - timedelta(days=2))
    started = _started({"image": "/usr/bin/find"}, {"image": "/usr/bin/sh", "time": MOMENT + timedelta(hours=1)})
    table = inventory(started, pl.concat([before, _snapshot(*LISTED)]))
    assert sorted(_listed(table)) == sorted(LISTED)
    assert "/usr/sbin/nginx" in _names(table) and "/usr/bin/find" in _names(table)


def test_a_file_that_tells_when_each_program_was_seen_is_no_listing() -> None:
    many = [f"/opt/app{n}/run" for n in range(30)]
    pairs = pl.concat([_snapshot(each, time=MOMENT + timedelta(minutes=n)) for n, each in enumerate(many)])
    together = _snapshot(*LISTED)  # that happen to have started in the same second
    assert _listed(inventory(None, pl.concat([pairs, together]))) == []
    assert _listed(inventory(None, _snapshot(*LISTED[:3]))) == []


def test_a_listing_beside_a_file_of_starts_is_a_listing() -> None:
    many = [f"/opt/app{n}/run" for n in range(30)]
    pairs = [_snapshot(each, time=MOMENT + timedelta(hours=n + 1), source="pairs") for n, each in enumerate(many)]
    assert len(_listed(inventory(None, pl.concat([*pairs, _snapshot(*LISTED)])))) == len(LISTED)


def test_a_listing_without_command_lines_says_nothing_of_what_images_host() -> None:
    hosted = {"image": "/usr/bin/java", "command_line": "java -jar /opt/shop/shop.jar"}
    assert "/opt/shop/shop.jar" in _listed(inventory(_started(hosted), _snapshot(*LISTED, line=None)))
    assert "/opt/shop/shop.jar" not in _listed(inventory(_started(hosted), _snapshot(*LISTED)))
    images = [f"C:\\Windows\\System32\\{name}.exe" for name in ("svchost", "lsass", "smss", "csrss", "wininit")]
    gone = _started({"image": "C:\\Tools\\orders.exe"})
    assert len(_listed(inventory(gone, _snapshot(*images, line=None)))) == len(images)


BEGAN = MOMENT - timedelta(days=3)


def _untimed(*images: str, began: datetime | None = BEGAN, host: str = "h", source: str = "gps") -> pl.DataFrame:
    youngest = {"image": "/usr/bin/ps", "first_seen": began and MOMENT + timedelta(hours=14)}  # far ahead of UTC
    found = [{"image": image, "first_seen": began} for image in images] + [youngest]
    return _running(*({**each, "host": host, "command_line": "x", "source": source} for each in found))


def test_a_list_without_a_time_is_of_when_its_youngest_process_began() -> None:
    starts = _started({"image": "/opt/orders/orders"}, {"image": "/usr/bin/sh", "time": MOMENT + timedelta(hours=1)})
    table = inventory(starts, _untimed(*LISTED))
    assert sorted(_listed(table)) == sorted([*LISTED, "/usr/bin/ps"])
    assert "/opt/orders/orders" in _names(table)


def test_a_list_without_a_time_tells_none_where_nothing_says_that_it_is_of_all_that_runs() -> None:
    starts = _started({"image": "/opt/orders/orders"})
    assert _listed(inventory(starts, _untimed(*LISTED, began=None))) == []
    assert _listed(inventory(starts, _untimed(*(each for each in LISTED if "agetty" not in each)))) == []
    few = pl.concat([_untimed(*LISTED), _untimed(*LISTED[:2], host="other")])
    assert _listed(inventory(starts, few)) == []


def test_a_list_without_a_time_gives_way_to_one_that_has_one() -> None:
    table = inventory(
        _started({"image": "/bin/x"}), pl.concat([_untimed("/usr/sbin/nginx", *LISTED), _snapshot(*LISTED)])
    )
    assert sorted(_listed(table)) == sorted(LISTED)


def test_days_of_sightings_fold_into_one_row() -> None:
    events = [{"image": "/bin/x", "time": datetime(2026, 11, day, tzinfo=UTC)} for day in (3, 1, 2)]
    (row,) = inventory(_started(*events), None).to_dicts()
    assert (row["first_seen"].date(), row["last_seen"].date()) == (date(2026, 11, 1), date(2026, 11, 3))
