"""Commands that close an opening: for one machine where others share the rule, for the rule where nobody needs it."""

import json
import shlex
from dataclasses import replace

import pytest
from rule_lab import evaluated

from longtail.ports.amending import SPANS, Spans, joined, spans, told, without
from longtail.ports.closing import Closing
from longtail.ports.findings import Remedy
from longtail.ports.labels import Port
from longtail.ports.openings import Machine, Network, Opening, Rule, Scope
from longtail.ports.remedies import remedies

NSG = "/subscriptions/s1/resourceGroups/rg 1/providers/Microsoft.Network/networkSecurityGroups/web"
VM = Machine("s1", "web01", "azure", (), {
    "id": "/subscriptions/s1/x/virtualMachines/web01", "private_ips": "10.0.0.4 10.0.0.5",
    f"priorities:{NSG}": "100 298 299 300",
})  # fmt: skip


def _azure_rule(ports: str = "1433", priority: int = 300, **more: str) -> Rule:
    record = {
        "name": "allow-sql",
        "properties": {"access": "Allow", "priority": priority, "destinationPortRange": ports},
    }
    detail = {"subscription": "s1", "resource_group": "rg 1", "nsg": "web", "ports": ports, "protocol": "Tcp", **more}
    id = f"{NSG}/securityRules/allow-sql"
    return Rule(id, "allow-sql", "azure", NSG, True, priority, {}, detail, json.dumps(record))


def _closing(machine: Machine, *rules: Rule, shared: bool, further: tuple[Rule, ...] = ()) -> Closing:
    openings = [
        Opening(machine.tenant, machine.name, "tcp", 1433, 1433, Scope.INTERNET, ("0.0.0.0/0",), (rule.id,))
        for rule in rules
    ]
    known = {rule.id: rule for rule in (*rules, *further)}
    network = evaluated(Network((machine,), tuple(openings), known))
    return Closing(Port(1433, "tcp"), machine, openings, network, shared)


def _options(line: str) -> dict[str, list[str]]:
    """A command as its shell hands it on: option → values."""
    found: dict[str, list[str]] = {}
    for word in shlex.split(line):
        if word.startswith("--"):
            name, stated, value = word.partition("=")
            found[name] = [value] if stated else []
        elif found:
            found[list(found)[-1]].append(word)
    return found


def test_azure_denies_for_one_machine_just_above_the_shared_rule() -> None:
    (remedy,) = remedies(_closing(VM, _azure_rule(), shared=True))
    told = _options(remedy.command)
    assert remedy.scope == "machine" and remedy.command.startswith("az network nsg rule create ")
    assert told["--priority"] == ["297"] and told["--access"] == ["Deny"] and told["--nsg-name"] == ["web"]
    assert told["--destination-address-prefixes"] == ["10.0.0.4", "10.0.0.5"]
    assert told["--destination-port-ranges"] == ["1433"] and told["--resource-group"] == ["rg 1"]
    assert _options(remedy.undo)["--name"] == told["--name"] and " delete " in remedy.undo
    assert "test-ip-flow" in remedy.rehearse and _options(remedy.rehearse)["--local"] == ["10.0.0.4:1433"]
    assert "Established sessions stay" in remedy.note


def test_azure_finds_no_room_above_the_first_priority() -> None:
    crowded = replace(VM, detail={**VM.detail, f"priorities:{NSG}": "100"})
    (remedy,) = remedies(_closing(crowded, _azure_rule(priority=100), shared=True))
    assert "for this machine only" in remedy.command and not remedy.command.startswith("az")


def test_azure_deletes_a_rule_that_nobody_needs_and_can_put_it_back() -> None:
    machine, rule = remedies(_closing(VM, _azure_rule(), shared=False))
    assert (machine.scope, rule.scope) == ("machine", "rule")
    assert rule.command.startswith("az network nsg rule delete ")
    body = json.loads(_options(rule.undo)["--body"][0])
    assert body["properties"] == {"access": "Allow", "priority": 300, "destinationPortRange": "1433"}
    assert _options(rule.undo)["--uri"][0].startswith(f"https://management.azure.com{NSG}/securityRules/allow-sql?")


def test_azure_narrows_a_rule_that_allows_more() -> None:
    rule = remedies(_closing(VM, _azure_rule("80 1430-1440"), shared=False))[1]
    assert rule.command.startswith("az network nsg rule update ")
    assert _options(rule.command)["--destination-port-ranges"] == ["80", "1430-1432", "1434-1440"]


@pytest.mark.parametrize(("more", "made"), [({"just_in_time": "yes"}, []), ({"default": "yes"}, ["create"])])
def test_azures_own_rules_are_never_touched(more: dict[str, str], made: list[str]) -> None:
    (remedy,) = remedies(_closing(VM, _azure_rule(**more), shared=False))
    assert [line.split()[4] for line in remedy.command.splitlines() if line.startswith("az ")] == made


