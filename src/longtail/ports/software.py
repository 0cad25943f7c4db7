"""An executable's place → the software it belongs to, whether it could serve a port, and which systems it runs on.

Software is what is installed together: everything below one vendor's folder, or a program and its helpers of one stem.
"""

import re
from enum import StrEnum

from longtail.executions.executable import Zone


class Family(StrEnum):
    """Which systems an executable says it runs on."""

    WINDOWS = "windows"
    UNIX = "unix"
    ANY = ""


ROOTS = (
    # folders whose children are products, and an example: path, product
    (r"\\program files(?: \(x86\))?\\common files\\", r"\program files\common files\java\jucheck.exe", "java"),
    (r"\\program files(?: \(x86\))?\\", r"\program files\microsoft sql server\mssql{ver}.x\sqlservr.exe",
     "microsoft sql server"),
    (r"\\packages\\plugins\\", r"\packages\plugins\microsoft.compute.vmaccessagent\{ver}\bin\x.exe",
     "microsoft.compute.vmaccessagent"),
    (r"\\programdata\\", r"\programdata\chocolatey\bin\choco.exe", "chocolatey"),
    (r"/(?:usr/(?:local/)?)?(?:lib(?:exec|32|64)?|share)/", "/usr/lib/postgresql/{ver}/bin/postgres", "postgresql"),
    (r"/(?:opt|srv)/", "/opt/contoso/bin/orders", "contoso"),
    (r"/var/(?:lib|opt)/", "/var/lib/rundeck/rundeck", "rundeck"),
)  # fmt: skip
_ROOTS = re.compile("|".join(f"(?:{pattern})" for pattern, _, _ in ROOTS))
_SLASH = re.compile(r"[/\\]")
_STEM = re.compile(r"[^\W\d_]{2,}")

INERT = (
    # names and places of what cannot be what answers on a port, and an example
    (r"(?:un)?(?:setup|install(?:er)?|update[rs]?|upgrade|patch|hotfix|uninst\w*)[^/\\]*", r"c:\x\setup_x64.exe"),
    (r"[^/\\]*(?:setup|install(?:er)?|updater?|uninst(?:all)?)(?:\.\w{1,4})?", r"\program files\x\appupdate.exe"),
    (r"[^/\\]*\.(?:tmp|msi|cmd|bat|vbs|ps1|sh|com|scr|cpl|msc)", "/srv/x/nightly.sh"),
)
INERT_FOLDERS = frozenset({
    "cache", "download", "downloads", "installer", "package cache", "setup bootstrap", "staging", "temp", "tmp",
    "update cache",
})  # fmt: skip
"""Folders of what is fetched or unpacked to run once."""

_INERT = re.compile("|".join(f"(?:{pattern})" for pattern, _ in INERT))

_NAMELESS = re.compile(r"(?:\{[a-z*]+\}[-_.]?)+(?:\.?\w{1,4})?")

# Places in which no server is installed: what is unpacked, downloaded, built in or part of the system itself.
_NO_SERVERS = frozenset({
    Zone.SYSTEM.value, Zone.SYSTEM_WRITABLE.value, Zone.TEMP.value, Zone.UNIX_TEMP.value, Zone.RECYCLE_BIN.value,
    Zone.BUILTIN.value, Zone.REMOTE.value, Zone.NONE.value, Zone.NETWORK_SHARE.value,
})  # fmt: skip


RELAYS = frozenset({
    "docker-proxy", "envoy", "gost", "haproxy", "iptunnel", "nc", "ncat", "pgbouncer", "proxysql", "pgpool", "relayd",
    "redir", "rinetd", "socat", "squid", "sslh", "stunnel", "stunnel4", "traefik", "xinetd", "inetd", "inetutils-inetd",
})  # fmt: skip
"""Programs (stems) whose trade is to take any port and hand it on: what else they serve says nothing about this one."""

WEB_SERVERS = frozenset({
    "apache", "apache2", "caddy", "dotnet", "gunicorn", "httpd", "java", "jetty", "lighttpd", "nginx", "node", "puma",
    "tomcat7", "tomcat8", "tomcat9", "tomcat10", "tomcat11", "unicorn", "uvicorn", "w3wp",
})  # fmt: skip
"""Programs (stems) that people let serve the Web on whichever port is free."""


FORWARDED = frozenset({22, 1433, 1521, 3306, 3389, 5432, 5900, 6379, 8080, 27017})
"""Ports of databases, consoles and applications that people hand on to another machine with what Windows brings along.

(``netsh interface portproxy`` listens from ``svchost.exe``, and no program tells. The Web's own ports are handed on by
servers of the Web, which show, and FTP cannot be handed on port by port.)
"""

BOTH_WAYS = {"git": 9418, "iperf": 5001, "iperf3": 5201, "rsync": 873}
"""Programs that are client and server in one, with the port that they serve where they do."""


def could_take(stem: str, port: int) -> bool:
    """Whether a program may be what serves a port only because its configuration says so."""
    return stem in RELAYS or BOTH_WAYS.get(stem) == port or (stem in WEB_SERVERS and is_web(port))


def is_web(port: int) -> bool:
    """Whether people commonly serve the Web, or something that speaks its protocol, on a port."""
    return port in (80, 81, 443, 3000, 5000, 9000, 9443) or 8000 <= port < 9000


def software(location: str, name: str) -> str:
    """The product that ``location + name`` (canonical) belongs to."""
    if root := _ROOTS.match(location):
        product = _SLASH.split(location[root.end() :], maxsplit=1)[0]
        if product:
            return product
    stem = _STEM.search(name)
    return stem.group() if stem else name


def could_serve(location: str, name: str, zone: str) -> bool:
    """Whether such an executable could be a server of its own: an in-house daemon that nobody else runs."""
    return zone not in _NO_SERVERS and not _INERT.fullmatch(name) and INERT_FOLDERS.isdisjoint(_SLASH.split(location))


def nameless(name: str) -> bool:
    """Whether a canonical name is nothing but placeholders: programs that share it need have nothing in common."""
    return _NAMELESS.fullmatch(name) is not None


def family(location: str) -> Family:
    """The systems that an executable in such a place runs on."""
    if location.startswith("/"):
        return Family.UNIX
    return Family.WINDOWS if "\\" in location else Family.ANY
