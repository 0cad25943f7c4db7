"""The header of ``ps`` → how its rows are to be cut; a row → a process.

The last column is the command line and takes the rest of the row; ``lstart`` has blanks in it, everything before the
command line else has none. Threads of the kernel, in brackets, are no programs.
"""

import re
from dataclasses import dataclass

from longtail.telemetry.format import Record

COMMANDS = ("COMMAND", "CMD", "ARGS")
USERS = ("USER", "UID", "RUSER", "EUSER", "RUID", "EUID")
NO_ROW = "no row of the table it stands in"

_HEADING = re.compile(r"[%A-Z][A-Z0-9_+%/:-]{0,15}")
_LSTART = re.compile(
    r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) +(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} +"
    r"\d\d:\d\d:\d\d +\d{4}\b"
)
EXAMPLES = (
    # header, row, process
    (
        "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND",
        "root         812  0.0  0.1  15432  9100 ?        Ss   Nov01   0:00 /usr/sbin/sshd -D",
        {"pid": 812, "user": "root", "image": None, "command_line": "/usr/sbin/sshd -D"},
    ),
    (
        "UID          PID    PPID  C STIME TTY          TIME CMD",
        "postgres    1676       1  0 Nov01 ?        00:00:07 /usr/lib/postgresql/15/bin/postgres -D /var/lib/p",
        {"pid": 1676, "user": "postgres", "image": None,
         "command_line": "/usr/lib/postgresql/15/bin/postgres -D /var/lib/p"},
    ),
    (
        "    PID USER                      STARTED COMMAND         COMMAND",
        "    900 www      Thu Mar 16 03:08:58 2023 tmux: server    /usr/bin/tmux new -d",
        {"pid": 900, "user": "www", "image": None, "command_line": "/usr/bin/tmux new -d",
         "began": "Mar 16 03:08:58 2023"},
    ),
    (
        "    PID TTY          TIME CMD",
        "     77 ?        00:00:00 cron",
        {"pid": 77, "user": None, "image": None, "command_line": "cron"},
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one table: their names, and where the last begins."""

    names: tuple[str, ...]
    last: int

    def process(self, line: str) -> Record | str | None:
        """A row: the process, or why it is none; None for a thread of the kernel."""
        row = _LSTART.sub(lambda found: found[0].replace(" ", "_"), line[:512], count=1) + line[512:]
        fields = row.split(None, len(self.names) - 1)
        if len(fields) < len(self.names) or not fields[self.names.index("PID")].isdecimal():
            return NO_ROW
        told = dict(zip(self.names, fields, strict=True))
        command = (row[self.last :] if self._aligned(row) else fields[-1]).strip()
        if command.startswith("["):
            return None
        user = next((told[name] for name in USERS if name in told), None)
        began = _LSTART.search(line[:512])
        return {
            "pid": int(told["PID"][:18]), "user": user, "image": told.get("EXE"), "command_line": command,
            **({"began": " ".join(began[0].split()[1:])} if began else {}),
        }  # fmt: skip

    def _aligned(self, row: str) -> bool:
        """Whether the last column must be cut by its place: a short command before it may hold blanks."""
        several = sum(name in COMMANDS for name in self.names) > 1
        return several and len(row) > self.last and row[self.last - 1] == " "


def layout(line: str) -> Layout | None:
    """The table that a header opens; None for what is no header of ``ps``."""
    names = tuple(line.split()) if "PID" in line[:512] else ()
    if "PID" not in names or names[-1] not in COMMANDS or not all(map(_HEADING.fullmatch, names)):
        return None
    return Layout(names, line.rstrip().rfind(names[-1]))
