"""Splunk's search results with the names of the Common Information Model: its data set Endpoint.Processes.

``process`` is the command line, ``process_path`` the program, ``dest`` the machine; ``tstats`` puts the data set's name
before each (``Processes.process``). The model writes ``unknown`` for what it does not know. A search that counts has no
``_time`` but ``firstTime``: its row counts as one start, at that time. Registry, files and ports are other data sets
with some of the same names; none of them has a command line or a parent (help.splunk.com, CIM, Endpoint).
"""

from collections.abc import Callable

import polars as pl

from longtail.telemetry.format import Carrier, Field, Format, Record, said, stamp, whole
from longtail.telemetry.windows import SECURITY_START, SYSMON_START

SET = "Processes."
TIMES = {"_time", "firstTime"}
MACHINES = {"dest", "host"}
PROGRAMS = {"process_path", "process_name", "process_exec"}
TELLING = {"process", "parent_process", "parent_process_path", "parent_process_name"}
NOT_STARTED = ("blocked", "deferred")


def _names(record: Record) -> set[str]:
    return {name.removeprefix(SET) for name in record}


def is_cim(record: Record) -> bool:
    """A time, a machine, a program, and what it was told or by whom it was started."""
    if not TIMES & record.keys():
        return False
    names = _names(record)
    return all(names & wanted for wanted in (MACHINES, PROGRAMS, TELLING))


def is_of_an_endpoint(record: Record) -> bool:
    """An event of another data set, which names the process that did it."""
    return bool(TIMES & record.keys()) and {"dest", "process_guid"} <= _names(record)


def _named(kind: Callable[..., Field], name: str) -> Field:
    return kind(name, SET + name)


def _known(*names: str) -> pl.Expr:
    """The first of the fields that the model knows."""
    return pl.coalesce(*(pl.col(name).replace({"unknown": None}) for name in names))


TEXTS = {
    "host": "dest",
    "user": "user",
    "path": "process_path",
    "exec": "process_exec",
    "name": "process_name",
    "command_line": "process",
    "parent_path": "parent_process_path",
    "parent_exec": "parent_process_exec",
    "parent_name": "parent_process_name",
    "parent_command_line": "parent_process",
    "action": "action",
}

SPLUNK_CIM = Format(
    name="splunk-cim",
    title="Splunk's search results of the data set Endpoint.Processes as CSV, JSON or Parquet",
    carriers=(Carrier.CSV, Carrier.JSON, Carrier.PARQUET),
    fields={
        **{column: _named(said, name) for column, name in TEXTS.items()},
        "time": stamp("_time"),
        "first": stamp("firstTime"),
        "shown_host": said("host"),
        "event": whole("EventCode", "EventID"),
        "pid": _named(whole, "process_id"),
        "parent_pid": _named(whole, "parent_process_id"),
    },
    recognises=is_cim,
    kin=is_of_an_endpoint,
    starts=pl.any_horizontal(_known(each).is_not_null() for each in ("command_line", "parent_path", "parent_name"))
    & pl.col("event").is_in((SYSMON_START, SECURITY_START)).fill_null(True)
    & pl.col("action").is_in(NOT_STARTED).not_().fill_null(True),
    columns={
        "host": _known("host", "shown_host"),
        "account": _known("user"),
        "image": _known("path", "exec", "name"),
        "command_line": _known("command_line"),
        "parent_image": _known("parent_path", "parent_exec", "parent_name"),
        "parent_command_line": _known("parent_command_line"),
        "pid": pl.col("pid"),
        "parent_pid": pl.col("parent_pid"),
    },
    clock=("time", "first"),
)
