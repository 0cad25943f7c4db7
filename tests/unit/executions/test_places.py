"""Installations of one program are one place; a place that merely looks like another is not."""

import random
import time

import polars as pl
import pytest

from longtail.executions.paths import executable
from longtail.executions.places import Places, Rules, directory_distance, places

SQL = r"C:\Program Files\Microsoft SQL Server\MSSQL{}.{}\MSSQL\Binn\{}"
INSTANCES = ["PAYROLL", "SQLEXPRESS", "HR", "CRM", "SHOP", "WEB"]
FLEET = [(f"db{n}", SQL.format(13 + n % 3, name, "sqlservr.exe")) for n, name in enumerate(INSTANCES)]


def table(rows: list[tuple[str, str]]) -> pl.DataFrame:
    """Sighted locations from (host, image)."""
    found = [(host, executable(image)) for host, image in rows]
    return pl.DataFrame(
        [(each.name, each.zone.value, each.location, "t", host) for host, each in found],
        schema=["name", "zone", "location", "tenant", "host"],
        orient="row",
    )


def place(found: Places, image: str) -> str:
    program = executable(image)
    return found.mapping.filter(name=program.name, location=program.location)["place"].item()


def hosts(found: Places, image: str) -> int:
    """On how many hosts the program counts as seen, by its cluster; 1 where it has none."""
    program = executable(image)
    by_place = {(each.name, each.place): each.hosts for each in found.clusters}
    return by_place.get((program.name, place(found, image)), 1)


def test_instances_of_one_program_are_one_place() -> None:
    found = places(table(FLEET))
    assert set(found.mapping["place"]) == {"\\program files\\microsoft sql server\\{*}\\mssql\\binn\\"}
    (cluster,) = found.clusters
    assert (cluster.hosts, len(cluster.members)) == (6, 6)
    assert all(0 < cluster.distance(member) < 0.1 for member in cluster.members)
    assert {cluster.hides(member) for member in cluster.members} == {5}


def test_the_common_instance_joins_the_rare_ones() -> None:
    default = SQL.format(15, "MSSQLSERVER", "sqlservr.exe")
    found = places(table(FLEET + [(f"x{n}", default) for n in range(60)]))
    assert hosts(found, default) == hosts(found, FLEET[0][1]) == 66


def test_versions_and_drives_join() -> None:
    rows = [("a", "/usr/lib/postgresql/15/bin/postgres"), ("b", "/usr/lib/postgresql/9.6/bin/postgres")]
    rows += [
        (f"d{n}", rf"{'DEFG'[n % 4]}:\MSSQL1{n}.{name}\MSSQL\Binn\sqlservr.exe") for n, name in enumerate(INSTANCES)
    ]
    found = places(table(rows))
    assert hosts(found, rows[0][1]) == 2
    assert hosts(found, rows[2][1]) == 6


def test_installations_below_a_folder_of_each_hosts_own_join() -> None:
    words = ["docs", "finance", "fleet", "erp", "data"]
    rows = [
        (f"d{n}", rf"D:\{word}\SQLServer\MSSQL1{n}.{name}\MSSQL\Binn\sqlservr.exe")
        for n, (word, name) in enumerate(zip(words, INSTANCES, strict=False))
    ]
    assert hosts(places(table(rows)), rows[0][1]) == 5


def test_folders_named_at_random_join_whether_recognised_or_not() -> None:
    words = ["monday", "tuesday", "velvet", "orange", "kqwjzxvb", "7f3a9c21d4"]
    rows = [(f"h{n}", rf"C:\ProgramData\AgentX\{word}\run.exe") for n, word in enumerate(words)]
    found = places(table(rows))
    assert set(found.mapping["place"]) == {"\\programdata\\agentx\\{*}\\"}


def test_system33_does_not_inherit_the_hosts_of_system32() -> None:
    rows = [(f"h{n}", r"C:\Windows\System32\svchost.exe") for n in range(22)]
    rows += [(f"v{n}", rf"C:\Windows\{word}\svchost.exe") for n, word in enumerate(["red", "green", "blue", "grey"])]
    trap = r"C:\Windows\System33\svchost.exe"
    found = places(table([*rows, ("h1", trap)]))
    assert place(found, trap) == "\\windows\\system33\\"
    assert found.clusters == ()


def test_nothing_varies_in_system_zones() -> None:
    words = ["red", "green", "blue", "grey", "pink"]
    rows = [(f"v{n}", rf"C:\Windows\System32\{word}\tool.exe") for n, word in enumerate(words)]
    rows += [(f"u{n}", f"/usr/lib/agent/{word}/tool") for n, word in enumerate(words)]
    assert places(table(rows)).clusters == ()


@pytest.mark.parametrize(
    "trap",
    [
        r"C:\Program Files\Microsoft SQL Servr\MSSQL15.HR\MSSQL\Binn\sqlservr.exe",
        SQL.format(15, "EVIL", "evil.exe"),
        SQL.format(15, "HR", "evil.exe"),
        r"C:\Program Files\Microsoft SQL Server\MSSQL15.HR\MSSQL\Bin\sqlservr.exe",
        r"C:\Program Files\Microsoft SQL Server\MSSQL15.HR\MSSQL\Binn\x\sqlservr.exe",
        r"C:\ProgramData\Microsoft SQL Server\MSSQL15.HR\MSSQL\Binn\sqlservr.exe",
        r"C:\Users\Public\MSSQL15.HR\MSSQL\Binn\sqlservr.exe",
    ],
)
def test_one_attacker_inherits_nothing(trap: str) -> None:
    found = places(table([*FLEET, ("db1", trap)]))
    assert place(found, trap) == executable(trap).location
    assert hosts(found, trap) == 1


