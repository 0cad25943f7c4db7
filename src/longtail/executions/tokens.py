"""Path segments → templates: what a machine generated (versions, GUIDs, hashes, numbers) becomes a placeholder."""

import re
from dataclasses import dataclass
from functools import lru_cache

from longtail.executions.randomness import SHORTEST, made_up

_ROUNDS = 4  # masking one piece can lay bare another; what is not settled then was made to be so
LONGEST_SEGMENT = 255  # no file system in use keeps a longer name


@dataclass(frozen=True, slots=True)
class Token:
    """What a generated piece of a name looks like, what stands for it, and two examples that run as tests.

    ``hint`` is in every segment, seen ``from_afar``, that the pattern matches: looking for it is far cheaper.
    The template may name the pattern's first group, once.
    """

    pattern: re.Pattern[str]
    template: str
    examples: tuple[tuple[str, str], tuple[str, str]]
    hint: str

    def masked(self, segment: str) -> str:
        return self.pattern.sub(self._around_group if "\\" in self.template else self.template, segment)

    def _around_group(self, match: re.Match[str]) -> str:
        before, after = self.template.split("\\1")
        return before + (match[1] or "") + after


def _token(pattern: str, template: str, *examples: tuple[str, str], hint: str = "") -> Token:
    first, second = examples
    return Token(re.compile(pattern, re.IGNORECASE | re.ASCII), template, (first, second), hint)


_ARCHITECTURE = r"(?!(?:x?(?:86|64)|i?[36]86|32|arm|win|amd)(?:[^0-9a-z]|$)|x86)"
_VERSION = (
    r"(?!(?<=x)86_64)\d{1,9}+(?:[._]" + _ARCHITECTURE + r"\d{1,9}+)++"
    r"(?:[-+~._]" + _ARCHITECTURE + r"(?:[a-z]{1,6}[-._]?)?\d{1,9}+)*+"
)

TOKENS: tuple[Token, ...] = (
    # a folder named {*} would pass for a place that stands for many
    _token(r"\{\*\}", "{star}", ("{*}", "{star}"), ("a{*}b", "a{star}b"), hint="{*}"),
    _token(
        r"^__psscriptpolicytest_[a-z0-9]{8}\.[a-z0-9]{3}(?=\.)",
        "__psscriptpolicytest_{rand}",
        ("__PSScriptPolicyTest_13remnp3.3ln.ps1", "__psscriptpolicytest_{rand}.ps1"),
        ("__PSScriptPolicyTest_wbzpsjxy.anl.psm1", "__psscriptpolicytest_{rand}.psm1"),
        hint="..psscriptpolicytest.",
    ),
    _token(
        r"^systemd-private-[0-9a-f]{32}-(.{1,60})-[a-z0-9]{6}$",
        r"systemd-private-{hex}-\1-{rand}",
        ("systemd-private-0123456789abcdef0123456789abcdef-httpd.service-aB3dE5",
         "systemd-private-{hex}-httpd.service-{rand}"),
        ("systemd-private-a3e1c2d3a3e1c2d3a3e1c2d3a3e1c2d3-chronyd.service-xYz012",
         "systemd-private-{hex}-chronyd.service-{rand}"),
        hint="systemd-private-",
    ),
    _token(
        r"^(ns)[a-z][0-9a-f]{1,4}(?=\.tmp)",
        r"\1{rand}",
        ("nsX12.tmp", "ns{rand}.tmp"),
        ("nshA0F3.tmp", "ns{rand}.tmp"),
        hint=".tmp",
    ),
    _token(
        r"^(is-)[a-z0-9]{5,8}(?=\.tmp)",
        r"\1{rand}",
        ("is-4K2LQ.tmp", "is-{rand}.tmp"),
        ("is-ABCDE.tmp", "is-{rand}.tmp"),
        hint=".tmp",
    ),
    _token(
        r"^(7zs)(?=[0-9a-f]*\d)[0-9a-f]{3,8}(?![a-z0-9])",
        r"\1{hex}",
        ("7zS4F2.tmp", "7zS{hex}.tmp"),
        ("7zS8A0B1C2D", "7zS{hex}"),
        hint="0zs",
    ),
    _token(
        r"^([a-z~_]{3})(?=[a-f]{0,3}\d)[0-9a-f]{1,5}(?=\.tmp)",
        r"\1{hex}",
        ("TRA1A2B.tmp", "TRA{hex}.tmp"),
        ("MSI32DD.tmp-", "MSI{hex}.tmp-"),
        hint=".tmp",
    ),
    _token(
        r"^(tmp\.?)[a-z0-9_]{8,10}$",
        r"\1{rand}",
        ("tmp.aB3dE5fG7h", "tmp.{rand}"),
        ("tmpk2_x8dla", "tmp{rand}"),
        hint="tmp",
    ),
    _token(
        r"(?<![0-9a-z])\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-z])\}?",
        "{guid}",
        ("{90160000-008C-0000-1000-0000000FF1CE}", "{guid}"),
        ("setup-7f0c6cdb-27f2-4d1e-9c5b-d2c3a4b5e6f7.exe", "setup-{guid}.exe"),
        hint="-",
    ),
    _token(
        r"(?<![a-z0-9])S-1-\d{1,3}(?:-\d{1,10})+(?![a-z0-9])",
        "{sid}",
        ("S-1-5-21-3623811015-3361044348-30300820-1013", "{sid}"),
        ("s-1-5-18", "{sid}"),
        hint="s-0-0",
    ),
    _token(
        r"^(ms(?:sql|as|rs))\d{1,3}(?:_\d{1,3})?(?=\.)",
        r"\1{ver}",
        ("MSSQL13.MSSQLSERVER", "MSSQL{ver}.MSSQLSERVER"),
        ("mssql10_50.payroll", "mssql{ver}.payroll"),
        hint="ms",
    ),
    _token(
        r"(?<![a-z0-9])(?=[a-f]{0,40}\d)(?=\d{0,40}[a-f])[0-9a-f]{8,}+(?![a-z0-9])",
        "{hex}",
        ("nv_dispi.inf_amd64_9ab613610b40aa98", "nv_dispi.inf_amd64_{hex}"),
        ("d41d8cd98f00b204e9800998ecf8427e", "{hex}"),
    ),
    _token(
        r"(?<![a-z0-9])v(?=" + _VERSION + ")",
        "",
        ("v4.0.30319", "{ver}"),
        ("microsoft.build.tasks.v4.0.dll", "microsoft.build.tasks.{ver}.dll"),
        hint="v0",
    ),
    _token(
        r"(?<![0-9])" + _VERSION,
        "{ver}",
        ("guestagent_2.7.41491.993", "guestagent_{ver}"),
        ("jre1.8.0_144", "jre{ver}"),
        hint="0.0",
    ),
    _token(r"^\d{1,40}$", "{n}", ("15", "{n}"), ("9", "{n}")),
    _token(
        r"(?<![a-z0-9])(?=[k0-9])(kb)?(?!(?:32|64|86)(?![0-9]))\d{2,40}(?![a-z0-9])",
        r"\1{n}",
        ("19011-FalconSensor_Windows.x64.exe", "{n}-FalconSensor_Windows.x64.exe"),
        ("windows-kb890830-x64", "windows-kb{n}-x64"),
        hint="00",
    ),
    _token(
        r"(?<=[a-z])\d{4,40}(?![a-z0-9])",
        "{n}",
        ("_MEI104562", "_MEI{n}"),
        ("job20240131.exe", "job{n}.exe"),
        hint="0000",
    ),
    _token(
        r"(?<=[a-z]{3}_)(?!(?:32|64|86)$)\d{1,3}$",
        "{n}",
        ("client_3", "client_{n}"),
        ("dbhome_12", "dbhome_{n}"),
        hint=".0",
    ),
    _token(r"(?<=~)\d{1,6}", "{n}", ("MICROS~1", "MICROS~{n}"), ("svc-sq~12", "svc-sq~{n}"), hint="~0"),
    _token(r"(?<=\()\d{1,6}(?=\))", "{n}", ("setup (1).exe", "setup ({n}).exe"), ("a(22)", "a({n})"), hint="(0"),
)  # fmt: skip
"""In the order they are tried; every one is replaced wherever it stands in a segment."""

