"""The software of the article's population beside Windows: SQL Server in its forms, and what else people install."""

from collections.abc import Mapping
from dataclasses import dataclass

from longtail.fleet.ports.package import Package

SQL_ENGINE = r"""
0.96 \Program Files\Microsoft SQL Server\MSSQL{ver}.MSSQLSERVER\MSSQL\Binn\SQLAGENT.EXE
0.9 \Program Files\Microsoft SQL Server\MSSQL{ver}.MSSQLSERVER\MSSQL\Binn\sqlservr.exe
0.9 \Program Files\Microsoft SQL Server\MSSQL{ver}.MSSQLSERVER\MSSQL\Binn\DatabaseMail.exe
0.88 \Program Files\Microsoft SQL Server\MSSQL{ver}.MSSQLSERVER\MSSQL\Binn\fdhost.exe
0.7 \Program Files\Microsoft SQL Server\MSSQL{ver}.MSSQLSERVER\MSSQL\Binn\fdlauncher.exe
0.5 \Program Files\Microsoft SQL Server\MSSQL{ver}.MSSQLSERVER\MSSQL\Binn\sqlceip.exe
0.1 \Program Files\Microsoft SQL Server\MSSQL{ver}.MSSQLSERVER\MSSQL\Binn\SqlDumper.exe
0.85 \Program Files (x86)\Microsoft SQL Server\{ver}0\Tools\Binn\SQLPS.exe
0.4 \Program Files\Microsoft SQL Server\{ver}0\Shared\sqlwriter.exe
0.3 \Program Files (x86)\Microsoft SQL Server\90\Shared\sqlbrowser.exe
0.3 \Program Files\Microsoft SQL Server\{ver}0\DTS\Binn\DTExec.exe
0.25 \Program Files\Microsoft SQL Server\MSRS{ver}.MSSQLSERVER\RSHostingService\RSManagement.exe
0.15 \Program Files\Microsoft SQL Server\MSAS{ver}.MSSQLSERVER\OLAP\bin\msmdsrv.exe
0.3 \Program Files\Microsoft SQL Server\Client SDK\ODBC\130\Tools\Binn\SQLCMD.EXE
0.3 \Program Files (x86)\Microsoft SQL Server\{ver}0\Tools\Binn\ManagementStudio\Ssms.exe
"""
SQL_GALLERY = Package(
    "sql of the gallery",
    SQL_ENGINE
    + r"""
0.97 \Program Files\Microsoft SQL Server IaaS Agent\Bin\MA\AgentCore.exe
0.97 \Program Files\Microsoft SQL Server IaaS Agent\Bin\SqlService.exe
0.6 \Program Files\Microsoft SQL Server IaaS Agent\Bin\SqlIaaSAgentUpdater.exe
0.95 \Packages\Plugins\Microsoft.SqlManagement.SqlIaaSAgent\1.2.{ver}.0\SqlIaaSExtensionDeployer.exe
0.95 \Packages\Plugins\Microsoft.Compute.VMAccessAgent\2.4.2\bin\JsonVMAccessExtension.exe
""",
    ("11", "12", "13", "13", "14"),
)
SQL_INSTALLED = Package("sql by its setup", SQL_ENGINE, ("11", "12", "13", "14"), ("C:", "D:", "E:", "F:"))
SQL_NAMED = Package("sql of a named instance", SQL_ENGINE.replace("MSSQLSERVER", "PROD"), ("12", "13", "14"), ("D:",))
SQL_EXPRESS = Package(
    "sql express",
    r"""
0.9 \Program Files\Microsoft SQL Server\MSSQL{ver}.SQLEXPRESS\MSSQL\Binn\sqlservr.exe
0.3 \Program Files\Microsoft SQL Server\MSSQL{ver}.SQLEXPRESS\MSSQL\Binn\sqlceip.exe
0.2 \Program Files (x86)\Microsoft SQL Server\{ver}0\Tools\Binn\SQLPS.exe
0.4 \Program Files\Microsoft SQL Server\{ver}0\Shared\sqlwriter.exe
0.5 \Program Files (x86)\Microsoft SQL Server\90\Shared\sqlbrowser.exe
""",
    ("11", "12", "13", "14"),
)
SQL_TOOLS = Package(
    "sql tools",
    r"""
0.8 \Program Files (x86)\Microsoft SQL Server\{ver}0\Tools\Binn\ManagementStudio\Ssms.exe
0.5 \Program Files\Microsoft SQL Server\Client SDK\ODBC\130\Tools\Binn\SQLCMD.EXE
0.2 \Program Files (x86)\Microsoft SQL Server\{ver}0\Tools\Binn\SQLPS.exe
""",
    ("12", "13", "14"),
)

