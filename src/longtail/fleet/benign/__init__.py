"""Benign life, one file a kind of it: to add some, write a module beside these and add its tuple here."""

from longtail.fleet.benign import (
    agents,
    further,
    humans,
    linux,
    sqladmin,
    sqlagent,
    sqlserver,
    web,
    windows,
    xpcmdshell,
)
from longtail.fleet.benign.servicing import OCCASIONS
from longtail.fleet.habits import Habit

__all__ = ["FURTHER", "HABITS", "OCCASIONS"]

HABITS: tuple[Habit, ...] = (
    *windows.HABITS,
    *agents.HABITS,
    *sqlserver.HABITS,
    *xpcmdshell.HABITS,
    *sqladmin.HABITS,
    *sqlagent.HABITS,
    *web.HABITS,
    *linux.HABITS,
    *humans.HABITS,
)

FURTHER: tuple[Habit, ...] = further.HABITS
"""What fleets with the further attacks have besides."""
