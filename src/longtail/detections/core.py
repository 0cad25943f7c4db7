"""What a core is: the one thing that all ways of using a program for a technique have in common, as predicates.

A core is an option with all its names, a verb, a key. It is the part of a rule that is never given up.
"""

from dataclasses import dataclass

from longtail.detections.predicates import Item, Predicate

REMOTE = frozenset(("remote", "url"))
NEVER, RARE, UNUSUAL, SOME, USUAL = 0.001, 0.01, 0.05, 0.15, 0.4
"""How much of a program's lawful use says so, before a fleet has been asked."""


@dataclass(frozen=True, slots=True)
class Core:
    """What one family of programs is told. ``programs`` are file names without ``.exe``, separated by blanks.

    Of each of the ``parts`` any item must hold. ``enough`` cores say what is meant by themselves; others need something
    telling beside them. ``has`` and ``has_not`` are command lines.
    """

    name: str
    programs: str
    says: str
    parts: tuple[tuple[Item, ...], ...]
    usual: float
    enough: bool
    has: str
    has_not: str

    @property
    def implied(self) -> frozenset[str]:
        """Predicates that say little beside this core: who fetches or sends names a remote place."""
        return REMOTE if any(each in self.says for each in ("fetch", "sends data")) else frozenset()

    @property
    def renamed(self) -> str:
        """The family of programs that this is one of under another name; "" where it is none."""
        return self.name.removeprefix("renamed_") if self.name.startswith("renamed_") else ""

    @property
    def predicates(self) -> tuple[Predicate, ...]:
        """The parts; what the core is worth stands on the first."""
        return tuple(
            Predicate(f"{self.name}_{index}" if index else self.name, self.says, items, 1.0 if index else self.usual,
                      1.0, self.enough)
            for index, items in enumerate(self.parts)
        )  # fmt: skip


Parts = Item | tuple[Item | tuple[Item, ...], ...]


def core(what: tuple[str, str, str], parts: Parts, usual: float, *examples: str) -> Core:
    """``what`` is the name, with ``!`` where it is enough by itself, the programs and the sentence.

    All ``parts`` must hold; of a part that is a tuple, any item.
    """
    name, programs, says = what
    has, has_not = examples
    among = parts if isinstance(parts, tuple) else (parts,)
    items = tuple(each if isinstance(each, tuple) else (each,) for each in among)
    return Core(name.rstrip("!"), programs, says, items, usual, name.endswith("!"), has, has_not)
