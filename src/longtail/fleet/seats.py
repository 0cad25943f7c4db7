"""A machine → its seats: the accounts that run processes on it, each under its long-lived process."""

from functools import lru_cache

from longtail.fleet.chance import Rng, happens, one_of, stream
from longtail.fleet.estate import Machine
from longtail.fleet.plan import Plan
from longtail.fleet.roots import LINUX_ROOTS, WINDOWS_ROOTS
from longtail.fleet.seat import Process, Seat, spelling
from longtail.fleet.sqlserver import sql_seats
from longtail.fleet.words import expanded, words


@lru_cache(maxsize=64)
def seats(plan: Plan, host: Machine) -> tuple[Seat, ...]:
    """Every account that runs processes on the host."""
    rng = stream(plan.seed, "seats", host.index)
    return tuple(_linux(host, rng) if host.linux else _windows(plan, host, rng))


def _windows(plan: Plan, host: Machine, rng: Rng) -> list[Seat]:
    owner, spell = host.tenant, spelling(host)
    shared = {
        "host": host.name.partition(".")[0],
        "domain": owner.domain,
        "dnsdomain": f"{owner.name}.local",
        "conhost": "\\??\\C:\\Windows\\system32\\conhost.exe " + one_of(rng, ("0xffffffff -ForceV1", "0xffffffff -ForceV1", "0x4")),
        "clienttools": one_of(rng, tuple(f"C:\\Program Files\\Microsoft SQL Server\\Client SDK\\ODBC\\{v}\\Tools\\Binn\\" for v in (110, 130, 170, 170))),
        "net": "C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319",
        "sqlroot": "C:\\Program Files\\Microsoft SQL Server",
        "v0": one_of(rng, ("130", "140", "150", "160")),
    }  # fmt: skip
    system = spell(f"{owner.domain}\\{shared['host']}$" if owner.style == "security" else "NT AUTHORITY\\SYSTEM")
    shared["system"] = system
    found = [
        Seat("system", system, {**WINDOWS_ROOTS, "": WINDOWS_ROOTS["services"]}, shared),
        Seat("localservice", spell("NT AUTHORITY\\LOCAL SERVICE"), {**WINDOWS_ROOTS, "": WINDOWS_ROOTS["services"]}, shared),
        Seat("networkservice", spell("NT AUTHORITY\\NETWORK SERVICE"), {**WINDOWS_ROOTS, "": WINDOWS_ROOTS["dcom"]}, shared),
    ]  # fmt: skip
    people = words("person", stream(plan.seed, "people", owner.index), 4)
    for person in rng.choice(people, 2 if host.role == "jump" else 1, replace=False).tolist():
        facts = {**shared, "user": f"adm.{person}", "profile": f"C:\\Users\\adm.{person}"}
        found.append(
            Seat(
                "human", spell(f"{owner.domain}\\adm.{person}"), {**WINDOWS_ROOTS, "": WINDOWS_ROOTS["explorer"]}, facts
            )
        )
    if host.role == "sql":
        found += sql_seats(plan, host, shared)
    if host.role == "iis":
        found += _pools(rng, host, shared)
    if host.role == "tomcat":
        found.append(_tomcat(rng, host, shared))
    return found


def _pools(rng: Rng, host: Machine, shared: dict[str, str]) -> list[Seat]:
    names = ["DefaultAppPool", expanded("{stem}", rng), expanded("{stem}Pool", rng), ".NET v4.5"]
    found = []
    for name in names[int(rng.integers(2)) :][: int(rng.integers(1, 4))]:
        worker = Process(
            "C:\\Windows\\System32\\inetsrv\\w3wp.exe",
            f'c:\\windows\\system32\\inetsrv\\w3wp.exe -ap "{name}" -v "v4.0" -l "webengine4.dll" -a \\\\.\\pipe\\iisipm{words("guid", rng, 1)[0]} -h "C:\\inetpub\\temp\\apppools\\{name}\\{name}.config" -w "" -m 0',
        )
        site = expanded(one_of(rng, (r"C:\inetpub\wwwroot\{stem}", r"D:\Web\{stem}", r"C:\inetpub\{stem}")), rng)
        facts = {**shared, "pool": name, "web": site}
        found.append(Seat("iis", spelling(host)(f"IIS APPPOOL\\{name}"), {**WINDOWS_ROOTS, "": worker}, facts))
    return found


def _tomcat(rng: Rng, host: Machine, shared: dict[str, str]) -> Seat:
    home = expanded(
        one_of(
            rng, (r"C:\Program Files\Apache Software Foundation\Tomcat 9.0", r"D:\tomcat{n}", r"D:\Apps\{stem}\tomcat")
        ),
        rng,
    )
    account = one_of(rng, ("NT AUTHORITY\\LOCAL SERVICE", f"{host.tenant.domain}\\svc-tomcat"))
    engine = Process(rf"{home}\bin\tomcat9.exe", rf'"{home}\bin\tomcat9.exe" //RS//Tomcat9')
    return Seat("tomcat", spelling(host)(account), {**WINDOWS_ROOTS, "": engine}, {**shared, "home": home})


DAEMONS = {
    "tomcat-linux": ("tomcat", Process("/usr/lib/jvm/java-17-openjdk-amd64/bin/java", "/usr/lib/jvm/java-17-openjdk-amd64/bin/java -Dcatalina.base={home} org.apache.catalina.startup.Bootstrap start")),
    "web-linux": ("www-data", Process("/usr/sbin/php-fpm8.2", "php-fpm: pool www")),
    "postgres": ("postgres", Process("/usr/lib/postgresql/15/bin/postgres", "/usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql/15/main -c config_file=/etc/postgresql/15/main/postgresql.conf")),
    "mysql": ("mysql", Process("/usr/sbin/mysqld", "/usr/sbin/mysqld")),
}  # fmt: skip


def _linux(host: Machine, rng: Rng) -> list[Seat]:
    account, daemon = DAEMONS[host.role]
    home = one_of(rng, ("/opt/tomcat", "/var/lib/tomcat9", expanded("/srv/{stem}/tomcat", rng)))
    facts = {
        "host": host.name,
        "sh": one_of(rng, ("/usr/bin/dash", "/usr/bin/dash", "/usr/bin/bash")),
        "home": home,
        "web": expanded(one_of(rng, ("/var/www/{stem}", "/var/www/html", "/srv/{stem}/public")), rng),
        "user": words("person", rng, 1)[0],
        "root": "root",
        "dnsdomain": f"{host.tenant.name}.local",
    }
    daemon = Process(daemon.image, daemon.command_line.replace("{home}", home))
    if account == "www-data" and happens(rng, 0.2):
        account = one_of(rng, ("nginx", "apache"))
    return [
        Seat(host.role, account, {**LINUX_ROOTS, "": daemon}, facts),
        Seat("root", "root", {**LINUX_ROOTS, "": LINUX_ROOTS["systemd"]}, facts),
        Seat("login", facts["user"], {**LINUX_ROOTS, "": LINUX_ROOTS["bash"]}, facts),
    ]
