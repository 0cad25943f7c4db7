"""The commands of one line → whether they mean one thing or another: what a trait is, and how it is tested."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from longtail.executions.paths import Zone


class Trait(StrEnum):
    """One thing a command line means to do, whoever says it and however it is spelt."""

    REMOTE_ARGUMENT = "names a remote place"
    WRITABLE_TARGET = "names a place that anybody can write to"
    BARE_ADDRESS = "names a public address instead of a name"
    FETCHES_PROGRAM = "names a program that lies elsewhere"
    HANDS_ON_A_SHELL = "has another program run a shell"
    DOUBLE_EXTENSION = "names a program that poses as a document"
    ENCODED = "carries encoded text"
    ECHO_TO_FILE = "writes a file line by line with echo"
    STOPS_SOMETHING = "stops a process or a service"
    RUNS_REMOTE = "runs something fetched from elsewhere"
    RUNS_FROM_THE_WEB = "runs what an address hands it"
    CHANGES_ACCOUNTS = "changes accounts or groups"
    PERSISTS = "arranges to be run again"
    OPENS_A_WAY_IN = "opens a way in"
    OPENS_FIREWALL = "lets connections in through the firewall"
    ANSWERS_TO_A_SHARE = "writes its answer to an administrative share"
    SENDS_AWAY = "sends files away"
    WEAKENS_DEFENCE = "weakens protection or recovery"
    TAKES_CREDENTIALS = "takes credentials"
    READS_PASSWORDS = "reads passwords that programs keep"


@dataclass(frozen=True)
class Command:
    """One command that ran: its program's name without ``.exe``, its arguments as written, the zone it lies in."""

    program: str
    raw: str
    zone: Zone

    @cached_property
    def told(self) -> str:
        """The arguments without carets and quotes, in lower case, options after one ``-``, single blanks."""
        plain = self.raw.replace("^", "").replace('"', "").lower()
        return _FLAG.sub("-", _BLANKS.sub(" ", plain).strip())


_FLAG = re.compile(r"(?<!\S)(?:[-\u2013\u2014\u2015]{1,2}|/)(?=[a-z?][\w-]*(?:[:=\s]|$))")
_BLANKS = re.compile(r"[ \t\r\n]+")

Test = Callable[[list[Command]], bool]


class Says:
    """A test by what is said to whom: program names (blank-separated, ``*`` for any) → pattern of the arguments."""

    def __init__(self, rules: dict[str, str]) -> None:
        self.table = {name: re.compile(rule, re.DOTALL) for names, rule in rules.items() for name in names.split()}
        self.anybody = self.table.get("*")

    def __call__(self, commands: list[Command]) -> bool:
        return any(self._said(command) for command in commands)

    def _said(self, command: Command) -> bool:
        rule = self.table.get(command.program)
        return bool((rule and rule.search(command.told)) or (self.anybody and self.anybody.search(command.told)))


class Row(NamedTuple):
    """A trait and its test, tried where a program it knows ran or the text (in lower case) holds a hint.

    Two examples have the trait, two look like it and do not.
    """

    trait: Trait
    hints: tuple[str, ...]
    test: Test
    has: tuple[str, str]
    has_not: tuple[str, str]

    @property
    def programs(self) -> frozenset[str]:
        return frozenset(self.test.table) if isinstance(self.test, Says) else frozenset()