COMMON = (
    Package("office", r"""
0.95 \Program Files\Microsoft Office {ver}\ClientX64\OfficeC2RClient.exe
0.8 \Program Files\Microsoft Office {ver}\ClientX64\OfficeClickToRun.exe
0.4 \Program Files\Microsoft Office {ver}\root\office15\EXCEL.EXE
0.3 \Program Files\Microsoft Office {ver}\root\office15\WINWORD.EXE
0.3 \Program Files\Microsoft Office {ver}\root\office15\OUTLOOK.EXE
0.5 \Program Files\Microsoft Office {ver}\root\office15\MSOSYNC.EXE
0.3 \Program Files\Microsoft Office {ver}\root\office15\msoia.exe
""", ("15", "16")),
    Package("java", r"""
0.9 \Program Files (x86)\Common Files\Java\Java Update\jucheck.exe
0.9 \Program Files (x86)\Common Files\Java\Java Update\jusched.exe
0.7 \Program Files\Java\jre1.8.0_{ver}\bin\jp2launcher.exe
0.6 \Program Files\Java\jre1.8.0_{ver}\bin\javaws.exe
0.7 \Program Files\Java\jre1.8.0_{ver}\bin\java.exe
0.4 \Program Files\Java\jre1.8.0_{ver}\bin\javaw.exe
""", ("121", "131", "144", "151")),
    Package("chrome", r"""
0.95 \Program Files (x86)\Google\Update\GoogleUpdate.exe
0.8 \Program Files (x86)\Google\Chrome\Application\chrome.exe
0.6 \Program Files (x86)\Google\Chrome\Application\{ver}\Installer\setup.exe
0.3 \Program Files (x86)\Google\Update\{ver}\GoogleCrashHandler.exe
""", ("61.0.3163.100", "62.0.3202.94", "63.0.3239.84")),
    Package("firefox", r"""
0.9 \Program Files\Mozilla Firefox\firefox.exe
0.8 \Program Files (x86)\Mozilla Maintenance Service\maintenanceservice.exe
0.6 \Program Files\Mozilla Firefox\updater.exe
"""),
    Package("adobe", r"""
0.9 \Program Files (x86)\Common Files\Adobe\ARM\1.0\AdobeARM.exe
0.6 \Program Files (x86)\Adobe\Acrobat Reader DC\Reader\AcroRd32.exe
0.8 \Windows\SysWOW64\Macromed\Flash\FlashPlayerUpdateService.exe
"""),
    Package("development", r"""
0.8 \Program Files (x86)\Microsoft Visual Studio {ver}\Common7\IDE\devenv.exe
0.7 \Program Files (x86)\MSBuild\{ver}\Bin\MSBuild.exe
0.7 \Program Files\Git\cmd\git.exe
0.6 \Program Files\Git\mingw64\bin\git.exe
0.4 \Program Files\nodejs\node.exe
0.3 \Program Files\dotnet\dotnet.exe
""", ("12.0", "14.0", "15.0")),
    Package("archives", "0.9 \\Program Files\\7-Zip\\7zFM.exe\n0.7 \\Program Files\\7-Zip\\7z.exe"),
    Package("editor", r"""
0.9 \Program Files (x86)\Notepad++\notepad++.exe
0.5 \Program Files (x86)\Notepad++\updater\gup.exe
"""),
)  # fmt: skip
SHARES: Mapping[str, float] = {
    "office": 0.12, "java": 0.2, "chrome": 0.35, "firefox": 0.1, "adobe": 0.12, "development": 0.06, "archives": 0.15,
    "editor": 0.18, "vm access": 0.07, "diagnostics": 0.4, "antimalware": 0.55, "script extension": 0.2, "backup": 0.25,
}  # fmt: skip
"""Of how many machines these are, whatever they do."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Software with ports of its own: on how many machines, and on which of its ports rules let traffic in."""

    package: Package
    share: float
    ports: tuple[int, ...]
    opened: float = 0.9
    holder: str = ""  # the image that holds the ports; "": the package's first