_HINT = re.compile(r"[0-9]|tmp|__psscript|\{\*\}", re.IGNORECASE)  # without one of these no token can match
_WORD = re.compile(rf"(?<![{{a-z0-9])[a-z0-9]{{{SHORTEST},}}+(?![}}])", re.IGNORECASE | re.ASCII)
_TEMPORARY = re.compile(r"^[a-z0-9]{4,10}\.tmp(?=-?$)", re.IGNORECASE | re.ASCII)
_AFAR = str.maketrans("123456789_", "000000000.")
_PUBLISHER = 13  # the hash of a store app's publisher is as stable as a name: …_8wekyb3d8bbwe


def from_afar(segment: str) -> str:
    """The segment in lower case with all digits as 0 and underscores as dots."""
    return segment.lower().translate(_AFAR)


@lru_cache(maxsize=1 << 16)
def template(segment: str) -> str:
    """The segment with every generated piece replaced by its placeholder; names without one come back as they are."""
    if len(segment) > LONGEST_SEGMENT:
        return segment
    for _ in range(_ROUNDS):
        if _HINT.search(segment) is None:
            break
        before, afar = segment, from_afar(segment)
        for token in TOKENS:
            if token.hint in afar:
                segment = token.masked(segment)
        if segment == before:
            break
    return segment


@lru_cache(maxsize=1 << 16)
def loose_template(segment: str) -> str:
    """``template`` for places where anyone may write: words drawn at random become ``{rand}`` as well."""
    return _loosened(template(segment))


@lru_cache(maxsize=1 << 16)
def _loosened(found: str) -> str:
    return _WORD.sub(_masked, found) if len(found) <= LONGEST_SEGMENT else found


@lru_cache(maxsize=1 << 16)
def folder_template(segment: str) -> str:
    """``template`` for folders: one that is called temporary (``bfovz.tmp``) has a name of no meaning."""
    return _TEMPORARY.sub("{rand}.tmp", template(segment))


@lru_cache(maxsize=1 << 16)
def loose_folder_template(segment: str) -> str:
    """``folder_template`` for places where anyone may write."""
    return _TEMPORARY.sub("{rand}.tmp", loose_template(segment))


def _masked(word: re.Match[str]) -> str:
    text = word[0]
    published = len(text) == _PUBLISHER and word.string[word.start() - 1 : word.start()] == "_"
    return "{rand}" if not published and made_up(text) else text
