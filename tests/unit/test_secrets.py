"""What must not leave the house, and what must: secrets become their kind, everything else stays as it is."""

import os
import time
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longtail.fleet.generate import events
from longtail.fleet.plan import Plan
from longtail.secrets import redacted
from longtail.secrets.form import Form
from longtail.secrets.redaction import KNOWN
from longtail.telemetry import Options, parts, read

REPOSITORY = Path(__file__).parents[2]
SHARED = Path(os.environ.get("LONGTAIL_SHARED", REPOSITORY.parent / "shared")) / "data" / "telemetry"

# secret, tab, line; written after the forms, which found 135 of 139 before any of them was widened for a line of these
CORPUS = [
    tuple(line.split("\t")) for line in Path(__file__).with_name("secrets_corpus.txt").read_text("utf-8").splitlines()
]
HELD_OUT = CORPUS[1::2]

# what the samples' attacks typed in the clear
REAL_SECRETS = ("P@ssw0rd1", "Bob_testing", "TheckBr0wnF0x!", "At0micStrong", "password1234", "paptsimulator")


@pytest.mark.parametrize("form", KNOWN, ids=lambda each: f"{each.kind}: {each.examples[0][0][:40]}")
def test_a_form_does_what_its_examples_say(form: Form) -> None:
    for line, without in form.examples:
        assert redacted(line) == without
        assert any(hint in line.lower() for hint in form.hints)


def _kept(corpus: list[tuple[str, ...]]) -> list[str]:
    return [line for secret, line in corpus if secret in redacted(line)]


def test_secrets_are_found_where_no_form_was_made_for_them() -> None:
    assert len(CORPUS) >= 100 and all(secret in line for secret, line in CORPUS)
    assert len(_kept(HELD_OUT)) <= 0.05 * len(HELD_OUT)
    assert len(_kept(CORPUS)) <= 0.05 * len(CORPUS)


def test_what_a_fleet_says_in_its_days_stays_as_it_is() -> None:
    fleet = pl.concat(events(Plan(40, 3, seed=11, intensity=1.0)))
    lines = fleet["command_line"].drop_nulls().unique().sort()
    benign = lines.filter(~lines.str.contains("sig=")).head(10_000).to_list()  # a signed address is a secret
    changed = [line for line in benign if redacted(line) != line]
    assert len(benign) >= 4000
    assert len(changed) <= 0.001 * len(benign), changed[:10]


def test_what_real_machines_say_stays_as_it_is_but_for_its_passwords() -> None:
    if not SHARED.exists():
        pytest.skip("the real samples are not here: ../shared/data")
    found = [batch for part in parts([str(SHARED)], Options(), 1) for batch in read(part, Options())]
    lines = pl.concat(found)["command_line"].drop_nulls().unique().to_list()
    after = [redacted(line) for line in lines]
    assert not [line for line in after for secret in REAL_SECRETS if secret in line]
    changed = [line for line, new in zip(lines, after, strict=True) if new != line
               and not any(secret in line for secret in REAL_SECRETS)]  # fmt: skip
    assert len(changed) <= 3, changed


@pytest.mark.parametrize(
    "line",
    [
        "powershell -ExecutionPolicy Bypass -File C:\\x\\get-token.ps1",
        "ssh -p 22 bob@host",
        "docker run -p 8080:80 nginx",
        "mkdir -p /srv/a && ls",
        'forfiles /p C:\\logs /m *.log /c "cmd /c del @path"',
        "msbuild a.sln /p:Configuration=Release",
        "gacutil /i x, Version=1.0.0.0, PublicKeyToken=b77a5c561934e089",
        "net user",
        "net user bob",
        "net user bob *",
        "net user bob /domain",
        "net use z: /delete",
        "git push https://github.com/o/r",
        "tool --password %DB_PASSWORD% -v",
        "tool --password=$DB_PASSWORD",
        "tool --no-password --user bob",
        "set PWD=/home/bob",
        "cat /etc/passwd root",
        "curl -o a http://h:8080/x -u bob",
        "WerFault.exe -pss -s 600 -p 1482 -ip 1482",
        "{0b337668-dc0e-b4c4-889d-50dd8b202a9e}",
        "",
    ],
)
def test_what_only_looks_like_a_secret_stays(line: str) -> None:
    assert redacted(line) == line


def test_redacting_twice_changes_nothing_more() -> None:
    for _, line in CORPUS:
        assert redacted(redacted(line)) == redacted(line)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["password", "=", "-p ", "net user ", '"', "'", "://", ":", "@", "&", "a", "\\", " ",
                                 "mysql ", "token", "curl -u ", "Bearer ", "\n", "{redacted:key}", "é", "\0"]),
                max_size=40).map("".join))  # fmt: skip
def test_any_text_is_redacted_without_complaint(text: str) -> None:
    once = redacted(text)
    assert redacted(once).count("{redacted:") >= once.count("{redacted:")


@pytest.mark.parametrize(
    "piece",
    ["password=", 'pwd="', "net user ", "a", "-----BEGIN ", "://a:", "curl -u a", "--aaaa-", "mysql -p'", "echo a|",
     "-p ", "eyJaaaaaaaa.", "authorization: ", "x-a-", "bitsadmin ", "ABCDE-", "identified by ", "'a','b',", "@",
     "sqlplus a/"],
)  # fmt: skip
def test_time_grows_no_faster_than_the_text(piece: str) -> None:
    def taken(letters: int) -> float:
        text = (piece * (letters // len(piece) + 1))[:letters]
        began = time.process_time()
        redacted(text)
        return time.process_time() - began

    taken(1000)
    assert taken(200_000) < 3.0, "twice 100,000 letters, in seconds: a square would be minutes"
