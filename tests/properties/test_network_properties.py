"""What must hold of any rules: the evaluator against a point-by-point oracle, and what may never close or open."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from longtail.network import network
from longtail.network.addresses import addresses, scope, written
from longtail.network.evaluator import passages
from longtail.network.intervals import Intervals, common, merged, size, without
from longtail.network.layers import Action, Clause, Kind, Layer, Origin
from longtail.ports.openings import LAST_PORT, Scope

TOP = 5  # ports and addresses 0…TOP are looked at one by one
POINTS = tuple(product(range(TOP + 1), range(TOP + 1)))
few = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])

small = st.integers(0, TOP)
ranges = st.lists(st.tuples(small, small).map(lambda pair: (min(pair), max(pair))), min_size=1, max_size=3).map(merged)
NAMES = ("", "a", "b")


@st.composite
def origins(draw: st.DrawFn) -> Origin:
    """Exact, or of members that are only partly known; two of one name are the same set."""
    held = draw(ranges)
    name = draw(st.sampled_from(NAMES))
    if not name:
        return Origin(held)
    members = {"a": ((1, 2),), "b": ()}[name]
    return Origin(((0, TOP),), members, name, Scope.GROUP, draw(st.sampled_from(["", f"{name} is not resolved"])))


@st.composite
def clauses(draw: st.DrawFn, allow_only: bool = False) -> Clause:
    actions = [Action.ALLOW] if allow_only else list(Action)
    return Clause(
        rule=f"r{draw(st.integers(0, 99))}",
        action=draw(st.sampled_from(actions)),
        priority=draw(st.integers(1, 4)),
        protocols=draw(st.sampled_from([frozenset[str](), frozenset({"tcp"}), frozenset({"udp"})])),
        ports=draw(ranges),
        origins=tuple(draw(st.lists(origins(), min_size=1, max_size=2))),
    )


@st.composite
def layers(draw: st.DrawFn) -> Layer:
    kind = draw(st.sampled_from(list(Kind)))
    held = draw(st.lists(clauses(allow_only=kind is Kind.UNION), max_size=4))
    otherwise = Action.DENY if kind is Kind.UNION else draw(st.sampled_from([Action.DENY, Action.CONTINUE]))
    return Layer(kind, tuple(held), otherwise, draw(st.booleans()))


stacks = st.lists(layers(), min_size=1, max_size=3)
Belongs = Mapping[Origin, bool]


def fate(layer: Layer, port: int, address: int, belongs: Belongs) -> Action:
    """What one layer does with one packet, where it is settled which uncertain sets its source belongs to."""
    matching = [each for each in layer.clauses if matches(each, port, address, belongs)]
    if not matching:
        return layer.otherwise
    if layer.kind is Kind.BLOCK_WINS:
        order = [Action.BYPASS, Action.DENY, Action.CONTINUE, Action.ALLOW]
        return min((each.action for each in matching), key=order.index)
    if layer.kind is Kind.UNION:
        return Action.ALLOW
    late = (
        (lambda each: each.action is not Action.DENY) if layer.deny_first else lambda each: each.action is Action.DENY
    )
    return min(matching, key=lambda each: (each.priority, late(each), each.rule)).action


def matches(clause: Clause, port: int, address: int, belongs: Belongs) -> bool:
    def holds(origin: Origin) -> bool:
        known = any(first <= address <= last for first, last in origin.known)
        perhaps = any(first <= address <= last for first, last in origin.doubtful)
        return known or (perhaps and belongs[origin])

    return (
        clause.concerns("tcp")
        and any(first <= port <= last for first, last in clause.ports)
        and any(holds(origin) for origin in clause.origins)
    )


def oracle(stack: list[Layer], port: int, address: int) -> bool:
    """Whether the packet may pass, whatever the uncertain sets turn out to be."""
    unsure = {o for layer in stack for each in layer.clauses for o in each.origins if o.surely is not None}
    held = sorted(unsure, key=repr)
    return any(
        _passes(stack, port, address, dict(zip(held, settled, strict=True)))
        for settled in product([False, True], repeat=len(held))
    )


def _passes(stack: list[Layer], port: int, address: int, belongs: Belongs) -> bool:
    for layer in stack:
        action = fate(layer, port, address, belongs)
        if action in (Action.DENY, Action.BYPASS):
            return action is Action.BYPASS
    return True


def points(stack: list[Layer]) -> set[tuple[int, int]]:
    found = passages(stack, "tcp")
    return {
        (port, address)
        for port, address in POINTS
        for each in found
        if each.first <= port <= each.last and any(first <= address <= last for first, last in each.addresses)
    }


def unambiguous(stack: list[Layer]) -> list[Layer]:
    """Rule ids made unique, so that ties are broken in one way."""
    return [
        replace_clauses(layer, [replace(each, rule=f"{at}-{n:02}") for n, each in enumerate(layer.clauses)])
        for at, layer in enumerate(stack)
    ]


def replace_clauses(layer: Layer, held: list[Clause]) -> Layer:
    return Layer(layer.kind, tuple(held), layer.otherwise, layer.deny_first)


UNSURE = Origin(((0, TOP),), (), "a", Scope.GROUP, "a is not resolved")
DENIED = Clause("1", Action.DENY, 1, origins=(UNSURE,))
ALLOWED = Clause("2", Action.ALLOW, 2, origins=(UNSURE,))
ONLY_OTHERS = Layer(Kind.FIRST_MATCH, (DENIED, Clause("3", Action.ALLOW, 3)))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example([Layer(Kind.FIRST_MATCH, (DENIED, ALLOWED))])
@example([Layer(Kind.FIRST_MATCH, (ALLOWED,)), ONLY_OTHERS])
@given(stacks)
def test_the_evaluator_is_the_oracle(stack: list[Layer]) -> None:
    stack = unambiguous(stack)
    assert points(stack) == {point for point in POINTS if oracle(stack, *point)}


@few
@given(stacks, clauses(allow_only=True), st.data())
def test_adding_an_allow_never_closes(stack: list[Layer], allow: Clause, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(stack) - 1))
    before = points(stack)
    more = [*stack[:at], replace_clauses(stack[at], [*stack[at].clauses, allow]), *stack[at + 1 :]]
    if not any(each.action is Action.BYPASS for each in stack[at].clauses):
        assert before <= points(more)


@few
@given(stacks, clauses(), st.data())
def test_adding_a_deny_above_never_opens(stack: list[Layer], clause: Clause, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(stack) - 1))
    if stack[at].kind is Kind.UNION:
        return
    deny = replace(clause, action=Action.DENY, priority=0)
    more = [*stack[:at], replace_clauses(stack[at], [deny, *stack[at].clauses]), *stack[at + 1 :]]
    assert points(more) <= points(stack)


@few
@given(stacks)
def test_cutting_ports_and_addresses_changes_nothing(stack: list[Layer]) -> None:
    def cut(held: Intervals) -> Intervals:
        return tuple((one, one) for first, last in held for one in range(first, last + 1))

    def bare(origin: Origin) -> Iterator[Origin]:
        yield from [Origin((one,)) for one in cut(origin.addresses)] if origin.surely is None else [origin]

    fine = [
        replace_clauses(
            layer,
            [
                replace(
                    each, ports=cut(each.ports), origins=tuple(one for origin in each.origins for one in bare(origin))
                )
                for each in layer.clauses
            ],
        )
        for layer in stack
    ]
    assert set(passages(fine, "tcp")) == set(passages(stack, "tcp"))


@few
@given(stacks, st.randoms(use_true_random=False))
def test_order_and_repetition_of_rules_change_nothing(stack: list[Layer], order: Random) -> None:
    stack = unambiguous(stack)
    mixed = []
    for layer in stack:
        held = [*layer.clauses, *layer.clauses[:1]]
        order.shuffle(held)
        mixed.append(replace_clauses(layer, held))
    assert set(passages(mixed, "tcp")) == set(passages(stack, "tcp"))


@few
@given(ranges, ranges)
def test_sets_of_numbers(a: Intervals, b: Intervals) -> None:
    def every(held: Intervals) -> set[int]:
        return {one for first, last in held for one in range(first, last + 1)}

    assert every(common(a, b)) == every(a) & every(b)
    assert every(without(a, b)) == every(a) - every(b)
    assert merged(a + b) == merged(b + a) and every(merged(a + b)) == every(a) | every(b)
    assert size(a) == len(every(a))


@few
@given(st.text(max_size=60))
def test_any_text_is_an_address_or_is_not(text: str) -> None:
    held = addresses(text)
    assert held is None or (scope(held) in Scope and written(held))


NETWORK = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network"
SUBNET = f"{NETWORK}/virtualNetworks/v/subnets/apps"
PREFIXES = ["*", "Internet", "VirtualNetwork", "10.0.0.0/24", "10.0.0.5", "203.0.113.0/24", "Storage"]


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    priority = draw(st.integers(100, 4096))
    return {
        "name": f"r{priority}",
        "properties": {
            "protocol": draw(st.sampled_from(["Tcp", "Udp", "*"])),
            "sourcePortRange": "*",
            "destinationPortRange": draw(st.sampled_from(["22", "20-25", "1433", "*"])),
            "sourceAddressPrefix": draw(st.sampled_from(PREFIXES)),
            "destinationAddressPrefix": draw(st.sampled_from(["*", "10.0.0.4", "10.0.0.5"])),
            "access": draw(st.sampled_from(["Allow", "Deny"])),
            "priority": priority,
            "direction": "Inbound",
        },
    }


@st.composite
def exports(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Two machines behind two groups in one network."""
    unique = st.lists(rules(), max_size=5, unique_by=lambda each: each["name"])
    groups = [
        {
            "id": f"{NETWORK}/networkSecurityGroups/g{n}",
            "type": "Microsoft.Network/networkSecurityGroups",
            "properties": {"securityRules": draw(unique)},
        }
        for n in range(2)
    ]
    nics = [
        {
            "id": f"{NETWORK}/networkInterfaces/n{n}",
            "type": "Microsoft.Network/networkInterfaces",
            "properties": {
                "virtualMachine": {"id": f"{NETWORK}/virtualMachines/m{n}"},
                "networkSecurityGroup": {"id": f"{NETWORK}/networkSecurityGroups/g0"},
                "ipConfigurations": [{"properties": {"privateIPAddress": f"10.0.0.{4 + n}", "subnet": {"id": SUBNET}}}],
            },
        }
        for n in range(2)
    ]
    space = {
        "id": f"{NETWORK}/virtualNetworks/v",
        "type": "Microsoft.Network/virtualNetworks",
        "properties": {
            "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
            "subnets": [
                {"id": SUBNET, "name": "apps", "properties": {"networkSecurityGroup": {"id": groups[1]["id"]}}}
            ],
        },
    }
    return [*groups, *nics, space]


