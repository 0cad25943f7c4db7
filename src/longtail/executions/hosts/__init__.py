"""The programs that run other files, one row each: what a host is told → what it runs."""

import re
from functools import lru_cache

from longtail.executions.hosts import shells, unix, windows
from longtail.executions.hosts.told import Host

HOSTS: tuple[Host, ...] = shells.HOSTS + windows.HOSTS + unix.HOSTS

_BY_NAME = {name: host for host in HOSTS for name in host.names.split()}
_VERSIONED = re.compile(r"(python|pythonw|perl|ruby|php|lua|node|java|ksh|tclsh|pypy)-?(?:\{ver\}|\{n\}|[\d.])*$")


@lru_cache(maxsize=1 << 16)
def host(name: str) -> Host | None:
    """The row of a program by its file name, with or without ``.exe``, ``python3.11`` as ``python``."""
    stem = name.removesuffix(".exe")
    found = _BY_NAME.get(stem)
    if found is None and (versioned := _VERSIONED.match(stem)):
        found = _BY_NAME.get(versioned[1])
    return found
