"""A process start → the same deed by somebody else: other addresses, names and files, everything of the instance gone.

What stays of a command line is what programs, systems and rules have words for; all other words are replaced, the same
by the same. It serves twice: as an example that tells nothing of a victim, and as the test whether a rule rests on the
instance it was made from.
"""

import re
from collections.abc import Iterable

from longtail.detections import cores, meanings
from longtail.detections.evasions import Start
from longtail.detections.predicates import Predicate
from longtail.executions.powershell import CMDLET
from longtail.executions.shell import CMD_BUILTINS
from longtail.executions.vocabulary import FILE_TYPES, HIVES

SOMEBODY, SOMEBODYS_SHELL, POSIX_SHELL = "EXAMPLE\\somebody", "C:\\Windows\\explorer.exe", "/usr/bin/bash"
ADDRESS = "203.0.113.9"
DIGITS, OTHER_DIGITS = "0987654321", "1234567890"
LONGEST_KEPT = 4000
_WORD = re.compile(
    r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|(?<![A-Za-z0-9])[-/][A-Za-z]{1,3}(?![A-Za-z0-9])|[A-Za-z0-9_][A-Za-z0-9_+=]*"
)
_LETTERS = re.compile(r"[a-z0-9_]{2,}|\b[cd]\b")
_ALL_LETTERS = re.compile(r"[a-z0-9_]{2,}|\b[a-z]\b")
_PLACES = (
    "windows system32 syswow64 users public program files x86 programdata temp tmp appdata local roaming microsoft net "
    "framework framework64 sql server binn tools dev shm usr bin var etc home c d"
)
_COMMON = (
    "transfer download upload priority high foreground list split urlcache decode create add delete user localgroup "
    "group administrators domain process call shadow shadows all quiet hidden bypass noprofile nop command file exec "
    "executionpolicy new object net webclient system start sc daily ru tn tr binpath auto open get bye exe software "
    "currentversion run v t reg_dword reg_sz echo copy del ftp http https node import query export save config set "
    "stop debugger im pid pn"
)
KEPT = frozenset(
    _LETTERS.findall(
        " ".join(
            [
                _PLACES,
                _COMMON,
                *FILE_TYPES,
                *HIVES,
                *CMD_BUILTINS,
                *(row.programs for row in cores.ALL),
                *(value for row in meanings.GENERAL for item in row.predicate.items for value in item.values),
                *(value for row in cores.ALL for part in row.parts for item in part for value in item.values),
            ]
        ).lower()
    )
)
"""Words that are nobody's own."""


def neutral(start: Start, logic: Iterable[Predicate] = ()) -> Start:
    """The start as somebody else's on another system: what it is told keeps its form and loses its instance.

    A single letter is an option's value or a drive, and so is kept where rules have words for it; but before a dot it
    is the name of a file.
    """
    posix = start.image.startswith("/")
    kept = KEPT | set(_ALL_LETTERS.findall(" ".join(_values(logic)).lower()))
    names: dict[str, str] = {}
    return Start(
        _rewritten(start.image, kept, names),
        _rewritten(start.command_line[:LONGEST_KEPT], kept, names),
        POSIX_SHELL if posix else SOMEBODYS_SHELL,
        "somebody" if posix else SOMEBODY,
    )


def _values(logic: Iterable[Predicate]) -> list[str]:
    return [value for each in logic if not each.negated for item in each.items if "re" not in item.modifiers
            for value in item.values]  # fmt: skip


def _rewritten(text: str, kept: frozenset[str] | set[str], names: dict[str, str]) -> str:
    def word(found: re.Match[str]) -> str:
        file_name = len(found[0]) == 1 and text[found.end() : found.end() + 1] == "."
        return _replaced(found[0], frozenset() if file_name else kept, names)

    return _WORD.sub(word, text)


def _replaced(word: str, kept: frozenset[str] | set[str], names: dict[str, str]) -> str:
    plain = word.lower()
    if plain in kept or word[0] in "-/" or CMDLET.fullmatch(plain):
        return word
    if "." in word:
        return word if word.startswith(("127.", "0.")) else ADDRESS
    if len(word) >= meanings.LONG_ENCODED:
        return "QUJD" * (meanings.LONG_ENCODED // 4 + 1)
    if word.isdecimal():
        return _number(word, DIGITS) if _number(word, DIGITS) != word else _number(word, OTHER_DIGITS)
    return names.setdefault(plain, f"example{len(names) + 1}")


def _number(word: str, digits: str) -> str:
    """Another number of as many digits; a long one keeps its first, which is what rules ask for."""
    return word[0] + digits[: len(word) - 1] if len(word) > 2 else digits[: len(word)]
