r"""A process tree written as indented text → the process starts it stands for, each with its parent.

One line is one start, two blanks of indentation one generation::

    services> C:\App\agent.exe | "C:\App\agent.exe" -run
      whoami.exe | whoami /all
    xp: dir D:\backup & ping -n 2 fs01

``root>`` names the long-lived process above the first generation (default: the seat's own service). ``image | command
line``; without a command line it is the image in quotes, without a directory the image is a program of the system.
``xp:`` is what ``xp_cmdshell`` makes of a command, ``cmd:`` what a scheduler does, ``sh:`` what a daemon does under
Linux: the shell, then every program the text names; lines below hang from the last of them. (``cmd.exe`` puts two
blanks behind the program's name; ``xp=:`` leaves the one that was typed.) ``!system`` at the beginning of a line runs
it under the account that this fact of the seat names. In a command line ``@`` stands for the image in quotes, and a
line that begins with two dots goes on with the one before it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache


def _each(text: str) -> list[str]:
    return text.split()


SYSTEM32 = "C:\\Windows\\System32\\"
OUTSIDE_SYSTEM32 = {
    "powershell.exe": SYSTEM32 + "WindowsPowerShell\\v1.0\\powershell.exe",
    "wmic.exe": SYSTEM32 + "wbem\\WMIC.exe",
    "wmiprvse.exe": SYSTEM32 + "wbem\\WmiPrvSE.exe",
    "explorer.exe": "C:\\Windows\\explorer.exe",
    "netstat.exe": SYSTEM32 + "NETSTAT.EXE",
    "ipconfig.exe": SYSTEM32 + "ipconfig.exe",
    "hostname.exe": SYSTEM32 + "HOSTNAME.EXE",
    "ping.exe": SYSTEM32 + "PING.EXE",
    "robocopy.exe": SYSTEM32 + "Robocopy.exe",
    "arp.exe": SYSTEM32 + "ARP.EXE",
    "route.exe": SYSTEM32 + "ROUTE.EXE",
    "7z.exe": "C:\\Program Files\\7-Zip\\7z.exe",
    "aws.exe": "C:\\Program Files\\Amazon\\AWSCLIV2\\aws.exe",
    "azcopy.exe": "C:\\Program Files\\AzCopy\\azcopy.exe",
    "bcp.exe": "{clienttools}bcp.exe",
    "sqlcmd.exe": "{clienttools}SQLCMD.EXE",
    "dtexec.exe": "{sqlroot}\\{sqlver}\\DTS\\Binn\\DTExec.exe",
    "sqlps.exe": "{sqlroot}\\{sqlver}\\Tools\\Binn\\SQLPS.exe",
    "curl.exe": SYSTEM32 + "curl.exe",
    "ntsd.exe": SYSTEM32 + "ntsd.exe",
}
CMD = SYSTEM32 + "cmd.exe"
NET, NET1 = f"{SYSTEM32}net.exe".lower(), SYSTEM32 + "net1.exe"
LEFT_TO_NET1 = frozenset(_each("user group localgroup start stop accounts time"))
CONHOST = SYSTEM32 + "conhost.exe"
CMD_BUILTINS = frozenset(
    _each(
        """assoc break call cd chdir cls color copy date del dir echo endlocal erase exit for ftype goto if md mkdir
        mklink move path pause popd prompt pushd rd rem ren rename rmdir set setlocal shift start time title type ver
        verify vol"""
    )
)
SH_BUILTINS = frozenset(_each("cd echo test [ export set . source exec eval if then fi for do done while true exit"))
CMD_CHAIN = re.compile(r"\s*(?<!\^)(?:&&|\|\||[&|])\s*")
SH_CHAIN = re.compile(r"\s*(?:&&|\|\||[&|;])\s*")
CMD_QUOTED = re.compile(r'("[^"]*")')
SH_QUOTED = re.compile(r"""("[^"]*"|'[^']*')""")
CONTINUED = re.compile(r"\s*\n\s*\.\. ?")
HEAD = re.compile(r"(?:(?P<root>[a-z0-9]+)> )?(?:!(?P<account>[a-z]+) )?(?P<body>.*)", re.S)


@dataclass(frozen=True, slots=True)
class Step:
    """One process start of a tree; ``parent`` is the index of an earlier step or a root's name ("": the seat's)."""

    image: str
    command_line: str
    parent: int | str
    account: str = ""  # "": the seat's


