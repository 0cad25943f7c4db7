"""Services that share the machine's account: what they start is theirs, however deep, and nobody else's is."""

import polars as pl
import pytest

from longtail.executions.accounts import account_class
from longtail.executions.claims import reclassified
from longtail.executions.paths import executable
from longtail.executions.schema import SIGHTING

NETWORK = "NT AUTHORITY\\NETWORK SERVICE"
SYSTEM = "NT AUTHORITY\\SYSTEM"
SQL = r"C:\Program Files\Microsoft SQL Server\MSSQL15.X\MSSQL\Binn\sqlservr.exe"
NT = "C:\\Windows\\System32\\"
CMD, WHOAMI, NET, SVCHOST = (f"{NT}{name}.exe" for name in ("cmd", "whoami", "net", "svchost"))
SERVICES = f"{NT}services.exe"


def classes(*rows: tuple[str, str], account: str = NETWORK, hosts: tuple[str, ...] = ()) -> list[str]:
    """The classes of sightings of (image, parent image), all of one host unless told otherwise."""
    where = hosts or ("db01",) * len(rows)
    table = pl.DataFrame(
        [_sighting(host, account, *row) for host, row in zip(where, rows, strict=True)], schema=SIGHTING
    )
    found = reclassified(table)
    assert reclassified(found).equals(found)
    return found["account_class"].to_list()


def _sighting(host: str, account: str, image: str, parent: str) -> dict[str, str]:
    found = executable(image)
    return {
        "tenant": "t",
        "host": host,
        "account": account,
        "account_class": account_class(account, image, parent).value,
        "location": found.location,
        "name": found.name,
        "zone": found.zone.value,
        "parent": str(executable(parent)),
    }


@pytest.mark.parametrize("account", [NETWORK, SYSTEM])
def test_what_a_service_starts_is_its_own_however_deep(account: str) -> None:
    rows = [(CMD, SQL), (NET, CMD), (f"{NT}net1.exe", NET), (CMD, f"{NT}forfiles.exe"), (f"{NT}forfiles.exe", CMD)]
    assert classes(*rows, account=account) == ["mssql"] * 5


def test_a_shell_that_others_start_too_says_nothing_of_its_children() -> None:
    rows = [(CMD, SQL), (CMD, SVCHOST), (WHOAMI, CMD)]
    assert classes(*rows) == ["mssql", "network-service", "network-service"]


def test_what_runs_below_nothing_known_stays_the_machines() -> None:
    assert classes((CMD, SQL), (WHOAMI, f"{NT}conhost.exe"), (SVCHOST, SERVICES)) == [
        "mssql",
        "network-service",
        "network-service",
    ]


def test_another_host_learns_nothing_from_it() -> None:
    assert classes((CMD, SQL), (WHOAMI, CMD), hosts=("db01", "db02")) == ["mssql", "network-service"]
