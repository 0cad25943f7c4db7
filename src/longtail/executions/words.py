"""One word of a command line → its kind: what sort of thing it names, or the word itself where it is a real word.

A kind keeps what a person would want to know of an argument (a path in which trust zone, a URL of which extension) and
drops what changes from one use to the next (the stem, the address, the job's name).
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from longtail.executions.paths import executable
from longtail.executions.readable import LONGEST_WORD, SHORTEST_ENCODED, encoded, is_word
from longtail.executions.sql import sql
from longtail.executions.tokens import from_afar
from longtail.executions.vocabulary import FILE_TYPES, HIVES, TOP_DOMAINS

LONGEST_REMEMBERED = 200
_NUMBER = re.compile(r"\d{2,}")
_BUCKETS = (16, 64, 256, 1024, 4096)


def bucket(length: int) -> int:
    """The smallest of a few lengths that holds a text."""
    return next((limit for limit in _BUCKETS if length <= limit), _BUCKETS[-1])


def extension(name: str) -> str:
    """The extension in lower case with its numbers masked; ``""`` for none or for one too long to be one."""
    _, dot, last = name.rpartition(".")
    if not dot or not last.isalnum() or len(last) > 6:
        return ""
    return _NUMBER.sub("#", last.lower())


def _typed(kind: str, *details: str) -> str:
    return f"<{':'.join([kind, *details]).rstrip(':')}>"


def _url(match: re.Match[str]) -> str:
    path = re.split(r"[?#]", match["rest"], maxsplit=1)[0]
    return _typed("url", match["scheme"].lower(), extension(path.rpartition("/")[2]) if "/" in path else "")


def _unc(match: re.Match[str]) -> str:
    return _typed("unc", extension(re.split(r"[\\/]", match[0])[-1]))


def _registry(match: re.Match[str]) -> str:
    hive = HIVES.get(match["hive"].lower(), "")
    last = match["key"].rstrip("\\/").replace("/", "\\").rpartition("\\")[2].lower()
    return _typed("reg", hive, last if is_word(last) else "")


def _user(match: re.Match[str]) -> str:
    return "<user>" if not extension(match[0]) else _path(match)


def _path(match: re.Match[str]) -> str:
    return _placed(match[0])


def _placed(path: str) -> str:
    """A path in its trust zone; one without an extension is taken for a directory."""
    place = executable(path)
    if not place.location and path[0] not in "\\/":
        return _typed("file", extension(place.name))
    ending = extension(place.name)
    zone = place.zone if ending else executable(path.rstrip("\\/") + ("/" if path[0] == "/" else "\\")).zone
    return _typed("path", zone, ending)


def _dotted(match: re.Match[str]) -> str:
    """A name with dots: a file when its ending is a known type of file, a host when it is a domain."""
    name, last = match["name"], match["last"].lower()
    if last in FILE_TYPES and last != "com":
        return _typed("file", extension(name))
    if len(last) > 5 and last not in TOP_DOMAINS and is_word(name):
        return name.lower()
    is_host = last in TOP_DOMAINS or (name.count(".") >= 2 and last.isalpha())
    return "<host>" if is_host or match["port"] else _typed("file", extension(name))


_LIBRARY = re.compile(r"(?P<path>[^,]+\.(?:dll|cpl|ocx|sys)),(?P<entry>[^,\s]*)", re.IGNORECASE)
_SPACED_PATH = re.compile(
    r"(?:[a-z]:|%\w{1,30}%|\\|/)[\\/]?[^<>|*?\n\"]{0,240}?(?:\.(?:exe|com|bat|cmd|ps1|vbs|js|dll|msi|sql|dtsx|jar|py|sh)(?=\s|$)"
    r"|$)",
    re.IGNORECASE,
)


def _library(match: re.Match[str]) -> str:
    entry = match["entry"].lower()
    return f"{kind(match['path'])},{entry if is_word(entry) else '<n>' if entry[:1] == '#' else '<rand>'}"


def _assigned(match: re.Match[str]) -> str:
    name = match["name"].lower()
    name = name if is_word(name) else "<rand>"
    value = match["value"]
    if "=" in value.rstrip("="):
        return f"{name}={_typed('text', str(bucket(len(value))))}"
    return f"{name}={kind(value) if value else ''}"


class Row(NamedTuple):
    """A sort of word: how all of it looks, what stands for it, two examples that run as tests.

    ``hint`` is in every ASCII word, seen ``from_afar``, that the pattern matches: looking for it is far cheaper.
    """

    pattern: re.Pattern[str]
    stands: str | Callable[[re.Match[str]], str]
    examples: tuple[tuple[str, str], tuple[str, str]]
    hint: str


def _row(pattern: str, stands: str | Callable[[re.Match[str]], str], *examples: tuple[str, str], hint: str = "") -> Row:
    first, second = examples
    return Row(re.compile(pattern, re.IGNORECASE | re.DOTALL), stands, (first, second), hint)


_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_NAME = r"[\w$~+@{}()#%*?-]"

KINDS: tuple[Row, ...] = (
    _row(
        r"(?P<scheme>[a-z][a-z0-9+.-]{1,10})://(?P<rest>.*)",
        _url,
        ("http://1.2.3.4:8080/a/Svn.exe?x=1", "<url:http:exe>"),
        ("HTTPS://evil.example/", "<url:https>"),
        hint="://",
    ),
    _row(
        r"\\\\\.\\pipe\\.*",
        "<pipe>",
        ("\\\\.\\pipe\\334485", "<pipe>"),
        ("\\\\.\\PIPE\\x", "<pipe>"),
        hint="\\\\.\\p",
    ),
    _row(r"(?:\\\\|//)(?![.?]\\).*", _unc, ("\\\\10.0.0.5\\c$\\x.exe", "<unc:exe>"), ("//fs01/share", "<unc>")),
    _row(
        rf"{_OCTET}(?:\.{_OCTET}){{3}}(?::\d{{1,5}}|/\d{{1,2}}|,\d{{1,5}})?",
        "<ip>",
        ("192.168.1.6", "<ip>"),
        ("10.0.0.0/8", "<ip>"),
        hint="0.0",
    ),
    _row(
        r"\[?(?=[0-9a-f:]*:[0-9a-f:]*:)(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}\]?(?::\d{1,5})?",
        "<ip>",
        ("fe80::1", "<ip>"),
        ("[2001:db8::1]:443", "<ip>"),
        hint=":",
    ),
    _row(
        r"\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?",
        "<guid>",
        ("{3EB3C877-1F16-487C-9050-104DBCD66683}", "<guid>"),
        ("1015d768-56bd-4ced-9100-df9e609404ef", "<guid>"),
        hint="-",
    ),
    _row(
        r"(?:\d{4}-\d\d-\d\d(?:[t_ ]\d\d?[:.]\d\d.*)?|\d{1,2}/\d{1,2}/\d{4}|\d\d?:\d\d(?::\d\d(?:\.\d+)?)?)",
        "<date>",
        ("2026-11-22T07:42:35Z", "<date>"),
        ("20:10", "<date>"),
        hint="0",
    ),
    _row(r"(?:/dev/null|nul|\$null)", "nul", ("/dev/null", "nul"), ("NUL", "nul"), hint="nul"),
    _row(r"[+#-]?\d+(?:[.,]\d+)?(?:%|ms|[smhdkgb]b?)?", "<n>", ("1433", "<n>"), ("512m", "<n>"), hint="0"),
    _row(r"v?\d+(?:\.\d+){2,}(?:[-+][\w.]+)?", "<ver>", ("4.0.30319", "<ver>"), ("v15.0.2000.5", "<ver>"), hint="0.0"),
    _row(r"0x[0-9a-f]+", "<hex>", ("0xffffffff", "<hex>"), ("0X2c0", "<hex>"), hint="0x"),
    _row(r"(?=[a-f]*\d)[0-9a-f]{2,8}", "<n>", ("2c0", "<n>"), ("000000a4", "<n>"), hint="0"),
    _row(
        r"(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{9,}(?::[0-9a-f]+)*",
        "<hex>",
        ("b6a1458f396", "<hex>"),
        ("000001E052A49340", "<hex>"),
        hint="0",
    ),
    _row(
        r"(?P<hive>hk(?:lm|cu|cr|u|cc|ey_[a-z_]+)):?[\\/](?P<key>.*)",
        _registry,
        ("HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run", "<reg:hklm:run>"),
        ("hkey_current_user\\Environment", "<reg:hkcu:environment>"),
        hint="hk",
    ),
    _row(
        _LIBRARY.pattern,
        _library,
        ("C:\\Windows\\System32\\shell32.dll,Control_RunDLL", "<path:system:dll>,control_rundll"),
        ("x.dll,#1", "<file:dll>,<n>"),
        hint=",",
    ),
    _row(
        rf"(?=.*(?-i:[A-Z]))(?=.*(?-i:[a-z]))(?:(?=.*\d)[a-z0-9+]{{{SHORTEST_ENCODED},}}|(?:[a-z0-9+/]{{4}}){{4,}}"
        rf"(?:[a-z0-9+/]{{2}}==|[a-z0-9+/]{{3}}=)|(?!/)(?=.*\d)(?=.*\+)[a-z0-9+/]{{{SHORTEST_ENCODED},}})",
        "<b64>",
        ("dwBoAG8AYQBtAGkAZABpAHIA1", "<b64>"),
        ("aGVsbG8gd29ybGQgaGVsbG8=", "<b64>"),
    ),
    _row(
        r"(?P<name>[a-z_][\w.-]{0,40})=(?P<value>.*)",
        _assigned,
        ("if=/dev/zero", "if=<path:unix-other>"),
        ("binPath=", "binpath="),
        hint="=",
    ),
    _row(
        r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
        "<user>",
        ("bob@example.com", "<user>"),
        ("svc-sql@corp.local", "<user>"),
        hint="@",
    ),
    _row(
        r"(?:%\w{1,30}%|!\w{1,30}!|%%?~?\w|\$\{?\w{1,30}\}?|\$\(\w+\))",
        "<var>",
        ("%i", "<var>"),
        ("$HOME", "<var>"),
    ),
    _row(
        r"(?![a-z]:)[\w.-]{1,15}\\[\w.$ -]{1,64}",
        _user,
        ("NT-AUTHORITY\\SYSTEM", "<user>"),
        ("bin\\x.exe", "<path:none:exe>"),
        hint="\\",
    ),
    _row(
        r"(?:[a-z]:|[%$]?[\w{}:()~.]*%?)[\\/].*|[a-z]:",
        _path,
        ("C:\\Users\\Public\\Svn.exe", "<path:public:exe>"),
        ("./x.sh", "<file:sh>"),
    ),
    _row(
        rf"(?P<name>{_NAME}+(?:\.{_NAME}+)*\.(?P<last>\w{{1,12}}))(?P<port>:\d{{1,5}})?",
        _dotted,
        ("So.2", "<file:2>"),
        ("update.evil.com", "<host>"),
        hint=".",
    ),
)
"""In the order they are tried; the whole word must match."""

_ALL_HINTS = "".join(row.hint for row in KINDS)
_BLANK = re.compile(r"[ \t\n]")
_NUMBERED = re.compile(r"([a-z]{2,}(?:[-_][a-z]+)*[-_]?)\d{1,6}", re.IGNORECASE)
_SCRIPT = re.compile(r"(javascript|vbscript|about|data):", re.IGNORECASE)


def kind(word: str) -> str:
    """The kind of a word, ``<path:temp:exe>``, or the word in lower case where it is a real word or an operator."""
    return _remembered(word) if len(word) <= LONGEST_REMEMBERED else _kind(word)


def _kind(word: str) -> str:
    text = word.strip("\"'`,;()")
    if not text:
        return "<text>" if any(character.isalnum() for character in word) else word[:3]
    if script := _SCRIPT.match(text):
        return _typed("script", script[1].lower())
    if _BLANK.search(text):
        return _spaced(text)
    if encoded(text):
        return "<b64>"
    if text[0] == "@" and len(text) > 1:
        return "@" + _kind(text.lstrip("@"))
    afar = from_afar(text) if text.isascii() else _ALL_HINTS
    for row in KINDS:
        if row.hint in afar and (found := row.pattern.fullmatch(text)):
            return row.stands if isinstance(row.stands, str) else row.stands(found)
    return _plain(text)


_remembered = lru_cache(maxsize=1 << 16)(_kind)


def _plain(text: str) -> str:
    if is_word(text):
        return text.lower()
    if (numbered := _NUMBERED.fullmatch(text)) and is_word(numbered[1].rstrip("-_")):
        return f"{numbered[1].lower()}<n>"
    if len(text) > LONGEST_WORD:
        return _typed("text", str(bucket(len(text))))
    return "<rand>" if any(character.isalnum() for character in text) else text[:3]


def _spaced(text: str) -> str:
    """A quoted text with blanks: a path, SQL, else a free text of which only its length is kept."""
    if library := _LIBRARY.fullmatch(text):
        return _library(library)
    if path := _SPACED_PATH.match(text):
        return _placed(path[0])
    return sql(text) or _typed("text", str(bucket(len(text))))
