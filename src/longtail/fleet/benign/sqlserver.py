"""What SQL Server's own accounts do: the engine's helpers, and all that people do through xp_cmdshell."""

from longtail.fleet.habits import Habit, habit
from longtail.fleet.rhythm import daily, every, monthly, random, session, weekly

HABITS: tuple[Habit, ...] = (
    habit("sqlceip", "sqltelemetry", random(0.3), r'{binn}\sqlceip.exe | "{binn}\sqlceip.exe" -Service {inst}'),
    habit("fdhost", "fulltext", random(0.4), r'{binn}\fdhost.exe | "{binn}\fdhost.exe" -f "{inst}" -e "{log}\FDLAUNCHERRORLOG" -s {pid!}'),
    Habit("databasemail", "mssql", every(90), (r'{binn}\DatabaseMail.exe | "{binn}\DatabaseMail.exe" -S "{sqlname}" -id {nnn!}',), 0.5),
    Habit("backup copy", "mssql", daily(2), (
        r'xp: copy "{backup}\{db}_{stamp!}.bak" {share}',
        r'xp: robocopy {backup} {share} *.bak /MIR /R:2 /W:5 /LOG:{folder}\{job}.log',
        r'xp: xcopy {backup}\{db}*.trn {share}\ /D /Y',
    ), 0.45, copies=(1, 2)),
    Habit("housekeeping", "mssql", daily(4), (
        r'xp: forfiles /p "{backup}" /s /m *.bak /d -{n} /c "cmd /c del @path"',
        r'xp: del /q {backup}\{db}_{stamp!}.bak',
        r'xp: dir /b "{backup}\*.trn"',
        r'xp: if exist {folder}\{job}.done del {folder}\{job}.done',
    ), 0.4),
    Habit("in-house batch", "mssql", daily(5), (
        r'xp: {folder}\{jobname}.bat {db}',
        r'xp: {folder}\{jobname}.exe /db={db} /run={id!}',
        r'xp: powershell -ExecutionPolicy Bypass -File {folder}\{jobname}.ps1 -Database {db}',
    ), 0.35, copies=(1, 3)),
    Habit("look around", "mssql", session(4), ('xp: whoami', 'xp: ipconfig /all', r'xp: dir {drive}:\\', 'xp: net use', 'xp: netstat -ano', 'xp: ping -n 2 {server}'), 0.08, copies=(2, 4)),
    Habit("monthly close", "mssql", monthly(6), (r'xp: bcp "select * from {table}" queryout {folder}\{job}_{stamp!}.csv -c -T -S {sqlname}',), 0.15),
    Habit("weekly", "mssql", weekly(3), (r'xp: 7z a -r {share}\{db}_{stamp!}.7z {backup}\*.bak', r'xp: sqlcmd -S {sqlname} -E -i {folder}\{jobname}.sql'), 0.2),
)  # fmt: skip