def _permission(first: int, last: int) -> dict[str, object]:
    return {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


def _aws_rule(id: str, first: int, last: int, group: str = "sg-1", known: bool = True) -> Rule:
    detail = {
        "group_id": group,
        "region": "eu-west-1",
        "vpc_id": "vpc-1",
        **({"security_group_rule_id": id} if known else {}),
    }
    return Rule(id, id, "aws", group, True, None, {}, detail, json.dumps(_permission(first, last)))


INTERFACES = json.dumps({"eni-1": ["sg-1", "sg-9"], "eni-2": ["sg-9"]})
INSTANCE = Machine("1", "db", "aws", (), {"region": "eu-west-1", "network_interfaces": INTERFACES})


def test_aws_gives_one_machine_a_copy_of_its_group_without_the_port() -> None:
    other = _aws_rule("sgr-2", 22, 22)
    (remedy,) = remedies(_closing(INSTANCE, _aws_rule("sgr-1", 1433, 1433), shared=True, further=(other,)))
    create, grant, move = remedy.command.split(" &&\n")
    assert create.startswith("COPY1=$(aws ec2 create-security-group ")
    assert json.loads(_options(grant)["--ip-permissions"][0]) == [_permission(22, 22)]
    assert "--network-interface-id eni-1" in move and move.endswith('--groups "$COPY1" sg-9')
    find, back, delete = remedy.undo.splitlines()
    assert find.startswith("COPY1=$(aws ec2 describe-security-groups ") and _options(create)["--group-name"][0] in find
    assert back.endswith("--groups sg-1 sg-9") and delete.endswith('--group-id "$COPY1"')
    assert remedy.rehearse.endswith("--dry-run") and "eni-2" not in remedy.command


def _from_group(id: str, group: str, flow: dict[str, object]) -> Rule:
    rule = _aws_rule(id, 0, 0, group)
    raw = json.dumps({**flow, "UserIdGroupPairs": [{"GroupId": "sg-1", "UserId": "1"}]})
    return replace(rule, raw=raw, detail={**rule.detail, "source": "sg-1"})


def test_what_let_in_members_of_a_group_lets_in_its_copy_too() -> None:
    further = (
        _from_group("sgr-2", "sg-7", {"IpProtocol": "-1"}),
        _from_group("sgr-3", "sg-1", {"IpProtocol": "tcp", "FromPort": 8000, "ToPort": 8100}),
        _aws_rule("sgr-4", 22, 22, "sg-8"),
    )
    (remedy,) = remedies(_closing(INSTANCE, _aws_rule("sgr-1", 1433, 1433), shared=True, further=further))
    told = remedy.command.split(" &&\n")[2:-1]
    assert [line.replace("revoke", "authorize") for line in remedy.undo.splitlines()[2:-1]] == told
    assert told == [
        'aws ec2 authorize-security-group-ingress --region eu-west-1 --group-id sg-7 --protocol=-1'
        ' --source-group "$COPY1"',
        'aws ec2 authorize-security-group-ingress --region eu-west-1 --group-id sg-1 --protocol tcp --port 8000-8100'
        ' --source-group "$COPY1"',
    ]  # fmt: skip


def test_aws_revokes_a_rule_by_its_id_and_can_put_it_back() -> None:
    rule = remedies(_closing(INSTANCE, _aws_rule("sgr-1", 1433, 1433), shared=False))[1]
    assert rule.command == (
        "aws ec2 revoke-security-group-ingress --region eu-west-1 --group-id sg-1 --security-group-rule-ids sgr-1"
    )
    assert json.loads(_options(rule.undo)["--ip-permissions"][0]) == [_permission(1433, 1433)]
    assert rule.rehearse == rule.command + " --dry-run"


def test_aws_revokes_a_rule_without_an_id_exactly_as_it_stands() -> None:
    rule = remedies(_closing(INSTANCE, _aws_rule("x", 1433, 1433, known=False), shared=False))[1]
    assert json.loads(_options(rule.command)["--ip-permissions"][0]) == [_permission(1433, 1433)]


def test_aws_lets_in_what_is_left_of_a_range_before_it_revokes_it() -> None:
    rule = remedies(_closing(INSTANCE, _aws_rule("sgr-1", 1430, 1440), shared=False))[1]
    grant, revoke = rule.command.split(" &&\n")
    assert json.loads(_options(grant)["--ip-permissions"][0]) == [_permission(1430, 1432), _permission(1434, 1440)]
    assert "revoke" in revoke
    assert [line.split()[2] for line in rule.undo.split(" &&\n")] == [
        "authorize-security-group-ingress", "revoke-security-group-ingress",
    ]  # fmt: skip


def test_every_group_that_lets_it_pass_is_closed() -> None:
    rules = (_aws_rule("sgr-1", 1433, 1433), _aws_rule("sgr-2", 1433, 1433, "sg-9"))
    remedy: Remedy = remedies(_closing(INSTANCE, *rules, shared=False))[1]
    assert len(remedy.command.splitlines()) == 2


def test_a_plain_rule_is_closed_by_a_sentence() -> None:
    machine, rule = Machine("default", "db", "plain"), Rule("r", "from \x1b[31mhell", "plain", "p", True)
    (remedy,) = remedies(_closing(machine, rule, shared=True))
    assert (
        remedy.command
        == "Close 1433/tcp of db: take it out of from \\x1b[31mhell for this machine only: others need it."
    )


@pytest.mark.parametrize(
    ("ports", "left"),
    [("1433", ""), ("20-25 1433", "20-25"), ("*", "0-1432 1434-65535"), ("1433-1434", "1434")],
)
def test_ports_without_one(ports: str, left: str) -> None:
    assert told(without(spans(ports) or (), [1433])) == left


@pytest.mark.parametrize(("written", "held"), SPANS)
def test_ports_as_rules_write_them(written: str, held: Spans | None) -> None:
    assert spans(written) == held


def test_ports_become_the_fewest_ranges() -> None:
    assert told(joined([443, 80, 81, 80])) == "80-81 443"
