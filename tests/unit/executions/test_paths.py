"""One program in one place has one spelling, and nothing else shares it."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from longtail.executions.paths import Zone, executable, writable
from longtail.executions.spellings import PLACES, PREFIXES, UNIX_PLACES, VARIABLES, Rewrite

SVCHOST = "\\windows\\system32\\svchost.exe"
SQL = "\\program files\\microsoft sql server\\"


@pytest.mark.parametrize("rewrite", PREFIXES + PLACES + UNIX_PLACES, ids=lambda each: each.pattern.pattern[:30])
def test_every_rewrite_turns_its_examples(rewrite: Rewrite) -> None:
    for raw, canonical in rewrite.examples:
        assert str(executable(raw)) == canonical


ROOTS = ["C:\\", "d:\\", "\\", "\\\\", "/", "//", "C:", "\\??\\C:\\", "%windir%\\", "C:\\Users\\", "/home/", "C:\\\\"]
SEGMENTS = [
    "Windows",
    "x.exe",
    "..",
    ".",
    "",
    "a b",
    "Bob",
    "PROGRA~1",
    "a.tmp",
    "kb12345",
    "a:b",
    "x.",
    "x ",
    "%x",
    "-",
]


@example("/", ["Windows", "System32", "CMD.EXE"], "/")  # of Windows, though it begins like a path of Unix
@example("/", ["Users", "Shared", "Tool"], "/")
@given(
    st.sampled_from(ROOTS),
    st.lists(st.sampled_from(SEGMENTS) | st.text(max_size=3), max_size=5),
    st.sampled_from(["\\", "/"]),
)
def test_a_file_read_by_its_folder_is_read_like_a_whole_path(root: str, segments: list[str], separator: str) -> None:
    path = root + separator.join(segments)
    assert executable(path) == executable(f"'{path}")  # a quote before it keeps a path from being cut at its folder


@pytest.mark.parametrize("variable", sorted(VARIABLES))
def test_variables_stand_for_their_default(variable: str) -> None:
    value = VARIABLES[variable]
    for spelling in (f"%{variable.upper()}%", f"${{env:{variable}}}"):
        assert str(executable(spelling + "\\a\\b.exe")) == str(executable(value + "\\a\\b.exe"))


@pytest.mark.parametrize(
    "spelling",
    [
        r"C:\Windows\System32\svchost.exe",
        r'"C:\Windows\System32\svchost.exe"',
        r"  c:/WINDOWS/system32/SVCHOST.EXE ",
        r"C:\Windows\System32\svchost.exe. .",
        r"C:\Windows\.\Temp\..\System32\\svchost.exe",
        r"\\?\C:\Windows\System32\svchost.exe",
        r"\??\C:\Windows\System32\svchost.exe",
        r"\\.\C:\Windows\System32\svchost.exe",
        r"\\?\GLOBALROOT\Device\HarddiskVolume1\Windows\System32\svchost.exe",
        r"\Device\HarddiskVolume12\Windows\System32\svchost.exe",
        r"\SystemRoot\System32\svchost.exe",
        r"system32\svchost.exe",
        r"%SystemRoot%\System32\svchost.exe",
        r"%windir%\Sysnative\svchost.exe",
        r"$env:windir\System32\svchost.exe",
        r"C:\Windows\System32\svchost.exe::$DATA",
        r'C:\"Windows"\System32\svchost.exe',
        "file:///C:/Windows/System32/svchost.exe",
        "/Windows/System32/svchost.exe",
    ],
)
def test_one_program_has_one_spelling(spelling: str) -> None:
    found = executable(spelling)
    assert (str(found), found.zone) == (SVCHOST, Zone.SYSTEM)


@pytest.mark.parametrize(
    "other",
    [
        r"C:\Windows\System33\svchost.exe",
        r"C:\Windows \System32\svchost.exe",
        r"C:\Windows.\System32\svchost.exe",
        r"C:\Windows\System32 \svchost.exe",
        r"D:\Windows\System32\svchost.exe",
        r"\Device\CdRom0\Windows\System32\svchost.exe",
        r"\Device\HarddiskVolumeShadowCopy3\Windows\System32\svchost.exe",
        r"\\server\c$\Windows\System32\svchost.exe",
        r"C:\Windows\System32\drivers\svchost.exe",
        r"C:\Users\Public\readme.txt:svchost.exe",
        r"http://1.2.3.4/Windows/System32/svchost.exe",
        "svchost.exe",
        r"C:\Windows\SysWOW64\svchost.exe",
    ],
)
def test_look_alikes_stay_apart(other: str) -> None:
    assert str(executable(other)) != SVCHOST


@pytest.mark.parametrize(
    ("image", "location", "name", "zone"),
    [
        (r"C:\Windows\System32\cmd.exe", "\\windows\\system32\\", "cmd.exe", Zone.SYSTEM),
        (r"C:\Windows\Temp\a.exe", "\\windows\\temp\\", "a.exe", Zone.SYSTEM_WRITABLE),
        (r"C:\Windows\Tasks\a.exe", "\\windows\\tasks\\", "a.exe", Zone.SYSTEM_WRITABLE),
        (r"C:\Windows\System32\spool\drivers\color\a.exe", "\\windows\\system32\\spool\\drivers\\color\\", "a.exe",
         Zone.SYSTEM_WRITABLE),
        (r"C:\Windows\servicing\TrustedInstaller.exe", "\\windows\\servicing\\", "trustedinstaller.exe", Zone.SYSTEM),
        (r"C:\Program Files\Microsoft SQL Server\MSSQL13.MSSQLSERVER\MSSQL\Binn\sqlservr.exe",
         SQL + "mssql{ver}.mssqlserver\\mssql\\binn\\", "sqlservr.exe", Zone.PROGRAM_FILES),
        (r"D:\Program Files\Microsoft SQL Server\MSSQL10_50.PAY\MSSQL\Binn\sqlservr.exe",
         SQL + "mssql{ver}.pay\\mssql\\binn\\", "sqlservr.exe", Zone.PROGRAM_FILES),
        (r"E:\MSSQL13.PAY\MSSQL\Binn\sqlservr.exe", "{drive}:\\mssql{ver}.pay\\mssql\\binn\\", "sqlservr.exe",
         Zone.OTHER_DRIVE),
        (r"C:\PROGRA~2\Foo\a.exe", "\\program files (x86)\\foo\\", "a.exe", Zone.PROGRAM_FILES),
        (r"C:\ProgramData\x\a.exe", "\\programdata\\x\\", "a.exe", Zone.PROGRAM_DATA),
        (r"C:\Users\SVC-SQ~1\AppData\Local\Temp\a.exe", "\\users\\{user}\\appdata\\local\\temp\\", "a.exe", Zone.TEMP),
        (r"C:\Users\bob\Downloads\setup (1).exe", "\\users\\{user}\\downloads\\", "setup ({n}).exe", Zone.USER_PROFILE),
        (r"C:\Windows\ServiceProfiles\NetworkService\a.exe", "\\windows\\serviceprofiles\\networkservice\\", "a.exe",
         Zone.USER_PROFILE),
        (r"C:\Users\Public\Svn.exe", "\\users\\public\\", "svn.exe", Zone.PUBLIC),
        (r"C:\Users\Default\a.exe", "\\users\\default\\", "a.exe", Zone.USER_PROFILE),
        (r"D:\$Recycle.Bin\S-1-5-21-1-2-3-1001\a.exe", "\\$recycle.bin\\{sid}\\", "a.exe", Zone.RECYCLE_BIN),
        (r"C:\a.exe", "\\", "a.exe", Zone.DRIVE_ROOT),
        (r"C:\tools\a.exe", "\\tools\\", "a.exe", Zone.OTHER),
        (r"D:\tools\a.exe", "{drive}:\\tools\\", "a.exe", Zone.OTHER_DRIVE),
        (r"\\nas01\tools\a.exe", "\\\\{server}\\tools\\", "a.exe", Zone.NETWORK_SHARE),
        (r"\\?\UNC\10.0.0.5\tools\a.exe", "\\\\{server}\\tools\\", "a.exe", Zone.NETWORK_SHARE),
        (r"\\live.example.com@SSL\DavWWWRoot\tools\a.exe", "\\\\{server}@dav\\tools\\", "a.exe", Zone.REMOTE),
        ("http://1.2.3.4/x/a.sct?b=1#c", "http://{remote}/", "a.sct", Zone.REMOTE),
        ("HTTPS://[::1]:8080/a.ps1", "https://{remote}/", "a.ps1", Zone.REMOTE),
        (r"C:\Users\Public\f.txt:evil.exe", "\\users\\public\\f.txt:", "evil.exe", Zone.PUBLIC),
        (r"%TEMP%\xkqzvjwp.exe", "\\users\\{user}\\appdata\\local\\temp\\", "{rand}.exe", Zone.TEMP),
        ("cmd.exe", "", "cmd.exe", Zone.NONE),
        ("System", "", "system", Zone.NONE),
        ("Registry", "", "registry", Zone.NONE),
        ("MemCompression", "", "memcompression", Zone.NONE),
        ("-", "", "", Zone.NONE),
        ("?", "", "", Zone.NONE),
        ("", "", "", Zone.NONE),
        ("C:\\Windows\\", "\\windows\\", "", Zone.SYSTEM),
        ("/usr/lib/postgresql/15/bin/postgres", "/usr/lib/postgresql/{n}/bin/", "postgres", Zone.UNIX_SYSTEM),
        ("/bin/bash", "/usr/bin/", "bash", Zone.UNIX_SYSTEM),
        ("/usr/sbin/NetworkManager", "/usr/sbin/", "NetworkManager", Zone.UNIX_SYSTEM),
        ("/usr/sbin/nginx (deleted)", "/usr/sbin/", "nginx", Zone.UNIX_SYSTEM),
        ("/home/bob/.local/bin/x", "/home/{user}/.local/bin/", "x", Zone.UNIX_HOME),
        ("/tmp/.X11-unix/x", "/tmp/.X11-unix/", "x", Zone.UNIX_TEMP),
        ("/dev/shm/x", "/dev/shm/", "x", Zone.UNIX_TEMP),
        ("/var/tmp/x", "/var/tmp/", "x", Zone.UNIX_TEMP),
        ("/proc/self/fd/3", "/proc/self/fd/", "{n}", Zone.UNIX_TEMP),
        ("/memfd:x (deleted)", "/memfd:", "x", Zone.UNIX_TEMP),
        ("/var/www/html/x", "/var/www/html/", "x", Zone.UNIX_VAR),
        ("/run/x/y", "/run/x/", "y", Zone.UNIX_VAR),
        ("/opt/splunk/bin/splunkd", "/opt/splunk/bin/", "splunkd", Zone.UNIX_OPT),
        ("/snap/core20/1828/usr/bin/x", "/snap/core20/{n}/usr/bin/", "x", Zone.UNIX_OPT),
        ("/data/x", "/data/", "x", Zone.UNIX_OTHER),
        ("[kworker/0:1H-kblockd]", "", "[kworker]", Zone.NONE),
        ("./configure", "", "configure", Zone.NONE),
    ],
)  # fmt: skip
def test_location_name_and_zone(image: str, location: str, name: str, zone: Zone) -> None:
    found = executable(image)
    assert (found.location, found.name, found.zone) == (location, name, zone)


def test_only_administrators_write_to_system_and_program_files() -> None:
    closed = {zone for zone in Zone if not writable(zone)}
    assert closed == {Zone.SYSTEM, Zone.PROGRAM_FILES, Zone.UNIX_SYSTEM, Zone.UNIX_OPT, Zone.BUILTIN}


def test_spellings_nested_without_end_are_told_as_such() -> None:
    found = executable("\\??\\c:" * 50 + "\\x.exe")
    assert (found.location, found.name, found.zone) == ("", "{nested}", Zone.NONE)


@pytest.mark.parametrize(
    "piece",
    ["1", "\\1", "C:\\", "1.", "a-", "\\??\\", "/a", "../", "{", "~1", '"', "f1", "%windir%", "http://", "\\\\?\\unc\\",
     "[aa", " .", "\\device\\mup\\;", "\\abcdefg1"],
)  # fmt: skip
def test_a_hundred_kilobytes_take_no_time(piece: str) -> None:
    hostile = piece * (100_000 // len(piece))
    start = time.process_time()
    executable(hostile)
    assert time.process_time() - start < 5
