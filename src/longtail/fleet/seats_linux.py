"""A Linux machine → its seats: the daemon's account, root, and whoever logs in."""

from longtail.fleet.chance import Rng, happens, one_of
from longtail.fleet.estate import Machine
from longtail.fleet.roots import LINUX_ROOTS
from longtail.fleet.seat import Process, Seat
from longtail.fleet.words import expanded, words

JAVA = "/usr/lib/jvm/java-17-openjdk-amd64/bin/java"
POSTGRES = "/usr/lib/postgresql/15/bin/postgres"
DAEMONS = {
    "tomcat-linux": ("tomcat", JAVA, "-Dcatalina.base={home} org.apache.catalina.startup.Bootstrap start"),
    "web-linux": ("www-data", "/usr/sbin/php-fpm8.2", "--nodaemonize"),
    "postgres": ("postgres", POSTGRES, "-D /var/lib/postgresql/15/main -c config_file=/etc/postgresql/15/main.conf"),
    "mysql": ("mysql", "/usr/sbin/mysqld", "--daemonize"),
}
OTHER_WEB_ACCOUNTS = ("nginx", "apache")


def linux_seats(host: Machine, rng: Rng) -> list[Seat]:
    """Every account that runs processes on a Linux host; a host of no certain role has no daemon's account."""
    if host.role not in DAEMONS:
        return _people(_facts(host, rng))
    account, image, arguments = DAEMONS[host.role]
    facts = _facts(host, rng)
    daemon = Process(image, f"{image} {arguments}".replace("{home}", facts["home"]))
    if account == "www-data" and happens(rng, 0.2):
        account = one_of(rng, OTHER_WEB_ACCOUNTS)
    return [
        Seat(host.role, account, {**LINUX_ROOTS, "": daemon}, facts),
        *_people(facts),
    ]


def _people(facts: dict[str, str]) -> list[Seat]:
    return [
        Seat("root", "root", {**LINUX_ROOTS, "": LINUX_ROOTS["systemd"]}, facts),
        Seat("login", facts["user"], {**LINUX_ROOTS, "": LINUX_ROOTS["bash"]}, facts),
    ]


def _facts(host: Machine, rng: Rng) -> dict[str, str]:
    return {
        "host": host.name,
        "sh": one_of(rng, ("/usr/bin/dash", "/usr/bin/dash", "/usr/bin/bash")),
        "home": expanded(one_of(rng, ("/opt/tomcat", "/var/lib/tomcat9", "/srv/{stem}/tomcat")), rng),
        "web": expanded(one_of(rng, ("/var/www/{stem}", "/var/www/html", "/srv/{stem}/public")), rng),
        "user": words("person", rng, 1)[0],
        "root": "root",
        "dnsdomain": f"{host.tenant.name}.local",
    }
