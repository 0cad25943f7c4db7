"""The evaluator by hand: kinds of layers, ties, what is cited, what is in doubt, and rules without end."""

import time

import pytest

from longtail.network.addresses import IPV4, addresses
from longtail.network.layers import Action, Clause, Interface, Kind, Layer, Origin, doubted, unknown_layer
from longtail.network.telling import Evaluator
from longtail.ports.openings import Machine, Opening, Scope

MACHINE = Machine("t", "m", "test")


def origin(*texts: str) -> tuple[Origin, ...]:
    return tuple(Origin(addresses(text) or ()) for text in texts)


def clause(rule: str, action: Action, priority: int = 0, port: int = 22, **more: object) -> Clause:
    return Clause(rule, action, priority, frozenset({"tcp"}), ((port, port),), **more)  # type: ignore[arg-type]


def told(*layers: Layer) -> tuple[Opening, ...]:
    return Evaluator().openings(MACHINE, [Interface(layers, IPV4)])


def test_a_union_cites_every_rule_that_opens() -> None:
    layer = Layer(Kind.UNION, (clause("a", Action.ALLOW), clause("b", Action.ALLOW)))
    assert [each.rules for each in told(layer)] == [("a",), ("b",)]


def test_an_allow_of_windows_does_not_save_what_a_block_denies_wherever_it_stands() -> None:
    block = clause("block", Action.DENY, 9, origins=origin("10.0.0.0/8"))
    layer = Layer(Kind.BLOCK_WINS, (clause("allow", Action.ALLOW, 1), block))
    (opening,) = told(layer)
    assert opening.sources == ("0.0.0.0/0 except 10.0.0.0/8",)
    over = Layer(Kind.BLOCK_WINS, (*layer.clauses, clause("bypass", Action.BYPASS, 9)))
    assert ("bypass",) in [each.rules for each in told(over)]


@pytest.mark.parametrize(("deny_first", "open"), [(True, 0), (False, 1)])
def test_ties_of_priority(deny_first: bool, open: int) -> None:
    rules = (clause("a", Action.ALLOW, 5), clause("d", Action.DENY, 5))
    assert len(told(Layer(Kind.FIRST_MATCH, rules, deny_first=deny_first))) == open


def test_what_a_policy_hands_on_is_decided_by_the_next_layer() -> None:
    """As the hierarchical policies of Google Cloud: goto_next goes on, allow is final, deny is final."""
    policy = Layer(
        Kind.FIRST_MATCH,
        (
            clause("on", Action.CONTINUE, 1, 22),
            clause("final", Action.BYPASS, 2, 80),
            clause("never", Action.DENY, 3, 443),
        ),
        otherwise=Action.CONTINUE,
    )
    network = Layer(Kind.FIRST_MATCH, (clause("ssh", Action.ALLOW, port=22), clause("web", Action.ALLOW, port=443)))
    assert [(each.first, each.rules) for each in told(policy, network)] == [(22, ("ssh",)), (80, ("final",))]


def test_an_accepting_policy_lets_the_rest_pass() -> None:
    layer = Layer(Kind.FIRST_MATCH, (clause("drop", Action.DENY, port=22),), otherwise=Action.ALLOW)
    assert [(each.first, each.last) for each in told(layer) if each.protocol == "tcp"] == [(0, 21), (23, 65535)]


def test_a_layer_that_is_not_known_is_open_and_told() -> None:
    known = Layer(Kind.UNION, (clause("a", Action.ALLOW),))
    (opening,) = told(unknown_layer("not exported"), known)
    assert (opening.rules, opening.unresolved) == (("a",), ("not exported",))


def test_a_doubtful_deny_is_told_only_where_it_may_deny() -> None:
    deny = clause("d", Action.DENY, 1, origins=(doubted(Origin(), "who knows"),))
    layer = Layer(Kind.FIRST_MATCH, (deny, clause("a", Action.ALLOW, 2), clause("b", Action.ALLOW, 2, 80)))
    assert [(each.first, each.unresolved) for each in told(layer)] == [(22, ("who knows",)), (80, ())]


def test_one_group_denied_in_one_layer_does_not_come_through_another() -> None:
    group = Origin(surely=(), name="web", scope=Scope.GROUP)
    only = Layer(Kind.UNION, (clause("web only", Action.ALLOW, origins=(group,)),))
    others = Layer(
        Kind.FIRST_MATCH, (clause("no web", Action.DENY, 1, origins=(group,)), clause("any", Action.ALLOW, 2))
    )
    assert told(only, others) == ()


def test_an_address_of_one_family_is_reached_from_that_family() -> None:
    layer = Layer(Kind.UNION, (clause("a", Action.ALLOW, origins=origin("::/0")),))
    assert told(layer) == () and len(Evaluator().openings(MACHINE, [Interface((layer,))])) == 1


def test_interfaces_behind_the_same_rules_say_it_once() -> None:
    layer = Layer(Kind.UNION, (clause("a", Action.ALLOW),))
    assert len(Evaluator().openings(MACHINE, [Interface((layer,)), Interface((layer,))])) == 1


def test_rules_without_end_are_given_up_open_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("longtail.network.evaluator.WORK_MOST", 2_000)
    unknown = [Origin(surely=(), name=f"t{n}", unresolved=f"t{n}?") for n in range(200)]
    rules = tuple(
        clause(f"{n}", Action.DENY if n % 2 else Action.ALLOW, n, 10 * n, origins=(unknown[n],)) for n in range(200)
    )
    began = time.process_time()
    openings = told(Layer(Kind.FIRST_MATCH, rules))
    assert time.process_time() - began < 30
    assert any(each.covers(1999) and "too many" in " ".join(each.unresolved) for each in openings)
    crossed = told(
        *(Layer(Kind.UNION, tuple(clause(f"{n}", Action.ALLOW, n, n) for n in range(100))) for _ in range(2))
    )
    assert all("too many" in " ".join(each.unresolved) for each in crossed) and len(crossed) == 100
