"""A program and its parent → whose work it does: the services whose start, or whose children, tell an account's class.

Which programs stand here comes from what is publicly known of services that were exploited over the network: their
first child is a shell or a tool, under whatever account the service has. Classes are those of the populations: a
service is where its ordinary life is alike (Exchange's workers and SharePoint's timer are .NET applications as those
of IIS are, a mail server in Java is a Java server).
"""

import re
from dataclasses import dataclass
from enum import Enum, auto

from longtail.executions.account_names import AccountClass


class Below(Enum):
    """Whose work is known by merely running below a service's program."""

    ANYBODY = auto()
    MACHINE = auto()  # people run such a program too, but hardly as SYSTEM or root
    NOBODY = auto()  # people build and install with it, as root too


@dataclass(frozen=True, slots=True)
class Ancestry:
    """A service's program: an account that starts it from ``parents`` does this class of work.

    ``below`` says of which accounts also a child of it does. Each of ``examples`` is a program and its parent.
    """

    name: re.Pattern[str]
    parents: frozenset[str]
    account_class: AccountClass
    examples: tuple[tuple[str, str], tuple[str, str]]
    below: Below = Below.ANYBODY


_SERVICES = frozenset({"\\windows\\system32\\services.exe"})
_SVCHOST = frozenset({"\\windows\\system32\\svchost.exe"})
_UNIX_INIT = frozenset(
    {
        "/usr/lib/systemd/systemd",
        "/usr/sbin/init",
        "/init",
        "/usr/bin/containerd-shim",
        "/usr/bin/containerd-shim-runc-v2",
        "/usr/bin/mysqld_safe",
        "/usr/bin/mariadbd-safe",
        "/opt/gitlab/embedded/bin/runsv",
    }
)


def _ancestry(
    name: str,
    parents: frozenset[str],
    account_class: AccountClass,
    *examples: tuple[str, str],
    below: Below = Below.ANYBODY,
) -> Ancestry:
    first, second = examples
    return Ancestry(re.compile(name), parents, account_class, (first, second), below)


_NT = "C:\\Windows\\System32\\"
_SQL = "C:\\Program Files\\Microsoft SQL Server\\"
_EXCHANGE = "C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Bin\\"
_APACHE = "C:\\Program Files\\Apache Software Foundation\\"

