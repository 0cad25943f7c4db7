"""The bytes of a JSON export → its values one by one: a whole value, a list, pages, JSON lines, values in a row.

What is damaged costs itself: of a list that is cut short every whole element is given, and the rest is told.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import msgspec

REFUSALS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)

PAGES = ("value", "data")
"""Keys under which REST answers and query rows keep their list."""

MORE = ("nextLink", "$skipToken", "skipToken", "skip_token", "@odata.nextLink")
"""Keys by which a page says that another follows."""

CUT = "not JSON from here: cut short or damaged"
TOO_DEEP = "nested too deep"
GIVEN_UP = "too much of it is damaged: given up"
ANOTHER_PAGE = "another page was announced"
REPAIRED = "text repaired: control characters or bytes that are not UTF-8"

WORK_MOST = 16  # times the size of a file that looking for whole values in a damaged one may cost
PAGE = re.compile(r'\{(?:[^\[\]]{0,4096}?"(?:value|data)"|\s*"\w{1,64}")\s*:\s*\[')
BETWEEN = re.compile(r"[\s,\]\}\x00\ufeff\x1e]*")
STRICT, LENIENT = json.JSONDecoder(), json.JSONDecoder(strict=False)
REPLACED = "\ufffd"
NEXT = re.compile(r"\n[ \t\r]*(?=[\[{])")


@dataclass(frozen=True, slots=True)
class Value:
    """One decoded value and where it stands: ``[3]`` in a list, ``value[3]`` in a page, ``line 5`` in a row."""

    where: str
    value: Any


@dataclass(frozen=True, slots=True)
class Damage:
    """Where nothing more could be read, and why; ``note`` is one that costs nothing by itself."""

    where: str
    reason: str
    note: bool = False


def values(data: bytes) -> Iterator[Value | Damage]:
    """Every value in the text, in order."""
    try:
        found = list(_parts(msgspec.json.decode(data, type=msgspec.Raw), ""))
    except REFUSALS:
        yield from _lines(data) if _begins_with_a_line(data) else _salvaged(data)
        return
    for where, raw in found:
        yield _decoded(raw, where) if raw is not None else Damage(where, ANOTHER_PAGE, note=True)


def _parts(raw: msgspec.Raw, where: str) -> Iterator[tuple[str, msgspec.Raw | None]]:
    """A text that is whole: the elements of a list or page, still undecoded; None stands for a page to come."""
    head = bytes(memoryview(raw)[:64]).lstrip()[:1]
    if head == b"[":
        elements = msgspec.json.decode(raw, type=list[msgspec.Raw])
        yield from ((f"{where}[{index}]", each) for index, each in enumerate(elements))
        return
    members = msgspec.json.decode(raw, type=dict[str, msgspec.Raw]) if head == b"{" and not where else {}
    key = next((key for key in PAGES if key in members and bytes(memoryview(members[key])[:1]) == b"["), None)
    if key is None:
        yield where, raw
        return
    yield from _parts(members[key], key)
    if any(bytes(members[more]) not in (b"null", b'""') for more in MORE if more in members):
        yield where, None


def _decoded(raw: msgspec.Raw, where: str) -> Value | Damage:
    try:
        return Value(where, msgspec.json.decode(raw))
    except RecursionError:
        return Damage(where, TOO_DEEP)
    except REFUSALS:
        return _repaired(bytes(raw), where)


def _repaired(raw: bytes, where: str) -> Value | Damage:
    try:
        return Value(where, without_surrogates(json.loads(raw.decode("utf-8", "replace"), strict=False)))
    except RecursionError:
        return Damage(where, TOO_DEEP)
    except ValueError:
        return Damage(where, CUT)


def without_surrogates(value: Any) -> Any:
    """The value with text that every encoding can carry."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {without_surrogates(key): without_surrogates(each) for key, each in value.items()}
    return [without_surrogates(each) for each in value] if isinstance(value, list) else value


