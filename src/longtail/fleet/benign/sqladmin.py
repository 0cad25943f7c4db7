"""What database administrators do under the service account: looking around, repairing, trying a tool."""

from longtail.fleet.habits import Habit
from longtail.fleet.rhythm import office, once, session

LOOKING = r"""
xp: whoami

xp: whoami /all

xp: whoami /priv

xp: hostname

xp: ipconfig

xp: ipconfig /all

xp: dir {drive}:\

xp: dir C:\Users

xp: dir \\{server}\c$

xp: net use

xp: net view \\{server}

xp: net user

xp: net user {person}

xp: net user {person} /domain

xp: net localgroup administrators

xp: net share

xp: netstat -ano

xp: netstat -an | find "{port}"

xp: ping -n 2 {server}

xp: ping {ip}

xp: tracert -d {ip}

xp: nslookup {server}

xp: telnet {server} {port}

xp: systeminfo

xp: tasklist

xp: tasklist /svc

xp: tasklist /v /fi "imagename eq sqlservr.exe"

xp: set

xp: ver

xp: sc query

xp: sc qc "{inst}"

xp: nltest /dsgetdc:{domain}

xp: klist

xp: gpresult /r

xp: reg query HKLM\SOFTWARE\Microsoft\MSSQLServer

xp: wmic os get caption,version

xp: wmic qfe list brief

xp: query session

xp: type {log}\ERRORLOG

xp: powershell -c "Test-NetConnection {server} -Port {port}"

xp: powershell Get-Process

xp: powershell "Get-Service | where Status -eq 'Stopped'"

xp: icacls {backup}

xp: vssadmin list shadows

xp: schtasks /query
"""
REPAIRING = r"""
xp: powershell -Command "Invoke-WebRequest https://{site}/{stem}/{stem}.zip -OutFile C:\Temp\{stem}.zip"

xp: powershell -c "Expand-Archive C:\Temp\{stem}.zip C:\Temp\{stem}"

xp: copy \\{server}\install\{sysinternal} C:\Temp\

xp: {adminexe} -accepteula

xp: {adminexe} /quiet

xp: {adminexe} -c2G -b4K -t2 {data}\io.dat

xp: net start {stem}

xp: net stop {stem}

xp: sc config {stem} start= auto

xp: reg add HKLM\SOFTWARE\{company}\{stem} /v path /d {folder} /f

xp: netsh advfirewall firewall add rule name="SQL {inst}" dir=in action=allow protocol=TCP localport={port}

xp: net localgroup "Performance Log Users" "{domain}\svc-{stem}" /add

xp: icacls {data} /grant "{domain}\svc-{stem}":(F)

xp: regsvr32 /s {folder}\{stem}.dll

xp: msiexec /i {share}\{stem}.msi /qn

xp: certutil -urlcache -split -f http://{site}/{stem}.crl {folder}\{stem}.crl

xp: shutdown /r /t 60 /c "{stem} maintenance"

xp: schtasks /create /tn {jobname} /tr {folder}\{jobname}.bat /sc daily /st 03:00

xp: taskkill /pid {pid} /f

xp: mklink /d {drive}:\{stem} {share}
"""
INTERACTIVE = r"""
explorer> cmd.exe | "C:\Windows\system32\cmd.exe"
  conhost.exe | {conhost}
  whoami.exe | whoami
  {adminexe} | @ -accepteula
  ipconfig.exe | ipconfig

explorer> powershell.exe | "C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"
  conhost.exe | {conhost}
  sqlcmd.exe | sqlcmd -S {sqlname} -E
  PING.EXE | ping {server}

explorer> C:\Program Files (x86)\Microsoft SQL Server Management Studio 1{n^}\Common7\IDE\Ssms.exe

explorer> {adminexe}

explorer> mmc.exe | "C:\Windows\system32\mmc.exe" "C:\Windows\system32\SQLServerManager{nn}.msc"

explorer> notepad.exe | "C:\Windows\system32\NOTEPAD.EXE" {log}\ERRORLOG
"""

HABITS: tuple[Habit, ...] = (
    Habit("a look around", "mssql", session(1.5), LOOKING, 0.1, copies=(2, 7)),
    Habit("a single look", "mssql", once(), LOOKING, 0.14, copies=(1, 3)),
    Habit("a habit of looking", "mssql", office(0.8), LOOKING, 0.06, copies=(2, 5)),
    Habit("a repair", "mssql", session(0.8, hours=0.7), REPAIRING, 0.05, copies=(1, 3)),
    Habit("a single repair", "mssql", once(), REPAIRING, 0.06, copies=(1, 2)),
    Habit("at the desktop", "mssql", session(1.0), INTERACTIVE, 0.03, copies=(1, 3)),
    Habit("a look around, by job", "sqlagent", session(1), LOOKING, 0.05, copies=(1, 3)),
    Habit("a repair, by job", "sqlagent", once(), REPAIRING, 0.04, copies=(1, 2)),
)
