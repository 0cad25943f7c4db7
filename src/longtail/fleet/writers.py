"""A plan → a folder of telemetry files, one folder a tenant and one file a day, with the truth beside them."""

import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from longtail.errors import OutputExists, UsageError
from longtail.fleet.formats import FORMATS, IS_LINUX, FleetFormat
from longtail.fleet.generate import events, truth
from longtail.fleet.plan import Plan
from longtail.fleet.truth import Truth, rfc3339

TRUTH = "truth.json"
ROWS_IN_A_PART = 400_000  # of Parquet, which cannot be appended to; about 100 MB in memory
HOSTS_A_CHUNK = 16


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: so many process starts into these files, which hold this truth."""

    folder: Path
    starts: int
    files: tuple[Path, ...]
    truth: Truth


def write(
    plan: Plan,
    folder: Path,
    format_name: str = "parquet",
    tell: Callable[[int, int], None] = lambda hosts, starts: None,
) -> Written:
    """Write the fleet of a plan into an empty or new folder, in constant memory.

    ``tell`` is called with the hosts and the process starts written so far.

    Raises:
        UsageError: there is no such format, or the folder is a file.
        OutputExists: the folder holds something already.
    """
    _format(format_name)  # both may say no to a name, before the folder is made
    known = truth(plan)
    folder = empty_folder(folder)
    writer = telemetry_writer(folder, format_name)
    for number, chunk in enumerate(events(plan, HOSTS_A_CHUNK), start=1):
        writer.add(chunk)
        tell(min(number * HOSTS_A_CHUNK, plan.machines), writer.starts)
    writer.finish()
    files = tuple(sorted(writer.files))
    write_truth(folder, plan, known, files)
    return Written(folder, writer.starts, files, known)


def empty_folder(folder: Path) -> Path:
    """The folder, made where it is missing.

    Raises:
        UsageError: it is a file.
        OutputExists: it holds something already.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: name a folder")
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise OutputExists(
            f"{folder} holds something already: choose another folder, or add --force to replace a fleet"
        )
    return folder


def remove_fleet(folder: Path) -> None:
    """Remove the fleet that was written into a folder before, and nothing else.

    Raises:
        OutputExists: there is no fleet in it, so that what it holds is not ours to remove.
    """
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    try:
        names = json.loads((folder / TRUTH).read_text("utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputExists(f"{folder} holds something that is no fleet: choose another folder") from error
    root = folder.resolve()
    for path in [(root / str(name)).resolve() for name in names]:
        if path.is_relative_to(root):
            path.unlink(missing_ok=True)
            _remove_if_empty(path.parent, root)
    (folder / TRUTH).unlink()


def _remove_if_empty(place: Path, root: Path) -> None:
    while place != root and place.is_dir() and not any(place.iterdir()):
        shutil.rmtree(place)
        place = place.parent


def telemetry_writer(folder: Path, format_name: str) -> "TelemetryWriter":
    """A writer of process starts into a folder, by the name of their format.

    Raises:
        UsageError: there is no such format.
    """
    return TelemetryWriter(folder, _format(format_name))


def _format(name: str) -> FleetFormat:
    if name not in FORMATS:
        raise UsageError(f"there is no format named {name!r}: choose from {', '.join(FORMATS)}")
    return FORMATS[name]


@dataclass(slots=True)
class TelemetryWriter:
    """Process starts → files, a folder a tenant and a file a day (Parquet: parts); ``finish`` writes what waits."""

    folder: Path
    format: FleetFormat
    starts: int = 0
    files: set[Path] = field(default_factory=set)
    waiting: list[pl.DataFrame] = field(default_factory=list)

    def add(self, chunk: pl.DataFrame) -> None:
        """Write a table of PROCESS_EVENT, or let it wait for more."""
        self.starts += chunk.height
        if self.format.extension != "parquet":
            self._append(chunk)
            return
        self.waiting.append(chunk)
        if sum(each.height for each in self.waiting) >= ROWS_IN_A_PART:
            self.finish()

    def finish(self) -> None:
        """Write what waits for a part of its own."""
        if self.waiting:
            for tenant, rows in (
                pl.concat(self.waiting).partition_by("tenant", as_dict=True, maintain_order=True).items()
            ):
                path = self._path(str(tenant[0]), f"part-{len(self.files) + 1:04d}.parquet")
                rows.write_parquet(path)
            self.waiting.clear()

    def _append(self, chunk: pl.DataFrame) -> None:
        beside = chunk.filter(IS_LINUX) if self.format.windows_only else chunk.clear()
        own = chunk.filter(~IS_LINUX) if self.format.windows_only else chunk
        for rows, format in ((own, self.format), (beside, FORMATS["ecs"])):
            dated = rows.with_columns(day=pl.col("time").dt.strftime("%Y-%m-%d"))
            for (tenant, day), part in dated.partition_by("tenant", "day", as_dict=True, maintain_order=True).items():
                self._append_day(part.drop("day"), format, (str(tenant), str(day)))

    def _append_day(self, part: pl.DataFrame, format: FleetFormat, where: tuple[str, str]) -> None:
        stem = where[1] if format is self.format else f"{where[1]}-linux"
        path = self.folder / where[0] / f"{stem}.{format.extension}"
        new = path not in self.files
        rows = part.select(format.columns(part))
        with self._path(where[0], path.name).open("ab") as stream:
            if format.extension == "csv":
                rows.write_csv(stream, include_header=new)
            else:
                rows.write_ndjson(stream)

    def _path(self, tenant: str, name: str) -> Path:
        path = self.folder / tenant / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self.files.add(path)
        return path


def write_truth(folder: Path, plan: Plan, known: Truth, files: Iterable[Path]) -> None:
    """Write the plan, the truth and the names of the files beside them."""
    whole: dict[str, Any] = {
        "plan": asdict(plan),
        "files": [path.relative_to(folder).as_posix() for path in files],
        **asdict(known),
    }
    text = json.dumps(whole, default=rfc3339, ensure_ascii=False, indent=1)
    (folder / TRUTH).write_text(text + "\n", "utf-8")
