"""The words that are chosen from lists: names of databases, folders, jobs, hosts, people, tools."""

from collections.abc import Mapping


def _each(text: str) -> tuple[str, ...]:
    return tuple(text.split())


CHOICES: Mapping[str, tuple[str, ...]] = {
    "stem": _each(
        """erp sales crm stock finance payroll orders billing archive portal claims fleet labor bank plant lims pacs
        ledger pos shop docs tax mes wms dwh olap audit parts tickets quality energy scada vision campus clinic"""
    ),
    "db": ("{stem}", "{stem}_prod", "{stem}DB", "{stem}{nn}", "{stem}_{stem}", "{stem}_{rnd}"),
    "job": _each(
        """nightly load export import sync cleanup archive rotate transfer reindex extract feed upload purge report
        reconcile invoice pricelist stockupdate shipment payrun closing snapshot"""
    ),
    "jobname": ("{job}_{stem}", "{stem}{job}", "{job}-{stem}-{nn}", "{stem}_{job}_{rnd}", "{rnd}{job}", "{stem}{rnd}"),
    "drive": _each("D E F G"),
    "share": (
        r"\\{server}\{stem}",
        r"\\{server}\backup$",
        r"\\{server}\transfer",
        r"\\{ip}\sqlbak",
        r"\\nas{n}\{stem}",
        r"{drive}:\{stem}_mirror",
    ),
    "server": ("fs{nn}", "nas{n}", "file{nn}", "bkp{nn}", "app{nn}", "{stem}{nn}"),
    "folder": (
        r"{drive}:\{job}",
        r"{drive}:\{stem}\{job}",
        r"{drive}:\Scripts",
        r"C:\Jobs\{stem}",
        r"{drive}:\Apps\{stem}",
        r"{drive}:\Tools",
        r"C:\{stem}",
        r"{drive}:\{stem}\bin",
        r"C:\Batch",
        r"{drive}:\ETL\{stem}",
        r"C:\inetpub\{stem}\tools",
        r"C:\ProgramData\{stem}",
        r"{drive}:\Data\{job}",
        r"C:\PROGRA~2\{stem}",
        r"C:\PROGRA~1\{company}",
        r"C:\Users\Public\{stem}",
        r"C:\Temp\{stem}",
        r"C:\Temp",
    ),
    "person": _each(
        """anna bert carla dimitri eva farid greta hugo ines jonas karin luis marta nils olga peter quentin rosa sven
        tina ugo vera walid xenia yann zoe"""
    ),
    "table": ("{stem}.dbo.{job}", "{db}.dbo.t_{stem}", "{db}..{stem}_{job}"),
    "ext": _each("csv txt xml dat zip json log"),
    "site": ("{stem}.{company}.com", "www.{company}.net", "api.{company}.com", "{stem}.{company}.local"),
    "company": _each(
        """contoso fabrikam northwind adatum tailspin litware proseware wingtip woodgrove treyresearch alpineski
        bellows cohowinery fourthcoffee humongous lucerne margies nodpublishers relecloud vanarsdel"""
    ),
    "sysinternal": _each("procmon.exe Procmon64.exe procexp64.exe handle64.exe diskspd.exe sqlio.exe PsInfo64.exe"),
    "adminexe": (
        r"C:\Temp\{sysinternal}",
        r"C:\Temp\{stem}{n}\{sysinternal}",
        r"{drive}:\Install\{stem}_setup.exe",
        r"C:\Users\Public\Downloads\{stem}-{ver}.exe",
        r"C:\Windows\Temp\{rnd}\setup.exe",
        r"{drive}:\sources\{rnd}.exe",
        r"C:\Temp\{rndmix}.exe",
    ),
    "mmc": _each("services eventvwr compmgmt dsa taskschd diskmgmt certlm gpmc dnsmgmt perfmon"),
    "drop": _each(
        r"""C:\Users\Public C:\Windows\Temp C:\ProgramData C:\Temp C:\PerfLogs C:\Windows\Tasks C:\Users\Public\Music
        C:\Windows\debug C:\Intel C:\Windows\System32\spool\drivers\color C:\ProgramData\{rnd} C:\Users\Public\Libraries
        C:\Windows\Fonts C:\Recovery C:\PROGRA~1\MICROS~1 C:\SQLBackups"""
    ),
    "webdrop": _each(r"C:\Windows\Temp C:\Users\Public C:\ProgramData {web} {web}\uploads C:\Temp C:\inetpub\temp"),
    "nixdrop": _each("/tmp /var/tmp /dev/shm /tmp/.{letter} /var/tmp/.{rnd} /tmp/.ICE-unix /dev/shm/.{letter}"),
    "tool": _each(
        "svchosts update {rnd} {rndmix} a 1 {letter}{n} spoolsvc lsas chrome_update sqlupd taskhosts winsrv {rnd}64"
    ),
    "nixtool": _each("kworker kdevtmpfsi {rnd} {rndmix} .{rnd} sysupdate dbused kthreadd"),
    "beacon": ("{wan}", "{wan}:{port}", "cdn-{rnd}.top", "{rnd}.duckdns.org", "{rnd}-update.com", "raw.{rnd}.xyz"),
    "url": (
        "http://{beacon}/{rnd}",
        "http://{beacon}/{letter}/{rndmix}",
        "https://{beacon}/{rnd}/{rnd2}",
        "http://{beacon}/{tool}",
    ),
    "newuser": _each(
        "support_{n} sqladmin$ MSSQL{n} {rnd} Administrat0r helpdesk2 svc_backup{n} IIS_{letter} test{nn}"
    ),
    "password": _each("P@ssw0rd{nnn} Aa{id}! {rndmix}#{n}A Qwer{nnnn}! sql{nnnn}@X"),
    "taskname": _each(r"{rnd} WindowsUpdate{n} \Microsoft\Windows\{rnd} OfficeTelemetry{nn} SQLMaint_{rnd} {tool}"),
}
