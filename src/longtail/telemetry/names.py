"""The names that people and tools give to the same things: a machine, an owner, a well-known port."""

from longtail.telemetry.format import Field, said, text

HOST_NAMES = (
    "host",
    "pscomputername",
    "csname",
    "hostname",
    "fqdn",
    "computername",
    "computer",
    "machine",
    "devicename",
    "device",
    "hostidentifier",
    "hostdisplayname",
    "hosthostname",
    "server",
    "vm",
    "systemname",
    "machinename",
    "clientid",
)
"""In the order of trust: ``MachineName`` of a local Get-Process is a dot, and an id is better than nothing."""

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


def host_field() -> Field:
    """The machine, however it is headed."""
    return said(*HOST_NAMES)


def tenant_field() -> Field:
    """The owner, however it is headed."""
    return text(*TENANT_NAMES)
