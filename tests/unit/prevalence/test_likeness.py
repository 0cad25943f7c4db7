"""What an unusual executable resembles: the nearest normal thing, and whether it passes for it."""

import pytest
from prevalence_tables import Ran, hosts, life, placed

from longtail.prevalence.likeness import LOOKALIKES, Common, Likeness, common_executables, likeness

BINN = r"\program files\microsoft sql server\{instance}\mssql\binn" + "\\"
SYSTEM32 = r"\windows\system32" + "\\"
COMMON = {
    SYSTEM32 + "svchost.exe": Common("system", 1.0),
    SYSTEM32 + "conhost.exe": Common("system", 1.0),
    SYSTEM32 + "cmd.exe": Common("system", 0.9),
    SYSTEM32 + "cscript.exe": Common("system", 0.6),
    SYSTEM32 + "net.exe": Common("system", 0.5),
    SYSTEM32 + "lsass.exe": Common("system", 1.0),
    "/usr/bin/pgrep": Common("unix-system", 0.5),
    "/usr/sbin/cron": Common("unix-system", 0.9),
    r"\program files\archive\archived.exe": Common("program-files", 0.4),
    BINN + "sqlagent.exe": Common("program-files", 0.8),
    BINN + "sqlservr.exe": Common("program-files", 0.9),
    r"\data\exports\exporter.exe": Common("other", 0.3),
}


def like(executable: str, zone: str = "system") -> Likeness:
    return likeness(executable, zone, COMMON)


@pytest.mark.parametrize(
    ("executable", "zone", "normal"),
    [
        (r"\windows\temp\svch0st.exe", "system-writable", "svchost.exe"),
        (SYSTEM32 + "svchosts.exe", "system", "svchost.exe"),
        (SYSTEM32 + "scvhost.exe", "system", "svchost.exe"),
        (SYSTEM32 + "sqlagentx.exe", "system", "sqlagent.exe"),
        (SYSTEM32 + "c0nh0st.exe", "system", "conhost.exe"),
        (SYSTEM32 + "svсhost.exe", "system", "svchost.exe"),  # a Cyrillic letter
        (r"\users\public\lsas.exe", "public", "lsass.exe"),
    ],
)
def test_a_name_that_is_nearly_a_common_one_passes_for_it(executable: str, zone: str, normal: str) -> None:
    found = like(executable, zone)
    assert found.passes_for == f"its name passes for {normal}"
    assert (found.nearest or "").endswith(normal)


@pytest.mark.parametrize(
    "name",
    ["wscript.exe", "net1.exe", "cmdl.exe", "svchost2.exe", "backup.exe", "updater.exe", "mscript64.exe"],
)
def test_real_twins_short_names_numbered_ones_and_strangers_pass_for_nothing(name: str) -> None:
    assert like(SYSTEM32 + name).passes_for is None


def test_what_is_well_known_itself_passes_for_nothing() -> None:
    net = r"\windows\microsoft.net\framework{}\{{ver}}\mscorsvw.exe"
    both = {**COMMON, net.format("64"): Common("system", 0.9), net.format(""): Common("system", 0.9)}
    assert likeness(net.format(""), "system", both) == Likeness(net.format("64"), None)
    alone = {path: known for path, known in both.items() if path != net.format("")}
    assert likeness(net.format(""), "system", alone).passes_for is not None


def test_windows_own_names_with_a_number_pass_for_them_where_anybody_may_write() -> None:
    known = {**COMMON, r"\windows\system32\dllhost.exe": Common("system", 0.5)}
    dropped = likeness(r"\perflogs\dllhost32.exe", "system-writable", known)
    assert dropped.passes_for == "its name passes for dllhost.exe"
    assert likeness(r"\program files\x\dllhost32.exe", "program-files", known).passes_for is None
    assert likeness(r"\perflogs\procdump64.exe", "system-writable", known).passes_for is None


def test_everybody_s_names_and_other_roots_of_the_same_software_pass_for_nothing() -> None:
    tomcat = "/usr/share/tomcat9/bin/catalina.sh"
    known = {**COMMON, r"\windows\ccmcache\{rand}\setup.exe": Common("system", 0.5), tomcat: Common("unix-system", 0.5)}
    assert likeness(r"{drive}:\{hex}\setup.exe", "other-drive", known).passes_for is None
    assert likeness("/var/lib/tomcat9/bin/catalina.sh", "unix-var", known) == Likeness(tomcat, None)
    assert likeness("/tmp/tomcat9/bin/catalina.sh", "unix-temp", known).passes_for is not None
    assert likeness("/var/lib/x/catalina.sh", "unix-var", known).passes_for is not None


