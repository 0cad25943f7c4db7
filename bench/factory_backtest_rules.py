"""Words of the trade → Sigma rules for process starts in the style of public ones, as many as asked for.

Public rules may not be shipped here. These have their build: an image or its original name, a few arguments all or any
of which must stand in the command line, dashes of either kind, a parent, exclusions; and one rule for each modifier and
each pair of modifiers that Sigma lets stand together.
"""

import json
from collections.abc import Iterator
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, uuid5


def _words(text: str, mark: str | None = None) -> list[str]:
    return text.split(mark)


PROGRAMS = _words(
    "cmd powershell pwsh wscript cscript mshta rundll32 regsvr32 certutil bitsadmin msiexec wmic schtasks at sc net "
    "net1 reg regedit whoami ipconfig nltest netsh vssadmin wbadmin bcdedit ntdsutil esentutl expand extrac32 makecab "
    "ftp curl tar findstr forfiles pcalua installutil regasm msbuild csc cmstp hh control odbcconf mavinject msdt "
    "xcopy robocopy taskkill tasklist quser query systeminfo hostname arp nslookup ping tracert dsquery gpresult "
    "icacls takeown attrib fsutil cipher diskshadow rdrleakdiag procdump psexec sqlcmd osql bcp sqlps sqlservr w3wp "
    "java python node ssh plink sftp scp winrar 7z rclone azcopy nmap mimikatz ntsd cdb eventvwr fodhelper sdbinst"
)
ARGUMENTS = _words(
    " /transfer ; -urlcache ; -split ; -decode ; -enc ; -EncodedCommand ; -nop ; -w hidden ;IEX;DownloadString;http://;"
    "https://;\\Users\\Public\\;\\Windows\\Temp\\;\\AppData\\Local\\Temp\\;.dll;.exe;.ps1;.vbs;"
    ".hta;javascript:; /create ; /sc ; /ru ; user ; /add; localgroup ;administrators; /domain; shadow; delete ;"
    " /quiet; comsvcs;MiniDump; lsass; SAM ; SYSTEM ; save ;HKLM;HKCU;CurrentVersion\\Run; /im ; /f; -pn ;echo ;>>;"
    " -s:; /c ; /k ; &;whoami; /all; -ExecutionPolicy Bypass; -File ;FromBase64String;System.Net.WebClient; -Command ;"
    "bypass;stop ;config ;start= disabled;advfirewall;firewall ;process call create; /node:;\\ADMIN$;C$;.zip;.rar;"
    " -p; -hp",
    ";",
)
PLACES = _words("Windows\\System32;Windows\\SysWOW64;Program Files;ProgramData;Users;Windows\\Temp", ";")
PARENTS = _words(
    "sqlservr w3wp services svchost explorer winword excel outlook cmd powershell wmiprvse mshta java tomcat9"
)

VALUES: dict[str, list[Any]] = {
    "CommandLine|contains": [" /c ", ["/c", "-enc"], "%", "_", "100%_", "a*b", "\\*", "?xe", "C:\\\\Win?ows", "'", '"',
                             "", "x\\", "bye\\?", "\\\\\\\\srv"],
    "CommandLine|contains|all": [[" /", ".exe"], ["-", "."], ["echo", ">>"], ["%", "_"]],
    "CommandLine|startswith": ["cmd", '"C:', "C:\\", "*exe", "powershell -"],
    "CommandLine|endswith": [".exe", ["1", "2"], '"', "\\", " ", "?"],
    "CommandLine": ["*whoami*", "cmd.exe /c *", "??d*", "", "*", "-", "\\\\*", ["*.txt", "*.log*"]],
    "CommandLine|re": ["(?i)[a-z]:\\\\.*\\.exe", "^.{0,40}$", "https?://[^ /]+/", "\\d{3,}", "(cmd|powershell)\\.exe",
                       "\\s/[A-Za-z]\\s", "^\"?[A-Z]:", "[^\\x00-\\x7f]", "\\\\\\w+$"],
    "CommandLine|re|i": ["CMD", "\\bWHOAMI\\b", "-E[NC]{1,2}\\s", "(?:a|b)+c"],
    "CommandLine|re|i|s": ["ECHO.*BYE"],
    "CommandLine|re|m": ["^bye$"],
    "CommandLine|cased": ["*WHOAMI*", "*Cmd*", "cmd*"],
    "CommandLine|contains|cased": ["Users", "USERS", "WHOAMI", "[x]", "Http"],
    "CommandLine|startswith|cased": ["C:", "c:", '"C'],
    "CommandLine|endswith|cased": [".EXE", ".exe", "Z"],
    "CommandLine|windash|contains": [" -enc ", " /transfer ", " -a -b", "-s:"],
    "CommandLine|contains|windash": [[" -f", " /im "], " -p "],
    "CommandLine|contains|windash|all": [[" /im ", " /f"]],
    "CommandLine|windash|endswith": [" /f", " -f"],
    "CommandLine|base64offset|contains": ["whoami", "http://", "IEX", ["cmd", "net user"]],
    "CommandLine|wide|base64offset|contains": ["whoami", "http", "IEX"],
    "CommandLine|utf16be|base64offset|contains": ["whoami"],
    "CommandLine|base64|contains": ["whoami", "foobar"],
    "CommandLine|exists": [True, False],
    "ParentImage|exists": [True, False],
    "ParentCommandLine": [None],
    "User": [None, "NT AUTHORITY\\SYSTEM", "*\\\\Administrator", ["bob", "CORP\\bob"]],
    "User|contains": [["AUTHORI", "AUTORI"], "sql"],
    "Image|fieldref": ["ParentImage", "CommandLine"],
    "CommandLine|fieldref|startswith": ["Image"],
    "CommandLine|fieldref|contains": ["Image", "User"],
    "CommandLine|fieldref|endswith": ["Image"],
    "SourceIp|cidr": ["10.0.0.0/8", "192.168.4.0/22", ["172.16.0.0/12", "127.0.0.0/8"], "::1/128"],
    "Runs|gt": [5],
    "Runs|gte": [5],
    "Runs|lt": [0],
    "Runs|lte": [100.5],
    "Runs": [5, [1, 7]],
    "Image|neq": ["C:\\Windows\\System32\\cmd.exe"],
    "Image|endswith|neq": [["\\cmd.exe", "\\powershell.exe"]],
    "Image|contains|neq": ["System32"],
    "Elevated": [True, False],
}  # fmt: skip

