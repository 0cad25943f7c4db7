"""Google SecOps (Chronicle): events of its Unified Data Model, process launches.

The *target* is what was launched, the *principal* the machine, the account and the process that launched it
(docs.cloud.google.com/chronicle, UDM field list and usage guide). The same names are written ``full_path`` where
events are sent and ``fullPath`` where they are searched for; in a search's answer each event stands under ``udm``. Some
parsers tell only the file's name in ``target.process.file`` and where it lies in ``target.file``; most tell the account
of what was launched as the principal's, which counts where the target has none.
"""

import re

import polars as pl

from longtail.telemetry.format import Carrier, Field, Format, Record, account, said, stamp, text, whole
from longtail.telemetry.windows import WELL_KNOWN

LAUNCHED = ("PROCESS_LAUNCH", "10001")  # 10001 is its number in an export to BigQuery
SPELT = (("_type", "_timestamp"), ("Type", "Timestamp"))
NOUNS = {"principal", "target", "src", "observer", "intermediary", "about", "network"}

FIELDS: dict[str, Field] = {
    "kind": text("metadata.event_type"),
    "time": stamp("metadata.event_timestamp"),
    "collected": stamp("metadata.collected_timestamp"),
    "record": text("metadata.id"),
    "product_record": text("metadata.product_log_id"),
    "host": said("principal.hostname"),
    "asset": said("principal.asset.hostname"),
    "target_host": said("target.hostname"),
    "domain": said("principal.administrative_domain"),
    "user": said("principal.user.userid"),
    "sid": said("principal.user.windows_sid"),
    "target_domain": said("target.administrative_domain"),
    "target_user": said("target.user.userid"),
    "target_sid": said("target.user.windows_sid"),
    "image": said("target.process.file.full_path"),
    "file": said("target.file.full_path"),
    "command_line": said("target.process.command_line"),
    "pid": whole("target.process.pid"),
    "parent_image": said("principal.process.file.full_path"),
    "parent_command_line": said("principal.process.command_line"),
    "parent_pid": whole("principal.process.pid"),
    "ancestor_image": said("target.process.parent_process.file.full_path"),
    "ancestor_command_line": said("target.process.parent_process.command_line"),
    "ancestor_pid": whole("target.process.parent_process.pid"),
}


def _searched(path: str) -> str:
    """The path as answers of searches write it."""
    return re.sub(r"_(\w)", lambda letter: letter[1].upper(), path)


SEARCHED = {
    f"{name}_searched": Field(_searched(field.path), field.kind)
    for name, field in FIELDS.items()
    if _searched(field.path) != field.path
}


def is_udm(record: Record) -> bool:
    """What kind of event it is, when it was, and something that had part in it."""
    metadata = record.get("metadata")
    if not isinstance(metadata, dict) or not NOUNS & record.keys():
        return False
    return any({f"event{kind}", f"event{time}"} <= metadata.keys() for kind, time in SPELT)


def _told(name: str) -> pl.Expr:
    """A field however it is written."""
    return pl.coalesce(name, *([f"{name}_searched"] if f"{name}_searched" in SEARCHED else []))


def _who(before: str = "") -> pl.Expr:
    """An account: one of the system's by its identifier, else its name, with the domain where that has none."""
    user = _told(f"{before}user")
    system = _told(f"{before}sid").replace_strict(WELL_KNOWN, default=None, return_dtype=pl.String)
    whole = pl.when(user.str.contains("\\", literal=True)).then(user)
    return pl.coalesce(system, whole, pl.when(user.is_not_null()).then(account(_told(f"{before}domain"), user)))


def _placed(program: pl.Expr, file: pl.Expr) -> pl.Expr:
    """A program's path: that of a file of the same name where the program has only a name."""
    bare = ~program.str.contains(r"[\\/]") & file.str.to_lowercase().str.ends_with(program.str.to_lowercase())
    return pl.when(bare.fill_null(program.is_null())).then(file).otherwise(program)


UDM = Format(
    name="udm",
    title="Google SecOps (Chronicle) UDM events as JSON, CSV or Parquet: process launches",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields={**FIELDS, **SEARCHED},
    recognises=is_udm,
    starts=_told("kind").is_in(LAUNCHED),
    columns={
        "host": pl.coalesce(_told("host"), _told("asset"), _told("target_host")),
        "account": pl.coalesce(_who("target_"), _who()),
        "image": _placed(_told("image"), _told("file")),
        "command_line": _told("command_line"),
        "parent_image": pl.coalesce(_told("parent_image"), _told("ancestor_image")),
        "parent_command_line": pl.coalesce(_told("parent_command_line"), _told("ancestor_command_line")),
        "pid": _told("pid"),
        "parent_pid": pl.coalesce(_told("parent_pid"), _told("ancestor_pid")),
        "record_id": pl.coalesce(_told("record"), _told("product_record")),
    },
    clock=("time", "time_searched", "collected", "collected_searched"),
)
