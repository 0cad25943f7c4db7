"""The tables that recommendations are weighed with: what runs where, what listens, which ports were attacked."""

from dataclasses import dataclass, field

import polars as pl

from longtail.executions.schema import UTC_TIME

INVENTORY = pl.Schema(
    {
        "tenant": pl.String(),
        "host": pl.String(),
        "location": pl.String(),
        "name": pl.String(),
        "zone": pl.String(),
        "first_seen": UTC_TIME,
        "last_seen": UTC_TIME,
        "listed": UTC_TIME,
        "passing": pl.Boolean(),
    }
)
"""One row a machine and executable that runs there: canonical location, name, zone; times null where unknown.

It comes from process starts (folded sightings, hosted executions included), process snapshots and inventory files.
``listed`` is when all that runs on the host was listed for the last time, or the host was seen to start, on the rows of
what was there then, or has run since. ``passing`` is what did not start with its host, and comes and goes.
"""

RUNNING = pl.Schema(
    {
        "tenant": pl.String(),
        "host": pl.String(),
        "account": pl.String(),
        "image": pl.String(),  # path or name as reported; null where only the command line is known
        "command_line": pl.String(),
        "first_seen": UTC_TIME,
        "last_seen": UTC_TIME,
        "source": pl.String(),
    }
)
"""A program that a process snapshot or an inventory file found on a machine; times null where unknown.

One row stands for all equal findings of one source; at least one of ``image`` and ``command_line`` is there.
"""

LISTENING = pl.Schema(
    {
        "time": UTC_TIME,
        "tenant": pl.String(),
        "host": pl.String(),
        "protocol": pl.String(),  # tcp | udp
        "port": pl.Int32(),
        "address": pl.String(),  # the bound address; null where unknown
        "pid": pl.Int64(),
        "image": pl.String(),  # the listening process's path or name; null where unknown
        "source": pl.String(),
    }
)
"""One listening socket at the moment it was looked at."""

ATTACKED = pl.Schema(
    {"tenant": pl.String(), "machine": pl.String(), "port": pl.Int32(), "time": UTC_TIME, "source": pl.String()}
)
"""One brute-force alert: a port of a machine was attacked at a time."""

TORN = pl.Schema({"tenant": pl.String(), "host": pl.String()})
"""A host of whose sockets some could not be read: what its listing holds was there, what it lacks may be as well."""


@dataclass(frozen=True)
class Evidence:
    """Everything known of the machines beside the network's rules. All but ``inventory`` may be empty.

    A host is *seen whole* if its processes were listed at some moment, if it was seen to start (see `boots`), or in a
    list without times that holds what a system always runs. Of any other host only what started in its window is
    known. A host was asked for its sockets of a protocol if ``listening`` has a row of that protocol which is not of
    IPv6 (a tool lists what it is told to), and the host is none of ``torn``.
    """

    inventory: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=INVENTORY))
    listening: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LISTENING))
    attacked: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ATTACKED))
    torn: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TORN))
