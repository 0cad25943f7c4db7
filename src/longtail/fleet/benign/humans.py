"""What people do on Windows hosts under their own accounts: sessions, tools, scripts, installs."""

from longtail.fleet.habits import Habit
from longtail.fleet.rhythm import office, session

SITTING = r"""
winlogon> C:\Windows\System32\userinit.exe
  explorer.exe | C:\Windows\Explorer.EXE
    C:\Windows\System32\ServerManager.exe | "C:\Windows\system32\ServerManager.exe"
    C:\Windows\System32\rundll32.exe | "C:\Windows\system32\rundll32.exe"
    .. C:\Windows\system32\inetcpl.cpl,ClearMyTracksByProcess
"""
TOOLS = r"""
mmc.exe | "C:\Windows\system32\mmc.exe" "C:\Windows\system32\{mmc}.msc"

cmd.exe | "C:\Windows\system32\cmd.exe"
  conhost.exe | {conhost}
  ipconfig.exe | ipconfig /all
  PING.EXE | ping {server!}

cmd.exe | "C:\Windows\system32\cmd.exe"
  conhost.exe | {conhost}
  net.exe | net user {person!} /domain
    net1.exe | C:\Windows\system32\net1 user {person!} /domain
  whoami.exe | whoami /groups
  tasklist.exe | tasklist /svc

powershell.exe | "C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"
  conhost.exe | {conhost}
  nslookup.exe | "C:\Windows\system32\nslookup.exe" {server!}

powershell.exe | powershell -ExecutionPolicy Bypass -File {profile}\Documents\{jobname!}.ps1
  conhost.exe | {conhost}

notepad.exe | "C:\Windows\system32\NOTEPAD.EXE" {folder}\{job!}.log

C:\Program Files\Notepad++\notepad++.exe | @ "{folder}\{job!}.config"

C:\Program Files (x86)\Microsoft SQL Server Management Studio 19\Common7\IDE\Ssms.exe

{profile}\Downloads\{stem!}-{ver!}.exe
  {profile}\AppData\Local\Temp\is-{rnd!}.tmp\{stem!}-{ver!}.tmp | @ /SL5="$40{shorthex!},{id!}"

{profile}\AppData\Local\Microsoft\Teams\current\Teams.exe | @ --type=renderer

C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe | @ --type=utility --field-trial-handle={nnnn!},{id!}

certutil.exe | certutil -dump {profile}\Desktop\{stem!}.cer

certutil.exe | certutil -hashfile {profile}\Downloads\{stem!}.iso SHA256

bitsadmin.exe | bitsadmin /list /allusers

C:\Windows\System32\regsvr32.exe | regsvr32 "C:\Program Files (x86)\{company}\{stem}.dll"

rundll32.exe | "C:\Windows\system32\rundll32.exe" printui.dll,PrintUIEntry /in /n\\{server!}\{stem!}

C:\Windows\System32\mshta.exe | "C:\Windows\System32\mshta.exe" "{profile}\Desktop\{stem}.hta"

{profile}\Desktop\{sysinternal} | @ -accepteula

C:\Windows\System32\mstsc.exe | "C:\Windows\system32\mstsc.exe" /v:{server!}

C:\Windows\System32\wscript.exe | wscript.exe \\{dnsdomain}\netlogon\{stem^}.vbs

C:\Program Files\7-Zip\7zFM.exe | @ "{profile}\Downloads\{stem!}.zip"

C:\PSTools\PsExec64.exe | psexec \\{server!} cmd
"""

HABITS: tuple[Habit, ...] = (
    Habit("signing in", "human", office(0.5), SITTING),
    Habit("tools", "human", office(0.8), TOOLS, copies=(1, 5)),
    Habit("a sitting", "human", session(3), TOOLS, 0.6, copies=(2, 5)),
)
