"""What SQL Server Agent runs: maintenance, packages, command and PowerShell steps."""

from longtail.fleet.benign.xpcmdshell import COPIES, EXPORTS, HOUSEKEEPING, IN_HOUSE, INTERVENTIONS, SCRIPTS
from longtail.fleet.habits import Habit
from longtail.fleet.rhythm import daily, every, monthly, once, random, weekly

PACKAGES = r"""
dtexec.exe | @ /SQL "\{stem}\{jobname}" /SERVER {sqlname} /CHECKPOINTING OFF /REPORTING E
  conhost.exe | {conhost}

dtexec.exe | @ /ISSERVER "\"\SSISDB\{stem}\{stem2}\{jobname}.dtsx\"" /SERVER "\"{sqlname}\"" /Par
.. "\"$ServerOption::SYNCHRONIZED(Boolean)\"";True
  conhost.exe | {conhost}

{sqlroot}\{sqlver}\DTS\Binn\ISServerExec.exe | @ {nnnn!} {id!}
  conhost.exe | {conhost}

sqlps.exe | @ -NoLogo -NoProfile -Command {folder}\{jobname}.ps1
  conhost.exe | {conhost}

powershell.exe | "C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe" -ExecutionPolicy Bypass -File
.. {folder}\{jobname}.ps1
  conhost.exe | {conhost}
"""
MAINTENANCE = r"""
sqlcmd.exe | "SQLCMD.EXE" -E -S {sqlname} -d master -Q "EXECUTE dbo.DatabaseBackup @Databases='USER_DATABASES'" -b

xp: sqlcmd -E -S {sqlname} -d master -Q "EXECUTE [dbo].[IndexOptimize]" -b

xp: For /F "tokens=1 delims=" %v In ('ForFiles /P "{log}" /m *_*_*.txt /d -30 2^>^&1') do if EXIST "{log}"\%v
.. echo del "{log}"\%v

{binn}\sqlmaint.exe | @ -S {sqlname} -D {db} -CkDB -Rpt {log}\{db}.txt
"""

HABITS: tuple[Habit, ...] = (
    Habit("packages", "sqlagent", daily(3), PACKAGES, 0.6, copies=(1, 4)),
    Habit("packages, often", "sqlagent", every(60), PACKAGES, 0.25),
    Habit("maintenance", "sqlagent", daily(1), MAINTENANCE, 0.7, copies=(1, 2)),
    Habit("log backup", "sqlagent", every(60), MAINTENANCE, 0.4),
    Habit("job copies", "sqlagent", daily(4), COPIES, 0.3, copies=(1, 2)),
    Habit("job housekeeping", "sqlagent", daily(4), HOUSEKEEPING, 0.3, copies=(1, 2)),
    Habit("job exports", "sqlagent", daily(5), EXPORTS, 0.3, copies=(1, 2)),
    Habit("job programs", "sqlagent", daily(6), IN_HOUSE, 0.22),
    Habit("job scripts", "sqlagent", daily(2), SCRIPTS, 0.25),
    Habit("job interventions", "sqlagent", random(0.4), INTERVENTIONS, 0.12),
    Habit("job of the week", "sqlagent", weekly(2), IN_HOUSE + "\n" + SCRIPTS, 0.14),
    Habit("job of the month", "sqlagent", monthly(2), EXPORTS + "\n" + PACKAGES, 0.2, copies=(1, 2)),
    Habit("job run by hand", "sqlagent", once(), IN_HOUSE + "\n" + EXPORTS + "\n" + SCRIPTS, 0.08),
)
