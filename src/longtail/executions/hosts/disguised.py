"""A host under another name → its reading, where the grammar of what it is told is unmistakable."""

import re
from typing import NamedTuple

from longtail.executions.hosts import shells, windows
from longtail.executions.hosts.told import Reading


class Grammar(NamedTuple):
    """What only one host is ever told: tried on the line after the program's name."""

    pattern: re.Pattern[str]
    reads: Reading


def _grammar(pattern: str, reads: Reading) -> Grammar:
    return Grammar(re.compile(pattern, re.IGNORECASE), reads)


GRAMMARS: tuple[Grammar, ...] = (
    _grammar(r'\s*(?:"[^"]+\.(?:dll|cpl|ocx)"|[^\s",]+\.(?:dll|cpl|ocx))\s*,\s*(?:#\d|[a-z_])', windows.rundll32),
    _grammar(r"\s*[\"']?(?:javascript|vbscript):", windows.mshta),
    _grammar(r"(?=.*[-/]i:\S).*\bscrobj(?:\.dll)?\b", windows.regsvr32),
    _grammar(r".*?\s[-/\u2013\u2014\u2015]e(?:c|n|nc|nco\w*)?\s+[\"']?[a-z0-9+/]{24,}={0,2}", shells.powershell),
    _grammar(r"(?:\s+/[qsda])*\s+/[ck]\s+\"?(?:echo|copy|del|dir|type|start|powershell|cmd)\b", shells.cmd),
)

_MARKS = (".dll", "/c ", " -e", " /e", "script:", "scrobj", ".cpl", ".ocx", "/k ", "\u2013e", "\u2014e", "\u2015e")
"""One of these is in every line that a grammar matches; looking for them is far cheaper."""


def disguised(line: str, end: int) -> Reading | None:
    """The reading of the host that alone understands what follows the program's name (at ``end``), or None."""
    lower = line.lower()
    for mark in _MARKS:
        if mark in lower:
            return next((grammar.reads for grammar in GRAMMARS if grammar.pattern.match(line, end)), None)
    return None
