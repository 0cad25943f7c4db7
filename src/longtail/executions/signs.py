"""The commands of one line → whether one of them bears a sign: an address, a place, a shell on a connection.

The tests of a trait for which words said to one program (``meaning.Says``) are not enough.
"""

import re
from collections.abc import Container
from functools import lru_cache

from longtail.executions.arguments import argument, written
from longtail.executions.meaning import Command, Says
from longtail.executions.paths import Zone, executable
from longtail.executions.readable import SHORTEST_ENCODED

_WRITABLE = frozenset(
    {Zone.TEMP, Zone.PUBLIC, Zone.RECYCLE_BIN, Zone.SYSTEM_WRITABLE, Zone.USER_PROFILE, Zone.UNIX_TEMP}
)
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_FOUR = re.compile(r"\d\.\d{1,3}\.\d{1,3}\.\d")  # without it there is no address in numbers, and looking is cheap
_ADDRESSES = (
    # what is in every such address, and the address
    (
        re.compile("://"),
        re.compile(r"[a-z][a-z0-9+.-]{1,10}://(?!localhost\b|127\.|0\.0\.0\.0|\[?::1\b)[^\\/\s\"'<>|]+", re.IGNORECASE),
    ),
    (
        re.compile(r"\\\\|//"),
        re.compile(
            r"(?<![\w%:}.])(?:\\\\|//)(?!localhost\b|127\.|0\.0\.0\.0|[.?][\\/])[\w-]+\.[\w.-]+",
            re.IGNORECASE,
        ),
    ),
    (
        _FOUR,
        re.compile(rf"(?<![\d.\w])(?!127\.|255\.|\d+\.\d+\.0\.0){_OCTET}(?:\.{_OCTET}){{3}}(?![\d.]|\w)"),
    ),
)
_PUBLIC = re.compile(
    r"(?<![\d.\w])(?!0\.|10\.|127\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.|22[4-9]\.|2[345]\d\.|\d+\.\d+\.0\.0)"
    rf"{_OCTET}(?:\.{_OCTET}){{3}}(?![\d.]|\w)"
)
_PROGRAM_ELSEWHERE = re.compile(
    r"//[^\s\"'<>|]{1,512}\."
    r"(?:exe|dll|scr|com|pif|bat|cmd|ps1|psm1|vbs|vbe|jse|hta|sct|msi|jar|elf|sh|py|pl|so|bin)(?![\w./-])",
    re.IGNORECASE,
)
_DOUBLE = re.compile(
    r"\.(?:docx?|xlsx?|pptx?|pdf|rtf|txt|csv|jpe?g|png|gif|bmp|mp[34]|html?|zip)\s*"
    r"\.(?:exe|scr|com|pif|bat|cmd|js|jse|vbs|vbe|wsf|hta|lnk|ps1)\b",
    re.IGNORECASE,
)
FETCHERS = frozenset({"curl", "wget", "iwr", "irm", "invoke-webrequest", "invoke-restmethod", "fetch", "lwp-download"})
_INTERPRETERS = frozenset(
    {"sh", "bash", "dash", "zsh", "ksh", "ash", "python", "python2", "python3", "perl", "ruby", "php", "cmd"}
) | {"powershell", "pwsh", "iex", "invoke-expression", "node"}


_SHELL_CALL = re.compile(
    r"(?<![\w-])(?:cmd(?:\.exe)?\"?\s+/[ckr]\b|powershell(?:\.exe)?\"?\s+[-/]|(?:/bin/)?(?:ba|da|z)?sh\"?\s+-[ic]\b)",
    re.IGNORECASE,
)
_SHELL_NAMED = re.compile(
    r"(?<!\S)[-/]{1,2}(?:c|e|p|x|cmd|exec|execute|command|run|prog|program|process|shell)(?:[=:]|\s+)"
    r"\"?(?:[^\s\"]{0,260}[\\/])?(?:cmd|powershell|pwsh|sh|bash|dash|zsh)(?:\.exe)?\"?(?=\s|$)",
    re.IGNORECASE,
)
_SHELL_HANDLERS = _INTERPRETERS | frozenset(
    [
        "start",
        "call",
        "forfiles",
        "schtasks",
        "at",
        "wmic",
        "sc",
        "conhost",
        "pcalua",
        "runas",
        "start-process",
        "sqlcmd",
        "osql",
        "isql",
        "for",
        "if",
        "exit",
        "echo",
        "sudo",
        "su",
        "env",
        "nohup",
        "timeout",
        "setsid",
        "nice",
        "xargs",
        "find",
        "docker",
        "kubectl",
        "systemd-run",
        "cron",
        "crond",
        "runuser",
        "ssh",
        "watch",
        "script",
        "wscript",
        "cscript",
        "mshta",
        "set",
        "rem",
        "findstr",
        "find",
        "grep",
    ]
)


def remote_argument(commands: list[Command]) -> bool:
    return any(command.zone is Zone.REMOTE or _addressed(command.raw) for command in commands)


def _addressed(raw: str) -> bool:
    return any(sign.search(raw) and address.search(raw) for sign, address in _ADDRESSES)


