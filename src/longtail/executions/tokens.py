"""Path segments → templates: what a machine generated (versions, GUIDs, hashes, numbers) becomes a placeholder."""

import re
from dataclasses import dataclass
from functools import lru_cache

LONGEST_SEGMENT = 255  # no file system in use keeps a longer name


@dataclass(frozen=True, slots=True)
class Token:
    """What a generated piece of a name looks like, what stands for it, and two examples that run as tests."""

    pattern: re.Pattern[str]
    template: str
    examples: tuple[tuple[str, str], tuple[str, str]]


def _token(pattern: str, template: str, *examples: tuple[str, str]) -> Token:
    first, second = examples
    return Token(re.compile(pattern, re.IGNORECASE), template, (first, second))


_VERSION = r"\d{1,9}(?:[._]\d{1,9})++(?:[-+~._](?!x86|x64|i?[36]86|arm|win|amd)(?:[a-z]{1,6}[-._]?)?\d{1,9})*+"

TOKENS: tuple[Token, ...] = (
    _token(
        r"\{?(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])\}?",
        "{guid}",
        ("{90160000-008C-0000-1000-0000000FF1CE}", "{guid}"),
        ("setup-7f0c6cdb-27f2-4d1e-9c5b-d2c3a4b5e6f7.exe", "setup-{guid}.exe"),
    ),
    _token(
        r"(?<![a-z0-9])S-1-\d{1,3}(?:-\d{1,10})+(?![a-z0-9])",
        "{sid}",
        ("S-1-5-21-3623811015-3361044348-30300820-1013", "{sid}"),
        ("s-1-5-18", "{sid}"),
    ),
    _token(
        r"^(ms(?:sql|as|rs))\d{1,3}(?:_\d{1,3})?(?=\.)",
        r"\1{ver}",
        ("MSSQL13.MSSQLSERVER", "MSSQL{ver}.MSSQLSERVER"),
        ("mssql10_50.payroll", "mssql{ver}.payroll"),
    ),
    _token(
        r"(?<![a-z0-9])(?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{8,}(?![a-z0-9])",
        "{hex}",
        ("nv_dispi.inf_amd64_9ab613610b40aa98", "nv_dispi.inf_amd64_{hex}"),
        ("d41d8cd98f00b204e9800998ecf8427e", "{hex}"),
    ),
    _token(
        rf"(?<![a-z0-9.])v(?={_VERSION})",
        "",
        ("v4.0.30319", "{ver}"),
        ("app-v1.2.exe", "app-{ver}.exe"),
    ),
    _token(
        rf"(?<![0-9]){_VERSION}",
        "{ver}",
        ("guestagent_2.7.41491.993", "guestagent_{ver}"),
        ("jre1.8.0_144", "jre{ver}"),
    ),
    _token(r"^\d{1,20}$", "{n}", ("15", "{n}"), ("9", "{n}")),
    _token(
        r"(?<![a-z0-9])(kb)?\d{2,20}(?![a-z0-9])",
        r"\1{n}",
        ("19011-FalconSensor_Windows.x64.exe", "{n}-FalconSensor_Windows.x64.exe"),
        ("windows-kb890830-x64", "windows-kb{n}-x64"),
    ),
    _token(r"(?<=~)\d{1,6}", "{n}", ("MICROS~1", "MICROS~{n}"), ("svc-sq~12", "svc-sq~{n}")),
    _token(r"(?<=\()\d{1,6}(?=\))", "{n}", ("setup (1).exe", "setup ({n}).exe"), ("a(22)", "a({n})")),
)
"""In the order they are tried; every one is replaced wherever it stands in a segment."""


@lru_cache(maxsize=1 << 17)
def template(segment: str) -> str:
    """The segment with every generated piece replaced by its placeholder; names without one come back as they are."""
    if len(segment) > LONGEST_SEGMENT:
        return segment
    for token in TOKENS:
        segment = token.pattern.sub(token.template, segment)
    return segment
