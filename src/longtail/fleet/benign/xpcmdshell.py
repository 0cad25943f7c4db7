"""What applications and their makers let SQL Server run through xp_cmdshell: the lawful use, which is common."""

from longtail.fleet.habits import Habit
from longtail.fleet.rhythm import daily, every, from_some_day, monthly, once, random, weekly

COPIES = r"""
xp: copy "{backup}\{db}_{today!}.bak" {share}

xp: copy /Y {backup}\{db}.bak {share}\{db}_{now!}.bak

xp: robocopy {backup} {share} *.bak /MIR /R:2 /W:5 /LOG:{folder}\{job}.log

xp: robocopy "{backup}" "{share}" {db}_{today!}.trn /NP /NJH

xp: xcopy {backup}\{db}*.trn {share}\ /D /Y

xp: move {folder}\{job}_{today!}.{ext} {folder}\done

xp: net use {share} /user:{domain}\svc-{stem} {rnd} & copy {backup}\{db}_{today!}.bak {share} & net use {share} /delete

xp: type {folder}\{job}.{ext} >> {share}\{job}_{today!}.{ext}
"""
HOUSEKEEPING = r"""
xp: forfiles /p "{backup}" /s /m *.bak /d -{n} /c "cmd /c del @path"

xp: forfiles /P {folder} /M {job}*.{ext} /D -{nn} /C "cmd /c echo @file"
  cmd.exe | /c echo "{job}_{stamp!}.{ext}"

xp: del /q {backup}\{db}_{stamp!}.bak

xp: del "{folder}\{job}*.{ext}"

xp: dir /b "{backup}\*.trn"

xp: dir "{share}\{db}*" /O-D /B

xp: if exist {folder}\{job}.done del {folder}\{job}.done

xp: mkdir {share}\{today!}

xp: md {folder}\{job}\{now!} & rmdir /s /q {folder}\{job}\old

xp: ren {folder}\{job}.{ext} {job}_{now!}.{ext}

xp: echo %DATE% %TIME% {job} started >> {folder}\{job}.log

xp: powercfg /l

xp: wmic logicaldisk get caption,freespace,size /format:csv
"""
EXPORTS = r"""
xp: bcp "select * from {table}" queryout {folder}\{job}_{today!}.{ext} -c -t; -T -S {sqlname}

xp: bcp {table} in {folder}\{job}.{ext} -f {folder}\{job}.fmt -T -S {sqlname}

xp: bcp "exec {db}.dbo.{job}_{stem} {id!}" queryout "{share}\{stem}{id!}.{ext}" -w -T

xp: sqlcmd -S {sqlname} -E -i {folder}\{jobname}.sql -o {folder}\{jobname}.out

xp: sqlcmd -S {server} -d {db} -Q "exec dbo.{job}_{stem} {id!}"

xp: dtexec /f "{folder}\{jobname}.dtsx" /set \Package.Variables[User::id];{id!}

xp: 7z a -r {share}\{db}_{today!}.7z {backup}\*.bak

xp: "C:\Program Files\7-Zip\7z.exe" a -tzip -mx1 {folder}\{job}_{today!}.zip {folder}\*.{ext}

xp: aws s3 cp {backup}\{db}_{today!}.bak s3://{company^}-sql/{host}/

xp: azcopy copy "{backup}" "https://{stem^}{company^}.blob.core.windows.net/{stem}?sv=2022-11-02&sig={blob!}"
.. --recursive

xp: curl -s -o {folder}\{job}.{ext} https://{site}/{job}/{id!}

xp: ftp -n -s:{folder}\{job}.ftp {server}

xp: ftp -i -s:{folder}\{stem}.txt
"""
IN_HOUSE = r"""
xp: {folder}\{jobname}.bat {db}
  {folder}\{jobname}.exe | {jobname}.exe /db {db}

xp: {folder}\{jobname}.bat {id!}
  sqlcmd.exe | sqlcmd -S {sqlname} -E -Q "exec {db}.dbo.{job}"
  {folder}\bin\{rnd}.exe | {rnd}.exe -in {folder}\{job}.{ext} -run {id!}

xp: {folder}\{jobname}.exe /db={db} /run={id!}

xp: "{folder}\{stem}{rnd}.exe" -c "{folder}\{stem}.config" -id {id!}

xp: {folder}\{rndmix}.exe

xp: start /b {folder}\{rnd}.exe {id!}

xp: cd /d {folder} && {jobname}.cmd {today!} && echo ok > {job}.done
  {folder}\{rnd}.exe | {rnd}.exe {today!}

xp: java -jar {folder}\{jobname}.jar --id {id!}

xp: python {folder}\{jobname}.py {db} {today!}
"""
SCRIPTS = r"""
xp: powershell -ExecutionPolicy Bypass -File {folder}\{jobname}.ps1 -Database {db}

xp: powershell.exe -NoProfile -ExecutionPolicy RemoteSigned -File "{share}\{jobname}.ps1" {id!}

xp: powershell -Command "Get-ChildItem {backup} -Filter *.bak | Sort LastWriteTime | Select -First {n}"

xp: powershell -c "Get-Volume | Select DriveLetter,SizeRemaining | ConvertTo-Csv"

xp: powershell -NoProfile -Command "(Get-Item {folder}\{job}.{ext}).Length"

xp: powershell -Command "Invoke-RestMethod -Uri https://{site}/{job}?id={id!} -OutFile {folder}\{job}.{ext}"

xp: powershell -enc {longblob}

xp: cscript //nologo {folder}\{jobname}.vbs {id!}

xp: wscript {folder}\{jobname}.vbs

xp: rundll32 {folder}\{stem}.dll,{job} {id!}
"""
INTERVENTIONS = r"""
xp: taskkill /f /im excel.exe

xp: taskkill /im {jobname}.exe /f

xp: net stop "{stem} {job}" & net start "{stem} {job}"

xp: sc query "{stem}{job}"

xp: schtasks /run /tn "{stem}\{job}"

xp: reg query "HKLM\SOFTWARE\{company}\{stem}" /v path

xp: attrib -r {folder}\*.{ext} /s

xp: icacls {folder}\{job} /grant {domain}\svc-{stem}:(OI)(CI)M

xp: certutil -hashfile {backup}\{db}_{today!}.bak SHA256

xp: certutil -decode {folder}\{job}.b64 {folder}\{job}.{ext}

xp: bitsadmin /transfer {job} /download /priority high http://{site}/{stem}/{job}.zip {folder}\{job}.zip

xp: fsutil volume diskfree {drive}:

xp: nslookup {server} & ping -n 1 {server}

xp: query user /server:{server}

xp: wevtutil qe Application /c:20 /rd:true /f:text
"""

