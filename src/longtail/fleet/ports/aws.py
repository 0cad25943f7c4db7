"""The rules of an account's machines → its exports: security groups, instances, interfaces, subnets, access lists."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from longtail.fleet.chance import happens, one_of, stream
from longtail.fleet.plan import Plan
from longtail.fleet.ports.rules import Ruled, Want
from longtail.fleet.ports.site import Place, Site, private_name
from longtail.fleet.words import words

Answer = dict[str, Any]
TIER_OCTETS = {"web": 0, "data": 64, "core": 128}
RANGES: Mapping[str, Sequence[str]] = {
    "any": ("0.0.0.0/0",),
    "internet": ("0.0.0.0/0",),
    "private": ("10.0.0.0/8",),
    "privates": ("10.20.0.0/16", "192.168.4.0/24"),
}
EVERYWHERE = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [], "PrefixListIds": [],
              "UserIdGroupPairs": []}  # fmt: skip


@dataclass(slots=True)
class _Account:
    """The answers of a site's account while they are gathered."""

    plan: Plan
    site: Site
    groups: dict[str, Answer] = field(default_factory=dict)
    of: dict[int, list[str]] = field(default_factory=dict)  # names of groups by machine


def exports(plan: Plan, site: Site, machines: Sequence[Ruled]) -> Iterator[tuple[str, str]]:
    """The files of an account's export, by name, each the answer of one ``aws ec2 describe-…``."""
    made = _Account(plan, site)
    for name, port in (("default", ""), ("old-sql", "1433"), ("launch-wizard-9", "22")):
        _group(made, name, [_orphan(made, port)])
    for each in machines:
        _join(made, each)
    instances = [_instance(made, each) for each in machines]
    reservations = [{"Groups": [], "Instances": [each], "OwnerId": site.id} for each in instances]
    yield "describe-security-groups.json", _text({"SecurityGroups": list(made.groups.values())})
    yield "describe-instances.json", _text({"Reservations": reservations})
    yield (
        "describe-network-interfaces.json",
        _text({"NetworkInterfaces": [_interface(made, each) for each in machines]}),
    )
    yield "describe-subnets.json", _text({"Subnets": [_subnet(made, tier) for tier in TIER_OCTETS]})
    yield "describe-network-acls.json", _text({"NetworkAcls": [_access_list(made)]})


def _text(answer: Answer) -> str:
    return json.dumps(answer, indent=1) + "\n"


def _id(made: _Account, kind: str, *names: str | int) -> str:
    """An id such as ``sg-0a1b…``, the same whenever the same thing is asked for."""
    return f"{kind}-0{words('longhex', stream(made.plan.seed, kind, made.site.tenant.index, *names), 1)[0]}"


def _group(made: _Account, name: str, permissions: list[Answer]) -> str:
    if name not in made.groups:
        made.groups[name] = {
            "Description": "default VPC security group" if name == "default" else f"{name} of {made.site.group}",
            "GroupId": _id(made, "sg", name),
            "GroupName": name,
            "IpPermissions": permissions,
            "IpPermissionsEgress": [EVERYWHERE],
            "OwnerId": made.site.id,
            "VpcId": _id(made, "vpc"),
        }
    return name


def _orphan(made: _Account, port: str) -> Answer:
    """What a group that is attached to nothing allows; the default one allows its own members."""
    if port:
        return _permission(made, Want(int(port), int(port), "any"))
    pair = {"GroupId": _id(made, "sg", "default"), "UserId": made.site.id}
    return {"IpProtocol": "-1", "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": [pair]}


def _join(made: _Account, each: Ruled) -> None:
    """The groups of an instance: one for each thing it is reached by, or one that the console's wizard made for it."""
    rng, index = stream(made.plan.seed, "aws", each.place.post.machine.index), each.place.post.machine.index
    if happens(rng, 0.25):
        permissions = [_permission(made, want) for want in each.wants]
        names = [_group(made, f"launch-wizard-{100 + index}", permissions)]
    else:
        names = [
            _group(made, f"allow-{want.first}-{want.last}-{want.source}{want.address}", [_permission(made, want)])
            for want in each.wants
        ] or [_group(made, "no-inbound", [])]
    if each.wide:
        names.append(_group(made, "allow-all", [EVERYWHERE]))
    made.of[index] = names


def _permission(made: _Account, want: Want) -> Answer:
    ranges = RANGES.get(want.source, (f"{want.address}/32",) if want.source == "public" else ())
    clients = {"GroupId": _id(made, "sg", "no-inbound"), "UserId": made.site.id}
    return {
        "FromPort": want.first,
        "IpProtocol": one_of(stream(made.plan.seed, "protocol", want.first), ("tcp", "tcp", "tcp", "6")),
        "IpRanges": [{"CidrIp": each} for each in ranges],
        "Ipv6Ranges": [{"CidrIpv6": "::/0"}] if want.source == "internet" else [],
        "PrefixListIds": [{"PrefixListId": _id(made, "pl", "partners")}] if want.source == "tag" else [],
        "ToPort": want.last,
        "UserIdGroupPairs": [clients] if want.source == "network" else [],
    }


