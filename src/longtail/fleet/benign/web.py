"""What IIS application pools and Tomcat do on Windows."""

from longtail.fleet.habits import Habit
from longtail.fleet.rhythm import daily, every, from_some_day, once, random

HABITS: tuple[Habit, ...] = (
    Habit("worker start", "iis", random(1.2), r"""
was> C:\Windows\System32\inetsrv\w3wp.exe | c:\windows\system32\inetsrv\w3wp.exe -ap "{pool}" -v "v4.0"
  .. -l "webengine4.dll" -a \\.\pipe\iisipm{guid!} -h "C:\inetpub\temp\apppools\{pool}\{pool}.config" -w "" -m 0
"""),
    Habit("compiling pages", "iis", random(1.5), r"""
{net}\csc.exe | @ /noconfig /fullpaths @"{net}\Temporary ASP.NET Files\root\{hex}\{hex2}\{rndmix!}.cmdline"
  {net}\cvtres.exe | @ /NOLOGO /READONLY /MACHINE:IX86 "/OUT:C:\Windows\TEMP\RES{shorthex!}.tmp"
    conhost.exe | {conhost}

{net}\vbc.exe | @ /t:library /utf8output @"{net}\Temporary ASP.NET Files\{stem}\{hex}\{hex2}\{rndmix!}.cmdline"
""", 0.7),
    Habit("documents", "iis", random(8), r"""
{web}\bin\wkhtmltopdf.exe | @ --quiet http://localhost/{stem}/{id!} C:\Windows\Temp\{guid!}.pdf

C:\Program Files\{company}\{stem}\render.exe | @ -i {web}\App_Data\{guid!}.xml

cmd: {folder}\{jobname}.bat {id!}

C:\Program Files\ImageMagick-7.1.{n}-Q16\magick.exe | @ convert {web}\uploads\{guid!}.png -resize 200
.. {web}\thumbs\{guid!}.jpg

C:\Program Files\nodejs\node.exe | @ {web}\interceptor.js
""", 0.35, copies=(1, 2)),
    Habit("dotnet core", "iis", random(0.6), r"""
C:\Program Files\dotnet\dotnet.exe | "dotnet" .\{stem}.Web.dll
  conhost.exe | {conhost}

{web}\{stem}.Web.exe
  conhost.exe | {conhost}
""", 0.3),
    Habit("administration pages", "iis", random(0.15), r"""
cmd: ping -n 1 {server}

cmd: dir {web}\uploads

cmd: powershell -NoProfile -File {folder}\{jobname}.ps1

cmd: whoami

cmd: net use \\{server}\{stem}
""", 0.15, copies=(1, 3)),
    Habit("deployed that day", "iis", from_some_day(random(2)), r"""
{web}\tools\{stem}{rnd}.exe | @ {id!}

{folder}\{jobname}.exe | @ /site {pool}
""", 0.15),
    Habit("deployed once", "iis", once(), r"""
cmd: xcopy /s /y {share}\{stem} {web}

C:\Program Files\IIS\Microsoft Web Deploy V3\msdeploy.exe | @ -verb:sync -source:package={share}\{stem}.zip -dest:auto
""", 0.15),
    Habit("tomcat jobs", "tomcat", every(240), r"""
cmd: {folder}\{jobname}.bat {id!}
  C:\Program Files\Java\jre1.8.0_{nnn^}\bin\java.exe | java -jar {folder}\{job}.jar {id!}

C:\Program Files\Java\jdk-1{n^}\bin\java.exe | @ -cp {home}\webapps\{stem}\WEB-INF\lib\* com.{company}.{job}.Main

cmd: tzutil /g

cmd: "{home}\bin\catalina.bat" configtest
""", 0.9, copies=(1, 3)),
    Habit("tomcat asks the system", "tomcat", daily(2), r"""
cmd: wmic os get FreePhysicalMemory

cmd: hostname

cmd: systeminfo
""", 0.3),
)  # fmt: skip
