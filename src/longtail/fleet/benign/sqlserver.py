"""What SQL Server's accounts do by themselves: the engine's helpers, mail, dumps, telemetry, full-text, reporting."""

from longtail.fleet.habits import Habit
from longtail.fleet.rhythm import daily, every, random

HABITS: tuple[Habit, ...] = (
    Habit("engine start", "mssql", random(0.05), r"""
services> {binn}\sqlservr.exe | @ -s{inst}
"""),
    Habit("agent start", "sqlagent", random(0.07), r"services> {binn}\SQLAGENT.EXE | @ -i {inst}"),
    Habit("engine telemetry", "sqltelemetry", random(0.3), r"{binn}\sqlceip.exe | @ -Service {inst}", 0.8),
    Habit("filter daemon", "fulltext", random(0.5), r"""
{binn}\fdhost.exe | @ -f "{inst}" -e "{log}\FDLAUNCHERRORLOG" -s {pid!}
  conhost.exe | {conhost}
""", 0.6),
    Habit("filter launcher", "fulltext", random(0.05), r"services> {binn}\fdlauncher.exe | @ -s {inst}.{nnnn!}", 0.6),
    Habit("database mail", "mssql", every(150), r"""
{binn}\DatabaseMail.exe | @ -S "{sqlname}" -i {guid}
  conhost.exe | {conhost}
""", 0.55),
    Habit("dump", "mssql", random(0.03), r"""
{sqlroot}\{sqlver}\Shared\SqlDumper.exe | @ {pid!} 0 0x0120:0 0 0x{hex!} 0 0x0 0 "{log}\SQLDump{nnnn!}"
  conhost.exe | {conhost}
""", 0.5),
    Habit("in-memory tables", "mssql", random(0.25), r"""
{binn}\xtp\bin\cl.exe | @ /c /Fo"{data}\xtp\{n}\xtp_t_{n}_{id!}.obj" "{data}\xtp\{n}\xtp_t_{n}_{id!}.c"
  {binn}\xtp\bin\link.exe | @ /DLL /OUT:"{data}\xtp\{n}\xtp_t_{n}_{id!}.dll" "{data}\xtp\{n}\xtp_t_{n}_{id!}.obj"
""", 0.12),
    Habit("error report of the engine", "mssql", random(0.02), r"""
WerFault.exe | C:\Windows\system32\WerFault.exe -u -p {pid!} -s {nnnn!}

wermgr.exe | "C:\Windows\system32\wermgr.exe" "-outproc" "0" "{nnnn!}" "{nnnn2!}" "{nnnn!}" "0" "0" "0"
""", 0.6),
    Habit("satellite", "mssql", random(0.6), r"""
{binn}\SqlSatelliteLauncher.exe | @ -launcher {guid!}
  {sqlroot}\MSSQL{major}.{inst}\R_SERVICES\library\RevoScaleR\rxLibs\x64\BxlServer.exe | @ -p {port!}

{sqlroot}\{sqlver}\COM\logread.exe | @ -Publisher [{sqlname}] -PublisherDB [{db}] -Distributor [{server}] -Continuous

{sqlroot}\{sqlver}\COM\DISTRIB.EXE | @ -Subscriber [{server}] -SubscriberDB [{db}] -Publisher [{sqlname}] -Continuous
""", 0.1),
    Habit("linked drivers", "mssql", random(0.2), r"""
dcom> dllhost.exe | C:\Windows\system32\DllHost.exe /Processid:{bguid}

C:\Program Files\{company}\{stem}\odbc{rnd}.exe | @ -link {server} -u {stem}

{drive}:\oracle\product\19.0.0\client_{n}\bin\sqlldr.exe | @ userid=/ control={folder}\{job}.ctl log={folder}\{job}.log
""", 0.16),
    Habit("reporting", "reporting", every(300), r"""
{rs}\Reporting Services\ReportServer\bin\ReportingServicesService.exe
  {rs}\Management\Microsoft.ReportingServices.Portal.WebHost.exe | @ -p {port}

{rs}\RSHostingService\RSManagement.exe
""", copies=(1, 2)),
    Habit("analysis", "analysis", daily(5), r"""
services> {olap}\OLAP\bin\msmdsrv.exe | @ -s "{olap}\OLAP\Config"
"""),
)  # fmt: skip
