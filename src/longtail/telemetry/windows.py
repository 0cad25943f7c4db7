"""What Sysmon event 1 and Security event 4688 mean, wherever their fields stand: shared by all who carry them."""

from collections.abc import Mapping

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


def _well_known(sid: str) -> pl.Expr:
    return pl.col(sid).replace_strict(WELL_KNOWN, default=None, return_dtype=pl.String)


WELL_KNOWN_SUBJECT = _well_known("subject_sid")
SECURITY_ACCOUNT = pl.coalesce(
    pl.when(pl.col("target").is_not_null()).then(_well_known("target_sid")),
    account("target_domain", "target"),
    WELL_KNOWN_SUBJECT,
    account("subject_domain", "subject"),
)
"""The account that the process runs as: the target where there is one (version 2), else the subject."""

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
