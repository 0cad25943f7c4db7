"""Command lines → the same with machine-made values replaced by a stand-in of their kind, for a whole column at once.

Meaning is worked out on distinct values, and what makes command lines distinct is mostly numbers and GUIDs whose value
says nothing. Every line is read with stand-ins in their place, wherever it stands and whatever its neighbours, so the
meaning of a line depends on that line alone. A line with a long unbroken run that may be an encoded command is left
as it is.
"""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class StandIn:
    """What is replaced (a linear-time regular expression), by what, with examples before → after that run as tests."""

    pattern: str
    replacement: str
    examples: tuple[tuple[str, str], ...]


STAND_INS = (
    StandIn(
        r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
        "00c04fd7-d062-11d0-9f2e-00a0c91e0b3a",
        (("/ClassId 0d9fe595-b7ad-a780-cf0a-1cb39d856d91 /x", "/ClassId 00c04fd7-d062-11d0-9f2e-00a0c91e0b3a /x"),
         ("{0D9FE595-B7AD-A780-CF0A-1CB39D856D91}", "{00c04fd7-d062-11d0-9f2e-00a0c91e0b3a}")),
    ),
    StandIn(
        r"\b0[xX][0-9a-fA-F]{3,16}\b",
        "0x1a2b",
        (("conhost 0xffffffff -ForceV1", "conhost 0x1a2b -ForceV1"), ("-h 0x3e4", "-h 0x1a2b")),
    ),
    StandIn(
        r"[0-9]{5,}",
        "12345678",
        (("sync_20260301.csv", "sync_12345678.csv"), ("/run=9911223", "/run=12345678")),
    ),
    StandIn(
        r"""([ =:"'])[0-9]{1,4}([ "',]|$)""",
        "${1}1234${2}",
        (("-id 500", "-id 1234"), ("-p 7289 -ip 7289", "-p 1234 -ip 1234")),
    ),
)  # fmt: skip

ENCODED = r"[A-Za-z0-9+/]{48}"


def stood_in(command_line: pl.Expr) -> pl.Expr:
    """The column with stand-ins for its volatile values; null stays null."""
    replaced = command_line
    for each in STAND_INS:
        replaced = replaced.str.replace_all(each.pattern, each.replacement)
    return pl.when(command_line.str.contains(ENCODED)).then(command_line).otherwise(replaced)
