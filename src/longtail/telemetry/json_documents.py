"""JSON that is not one record a line (arrays, wrapped lists, pretty-printed records) → one text a record.

The text is never held whole: brackets are counted as they stream by. A record is the outermost object or, in an
array or a wrapper such as ``{"records": [...]}``, each object of the list. A record that is cut short (a string or
a bracket that is never closed) is given as what there is of it, and the next one is looked for at the same margin.
"""

import re
from collections.abc import Iterable, Iterator

from longtail.telemetry.lines import LINE_MOST

TOKEN = re.compile(rb'"[^"\\\n]*(?:\\.[^"\\\n]*)*"|[{}\[\]"]', re.DOTALL)
WRAPPER = re.compile(
    rb'\s*\{\s*"(?:(?:records|value|results?|events|hits|data|schema|stats|took|timed_out|rawResponse|items|logs)"'
    rb'\s*:\s*[^\s"]|@odata\.context"\s*:|preview"\s*:\s*\w+\s*,\s*"init_offset"\s*:'
    rb'|(?:_scroll_id|pit_id|id)"\s*:\s*"[^"]*"\s*,\s*"(?:took|timed_out|rawResponse)"\s*:'
    rb'|messageType"\s*:\s*"(?:DATA|CONTROL)_MESSAGE"|status"\s*:\s*"success"\s*,\s*"data"\s*:)',
    re.IGNORECASE,
)
PRETTY = re.compile(
    rb"\s*(?:\[\s*(?:\{|\Z|(?:\[\s*)?[\d.]+\s*,\s*\{)|(?:Record \d{1,12}\s+)?\{[ \t\r]*\n)"
)  # evtx_dump numbers its records
LINES = re.compile(rb"[^\n]*\}[ \t\r]*\n\s*\{[^\n]*\}[ \t\r]*(?:\n|\Z)")  # a record that ends with its line, twice
RUN_ON = re.compile(rb"\}[ \t\r]*\{")
MARGIN_MOST = 256  # bytes: what is further in is at no margin
OPENING, CLOSING, QUOTE, BRACE, LIST = b"{[", b"}]", ord('"'), ord("{"), ord("[")


def looks_like_documents(head: bytes) -> bool:
    """Whether a text is an array, a wrapped list, or records pretty-printed or run on, and not one record a line."""
    return bool(PRETTY.match(head)) or _wraps(head) or _runs_on(head)


def documents(parts: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Number (from 1) and text of each record."""
    return _numbered(Scanner(), parts)


def bracketed(parts: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Number (from 1) and text of each list that lies in a list: the rows of a table."""
    return _numbered(_Rows(), parts)


def _numbered(scanner: "Scanner", parts: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    number = 0
    for part in parts:
        for text in scanner.feed(part):
            number += 1
            yield number, text
    if rest := scanner.rest():
        yield number + 1, rest


def _runs_on(head: bytes) -> bool:
    """Whether a second record follows the first on its line, as queues deliver them."""
    line = head.lstrip().partition(b"\n")[0]
    if not line.startswith(b"{") or not RUN_ON.search(line):
        return False
    first = next(Scanner().feed(line), line)
    return line[len(first) :].lstrip().startswith(b"{")


def _wraps(head: bytes) -> bool:
    named = WRAPPER.match(head[:4096])
    if named is None or (head[named.end() - 1] == BRACE and LINES.match(head)):
        return False
    return re.search(rb"\[\s*\{", head[: 1 << 16]) is not None


class Scanner:
    """Where in the text we are: what is held of it, which brackets are open, where the record began."""

    def __init__(self) -> None:
        self.held = b""
        self.at = 0
        self.wrapped: bool | None = None
        self.open: list[int] = []
        self.begin: int | None = None  # offset in held of the record
        self.depth = 0  # brackets open around the record
        self.margin: bytes | None = None  # what stands between a newline and a record

    def feed(self, part: bytes) -> Iterator[bytes]:
        self.held += part
        if self.wrapped is None:
            self.wrapped = _wraps(self.held)
        while (token := TOKEN.search(self.held, self.at)) is not None:
            symbol = self.held[token.start()]
            if symbol != QUOTE:
                yield from self._bracket(symbol, token.start())
            elif token.end() - token.start() > 1:
                self.at = token.end()
            elif self._waits(token.start()):
                break
            else:
                yield from self._broken(self.held.find(b"\n", token.end()))
        yield from self._forget()

    def rest(self) -> bytes:
        return b"" if self.begin is None else self.held[self.begin :]

    def _waits(self, quote: int) -> bool:
        """Whether a string that is not closed here may be closed in what is still to come."""
        self.at = quote
        return self.held.find(b"\n", quote) < 0 and len(self.held) - quote <= LINE_MOST

    def _bracket(self, symbol: int, place: int) -> Iterator[bytes]:
        self.at = place + 1
        if symbol in OPENING:
            if self.begin is not None and symbol == BRACE and self._at_margin(place):
                yield from self._cut(place)
            if self.begin is None and self._begins(symbol):
                self.begin, self.depth, self.margin = place, len(self.open), self._margin_of(place)
            self.open.append(symbol)
        else:
            del self.open[-1:]
            if self.begin is not None and len(self.open) <= self.depth:
                yield self.held[self.begin : self.at]
                self.begin = None

    def _begins(self, symbol: int) -> bool:
        return symbol == BRACE and (self.open[-1] == LIST if self.open else not self.wrapped)

    def _margin_of(self, place: int) -> bytes | None:
        newline = self.held.rfind(b"\n", max(place - MARGIN_MOST, 0), place)
        before = self.held[newline + 1 : place]
        return before if newline >= 0 and not before.strip() else None

    def _at_margin(self, place: int) -> bool:
        return self.margin is not None and self.held.endswith(b"\n" + self.margin, 0, place)

    def _cut(self, place: int) -> Iterator[bytes]:
        """Gives what there is of the record, and forgets the brackets it left open."""
        if self.begin is not None:
            yield self.held[self.begin : place]
            del self.open[self.depth :]
            self.begin = None

    def _broken(self, newline: int) -> Iterator[bytes]:
        """A string that its line does not close: the record ends with the line."""
        end = newline if newline >= 0 else len(self.held)
        yield from self._cut(end)
        follows = self.held.find(b"\n" + self.margin + b"{", end) if self.margin is not None else end
        self.at = follows + 1 if follows >= 0 else end + 1

    def _forget(self) -> Iterator[bytes]:
        """Lets go of what was read; a record over the cap is given up."""
        if self.begin is not None and len(self.held) - self.begin > LINE_MOST:
            yield from self._cut(self.begin + LINE_MOST)
        keep = self.at if self.begin is None else self.begin
        line = self.held.rfind(b"\n", 0, keep)
        keep = line if line >= 0 and keep - line < MARGIN_MOST else keep
        self.held = self.held[keep:]
        self.at = max(self.at - keep, 0)
        if self.begin is not None:
            self.begin -= keep


class _Rows(Scanner):
    """As for records, where a record is a list."""

    def _begins(self, symbol: int) -> bool:
        return symbol == LIST and self.open[-1:] == [LIST]
