"""The text that Windows shows for a process start → the names and values of the event that it was made from.

Sysmon's text is its fields, a line each. The text of event 4688 is read in English only: it is translated on other
systems. A command line may hold anything, new lines and the labels of other fields too: what stands before it is read
from the front, what stands behind it from the back.
"""

import re
from collections.abc import Mapping

from longtail.telemetry.windows import SECURITY_START, SYSMON_START, WELL_KNOWN

BEFORE = ("UtcTime", "ProcessId", "Image")
BEHIND = ("User", "ParentProcessId", "ParentImage")
SIDS = {name: sid for sid, name in WELL_KNOWN.items()}
SECURITY_LINES = {
    "NewProcessId": re.compile(r"\n\s*New Process ID:[ \t]*(\S+)"),
    "NewProcessName": re.compile(r"\n\s*New Process Name:[ \t]*([^\n]+)"),
    "ProcessId": re.compile(r"\n\s*Creator Process ID:[ \t]*(\S+)"),
    "ParentProcessName": re.compile(r"\n\s*Creator Process Name:[ \t]*([^\n]+)"),
}
SECURITY_ACCOUNT = re.compile(
    r"\n\s*Security ID:[ \t]*([^\n]*)\n\s*Account Name:[ \t]*([^\n]*)\n\s*Account Domain:[ \t]*([^\n]*)"
)
ROLES = ("Subject", "Target")
COMMAND = re.compile(r"\n\s*Process Command Line:[ \t]*")
EXPLANATION = "\n\nToken Elevation Type indicates"
EXAMPLES = (
    (
        SYSMON_START,
        "Process Create:\r\nUtcTime: 2026-03-02 04:05:06.789\r\nProcessId: 7\r\nImage: C:\\a.exe\r\n"
        "CommandLine: a\r\nUser: nobody\r\nCurrentDirectory: C:\\\r\nUser: CONTOSO\\x\r\nParentImage: C:\\p.exe\r\n"
        "ParentCommandLine: p\r\nb\r\nParentUser: CONTOSO\\y",
        {"UtcTime": "2026-03-02 04:05:06.789", "ProcessId": "7", "Image": "C:\\a.exe",
         "CommandLine": "a\nUser: nobody", "User": "CONTOSO\\x", "ParentImage": "C:\\p.exe",
         "ParentCommandLine": "p\nb"},
    ),
    (
        SECURITY_START,
        "A new process has been created.\n\nCreator Subject:\n\tSecurity ID:\t\tNT AUTHORITY\\SYSTEM\n"
        "\tAccount Name:\t\tSQL01$\n\tAccount Domain:\t\tCONTOSO\n\nTarget Subject:\n\tSecurity ID:\t\tNULL SID\n"
        "\tAccount Name:\t\t-\n\tAccount Domain:\t\t-\n\nProcess Information:\n\tNew Process ID:\t\t0x1f4\n"
        "\tNew Process Name:\tC:\\a.exe\n\tCreator Process ID:\t0x190\n\tCreator Process Name:\tC:\\p.exe\n"
        "\tProcess Command Line:\ta b\n\nToken Elevation Type indicates the type of token.",
        {"NewProcessId": "0x1f4", "NewProcessName": "C:\\a.exe", "ProcessId": "0x190",
         "ParentProcessName": "C:\\p.exe", "SubjectUserSid": "S-1-5-18", "SubjectUserName": "SQL01$",
         "SubjectDomainName": "CONTOSO", "TargetUserSid": "NULL SID", "TargetUserName": "-",
         "TargetDomainName": "-", "CommandLine": "a b"},
    ),
)  # fmt: skip


def message_data(event: int | None, message: str) -> Mapping[str, str]:
    """The fields of event 1 or 4688 that its text tells; none of another event."""
    text = message.replace("\r\n", "\n")
    if event == SYSMON_START:
        return _sysmon(text)
    return _security(text) if event == SECURITY_START else {}


def _sysmon(text: str) -> dict[str, str]:
    found = {name: _line(text, text.find(f"\n{name}: "), name) for name in BEFORE}
    found |= {name: _line(text, text.rfind(f"\n{name}: "), name) for name in BEHIND}
    found["CommandLine"] = _span(text, text.find("\nCommandLine: "), text.rfind("\nCurrentDirectory: "))
    found["ParentCommandLine"] = _span(text, text.rfind("\nParentCommandLine: "), text.rfind("\nParentUser: "))
    return {name: value for name, value in found.items() if value is not None}


def _line(text: str, at: int, name: str) -> str | None:
    return text[at + len(name) + 3 :].partition("\n")[0] if at >= 0 else None


def _span(text: str, at: int, stop: int) -> str | None:
    """A value that may go over several lines, up to the label of the next."""
    return text[text.index(": ", at) + 2 : stop if stop > at else len(text)].rstrip("\n") if at >= 0 else None


def _security(text: str) -> dict[str, str]:
    command = COMMAND.search(text)
    before = text[: command.start()] if command else text
    found = {name: line[1].strip() for name, pattern in SECURITY_LINES.items() if (line := pattern.search(before))}
    for role, told in zip(ROLES, SECURITY_ACCOUNT.findall(before), strict=False):
        sid, user, domain = (each.strip() for each in told)
        found |= {f"{role}UserSid": SIDS.get(sid, sid), f"{role}UserName": user, f"{role}DomainName": domain}
    if command:
        found["CommandLine"] = text[command.end() :].partition(EXPLANATION)[0].strip()
    return found
