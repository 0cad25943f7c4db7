"""The long-lived processes every host has, by the names that scripts call them by."""

from longtail.fleet.seat import Process

SYSTEM32 = "C:\\Windows\\System32\\"


def svchost(arguments: str) -> Process:
    """A service host with its group."""
    return Process(SYSTEM32 + "svchost.exe", f"C:\\Windows\\system32\\svchost.exe {arguments}")


WINDOWS_ROOTS = {
    "services": Process(SYSTEM32 + "services.exe", "C:\\Windows\\system32\\services.exe"),
    "schedule": svchost("-k netsvcs -p -s Schedule"),
    "netsvcs": svchost("-k netsvcs -p"),
    "update": svchost("-k netsvcs -p -s wuauserv"),
    "dcom": svchost("-k DcomLaunch -p"),
    "wininit": Process(SYSTEM32 + "wininit.exe", "wininit.exe"),
    "winlogon": Process(SYSTEM32 + "winlogon.exe", "winlogon.exe"),
    "smss": Process(SYSTEM32 + "smss.exe", "\\SystemRoot\\System32\\smss.exe"),
    "explorer": Process("C:\\Windows\\explorer.exe", "C:\\Windows\\Explorer.EXE"),
    "wmi": Process(SYSTEM32 + "wbem\\WmiPrvSE.exe", "C:\\Windows\\system32\\wbem\\wmiprvse.exe -secured -Embedding"),
    "installer": Process(SYSTEM32 + "msiexec.exe", "C:\\Windows\\system32\\msiexec.exe /V"),
    "was": svchost("-k iissvcs"),
    "winrm": Process(SYSTEM32 + "wsmprovhost.exe", "C:\\Windows\\system32\\wsmprovhost.exe -Embedding"),
}
LINUX_ROOTS = {
    "systemd": Process("/usr/lib/systemd/systemd", "/sbin/init"),
    "cron": Process("/usr/sbin/cron", "/usr/sbin/CRON -f"),
    "sshd": Process("/usr/sbin/sshd", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups"),
    "bash": Process("/usr/bin/bash", "-bash"),
}
