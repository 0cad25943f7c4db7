"""Exports as a cloud that obeys: commands of remedies are done to them, and they are read anew."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

from longtail.network import network
from longtail.ports.openings import Network


def done(folder: Path, commands: str) -> Network:
    """The network once the commands were run, one after the other, by a cloud that takes no others."""
    held = {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}
    variables: dict[str, str] = {}
    for line in commands.replace(" &&\n", "\n").splitlines():
        made = re.fullmatch(r"(\w+)=\$\((.*)\)", line)
        words = shlex.split(re.sub(r'"\$(\w+)"', lambda found: variables[found[1]], made[2] if made else line))
        answer = (_azure if words[0] == "az" else _aws)(held, words)
        if made:
            variables[made[1]] = answer
    for name, told in held.items():
        (folder / f"{name}.json").write_text(json.dumps(told))
    return network([str(folder)])


def _options(words: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in words:
        if word.startswith("--"):
            name, _, value = word.partition("=")
            found[name] = [value] if value else []
        elif found:
            found[list(found)[-1]].append(word)
    return found


def _azure(held: dict[str, Any], words: list[str]) -> str:
    told, group = _options(words), held["nsgs"][0]
    rules = {each["name"]: each for each in group["securityRules"]}
    if words[1] == "rest":
        id = told["--uri"][0].removeprefix("https://management.azure.com").partition("?")[0]
        name = id.rpartition("/")[2]
        rules[name] = {"id": id, "name": name, **json.loads(told["--body"][0])["properties"]}
    elif words[4] == "delete":
        del rules[told["--name"][0]]
    else:
        (name,) = told["--name"]
        assert (words[4] == "update") == (name in rules)
        rules[name] = {**rules.get(name, {"id": f"{group['id']}/securityRules/{name}", "name": name}), **_written(told)}
    assert len({each["priority"] for each in rules.values()}) == len(rules), "two rules of one priority"
    group["securityRules"] = list(rules.values())
    return ""


def _written(told: dict[str, list[str]]) -> dict[str, Any]:
    """Options of ``az network nsg rule`` as the rule holds them."""
    names = {
        "--priority": "priority", "--access": "access", "--direction": "direction", "--protocol": "protocol",
    }  # fmt: skip
    found: dict[str, Any] = {key: told[option][0] for option, key in names.items() if option in told}
    for side in ("source-address-prefix", "source-port-range", "destination-port-range", "destination-address-prefix"):
        many = f"{side}es" if side.endswith("prefix") else f"{side}s"
        if values := told.get(f"--{many}"):
            key = re.sub(r"-(\w)", lambda found: found[1].upper(), many)
            singular = re.sub(r"-(\w)", lambda found: found[1].upper(), side)
            found |= {key: values, singular: None}
    return found | ({"priority": int(found["priority"])} if "priority" in found else {})


def _aws(held: dict[str, Any], words: list[str]) -> str:
    told, groups = _options(words), {each["GroupId"]: each for each in held["sgs"]["SecurityGroups"]}
    if words[2] == "create-security-group":
        new = {"GroupId": f"sg-new{len(groups)}", "VpcId": "vpc-1", "OwnerId": "1", "IpPermissions": []}
        held["sgs"]["SecurityGroups"].append({**new, "GroupName": told["--group-name"][0]})
        return str(new["GroupId"])
    if words[2] == "describe-security-groups":
        names = [each.removeprefix("Name=group-name,Values=") for each in told["--filters"]]
        return next(id for id, each in groups.items() if each["GroupName"] in names)
    if words[2] == "delete-security-group":
        held["sgs"]["SecurityGroups"].remove(groups[told["--group-id"][0]])
        return ""
    if words[2] == "modify-network-interface-attribute":
        (nic,) = (
            each
            for each in held["nics"]["NetworkInterfaces"]
            if each["NetworkInterfaceId"] == told["--network-interface-id"][0]
        )
        nic["Groups"] = [{"GroupId": each} for each in told["--groups"]]
        return ""
    permissions = groups[told["--group-id"][0]]["IpPermissions"]
    for each in _permissions(told):
        if words[2] == "revoke-security-group-ingress":
            permissions.remove(each)
        else:
            assert words[2] == "authorize-security-group-ingress" and each not in permissions
            permissions.append(each)
    return ""


def _permissions(told: dict[str, list[str]]) -> list[dict[str, Any]]:
    """What is granted or revoked, as the cloud holds it: one after the other, none of them twice."""
    if "--ip-permissions" in told:
        return list(json.loads(told["--ip-permissions"][0]))
    (protocol,), (group,) = told["--protocol"], told["--source-group"]
    first, _, last = told.get("--port", [""])[0].partition("-")
    ports = {"FromPort": int(first), "ToPort": int(last or first)} if first else {}
    return [{"IpProtocol": protocol, **ports, "UserIdGroupPairs": [{"GroupId": group}]}]
