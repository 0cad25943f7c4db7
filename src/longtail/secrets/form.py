"""What a secret looks like in a command line, as one row of a table: its kind, how it is found, two examples."""

import re
from dataclasses import dataclass

VALUE = r"""(?:\\"(?P<a>[^"]*?)\\"|"(?P<b>[^"]*)"|'(?P<c>[^']*)'|(?P<d>(?:[^\s"'&|;<>]|&(?![&\s]))+))"""
"""A value as shells quote it; whichever group matched is the secret. Better a word too many than half a password."""

WORD = r"""(?:"[^"]*"|'[^']*'|[^\s"'&|;<>]+)"""
"""A value that is not secret."""

NOT_A_FLAG = r"(?!--?[A-Za-z]|/[A-Za-z?]+(?:[\s:]|\Z))"
"""What follows is a value and not the next option."""

Example = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """One way that secrets are written.

    ``pattern`` finds it; its groups ``a`` to ``d`` are the secret. ``hints`` are texts (in lower case) of which one
    stands in every line that has it. With ``program`` it is looked for only between that word and the end of the
    command it begins. ``examples`` are (line, redacted line).
    """

    kind: str
    pattern: re.Pattern[str]
    hints: tuple[str, ...]
    examples: tuple[Example, ...]
    program: re.Pattern[str] | None = None


def form(kind: str, pattern: str, hints: str, *examples: Example) -> Form:
    """A form that tells itself, whatever the program; ``hints`` are separated by blanks."""
    return Form(kind, re.compile(pattern, re.IGNORECASE), tuple(hints.split()), examples)


def option(programs: str, pattern: str, *examples: Example, kind: str = "password") -> Form:
    """A form that is one only after these programs (separated by blanks); case counts in what follows them."""
    names = programs.split()
    named = "|".join(re.escape(name) for name in names)
    program = re.compile(rf"(?<![\w.-])(?:{named})(?:\.exe|\.py|\.com)?(?=[\s\"'])", re.IGNORECASE)
    return Form(kind, re.compile(pattern), tuple(name.lower() for name in names), examples, program)
