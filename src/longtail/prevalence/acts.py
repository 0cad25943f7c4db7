"""The anomalies of a story → its acts: what was done at one stroke, however many processes and programs it took."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from longtail.executions.paths import Zone, writable
from longtail.prevalence.installers import INSTALLERS, SETUP
from longtail.prevalence.likeness import file_name

Row = Mapping[str, Any]

SHORTEST_NAME = 5  # characters of a file name under which finding it in a command line says little
TRUSTED = frozenset((Zone.SYSTEM.value, Zone.UNIX_SYSTEM.value, Zone.BUILTIN.value, Zone.NONE.value, Zone.REMOTE.value))
WRITABLE = frozenset(zone.value for zone in Zone if writable(zone))
OF_EVERYTHING = re.compile(
    r"\\$|\\windows\\$|\\windows\\(?:system32|syswow64)\\|\\program files(?: \(x86\))?\\(?:common files\\)?$"
    r"|/$|/usr/|/s?bin/|/opt/$"
)
"""Directories in which programs have nothing to do with each other."""
HELPS = {"net1.exe": "net.exe", "cvtres.exe": "csc.exe"}
"""Programs that others start of themselves, whatever they are told."""
REGISTERS = re.compile(
    r"(?:msiexec|lodctr|unlodctr|mofcomp|ngen|mscorsvw|pnputil|drvinst|wevtutil|dism|dismhost)\.exe|msi[\w{}]{0,40}\.tmp"
    r"|[^\n]{1,200}\.ms[ipu]"
)
"""Programs by which setups register what they install, and the packages that they hand on."""
SEVERAL_WAYS = re.compile(r"msiexec\.exe|msi[\w{}]{0,40}\.tmp|[^\n]{1,200}\.ms[ipu]")
"""What one installation calls in several ways."""
CONSOLE = "conhost.exe"  # the console's host, which every program may have


def acts(story: Sequence[Row]) -> list[list[Row]]:
    """The anomalies of a story by deed.

    What one command line carries is one act, and every run of one executable, and a program with what it starts that
    is its own: itself again from elsewhere, as installers do that unpack themselves, or another of its installation.
    """
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    programs = {_program(row) for row in story}
    names = {row["name"]: _program(row) for row in story if row["hosted_by"] is None}  # where a place has another name
    for row in story:
        if row["example_command_line"] is not None:
            parent[root("line " + row["example_command_line"])] = root("program " + _program(row))
        if _of_its_parent(row):
            begun_by = str(row["parent"])
            starter = begun_by if begun_by in programs else names.get(file_name(begun_by), begun_by)
            parent[root("program " + starter)] = root("program " + _program(row))
    found: dict[str, list[Row]] = {}
    for row in story:
        found.setdefault(root("program " + _program(row)), []).append(row)
    return list(found.values())


def _program(row: Row) -> str:
    """The program whose act it is: what helps another is of the one that it helps."""
    helps = row["parent"] and (row["name"] == CONSOLE or HELPS.get(row["name"]) == file_name(row["parent"]))
    return str(row["parent"] if helps else row["executable"])


def _of_its_parent(row: Row) -> bool:
    """Whether a program starts itself again, or starts another of its installation: one that lies beside or below it,
    where not everybody may write and not everything lies, one that it unpacked or that registers what it installs."""
    name = file_name(row["parent"] or "")
    own = (row["parent"] or "").removesuffix(name)
    below = bool(own) and row["executable"].startswith(own) and row["zone"] not in WRITABLE
    return starts_itself(row) or (below and not OF_EVERYTHING.match(own)) or _of_a_setup(row, name)


def _of_a_setup(row: Row, parent: str) -> bool:
    """Whether a setup called one of the system's programs that register, or another that was unpacked beside it, or was
    itself unpacked by the package it came in."""
    registers = bool(INSTALLERS.match(parent)) and REGISTERS.fullmatch(row["name"]) is not None
    unpacked = bool(SETUP.match(row["name"])) and "{" in row["place"] and not OF_EVERYTHING.match(row["parent"] or "")
    own = (row["parent"] or "").removesuffix(parent)
    helper = bool(SETUP.match(parent)) and "{" in own and row["executable"].startswith(own)
    return registers or unpacked or helper


def starts_itself(row: Row) -> bool:
    """Whether a program was started by one of its own name, but for the extension (``setup.exe``, ``setup.tmp``)."""
    return _stem(row["name"]) == _stem(file_name(row["parent"] or ""))


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


def things_told(act: Sequence[Row]) -> int:
    """How many different things one act's program was told; a program inside ``cmd /c`` and its own start are one.

    What registers (``msiexec`` calls itself three ways) is told one thing.
    """
    shapes: dict[str, set[str]] = {}
    for row in [row for row in act if not SEVERAL_WAYS.fullmatch(row["name"])]:
        program, _, rest = (row["shape"] or "").partition(" ")
        shapes.setdefault(row["executable"], set()).add(f"{program.removesuffix('.exe')} {rest}")
    return max(map(len, shapes.values()), default=1)


def told_earlier(story: Sequence[Row]) -> list[int | None]:
    """For each row the place of the last other command before it that told of its program: fetched, copied, written.

    A command line that carries the program itself (``cmd /c x.exe``) tells of its own run, not of an earlier one.
    """
    lines = [(row["example_command_line"] or "").lower() for row in story]
    carries: dict[str, set[str]] = {}
    for row, line in zip(story, lines, strict=True):
        carries.setdefault(line, set()).add(row["name"])
    found: list[int | None] = []
    last: dict[str, int] = {}
    for at, (row, line) in enumerate(zip(story, lines, strict=True)):
        told = [text for text in last if row["name"] in text and text not in line] if _fetchable(row) else ()
        found.append(max((last[text] for text in told if row["name"] not in carries[text]), default=None))
        last[line] = at
    return found


def _fetchable(row: Row) -> bool:
    """Whether a program may have been brought there, and its name is long enough to be known again in a command."""
    return row["zone"] not in TRUSTED and len(row["name"]) >= SHORTEST_NAME
