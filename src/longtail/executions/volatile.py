"""Command lines → the same with machine-made values replaced by a stand-in of their kind, for a whole column at once.

Meaning is worked out on distinct values, and what makes command lines distinct is mostly numbers and GUIDs whose value
says nothing. Every line is read with stand-ins in their place, wherever it stands and whatever its neighbours, so the
meaning of a line depends on that line alone. A line with a long unbroken run that may be an encoded command is left
as it is. Paths are read the same way.
"""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class StandIn:
    """What is replaced (a linear-time regular expression), by what, with examples before → after that run as tests.

    A value that is ``small`` may be one that tells something: ``setenforce 0`` is not ``setenforce 1``.
    """

    pattern: str
    replacement: str
    examples: tuple[tuple[str, str], ...]
    small: bool = False


def _hexadecimal(least: int, most: int, mixed_within: int) -> str:
    """That many hexadecimal digits with nothing glued to them, letters and figures among the first ones: no word."""
    turns = range(1, mixed_within)
    beginnings = [
        *((f"[a-f]{{{letters}}}[0-9]", letters + 1) for letters in turns),
        *((f"[0-9]{{{figures}}}[a-f]", figures + 1) for figures in turns),
    ]
    runs = (rf"{begun}[0-9a-f]{{{least - length},{most - length}}}" for begun, length in beginnings)
    return rf"(?i)(?-u)(\b|_)(?:{'|'.join(runs)})(\b|_)"


STAND_INS = (
    StandIn(
        _hexadecimal(8, 8, mixed_within=8),
        "${1}1a2b3c4d${2}",
        (("sh /tmp/puppet-c49cbb37.sh", "sh /tmp/puppet-1a2b3c4d.sh"), ("QAgent_2191A11E", "QAgent_1a2b3c4d"),
         ("vision-dfedf9a0.ps1", "vision-1a2b3c4d.ps1"), ("say deadbeef", "say deadbeef")),
    ),
    StandIn(
        _hexadecimal(13, 64, mixed_within=12),
        "${1}1a2b3c4d5e6f7a8b${2}",
        (("cp pg_wal/0FFDA5FCAE49F6F94E97D760 /mnt", "cp pg_wal/1a2b3c4d5e6f7a8b /mnt"),
         ("-s f676e912a9a3387a", "-s 1a2b3c4d5e6f7a8b")),
    ),
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
        small=True,
    ),
    StandIn(
        r"-[0-9]{2,4}-",
        "-1234-",
        (("ansible-tmp-1.20-350-99/x", "ansible-tmp-1.20-1234-99/x"),),
    ),
    StandIn(
        r"_[0-9]{3,4}\b",
        "_1234",
        (("md D:\\update\\day_0558 & rmdir old", "md D:\\update\\day_1234 & rmdir old"),),
    ),
    StandIn(
        r"([\\/][A-Za-z]{2,3})[0-9A-F]{3,4}(\.tmp|\.TMP)\b",
        "${1}12AB${2}",
        ((r"cvtres /OUT:C:\Windows\TEMP\RES8AA6.tmp", r"cvtres /OUT:C:\Windows\TEMP\RES12AB.tmp"),),
    ),
    StandIn(
        r"([?&]sig=)[A-Za-z0-9%+/=_-]{24,}",
        "${1}1a2b3c4d5e6f7a8b",
        (("https://x.blob.core.windows.net/y?sv=2022&sig=aPfneiJAcfRCvGwvEpn5JcsY2zUcgii/XxNC5DWqJnL0%3D",
          "https://x.blob.core.windows.net/y?sv=2022&sig=1a2b3c4d5e6f7a8b"),),
    ),
    StandIn(
        r"([\\/-])[0-9]{4}([\\/-])",
        "${1}1234${2}",
        (("ansible-tmp-1.5-6793-2", "ansible-tmp-1.5-1234-2"), ("Files 2\\2673\\x.vbs", "Files 2\\1234\\x.vbs")),
    ),
)  # fmt: skip

ENCODED = r"[A-Za-z0-9+/]{48}"
UNBROKEN = r"[A-Za-z0-9+]{32}"  # a long path is a run of base64's letters too, but one with many slashes


def stood_in(texts: pl.Series, *, small: bool = True) -> pl.Series:
    """Command lines or paths with stand-ins for their volatile values, ``small`` numbers or not; null stays null."""
    replaced = pl.col("text")
    for each in (stand_in for stand_in in STAND_INS if small or not stand_in.small):
        replaced = replaced.str.replace_all(each.pattern, each.replacement)
    encoded = pl.col("replaced").str.contains(ENCODED) & pl.col("replaced").str.contains(UNBROKEN)
    read = texts.alias("text").to_frame().lazy().with_columns(replaced.alias("replaced"))
    return read.select(pl.when(~encoded).then("replaced").otherwise("text")).collect().to_series().alias(texts.name)
