"""Exports of AWS (``aws ec2 describe-…``, Steampipe, AWS Config) → openings of its instances.

Traffic reaches an interface if the network ACL of its subnet lets it in (or it comes from inside the subnet) and any of
the interface's security groups allows it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from longtail.network.amending import amended
from longtail.network.layers import Interface
from longtail.network.source import Export, Options, Source
from longtail.network.sources.aws_acls import Acl, acls, governing
from longtail.network.sources.aws_exports import Exported, pooled
from longtail.network.sources.aws_groups import Group, groups
from longtail.network.sources.aws_interfaces import Instance, Nic, instances, nics
from longtail.network.sources.aws_layers import Surroundings
from longtail.network.sources.aws_machines import machines
from longtail.network.sources.aws_origins import Known, members, prefix_lists
from longtail.network.sources.aws_reading import read
from longtail.network.sources.aws_rules import rules
from longtail.network.sources.aws_subnets import insides, regions, routes
from longtail.network.telling import Evaluator
from longtail.ports.openings import Machine, Network


def network(exports: Iterable[Export], options: Options) -> Network:
    """The machines, openings and rules of everything that was read, whatever files it came in."""
    exported = pooled(exports)
    found_nics, known_instances = nics(exported), instances(exported)
    lie_in = regions(exported, found_nics.values())
    known_nics = {id: nic if nic.region else nic.within(lie_in) for id, nic in found_nics.items()}
    known_groups, known_acls = groups(exported, lie_in), acls(exported, lie_in)
    around = Surroundings(
        groups=known_groups,
        acls=governing(known_acls),
        insides=insides(exported, known_nics.values()),
        routes=routes(exported),
        known=Known(prefix_lists(exported), members(known_groups, known_nics, exported)),
    )
    found = machines(known_instances, known_nics.values(), options.tenant)
    evaluator, attached = Evaluator(), _by_instance(known_nics)
    instance_of = {(machine.tenant, machine.name): id for id, machine in found.items()}

    def ways(machine: Machine) -> Iterator[Interface]:
        id = instance_of.get((machine.tenant, machine.name))
        return (way for nic in attached[id] for way in around.interfaces(nic)) if id else iter(())

    return Network(
        machines=tuple(found.values()),
        openings=tuple(opening for machine in found.values() for opening in evaluator.openings(machine, ways(machine))),
        rules=rules(known_groups.values(), known_acls.values()),
        orphans=tuple(_orphans(known_groups, known_acls, known_nics)),
        notes=tuple(_notes(exported, known_nics, known_instances)),
        bearers=_bearers(attached[""]),
        amended=amended(ways),
    )


def _bearers(strays: Iterable[Nic]) -> dict[str, tuple[str, ...]]:
    """The interfaces without an instance that bear each group: a database, a load balancer, or nothing yet."""
    found: dict[str, list[str]] = defaultdict(list)
    for nic in strays:
        for group in nic.groups:
            found[group].append(nic.id)
    return {group: tuple(sorted(ids)) for group, ids in found.items()}


def _by_instance(nics: Mapping[str, Nic]) -> Mapping[str, list[Nic]]:
    found: dict[str, list[Nic]] = defaultdict(list)
    for nic in nics.values():
        found[nic.instance].append(nic)
    return found


def _orphans(groups: Mapping[str, Group], acls: Mapping[str, Acl], nics: Mapping[str, Nic]) -> Iterator[str]:
    """Groups attached to nothing and network ACLs of no subnet. Without any interface nothing is known of either."""
    if not nics:
        return
    attached = {id for nic in nics.values() for id in nic.groups}
    yield from (id for id in groups if id not in attached)
    yield from (id for id, acl in acls.items() if not acl.subnets)


def _notes(exported: Exported, nics: Mapping[str, Nic], instances: Mapping[str, Instance]) -> Iterator[str]:
    services = Counter(nic.service for nic in nics.values() if not nic.instance)
    gone = sum(each.gone for each in instances.values())
    if services:
        told = ", ".join(f"{count} {service}" for service, count in sorted(services.items()))
        yield f"AWS: {services.total()} network interfaces belong to no instance and are no machines ({told})"
    if gone:
        yield f"AWS: {gone} terminated instances are no machines"
    if exported.resources and not nics:
        yield "AWS: no instances or network interfaces were exported: rules are known, machines are not"
    for kind in sorted(exported.partial):
        yield f"AWS: some {kind} are missing or could not be read: what depends on them is told as unresolved"


AWS = Source("aws", "AWS (describe-security-groups, -network-interfaces, …; Steampipe; AWS Config)", read, network)
