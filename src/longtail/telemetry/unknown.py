"""The head of a file of no known format → what it looks like, in words for whoever has to find out what it is."""

from collections.abc import Callable, Iterable

from longtail.telemetry.csv_text import DELIMITERS, header_of
from longtail.telemetry.json_documents import documents, looks_like_documents
from longtail.telemetry.json_text import Unreadable, record
from longtail.text import clean

NAMES_MOST = 8
WORD_MOST = 40
LINE_MOST = 60
BINARY_MOST = 0.1  # share of bytes of text that no text holds
REMEDY = "name its columns time, host, image, command_line, …, or see the reference of formats"


def what_it_looks_like(head: bytes) -> str:
    """One clause: empty, binary, JSON, XML, a table or text, each with what it begins with or has for names."""
    looks: tuple[Callable[[bytes], str | None], ...] = (_empty, _binary, _json, _xml, _table)
    return next((told for look in looks if (told := look(head))), None) or f"text that begins “{_first_line(head)}”"


def what_its_columns_are(names: Iterable[str]) -> str:
    """The same of a Parquet file."""
    told = [*names]
    return f"Parquet with the columns {_listed(told)}; {REMEDY}" if told else "Parquet whose columns cannot be read"


def _empty(head: bytes) -> str | None:
    return None if head.strip() else "it is empty"


def _binary(head: bytes) -> str | None:
    control = sum(byte < 9 or 13 < byte < 27 for byte in head[:4096])
    strange = control > BINARY_MOST * len(head[:4096]) or b"\0" in head[:4096]
    return f"binary data that begins {head[:8].hex(' ')}" if strange else None


def _json(head: bytes) -> str | None:
    texts = (text for _, text in documents([head])) if looks_like_documents(head) else iter(head.split(b"\n"))
    for text in texts:
        try:
            values, _ = record(text)
        except Unreadable:
            continue
        return f"JSON with the names {_listed(values)}; {REMEDY}" if values else None
    return None


def _xml(head: bytes) -> str | None:
    return f"XML that begins “{_first_line(head)}”" if head.lstrip().startswith(b"<") else None


def _table(head: bytes) -> str | None:
    first = head.lstrip().partition(b"\n")[0]
    names = max((header_of(first, each) for each in DELIMITERS), key=len)
    return f"a table with the columns {_listed(names)}; {REMEDY}" if len(names) > 2 else None


def _listed(names: Iterable[str]) -> str:
    told = [clean(name, WORD_MOST) or "(none)" for name in names]
    return ", ".join(told[:NAMES_MOST]) + (f" and {len(told) - NAMES_MOST} more" if len(told) > NAMES_MOST else "")


def _first_line(head: bytes) -> str:
    line = head.lstrip().partition(b"\n")[0].decode("utf-8", "replace").strip()
    return clean(line[:LINE_MOST], 2 * LINE_MOST) + ("…" if len(line) > LINE_MOST else "")
