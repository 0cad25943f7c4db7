"""Benign life held back with the further attacks: releases by pipeline, and lawful packing, sending and tunnelling."""

from longtail.fleet.habits import Habit
from longtail.fleet.rhythm import daily, from_some_day, monthly, once, random, weekly

RELEASES = r"""
cmd: powershell -NoLogo -NonInteractive -ExecutionPolicy Unrestricted -File {agent}\_work\_temp\{guid!}.ps1
  {agent}\externals\git\cmd\git.exe | "git" -C {agent}\_work\{n}\s fetch --depth 1 origin {digest!}

cmd: {drive}:\Octopus\Work\{longstamp!}-{nnnn!}\{stem}.{ver!}\deploy.cmd
  C:\Program Files\dotnet\dotnet.exe | dotnet {drive}:\Octopus\Work\{longstamp!}-{nnnn!}\{stem}.Migrations.dll --yes
"""
DATABASE_RELEASES = r"""
xp: "C:\Program Files\Microsoft SQL Server\{sqlver}\DAC\bin\SqlPackage.exe" /Action:Publish
.. /SourceFile:{folder}\{stem}_{ver!}.dacpac /TargetServerName:{sqlname}

{sqlroot}\{sqlver}\DTS\Binn\ISDeploymentWizard.exe | @ /Silent /SourcePath:{folder}\{stem}_{ver!}.ispac

xp: {folder}\flyway\flyway.cmd -url=jdbc:sqlserver://{sqlname} migrate
  {folder}\flyway\jre\bin\java.exe | @ -cp {folder}\flyway\lib\* org.flywaydb.commandline.Main migrate

xp: curl -sSfL -o {folder}\{stem}_{ver!}.zip https://{site}/releases/{ver!}.zip & tar -xf {folder}\{stem}_{ver!}.zip
.. -C {folder}

xp: {folder}\{stem}-{hex!}\migrate.exe --apply
"""
OFF_SITE = r"""
xp: "C:\Program Files\WinRAR\Rar.exe" a -m3 -hp{rndmix} {share}\{db}_{today!}.rar {backup}\*.bak

xp: {folder}\rclone.exe sync {backup} {stem}-offsite:{db} --config {folder}\rclone.conf --log-file {folder}\rclone.log

xp: "C:\Program Files (x86)\WinSCP\WinSCP.com" /script={folder}\{job}.txt /log={folder}\{job}_{today!}.log

xp: C:\Windows\System32\OpenSSH\scp.exe -i {folder}\{job}.key {folder}\{job}_{today!}.{ext} {stem}@{site}:/in/

xp: powershell Compress-Archive -Path {folder}\{job} -DestinationPath {share}\{job}_{today!}.zip -Force

xp: {folder}\plink.exe -batch -i {folder}\{job}.ppk {stem}@{server} {job}.sh {id!}
"""
LINUX_RELEASES = r"""
sh: cd /srv/{stem}/releases/{longstamp!} && ./bin/{job} migrate
  /srv/{stem}/releases/{longstamp!}/bin/{job} | @ migrate

sh: curl -fsSL https://{site}/{stem}-{ver!}.tar.gz | tar xz -C /tmp/{stem}-{hex!}
  /tmp/{stem}-{hex!}/install.sh | /bin/sh /tmp/{stem}-{hex!}/install.sh --yes

sh: nohup {home}/bin/{jobname}.sh {id!} >/dev/null 2>&1 &
  {home}/bin/{jobname}.sh | /bin/sh {home}/bin/{jobname}.sh {id!}

sh: rsync -az {home}/ {stem}@{server}:/srv/copies/{stem}/
  /usr/bin/ssh | ssh -l {stem} {server} rsync --server -logDtprze.iLsfxC . /srv/copies/{stem}/
"""
POOLS = RELEASES.replace("{agent}", r"C:\azagent\A1") + r"""
cmd: C:\Windows\System32\inetsrv\appcmd.exe recycle apppool "{pool}"

{net}\aspnet_compiler.exe | @ -v /{stem} -p {web} C:\Windows\Temp\{stem}_{hex!}
  {net}\csc.exe | @ /noconfig /fullpaths @"C:\Windows\TEMP\{rndmix!}.cmdline"

C:\Program Files\WinRAR\Rar.exe | @ a -r {web}\App_Data\{job}_{today!}.rar {web}\uploads
"""  # fmt: skip

HABITS: tuple[Habit, ...] = (
    Habit("database releases", "mssql", weekly(20), DATABASE_RELEASES, 0.12),
    Habit("database releases, new", "mssql", from_some_day(random(0.3)), DATABASE_RELEASES, 0.08),
    Habit("copies off the site", "mssql", daily(3), OFF_SITE, 0.12),
    Habit("copies off the site, monthly", "mssql", monthly(3), OFF_SITE, 0.15),
    Habit("agent's releases", "sqlagent", weekly(21), DATABASE_RELEASES, 0.2, copies=(1, 2)),
    Habit("agent's copies off the site", "sqlagent", daily(4), OFF_SITE, 0.15),
    Habit("agent's release by hand", "sqlagent", once(), DATABASE_RELEASES + "\n" + OFF_SITE, 0.1),
    Habit("site releases", "iis", random(0.4), POOLS, 0.3, copies=(1, 2)),
    Habit("site release by hand", "iis", once(), POOLS, 0.15),
    Habit("releases of a web server", "web-linux", random(0.3), LINUX_RELEASES, 0.4),
    Habit("releases of a tomcat", "tomcat-linux", weekly(19), LINUX_RELEASES, 0.4, copies=(1, 2)),
)
