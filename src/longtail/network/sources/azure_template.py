"""An ARM template, as the portal exports it → the resources it stands for, with ids where it has expressions.

Only what names things is worked out: parameters and variables with their values, ``concat``, ``format``, ``resourceId``
and their like. An expression that is not understood stays as it is written, and whatever it names is then not found.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

DEEPEST = 24
TEXT_MOST = 4_096
RESOURCES_MOST = 200_000

TOKEN = re.compile(r"\s*(?:'((?:[^']|'')*)'|([A-Za-z_][\w]*)|(-?\d{1,18})|(.))", re.DOTALL)

EXAMPLES = {
    "plain": "plain",
    "[[not an expression]": "[not an expression]",
    "[parameters('name')]": "web",
    "[concat(parameters('name'), '-nsg')]": "web-nsg",
    "[format('{0}-{1}', variables('where'), 'x')]": "west-x",
    "[resourceId('Microsoft.Network/networkSecurityGroups', parameters('name'))]": (
        "/resourceGroups/template/providers/Microsoft.Network/networkSecurityGroups/web"
    ),
    "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 's')]": (
        "/resourceGroups/template/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
    ),
    "[concat(resourceId('Microsoft.Network/virtualNetworks', 'v'), '/subnets/s')]": (
        "/resourceGroups/template/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
    ),
    "[toLower('ABC')]": "abc",
    "[uniqueString(resourceGroup().id)]": "[uniqueString(resourceGroup().id)]",
    "[concat('a'": "[concat('a'",
    "[parameters('absent')]": "[parameters('absent')]",
}
"""With the parameter ``name`` = ``web`` and the variable ``where`` = ``west``."""


class _NotUnderstood(Exception):  # noqa: N818
    """The expression is beyond what names need."""


@dataclass(frozen=True)
class Values:
    """What parameters and variables stand for."""

    parameters: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)


def is_template(document: Mapping[str, Any]) -> bool:
    """Whether it is a deployment template."""
    schema = document.get("$schema")
    return isinstance(schema, str) and "deploymentTemplate" in schema and isinstance(document.get("resources"), list)


def template_resources(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each resource with the place it stands at, as REST would show it; children are folded into their parents."""
    values = Values(_defaults(document.get("parameters")), _lowered(document.get("variables")))
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    children: list[tuple[str, dict[str, Any]]] = []
    for place, record in _flat(document["resources"], "resources"):
        shown = resolved(record, values)
        kind, name = str(shown.get("type", "")), str(shown.get("name", ""))
        shown["id"] = _id(kind, name.split("/"))
        if kind.count("/") > 1:
            children.append((place, shown))
        else:
            found[shown["id"].lower()] = (place, _with_rules(shown))
    for place, child in children:
        parent = found.get(child["id"].rsplit("/", 2)[0].lower())
        if parent is None or not _folded(child, parent[1]):
            found[child["id"].lower()] = (place, child)
    yield from found.values()


def _with_rules(shown: dict[str, Any]) -> dict[str, Any]:
    """A group of a template that lists no rules has none, whereas an export that lists none was cut."""
    properties = shown.setdefault("properties", {})
    if shown["type"].lower().endswith("/networksecuritygroups") and isinstance(properties, dict):
        properties.setdefault("securityRules", [])
    return shown


FOLDED = {"securityrules": "securityRules", "subnets": "subnets", "virtualnetworkpeerings": "virtualNetworkPeerings"}


def _folded(child: dict[str, Any], parent: dict[str, Any]) -> bool:
    """Puts a child among its parent's, unless it is there already; whether it belongs there."""
    shelf = FOLDED.get(child["id"].split("/")[-2].lower())
    properties = parent.setdefault("properties", {})
    if shelf is None or not isinstance(properties, dict):
        return False
    siblings = properties.setdefault(shelf, [])
    if not isinstance(siblings, list):
        return False
    name = child["id"].rsplit("/", 1)[-1]
    if name.lower() not in {str(each.get("name", "")).lower() for each in siblings if isinstance(each, dict)}:
        siblings.append({**child, "name": name})
    return True


def _flat(listed: Any, place: str, depth: int = 0, above: tuple[str, str] = ("", "")) -> Iterator[tuple[str, Any]]:
    """Resources and those written inside them, whose type and name go on from their parent's."""
    for index, record in enumerate(listed if isinstance(listed, list) and depth < DEEPEST else ()):
        if not isinstance(record, dict):
            continue
        kind, name = str(record.get("type", "")), str(record.get("name", ""))
        if above[0]:
            kind, name = f"{above[0]}/{kind}", _joined(above[1], name)
        inner = {key: value for key, value in record.items() if key != "resources"}
        yield f"{place}[{index}]", {**inner, "type": kind, "name": name}
        yield from _flat(record.get("resources"), f"{place}[{index}].resources", depth + 1, (kind, name))


