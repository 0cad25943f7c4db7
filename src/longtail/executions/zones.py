"""Canonical locations → trust zones: who but an administrator could have put a file there."""

from longtail.executions.executable import Zone

_PROFILES = (
    "\\users\\{user}\\",
    "\\windows\\serviceprofiles\\localservice\\",
    "\\windows\\serviceprofiles\\networkservice\\",
    "\\windows\\serviceprofiles\\{user}\\",
    "\\windows\\system32\\config\\systemprofile\\",
    "\\windows\\syswow64\\config\\systemprofile\\",
)

WINDOWS_ZONES: tuple[tuple[Zone, tuple[str, ...]], ...] = (
    (Zone.TEMP, (*(profile + "appdata\\local\\temp\\" for profile in _PROFILES), "\\temp\\", "\\tmp\\")),
    (Zone.PUBLIC, ("\\users\\public\\",)),
    (Zone.USER_PROFILE, (*_PROFILES, "\\users\\default\\")),
    (
        Zone.SYSTEM_WRITABLE,
        (
            "\\perflogs\\",
            "\\recovery\\",
            "\\msocache\\",
            "\\config.msi\\",
            "\\system volume information\\",
            "\\windows\\temp\\",
            "\\windows\\tasks\\",
            "\\windows\\fonts\\",
            "\\windows\\tracing\\",
            "\\windows\\debug\\",
            "\\windows\\addins\\",
            "\\windows\\cursors\\",
            "\\windows\\help\\",
            "\\windows\\logs\\",
            "\\windows\\media\\",
            "\\windows\\minidump\\",
            "\\windows\\pla\\",
            "\\windows\\prefetch\\",
            "\\windows\\registration\\crmlog\\",
            "\\windows\\web\\",
            "\\windows\\system32\\com\\dmp\\",
            "\\windows\\system32\\fxstmp\\",
            "\\windows\\system32\\logfiles\\",
            "\\windows\\system32\\microsoft\\crypto\\rsa\\machinekeys\\",
            "\\windows\\system32\\spool\\drivers\\color\\",
            "\\windows\\system32\\spool\\printers\\",
            "\\windows\\system32\\spool\\servers\\",
            "\\windows\\system32\\tasks\\",
            "\\windows\\system32\\tasks_migrated\\",
            "\\windows\\syswow64\\com\\dmp\\",
            "\\windows\\syswow64\\fxstmp\\",
            "\\windows\\syswow64\\tasks\\",
        ),
    ),
    (Zone.SYSTEM, ("\\windows\\", "\\windows:")),
    (Zone.PROGRAM_FILES, ("\\program files\\", "\\program files (x86)\\", "\\program files (arm)\\")),
    (Zone.PROGRAM_DATA, ("\\programdata\\",)),
    (Zone.RECYCLE_BIN, ("\\$recycle.bin\\", "\\recycler\\", "\\recycled\\")),
    (Zone.REMOTE, ("\\\\{server}@dav\\",)),
    (Zone.NETWORK_SHARE, ("\\\\",)),
    (Zone.OTHER_DRIVE, ("{drive}:", "\\device\\")),
    (Zone.OTHER, ("\\",)),
)
"""Prefixes of canonical Windows locations, first match wins."""

UNIX_ZONES: tuple[tuple[Zone, tuple[str, ...]], ...] = (
    (
        Zone.UNIX_TEMP,
        (
            "/tmp/",
            "/var/tmp/",
            "/dev/shm/",
            "/dev/mqueue/",
            "/run/user/",
            "/run/lock/",
            "/run/shm/",
            "/proc/",
            "/memfd:",
            "/private/tmp/",
            "/private/var/tmp/",
            "/private/var/folders/",
        ),
    ),
    (Zone.UNIX_HOME, ("/home/", "/root/", "/Users/")),
    (Zone.UNIX_OPT, ("/opt/", "/usr/local/", "/snap/", "/Applications/")),
    (Zone.UNIX_SYSTEM, ("/usr/", "/etc/", "/boot/", "/System/", "/Library/", "/init")),
    (Zone.UNIX_VAR, ("/var/", "/run/", "/srv/", "/private/var/")),
    (Zone.UNIX_OTHER, ("/",)),
)
"""Prefixes of canonical Unix locations, first match wins."""

_WRITABLE = frozenset(Zone) - {
    Zone.SYSTEM,
    Zone.PROGRAM_FILES,
    Zone.UNIX_SYSTEM,
    Zone.UNIX_OPT,
    Zone.BUILTIN,
}


def zone_of(location: str) -> Zone:
    """The trust zone of a canonical location; ``Zone.NONE`` for a relative one."""
    if location == "\\":
        return Zone.DRIVE_ROOT
    for zone, prefixes in UNIX_ZONES if location.startswith("/") else WINDOWS_ZONES:
        if location.startswith(prefixes):
            return zone
    return Zone.NONE


def writable(zone: Zone) -> bool:
    """Whether someone who is no administrator may write there, or where there is cannot be told."""
    return zone in _WRITABLE
