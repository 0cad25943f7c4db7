"""Benign life, one file a kind of it: to add some, write a module beside these and add its tuple here."""

from longtail.fleet.benign.sqlserver import HABITS as SQLSERVER
from longtail.fleet.benign.windows import HABITS as WINDOWS
from longtail.fleet.habits import Habit

HABITS: tuple[Habit, ...] = (*WINDOWS, *SQLSERVER)
