"""An inventory: what runs where, with no times of starts: a snapshot, an asset database, an export.

``host`` and ``image`` are enough; ``tenant``, ``account``, ``command_line``, ``first_seen`` and ``last_seen`` may be
there. Other spellings of the columns are taken as people write them (``machine``, ``executable``).
"""

from itertools import chain

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, Rows, View, said, spelling, stamp, text
from longtail.telemetry.names import HOST_NAMES

HOSTS = tuple(chain.from_iterable(HOST_NAMES.values()))
IMAGES = ("executable", "executablepath", "exe", "processpath", "process")

FIELDS = {
    "tenant": text("tenant", "subscription", "subscriptionid"),
    "host": said("host", *HOSTS),
    "account": said("account", "user", "username"),
    "image": said("image", *IMAGES),
    "command_line": said("command_line", "cmdline"),
    "first_seen": stamp("first_seen", "first_seen"),
    "last_seen": stamp("last_seen", "seen", "timestamp", "date"),
}
OTHER_KINDS = {"time", "pid", "processid", "port", "localport", "lport", "eventid", "eventtype", "eventcode"}


def is_inventory(record: Record) -> bool:
    """A host and an image, and neither the time of a start nor anything that a process has and a program has not."""
    names = {spelling(name) for name in record if name}
    named = names & set(HOSTS) and names & {"image", *IMAGES}
    nested = any(isinstance(value, dict | list) for value in record.values())
    return bool(named) and not names & OTHER_KINDS and not nested


INVENTORY = Format(
    name="inventory",
    title="Inventory: CSV, JSON lines or Parquet with host and image",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields=FIELDS,
    recognises=is_inventory,
    columns={},
    clock=(),
    views={Rows.RUNNING: View({name: pl.col(name) for name in FIELDS})},
)
