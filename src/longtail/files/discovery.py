"""Paths as a person gives them (file, folder, glob, ``-``) → the files to read, each with the root it lies under."""

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from longtail.errors import NothingToRead

STDIN = "-"


def files(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Path and root of each file, in the order given, each folder sorted. Links to folders are not followed.

    Raises:
        NothingToRead: a path matches no file, or is a folder without any.
    """
    for path in paths:
        found = list(_under(path))
        if not found:
            if Path(path).is_dir():
                raise NothingToRead(f"{path}: the folder is empty: there is no file in it, at any depth")
            raise NothingToRead(f"{path}: no such file, and nothing there matches; give a file, a folder, a glob or -")
        yield from found


def _under(path: str) -> Iterator[tuple[str, str]]:
    if path == STDIN:
        yield STDIN, STDIN
    elif Path(path).is_dir():
        yield from ((file, path) for file in _walk(path))
    elif Path(path).exists():
        yield path, str(Path(path).parent)
    else:
        root = _fixed_part(path)
        for match in sorted(glob.iglob(path, recursive=True)):  # noqa: PTH207 (Path.glob refuses absolute patterns)
            if Path(match).is_file():
                yield match, root


def _walk(folder: str) -> Iterator[str]:
    for where, folders, names in os.walk(folder):
        folders.sort()
        yield from (str(Path(where, name)) for name in sorted(names) if Path(where, name).is_file())


def _fixed_part(pattern: str) -> str:
    """The folder above the first wildcard."""
    parts = Path(pattern).parts
    wild = next((at for at, part in enumerate(parts) if glob.has_magic(part)), len(parts))
    return str(Path(*parts[:wild])) if wild else "."


def folderless(paths: Iterable[str]) -> bool:
    """Whether no file under the paths lies in a folder that a tenant could be taken from."""
    found = [tenant_of(path, root) for given in paths for path, root in _under(given)]
    return bool(found) and not any(found)


def tenant_of(path: str, root: str) -> str | None:
    """The first folder under the root on the way to the path; None where the file lies in the root itself."""
    try:
        inside = Path(path).relative_to(root).parts
    except ValueError:
        return None
    return inside[0] if len(inside) > 1 else None
