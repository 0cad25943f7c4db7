"""The text after a program's name → its argument tokens: options, kinds, words and redirections."""

import re
from collections.abc import Iterator
from functools import lru_cache

from longtail.executions.shell import names
from longtail.executions.words import LONGEST_REMEMBERED, LONGEST_WORD, ROOTS, is_word, kind

DASHES = "-\u2013\u2014\u2015"
"""What starts an option besides the slash: PowerShell takes the long dashes for a hyphen."""

_TOKEN = re.compile(
    r"""(?P<redirect>(?<![^ \t])\d>>?(?:&\d)?|>>?(?:&\d)?|<<?<?)"""
    r"""|(?P<word>'[^']*'(?=[ \t\r\n<>]|$)|(?:"(?:[^"\\]|\\.)*+"?|[^ \t\r\n"<>]++)++)""",
    re.DOTALL,
)
_FLAG = re.compile(
    rf"(?:[{DASHES}]{{1,2}}(?P<dashed>[\w?@#][\w.?+-]*)|/(?P<slashed>[a-z?@][\w-]*))(?:[:=](?P<value>.*))?",
    re.IGNORECASE | re.DOTALL,
)
_GLUED_PATH = re.compile(r"-([a-z])([\\/].+)", re.IGNORECASE | re.DOTALL)
_NUMBERS = re.compile(r"\d{2,}")

NAMED: dict[str, frozenset[str]] = {
    # program → the options and verbs after which a name of the caller's own choice follows
    "bitsadmin": names(
        "-transfer -create -addfile -addfileset -resume -suspend -complete -cancel -setnotifycmdline -setpriority "
        "-setnotifyflags -setminretrydelay -info -listfiles"
    ),
    "schtasks": names("-tn -ru -rp -u -p -s"),
    "net": names("user"),
    "net1": names("user"),
    "sc": names("create"),
    "psexec": names("-u -p"),
    "sqlcmd": names("-u -p -s -d"),
    "osql": names("-u -p -s -d"),
    "bcp": names("-u -p -s -d"),
}


def arguments(text: str, program: str = "") -> Iterator[str]:
    """The tokens of a program's arguments, in order; ``program`` is its name without ``.exe``."""
    named = NAMED.get(program)
    before = ""
    for found in _TOKEN.finditer(text):
        token = found[0] if found.lastgroup == "redirect" else argument(found[0])
        if named and before in named and token[0] not in "-><":
            token = "<name>"
        yield token
        before = token


def written(text: str) -> list[str]:
    """The words of a text as written, redirections left out."""
    return [found[0] for found in _TOKEN.finditer(text) if found.lastgroup == "word"]


def argument(raw: str) -> str:
    """One argument as written → an option (``-s:<file:2>``), a kind or a word."""
    return _remembered(raw) if len(raw) <= LONGEST_REMEMBERED else _argument(raw)


def _argument(raw: str) -> str:
    text = raw.replace('"', "") if '"' in raw else raw
    if text[:1] in "-/\u2013\u2014\u2015" and (flag := _FLAG.fullmatch(text)):
        slashed = (flag["slashed"] or "").lower()
        if slashed not in ROOTS or flag["value"] is not None:
            name = "-" + _option(flag["dashed"] or slashed)
            return name if flag["value"] is None else f"{name}:{kind(flag['value']) if flag['value'] else ''}"
    if glued := _GLUED_PATH.fullmatch(text):
        return f"-{glued[1].lower()}:{kind(glued[2])}"
    return kind(raw)


_remembered = lru_cache(maxsize=1 << 17)(_argument)


def _option(name: str) -> str:
    """An option's name; numbers in it are masked, and a secret glued to a letter (``-pS3cr3t``) is not a name."""
    short = _NUMBERS.sub("<n>", name.lower())
    if len(name) <= 3 or is_word(name) or (len(name) <= LONGEST_WORD and is_word(_without_numbers(name))):
        return short
    return "<rand>"


def _without_numbers(name: str) -> str:
    return re.sub(r"\d+$|(?<=[a-z])\d+(?=[a-z]?$)", "", name, flags=re.IGNORECASE)
