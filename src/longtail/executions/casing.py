"""A command line → whether a known word is spelt as nobody would: a way around rules that look for it."""

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


def oddly_cased(text: str) -> bool:
    """Whether a known word stands in mixed case: neither lower, upper, capitalised nor as its maker writes it."""
    return any(
        word not in (word.lower(), word.upper(), word.capitalize(), KNOWN_WORDS[word.lower()])
        for word in _WORD.findall(text)
        if word.lower() in KNOWN_WORDS
    )
