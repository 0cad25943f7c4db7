"""Software that listens on Windows servers, with the companions, client tools and leftovers of its setup."""

from longtail.fleet.ports.service import Service
from longtail.fleet.rhythm import daily, every, office, random, weekly

SYSTEM_ACCOUNT = "NT AUTHORITY\\SYSTEM"
SVCHOST = "C:\\Windows\\System32\\svchost.exe"

SERVICES: tuple[Service, ...] = (
    Service("mssql", "windows", (1433,), seat="mssql", leftovers=r"""
services> C:\Program Files\Microsoft SQL Server\90\Shared\sqlwriter.exe

services> C:\Program Files (x86)\Microsoft SQL Server\90\Shared\sqlbrowser.exe

explorer> C:\Program Files (x86)\Microsoft SQL Server Management Studio 18\Common7\IDE\Ssms.exe

schedule> C:\Program Files\Microsoft SQL Server\Client SDK\ODBC\170\Tools\Binn\SQLCMD.EXE | @ -S {server} -E
.. -i {folder}\{job}.sql
""", clients=r"""
schedule> C:\Program Files\Microsoft SQL Server\Client SDK\ODBC\170\Tools\Binn\SQLCMD.EXE | @ -S {server} -E
.. -i {folder}\{job}.sql

explorer> C:\Program Files (x86)\Microsoft SQL Server Management Studio 18\Common7\IDE\Ssms.exe

schedule> C:\Program Files\Microsoft SQL Server\Client SDK\ODBC\170\Tools\Binn\bcp.exe | @ {table} out {folder}\x.csv -T
""", opened=0.8, loopback=0.04),
    Service("iis", "windows", (80, 443), "System", seat="iis", start=r"""
services> C:\Windows\System32\inetsrv\inetinfo.exe
""", companions=((random(0.3), r"services> C:\Windows\System32\inetsrv\w3wp.exe"),),
            leftovers="schedule> cmd: forfiles /p C:\\inetpub\\logs /s /m *.log /d -30 /c \"cmd /c del @path\"",
            opened=0.92),
    Service("tomcat for windows", "windows", (8080,), seat="tomcat", opened=0.9),
    Service("remote desktop", "windows", (3389,), SVCHOST, shared=True, opened=0.5),
    Service("file sharing", "windows", (445,), "System", shared=True, opened=0.12),
    Service("remote management", "windows", (5985,), "System", shared=True, opened=0.1),
    Service("directory", "windows", (389, 636, 88), "C:\\Windows\\System32\\lsass.exe", shared=True, opened=0.8),
    Service("dns", "windows", (53,), "C:\\Windows\\System32\\dns.exe", start="services> dns.exe", companions=(
            (weekly(2), r"schedule> C:\Windows\System32\dnscmd.exe | dnscmd /clearcache"),), opened=0.8),
    Service("ftp of filezilla", "windows", (21,), r"C:\Program Files (x86)\FileZilla Server\FileZilla Server.exe",
            start=r"""
services> C:\Program Files (x86)\FileZilla Server\FileZilla Server.exe
""", companions=((office(0.3), r"explorer> C:\Program Files (x86)\FileZilla Server\FileZilla Server Interface.exe"),),
            leftovers=r"explorer> C:\Program Files\FileZilla FTP Client\filezilla.exe", opened=0.9),
    Service("mysql for windows", "windows", (3306,), r"C:\Program Files\MySQL\MySQL Server 8.0\bin\mysqld.exe",
            start=r"""
services> C:\Program Files\MySQL\MySQL Server 8.0\bin\mysqld.exe | @ --defaults-file="C:\ProgramData\MySQL\my.ini"
""", companions=(
            (daily(2), r"schedule> C:\Program Files\MySQL\MySQL Server 8.0\bin\mysqldump.exe | @ --all-databases"),
            (daily(9), r"schedule> C:\Program Files (x86)\MySQL\MySQL Installer for Windows\MySQLInstallerConsole.exe"
                       r" | @ community -h")),
            leftovers=r"schedule> C:\Program Files (x86)\MySQL\MySQL Installer for Windows\MySQLInstallerConsole.exe"
                      r" | @ community -h",
            clients=r"explorer> C:\Program Files\MySQL\MySQL Workbench 8.0 CE\MySQLWorkbench.exe"),
    Service("in-house server", "windows", (8443,), r"C:\Program Files\{company^}\{stem^}Server\{stem^}server.exe",
            start=r"""
services> C:\Program Files\{company^}\{stem^}Server\{stem^}server.exe | @ --port 8443
""", companions=((every(90), r"services> C:\Program Files\{company^}\{stem^}Server\{stem^}worker.exe | @ -q {id!}"),)),
    Service("remote helper", "windows", (5900,), r"C:\Program Files\uvnc bvba\UltraVNC\winvnc.exe", start=r"""
services> C:\Program Files\uvnc bvba\UltraVNC\winvnc.exe | @ -service
  C:\Program Files\uvnc bvba\UltraVNC\winvnc.exe | @ -service_run
""", companions=((random(0.5), r"services> C:\Program Files\uvnc bvba\UltraVNC\winvnc.exe | @ -service_run"),)),
)  # fmt: skip

OTHERS: tuple[Service, ...] = (
    Service("stunnel", "windows", (1433, 443, 3306), r"C:\Program Files (x86)\stunnel\bin\stunnel.exe", start=r"""
services> C:\Program Files (x86)\stunnel\bin\stunnel.exe | @ -service
""", companions=((daily(6), r"schedule> C:\Program Files (x86)\stunnel\bin\openssl.exe | @ verify stunnel.pem"),)),
    Service("nginx for windows", "windows", (80, 443), r"{drive}:\nginx\nginx.exe", start=r"""
services> {drive}:\nginx\nginx.exe
  {drive}:\nginx\nginx.exe
""", companions=((daily(0), r"schedule> {drive}:\nginx\nginx.exe | @ -s reopen"),)),
    Service("port forwarding", "windows", (1433, 8080, 3306), SVCHOST, shared=True),
    Service("in-house program", "windows", (21, 80, 1433, 8080), r"{drive}:\Apps\{stem}\{rnd}svc.exe", start=r"""
services> {drive}:\Apps\{stem}\{rnd}svc.exe | @ --run
""", companions=((every(240), r"services> {drive}:\Apps\{stem}\{rnd}svc.exe | @ --check"),)),
)  # fmt: skip
"""What may be found on a port that is known for something else."""