def _begins_with_a_line(data: bytes) -> bool:
    """Whether the first line is a whole object: then every line is one."""
    try:
        return isinstance(msgspec.json.decode(data.lstrip().split(b"\n", 1)[0]), dict)
    except REFUSALS:
        return False


def _lines(data: bytes) -> Iterator[Value | Damage]:
    for number, line in enumerate(data.split(b"\n"), 1):
        try:
            value = msgspec.json.decode(line) if line.strip() else None
        except REFUSALS:
            for each in _salvaged(line):
                yield replace(each, where=f"line {number}")
            continue
        if value is not None:
            yield from _split(value, f"line {number}")


def _salvaged(data: bytes) -> Iterator[Value | Damage]:
    """Values in a row, or what is whole in a damaged list or page."""
    text = data.decode("utf-8", "replace")
    lines = _LineNumbers(text)
    first = at = _start(text, 0)
    spent, opened = 0, ""
    while at < len(text):
        where = lines.where(at)
        try:
            value, end, repaired = _next(text, at)
        except (ValueError, RecursionError) as error:
            pos = getattr(error, "pos", len(text))
            spent += pos - at + pos // 8  # the error itself counts the lines before it
            inside = _inside(text, at, at == first)
            if spent > WORK_MOST * len(text):
                yield Damage(where, GIVEN_UP)
                return
            if inside is None:
                yield Damage(where, TOO_DEEP if isinstance(error, RecursionError) else CUT)
            opened = (opened or where) if inside is not None else ""
            at = _start(text, _resumed(text, at) if inside is None else inside)
            continue
        at = _start(text, end)
        if repaired:
            yield Damage(where, REPAIRED)
        yield from _split(without_surrogates(value), where)
    if opened:
        yield Damage(opened, CUT)


def _next(text: str, at: int) -> tuple[Any, int, bool]:
    """The value that begins here, where it ends, and whether it had to be repaired.

    Raises:
        ValueError, RecursionError: there is none, or it is nested too deep.
    """
    try:
        value, end = STRICT.raw_decode(text, at)
        return value, end, REPLACED in text[at:end]
    except ValueError as error:
        if "control character" not in str(error):
            raise
    value, end = LENIENT.raw_decode(text, at)
    return value, end, True


class _LineNumbers:
    """Numbers of lines, counted once on the way through a text."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.line = text, 0, 1

    def where(self, at: int) -> str:
        """The line of a place further down."""
        self.line += self.text.count("\n", self.at, at)
        self.at = at
        return f"line {self.line}"


def _split(value: Any, where: str) -> Iterator[Value]:
    """A whole value of a row: pages and lists element by element, as in a file of its own."""
    key = next((key for key in PAGES if isinstance(value, dict) and isinstance(value.get(key), list)), None)
    if key is not None or isinstance(value, list):
        each_of = value[key] if key is not None else value
        yield from (Value(f"{where} {key or ''}[{index}]", each) for index, each in enumerate(each_of))
    else:
        yield Value(where, value)


def _start(text: str, at: int) -> int:
    """The next character that may begin a value."""
    between = BETWEEN.match(text, at)
    return between.end() if between else at


def _inside(text: str, at: int, first: bool) -> int | None:
    """Where the elements of a damaged list, or of the page that a text begins with, begin; None where it is neither."""
    if text[at] == "[":
        return at + 1
    page = PAGE.match(text, at) if first else None
    return page.end() if page else None


def _resumed(text: str, at: int) -> int:
    """The next line that begins with a bracket as deep as the damaged value, else the next such line at all."""
    margin = text[text.rfind("\n", 0, at) + 1 : at]
    if not margin.strip():
        for bracket in "{[":
            found = text.find(f"\n{margin}{bracket}", at)
            if found >= 0:
                return found + 1
        return len(text)
    follows = NEXT.search(text, at)
    return follows.end() if follows else len(text)
