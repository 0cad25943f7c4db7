"""The head of a text, further and further → what is in sight: records, of those with the same names the first few.

What no format knows is looked at a few times, however often it comes: a large file of it is told in a moment.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from longtail.telemetry.format import Record
from longtail.telemetry.json_documents import Scanner, looks_like_documents
from longtail.telemetry.json_text import Unreadable, record

ALIKE = 20  # records with the same names that are looked at: a value may tell what a name does not
DEPTH = 3  # of names within names: as deep as formats look
LINES = 5000  # of plain text in which a line that a program printed is looked for
ALONE = re.compile(rb"^[ \t\r\0\xef\xbb\xbf]*\{[^\n]*", re.MULTILINE)  # a line that is a record and nothing else


class Records:
    """Records among texts that come bit by bit; what is new can be gone through again and again."""

    def __init__(self) -> None:
        self._alike: Counter[int] = Counter()
        self._held: list[bytes] = []
        self._since = 0
        self._texts: Iterator[bytes] = iter(())
        self.readable = False

    def look(self, texts: Iterable[bytes]) -> None:
        """Goes on to these."""
        self._since, self._texts = len(self._held), iter(texts)

    def __iter__(self) -> Iterator[Record | None]:
        """What is new: first what was gone through already; None for one of which enough were seen."""
        yield from _records(self._held[self._since :])
        for text in self._texts:
            for values in _records([text]):
                self.readable = True
                names = hash(_outline(values, DEPTH))
                self._alike[names] += 1
                enough = self._alike[names] > ALIKE
                if not enough:
                    self._held.append(text)
                yield None if enough else values

    def all(self) -> Iterator[Record]:
        """What was held, from the beginning."""
        return _records(self._held)


class Sight:
    """What is in sight: JSON records that stand alone or behind the head of a line, and the first lines of text."""

    def __init__(self, head: bytes) -> None:
        self.documents = looks_like_documents(head)
        self.records, self.headed = Records(), Records()
        self.lines: list[bytes] = []
        self._scanner = Scanner()
        self._seen = self._line = 0

    def look(self, head: bytes) -> None:
        """Looks on, as far as the head goes now."""
        if self.documents:
            self.records.look(self._scanner.feed(head[self._seen :]))
        else:
            self.records.look(found[0] for found in ALONE.finditer(head, self._line))
            self.headed.look(_headed(head, self._line))
        known = len(self.lines) == LINES
        self.lines = [] if known else head.split(b"\n", LINES)[:LINES]
        self._seen, self._line = len(head), head.rfind(b"\n") + 1

    @property
    def hopeless(self) -> bool:
        """Whether it looks like JSON, and none of it could be read."""
        return self.documents and not self.records.readable


def _records(texts: Iterable[bytes]) -> Iterator[Record]:
    for text in texts:
        try:
            values, _ = record(text)
        except Unreadable:
            continue
        yield values


def _headed(head: bytes, at: int) -> Iterator[bytes]:
    """The lines that hold a record behind something else."""
    while (brace := head.find(b'{"', at)) >= 0:
        begin = max(head.rfind(b"\n", at, brace) + 1, at)
        end = head.find(b"\n", brace)
        at = end + 1 if end >= 0 else len(head)
        if not ALONE.match(head, begin):
            yield head[begin : end if end >= 0 else len(head)]


def _outline(value: Any, depth: int) -> Any:
    """The names in a record and in the records in it."""
    if isinstance(value, dict):
        return tuple((name, _outline(each, depth - 1)) for name, each in value.items()) if depth else ()
    return ("", *(_outline(each, depth) for each in value[:1])) if isinstance(value, list) else None
