"""The names that people and tools give to the same things: a machine, an owner, a well-known port."""

import polars as pl

from longtail.telemetry.format import Field, said, text

HOST_NAMES = {
    "remote_host": ("pscomputername",),
    "wmi_host": ("csname",),
    "host": ("host", "hostname", "fqdn", "computername", "computer", "machine", "devicename", "device"),
    "shown_host": ("hostdisplayname", "hosthostname", "hostidentifier", "server", "vm", "systemname", "machinename"),
    "host_id": ("hostid", "clientid", "nodename"),
}
"""Raw columns → the names a machine's name goes by, in the order of trust: a record may have several, some empty."""

TENANT_NAMES = ("tenant", "subscription", "subscriptionid", "orgid")

PORT_NAMES = {
    "ftp": 21,
    "ssh": 22,
    "telnet": 23,
    "smtp": 25,
    "domain": 53,
    "bootps": 67,
    "bootpc": 68,
    "tftp": 69,
    "http": 80,
    "kerberos": 88,
    "pop3": 110,
    "sunrpc": 111,
    "ntp": 123,
    "epmap": 135,
    "loc-srv": 135,
    "netbios-ns": 137,
    "netbios-dgm": 138,
    "netbios-ssn": 139,
    "imap2": 143,
    "imap": 143,
    "snmp": 161,
    "snmptrap": 162,
    "bgp": 179,
    "ldap": 389,
    "https": 443,
    "microsoft-ds": 445,
    "submissions": 465,
    "syslog": 514,
    "shell": 514,
    "printer": 515,
    "dhcpv6-client": 546,
    "dhcpv6-server": 547,
    "submission": 587,
    "ipp": 631,
    "ldaps": 636,
    "rsync": 873,
    "imaps": 993,
    "pop3s": 995,
    "ms-sql-s": 1433,
    "ms-sql-m": 1434,
    "openvpn": 1194,
    "nfs": 2049,
    "mysql": 3306,
    "ms-wbt-server": 3389,
    "svn": 3690,
    "epmd": 4369,
    "mdns": 5353,
    "postgresql": 5432,
    "amqp": 5672,
    "amqps": 5671,
    "winrm": 5985,
    "x11": 6000,
    "redis": 6379,
    "http-alt": 8080,
    "mongodb": 27017,
    "zabbix-agent": 10050,
    "zabbix-trapper": 10051,
}
"""IANA's names that ``ss`` and ``lsof`` print unless they are told ``-n``."""


HOST_FIELDS = {column: said(names[0], *names) for column, names in HOST_NAMES.items()}
HOST = pl.coalesce(
    *(pl.when(~pl.col(column).str.to_lowercase().is_in((".", "localhost"))).then(column) for column in HOST_NAMES)
)
"""The machine's name among them: PowerShell calls its own machine a dot."""


def tenant_field() -> Field:
    """The owner, however it is headed."""
    return text(*TENANT_NAMES)