def test_nobodys_own_folders_speak_for_him() -> None:
    mine = [("h1", rf"C:\Program Files\Agent\folder{word}\run.exe") for word in "abcdefgh"]
    normal = [(f"n{n}", r"C:\Program Files\Agent\bin\run.exe") for n in range(40)]
    found = places(table(mine + normal))
    assert found.clusters == ()


def test_a_newcomer_needs_evidence_from_other_hosts_than_his() -> None:
    rules = Rules(values=3, hosts=3)
    rows = [(f"h{n}", rf"C:\Program Files\Agent\{word}\run.exe") for n, word in enumerate(["red", "green", "blue"])]
    assert places(table(rows), rules).clusters == ()
    assert len(places(table([*rows, ("h9", r"C:\Program Files\Agent\grey\run.exe")]), rules).clusters) == 1


def test_vendors_side_by_side_are_not_one_place() -> None:
    words = ["monday", "tuesday", "velvet", "orange", "orang", "plum", "pear"]
    rows = [(f"h{n}", rf"C:\Program Files\{word}\update.exe") for n, word in enumerate(words)]
    assert places(table(rows)).clusters == ()


def test_a_program_beside_one_that_varies_varies_with_it() -> None:
    mail = [
        ("db1", SQL.format(15, "SQLEXPRESS", "databasemail.exe")),
        ("db2", SQL.format(15, "HR", "databasemail.exe")),
    ]
    found = places(table(FLEET + mail))
    assert hosts(found, mail[0][1]) == 2


AGENT = [
    (f"a{n}", rf"C:\Windows\Temp\qagent_{n:04x}7f3a9c\{'abcdefghij'[n]}{'uoeia'[n % 5]}lok.exe") for n in range(10)
]


def test_names_made_anew_in_folders_made_anew_are_one_program() -> None:
    found = places(table(AGENT))
    assert set(found.mapping["program"]) == {"{*}.exe"}
    (cluster,) = found.clusters
    assert (cluster.place, cluster.hosts) == ("\\windows\\temp\\qagent_{*}\\", 10)


def test_a_name_known_elsewhere_or_a_folder_of_few_names_hides_nothing() -> None:
    copied = ("a1", r"C:\Windows\Temp\qagent_00017f3a9c\cmd.exe")
    found = places(table([*AGENT, copied, ("a2", r"C:\Windows\System32\cmd.exe")]))
    assert found.mapping.filter(name="cmd.exe")["program"].unique().to_list() == ["cmd.exe"]
    assert set(places(table(AGENT[:6])).mapping["program"]) == {each[1].rpartition("\\")[2] for each in AGENT[:6]}
    one_host = [("a1", image) for _, image in AGENT]
    assert "{*}.exe" not in places(table(one_host)).mapping["program"].to_list()


def test_the_order_of_rows_and_repeated_rows_do_not_matter() -> None:
    rows = table(
        [*FLEET, ("h", r"C:\x\a.exe"), *((f"a{n}", rf"C:\ProgramData\A\{w}\r.exe") for n, w in enumerate("pqrst"))]
    )
    shuffled = pl.concat([rows, rows]).sample(fraction=1.0, shuffle=True, seed=7)
    assert places(rows).mapping.equals(places(shuffled).mapping)
    assert places(rows).clusters == places(shuffled).clusters


def test_every_location_has_exactly_one_place_and_none_is_fine_too() -> None:
    rows = table([*FLEET, ("h", r"C:\x\a.exe"), ("h", "a.exe"), ("h", "/usr/bin/x")])
    keys = ["name", "zone", "location"]
    assert places(rows).mapping.select(keys).equals(rows.select(keys).unique().sort(keys))
    assert places(rows.clear()).mapping.is_empty()


def test_a_folder_named_like_a_place_is_none() -> None:
    trap = r"C:\Program Files\Microsoft SQL Server\{*}\MSSQL\Binn\sqlservr.exe"
    found = places(table([*FLEET[:4], ("db1", trap)]), Rules(values=9))
    assert place(found, trap) == "\\program files\\microsoft sql server\\{star}\\mssql\\binn\\"


def test_distance_is_per_directory() -> None:
    assert directory_distance("\\a\\b\\c\\", "\\a\\b\\c\\") == 0
    assert directory_distance("\\a\\b\\c\\", "\\a\\b\\x\\") == pytest.approx(1 / 3)
    assert directory_distance("\\a\\b\\", "\\a\\b\\c\\") == pytest.approx(1 / 3)


def test_a_hostile_block_is_not_quadratic() -> None:
    draw = random.Random(3)
    rows = [
        ("evil.exe", "program-data", f"\\programdata\\x\\w{n}\\", "t", f"h{draw.randrange(9000)}") for n in range(30000)
    ]
    hostile = pl.DataFrame(rows, schema=["name", "zone", "location", "tenant", "host"], orient="row")
    start = time.process_time()
    places(hostile)
    assert time.process_time() - start < 30
