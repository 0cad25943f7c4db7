"""What an attack recipe is: the acts of a story, as data."""

from dataclasses import dataclass

from longtail.fleet.habits import paragraphs


@dataclass(frozen=True, slots=True)
class Attack:
    """A story on one service account, whose words are drawn once an incident.

    ``text`` holds the acts, separated by blank lines, each a process tree (see ``script.py``) or several of which a
    line ``or`` separates the alternatives; ``nothing`` is an alternative too. ``seats`` are the kinds of account it
    fits. ``gap`` bounds the seconds between two acts, drawn log-uniformly; ``shuffled`` lets them come in any order.
    ``elsewhere`` are acts on a second Windows host of the tenant (``{victim}``) under the same account.
    ``verbatim`` forbids obfuscation.
    """

    name: str
    seats: tuple[str, ...]
    techniques: tuple[str, ...]
    note: str
    text: str
    gap: tuple[float, float] = (4.0, 240.0)
    shuffled: bool = False
    elsewhere: str = ""
    verbatim: bool = False

    @property
    def acts(self) -> tuple[tuple[str, ...], ...]:
        """Each act with its alternatives, "" where it may be left out."""
        return tuple(
            tuple("" if each.strip() == "nothing" else each for each in act.split("\nor\n"))
            for act in paragraphs(self.text)
        )