EXPRESSIONS = (r"https?://\d+\.\d+", r"\\[a-z0-9]{6,12}\.exe", r"[A-Za-z0-9+/]{60,}={0,2}")
CONDITIONS = (
    "one", "not one", "one and two", "one or two", "one and not two", "not one and not two", "not (one or two)",
    "(one or two) and not three", "one or two and three", "all of them", "1 of them", "any of t*",
    "all of t* and not one", "1 of t* and not one", "not 1 of t*", "not all of them",
    "one and (two or (three and not one))", "((one))",
)  # fmt: skip
PARTS = (
    {"Image|endswith": ["\\cmd.exe", "\\powershell.exe"]},
    {"CommandLine|contains": ["/c", "http"], "User|contains": "a"},
    [{"ParentImage|endswith": "\\cmd.exe"}, {"CommandLine|re": "\\d{4}", "Image|contains": "32"}],
)


def rule(title: str, detection: dict[str, Any], product: str | None = None) -> str:
    """A rule as text. JSON is YAML, and needs no quoting of one's own."""
    source = {"category": "process_creation", **({"product": product} if product else {})}
    identity = str(uuid5(NAMESPACE_URL, f"longtail:{title}"))
    return json.dumps(
        {
            "title": title,
            "id": identity,
            "status": "test",
            "logsource": source,
            "detection": detection,
            "level": "medium",
        }
    )


def systematic() -> Iterator[str]:
    """A rule for each modifier and each chain of them, plain, negated and beside another; one for each condition."""
    for key, values in VALUES.items():
        for number, value in enumerate(values):
            for condition in ("one", "not one", "two and not one", "two or one"):
                named = {"one": {key: value}, "two": PARTS[0]}
                detection = {**{name: named[name] for name in named if name in condition}, "condition": condition}
                yield rule(f"{key} {number}: {condition}", detection)
    for condition in CONDITIONS:
        yield rule(condition, {**dict(zip(("one", "two", "three"), PARTS, strict=True)), "condition": condition})
    yield rule(
        "several conditions", {"one": PARTS[0], "two": PARTS[1], "condition": ["one and two", "two and not one"]}
    )


def styled(count: int, seed: int = 1) -> Iterator[str]:
    """``count`` rules in the style of public ones."""
    chance = Random(seed)
    for number in range(count):
        yield rule(f"Suspicious {number}", _detection(chance), "windows")


def _detection(chance: Random) -> dict[str, Any]:
    program = chance.choice(PROGRAMS)
    parts: dict[str, Any] = {
        "selection_img": [{"Image|endswith": f"\\{program}.exe"}, {"OriginalFileName": f"{program}.exe"}],
        "selection_cli": _arguments(chance),
    }
    if chance.random() < 0.25:
        parts["selection_parent"] = {"ParentImage|endswith": [f"\\{name}.exe" for name in chance.sample(PARENTS, 3)]}
    if chance.random() < 0.15:
        del parts["selection_img"]
    if chance.random() < 0.4:
        parts["filter_main_place"] = {"Image|startswith": [f"C:\\{place}\\" for place in chance.sample(PLACES, 2)]}
        parts["filter_main_words"] = {"CommandLine|contains|all": chance.sample(ARGUMENTS, 2)}
    excluded = " and not 1 of filter_main_*" if "filter_main_words" in parts else ""
    return {**parts, "condition": f"all of selection_*{excluded}"}


def _arguments(chance: Random) -> dict[str, Any]:
    drawn = chance.random()
    some = chance.sample(ARGUMENTS, chance.randint(2, 6))
    if drawn < 0.1:
        return {
            "CommandLine|re": chance.choice(
                (r"https?://\d+\.\d+", r"\\[a-z0-9]{6,12}\.exe", r"[A-Za-z0-9+/]{60,}={0,2}")
            )
        }
    if drawn < 0.2:
        return {"CommandLine|wide|base64offset|contains": some[:2]}
    how = chance.choice(("contains", "contains", "contains|all", "contains|windash", "contains|all|windash"))
    return {f"CommandLine|{how}": some}
