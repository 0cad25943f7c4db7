"""Reading so far → one moving line on stderr, where a person is looking."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from longtail.pipelines.reading import Progress


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """A bar with rate and remaining time while ``tell`` is called; nothing unless stderr is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda so_far: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("reading"),
        BarColumn(),
        TextColumn("{task.fields[starts]:,} process starts"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None, starts=0)
        yield lambda so_far: bar.update(task, total=so_far.total, completed=so_far.done, starts=so_far.process_starts)