def answer(documents: list[Any]) -> tuple[Any, ...]:
    """What some files, one document each, come down to."""
    with TemporaryDirectory() as folder:
        for number, document in enumerate(documents):
            text = document if isinstance(document, str) else json.dumps(document)
            Path(folder, f"{number:03}.json").write_text(text, "utf-8")
        found = network([folder])
    return found.machines, found.openings, found.orphans, found.readings


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(exports(), st.randoms(use_true_random=False))
def test_order_of_files_and_of_rules_and_duplicates_change_nothing(documents: list[Any], order: Random) -> None:
    mixed = json.loads(json.dumps([*documents, *order.sample(documents, 2)]))
    for each in mixed:
        order.shuffle(each["properties"].get("securityRules", []))
    order.shuffle(mixed)
    assert answer(mixed)[:3] == answer(documents)[:3]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(exports(), st.data())
def test_what_is_lost_of_a_file_is_told_and_closes_nothing(documents: list[Any], data: st.DataObject) -> None:
    hurt = data.draw(st.integers(0, len(documents) - 1))
    text = json.dumps(documents[hurt])
    cut = data.draw(st.integers(1, len(text) - 1))
    damage = data.draw(
        st.sampled_from([text[:cut], text[:cut] + "\0#" + text[cut + 1 :], text[:cut] + text[cut + 9 :]])
    )
    machines, openings, _, readings = answer([*documents[:hurt], damage, *documents[hurt + 1 :]])
    if sum(each.quarantined for each in readings) == 0:
        return  # the damage left a document that reads otherwise, not one that is damaged
    before = answer(documents)[1]
    known = {each.name for each in machines}
    for each in before:
        if each.machine in known:
            assert any(
                other.machine == each.machine
                and other.protocol == each.protocol
                and other.first <= each.first
                and each.last <= other.last
                for other in _widest(openings)
            )


def _widest(openings: tuple[Any, ...]) -> list[Any]:
    """Openings of one machine and protocol, joined where they touch."""
    ways: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for each in openings:
        ways.setdefault((each.machine, each.protocol), []).append((each.first, each.last))
    like = {(each.machine, each.protocol): each for each in openings}
    return [
        replace(like[way], first=first, last=min(last, LAST_PORT))
        for way, held in ways.items()
        for first, last in merged(held)
    ]
