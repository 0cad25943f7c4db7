"""A PostgreSQL of one's own for as long as it is needed: in a folder of its own, on a socket, as nobody."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PLACES = ("/usr/local/bin", "/usr/lib/postgresql/*/bin")
UNPRIVILEGED = "nobody"


def program(name: str) -> str | None:
    """The path of a program of PostgreSQL, also where Debian keeps it."""
    found = [str(each) for place in PLACES for each in Path("/").glob(f"{place[1:]}/{name}")]
    return shutil.which(name) or (sorted(found)[-1] if found else None)


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server that is empty, and gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="longtail-pg-"))
    whose = {"user": UNPRIVILEGED} if os.geteuid() == 0 else {}
    if whose:
        shutil.chown(folder, UNPRIVILEGED)
    data, log = folder / "data", folder / "log"
    settings = f"-c listen_addresses='' -k {folder} -c fsync=off"
    try:
        _run(program("initdb"), "-D", data, "-U", "longtail", "--auth=trust", "-E", "UTF8", "--locale=C", "-N", **whose)
        _run(program("pg_ctl"), "-D", data, "-l", log, "-o", settings, "-w", "start", **whose)
        try:
            yield f"postgresql+psycopg://longtail@/postgres?host={folder}"
        finally:
            _run(program("pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop", **whose)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(*words: object, **whose: str) -> None:
    done = subprocess.run(
        list(map(str, words)), cwd="/", capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, **whose
    )
    assert done.returncode == 0, done.stderr
