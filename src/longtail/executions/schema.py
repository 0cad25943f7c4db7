"""The two tables everything else speaks in: one process start, and the waist it is folded into."""

import polars as pl

UTC_TIME = pl.Datetime("us", "UTC")

PROCESS_EVENT = pl.Schema(
    {
        "time": UTC_TIME,
        "tenant": pl.String(),
        "host": pl.String(),
        "account": pl.String(),
        "image": pl.String(),
        "command_line": pl.String(),
        "parent_image": pl.String(),
        "parent_command_line": pl.String(),
        "pid": pl.Int64(),
        "parent_pid": pl.Int64(),
        "source": pl.String(),
        "record_id": pl.String(),
    }
)
"""One process start. A format that lacks a field gives null; it never guesses.

``time`` is UTC. ``tenant`` is the population's owner. ``source`` is the file it was read from and
``record_id`` the record's own identity in it (event record id, line number, row number).
"""

EXAMPLE = pl.Schema(
    {
        "example_time": UTC_TIME,
        "example_image": pl.String(),
        "example_command_line": pl.String(),
        "example_parent_image": pl.String(),
        "example_parent_command_line": pl.String(),
        "example_pid": pl.Int64(),
        "example_parent_pid": pl.Int64(),
        "example_source": pl.String(),
        "example_record_id": pl.String(),
    }
)

SIGHTING_KEY = pl.Schema(
    {
        "day": pl.Date(),
        "tenant": pl.String(),
        "host": pl.String(),
        "account": pl.String(),
        "account_class": pl.String(),
        "location": pl.String(),
        "name": pl.String(),
        "zone": pl.String(),
        "hosted_by": pl.String(),
        "parent": pl.String(),
        "shape": pl.String(),
    }
)

SIGHTING = pl.Schema(
    {
        **SIGHTING_KEY,
        "runs": pl.UInt64(),
        "first_seen": UTC_TIME,
        "last_seen": UTC_TIME,
        **EXAMPLE,
    }
)
"""The waist: an executable (location, name, zone) seen on a host, run by an account, on a day.

``hosted_by`` is null for the process itself, else the host (``rundll32.exe``) that carried it.
``runs`` is summed, ``first_seen``/``last_seen`` are min/max, and the smallest example event is kept,
so that merging two tables is associative and commutative.
"""
