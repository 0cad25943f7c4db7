"""What a socket's columns mean, whoever printed them: whether it listens, and on which port."""

import polars as pl

from longtail.telemetry.names import PORT_NAMES

LISTENS = ("listen", "listening", "2", "abhören", "escucha", "escuchando", "ecoute", "écoute", "in ascolto", "unconn")
"""How tools and languages say that a socket waits; 2 is what PowerShell makes of ``Listen``, UNCONN is UDP's word."""
UNSAID = ("", "-", "none", "null", "unconn", "unknown", "7", "0", "07")
NOWHERE = ("", "*", "0", "-")


def listens(state: str, foreign_port: str) -> pl.Expr:
    """Whether the columns say a listening socket: its state says so, or it has none and no other end."""
    said = pl.col(state).str.to_lowercase().str.strip_chars()
    other_end = ~pl.col(foreign_port).str.strip_chars().is_in(NOWHERE)
    silent = said.is_null() | said.is_in(UNSAID)
    return (said.is_in(LISTENS) | silent).fill_null(True) & ~other_end.fill_null(False)


def port(written: str) -> pl.Expr:
    """The number of a port that is written as a number or by its name."""
    told = pl.col(written).str.strip_chars()
    named = told.str.to_lowercase().replace_strict(PORT_NAMES, default=None, return_dtype=pl.Int64)
    return pl.coalesce(told.cast(pl.Int64, strict=False), named)
