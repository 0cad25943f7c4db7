"""What a Windows service's columns mean, whoever exported them: whether it runs, and as which command line."""

import polars as pl

RUNNING = ("running", "4")  # 4 is what PowerShell makes of ``Running``
SHARED = r"(?i)\bsvchost(?:\.exe)?\"?\s"
NAMED = r"\s-s\s"


def runs(state: str) -> pl.Expr:
    """Whether a service is running: one that is installed and stopped is not."""
    return pl.col(state).str.to_lowercase().str.strip_chars().is_in(RUNNING).fill_null(False)


def service_line(path: str, name: str) -> pl.Expr:
    """The command line of a service; that of the process which services share is told which of them it is."""
    shared = pl.col(path).str.contains(SHARED) & ~pl.col(path).str.contains(NAMED) & pl.col(name).is_not_null()
    return pl.when(shared).then(pl.concat_str(path, pl.lit(" -s "), name)).otherwise(pl.col(path))
