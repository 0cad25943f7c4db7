"""The text of a rule file → its documents as plain mappings; what is hostile is refused before it is expanded.

YAML lets a short text stand for a huge tree (aliases of aliases), and parsers recurse. So each document is cut out by
its marker, its events are counted one by one, and only what stays small, shallow and finite is built.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import chain, pairwise
from typing import Any

from longtail.errors import LongtailError
from longtail.readings import Quarantined

MOST_LETTERS = 8 << 20  # of one file: every public rule of one kind in one file is half of it
MOST_OF_DOCUMENT = 256 << 10
MOST_OF_VALUE = 16 << 10
MOST_NODES = 10_000  # with every alias written out
DEEPEST = 24
MOST_REFUSED = 100  # documents of one file after which the rest of it is not looked at

NOTATIONS = {
    "tag:yaml.org,2002:int": re.compile(r"(?:0|-?[1-9][0-9]*)\Z"),
    "tag:yaml.org,2002:float": re.compile(r"-?(?:0|[1-9][0-9]{0,8})\.(?:0|[0-9]{0,5}[1-9])\Z"),
    "tag:yaml.org,2002:timestamp": re.compile(r"(?!)"),
}
"""Kind of value → what is read as one without a tag: only what would be written again as it stands."""

MARKER = re.compile(r"^---(?=\s|\Z)", re.MULTILINE)


class RefusedDocumentError(ValueError):
    """Why a document is not read."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a rule file: where it begins, and what it says."""

    place: str
    content: dict[str, Any]


