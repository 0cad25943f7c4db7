"""What Sysmon event 1 and Security event 4688 mean, wherever their fields stand: shared by all who carry them."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from longtail.telemetry.format import Field, account, said, stamp, text, whole

SYSMON_START = 1
SECURITY_START = 4688
STARTS = frozenset({SYSMON_START, SECURITY_START, "1", "4688"})

WELL_KNOWN = {  # 4688 writes HOST$ for all three; only the SID tells them apart
    "S-1-5-18": "NT AUTHORITY\\SYSTEM",
    "S-1-5-19": "NT AUTHORITY\\LOCAL SERVICE",
    "S-1-5-20": "NT AUTHORITY\\NETWORK SERVICE",
}

NAMES = (
    ("image", "Image"),
    ("command_line", "CommandLine"),
    ("parent_image", "ParentImage"),
    ("parent_command_line", "ParentCommandLine"),
    ("user", "User"),
    ("new_image", "NewProcessName"),
    ("creator_image", "ParentProcessName"),
    ("subject_sid", "SubjectUserSid"),
    ("subject_domain", "SubjectDomainName"),
    ("subject", "SubjectUserName"),
    ("target_sid", "TargetUserSid"),
    ("target_domain", "TargetDomainName"),
    ("target", "TargetUserName"),
)
NUMBERS = (("process_id", "ProcessId"), ("parent_process_id", "ParentProcessId"), ("new_process_id", "NewProcessId"))


def event_data(prefix: str) -> dict[str, Field]:
    """The fields of both events' data under a dotted prefix."""
    return {
        **{name: said(prefix + path) for name, path in NAMES},
        **{name: whole(prefix + path) for name, path in NUMBERS},
        "utc": stamp(prefix + "UtcTime"),
    }


def system(event: str, channel: str, provider: str, host: str) -> dict[str, Field]:
    """The fields around the data."""
    return {"event": whole(event), "channel": text(channel), "provider": text(provider), "computer": said(host)}


def _mentions(word: str) -> pl.Expr:
    source = pl.concat_str("provider", "channel", separator=" ", ignore_nulls=True).str.to_lowercase()
    return source.str.contains(word, literal=True)


IS_SYSMON = (pl.col("event") == SYSMON_START) & _mentions("sysmon")
IS_SECURITY = (pl.col("event") == SECURITY_START) & _mentions("security")
IS_START = IS_SYSMON | IS_SECURITY


@dataclass(frozen=True)
class Who:
    """An account as event 4688 tells it: its identifier, its domain and its name."""

    sid: pl.Expr
    domain: pl.Expr
    name: pl.Expr

    @property
    def well_known(self) -> pl.Expr:
        """One of the system's accounts, by its identifier or by the name that a reader put in its place."""
        names = {**WELL_KNOWN, **{name: name for name in WELL_KNOWN.values()}}
        return self.sid.replace_strict(names, default=None, return_dtype=pl.String)


def security_account(subject: Who, target: Who) -> pl.Expr:
    """The account that the process runs as: the target where there is one (version 2), else the subject."""
    return pl.coalesce(
        pl.when(target.name.is_not_null()).then(target.well_known),
        account(target.domain, target.name),
        subject.well_known,
        account(subject.domain, subject.name),
    )


SUBJECT = Who(pl.col("subject_sid"), pl.col("subject_domain"), pl.col("subject"))
TARGET = Who(pl.col("target_sid"), pl.col("target_domain"), pl.col("target"))
WELL_KNOWN_SUBJECT = SUBJECT.well_known
SECURITY_ACCOUNT = security_account(SUBJECT, TARGET)

COLUMNS: Mapping[str, pl.Expr] = {
    "host": pl.col("computer"),
    "account": pl.coalesce("user", SECURITY_ACCOUNT),
    "image": pl.coalesce("image", "new_image"),
    "command_line": pl.col("command_line"),
    "parent_image": pl.coalesce("parent_image", "creator_image"),
    "parent_command_line": pl.col("parent_command_line"),
    "pid": pl.when(pl.col("event") == SECURITY_START).then("new_process_id").otherwise("process_id"),
    "parent_pid": pl.when(pl.col("event") == SECURITY_START).then("process_id").otherwise("parent_process_id"),
    "record_id": pl.col("record"),
}