ANCESTRIES: tuple[Ancestry, ...] = (
    _ancestry(
        r"sqlservr\.exe",
        _SERVICES,
        AccountClass.MSSQL,
        (f"{_SQL}MSSQL15.PAYROLL\\MSSQL\\Binn\\sqlservr.exe", f"{_NT}services.exe"),
        ("\\Device\\HarddiskVolume5\\MSSQL13.MSSQLSERVER\\MSSQL\\Binn\\sqlservr.exe", f"{_NT}services.exe"),
    ),
    _ancestry(
        r"sqlagent(?:90)?\.exe",
        _SERVICES,
        AccountClass.SQLAGENT,
        (f"{_SQL}MSSQL15.PAYROLL\\MSSQL\\Binn\\SQLAGENT.EXE", f"{_NT}services.exe"),
        ("D:\\MSSQL\\MSSQL15.X\\MSSQL\\Binn\\sqlagent.exe", f"{_NT}services.exe"),
    ),
    _ancestry(
        r"postgres\.exe|pg_ctl\.exe",
        _SERVICES,
        AccountClass.POSTGRES,
        ("C:\\Program Files\\PostgreSQL\\15\\bin\\pg_ctl.exe", f"{_NT}services.exe"),
        ("D:\\PostgreSQL\\15\\bin\\postgres.exe", f"{_NT}services.exe"),
    ),
    _ancestry(
        r"postgres|postmaster",
        _UNIX_INIT,
        AccountClass.POSTGRES,
        ("/usr/lib/postgresql/15/bin/postgres", "/lib/systemd/systemd"),
        ("/usr/pgsql-13/bin/postmaster", "/usr/lib/systemd/systemd"),
    ),
    _ancestry(
        r"(?:mysqld|mysqld-nt|mariadbd)\.exe",
        _SERVICES,
        AccountClass.MYSQL,
        ("C:\\Program Files\\MySQL\\MySQL Server 8.0\\bin\\mysqld.exe", f"{_NT}services.exe"),
        ("C:\\Program Files\\MariaDB 10.6\\bin\\mariadbd.exe", f"{_NT}services.exe"),
    ),
    _ancestry(
        r"mysqld|mariadbd",
        _UNIX_INIT,
        AccountClass.MYSQL,
        ("/usr/sbin/mysqld", "/lib/systemd/systemd"),
        ("/usr/libexec/mariadbd", "/usr/bin/mariadbd-safe"),
    ),
    _ancestry(
        r"(?:tomcat\d*|java|prunsrv)\.exe",
        _SERVICES,
        AccountClass.TOMCAT,
        (f"{_APACHE}Tomcat 9.0\\bin\\Tomcat9.exe", f"{_NT}services.exe"),
        ("C:\\Program Files\\Java\\jre1.8.0_144\\bin\\java.exe", f"{_NT}services.exe"),
        below=Below.MACHINE,
    ),
    _ancestry(  # VMware Horizon and vCenter, PaperCut, CrushFTP, ColdFusion
        r"(?:ws_tomcatservice|vmware-(?:vws|cis-config|vmon)|vmon|pc-(?:app|web-print)|crushftpservice|coldfusion)\.exe",
        _SERVICES,
        AccountClass.TOMCAT,
        ("C:\\Program Files\\VMware\\VMware View\\Server\\bin\\ws_TomcatService.exe", f"{_NT}services.exe"),
        ("C:\\Program Files\\PaperCut MF\\server\\bin\\win\\pc-app.exe", f"{_NT}services.exe"),
    ),
    _ancestry(
        r"java|jsvc",
        _UNIX_INIT,
        AccountClass.TOMCAT,
        ("/usr/lib/jvm/java-11-openjdk-amd64/bin/java", "/lib/systemd/systemd"),
        ("/opt/java/openjdk/bin/java", "/usr/bin/containerd-shim-runc-v2"),
        below=Below.MACHINE,
    ),
    _ancestry(
        r"w3wp\.exe",
        _SVCHOST,
        AccountClass.IIS_APPPOOL,
        (f"{_NT}inetsrv\\w3wp.exe", f"{_NT}svchost.exe"),
        ("C:\\Windows\\SysWOW64\\inetsrv\\w3wp.exe", f"{_NT}svchost.exe"),
    ),
    _ancestry(  # Exchange's services and workers beside its application pools
        r"(?:um(?:service|workerprocess)|edgetransport|msexchange\w{1,40}|microsoft\.exchange\.[\w.]{1,80})\.exe",
        _SERVICES,
        AccountClass.IIS_APPPOOL,
        (f"{_EXCHANGE}UMWorkerProcess.exe", f"{_NT}services.exe"),
        (f"{_EXCHANGE}MSExchangeMailboxReplication.exe", f"{_NT}services.exe"),
    ),
    _ancestry(  # SharePoint, WSUS, SolarWinds Orion, Veeam, ScreenConnect's server, Serv-U, Wing FTP
        r"(?:owstimer|wsusservice|solarwinds\.businesslayerhost(?:x64)?|veeam\.backup\.(?:\w{0,40}service|manager)|screenconnect\.service|serv-u"
        r"|wftpserver)\.exe",
        _SERVICES,
        AccountClass.IIS_APPPOOL,
        (
            "C:\\Program Files\\Common Files\\Microsoft Shared\\Web Server Extensions\\16\\BIN\\OWSTIMER.EXE",
            f"{_NT}services.exe",
        ),
        ("C:\\Program Files (x86)\\SolarWinds\\Orion\\SolarWinds.BusinessLayerHost.exe", f"{_NT}services.exe"),
    ),
    _ancestry(
        r"(?:httpd|nginx|caddy|php-cgi)\.exe",
        _SERVICES,
        AccountClass.WEB_LINUX,
        (f"{_APACHE}Apache2.4\\bin\\httpd.exe", f"{_NT}services.exe"),
        ("C:\\Program Files\\nginx\\nginx.exe", f"{_NT}services.exe"),
    ),
    _ancestry(
        r"apache2|httpd|nginx|openresty|lighttpd|caddy|litespeed|lsphp|php-fpm.*|php-cgi.*",
        _UNIX_INIT,
        AccountClass.WEB_LINUX,
        ("/usr/sbin/apache2", "/lib/systemd/systemd"),
        ("/usr/sbin/php-fpm8.1", "/sbin/init"),
    ),
    _ancestry(  # application servers in Python, Ruby and JavaScript, GitLab's among them
        r"gunicorn|uwsgi(?:-core)?|unicorn|puma|sidekiq|passenger|node",
        _UNIX_INIT,
        AccountClass.WEB_LINUX,
        ("/usr/bin/gunicorn", "/lib/systemd/systemd"),
        ("/usr/bin/node", "/usr/bin/containerd-shim-runc-v2"),
        below=Below.NOBODY,
    ),
    _ancestry(
        r"(?:msmdsrv|reportingservicesservice|rs(?:service|hostingservice|management|portal)|msdtssrvr|isserverexec"
        r"|fd(?:launcher|host)|launchpad|sqlceip|sqlbrowser|sqlwriter)\.exe",
        _SERVICES,
        AccountClass.MSSQL_OTHER,
        (f"{_SQL}MSAS15.X\\OLAP\\bin\\msmdsrv.exe", f"{_NT}services.exe"),
        (f"{_SQL}150\\DTS\\Binn\\MsDtsSrvr.exe", f"{_NT}services.exe"),
    ),
    _ancestry(  # mail, printing, files and caches: their children are few, and each has been made to run a shell
        r"exim\d?|smtpd|cupsd|cups-browsed|smbd|redis-server|memcached|proftpd|vsftpd",
        _UNIX_INIT,
        AccountClass.OTHER,
        ("/usr/sbin/exim4", "/lib/systemd/systemd"),
        ("/usr/sbin/smbd", "/usr/lib/systemd/systemd"),
    ),
)
"""In order of precedence: an account that runs both SQL Server and its agent is SQL Server's."""