@pytest.mark.parametrize(
    "directory", [r"\windows\system33" + "\\", r"\windows\sytem32" + "\\", r"\windows\system3" + "\\"]
)
def test_a_directory_that_looks_like_the_usual_one_is_told(directory: str) -> None:
    found = like(directory + "svchost.exe")
    assert found.passes_for == rf"its directory looks like that of {SYSTEM32}svchost.exe but is another"
    assert found.nearest == SYSTEM32 + "svchost.exe"


@pytest.mark.parametrize("zone", ["public", "temp", "user-profile", "system-writable", "program-data", "drive-root"])
def test_a_name_of_the_system_where_anybody_may_write_is_told(zone: str) -> None:
    assert like(r"\somewhere\svchost.exe", zone).passes_for == (
        rf"it has the name of {SYSTEM32}svchost.exe but lies where anybody may write"
    )


def test_another_instance_or_version_of_the_same_program_is_only_near() -> None:
    other = BINN.replace("{instance}", "{inst4nce}") + "sqlservr.exe"
    assert like(other, "program-files") == Likeness(BINN + "sqlservr.exe", None)


@pytest.mark.parametrize(
    ("executable", "zone"),
    [
        ("grep", "none"),
        ("/usr/bin/grep", "unix-system"),
        ("/usr/bin/cron", "unix-system"),  # of two directories of the system that are written alike
        (r"\jobs\archive.ftp", "other"),  # a script is not mistaken for a program
    ],
)
def test_what_is_written_alike_for_another_reason_passes_for_nothing(executable: str, zone: str) -> None:
    assert like(executable, zone).passes_for is None


@pytest.mark.parametrize("directory", [r"\windows \system32", r"\windows\syst3m32"])
def test_a_directory_that_only_blanks_or_look_alike_characters_tell_apart_is_told(directory: str) -> None:
    passes = like(directory + r"\stranger.exe", "other").passes_for or ""
    assert passes.startswith("its directory is written like that of")


@pytest.mark.parametrize("zone", ["none", "builtin"])
def test_a_bare_name_lies_nowhere_and_so_not_in_the_wrong_place(zone: str) -> None:
    assert like("svchost.exe", zone).passes_for is None


def test_a_name_near_to_somebodys_own_program_is_no_disguise() -> None:
    assert like(r"\data\exports\exporter2x.exe", "other").passes_for is None


def test_a_stranger_has_the_nearest_path_or_none() -> None:
    assert like(r"\data\exports\importer.exe", "other").nearest == r"\data\exports\exporter.exe"
    assert like("zzz", "none") == Likeness(None, None)
    assert likeness(r"\a\b.exe", "other", {}) == Likeness(None, None)


def test_what_only_others_run_may_be_passed_for_but_is_not_the_nearest_normal() -> None:
    common = {
        SYSTEM32 + "wusa.exe": Common("system", 1.0, own=False),
        SYSTEM32 + "svchost.exe": Common("system", 1.0, own=False),
        SYSTEM32 + "where.exe": Common("system", 0.1),
    }
    assert likeness(SYSTEM32 + "whoami.exe", "system", common).nearest == SYSTEM32 + "where.exe"
    assert likeness(r"\windows\temp\svchost.exe", "temp", common).nearest == SYSTEM32 + "svchost.exe"


@pytest.mark.parametrize(
    "hostile", ["", "\\", "\x00", "\ud800", "." * 5000, "a\\" * 4000 + "svchost.exe", "svch" * 9000]
)
def test_any_text_has_an_answer(hostile: str) -> None:
    assert isinstance(like(hostile, "temp"), Likeness)


def test_look_alike_letters_stand_for_one_letter_each() -> None:
    assert all(len(chr(old)) == len(str(new)) == 1 and chr(old) != new for old, new in LOOKALIKES.items())


CMD = r"C:\Windows\System32\cmd.exe"


def test_common_is_what_several_hosts_run_and_everyone_shares_the_systems_own_programs() -> None:
    names = hosts(6)
    ran = [
        *life(names),
        *(
            Ran(name, r"C:\Windows\System32\whoami.exe", (3,), parent=CMD, account=r"NT AUTHORITY\SYSTEM")
            for name in names[:3]
        ),
        *(Ran(name, r"C:\exports\exporter.exe", (3,)) for name in names[:2]),
    ]
    common = common_executables(placed(ran))
    assert next(iter(common["mssql"])) == SYSTEM32 + "conhost.exe"
    assert common["mssql"][SYSTEM32 + "conhost.exe"] == Common("system", 1.0)
    assert common["mssql"][SYSTEM32 + "whoami.exe"].own is False
    assert common["system"][SYSTEM32 + "whoami.exe"].own
    assert not any("exporter" in path for path in common["mssql"])
