"""PowerShell's command line and text → the parameters meant, the text decoded, the statements in it."""

import base64
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from longtail.executions.argv import Word
from longtail.executions.shell import MAX_COMMANDS, names

PARAMETERS: tuple[tuple[str, int, bool], ...] = (
    # the full name, its shortest prefix, whether it takes a value
    ("command", 1, True),
    ("commandwithargs", 8, True),
    ("encodedcommand", 1, True),
    ("encodedarguments", 8, True),
    ("executionpolicy", 2, True),
    ("file", 1, True),
    ("windowstyle", 1, True),
    ("version", 1, True),
    ("psconsolefile", 1, True),
    ("inputformat", 2, True),
    ("outputformat", 1, True),
    ("configurationname", 6, True),
    ("workingdirectory", 2, True),
    ("custompipename", 3, True),
    ("settingsfile", 8, True),
    ("noprofile", 3, False),
    ("noninteractive", 4, False),
    ("nologo", 3, False),
    ("noexit", 3, False),
    ("sta", 1, False),
    ("mta", 1, False),
    ("login", 1, False),
    ("interactive", 1, False),
    ("help", 1, False),
)
_ALIASES = {"ec": "encodedcommand", "ep": "executionpolicy", "ea": "encodedarguments", "cwa": "commandwithargs"} | {
    "ex": "executionpolicy",
    "wd": "workingdirectory",
    "if": "inputformat",
    "of": "outputformat",
    "?": "help",
    "settings": "settingsfile",
}
_SHORTENED = {
    name[:length]: name for name, least, _ in reversed(PARAMETERS) for length in range(least, len(name) + 1)
} | _ALIASES
"""Every way to write a parameter; of two that share a beginning, the first of the table has it."""
DASHES = "-/\u2013\u2014\u2015"
"""What starts a parameter: PowerShell takes the slash and the three long dashes for a hyphen."""

_VALUED = {name for name, _, valued in PARAMETERS if valued}
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]{4,}")
_VERBS = names(
    "add backup block build checkpoint clear close compare complete compress confirm connect convert convertfrom "
    "convertto copy debug deny deploy disable disconnect dismount edit enable enter exit expand export find "
    "foreach format get grant group hide import initialize install invoke join limit lock measure merge mount "
    "move new open optimize out pop protect publish push read receive redo register remove rename repair request "
    "reset resize resolve restart restore resume revoke save search select send set show skip sort split start "
    "step stop submit suspend switch sync tee test trace unblock undo uninstall unlock unprotect unpublish "
    "unregister update use wait watch where write"
)
CMDLET = re.compile(rf"(?:{'|'.join(sorted(_VERBS))})-[a-z]\w{{1,40}}", re.IGNORECASE)
_PIECE = re.compile(
    r"""(?P<escape>`.?)|(?P<comment><\#.*?(?:\#>|\Z)|(?<![^\s;({])\#[^\n]*)|(?P<quoted>'[^']*'?|"(?:[^"`]|`.)*+"?)"""
    r"""|(?P<operator>&&|\|\||[;|(){}\r\n])|(?P<plain>[^`'"|;(){}\r\n\#&<]+|[\#&<])""",
    re.DOTALL,
)
_LEAD = re.compile(
    r"\s*(?:\$[\w:{}.\[\]]+\s*[+*/-]?=(?!=)\s*|(?:return|throw|if|else|elseif|try|catch|finally|foreach|for|while|do|"
    r"begin|process|end|in)(?=\s|$)\s*|\[[\w.\[\]]+\]\s*(?=\$|'|\"|[a-z]+-)|\$\w+\s+in(?=\s)|[,=!@]+)",
    re.IGNORECASE,
)


class Parameter(NamedTuple):
    """One parameter of powershell.exe by its full name, and the index of the word that carries its value."""

    name: str
    value_at: int


def parameter(word: str) -> str:
    """The full name of an abbreviated parameter (``/EnC`` → ``encodedcommand``), or ``""``."""
    if len(word) < 2 or word[0] not in DASHES:
        return ""
    return _SHORTENED.get(word.lstrip(DASHES).lower(), "")


def told_by(words: Sequence[Word]) -> Parameter | None:
    """Which parameter tells what to run, and where: ``-File``, ``-Command``, ``-EncodedCommand`` or a bare text."""
    index = 1
    while index < len(words):
        name = parameter(words[index].value)
        if name in ("command", "commandwithargs", "encodedcommand", "file"):
            return Parameter(name, index + 1)
        if not name and words[index].value[:1] not in DASHES:
            return Parameter("command", index)
        index += 2 if name in _VALUED else 1
    return None


