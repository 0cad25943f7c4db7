"""What comes over a whole tenant: patch nights, SQL Server updates, roll-outs, scans, scripts for all."""

from longtail.fleet.occasion import Occasion
from longtail.fleet.rhythm import every

REBOOT = r"""
smss> smss.exe | \SystemRoot\System32\smss.exe 000000{nn!} 0000008c
  csrss.exe | %SystemRoot%\system32\csrss.exe ObjectDirectory=\Windows SharedSection=1024,20480,768
  wininit.exe | wininit.exe
    services.exe | C:\Windows\system32\services.exe
      svchost.exe | C:\Windows\system32\svchost.exe -k DcomLaunch -p
      svchost.exe | C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule
    lsass.exe | C:\Windows\system32\lsass.exe
"""
PATCH = (
    r"""
update> C:\Windows\SoftwareDistribution\Download\{digest^}\windows-kb{kb^}-x64-v{n^}.exe | @ /quiet /norestart
  C:\Windows\SoftwareDistribution\Download\Install\Setup_{hex!}\{rnd!}.tmp\mrtstub.exe | @ /q /w
update> C:\Windows\SoftwareDistribution\Download\Install\AM_Delta_Patch_1.{nnn^}.{nnnn^}.0.exe | @ WD /stub
.. 1.1.{nnnnn^} /payload
services> C:\Windows\servicing\TrustedInstaller.exe
  C:\Windows\WinSxS\amd64_microsoft-windows-servicingstack_31bf3856ad364e35_10.0.{nnnn^}.{nnnn2^}_none_{longhex^}\TiWorker.exe
  .. | @ -Embedding
  C:\Windows\System32\poqexec.exe | C:\Windows\system32\poqexec.exe /noreboot /display_progress
"""
    + REBOOT.lstrip("\n")
).replace("{nnnnn^}", "2{nnnn^}")
SQL_UPDATE = r"""
explorer> {drive^}:\sources\SQLServer20{nn^}-KB{kb^}-x64.exe | @ /quiet /IAcceptSQLServerLicenseTerms /allinstances
  {drive^}:\{longhex!}\setup.exe | @ /action=patch /quiet /instancename={inst}
    {drive^}:\{longhex!}\x64\ScenarioEngine.exe | @ /action=patch /media="{drive^}:\{longhex!}\"
      {drive^}:\{longhex!}\x64\FixSqlRegistryKey_x64.exe | @ {inst}
      C:\Windows\System32\msiexec.exe | "C:\Windows\system32\msiexec.exe" /V
"""
SQL_UPDATE_ENGINE = r"""
services> {binn}\sqlservr.exe | @ -s{inst} -m SqlSetup -T4022 -T4010 -Q -qSQL_Latin1_General_CP1_CI_AS
services> {sqlroot}\{sqlver}\Setup Bootstrap\Update Cache\KB{kb^}\QFE\setup.exe | @ /action=runrules
services> {binn}\sqlservr.exe | @ -s{inst}
"""
NEW_AGENT = r"""
ROOT> C:\Windows\ccmcache\{rndmix^}\{stem^}Agent-{ver^}-x64.exe | @ /S /token={guid^}
  C:\Windows\Temp\{bguid!}\.cr\{stem^}Agent-{ver^}-x64.exe | @ -burn.clean.room
    msiexec.exe | msiexec.exe /i C:\Windows\Temp\{bguid!}\{stem^}Agent.msi /qn
      C:\Program Files\{company^}\{stem^} Agent\{stem^}ctl.exe | @ --register --key {guid^}
"""
NEW_AGENT_RUNS = r"""
services> C:\Program Files\{company^}\{stem^} Agent\{stem^}d.exe | @ --collect
"""
SCAN = r"""
services> C:\Windows\{rnd!}.exe
  cmd.exe | cmd.exe /Q /c netstat -ano 1> \\127.0.0.1\ADMIN$\__{id!}.{nnnn!} 2>&1
  cmd.exe | cmd.exe /Q /c reg query HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall /s
    reg.exe | reg  query HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall /s
wmi> cmd.exe | cmd.exe /c "wmic qfe list full > C:\Windows\Temp\nessus_{rnd!}.TMP"
  C:\Windows\System32\wbem\WMIC.exe | wmic  qfe list full
wmi> powershell.exe | powershell -NoProfile -ExecutionPolicy Bypass -EncodedCommand {blob^}=
"""
FOR_ALL = r"""
winrm> powershell.exe | powershell.exe -NoProfile -ExecutionPolicy Bypass -File C:\Windows\Temp\{rnd!}\{job^}.ps1
  cmd.exe | "C:\Windows\system32\cmd.exe" /c net localgroup administrators
    net.exe | net  localgroup administrators
      net1.exe | C:\Windows\system32\net1  localgroup administrators
  schtasks.exe | "C:\Windows\system32\schtasks.exe" /query /fo csv
"""
FOR_ALL_SQL = r"""
xp: powershell -ExecutionPolicy Bypass -File \\{server^}\dba$\{jobname^}.ps1 -Instance {sqlname}

xp: \\{server^}\dba$\{stem^}collect.exe /instance {sqlname} /out \\{server^}\dba$\out\{host}.csv

xp: sqlcmd -S {sqlname} -E -i \\{server^}\dba$\{job^}_{stem^}.sql
"""

OCCASIONS: tuple[Occasion, ...] = (
    Occasion("patch night", "patch night", 2.2, 0.92, (4, 9), (
        ("system", PATCH),
        ("mssql", r"services> {binn}\sqlservr.exe | @ -s{inst}"),
        ("sqlagent", r"services> {binn}\SQLAGENT.EXE | @ -i {inst}"),
        ("fulltext", r"services> {binn}\fdlauncher.exe | @ -s {inst}.{nnnn!}"),
        ("sqltelemetry", r"services> {binn}\sqlceip.exe | @ -Service {inst}"),
    ), "cumulative update and reboot, staggered; every service starts again", nightly=True),
    Occasion("SQL Server update", "SQL Server update", 1.0, 0.6, (6, 30), (
        ("human", SQL_UPDATE.replace("{inst}", "MSSQLSERVER")), ("mssql", SQL_UPDATE_ENGINE),
    ), "a cumulative update of SQL Server, its setup running under several accounts", nightly=True, roles=("sql",)),
    Occasion("agent roll-out", "roll-out", 0.8, 0.95, (1, 8), (("system", NEW_AGENT.replace("ROOT> ", "services> ")),),
             "a new agent on every host within a day", ("system", NEW_AGENT_RUNS, every(90)), minimum_hosts=3),
    Occasion("slow agent roll-out", "slow roll-out", 0.5, 0.8, (72, 200),
             (("system", NEW_AGENT.replace("ROOT> ", "netsvcs> ")),),
             "a new agent on a few hosts a day", ("system", NEW_AGENT_RUNS, every(120)), minimum_hosts=3),
    Occasion("vulnerability scan", "scan", 1.4, 0.9, (2, 8), (("system", SCAN),),
             "an authenticated scan: random service names, net, reg and wmic"),
    Occasion("script for all", "configuration", 1.2, 0.7, (0.5, 3), (("human", FOR_ALL),),
             "an administrator's script by remote management"),
    Occasion("script for all databases", "configuration", 1.0, 0.8, (0.3, 2), (("mssql", FOR_ALL_SQL),),
             "the database team's script through xp_cmdshell on every instance"),
)  # fmt: skip
