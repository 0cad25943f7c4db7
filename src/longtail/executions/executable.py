"""A canonical executable: what the rest of Longtail counts, a name in a place in one trust zone."""

from dataclasses import dataclass
from enum import StrEnum


class Zone(StrEnum):
    """Who can write to a place, which is what decides how much being there says for a file."""

    SYSTEM = "system"
    SYSTEM_WRITABLE = "system-writable"
    PROGRAM_FILES = "program-files"
    PROGRAM_DATA = "program-data"
    USER_PROFILE = "user-profile"
    PUBLIC = "public"
    TEMP = "temp"
    RECYCLE_BIN = "recycle-bin"
    DRIVE_ROOT = "drive-root"
    OTHER_DRIVE = "other-drive"
    OTHER = "other"
    NETWORK_SHARE = "network-share"
    UNIX_SYSTEM = "unix-system"
    UNIX_OPT = "unix-opt"
    UNIX_HOME = "unix-home"
    UNIX_TEMP = "unix-temp"
    UNIX_VAR = "unix-var"
    UNIX_OTHER = "unix-other"
    BUILTIN = "builtin"
    REMOTE = "remote"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Executable:
    """A program in a place: ``location`` ends in its separator, ``location + name`` is its canonical path."""

    location: str
    name: str
    zone: Zone

    def __str__(self) -> str:
        return self.location + self.name
