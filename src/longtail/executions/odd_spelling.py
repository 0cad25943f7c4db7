"""A command line → whether it is spelt as nobody would spell it: ways around rules that look for words."""

import re

KNOWN_WORDS = {
    word.lower(): word
    for word in (
        "PowerShell", "Windows", "System", "Users", "Public", "ProgramData", "Temp", "CertUtil", "RunDll", "RegSvr",
        "MsHta", "BitsAdmin", "SchTasks", "WScript", "CScript", "MsiExec", "InstallUtil", "WhoAmI", "TaskKill", "Http",
        "Https", "EncodedCommand", "ExecutionPolicy", "DownloadString", "DownloadFile", "NetSh", "VssAdmin", "Transfer",
        "Administrators", "Documents", "Tasks", "Debug", "Local", "AppData", "Roaming", "Program", "Files", "Bypass",
    )
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z]{4,}")
_BROKEN = (
    # what breaks words up, and in how many places it takes to be no accident
    (re.compile(r"(?<=[A-Za-z])\^(?=[A-Za-z])"), 2),
    (re.compile(r'(?<=[A-Za-z])(?:"")+(?=[A-Za-z])'), 1),
    (re.compile(r"%(?!date|time)\w{1,40}:~-?\d", re.IGNORECASE), 2),
    (re.compile(r"'[^'\s]{1,12}'\s?\+\s?'[^'\s]{1,12}'"), 2),
    (re.compile(r"\[char\]\s?(?:0x)?\d", re.IGNORECASE), 3),
)
_TICKS = re.compile(r"(?<=[A-Za-z])`(?=[A-Zc-dg-mo-qswx-z])")  # not before what stands for a character: `n, `t
_TICKED = 2


def oddly_cased(text: str) -> bool:
    """Whether a known word stands in mixed case: neither lower, upper, capitalised nor as its maker writes it."""
    return any(
        word not in (word.lower(), word.upper(), word.capitalize(), KNOWN_WORDS[word.lower()])
        for word in _WORD.findall(text)
        if word.lower() in KNOWN_WORDS
    )


def broken_up(text: str) -> bool:
    """Whether words are broken up by what their shell takes out again: carets, empty quotes, ticks, pieces joined.

    (T1027.010, as ``Invoke-DOSfuscation`` and ``Invoke-Obfuscation`` do it.)
    """
    if any(len(mark.findall(text)) >= least for mark, least in _BROKEN):
        return True
    return len(_TICKS.findall(text)) >= _TICKED and "powershell" in text.replace("`", "").lower()
