"""The names, security identifiers and ancestries by which well-known accounts are recognised, as tables."""

import re
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha1
from struct import unpack


class AccountClass(StrEnum):
    """What kind of work an account does: accounts of one class in one tenant are one population."""

    MSSQL = "mssql"
    SQLAGENT = "sqlagent"
    POSTGRES = "postgres"
    MYSQL = "mysql"
    TOMCAT = "tomcat"
    IIS_APPPOOL = "iis-apppool"
    WEB_LINUX = "web-linux"
    MSSQL_OTHER = "mssql-other"
    NETWORK_SERVICE = "network-service"
    LOCAL_SERVICE = "local-service"
    SYSTEM = "system"
    ROOT = "root"
    MACHINE = "machine"
    HUMAN = "human"
    OTHER = "other"
    SERVICE = "service"
    AUTOMATION = "automation"


@dataclass(frozen=True, slots=True)
class Name:
    """Account names of one class: ``pattern`` matches the whole folded name without its domain."""

    pattern: re.Pattern[str]
    account_class: AccountClass
    examples: tuple[str, str]


def _name(pattern: str, account_class: AccountClass, *examples: str) -> Name:
    first, second = examples
    return Name(re.compile(pattern), account_class, (first, second))


AUTHORITIES = frozenset(
    [
        "nt authority",
        "nt-autoritat",
        "autorite nt",
        "autoridad nt",
        "autoridade nt",
        "nt instans",
        "nt-instans",
        "zarzadzanie nt",
        "nt-autoriteit",
        "nt-myndighet",
        "nt-hallinta",
        "nt szolgaltato",
    ]
)
"""What Windows calls NT AUTHORITY in its languages, folded: lower case, no accents."""

AUTHORITY_NAMES: dict[str, AccountClass] = {
    **dict.fromkeys(
        ["system", "systeme", "sistema", "система", "localsystem", "jarjestelma", "rendszer"],
        AccountClass.SYSTEM,
    ),
    **dict.fromkeys(
        [
            "network service",
            "networkservice",
            "netzwerkdienst",
            "service reseau",
            "servicio de red",
            "servizio di rete",
            "servico de rede",
            "usługa sieciowa",
            "natverkstjanst",
            "nettverkstjeneste",
            "netvaerkstjeneste",
            "netwerkservice",
            "verkkopalvelu",
            "halozati szolgaltatas",
            "sitova sluzba",
        ],
        AccountClass.NETWORK_SERVICE,
    ),
    **dict.fromkeys(
        [
            "local service",
            "localservice",
            "lokaler dienst",
            "service local",
            "servicio local",
            "servizio locale",
            "servico local",
            "usługa lokalna",
            "lokal tjanst",
            "lokal tjeneste",
            "lokale service",
            "paikallinen palvelu",
            "helyi szolgaltatas",
            "mistni sluzba",
        ],
        AccountClass.LOCAL_SERVICE,
    ),
    "iusr": AccountClass.IIS_APPPOOL,
    "anonymous logon": AccountClass.OTHER,
}
"""The accounts of NT AUTHORITY in Windows' languages, folded."""

DOMAINS: dict[str, AccountClass] = {
    "iis apppool": AccountClass.IIS_APPPOOL,
    "font driver host": AccountClass.OTHER,
    "window manager": AccountClass.OTHER,
    "nt service": AccountClass.OTHER,
    "nt virtual machine": AccountClass.OTHER,
    "user manager": AccountClass.OTHER,
}
"""Domains whose every member is of one class, unless its name says more."""

