"""Files by name → a folder that holds them, in which only what a former run wrote is ever replaced or removed."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from longtail.errors import LongtailError, OutputExists, UsageError
from longtail.files.written import whole_file
from longtail.outputs.plain import dumps

MANIFEST = "manifest.json"
"""Names what was written, so that the next run knows what it may replace."""
WRITER = "longtail mine"


def refuse_folder(folder: Path, force: bool) -> None:
    """Say no before the work starts, not after it.

    Raises:
        OutputExists: the folder holds something and ``force`` is not given.
        UsageError: it is a file, or the folder that it would be made in is not there.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: name a folder")
    if not folder.exists() and not folder.absolute().parent.is_dir():
        raise UsageError(f"{folder}: the folder {folder.absolute().parent} is not there: make it first")
    if not force and folder.is_dir() and any(folder.iterdir()):
        raise OutputExists(
            f"{folder} is not empty: choose another folder, or add --force to replace what is ours in it"
        )


def write_folder(files: Mapping[str, str], folder: Path) -> None:
    """Write the files; remove what a former run wrote and this one did not; leave everything else alone.

    Each file appears whole or not at all. A run that was interrupted is known by its manifest and can be replaced.

    Raises:
        OutputExists: a file of that name is there, and no former run wrote it.
        LongtailError: the folder cannot be written.
    """
    before = _written_before(folder)
    paths = {name: _inside(folder, name) for name in (*files, *before)}
    for name in files:
        if paths[name].exists() and name not in before:
            raise OutputExists(f"{paths[name]} is there and was not written by {WRITER}: choose another folder")
    try:
        _write(folder / MANIFEST, _manifest({*files, *before}))
        for name, content in files.items():
            _write(paths[name], content)
        for name in before - set(files):
            _remove(paths[name], folder.resolve())
        _write(folder / MANIFEST, _manifest(files))
    except OSError as error:
        raise LongtailError(f"{folder} cannot be written: {error.strerror} ({error.filename})") from error


def _written_before(folder: Path) -> set[str]:
    """The names that a former run's manifest holds and that lie in the folder.

    Raises:
        OutputExists: there is a manifest, and it is not ours.
    """
    path = folder / MANIFEST
    if not path.exists():
        return set()
    try:
        told = json.loads(path.read_text("utf-8"))
        ours, names = told["written_by"] == WRITER, [str(name) for name in told["files"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise OutputExists(f"{path} was not written by {WRITER}: choose another folder") from error
    if not ours:
        raise OutputExists(f"{path} was not written by {WRITER}: choose another folder")
    root = folder.resolve()
    return {name for name in names if (root / name).resolve().is_relative_to(root) and name != MANIFEST}


def _manifest(names: Iterable[str]) -> str:
    return dumps({"written_by": WRITER, "files": sorted(names)}, indent=2) + "\n"


def _inside(folder: Path, name: str) -> Path:
    """Where a file lies; a link that leads out of the folder is not followed.

    Raises:
        OutputExists: it would lie elsewhere.
    """
    path = folder / name
    if not path.parent.resolve().is_relative_to(folder.resolve()):
        raise OutputExists(f"{path.parent} leads out of {folder}: remove the link first")
    return path


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as stream:
        stream.write(content)


def _remove(path: Path, root: Path) -> None:
    path.unlink(missing_ok=True)
    place = path.parent.resolve()
    while place != root and place.is_dir() and not any(place.iterdir()):
        place.rmdir()
        place = place.parent
