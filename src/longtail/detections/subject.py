"""A cluster of deeds → what every rule of it demands: which program ran, under what names, and the core it was told."""

from dataclasses import replace

from longtail.detections.cores import out_of_place
from longtail.detections.generalise import UNKNOWN, Cluster
from longtail.detections.meanings import GENERAL
from longtail.detections.predicates import Item, Predicate, contains, ends, equals
from longtail.detections.programs import file_names, original_names

FROM_AFAR = ("bits_transfer", "certutil_fetch")
"""Cores that mean what they say only with an address or share, whose scheme their programs never leave out."""
REMOTE = next(row.predicate for row in GENERAL if row.predicate.name == "remote")
IMPLIED = 0.9
"""The share of lawful uses told a core for which a predicate holds that the core implies."""
WINDOWS_SHELLS, POSIX_SHELLS = ("cmd.exe", "powershell.exe", "pwsh.exe"), ("sh", "bash", "dash", "zsh", "ksh")


def subject(cluster: Cluster) -> tuple[Predicate, ...]:
    """What every rule of the cluster demands: the program, unless its name is the attacker's choice, and the core.

    Empty where neither says anything.
    """
    if cluster.out_of_place:
        return out_of_place(cluster.program)
    core = cluster.core.predicates if cluster.core else ()
    if cluster.core and cluster.core.name in FROM_AFAR:
        core = (*core, replace(REMOTE, usual=IMPLIED, kept=1.0))
    if cluster.program != UNKNOWN:
        return (program(cluster.program, cluster.posix), *core)
    own = [own_name(cluster.core.renamed)] if cluster.core and cluster.core.renamed else []
    return (*core, *own, shell(cluster.posix)) if core else ()


def own_name(family: str) -> Predicate:
    """The predicate that a family of programs did not run by its own name, and was not told to anything that ran."""
    names = file_names(family, False)
    told = (text for name in names for text in (name, *(f"{name.removesuffix('.exe')}{end}" for end in (" ", '"'))))
    items = (ends(*(f"\\{name}" for name in names)), contains(*told))
    return Predicate("own_name", "goes by its own name", items, 1.0, 1.0, False, negated=True)


def shell(posix: bool) -> Predicate:
    """The predicate that what ran is no shell: what a shell is told to run starts as a process of its own."""
    mark, shells = ("/", POSIX_SHELLS) if posix else ("\\", WINDOWS_SHELLS)
    return Predicate(
        "shell", "is a shell", (ends(*(f"{mark}{name}" for name in shells)),), 1.0, 1.0, False, negated=True
    )


def program(family: str, posix: bool) -> Predicate:
    """The predicate that a family of programs ran, by its name or, where telemetry tells it, its original name."""
    names = file_names(family, posix)
    items: tuple[Item, ...] = (ends(*(f"{'/' if posix else chr(92)}{name}" for name in names)),)
    if originals := original_names(names):
        items = (*items, equals(*originals, field="OriginalFileName"))
    return Predicate("program", f"runs {family}", items, 1.0, 1.0, False)
