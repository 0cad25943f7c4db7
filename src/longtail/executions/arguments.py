"""The text after a program's name → its argument tokens: options, kinds, words and redirections."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from longtail.executions.readable import LONGEST_WORD, encoded, is_word
from longtail.executions.shell import names
from longtail.executions.vocabulary import ROOTS
from longtail.executions.words import LONGEST_REMEMBERED, kind

_STARTS = "-/\u2013\u2014\u2015"
DASHES = "-\u2013\u2014\u2015"
"""What starts an option besides the slash: PowerShell takes the long dashes for a hyphen."""

_TOKEN = re.compile(
    r"""(?P<redirect>(?<![^ \t])\d>>?(?:&\d)?|>>?(?:&\d)?|<<?<?)"""
    r"""|(?P<word>'[^']*'(?=[ \t\r\n<>]|$)|(?:"(?:[^"\\]|\\.)*+"?|[^ \t\r\n"<>]++)++)""",
    re.DOTALL,
)
_FLAG = re.compile(
    rf"(?:[{DASHES}]{{1,2}}(?P<dashed>[\w?@#][\w.?+-]*)|/{{1,2}}(?P<slashed>[a-z?@][\w-]*))(?:[:=,](?P<value>.*))?",
    re.IGNORECASE | re.DOTALL,
)
_GLUED_PATH = re.compile(r"[-/]([a-z])((?:(?<=-.)[a-z]:)?[\\/].+)", re.IGNORECASE | re.DOTALL)
_GLUED_NAME = re.compile(r"-([a-z])([A-Z][A-Z0-9_$]{2,})")
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


_NO_NAMES = ("-", ">", "<url", "<path", "<unc", "1>", "2>")
_LETTERS = re.compile(r"[a-f]{1,4}")


def arguments(text: str, program: str = "") -> Iterator[str]:
    """The tokens of a program's arguments, in order; ``program`` is its name without ``.exe``."""
    tokens = list(_each(text, NAMED.get(program)))
    doubtful = [at for at in range(1, len(tokens)) if tokens[at - 1][:1] == "-" and _LETTERS.fullmatch(tokens[at])]
    if doubtful and any(token == "<n>" and before[:1] == "-" for before, token in pairwise(tokens)):
        for at in doubtful:
            tokens[at] = "<n>"  # beside `-event 2c0`, `-pipe bad` is a number too
    return iter(tokens)


def _each(text: str, named: frozenset[str] | None) -> Iterator[str]:
    before = ""
    for found in _TOKEN.finditer(text):
        token = found[0] if found.lastgroup == "redirect" else argument(found[0])
        if named and before in named and not token.startswith(_NO_NAMES):
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
    if text[:1] not in _STARTS or encoded(text):
        return kind(text)
    if glued := _GLUED_PATH.fullmatch(text):
        return f"-{glued[1].lower()}:{kind(glued[2])}"
    if named := _GLUED_NAME.fullmatch(text):
        return f"-{named[1]}:<name>"
    flag = _FLAG.fullmatch(text)
    if flag is None or (flag["value"] is None and (flag["slashed"] or "").lower() in ROOTS):
        return kind(text)
    name = "-" + _option(flag["dashed"] or flag["slashed"])
    return name if flag["value"] is None else f"{name}:{kind(flag['value']) if flag['value'] else ''}"


_remembered = lru_cache(maxsize=1 << 16)(_argument)


def _option(name: str) -> str:
    """An option's name; numbers in it are masked, and a secret glued to a letter (``-pS3cr3t``) is not a name."""
    short = "<n>" if name.isdigit() else _NUMBERS.sub("<n>", name.lower())
    if len(name) <= 3 or is_word(name) or (len(name) <= LONGEST_WORD and is_word(_without_numbers(name))):
        return short
    return "<rand>"


def _without_numbers(name: str) -> str:
    return re.sub(r"\d+$|(?<=[a-z])\d+(?=[a-z]?$)", "", name, flags=re.IGNORECASE)
