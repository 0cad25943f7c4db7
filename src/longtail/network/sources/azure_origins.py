"""What an Azure rule says of its source → addresses, tags and groups, each resolved as far as the export allows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from longtail.network.addresses import EVERYWHERE, NOT_PUBLIC, PUBLIC, addresses
from longtail.network.intervals import Intervals, common, merged, without
from longtail.network.layers import ANYWHERE, Origin, doubted
from longtail.network.sources.azure_fields import last
from longtail.network.sources.azure_nouns import VirtualNetwork
from longtail.network.sources.azure_rules import SecurityRule, Side
from longtail.ports.openings import Scope

HOST: Intervals = addresses("168.63.129.16") or ()  # from where Azure's load balancers probe
TAG = re.compile(r"[A-Za-z][A-Za-z0-9._]{0,127}")


@dataclass
class Origins:
    """Sources of rules, resolved with the virtual networks and the members of groups that were exported."""

    networks: dict[str, VirtualNetwork]
    members: dict[str, Intervals]
    exported_groups: frozenset[str]
    _spaces: dict[str, Origin] = field(default_factory=dict)

    def of(self, rule: SecurityRule, network: str) -> tuple[Origin, ...]:
        """Where the rule lets traffic come from, seen from an interface in that virtual network."""
        side = rule.source
        if side.expanded is not None:
            return (self._expanded(side, side.expanded),)
        if not side.stated:
            return (doubted(ANYWHERE, f"rule {rule.name}: no source is given"),)
        return tuple(self._each(side, rule, network))

    def _each(self, side: Side, rule: SecurityRule, network: str) -> Iterator[Origin]:
        for prefix in side.prefixes:
            known = addresses(prefix)
            yield Origin(known) if known is not None else self._tag(prefix, rule, network)
        for group in side.groups:
            yield self._group(group)

    def _expanded(self, side: Side, held: Intervals) -> Origin:
        """Addresses as Azure itself expanded the rule's tag."""
        if "virtualnetwork" in (prefix.lower() for prefix in side.prefixes):
            return Origin(held, name="VirtualNetwork", scope=Scope.PRIVATE)
        return Origin(held)

    def _tag(self, prefix: str, rule: SecurityRule, network: str) -> Origin:
        tag = prefix.lower()
        if tag == "virtualnetwork":
            return self.space(network)
        if tag == "internet":
            return self._internet(network)
        if tag == "azureloadbalancer":
            return Origin(HOST, name="AzureLoadBalancer", scope=Scope.PRIVATE)
        if TAG.fullmatch(prefix):
            sentence = f"service tag {prefix}: its addresses are not in the export"
            return Origin(surely=(), name=prefix, scope=Scope.PARTLY_INTERNET, unresolved=sentence)
        return doubted(ANYWHERE, f"rule {rule.name}: source {prefix[:60]!r} not understood")

    def space(self, network: str) -> Origin:
        """The tag ``VirtualNetwork``: the network's addresses, its peers' and what its gateways lead to."""
        if network not in self._spaces:
            self._spaces[network] = self._space(network)
        return self._spaces[network]

    def _space(self, network: str) -> Origin:
        held = self.networks.get(network)
        if held is None or not held.prefixes:
            why = f"virtual network {last(network) or 'of the interface'}: its addresses are not in the export"
            return Origin(surely=(), name="VirtualNetwork", scope=Scope.PRIVATE, unresolved=why)
        peers = [self.networks.get(peer) for peer in held.peers]
        surely = merged([*held.prefixes, *(one for peer in peers if peer for one in peer.prefixes), *HOST])
        unknown = [last(name) for name, peer in zip(held.peers, peers, strict=True) if peer is None]
        if not unknown and not held.gateway:
            return Origin(surely, name="VirtualNetwork", scope=Scope.PRIVATE)
        what = f"peer {unknown[0]}" if unknown else "gateway: what it leads to"
        why = f"virtual network {last(held.id)}: the addresses of its {what} are not in the export"
        perhaps = merged((*surely, *NOT_PUBLIC))
        return Origin(perhaps, surely, "VirtualNetwork", Scope.PRIVATE, why)

    def _internet(self, network: str) -> Origin:
        """The tag ``Internet``: every address outside the virtual network's space."""
        space = self.space(network)
        if space.surely is None:
            return Origin(without(EVERYWHERE, space.addresses))
        outside = without(EVERYWHERE, space.known)
        return Origin(outside, common(PUBLIC, outside), "Internet", unresolved=space.unresolved)

    def _group(self, group: str) -> Origin:
        members = self.members.get(group, ())
        known = bool(members) or group in self.exported_groups
        why = "" if known else f"application security group {last(group)}: neither it nor a member was exported"
        return Origin(EVERYWHERE, members, last(group), Scope.GROUP, why)
