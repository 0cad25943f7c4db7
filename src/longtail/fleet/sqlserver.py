"""A machine that hosts SQL Server → the seats of its instances: engine, agent, full-text, telemetry, reporting."""

from collections.abc import Mapping

from longtail.fleet.chance import Rng, happens, one_of, stream, weighted
from longtail.fleet.estate import Machine
from longtail.fleet.plan import Plan
from longtail.fleet.roots import WINDOWS_ROOTS
from longtail.fleet.seat import Process, Seat, spelling
from longtail.fleet.words import expanded, words

VERSIONS = {"12": 0.06, "13": 0.17, "14": 0.16, "15": 0.37, "16": 0.24}
INSTANCES_ON_A_HOST = {1: 0.84, 2: 0.12, 3: 0.04}
PLACES = {
    r"C:\Program Files\Microsoft SQL Server": 0.58,
    r"D:\Program Files\Microsoft SQL Server": 0.14,
    r"E:\Program Files\Microsoft SQL Server": 0.05,
    r"D:\MSSQL": 0.06,
    r"E:\SQL": 0.04,
    r"S:\MSSQL": 0.03,
    r"D:\{stem}\SQLServer": 0.05,
    r"F:\Microsoft SQL Server": 0.05,
}
NAMED = (
    "SQLEXPRESS",
    "SQLEXPRESS",
    "SQL01",
    "{stem}",
    "PROD",
    "TEST",
    "SQL{nn}",
    "INST01",
    "{stem}{n}",
    "BI",
    "DEV",
    "SHAREPOINT",
    "{rnd}",
)
SERVICE_NAMES = ("svc-sql-prd", "Svc-SQL-{host}", "sqlsvc", "svc_mssql", "sqlgmsa$", "s-sql-{stem}", "SQLService")

EXTRAS = (("reporting", "ReportServer", 0.12), ("analysis", "MSSQLServerOLAPService", 0.08))
DATA_PLACES = (r"{drive}:\SQLData\DATA", r"{drive}:\MSSQL\DATA", r"{drive}:\DB\{stem}\DATA")
BACKUP_PLACES = (r"{drive}:\Backup", r"{drive}:\SQLBackup\{stem}", r"{drive}:\MSSQL\BAK")
DEFAULT = "MSSQLSERVER"


def sql_seats(plan: Plan, host: Machine, shared: Mapping[str, str]) -> list[Seat]:
    """The seats of every SQL Server instance on the host."""
    rng = stream(plan.seed, "sqlserver", host.index)
    count = weighted(rng, INSTANCES_ON_A_HOST)
    names = [DEFAULT, *(f"{expanded(name, rng).upper()}" for name in rng.permutation(NAMED))]
    first = 0 if happens(rng, 0.78) else 1
    found: list[Seat] = []
    for name in names[first : first + count]:
        found += _instance(plan, host, shared, (name, rng))
    return found


def _instance(plan: Plan, host: Machine, shared: Mapping[str, str], which: tuple[str, Rng]) -> list[Seat]:
    name, rng = which
    facts = {**shared, **_places(plan, host, name, rng)}
    binn, spell = facts["binn"], spelling(host)
    engine, agent = _accounts(plan, host, name, rng)
    suffix = "" if name == DEFAULT else f"${name}"

    def seat(kind: str, account: str, root: Process) -> Seat:
        return Seat(kind, spell(account), {**WINDOWS_ROOTS, "": root}, facts)

    services = WINDOWS_ROOTS["services"]
    return [
        seat("mssql", engine, _process(binn, "sqlservr.exe", f"-s{name}")),
        seat("sqlagent", agent, _process(binn, "SQLAGENT.EXE", f"-i {name}")),
        seat(
            "fulltext", f"NT SERVICE\\MSSQLFDLauncher{suffix}", _process(binn, "fdlauncher.exe", f"-s {name.lower()}")
        ),
        seat("sqltelemetry", f"NT SERVICE\\SQLTELEMETRY{suffix}", services),
        *(
            seat(kind, f"NT SERVICE\\{service}{suffix}", services)
            for kind, service, chance in EXTRAS
            if happens(rng, chance)
        ),
    ]


def _process(folder: str, name: str, arguments: str) -> Process:
    image = f"{folder}\\{name}"
    return Process(image, f'"{image}" {arguments}')


def _places(plan: Plan, host: Machine, name: str, rng: Rng) -> dict[str, str]:
    """Where an instance's programs, logs, data and backups are; most hosts follow the tenant's custom."""
    version = weighted(rng, VERSIONS)
    custom = rng if happens(rng, 0.35) else stream(plan.seed, "place of SQL Server", host.tenant.index)
    root = expanded(weighted(custom, PLACES), custom)
    home = rf"{root}\MSSQL{version}.{name}\MSSQL"
    apart = happens(rng, 0.45)
    return {
        "sqlver": f"{version}0",
        "major": version,
        "inst": name,
        "sqlname": host.name.partition(".")[0] + ("" if name == DEFAULT else f"\\{name}"),
        "sqlroot": root,
        "binn": rf"{home}\Binn",
        "log": rf"{home}\Log",
        "data": expanded(one_of(rng, DATA_PLACES), rng) if apart else rf"{home}\DATA",
        "backup": expanded(one_of(rng, BACKUP_PLACES), rng) if apart else rf"{home}\Backup",
        "rs": rf"{root}\MSRS{version}.{name}",
        "olap": rf"{root}\MSAS{version}.{name}",
    }


def _accounts(plan: Plan, host: Machine, name: str, rng: Rng) -> tuple[str, str]:
    """The accounts of engine and agent: virtual ones, or the ordinary domain names a tenant made for them."""
    owner = host.tenant
    if happens(rng, 0.45):
        default = name == DEFAULT
        return (
            rf"NT SERVICE\{DEFAULT if default else 'MSSQL$' + name}",
            rf"NT SERVICE\{'SQLSERVERAGENT' if default else 'SQLAgent$' + name}",
        )
    custom = stream(plan.seed, "service accounts", owner.index)
    form = one_of(custom, SERVICE_NAMES)
    engine = rf"{owner.domain}\{expanded(form.replace('{host}', host.name.partition('.')[0]), custom)}"
    return engine, engine if happens(rng, 0.3) else rf"{owner.domain}\{words('rnd', custom, 1)[0]}-sqlagt"
