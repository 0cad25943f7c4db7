"""A fleet for ``longtail ports`` → a folder: telemetry or inventory, network, listening, snapshots, attacks, truth.

::

    inventory.parquet         who runs what: tenant, host, image, first_seen, last_seen (else telemetry/, as starts)
    network/TENANT/…          the exports: Azure's as the REST interface or ``az`` give them, AWS's answers, plain CSV
    listening/TENANT/…        sockets of a share of the hosts, as osquery, ss, netstat and Velociraptor print them
    snapshots/TENANT/…        processes of a share of the hosts, as osquery, ps, PowerShell and Velociraptor print them
    attacked.csv              brute force: tenant, machine, port, time
    truth-ports.jsonl         what stands behind each port that a rule of its own opens (``truth.PortTruth``)
    truth-serving.csv         every TCP port that answers from beyond its machine, opened or not
    truth.json                the plan, the attacks, and the names of all these files
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from longtail.fleet.generate import truth
from longtail.fleet.ports.fleet import PortsFleet
from longtail.fleet.truth import Incident, Truth
from longtail.fleet.writers import Written, empty_folder, telemetry_writer, write_truth

PORT_TRUTH = "truth-ports.jsonl"
RFC3339 = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a fleet is to be written: as process starts in a format, or as an inventory of what runs where."""

    format_name: str = "parquet"
    inventory: bool = False


def write_ports(
    fleet: PortsFleet,
    folder: Path,
    wanted: Wanted,
    tell: Callable[[int, int], None] = lambda hosts, starts: None,
) -> Written:
    """Write a fleet into an empty or new folder; process starts go there in constant memory.

    Raises:
        UsageError: there is no such format, or the folder is a file.
        OutputExists: the folder holds something already.
    """
    starts = telemetry_writer(folder / "telemetry", wanted.format_name)  # it may say no, before the folder is made
    known = named_truth(fleet)
    empty_folder(folder)
    files = set[Path]()
    if wanted.inventory:
        files.add(folder / "inventory.parquet")
        fleet.inventory.write_parquet(folder / "inventory.parquet")
    else:
        for number, chunk in enumerate(fleet.events(), start=1):
            starts.add(chunk)
            tell(number, starts.starts)
        starts.finish()
        files |= starts.files
    files |= set(_written(folder, _texts(fleet)))
    write_truth(folder, fleet.plan, known, sorted(files))
    return Written(folder, starts.starts, tuple(sorted(files)), known)


def _texts(fleet: PortsFleet) -> Iterator[tuple[str, str]]:
    """Every file that is text, by its path in the folder."""
    for folder, texts in (
        ("network", fleet.network), ("listening", fleet.listening_files), ("snapshots", fleet.snapshot_files)
    ):  # fmt: skip
        yield from ((f"{folder}/{path}", text) for path, text in texts.items())
    yield "attacked.csv", attacks_csv(fleet.attacked)
    yield "truth-serving.csv", fleet.serving.write_csv()
    yield PORT_TRUTH, "".join(line.to_json() + "\n" for line in fleet.truth)


def attacks_csv(attacked: pl.DataFrame) -> str:
    """Brute-force alerts (schema ATTACKED) as a CSV: tenant, machine, port, time."""
    return attacked.select("tenant", "machine", "port", pl.col("time").dt.strftime(RFC3339)).write_csv()


def _written(folder: Path, texts: Iterable[tuple[str, str]]) -> Iterator[Path]:
    for name, text in texts:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="")
        yield path


def named_truth(fleet: PortsFleet) -> Truth:
    """The attacks and happenings of a fleet with tenants and hosts named as its telemetry names them."""
    places = [each.place for each in fleet.machines]
    hosts = {(each.site.tenant.name, each.post.machine.name): each.known_as for each in places}
    owners = {each.site.tenant.name: each.site.id for each in places}
    known = truth(fleet.plan)
    return Truth(
        tuple(_renamed(each, hosts, owners) for each in known.incidents),
        tuple(
            replace(each, tenant=owners[each.tenant], hosts=tuple(hosts[each.tenant, host] for host in each.hosts))
            for each in known.happenings
        ),
    )


def _renamed(incident: Incident, hosts: Mapping[tuple[str, str], str], owners: Mapping[str, str]) -> Incident:
    def named(host: str) -> str:
        return hosts[incident.tenant, host]

    return replace(
        incident,
        tenant=owners[incident.tenant],
        host=named(incident.host),
        hosts=tuple(map(named, incident.hosts)),
        events=tuple(replace(each, host=named(each.host)) for each in incident.events),
        preparation=tuple(replace(each, host=named(each.host)) for each in incident.preparation),
    )