def pysigma(module: str) -> Any:
    """A module of pySigma (or of the YAML parser that comes with it), which is an extra.

    Raises:
        LongtailError: the extra is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise LongtailError("Sigma rules need the extra: pip install longtail[sigma]") from error


def documents(text: str | bytes, place: str) -> Iterator[Document | Quarantined]:
    """The documents of a rule file in order, each as what it says or as why it is refused; collections are merged."""
    written = _decoded(text)
    if written is None or len(written) > MOST_LETTERS:
        reason = "no text: neither UTF-8 nor UTF-16" if written is None else f"larger than {MOST_LETTERS >> 20} MB"
        yield Quarantined(place, reason)
        return
    merged, refused = _Collection(), 0
    for start, document in _cut(written, place):
        try:
            content = merged.rule(_content(document))
        except RefusedDocumentError as error:
            refused += 1
            yield Quarantined(start, str(error))
        else:
            if content is not None:
                yield Document(start, content)
        if refused >= MOST_REFUSED:
            yield Quarantined(start, f"{MOST_REFUSED} documents before it are no rules: the rest is not looked at")
            return


def _decoded(text: str | bytes) -> str | None:
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    if len(text) > 4 * MOST_LETTERS:
        return text[: 4 * MOST_LETTERS].decode("latin-1")
    encoding = "utf-16" if text[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return text.decode(encoding)
    except UnicodeDecodeError:
        return None


def _cut(text: str, place: str) -> Iterator[tuple[str, str]]:
    """(place, text) of each document that is not blank; the first needs no marker."""
    line = 1
    for start, stop in pairwise(chain([0], (found.start() for found in MARKER.finditer(text)), [len(text)])):
        document = text[start:stop]
        if document.removeprefix("---").strip():
            yield (place if line == 1 else f"{place}:{line}"), document
        line += document.count("\n")


def _content(document: str) -> dict[str, Any] | None:
    """What one document says; None for one of comments alone."""
    if len(document) > MOST_OF_DOCUMENT:
        raise RefusedDocumentError(f"a rule of more than {MOST_OF_DOCUMENT >> 10} kB")
    yaml = pysigma("yaml")
    try:
        _measured(yaml.parse(document, Loader=yaml.CSafeLoader))
        content = yaml.load(document, Loader=_loader())
    except RefusedDocumentError:
        raise
    except yaml.YAMLError as error:
        raise RefusedDocumentError(f"not YAML: {_told(error)}") from error
    except Exception as error:  # the parser builds numbers, dates and keys of what it reads, and some cannot be built
        raise RefusedDocumentError(f"not YAML: {error}") from error
    if content is not None and not isinstance(content, dict):
        raise RefusedDocumentError("no rule: a mapping of names to values is expected")
    return content


@cache
def _loader() -> Any:
    """pySigma's loader, to which a number is only what is written as numbers are, and a date is a text.

    YAML 1.1 reads ``0x3e7``, ``0010``, ``1_000`` and ``12:30`` as numbers; a rule means the text that a log holds.
    """
    base = pysigma("sigma.rule.base").SigmaYAMLLoader
    resolvers = base.yaml_implicit_resolvers.items()
    kept = {start: [each for each in found if each[0] not in NOTATIONS] for start, found in resolvers}
    loader: Any = type("_Loader", (base,), {"yaml_implicit_resolvers": kept})
    for tag, written in NOTATIONS.items():
        loader.add_implicit_resolver(tag, written, list("-0123456789"))
    return loader


def _told(error: Any) -> str:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error)
    return f"{what} (line {mark.line + 1} of the rule, column {mark.column + 1})" if mark else str(what)


def _measured(events: Any) -> None:
    """Nothing, or why the document is refused: told at the first event too many.

    Raises:
        RefusedDocumentError: it is too deep, too large when its aliases are written out, or holds itself.
    """
    nodes, anchors = 0, dict[str, int | None]()
    within: list[tuple[str | None, int]] = []
    for event in events:
        kind = type(event).__name__
        if kind.endswith("EndEvent"):
            if kind in ("MappingEndEvent", "SequenceEndEvent"):
                anchor, before = within.pop()
                anchors.update({anchor: nodes - before} if anchor else {})
            continue
        nodes += _size(event, kind, anchors)
        if kind in ("MappingStartEvent", "SequenceStartEvent"):
            within.append((event.anchor, nodes - 1))
            anchors.update({event.anchor: None} if event.anchor else {})
        if nodes > MOST_NODES or len(within) > DEEPEST:
            limit = f"{MOST_NODES:,} values" if nodes > MOST_NODES else f"{DEEPEST} levels"
            raise RefusedDocumentError(f"more than {limit} (aliases written out)")


def _size(event: Any, kind: str, anchors: dict[str, int | None]) -> int:
    if kind == "AliasEvent":
        size = anchors.get(event.anchor, 1)
        if size is None:
            raise RefusedDocumentError("a value that holds itself")
        return size
    if kind == "ScalarEvent" and len(event.value) > MOST_OF_VALUE:
        raise RefusedDocumentError(f"a value of more than {MOST_OF_VALUE >> 10} kB")
    return int(kind in ("ScalarEvent", "MappingStartEvent", "SequenceStartEvent"))


class _Collection:
    """Documents that say ``action``: ``global`` is put under all that follow, ``repeat`` on the one before."""

    def __init__(self) -> None:
        self.common: dict[str, Any] = {}
        self.before: dict[str, Any] = {}

    def rule(self, content: dict[str, Any] | None) -> dict[str, Any] | None:
        """The whole rule that a document makes, None where it makes none."""
        action = (content or {}).get("action")
        if content is None or action == "reset":
            self.common = self.common if content is None else {}
            return None
        own = {key: value for key, value in content.items() if key != "action"}
        if action == "global":
            self.common = self.before = own
            return None
        if action not in (None, "repeat"):
            raise RefusedDocumentError(f"the action {action!r:.60} is unknown")
        self.before = _over(self.before, own) if action else _over(own, self.common)
        return self.before


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Two mappings as one, the second over the first, mapping by mapping."""
    both = {key: _over(below[key], value) for key, value in above.items()
            if isinstance(value, dict) and isinstance(below.get(key), dict)}  # fmt: skip
    return {**below, **above, **both}