def _joined(parent: str, name: str) -> str:
    if not parent.startswith("[") and not name.startswith("["):
        return f"{parent}/{name}"
    return f"[concat({_inner(parent)}, '/', {_inner(name)})]"


def _inner(text: str) -> str:
    return text[1:-1] if text.startswith("[") else "'" + text.replace("'", "''") + "'"


def _id(kind: str, names: list[str]) -> str:
    """The id of a type and names: ``a/b/c`` with ``x/y`` is ``providers/a/b/x/c/y``."""
    provider, *kinds = kind.split("/")
    pairs = "/".join(f"{each}/{name}" for each, name in zip(kinds, names, strict=False))
    return f"/resourceGroups/template/providers/{provider}/{pairs}"


def _defaults(parameters: Any) -> dict[str, Any]:
    held = parameters if isinstance(parameters, dict) else {}
    return {
        name.lower(): each.get("value", each.get("defaultValue"))
        for name, each in held.items()
        if isinstance(each, dict)
    }


def _lowered(variables: Any) -> dict[str, Any]:
    return {name.lower(): value for name, value in variables.items()} if isinstance(variables, dict) else {}


def resolved(value: Any, values: Values, depth: int = 0) -> Any:
    """The value with every expression in it worked out."""
    if depth > DEEPEST:
        return value
    if isinstance(value, str):
        return _text(value, values, depth)
    if isinstance(value, dict):
        return {key: resolved(each, values, depth + 1) for key, each in value.items()}
    return [resolved(each, values, depth + 1) for each in value] if isinstance(value, list) else value


def _text(text: str, values: Values, depth: int) -> Any:
    if not text.startswith("[") or not text.endswith("]") or len(text) > TEXT_MOST:
        return text
    if text.startswith("[["):
        return text[1:]
    try:
        found, rest = _expression(_tokens(text[1:-1]), 0, values)
        return text if rest else resolved(found, values, depth + 1)
    except (_NotUnderstood, IndexError, RecursionError):
        return text


Tokens = list[tuple[str, str]]


def _tokens(text: str) -> Tokens:
    kinds = ("text", "name", "number", "sign")
    found = ((kinds[(match.lastindex or 1) - 1], match[match.lastindex or 1]) for match in TOKEN.finditer(text))
    return [each for each in reversed(list(found)) if each[1].strip() or each[0] == "text"]


def _expression(tokens: Tokens, depth: int, values: Values) -> tuple[Any, Tokens]:
    """The value of the expression that the tokens (last first) begin with, and the tokens after it."""
    kind, word = tokens.pop()
    if kind == "text":
        return word.replace("''", "'"), tokens
    if kind == "number":
        return int(word), tokens
    if kind != "name" or depth > DEEPEST or not tokens or tokens.pop()[1] != "(":
        raise _NotUnderstood
    given: list[Any] = []
    while tokens[-1][1] != ")" or tokens[-1][0] != "sign":
        each, tokens = _expression(tokens, depth + 1, values)
        given.append(each)
        if tokens[-1] == ("sign", ","):
            tokens.pop()
    tokens.pop()
    return _called(word.lower(), given, values), tokens


def _called(name: str, given: list[Any], values: Values) -> Any:
    tables = {"parameters": values.parameters, "variables": values.variables}
    if name in tables and len(given) == 1 and (found := tables[name].get(str(given[0]).lower())) is not None:
        return found
    function = FUNCTIONS.get(name)
    if function is None or not all(isinstance(each, str | int) for each in given):
        raise _NotUnderstood
    return function([str(each) for each in given])


def _resource_id(given: list[str]) -> str:
    """Names that stand before the type (a subscription, a resource group) are another's: they are kept in the id."""
    at = next((at for at, each in enumerate(given) if "/" in each), None)
    if at is None:
        raise _NotUnderstood
    id = _id(given[at], given[at + 1 :])
    return id.replace("/resourceGroups/template", f"/resourceGroups/{given[at - 1]}", 1) if at else id


def _format(given: list[str]) -> str:
    return re.sub(r"\{(\d{1,2})\}", lambda found: given[int(found[1]) + 1], given[0])


FUNCTIONS: dict[str, Callable[[list[str]], str]] = {
    "concat": "".join,
    "format": _format,
    "resourceid": _resource_id,
    "tolower": lambda given: given[0].lower(),
    "toupper": lambda given: given[0].upper(),
    "string": lambda given: given[0],
}