NAMES: tuple[Name, ...] = (
    _name(r"mssqlserver|mssql\$.+", AccountClass.MSSQL, "NT SERVICE\\MSSQLSERVER", "NT Service\\MSSQL$PAYROLL"),
    _name(r"sqlserveragent|sqlagent\$.+", AccountClass.SQLAGENT, "NT SERVICE\\SQLSERVERAGENT", "SQLAgent$X"),
    _name(
        r"(?:mssqlfdlauncher|mssqllaunchpad|reportserver|sqltelemetry|ssistelemetry|ssastelemetry|powerbireportserver"
        r"|sqlserverreportingservices|msolap|sqlpbengine|sqlpbdms)(?:\$.+)?"
        r"|mssqlserverolapservice|msdtsserver\d*|ssisscaleout(?:master|worker)\d*|sqlbrowser|sqlwriter",
        AccountClass.MSSQL_OTHER,
        "NT SERVICE\\MSSQLFDLauncher$X",
        "NT SERVICE\\MsDtsServer150",
    ),
    _name(r"postgres(?:ql)?|_postgres", AccountClass.POSTGRES, "postgres", "NT SERVICE\\postgresql"),
    _name(r"_?mysql\d*|mariadb", AccountClass.MYSQL, "mysql", "NT SERVICE\\MySQL80"),
    _name(
        r"(?:(?:s|sa|srv|svc|service)[-_.])?_?tomcat\d*|jboss(?:-as)?|wildfly|jetty|weblogic|glassfish|solr",
        AccountClass.TOMCAT,
        "tomcat8",
        "CORP\\svc-tomcat",
    ),
    _name(  # what runs on Java and was exploited over the network, by the account its installer makes
        r"confluence\d*|jira\d*|(?:atl)?bitbucket|crowd|bamboo|teamcity|zimbra|activemq|nifi|geoserver|openfire|ofbiz"
        r"|keycloak|metabase|nexus|sonarqube|papercut|coldfusion|cfuser|liferay|goanywhere|horizon",
        AccountClass.TOMCAT,
        "confluence1",
        "zimbra",
    ),
    _name(
        r"www-data|_?www|apache2?|httpd?|nginx|wwwrun|lighttpd|caddy|php-fpm|gitlab-www|gunicorn|uwsgi|puma|unicorn",
        AccountClass.WEB_LINUX,
        "www-data",
        "nginx",
    ),
    _name(r"defaultapppool|\.net v\d.*", AccountClass.IIS_APPPOOL, "IIS APPPOOL\\DefaultAppPool", ".NET v4.5"),
    _name(r"root", AccountClass.ROOT, "root", "ROOT"),
    _name(
        r"daemon|bin|sys|sync|games|man|lp|mail|news|uucp|proxy|backup|list|irc|gnats|nobody|nfsnobody|debian-exim|exim\d?|smmsp|smmta|opensmtpd|smtpd|cups|_apt|ntp|chrony"
        r"|_chrony|sshd|dbus|messagebus|polkitd|syslog|rpc|rpcuser|uuidd|tcpdump|postfix|dovecot|named|bind|redis"
        r"|memcache|mongodb|elasticsearch|rabbitmq|prometheus|zabbix|nagios|nrpe|omsagent|haproxy|squid|colord|avahi"
        r"|rtkit|usbmux|landscape|pollinate|tss|saslauth|clamav|sssd|systemd-.+|umfd-\d+|dwm-\d+|libvirt-.+|snap_daemon"
        r"|mongod|cassandra|couchdb|neo4j|influxdb|clickhouse|opensearch"
        r"|kibana|logstash|kafka|zookeeper|memcached|grafana|telegraf|node[-_]exporter|etcd|vault|consul|minio|varnish"
        r"|unbound|icinga|wazuh|ossec|splunk(?:fwd)?|puppet|ceph",
        AccountClass.OTHER,
        "systemd-network",
        "UMFD-0",
    ),
)
"""In the order they are tried, whatever the domain: these names are reserved in practice."""


def service_sid(service: str) -> str:
    """The ``S-1-5-80-…`` that Windows derives from a service's name."""
    return "S-1-5-80-" + "-".join(map(str, unpack("<5I", sha1(service.upper().encode("utf-16-le")).digest())))


_INSTANCES = (
    "SQLEXPRESS",
    "SQL2012",
    "SQL2014",
    "SQL2016",
    "SQL2017",
    "SQL2019",
    "SQL2022",
    "SQLSERVER",
    "PROD",
    "DEV",
)

SIDS: dict[str, AccountClass] = {
    "s-1-5-18": AccountClass.SYSTEM,
    "s-1-5-19": AccountClass.LOCAL_SERVICE,
    "s-1-5-20": AccountClass.NETWORK_SERVICE,
    "s-1-5-17": AccountClass.IIS_APPPOOL,
    service_sid("MSSQLSERVER").lower(): AccountClass.MSSQL,
    service_sid("SQLSERVERAGENT").lower(): AccountClass.SQLAGENT,
    service_sid("ReportServer").lower(): AccountClass.MSSQL_OTHER,
    service_sid("MSSQLFDLauncher").lower(): AccountClass.MSSQL_OTHER,
    service_sid("SQLTELEMETRY").lower(): AccountClass.MSSQL_OTHER,
    **{service_sid(f"MSSQL${instance}").lower(): AccountClass.MSSQL for instance in _INSTANCES},
    **{service_sid(f"SQLAgent${instance}").lower(): AccountClass.SQLAGENT for instance in _INSTANCES},
}

SID_PREFIXES: tuple[tuple[str, AccountClass], ...] = (
    ("s-1-5-82-", AccountClass.IIS_APPPOOL),
    ("s-1-5-21-", AccountClass.HUMAN),
    ("s-1-12-1-", AccountClass.HUMAN),
    ("s-1-", AccountClass.OTHER),
)
"""App pools, domain and local accounts, Entra accounts, everything else that is built in."""

UIDS: dict[int, AccountClass] = {
    0: AccountClass.ROOT,
    33: AccountClass.WEB_LINUX,
    48: AccountClass.WEB_LINUX,
    26: AccountClass.POSTGRES,
    27: AccountClass.MYSQL,
}
"""Numbers that Debian (33) and Red Hat (26, 27, 48) reserve."""

FIRST_HUMAN_UID = 1000
LAST_HUMAN_UID = 60_000_000  # domain users of sssd and winbind lie high; above it stand nobody and "unset"