LISTENERS = (
    Listener(Package("iis", r"""
0.97 \Windows\System32\inetsrv\w3wp.exe
0.6 \Windows\System32\inetsrv\InetMgr.exe
0.3 \Windows\System32\inetsrv\appcmd.exe
0.3 \Windows\System32\inetsrv\inetinfo.exe
0.3 \Program Files\IIS\Microsoft Web Deploy V3\msdeploy.exe
0.3 \Windows\System32\iisreset.exe
"""), 0.24, (80, 443), 0.93, "System"),
    Listener(Package("directory", r"""
0.97 \Windows\System32\dns.exe
0.97 \Windows\System32\dfsrs.exe
0.9 \Windows\System32\ismserv.exe
0.9 \Windows\System32\dfssvc.exe
0.97 \Windows\ADWS\Microsoft.ActiveDirectory.WebServices.exe
"""), 0.03, (53, 389, 636, 88, 9389)),
    Listener(Package("filezilla", r"""
0.95 \Program Files (x86)\FileZilla Server\FileZilla Server.exe
0.6 \Program Files (x86)\FileZilla Server\FileZilla Server Interface.exe
"""), 0.012, (21,)),
    Listener(Package("mysql", r"""
0.95 \Program Files\MySQL\MySQL Server {ver}\bin\mysqld.exe
0.8 \Program Files (x86)\MySQL\MySQL Installer for Windows\MySQLInstallerConsole.exe
0.4 \Program Files\MySQL\MySQL Server {ver}\bin\mysqldump.exe
0.3 \Program Files\MySQL\MySQL Workbench {ver} CE\MySQLWorkbench.exe
""", ("5.6", "5.7", "8.0")), 0.018, (3306,)),
    Listener(Package("postgres", r"""
0.95 \Program Files\PostgreSQL\{ver}\bin\postgres.exe
0.8 \Program Files\PostgreSQL\{ver}\bin\pg_ctl.exe
0.3 \Program Files\PostgreSQL\{ver}\bin\pg_dump.exe
""", ("9.4", "9.5", "9.6", "10")), 0.006, (5432,)),
    Listener(Package("mongodb", "0.95 \\Program Files\\MongoDB\\Server\\{ver}\\bin\\mongod.exe\n"
                                "0.4 \\Program Files\\MongoDB\\Server\\{ver}\\bin\\mongo.exe", ("3.2", "3.4", "3.6")),
             0.005, (27017,)),
    Listener(Package("tomcat", r"""
0.95 \Program Files\Apache Software Foundation\Tomcat {ver}\bin\tomcat{ver}.exe
0.5 \Program Files\Apache Software Foundation\Tomcat {ver}\bin\Tomcat{ver}w.exe
""", ("7.0", "8.0", "8.5", "9.0")), 0.012, (8080,)),
    Listener(Package("rabbitmq", r"""
0.95 \Program Files\erl{ver}\erts-{ver}\bin\erl.exe
0.95 \Program Files\erl{ver}\erts-{ver}\bin\epmd.exe
0.9 \Program Files\erl{ver}\erts-{ver}\bin\inet_gethost.exe
0.9 \Program Files\erl{ver}\erts-{ver}\bin\erlsrv.exe
""", ("8.3", "9.2", "7.3")), 0.005, (5672, 15672)),
    Listener(Package("redis", r"""
0.95 \Program Files\Redis\redis-server.exe
0.5 \Program Files\Redis\redis-cli.exe
"""), 0.005, (6379,)),
    Listener(Package("mail", r"""
0.95 \Program Files (x86)\hMailServer\Bin\hMailServer.exe
0.4 \Program Files (x86)\hMailServer\Bin\hMailAdmin.exe
"""), 0.005, (25, 110, 143)),
    Listener(Package("teamcity", r"""
0.95 \TeamCity\jre\bin\java.exe
0.8 \TeamCity\bin\TeamCityService.exe
"""), 0.003, (8111,)),
    Listener(Package("octopus", r"""
0.95 \Program Files\Octopus Deploy\Tentacle\Tentacle.exe
0.3 \Program Files\Octopus Deploy\Tentacle\Calamari.exe
"""), 0.03, (10933,)),
)  # fmt: skip
"""Software with well-known ports; as many products of vendors with ports of their own are made up beside it."""

STUNNEL = Package(
    "stunnel",
    r"""
1 \Program Files (x86)\stunnel\bin\stunnel.exe
1 \Program Files (x86)\stunnel\bin\openssl.exe
""",
)
"""What holds SQL Server's port on machines that have none: it forwards the port to another machine."""
