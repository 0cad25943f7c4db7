"""Plain values → YAML in block style, keys in the order given, safe whatever the texts hold.

A text is written bare only where no reader could take it for anything else; else in single quotes; and in double quotes
with escapes where it holds anything that is not printable, so that a rule file is one line a value on any terminal.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from longtail.text import printable

Value = str | int | float | bool | None | Sequence["Value"] | Mapping[str, "Value"]

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_./()-]*(?: [A-Za-z0-9_./()-]+)*")
_WORDS = frozenset(["null", "true", "false", "yes", "no", "on", "off", "y", "n", "none", "nan", "inf", "~"])


def yaml(value: Mapping[str, Value]) -> str:
    """A mapping as a YAML document that ends in a line feed."""
    return "".join(f"{line}\n" for line in _mapping(value, ""))


def _mapping(value: Mapping[str, Value], indent: str) -> Iterator[str]:
    for key, each in value.items():
        yield from _entry(f"{indent}{scalar(key)}:", each, indent + "    ")


def _sequence(value: Sequence[Value], indent: str) -> Iterator[str]:
    for each in value:
        if isinstance(each, Mapping) and each:
            first, *rest = _mapping(each, indent + "  ")
            yield f"{indent}- {first.lstrip()}"
            yield from rest
        else:
            yield from _entry(f"{indent}-", each, indent + "  ")


def _entry(head: str, value: Value, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield head if value else f"{head} {{}}"
        yield from _mapping(value, indent)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield head if value else f"{head} []"
        yield from _sequence(value, indent)
    else:
        yield f"{head} {scalar(value)}"


def scalar(value: str | int | float | bool | None) -> str:
    """One value as it stands after a key."""
    if isinstance(value, str):
        return _text(value)
    if value is None:
        return "null"
    return (
        str(value).lower() if isinstance(value, bool) else f"{value:.10g}" if isinstance(value, float) else str(value)
    )


def _text(text: str) -> str:
    if _BARE.fullmatch(text) and text.lower() not in _WORDS:
        return text
    if all(map(printable, text)):
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if printable(character):
        return character
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        return "\\ufffd"  # half a character: no file in UTF-8 can hold it
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