def _references(made: _Account, each: Ruled) -> list[Answer]:
    return [
        {"GroupId": made.groups[name]["GroupId"], "GroupName": name}
        for name in made.of[each.place.post.machine.index]
    ]  # fmt: skip


def _address(where: Place) -> Answer:
    own: Answer = {
        "Primary": True,
        "PrivateDnsName": private_name(where.address),
        "PrivateIpAddress": where.address,
    }
    if where.public:
        own["Association"] = _association(where)
    return own


def _association(where: Place) -> Answer:
    index = where.post.machine.index
    public = f"13.{58 + index // 62500 % 64}.{index // 250 % 250}.{2 + index % 250}"
    name = f"ec2-{public.replace('.', '-')}.us-east-2.compute.amazonaws.com"
    return {"IpOwnerId": "amazon", "PublicDnsName": name, "PublicIp": public}


def _attached(made: _Account, each: Ruled) -> Answer:
    where = each.place
    found: Answer = {
        "Description": "Primary network interface",
        "Groups": _references(made, each),
        "InterfaceType": "interface",
        "Ipv6Addresses": [],
        "NetworkInterfaceId": _id(made, "eni", where.resource),
        "OwnerId": made.site.id,
        "PrivateDnsName": private_name(where.address),
        "PrivateIpAddress": where.address,
        "PrivateIpAddresses": [_address(where)],
        "SourceDestCheck": True,
        "Status": "in-use",
        "SubnetId": _id(made, "subnet", where.tier),
        "VpcId": _id(made, "vpc"),
    }
    if where.public:
        found["Association"] = _association(where)
    return found


def _interface(made: _Account, each: Ruled) -> Answer:
    where = each.place
    attachment = {
        "AttachmentId": _id(made, "eni-attach", where.resource),
        "DeleteOnTermination": True,
        "DeviceIndex": 0,
        "InstanceId": where.resource,
        "InstanceOwnerId": made.site.id,
        "Status": "attached",
    }
    return {**_attached(made, each), "Attachment": attachment, "RequesterManaged": False, "TagSet": []}


def _instance(made: _Account, each: Ruled) -> Answer:
    where = each.place
    return {
        "AmiLaunchIndex": 0,
        "Architecture": "x86_64",
        "ImageId": _id(made, "ami", "linux" if where.post.machine.linux else "windows"),
        "InstanceId": where.resource,
        "InstanceType": "m5.large",
        "NetworkInterfaces": [_attached(made, each)],
        "PrivateDnsName": private_name(where.address),
        "PrivateIpAddress": where.address,
        "SecurityGroups": _references(made, each),
        "State": {"Code": 16, "Name": "running"},
        "SubnetId": _id(made, "subnet", where.tier),
        "Tags": [{"Key": "Name", "Value": where.name}, {"Key": "team", "Value": where.tier}],
        "VpcId": _id(made, "vpc"),
        **({"Platform": "windows"} if not where.post.machine.linux else {}),
    }


def _subnet(made: _Account, tier: str) -> Answer:
    own = _id(made, "subnet", tier)
    return {
        "AvailabilityZone": "us-east-2b",
        "CidrBlock": f"10.{made.site.octet}.{TIER_OCTETS[tier]}.0/18",
        "OwnerId": made.site.id,
        "State": "available",
        "SubnetArn": f"arn:aws:ec2:us-east-2:{made.site.id}:subnet/{own}",
        "SubnetId": own,
        "Tags": [{"Key": "Name", "Value": f"{tier} subnet"}],
        "VpcId": _id(made, "vpc"),
    }


def _access_list(made: _Account) -> Answer:
    """The network's access list: the default one with a denial put before it."""
    own = _id(made, "acl")
    allow, deny = {"CidrBlock": "0.0.0.0/0", "Protocol": "-1"}, {"CidrBlock": "0.0.0.0/0", "RuleNumber": 32767}
    refused = {"CidrBlock": "198.51.100.0/24", "Egress": False, "PortRange": {"From": 0, "To": 65535}, "Protocol": "6",
               "RuleAction": "deny", "RuleNumber": 90}  # fmt: skip
    entries = [refused]
    for egress in (True, False):
        entries.append({**allow, "Egress": egress, "RuleAction": "allow", "RuleNumber": 100})
        entries.append({**deny, "Egress": egress, "Protocol": "-1", "RuleAction": "deny"})
    subnets = [
        {"NetworkAclAssociationId": _id(made, "aclassoc", tier), "NetworkAclId": own,
         "SubnetId": _id(made, "subnet", tier)}
        for tier in TIER_OCTETS
    ]  # fmt: skip
    return {"Associations": subnets, "Entries": entries, "IsDefault": True, "NetworkAclId": own,
            "OwnerId": made.site.id, "Tags": [], "VpcId": _id(made, "vpc")}  # fmt: skip