HABITS: tuple[Habit, ...] = (
    Habit("copying backups", "mssql", daily(2), COPIES, 0.4, copies=(1, 2)),
    Habit("copying logs", "mssql", every(240), COPIES, 0.08),
    Habit("housekeeping", "mssql", daily(4), HOUSEKEEPING, 0.4, copies=(1, 3)),
    Habit("watching a folder", "mssql", every(60), HOUSEKEEPING, 0.14),
    Habit("exports", "mssql", daily(6), EXPORTS, 0.3, copies=(1, 2)),
    Habit("exports for one order", "mssql", random(2), EXPORTS, 0.06),
    Habit("in-house programs", "mssql", daily(5), IN_HOUSE, 0.24),
    Habit("in-house programs, often", "mssql", random(4), IN_HOUSE, 0.06),
    Habit("in-house programs, new", "mssql", from_some_day(daily(5)), IN_HOUSE, 0.05),
    Habit("in-house programs, once", "mssql", once(), IN_HOUSE, 0.04),
    Habit("scripts", "mssql", daily(1), SCRIPTS, 0.2, copies=(1, 2)),
    Habit("scripts, new", "mssql", from_some_day(daily(3)), SCRIPTS, 0.05),
    Habit("scripts, once", "mssql", once(), SCRIPTS, 0.04),
    Habit("interventions", "mssql", random(0.25), INTERVENTIONS, 0.12, copies=(1, 2)),
    Habit("interventions, daily", "mssql", daily(7), INTERVENTIONS, 0.08),
    Habit("weekly job", "mssql", weekly(3), IN_HOUSE + "\n" + EXPORTS, 0.1),
    Habit("monthly job", "mssql", monthly(4), EXPORTS + "\n" + SCRIPTS + "\n" + INTERVENTIONS, 0.16),
    Habit("one-off", "mssql", once(), COPIES + "\n" + HOUSEKEEPING + "\n" + EXPORTS, 0.12),
)
