"""One line of JSON, perhaps hostile → a record: as it is, repaired, or the reason why not."""

import json
from typing import Any

import msgspec

REPAIRED = "repaired text (control characters, bad UTF-8, lone surrogates or commas at the end)"
NOT_JSON = "not JSON"
NOT_OBJECT = "not a JSON object"
TOO_DEEP = "nested too deep"

REFUSALS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What msgspec raises on a line that it does not take; bad UTF-8 is raised undressed."""


class Unreadable(Exception):  # noqa: N818
    """A line that is no record; the message is the reason."""


def record(line: bytes) -> tuple[dict[str, Any], bool]:
    """The record of a line, behind whatever head its sender wrote, and whether it had to be repaired.

    Raises:
        Unreadable: the line is no JSON object even after repair.
    """
    try:
        value, repaired = msgspec.json.decode(line), False
    except REFUSALS:
        behind = _behind_head(line)
        value, repaired = (behind, False) if behind is not None else (_repaired(line), True)
    if not isinstance(value, dict):
        raise Unreadable(NOT_OBJECT)
    return value, repaired


def _behind_head(line: bytes) -> Any | None:
    """What stands behind the head of a syslog line, or another; that of Fluent Bit opens a list."""
    start = line.find(b'{"')
    behind = line[start:] if start > 0 else b""
    try:
        return msgspec.json.decode(behind.rstrip(b"] \t\r") if b"[" in line[:start] else behind)
    except REFUSALS:
        return None


def _repaired(line: bytes) -> Any:
    text = line.decode("utf-8", "replace").strip("\ufeff\0 \t\r\n,")
    try:
        return _without_surrogates(json.loads(text, strict=False))
    except RecursionError:
        raise Unreadable(TOO_DEEP) from None
    except ValueError:
        raise Unreadable(NOT_JSON) from None


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_surrogates(each) for each in value]
    return value