def bare_address(commands: list[Command]) -> bool:
    return any(_FOUR.search(command.raw) and _PUBLIC.search(command.raw) for command in commands)


def fetches_program(commands: list[Command]) -> bool:
    return any(_PROGRAM_ELSEWHERE.search(command.raw) for command in commands) or any(
        command.program in FETCHERS and _nameless_from_a_number(command) for command in commands
    )


_STORED = re.compile(r"(?:^|\s)-(?:outfile|output(?:-document)?|out|o)(?:[ =:]|(?=[\\/]))(\S{1,260})")


def _nameless_from_a_number(command: Command) -> bool:
    """Whether what a bare address hands over is kept where anybody may write, under a name that says no kind."""
    if not bare_address([command]):
        return False
    kept = [word for word in _STORED.findall(command.told) if "." not in re.split(r"[\\/]", word)[-1].lstrip(".")]
    return any(("\\" in word or "/" in word) and _zone(word) in _WRITABLE for word in kept)


_REVERSED = re.compile(
    r"\bsh\s+-i\b[^\n]{0,60}/dev/(?:tcp|udp)/|/dev/(?:tcp|udp)/[^\n]{0,80}\b0>&1|<>\s{0,4}/dev/(?:tcp|udp)/|\bpty\.spawn\b"
    r"|\bdup2\s{0,4}\(|\b(?:fsockopen|tcpsocket|socket)\b[^\n]{0,400}(?:/bin/(?:ba|da)?sh\b|cmd\.exe|powershell)"
    r"|\bmkfifo\b[^\n]{0,200}\|[^\n]{0,80}\b(?:ba|da)?sh\b|\bexec:['\"]?(?:/bin/)?(?:ba|da|z)?sh\b|/inet/(?:tcp|udp)/"
    r"|\|\s{0,9}(?:/bin/)?(?:ba|da|z)?sh\s{0,9}\|\s{0,9}(?:telnet|nc|ncat|openssl)\b"
    r"|\btcpclient\b[^\n]{0,300}\.getstream\b(?![^\n]{0,600}sslstream)|\btcpclient\b[^\n]{0,900}\b(?:iex|invoke-expression)\b",
    re.IGNORECASE,
)
"""A shell whose input and output are a connection's, in the words of shells and scripting languages."""


def hands_on_a_shell(commands: list[Command]) -> bool:
    return any(_REVERSED.search(command.raw) for command in commands) or any(
        command.program not in _SHELL_HANDLERS and (_SHELL_CALL.search(command.raw) or _SHELL_NAMED.search(command.raw))
        for command in commands
    )


def writable_target(commands: list[Command]) -> bool:
    places = (word for command in commands for word in written(command.raw))
    return any(_zone(word) in _WRITABLE for word in places if "\\" in word or "/" in word)


@lru_cache(maxsize=1 << 16)
def _zone(word: str) -> Zone:
    token = argument(word)
    if token.startswith("-") and ":" in token:
        word = re.split(r"[:=]", word, maxsplit=1)[-1]
    return executable(word.strip("\"'@,;()")).zone


def double_extension(commands: list[Command]) -> bool:
    return any(_DOUBLE.search(command.raw) for command in commands)


def encoded(commands: list[Command]) -> bool:
    return any(_coded(command.raw) for command in commands) or _decodes(commands)


def _coded(raw: str) -> bool:
    long = (word for word in written(raw) if len(word) >= SHORTEST_ENCODED)
    return "frombase64" in raw.lower() or any("<b64>" in argument(word) for word in long)


_decodes = Says({"base64": r"-(?:d|-decode|di)\b", "certutil": r"-decode\b", "openssl": r"\b(?:base64|enc)\b.*-d\b"})


def echo_to_file(commands: list[Command]) -> bool:
    return any(
        command.program in ("echo", "printf")
        and re.search(
            r"(?<!&)(?<!\s[2-9])>>?\s*(?!&|nul\b|\"?nul\b|/dev/(?:null|std|tty)|\\\\\.\\)(?!\S*\.(?:log|done|ok|flag|csv|out|err|lst)\b)"
            r"[\w\"'%$./\\~]",
            command.told,
        )
        for command in commands
    )


def runs_remote(commands: list[Command]) -> bool:
    """Run straight from afar, or fetched and piped to an interpreter; what is fetched into a file has not run yet."""
    return _runs_from({Zone.REMOTE, Zone.NETWORK_SHARE}, commands)


def runs_from_the_web(commands: list[Command]) -> bool:
    """The same where it comes from an address, and not from a file server."""
    return _runs_from({Zone.REMOTE}, commands)


def _runs_from(zones: Container[Zone], commands: list[Command]) -> bool:
    afar = any(command.zone in zones for command in commands)
    kept = any("-outfile" in command.told or "downloadfile" in command.told for command in commands)
    fetches = any(command.program in FETCHERS and _addressed(command.raw) for command in commands)
    return (afar and not kept) or (fetches and _piped(commands))


def _piped(commands: list[Command]) -> bool:
    return bool(commands) and any(
        re.search(rf"\|\s*(?:sudo\s+)?(?:/\S*/)?(?:{'|'.join(sorted(_INTERPRETERS))})\b", command.raw)
        for command in commands
    )