@lru_cache(maxsize=4096)
def steps(script: str) -> tuple[Step, ...]:
    """The process starts of a script, parents before children."""
    found: list[Step] = []
    hangs_from: list[int] = []  # the step at each depth that deeper lines hang from
    for line in CONTINUED.sub(" ", script).splitlines():
        text = line.lstrip(" ")
        if not text:
            continue
        depth = min((len(line) - len(text)) // 2, len(hangs_from))
        head = HEAD.match(text)
        assert head is not None  # the pattern matches every text
        parent = hangs_from[depth - 1] if depth else head["root"] or ""
        account = head["account"] or (found[parent].account if isinstance(parent, int) else "")
        _grow(found, head["body"], parent, account)
        del hangs_from[depth:]
        hangs_from.append(_last_program(found))
    return tuple(found)


def _last_program(found: list[Step]) -> int:
    return max(index for index, step in enumerate(found) if step.image not in (CONHOST, NET1))


def _grow(found: list[Step], body: str, parent: int | str, account: str) -> None:
    kind, _, text = body.partition(": ")
    if kind in ("xp", "xp=", "cmd"):
        spelling = f"cmd.exe /c {text}" if kind == "cmd" else f'"C:\\Windows\\system32\\cmd.exe" /c {text}'
        gap = " " if kind == "xp=" else "  "
        shell = _add(found, Step(CMD, spelling, parent, account))
        _add(found, Step(CONHOST, "{conhost}", shell, account))
        for program, rest in _programs(text, CMD_SHELL):
            rest = rest.replace("^", "")  # an escape of the shell's
            started = _add(found, Step(windows_image(program), f"{program}{gap}{rest}".rstrip(), shell, account))
            if found[started].image.lower() == NET and rest.split(" ")[0].lower() in LEFT_TO_NET1:
                _add(found, Step(NET1, f"C:\\Windows\\system32\\net1  {rest}", started, account))
    elif kind == "sh":
        shell = _add(found, Step("{sh}", f"sh -c {text}", parent, account))
        for program, rest in _programs(text, SH_SHELL):
            _add(found, Step(linux_image(program), f"{program} {rest}".rstrip(), shell, account))
    else:
        image, _, command_line = (part.strip() for part in body.partition(" | "))
        resolved = image if "/" in image else windows_image(image)
        _add(found, Step(resolved, _spelled(command_line, resolved), parent, account))


def _spelled(command_line: str, image: str) -> str:
    if not command_line:
        return f'"{image}"' if " " in image else image
    return f'"{image}"{command_line[1:]}' if command_line.startswith("@") else command_line


def _add(found: list[Step], step: Step) -> int:
    found.append(step)
    return len(found) - 1


@dataclass(frozen=True, slots=True)
class _Shell:
    builtins: frozenset[str]
    chain: re.Pattern[str]
    quoted: re.Pattern[str]


CMD_SHELL = _Shell(CMD_BUILTINS, CMD_CHAIN, CMD_QUOTED)
SH_SHELL = _Shell(SH_BUILTINS, SH_CHAIN, SH_QUOTED)


def _programs(text: str, shell: _Shell) -> list[tuple[str, str]]:
    """The (program, arguments) pairs a shell text starts, without its built-ins and scripts."""
    found, folder = [], ""
    for name, rest in [_first_word(part) for part in _split_outside_quotes(text, shell)]:
        if name.lower() == "cd" and rest.startswith("/d "):
            folder = rest[3:].strip('" ') + "\\"
        elif name and name.lower() not in shell.builtins and not name.lower().endswith((".bat", ".cmd")):
            local = folder if name.endswith(".exe") and "\\" not in name else ""
            found.append((local + name, rest))
    return found


def _split_outside_quotes(text: str, shell: _Shell) -> list[str]:
    pieces = shell.quoted.split(text.replace("2>&1", "\x01"))  # every second piece is in quotes
    joined = "".join(f"\x00{index}\x00" if index % 2 else piece for index, piece in enumerate(pieces))
    return [
        re.sub(r"\x00(\d+)\x00", lambda m: pieces[int(m[1])], part).replace("\x01", "2>&1")
        for part in shell.chain.split(joined)
    ]


def _first_word(part: str) -> tuple[str, str]:
    part = part.strip().lstrip("@(")
    match = re.match(r'"([^"]+)"\s*(.*)|(\S+)\s*(.*)', part, re.S)
    if match is None:
        return "", ""
    name, rest = (match[1], match[2]) if match[1] else (match[3], match[4])
    return name, re.sub(r"\s*(?:2>&1|[12]?>>?\s*\S+)\s*", " ", rest).strip()


def windows_image(program: str) -> str:
    """Where Windows finds a program that is named without its directory."""
    if "\\" in program or program.startswith("{"):
        return program if "." in program.rpartition("\\")[2] or program.endswith("}") else program + ".exe"
    name = program if "." in program else program + ".exe"
    return OUTSIDE_SYSTEM32.get(name.lower(), SYSTEM32 + name)


def linux_image(program: str) -> str:
    """Where Linux finds a program that is named without its directory."""
    return program if "/" in program or program.startswith("{") else f"/usr/bin/{program}"
