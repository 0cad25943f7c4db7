"""A host under another name → its reading, where the grammar of what it is told is unmistakable."""

import re
from typing import NamedTuple

from longtail.executions.hosts import shells, windows
from longtail.executions.hosts.told import Call, Reading


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

_WORTH_A_LOOK = re.compile(r"\.dll|\.cpl|\.ocx|script:|scrobj|[-/\u2013\u2014\u2015]e|/[ck]\s", re.IGNORECASE)


def disguised(call: Call) -> Reading | None:
    """The reading of the host that alone understands this line, or None."""
    if call.posix or not call.words or not _WORTH_A_LOOK.search(call.line, call.words[0].end):
        return None
    tail = call.line[call.words[0].end :]
    return next((grammar.reads for grammar in GRAMMARS if grammar.pattern.match(tail)), None)
