"""Who an account is: by identifier, by name in any of Windows' languages, and by what services.exe started."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longtail.executions.account_names import NAMES, Name, service_sid
from longtail.executions.accounts import AccountClass, account_class, account_key
from longtail.executions.claims import account_claims, reclassified
from longtail.executions.paths import executable
from longtail.executions.schema import SIGHTING
from longtail.executions.services import ANCESTRIES, Ancestry

SERVICES = r"C:\Windows\System32\services.exe"
SQL = r"C:\Program Files\Microsoft SQL Server\MSSQL15.PAY\MSSQL\Binn\sqlservr.exe"
CMD = r"C:\Windows\System32\cmd.exe"
EXPLORER = r"C:\Windows\explorer.exe"
EXCHANGE = "C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Bin\\"


@pytest.mark.parametrize("name", NAMES, ids=lambda each: each.account_class.value)
def test_every_name_says_its_class(name: Name) -> None:
    for example in name.examples:
        assert account_class(example, None, None) is name.account_class


@pytest.mark.parametrize("ancestry", ANCESTRIES, ids=lambda each: each.examples[0][0])
def test_a_service_start_tells_an_ordinary_name(ancestry: Ancestry) -> None:
    for image, parent in ancestry.examples:
        assert account_class(r"CORP\Svc-App-01", image, parent) is ancestry.account_class
        assert account_class(r"CORP\Svc-App-01", image, EXPLORER) is AccountClass.HUMAN


@pytest.mark.parametrize(
    ("account", "key", "expected"),
    [
        ("S-1-5-18", r"nt authority\system", "system"),
        (r"NT AUTHORITY\SYSTEM", r"nt authority\system", "system"),
        (r"NT-AUTORITÄT\SYSTEM", r"nt authority\system", "system"),
        (r"AUTORITE NT\Système", r"nt authority\system", "system"),
        ("СИСТЕМА", r"nt authority\system", "system"),
        ("SYSTEM", r"nt authority\system", "system"),
        ("S-1-5-20", r"nt authority\network service", "network-service"),
        (r"NT-AUTORITÄT\Netzwerkdienst", r"nt authority\network service", "network-service"),
        (r"AUTORITE NT\SERVICE RÉSEAU", r"nt authority\network service", "network-service"),
        (r"NT AUTHORITY\LOKALER DIENST", r"nt authority\local service", "local-service"),
        ("S-1-5-19", r"nt authority\local service", "local-service"),
        ("S-1-5-82-3006700770-424185619-1745488364-794895919-4004696415", None, "iis-apppool"),
        (r"IIS APPPOOL\shop v2", r"iis apppool\shop v2", "iis-apppool"),
        (r"Font Driver Host\UMFD-0", None, "other"),
        (r"Window Manager\DWM-1", None, "other"),
        (r"NT SERVICE\Dhcp", None, "other"),
        (r"WORKGROUP\DB01$", r"workgroup\db01$", "machine"),
        ("S-1-5-21-1004336348-1177238915-682003330-1105", None, "human"),
        (r"CORP.example.com\Bob", r"corp\bob", "human"),
        ("bob@corp.example.com", r"corp\bob", "human"),
        (r"CORP\BOB", r"corp\bob", "human"),
        (r".\bob", r".\bob", "human"),
        ("bob", "bob", "human"),
        ("0", "0", "root"),
        ("33", "33", "web-linux"),
        ("998", "998", "other"),
        ("1000", "1000", "human"),
        ("65534", "65534", "other"),
        ("4294967295", "4294967295", "other"),
        ("-", "-", "other"),
        ("", "", "other"),
        (service_sid("mssql$sqlexpress"), None, "mssql"),
    ],
)
def test_names_and_identifiers(account: str, key: str | None, expected: str) -> None:
    assert account_class(account, None, None) == expected
    assert key is None or account_key(account) == key


def test_service_identifiers_are_derived_as_windows_derives_them() -> None:
    assert service_sid("MSSQLSERVER") == "S-1-5-80-3880718306-3832830129-1677859214-2598158968-1052248003"
    assert service_sid("SQLSERVERAGENT") == "S-1-5-80-344959196-2060754871-2302487193-2804545603-1466107430"


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(), st.text("\\@.$S-1580 abÄéŁ'\"", max_size=30)))
def test_keys_are_their_own_keys_and_every_account_has_a_class(account: str) -> None:
    assert account_key(account_key(account)) == account_key(account)
    assert isinstance(account_class(account, account, account), AccountClass)


def sighted(*rows: tuple[str, str, str, str]) -> pl.DataFrame:
    """Sightings from (host, account, image, parent image)."""
    return pl.DataFrame([sighting(*row) for row in rows], schema=SIGHTING)


def sighting(host: str, account: str, image: str, parent: str) -> dict[str, str]:
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


def classes(table: pl.DataFrame) -> list[str]:
    return reclassified(table)["account_class"].to_list()


def test_a_service_start_relabels_a_domain_account_on_every_host_in_every_spelling() -> None:
    table = sighted(
        ("db1", r"CORP\svc-sql", SQL, SERVICES),
        ("db1", r"CORP\svc-sql", CMD, CMD),
        ("db2", "SVC-SQL@corp.example.com", CMD, CMD),
        ("db2", r"CORP\bob", CMD, EXPLORER),
    )
    assert classes(table) == ["mssql", "mssql", "mssql", "human"]


@pytest.mark.parametrize(
    ("account", "service", "image", "expected"),
    [
        (r"NT AUTHORITY\SYSTEM", r"C:\Windows\System32\inetsrv\w3wp.exe", CMD, "iis-apppool"),  # an Exchange pool
        (r"NT AUTHORITY\SYSTEM", SQL, CMD, "mssql"),
        (r"CORP\DB1$", SQL, CMD, "mssql"),
        ("root", "/usr/sbin/php-fpm8.1", "/usr/bin/dash", "web-linux"),
        (r"NT AUTHORITY\SYSTEM", r"C:\Users\Public\w3wp.exe", CMD, "system"),  # anybody may write there
        (r"NT AUTHORITY\SYSTEM", CMD, CMD, "system"),
        (r"NT AUTHORITY\SYSTEM", EXCHANGE + "UMWorkerProcess.exe", CMD, "iis-apppool"),  # CVE-2021-26857
        (r"NT AUTHORITY\SYSTEM", EXCHANGE + "MSExchangeMailboxReplication.exe", CMD, "iis-apppool"),
        (r"NT AUTHORITY\SYSTEM", EXCHANGE + "Microsoft.Exchange.Store.Worker.exe", CMD, "iis-apppool"),
        (r"NT AUTHORITY\SYSTEM", EXCHANGE + "EdgeTransport.exe", CMD, "iis-apppool"),
        (r"NT AUTHORITY\SYSTEM", r"C:\Program Files\Update Services\Services\WsusService.exe", CMD, "iis-apppool"),
        (r"NT AUTHORITY\SYSTEM", r"C:\Program Files\RhinoSoft\Serv-U\Serv-U.exe", CMD, "iis-apppool"),
        (r"NT AUTHORITY\SYSTEM", r"C:\Program Files (x86)\Wing FTP Server\WFTPServer.exe", CMD, "iis-apppool"),
        (r"NT AUTHORITY\SYSTEM", r"C:\Program Files (x86)\ScreenConnect\ScreenConnect.Service.exe", CMD, "iis-apppool"),
        (r"NT AUTHORITY\SYSTEM", r"C:\Program Files\Veeam\Veeam.Backup.Service.exe", CMD, "iis-apppool"),
        (r"NT AUTHORITY\SYSTEM", r"C:\Program Files\PaperCut MF\server\bin\win\pc-app.exe", CMD, "tomcat"),
        (r"NT AUTHORITY\SYSTEM", r"C:\Program Files\VMware\View\bin\ws_TomcatService.exe", CMD, "tomcat"),
        (r"NT AUTHORITY\SYSTEM", r"C:\ManageEngine\ADSelfService Plus\jre\bin\java.exe", CMD, "tomcat"),
        (r"NT AUTHORITY\SYSTEM", r"C:\ManageEngine\ADSelfService Plus\pgsql\bin\postgres.exe", CMD, "postgres"),
        (r"NT AUTHORITY\SYSTEM", r"C:\xampp\php\php-cgi.exe", CMD, "web-linux"),
        (r"NT AUTHORITY\SYSTEM", r"D:\MSSQL\Reporting\ReportingServicesService.exe", CMD, "mssql-other"),
        ("root", "/opt/zimbra/common/lib/jvm/java/bin/java", "/usr/bin/dash", "tomcat"),
        ("root", "/usr/local/lsws/bin/litespeed", "/usr/bin/dash", "web-linux"),
        ("root", "/usr/sbin/exim4", "/usr/bin/dash", "other"),  # CVE-2019-10149
        ("root", "/usr/sbin/cupsd", "/usr/bin/dash", "other"),
        ("root", "/usr/bin/redis-server", "/usr/bin/dash", "other"),
        ("root", "/usr/bin/node", "/usr/bin/dash", "root"),  # administrators build and install with it
        ("root", "/home/x/bin/java", "/usr/bin/dash", "root"),
        (r"CORP\bob", r"C:\Program Files\Java\jre8\bin\java.exe", CMD, "human"),  # people run Java too
    ],
)
def test_what_a_service_runs_as_the_machine_itself_is_the_services(
    account: str, service: str, image: str, expected: str
) -> None:
    table = sighted(("db1", account, image, service), ("db1", account, image, EXPLORER), ("db1", account, image, CMD))
    assert classes(table)[0] == expected
    assert "iis-apppool" not in classes(table)[1:] and "mssql" not in classes(table)[1:]


def test_other_tenants_know_nothing_of_it() -> None:
    table = sighted(("db1", r"CORP\svc", SQL, SERVICES), ("db9", r"CORP\svc", CMD, CMD))
    elsewhere = table.with_columns(pl.Series("tenant", ["a", "b"]))
    assert classes(elsewhere) == ["mssql", "human"]


def test_a_local_account_is_relabelled_on_its_host_only() -> None:
    table = sighted(
        ("db1", r"DB1\svc", SQL, SERVICES),
        ("db1", r"DB1\svc", CMD, CMD),
        ("db2", r"DB2\svc", CMD, CMD),
        ("db3", r".\svc", r"E:\mssql\binn\sqlservr.exe", SERVICES),
        ("db4", r".\svc", CMD, CMD),
    )
    assert classes(table) == ["mssql", "mssql", "human", "mssql", "human"]


@pytest.mark.parametrize(
    ("image", "parent"),
    [
        (CMD, r"C:\Users\bob\sqlservr.exe"),
        (CMD, r"C:\sql\sqlservr.exe"),
        (CMD, r"\\server\share\sqlservr.exe"),
        (r"C:\Users\bob\sqlservr.exe", SERVICES),
        (r"C:\Users\bob\sqlservr.exe", CMD),
        (SQL, CMD),
        (SQL, r"C:\Users\bob\services.exe"),
    ],
)
def test_a_renamed_program_relabels_nobody(image: str, parent: str) -> None:
    table = sighted(("pc1", r"CORP\bob", image, parent), ("pc2", r"CORP\bob", image, parent))
    assert account_claims(table).is_empty()
    assert classes(table) == ["human", "human"]


def test_a_desktop_user_below_the_service_is_a_proxy_and_stays_human_elsewhere() -> None:
    table = sighted(("db1", r"CORP\ann", CMD, SQL), ("db1", r"CORP\ann", CMD, EXPLORER), ("db2", r"CORP\ann", CMD, CMD))
    assert classes(table) == ["mssql", "human", "human"]


def test_children_of_the_service_tell_its_account_where_no_start_was_seen() -> None:
    one_host = sighted(("db1", r"CORP\svc", CMD, SQL), ("db1", r"CORP\svc", CMD, CMD), ("db3", r"CORP\svc", CMD, CMD))
    assert classes(one_host) == ["mssql", "mssql", "human"]
    two_hosts = pl.concat([one_host, sighted(("db2", r"CORP\svc", CMD, SQL))])
    assert classes(two_hosts) == ["mssql", "mssql", "mssql", "mssql"]


def test_managed_accounts_can_be_claimed_and_machines_cannot() -> None:
    table = sighted(
        ("db5.corp.example.com", r"CORP\gmsa-sql$", SQL, SERVICES),
        ("db5.corp.example.com", r"CORP\DB5$", SQL, SERVICES),
        ("db5.corp.example.com", r"NT AUTHORITY\SYSTEM", SQL, SERVICES),
    )
    assert classes(table) == ["mssql", "machine", "system"]


def test_an_account_of_server_and_agent_is_the_servers_whatever_the_order() -> None:
    agent = SQL.replace("sqlservr", "sqlagent")
    table = sighted(("db1", r"CORP\svc", agent, SERVICES), ("db1", r"CORP\svc", SQL, SERVICES))
    assert classes(table) == ["mssql", "mssql"]
    assert account_claims(table).equals(account_claims(table.reverse()))


BILLING, SYSTEMD = r"D:\Billing\BillingSvc.exe", "/usr/lib/systemd/systemd"


def test_whom_the_service_manager_starts_anything_for_is_a_service_account() -> None:
    table = sighted(
        ("app1", r"CORP\billing", BILLING, SERVICES),
        ("app2", r"CORP\billing", CMD, CMD),
        ("lx1", "deployer", "/opt/deployer/bin/run", SYSTEMD),
        ("lx2", "deployer", "/usr/bin/bash", "/usr/bin/bash"),  # a local account: another on each host
        ("app1", r"CORP\svc-sql", BILLING, SERVICES),
        ("db1", r"CORP\svc-sql", SQL, SERVICES),
    )
    assert classes(table) == ["service", "service", "service", "human", "mssql", "mssql"]


@pytest.mark.parametrize(
    ("image", "parent"),
    [
        (r"C:\Windows\System32\svchost.exe", SERVICES),  # a service that everybody who logs on has
        (r"C:\Users\bob\BillingSvc.exe", SERVICES),
        (BILLING, CMD),
        (SYSTEMD, SYSTEMD),  # who logs on to Linux
    ],
)
def test_what_is_no_service_of_its_own_makes_no_service_account(image: str, parent: str) -> None:
    assert classes(sighted(("pc1", r"CORP\bob", image, parent))) == ["human"]


def test_who_works_at_a_desktop_as_a_rule_is_a_person_and_who_once_logs_on_is_not() -> None:
    def on(day: int, *what: str) -> dict[str, object]:
        return {**sighting(*what), "day": date(2026, 3, day)}

    of_app = [on(day, "app1", r"CORP\billing", BILLING, SERVICES) for day in range(1, 9)]
    intruder = on(8, "app1", r"CORP\billing", CMD, EXPLORER)
    of_bob = [on(day, "pc1", r"CORP\svc-bob", CMD, EXPLORER) for day in range(1, 9)]
    started = on(1, "pc1", r"CORP\svc-bob", BILLING, SERVICES)
    table = pl.DataFrame([*of_app, intruder, *of_bob, started], schema=SIGHTING)
    assert set(classes(table)[:9]) == {"service"} and set(classes(table)[9:]) == {"human"}


@pytest.mark.parametrize("account", [r"CORP\svc_backup", r"CORP\SVC-Veeam", r"CORP\backup-svc", r"CORP\gmsa_web$"])
def test_who_is_only_called_a_service_works_for_machines(account: str) -> None:
    assert classes(sighted(("app1", account, CMD, CMD))) == ["automation"]
    assert classes(sighted(("app1", account, CMD, EXPLORER))) != ["automation"]


@pytest.mark.parametrize("account", [r"CORP\svcarlsson", r"CORP\service", "svcs", r"CORP\bob"])
def test_names_that_only_begin_alike_are_people(account: str) -> None:
    assert classes(sighted(("app1", account, CMD, CMD))) == ["human"]


def test_relabelling_twice_changes_nothing_and_an_empty_table_stays_empty() -> None:
    table = sighted(("db1", r"CORP\svc", SQL, SERVICES), ("db1", r"CORP\svc", CMD, CMD))
    assert reclassified(reclassified(table)).equals(reclassified(table))
    assert reclassified(table.clear()).schema == SIGHTING
