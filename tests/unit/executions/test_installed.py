"""A service set up below another root is the same service; what looks like one, or lies where users write, is not."""

import polars as pl
import pytest

from longtail.executions.paths import executable
from longtail.executions.places import places

HOME = r"C:\Program Files\Microsoft SQL Server\MSSQL15.MSSQLSERVER\MSSQL\Binn"
ELSEWHERE = r"D:\MSSQL13.HR\MSSQL\Binn"
AT_HOME = "\\program files\\microsoft sql server\\mssql{ver}.mssqlserver\\mssql\\binn\\"
OTHERS = [f"db{each}" for each in range(5)]


def table(*rows: tuple[str, str]) -> pl.DataFrame:
    """Sighted locations from (host, image)."""
    found = [(host, executable(image)) for host, image in rows]
    return pl.DataFrame(
        [(each.name, each.zone.value, each.location, "t", host) for host, each in found],
        schema=["name", "zone", "location", "tenant", "host"],
        orient="row",
    )


def place(image: str, *more: str, others: list[str] = OTHERS, served: bool = True) -> str:
    """Where a program counts on the last host, which runs ``more`` too, beside it; the others are as usual.

    The first is what the service manager starts there.
    """
    usual = [(host, rf"{HOME}\{name}") for host in others for name in ("fdlauncher.exe", "fdhost.exe")]
    starts = [row for row in usual if row[1].endswith("launcher.exe")]
    mine = [("last", each) for each in (image, *more)]
    found = places(table(*usual, *mine), served=table(*starts, *(mine[:1] if served else [])))
    program = executable(mine[-1][1])
    return str(found.mapping.filter(name=program.name, location=program.location)["place"].item())


@pytest.mark.parametrize(
    "directory", [ELSEWHERE, r"C:\MSSQL\MSSQL16.SAP\MSSQL\Binn", r"E:\Program Files\SQL\MSSQL14.X\MSSQL\Binn"]
)
def test_a_service_below_another_root_is_at_home_with_what_lies_beside_it(directory: str) -> None:
    assert place(rf"{directory}\fdlauncher.exe") == AT_HOME
    assert place(rf"{directory}\fdlauncher.exe", rf"{directory}\fdhost.exe") == AT_HOME


@pytest.mark.parametrize(
    "images",
    [
        (rf"{ELSEWHERE}\fdlauncher.exe", rf"{ELSEWHERE}\evil.exe"),  # a name that nobody knows there
        (r"D:\tools\fdlauncher.exe",),  # other directories
        (r"C:\Users\Public\MSSQL\Binn\fdlauncher.exe",),
        (r"C:\Windows\Temp\MSSQL\Binn\fdlauncher.exe",),
        (r"C:\ProgramData\MSSQL\Binn\fdlauncher.exe",),
    ],
)
def test_another_name_directory_or_zone_gains_nothing(images: tuple[str, ...]) -> None:
    assert place(*images) != AT_HOME


def test_it_takes_the_service_manager_and_several_other_hosts() -> None:
    image = rf"{ELSEWHERE}\fdlauncher.exe"
    assert place(image, served=False) != AT_HOME
    assert place(image, others=OTHERS[:2]) != AT_HOME
    assert place(image, others=OTHERS[:3]) == AT_HOME


def test_where_none_is_usual_the_commonest_place_is_home() -> None:
    rows = [*((host, r"E:\apps\spooler\bin\sp.exe") for host in OTHERS), ("last", r"D:\spooler\bin\sp.exe")]
    found = places(table(*rows), served=table(*rows))
    assert found.mapping["place"].unique().to_list() == ["{drive}:\\apps\\spooler\\bin\\"]
    (cluster,) = found.clusters
    assert (cluster.hosts, len(cluster.members)) == (6, 2)
