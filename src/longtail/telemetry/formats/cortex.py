"""Cortex XDR and XSIAM: rows of the data set ``xdr_data``, processes started.

The *action's* process is what was started, the *actor* who started it (demisto/content exports the columns,
7RedViolin/pySigma-backend-cortexxdr maps them). Queries write kinds as ``ENUM.PROCESS``, tables without the prefix or,
where they were not resolved, as numbers; the console heads its columns in capitals.
"""

from collections.abc import Callable

import polars as pl

from longtail.telemetry.format import Carrier, Field, Format, Record, said, spelling, stamp, text, whole

PROCESS, START = ("PROCESS", "ENUM.PROCESS", "1"), ("PROCESS_START", "ENUM.PROCESS_START", "1")
TOLD = {"agenthostname", "actionprocessimagename", "actionprocessimagepath"}
OTHERS = {"agenthostname", "eventtype", "actorprocessimagename"}


def is_cortex(record: Record) -> bool:
    """The agent's machine and the action's process."""
    names = {spelling(name) for name in record if name[:1] in "aA"}
    return "agenthostname" in names and len(names & TOLD) > 1


def is_of_the_data_set(record: Record) -> bool:
    """An action of another kind."""
    return {spelling(name) for name in record if name[:1] in "aAeE"} >= OTHERS


def _any_case(kind: Callable[..., Field], name: str, *others: str) -> Field:
    return kind(name, name, *others)


CORTEX = Format(
    name="cortex-xdr",
    title="Cortex XDR and XSIAM's xdr_data as JSON, CSV or Parquet: processes started",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields={
        "kind": _any_case(text, "event_type"),
        "sub_kind": _any_case(text, "event_sub_type"),
        "time": _any_case(stamp, "_time"),
        "stamped": _any_case(stamp, "event_timestamp"),
        "host": _any_case(said, "agent_hostname"),
        "user": _any_case(said, "action_process_username"),
        "path": _any_case(said, "action_process_image_path"),
        "name": _any_case(said, "action_process_image_name"),
        "command_line": _any_case(said, "action_process_image_command_line", "action_process_command_line"),
        "parent_path": _any_case(said, "actor_process_image_path"),
        "parent_name": _any_case(said, "actor_process_image_name"),
        "parent_command_line": _any_case(said, "actor_process_command_line", "actor_process_image_command_line"),
        "pid": _any_case(whole, "action_process_os_pid"),
        "parent_pid": _any_case(whole, "actor_process_os_pid"),
        "record": _any_case(text, "event_id"),
    },
    recognises=is_cortex,
    kin=is_of_the_data_set,
    starts=pl.col("kind").is_in(PROCESS).fill_null(True) & pl.col("sub_kind").is_in(START).fill_null(True),
    columns={
        "host": pl.col("host"),
        "account": pl.col("user"),
        "image": pl.coalesce("path", "name"),
        "command_line": pl.col("command_line"),
        "parent_image": pl.coalesce("parent_path", "parent_name"),
        "parent_command_line": pl.col("parent_command_line"),
        "pid": pl.col("pid"),
        "parent_pid": pl.col("parent_pid"),
        "record_id": pl.col("record"),
    },
    clock=("time", "stamped"),
)
