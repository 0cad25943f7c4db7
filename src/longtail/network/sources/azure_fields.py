"""Azure's records, however exported → values by one name: nested or flattened, camel, Pascal or snake case."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

Fields = Mapping[str, Any]

ID_MOST = 2_048
PROVIDER = re.compile(r"(?:^|/)providers/[^/]+/(.+)$", re.IGNORECASE)


def fields(record: Any) -> Fields:
    """Names in small letters without underscores; what stands under ``properties`` is lifted up."""
    if not isinstance(record, dict):
        return {}
    outer = {_name(key): value for key, value in record.items()}
    inner = outer.get("properties")
    return {**outer, **{_name(key): value for key, value in inner.items()}} if isinstance(inner, dict) else outer


@lru_cache(maxsize=4_096)
def _name(key: object) -> str:
    return str(key).replace("_", "").lower()


def text(held: Fields, *names: str) -> str:
    """The first of the names that holds text; empty if none does."""
    return next((value for name in names if isinstance(value := held.get(name), str) and value), "")


def texts(held: Fields, *names: str) -> tuple[str, ...]:
    """Everything that stands under the names, one by one, each once: a word, a number or a list of them."""
    found = (each for name in names for each in _each(held.get(name)))
    return tuple(dict.fromkeys(each for each in found if each))


def _each(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _each(each) if not isinstance(each, list) else ()
    elif value is not None and not isinstance(value, dict):
        yield str(value).strip()
    elif isinstance(value, dict):
        yield "an object"


def items(held: Fields, *names: str) -> list[Any]:
    """The first of the names that holds a list; one object counts as a list of one."""
    for name in names:
        value = held.get(name)
        if isinstance(value, list):
            return value
        if isinstance(value, dict):
            return [value]
    return []


def reference(value: Any) -> str:
    """The id that a reference names: ``{"id": …}`` or the id itself; empty if there is none."""
    id = fields(value).get("id", "") if isinstance(value, dict) else value
    return id if isinstance(id, str) and len(id) <= ID_MOST else ""


def references(held: Fields, *names: str) -> tuple[str, ...]:
    """The keys of all references in a list."""
    return tuple(key(id) for each in items(held, *names) if (id := reference(each)))


@lru_cache(maxsize=65_536)
def key(id: str) -> str:
    """What two spellings of one id share: letters' case and outer slashes mean nothing."""
    return id.strip("/ ").lower()


@lru_cache(maxsize=65_536)
def segment(id: str, after: str) -> str:
    """The name that follows a word in an id, as it is written there."""
    at = id.lower().find(f"/{after.lower()}/")
    begin = at + len(after) + 2 if at >= 0 else len(after) + 1
    return id[begin:].split("/", 1)[0] if at >= 0 or id.lower().startswith(f"{after.lower()}/") else ""


def last(id: str) -> str:
    """The name at the end of an id."""
    return id.rstrip("/").rsplit("/", 1)[-1]


def kind(held: Fields) -> str:
    """The type without its provider, in small letters: ``networksecuritygroups``, ``virtualnetworks/subnets``."""
    said = text(held, "type", "resourcetype")
    if "/" in said:
        return said.lower().split("/", 1)[1]
    found = PROVIDER.search(text(held, "id"))
    return "/".join(found[1].lower().split("/")[::2]) if found else ""
