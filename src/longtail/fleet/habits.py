"""What a benign recipe is: who does what, how often, and how many of its kind do it."""

from dataclasses import dataclass

from longtail.fleet.rhythm import Rhythm


@dataclass(frozen=True, slots=True)
class Habit:
    """Something the accounts of one kind of seat do again and again.

    ``text`` holds process trees (see ``script.py``), separated by blank lines: each seat keeps to one of them. Their
    tokens are drawn per tenant, host or run (see ``words.py``). ``share`` of the seats of ``tenant_share`` of the
    tenants have the habit, each between ``copies[0]`` and ``copies[1]`` times with words of its own.
    """

    name: str
    seat: str
    rhythm: Rhythm
    text: str
    share: float = 1.0
    tenant_share: float = 1.0
    copies: tuple[int, int] = (1, 1)

    @property
    def scripts(self) -> tuple[str, ...]:
        """The trees a seat chooses from."""
        return paragraphs(self.text)


def paragraphs(text: str) -> tuple[str, ...]:
    """The parts of a text that blank lines separate."""
    return tuple(part.strip("\n") for part in text.strip("\n").split("\n\n"))
