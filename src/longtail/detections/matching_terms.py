"""What a rule asks of a process start, as a tree: texts, patterns and comparisons of fields, joined by all, any, not.

The tree is plain data. It knows nothing of YAML and nothing of tables: ``sigma`` makes it of rules, ``matching``
evaluates it on rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Network, IPv6Network


class Wild(Enum):
    """What stands for any text, and for any one character."""

    MANY = "*"
    ONE = "?"


@dataclass(frozen=True, slots=True)
class Text:
    """The whole value of a field, of fixed parts and wildcards; case counts only where ``cased``.

    Without a field it is a keyword: some text field holds it anywhere.
    """

    field: str | None
    parts: tuple[str | Wild, ...]
    cased: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression found somewhere in a field; ``flags`` of ``i``, ``m`` and ``s``."""

    field: str | None
    expression: str
    flags: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """The field has no value."""

    field: str


@dataclass(frozen=True, slots=True)
class Number:
    """The value of a field is a number in this relation (``<``, ``<=``, ``>``, ``>=``, ``=``) to another."""

    field: str
    relation: str
    value: float


@dataclass(frozen=True, slots=True)
class Address:
    """The value of a field is an IP address of this network."""

    field: str
    network: IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Reference:
    """The value of a field is that of another field, or starts with it, ends with it, contains it (both)."""

    field: str
    other: str
    starts: bool = False
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Constant:
    """True or false whatever the row."""

    value: bool


@dataclass(frozen=True, slots=True)
class All:
    """Each of these; true when there is none."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """One of these; false when there is none."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Not this. A comparison with a field that has no value is false, so its opposite is true."""

    part: "Condition"


Term = Text | Pattern | Missing | Number | Address | Reference
Condition = Term | Constant | All | Any | Not

TRUE, FALSE = Constant(True), Constant(False)


@dataclass(frozen=True, slots=True)
class Rule:
    """A detection rule for process starts: what it is called, where it stands, on which system, what it asks.

    ``product`` is ``windows``, ``linux``, ``macos`` or None (any). ``notes`` are sentences for a person: what was
    read otherwise than the author may have meant.
    """

    title: str
    id: str
    place: str
    product: str | None
    condition: Condition
    level: str = ""
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def terms(condition: Condition) -> Iterator[Term]:
    """Every comparison in a condition, each once however often it is referred to."""
    waiting, seen = [condition], set[int]()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, All | Any):
            waiting.extend(each.parts)
        elif isinstance(each, Not):
            waiting.append(each.part)
        elif not isinstance(each, Constant):
            yield each


def fields(condition: Condition) -> frozenset[str]:
    """The names of all fields that a condition looks at."""
    named = {each.field for each in terms(condition) if each.field is not None}
    return frozenset(named | {each.other for each in terms(condition) if isinstance(each, Reference)})
