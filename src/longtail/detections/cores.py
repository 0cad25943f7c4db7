"""All cores in the order they are tried, and the one that is no command: a system program's name elsewhere."""

from longtail.detections.core import Core
from longtail.detections.cores_elsewhere import DROPPED, SHELLS
from longtail.detections.cores_windows import WINDOWS
from longtail.detections.predicates import Predicate, contains, ends

SYSTEM_PLACES = ("\\windows\\system32\\", "\\windows\\syswow64\\", "\\windows\\winsxs\\", "\\windows\\servicing\\",
                 "\\windows\\microsoft.net\\")  # fmt: skip


def out_of_place(name: str) -> tuple[Predicate, ...]:
    """Predicates of a program that bears a system program's name and lies elsewhere."""
    says = "bears the name of a program of the system and lies elsewhere"
    return (
        Predicate("program", says, (ends(f"\\{name}"),), 0.002, 1.0),
        Predicate("place", "lies where the system keeps its programs", (contains(*SYSTEM_PLACES, field="Image"),),
                  0.1, 1.0, negated=True),
    )  # fmt: skip


ALL: tuple[Core, ...] = (*WINDOWS, *SHELLS, *DROPPED)
