"""What a machine named is masked; what a person named is not."""

import random
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longtail.executions.randomness import made_up
from longtail.executions.tokens import TOKENS, Token, folder_template, from_afar, loose_template, template

REAL_NAMES = (Path(__file__).parent / "real_names.txt").read_text().split()


@pytest.mark.parametrize("token", TOKENS, ids=lambda token: token.examples[0][0])
def test_every_token_masks_its_examples(token: Token) -> None:
    for raw, masked in token.examples:
        assert template(raw) == masked
        assert token.pattern.search(raw), "the example is masked by another token, not by this one"


PIECES = ["7zs", "S-1-5-", "ms", "sql", "tmp", ".tmp", "v", "kb", "_", "~", "(", ")", "{", "*", "}", "-", ".", "is-"]


@given(st.lists(st.sampled_from(PIECES) | st.text("0123456789abcdefx", max_size=12), max_size=8).map("".join))
def test_whatever_a_token_matches_holds_its_hint(segment: str) -> None:
    missed = [token for token in TOKENS if token.hint not in from_afar(segment) and token.pattern.search(segment)]
    assert not missed


STABLE = """
System32 SysWOW64 x86 x64 amd64 Framework64 7z.exe 7-zip win32 wow64 x86_64-linux-gnu tomcat9.exe python3 md5sum
sha256sum bzip2 e2fsck base64 utf8 mp3 arm64 office16 .X11-unix Microsoft.UI_8wekyb3d8bbwe nativeimages_64
d3d10warp.dll foo-x86-64
"""


@pytest.mark.parametrize("name", STABLE.split())
def test_names_with_digits_stay_names(name: str) -> None:
    assert loose_template(name) == name


@pytest.mark.parametrize(
    ("raw", "masked"),
    [
        ("windows-kb890830-x64-v5.83.exe", "windows-kb{n}-x64-{ver}.exe"),
        ("app-1.2.3", "app-{ver}"),
        ("v4.0.30319", "{ver}"),
        ("python3.11", "python{ver}"),
        ("net6.0", "net{ver}"),
        ("googleupdater_130.0.6679.0.exe", "googleupdater_{ver}.exe"),
        ("java-1.8.0-openjdk-1.8.0.242.b08-0.el7_7.x86_64", "java-{ver}-openjdk-{ver}.x86_64"),
        ("4.18.1810.5-0", "{ver}"),
        ("nativeimages_v4.0.30319_64", "nativeimages_{ver}_64"),
        ("microsoft.windowscalculator_10.1809.2731.0_x64__8wekyb3d8bbwe",
         "microsoft.windowscalculator_{ver}_x64__8wekyb3d8bbwe"),
        ("0a1b2c3d4e5f60718293a4b5c6d7e8f9", "{hex}"),
        ("facebook", "facebook"),
    ],
)  # fmt: skip
def test_generated_pieces_are_typed(raw: str, masked: str) -> None:
    assert template(raw) == masked


def test_no_real_name_is_taken_for_random() -> None:
    assert len(REAL_NAMES) > 1000
    assert [name for name in REAL_NAMES if loose_template(name + ".exe") != template(name + ".exe")] == []


@pytest.mark.parametrize(
    ("alphabet", "length", "recall"),
    [
        (string.ascii_lowercase, 8, 0.4),
        (string.ascii_lowercase, 12, 0.85),
        (string.ascii_lowercase + string.digits, 8, 0.6),
        (string.ascii_lowercase + string.digits, 10, 0.8),
    ],
)
def test_most_random_names_are_recognised(alphabet: str, length: int, recall: float) -> None:
    draw = random.Random(20221122)
    names = ["".join(draw.choices(alphabet, k=length)) for _ in range(2000)]
    assert sum(map(made_up, names)) / len(names) >= recall


def test_temporary_folders_have_names_of_no_meaning() -> None:
    assert folder_template("bfovz.tmp") == "{rand}.tmp"
    assert template("setup.tmp") == "setup.tmp"
    assert folder_template("report.wer.tmp") == "report.wer.tmp"


def test_random_words_are_masked_only_where_anyone_may_write() -> None:
    assert loose_template("xkqzvjwp.exe") == "{rand}.exe"
    assert template("xkqzvjwp.exe") == "xkqzvjwp.exe"
    assert loose_template("nessus_k3j9x2qz") == "nessus_{rand}"


@pytest.mark.parametrize("segment", ["1." * 5000, "a1" * 5000, "~1" * 9000, "{" * 9000, "-" * 9000 + "1"])
def test_what_no_file_system_keeps_is_left_alone(segment: str) -> None:
    assert loose_template(segment) == segment
