"""A Windows machine → its seats: the system's accounts, people, SQL Server, application pools, Tomcat."""

from longtail.fleet.chance import Rng, one_of, stream
from longtail.fleet.estate import Machine
from longtail.fleet.plan import Plan
from longtail.fleet.roots import WINDOWS_ROOTS
from longtail.fleet.seat import Process, Seat, spelling
from longtail.fleet.sqlserver import sql_seats
from longtail.fleet.words import expanded, words

Facts = dict[str, str]
CONSOLES = ("0xffffffff -ForceV1", "0xffffffff -ForceV1", "0x4")
CLIENT_TOOLS = (110, 130, 170, 170)
SYSTEM_SEATS = (("localservice", "LOCAL SERVICE", "services"), ("networkservice", "NETWORK SERVICE", "dcom"))
WORKER = "C:\\Windows\\System32\\inetsrv\\w3wp.exe"
SITES = (r"C:\inetpub\wwwroot\{stem}", r"D:\Web\{stem}", r"C:\inetpub\{stem}")
TOMCATS = (r"C:\Program Files\Apache Software Foundation\Tomcat 9.0", r"D:\tomcat{n}", r"D:\Apps\{stem}\tomcat")


def windows_seats(plan: Plan, host: Machine, rng: Rng) -> list[Seat]:
    """Every account that runs processes on a Windows host."""
    facts = _facts(host, rng)
    found = [*_system(host, facts), *_people(plan, host, facts, rng)]
    if host.role == "sql":
        found += sql_seats(plan, host, facts)
    if host.role == "iis":
        found += _pools(host, facts, rng)
    if host.role == "tomcat":
        found.append(_tomcat(host, facts, rng))
    return found


def _facts(host: Machine, rng: Rng) -> Facts:
    owner, name = host.tenant, host.name.partition(".")[0]
    system = f"{owner.domain}\\{name}$" if owner.style == "security" else "NT AUTHORITY\\SYSTEM"
    tools = one_of(rng, CLIENT_TOOLS)
    return {
        "host": name,
        "domain": owner.domain,
        "dnsdomain": f"{owner.name}.local",
        "system": spelling(host)(system),
        "conhost": f"\\??\\C:\\Windows\\system32\\conhost.exe {one_of(rng, CONSOLES)}",
        "clienttools": f"C:\\Program Files\\Microsoft SQL Server\\Client SDK\\ODBC\\{tools}\\Tools\\Binn\\",
        "net": "C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319",
        "scom": "C:\\Program Files\\Microsoft Monitoring Agent\\Agent\\Health Service State",
        "sqlroot": "C:\\Program Files\\Microsoft SQL Server",
        "sqlver": one_of(rng, ("130", "140", "150", "160")),
    }


def _system(host: Machine, facts: Facts) -> list[Seat]:
    own = Seat("system", facts["system"], {**WINDOWS_ROOTS, "": WINDOWS_ROOTS["services"]}, facts)
    spell = spelling(host)
    return [own] + [
        Seat(kind, spell(f"NT AUTHORITY\\{name}"), {**WINDOWS_ROOTS, "": WINDOWS_ROOTS[root]}, facts)
        for kind, name, root in SYSTEM_SEATS
    ]


def _people(plan: Plan, host: Machine, facts: Facts, rng: Rng) -> list[Seat]:
    roots = {**WINDOWS_ROOTS, "": WINDOWS_ROOTS["explorer"]}
    team = words("person", stream(plan.seed, "people", host.tenant.index), 4)
    names = [f"adm.{each}" for each in rng.permutation(sorted(set(team)))[: 2 if host.role == "jump" else 1].tolist()]
    return [
        Seat(
            "human",
            spelling(host)(f"{host.tenant.domain}\\{name}"),
            roots,
            {**facts, "user": name, "profile": f"C:\\Users\\{name}"},
        )
        for name in names
    ]


def _pools(host: Machine, facts: Facts, rng: Rng) -> list[Seat]:
    names = ["DefaultAppPool", expanded("{stem}", rng), expanded("{stem}Pool", rng), ".NET v4.5"]
    found = []
    for name in names[int(rng.integers(2)) :][: int(rng.integers(1, 4))]:
        pipe = words("guid", rng, 1)[0]
        line = f'{WORKER.lower()} -ap "{name}" -v "v4.0" -l "webengine4.dll" -a \\\\.\\pipe\\iisipm{pipe}'
        own = {**facts, "pool": name, "web": expanded(one_of(rng, SITES), rng)}
        account = spelling(host)(f"IIS APPPOOL\\{name}")
        found.append(Seat("iis", account, {**WINDOWS_ROOTS, "": Process(WORKER, line)}, own))
    return found


def _tomcat(host: Machine, facts: Facts, rng: Rng) -> Seat:
    home = expanded(one_of(rng, TOMCATS), rng)
    account = one_of(rng, ("NT AUTHORITY\\LOCAL SERVICE", f"{host.tenant.domain}\\svc-tomcat"))
    engine = Process(rf"{home}\bin\tomcat9.exe", rf'"{home}\bin\tomcat9.exe" //RS//Tomcat9')
    return Seat("tomcat", spelling(host)(account), {**WINDOWS_ROOTS, "": engine}, {**facts, "home": home})