@lru_cache(maxsize=8)  # what a line hosts and what its shape is are asked one after the other
def decoded(blob: str) -> str | None:
    """The text behind ``-EncodedCommand``: base64 of UTF-16LE, read leniently; None when it is not that."""
    text = "".join(blob.split()).strip("'\"")
    if len(text) < 4 or not _BASE64.fullmatch(text):
        return None
    bare = text.partition("=")[0]
    bare = bare[: len(bare) - (len(bare) % 4 == 1)]
    data = base64.b64decode(bare + "=" * (-len(bare) % 4))
    plain = data[: len(data) // 2 * 2].decode("utf-16-le", "replace")
    return plain if plain and _readable(plain) * 10 >= len(plain) * 9 else None


def _readable(text: str) -> int:
    """How many characters of a text are fit to be read."""
    if text.isascii() and text.isprintable():
        return len(text)
    return sum((character.isprintable() and character < "\u0250") or character in "\t\r\n" for character in text)


def statements(text: str) -> Iterator[str]:
    """The statements of a PowerShell text, in order: pipelines, blocks and parentheses are taken apart."""
    found, position = 0, 0
    line: list[str] = []
    while found < MAX_COMMANDS and (piece := _PIECE.match(text, position)):
        position = piece.end()
        if piece.lastgroup == "operator":
            statement, line = _bare("".join(line)), []
            if statement:
                yield statement
                found += 1
        elif piece.lastgroup != "comment":
            line.append(piece[0][1:] if piece.lastgroup == "escape" else piece[0])
    if found < MAX_COMMANDS and (last := _bare("".join(line))):
        yield last


def _bare(statement: str) -> str:
    """The statement without assignments and keywords before it."""
    for _ in range(MAX_COMMANDS):
        lead = _LEAD.match(statement)
        if not lead or not lead.end():
            break
        statement = statement[lead.end() :]
    return statement.strip()


_FETCHES = re.compile(
    r"Download(?:String|File|Data)|OpenRead|Invoke-WebRequest|Invoke-RestMethod|Start-BitsTransfer|WebRequest\]::"
    r"|GetStringAsync|GetByteArrayAsync|\b(?:iwr|irm|curl|wget)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?|ftp)://[^\s\"'`<>|;)}]+", re.IGNORECASE)
_ALIAS_BUILTINS = names(
    "ls dir gci cd sl pwd echo write cat type gc rm del ri ren rni mv move mi cp copy cpi md mkdir ni nal sal gal "
    "sleep ps gps kill spps gsv sasv spsv gwmi gcim iwmi icim sp gp gm gi where foreach select sort group measure "
    "tee ft fl fw oh ogv clear cls h history iwr irm curl wget icm etsn nsn rsn ipmo rmo gmo gcm man help pushd "
    "popd sv gv rv set param function filter using trap exit break continue class enum"
)
_STARTS = frozenset({"start-process", "saps", "start", "invoke-item", "ii"})
_EVALUATES = frozenset({"iex", "invoke-expression"})
_PROGRAM = re.compile(r"""(?:[a-z_$%]|\.{1,2}[\\/]|\\\\|/)[^\s'"=,*?<>]*""", re.IGNORECASE)
_FIRST = re.compile(r"""(?:"(?P<double>[^"]*)"?|'(?P<single>[^']*)'?|(?P<plain>\S+))""")
_FILE_PATH = re.compile(r"(?:^|\s)-f\w*\s+", re.IGNORECASE)
_ARGUMENTS = re.compile(r"(?:^|\s)-a\w*\s+", re.IGNORECASE)
_SWITCHED = re.compile(
    r"\s*-(?:w(?:indowstyle)?|v(?:erb)?|work\w*|cred\w*)\s+\S+|\s*-(?:nonewwindow|wait|passthru|p|nnw)\b", re.IGNORECASE
)


class Meaning(NamedTuple):
    """What one statement does: a built-in by name, a command line it runs, a text it evaluates."""

    builtin: str = ""
    line: str = ""
    evaluated: str = ""
    quoted: str = ""
    evaluates: bool = False


def fetched(text: str) -> list[str]:
    """The addresses in a text that downloads; none where nothing in it does."""
    return list(dict.fromkeys(_ADDRESS.findall(text)))[:8] if _FETCHES.search(text) else []


def meaning(statement: str) -> Meaning:
    """What a statement means, as far as it is plain; an empty meaning for expressions."""
    if statement[0] == "&" or statement.startswith(". "):
        return Meaning(line=_runs(statement[1:].strip()))
    first = _FIRST.match(statement)
    if first is None:
        return Meaning()
    if first["plain"] is None:
        return Meaning(quoted=first["double"] or first["single"] or "")
    word, rest = first["plain"].lower(), statement[first.end() :].strip()
    if word in _EVALUATES:
        return Meaning(builtin=word, evaluated=_unquoted(rest), evaluates=True)
    if word in _STARTS:
        return Meaning(builtin=word, line=_started(rest))
    if word in _ALIAS_BUILTINS or CMDLET.fullmatch(word):
        return Meaning(builtin=word)
    runs = (bool(_PROGRAM.fullmatch(first["plain"])) and not word.startswith("$")) or word.startswith("$env:")
    return Meaning(line=statement if runs and not word.endswith(":") else "")


def _runs(text: str) -> str:
    """The command line behind the call operator; a block or variable has none."""
    first = _FIRST.match(text)
    if first is None or ((first["plain"] or "").startswith("$") and not first["plain"].lower().startswith("$env:")):
        return ""
    path = first["double"] or first["single"] or first["plain"] or ""
    return f'"{path}"{text[first.end() :]}' if " " in path else path + text[first.end() :]


def _started(rest: str) -> str:
    """The command line that ``Start-Process`` puts together from its file and its arguments."""
    rest = _SWITCHED.sub("", rest)
    return " ".join(_ARGUMENTS.sub(" ", _FILE_PATH.sub(" ", rest)).split(" ")).strip().replace("'", '"')


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] in "'\"" and text[-1] == text[0] else text
