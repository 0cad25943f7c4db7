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

EXTRAS = (
    ("reporting", "ReportServer", "rs", "MSRS14", 0.12),
    ("analysis", "MSSQLServerOLAPService", "olap", "MSAS15", 0.08),
)


def sql_seats(plan: Plan, host: Machine, shared: Mapping[str, str]) -> list[Seat]:
    """The seats of every SQL Server instance on the host."""
    rng = stream(plan.seed, "sqlserver", host.index)
    count = weighted(rng, INSTANCES_ON_A_HOST)
    names = ["MSSQLSERVER", *(f"{expanded(name, rng).upper()}" for name in rng.permutation(NAMED))]
    first = 0 if happens(rng, 0.78) else 1
    found: list[Seat] = []
    for name in names[first : first + count]:
        found += _instance(plan, host, shared, (name, rng))
    return found


def _instance(plan: Plan, host: Machine, shared: Mapping[str, str], which: tuple[str, Rng]) -> list[Seat]:
    name, rng = which
    version = weighted(rng, VERSIONS)
    custom = rng if happens(rng, 0.35) else stream(plan.seed, "place of SQL Server", host.tenant.index)
    root = expanded(weighted(custom, PLACES), custom)
    default = name == "MSSQLSERVER"
    data_root = (
        root
        if happens(rng, 0.55)
        else expanded(one_of(rng, (r"{drive}:\SQLData", r"{drive}:\MSSQL", r"{drive}:\DB\{stem}")), rng)
    )
    home = rf"{root}\MSSQL{version}.{name}\MSSQL"
    facts = {
        **shared,
        "v0": f"{version}0",
        "inst": name,
        "sqlroot": root,
        "binn": rf"{home}\Binn",
        "log": rf"{home}\Log",
        "data": rf"{home}\DATA" if data_root == root else rf"{data_root}\DATA",
        "backup": rf"{home}\Backup" if data_root == root else expanded(one_of(rng, (r"{drive}:\Backup", r"{drive}:\SQLBackup\{stem}", rf"{data_root}\BAK")), rng),
        "sqlname": host.name.partition(".")[0] + ("" if default else f"\\{name}"),
    }  # fmt: skip
    service = "MSSQLSERVER" if default else f"MSSQL${name}"
    agent = "SQLSERVERAGENT" if default else f"SQLAgent${name}"
    account, agent_account = _accounts(plan, host, (service, agent), rng)
    engine = Process(rf"{facts['binn']}\sqlservr.exe", rf'"{facts["binn"]}\sqlservr.exe" -s{name}')
    runner = Process(rf"{facts['binn']}\SQLAGENT.EXE", rf'"{facts["binn"]}\SQLAGENT.EXE" -i {name}')
    launcher = Process(rf"{facts['binn']}\fdlauncher.exe", rf'"{facts["binn"]}\fdlauncher.exe" -s {name.lower()}')
    spell = spelling(host)
    extra = [
        Seat(
            kind,
            spell(rf"NT SERVICE\{prefix}{'' if default else '$' + name}"),
            {**WINDOWS_ROOTS, "": WINDOWS_ROOTS["services"]},
            {**facts, key: rf"{root}\{folder}.{name}"},
        )
        for kind, prefix, key, folder, chance in EXTRAS
        if happens(rng, chance)
    ]
    return [
        *extra,
        Seat("mssql", spell(account), {**WINDOWS_ROOTS, "": engine}, facts),
        Seat("sqlagent", spell(agent_account), {**WINDOWS_ROOTS, "": runner}, facts),
        Seat("fulltext", spell(rf"NT SERVICE\MSSQLFDLauncher{'' if default else '$' + name}"), {**WINDOWS_ROOTS, "": launcher}, facts),
        Seat("sqltelemetry", spell(rf"NT SERVICE\SQLTELEMETRY{'' if default else '$' + name}"), {**WINDOWS_ROOTS, "": WINDOWS_ROOTS["services"]}, facts),
    ]  # fmt: skip


def _accounts(plan: Plan, host: Machine, services: tuple[str, str], rng: Rng) -> tuple[str, str]:
    """The accounts of engine and agent: virtual ones, or the ordinary domain names a tenant made for them."""
    owner = host.tenant
    if happens(rng, 0.45):
        return rf"NT SERVICE\{services[0]}", rf"NT SERVICE\{services[1]}"
    custom = stream(plan.seed, "service accounts", owner.index)
    form = one_of(custom, SERVICE_NAMES)
    name = expanded(form.replace("{host}", host.name.partition(".")[0]), custom)
    engine = rf"{owner.domain}\{name}"
    return engine, engine if happens(rng, 0.3) else rf"{owner.domain}\{words('rnd', custom, 1)[0]}-sqlagt"
