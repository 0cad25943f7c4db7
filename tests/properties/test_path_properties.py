"""Whatever an attacker writes as a path: an answer, the same answer again, and not a long one."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from longtail.executions.paths import executable

PIECES = [
    "C:", "c:", "D:", "\\", "\\\\", "/", "//", "..", ".", "??", "?", "Windows", "System32", "Users", "bob", "Public",
    "temp", "%TEMP%", "%windir%", "$env:TEMP", "{drive}:", "{user}", "{n}", "{ver}", "{*}", "~1", "PROGRA~1", "device",
    "Documents and Settings", "Local Settings", "Application Data", "HarddiskVolume3", "mup", "unc", "globalroot",
    "SystemRoot", "sysnative", "1.2.3", "12", "v1.0", "kb123", "x86_64", "a1b2c3d4e5", " ", "...", ":", "::$DATA", "'",
    '"', "evil.exe", "tmp", "nsX12.tmp", "@80", "DavWWWRoot", "http://", "file://", " (deleted)", "/memfd:", "home",
    "bin", "proc", "[k", "]", "-", "All Users", "(1)", "xqzjkvbw", "{", "}", "é", "_", "dosdevices", "Program Files",
    "mssql1", "MSSQL10_5.", "64", "v", "s-1-5-18", "{rand}", "\x00",
]  # fmt: skip
hostile_paths = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=12).map("".join)
windows_paths = st.lists(st.sampled_from([p for p in PIECES if p.isascii()]), max_size=8).map(
    lambda pieces: "C:\\" + "\\".join(pieces)
)


@settings(max_examples=1500, deadline=None)
@given(hostile_paths)
@example("%TEMP%\x00...")
@example("C:\\Users\\x\\b\t. .")
def test_a_canonical_path_is_its_own_canonical_path(image: str) -> None:
    found = executable(image)
    assert executable(str(found)) == found


@settings(max_examples=800, deadline=None)
@given(hostile_paths)
def test_no_path_grows_beyond_twice_itself_and_a_prefix(image: str) -> None:
    longest_prefix = len("\\users\\{user}\\appdata\\local\\temp\\")
    assert len(str(executable(image))) <= 2 * len(image) + longest_prefix


@settings(max_examples=800, deadline=None)
@given(windows_paths)
def test_windows_paths_have_no_case(image: str) -> None:
    assert executable(image.upper()) == executable(image.lower())


@settings(max_examples=800, deadline=None)
@given(hostile_paths)
def test_the_location_ends_where_the_name_begins(image: str) -> None:
    found = executable(image)
    assert found.location == "" or found.location[-1] in "\\/:"
    assert not set(found.name) & ({"/"} if found.location.startswith("/") else {"\\"})
