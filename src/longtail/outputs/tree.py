"""The executions of a story → the process tree they form, parents that are only mentioned included."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from longtail.prevalence.findings import Execution

# A chain longer than this is drawn flat from here on: a page cannot indent for ever, an attacker can.
DEEPEST = 16


@dataclass(slots=True)
class Node:
    """A process in the tree: one that ran in the story, or (``execution`` is None) a parent known by name only.

    ``level`` is the list it stands in itself.
    """

    name: str
    execution: Execution | None
    depth: int = 0
    children: list["Node"] = field(default_factory=list)
    level: list["Node"] = field(default_factory=list, repr=False)


def process_tree(executions: Iterable[Execution]) -> list[Node]:
    """The roots. A child hangs on the latest earlier process with its parent's number, else on its parent's name."""
    roots: list[Node] = []
    by_pid: dict[int, Node] = {}
    mentioned: dict[tuple[int | None, str], Node] = {}
    for each in sorted(executions, key=lambda execution: (execution.time, execution.hosted_by is not None)):
        parent = _parent(each, by_pid) or _mentioned(each, mentioned, roots)
        node = Node(each.executable, each)
        _hang(node, parent, roots)
        if each.pid is not None and not each.hosted_by:
            by_pid[each.pid] = node
    return roots


def _parent(execution: Execution, by_pid: dict[int, Node]) -> Node | None:
    """What is hosted hangs on its host, which has its own number; everything else on its parent's number."""
    if execution.hosted_by and execution.pid in by_pid:
        return by_pid[execution.pid]
    return by_pid.get(execution.parent_pid) if execution.parent_pid is not None else None


def _mentioned(execution: Execution, mentioned: dict[tuple[int | None, str], Node], roots: list[Node]) -> Node | None:
    if not execution.parent_image:
        return None
    key = (execution.parent_pid, execution.parent_image.lower())
    if key not in mentioned:
        mentioned[key] = Node(execution.parent_image, None)
        _hang(mentioned[key], None, roots)
    return mentioned[key]


def _hang(node: Node, parent: Node | None, roots: list[Node]) -> None:
    if parent is None:
        node.level = roots
    else:
        node.depth = min(parent.depth + 1, DEEPEST)
        node.level = parent.children if parent.depth < DEEPEST else parent.level
    node.level.append(node)
