"""A fleet with networks: what runs, what is open and what the truth says agree with each other."""

from collections import Counter

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from longtail.fleet import Odds, Plan, PortsFleet, ports_fleet
from longtail.fleet.chance import stream
from longtail.fleet.estate import machine
from longtail.fleet.generate import host_events
from longtail.fleet.habits import paragraphs
from longtail.fleet.ports.life import holder, post_events
from longtail.fleet.ports.posts import BESIDES, BY_ROLE, FORGETTABLE, OTHERS, SECURE_SHELLS, SERVICES
from longtail.fleet.ports.service import Service
from longtail.fleet.ports.truth import KINDS
from longtail.fleet.script import steps
from longtail.fleet.words import TOKEN, known

PLAN = Plan(machines=64, days=3, seed=6, quiet=True, preset="services", intensity=0.1)
LARGE = Plan(machines=900, seed=2, quiet=True, preset="services")


@pytest.fixture(scope="module")
def fleet() -> PortsFleet:
    return ports_fleet(PLAN, Odds(removed=0.15, never_installed=0.1, other_software=0.15, clients=0.3))


@pytest.fixture(scope="module")
def large() -> PortsFleet:
    return ports_fleet(LARGE)


def test_the_same_plan_gives_the_same_fleet_and_another_seed_another(fleet: PortsFleet) -> None:
    again = ports_fleet(PLAN, fleet.odds)
    assert again.network == fleet.network and again.truth == fleet.truth
    assert again.listening_files == fleet.listening_files and again.snapshot_files == fleet.snapshot_files
    assert_frame_equal(again.inventory, fleet.inventory)
    other = ports_fleet(Plan(machines=64, days=3, seed=7, quiet=True, preset="services"))
    assert other.network != fleet.network and other.truth != fleet.truth


def test_an_inventory_says_what_the_starts_say(fleet: PortsFleet) -> None:
    starts = pl.concat(list(fleet.events()))
    times = pl.col("time")
    pairs = starts.group_by("tenant", "host", "image").agg(first_seen=times.min(), last_seen=times.max())
    assert_frame_equal(fleet.inventory, pairs, check_row_order=False)


def test_the_life_of_a_host_stays_and_services_come_beside_it(fleet: PortsFleet) -> None:
    same = ["time", "account", "image", "command_line"]
    tables = {table["host"][0]: table.select(same).rows() for table in fleet.events()}
    for index in (0, 17, 40):
        where = next(each.place for each in fleet.machines if each.place.post.machine.index == index)
        if where.post.watched:
            before = host_events(PLAN, index).select(same).rows()
            assert Counter(before) <= Counter(tables[where.known_as])


def test_every_kind_of_truth_occurs_and_is_explained(large: PortsFleet) -> None:
    found = Counter(each.kind for each in large.truth)
    assert set(found) == set(KINDS)
    assert found["removed"] > 20 and found["never_installed"] > 8 and found["loopback_only"] > 5
    assert {each.platform for each in large.truth} == {"azure-rest", "azure-az", "aws", "plain"}


SERVED = {
    "backed": True, "long_lived": True, "shared_host": True, "other_software": True,
    "loopback_only": False, "removed": False, "never_installed": False, "other_protocol": False,
}  # fmt: skip


def test_what_serves_is_what_its_kind_says(large: PortsFleet) -> None:
    assert all(each.serves is SERVED[each.kind] for each in large.truth if each.kind in SERVED)
    serving = set(large.serving.select("tenant", "machine", "port").rows())
    for each in large.truth:
        tcp = each.protocol == "tcp"
        assert (tcp and (each.tenant, each.machine, each.port) in serving) is each.serves, each


def test_a_machine_has_one_truth_a_port(large: PortsFleet) -> None:
    counted = Counter((each.tenant, each.machine, each.port, each.protocol) for each in large.truth)
    assert counted.most_common(1)[0][1] == 1


def test_sockets_show_what_the_truth_says(large: PortsFleet) -> None:
    bound = {
        (tenant, host, port): address
        for tenant, host, port, address in large.listening.select("tenant", "host", "port", "address").rows()
    }
    places = {(each.place.site.id, each.place.name): each.place for each in large.machines}
    looked = [each for each in large.truth if each.listening and each.protocol == "tcp"]
    assert len(looked) > 300
    for each in looked:
        place = places[each.tenant, each.machine]
        host = place.name if "/" in place.known_as else place.known_as
        address = bound.get((each.tenant, host, each.port))
        expected = "0.0.0.0" if each.serves else "127.0.0.1" if each.kind == "loopback_only" else None
        assert address == expected, each


def test_a_machine_without_telemetry_is_in_no_table(large: PortsFleet) -> None:
    unwatched = [each.place for each in large.machines if not each.place.post.watched]
    assert len(unwatched) > 10
    assert not any(each.post.looked_at for each in unwatched)
    plan = Plan(machines=30, days=1, seed=1, quiet=True, preset="services", intensity=0.1)
    silent = ports_fleet(plan, Odds(no_telemetry=1.0))
    assert silent.inventory.is_empty() and silent.listening.is_empty() and silent.running.is_empty()
    assert silent.truth and {each.kind for each in silent.truth} == {"no_telemetry"}


def test_a_daemon_that_lives_long_did_not_start(fleet: PortsFleet) -> None:
    ran = {(tenant, host, image) for tenant, host, image in fleet.inventory.select("tenant", "host", "image").rows()}
    seen = Counter[str]()
    for each in fleet.machines:
        where = each.place
        for held in where.post.installed:
            image = holder(PLAN, where.post.machine, held) if held.binds else ""
            told = (
                image and image in held.service.start and not any(image in text for _, text in held.service.companions)
            )
            if where.post.watched and told and not where.post.machine.oddity:
                assert ((where.site.id, where.known_as, image) in ran) is held.started, (held, image)
                seen[str(held.started)] += 1
    assert seen["True"] > 5 and seen["False"] > 5


def test_what_was_removed_or_never_installed_does_not_run(fleet: PortsFleet) -> None:
    ran = fleet.inventory.group_by("tenant", "host").agg("image")
    images = {(tenant, host): set(found) for tenant, host, found in ran.rows()}
    gone = [each for each in fleet.truth if each.kind in ("removed", "never_installed")]
    assert len(gone) > 8
    for each in gone:
        service = SERVICES[each.service]
        running = images[each.tenant, each.host]
        assert service.listener not in running or service.listener in ("System", "")
        if each.service == "mssql":
            assert not any(image.lower().endswith(("\\sqlservr.exe", "\\sqlagent.exe")) for image in running)


def test_leftovers_and_client_tools_stay_where_no_server_is(fleet: PortsFleet) -> None:
    roles = Counter(held.role for each in fleet.machines for held in each.place.post.installed)
    assert roles["removed"] > 2 and roles["client"] > 2 and roles["other"] > 2


def test_machines_are_known_by_other_names_than_their_telemetry_has(large: PortsFleet) -> None:
    cloud = [each.place for each in large.machines if each.place.site.platform != "plain"]
    known_as = Counter(
        "resource" if place.known_as == place.resource else "address" if place.known_as == place.address
        else "same" if place.known_as == place.name else "case" if place.known_as.lower() == place.name.lower()
        else "domain" if place.known_as.lower().startswith(f"{place.name.lower()}.")
        else "private name" if place.known_as.startswith("ip-") else "computer"
        for place in cloud
    )  # fmt: skip
    assert set(known_as) == {"resource", "address", "same", "case", "domain", "private name", "computer"}
    assert min(known_as.values()) > 4
    assert len({(place.site.id, place.known_as.lower()) for place in cloud}) == len(cloud)
    assert len({(place.site.id, place.address) for place in cloud}) == len(cloud)


def test_ports_that_anyone_reaches_are_attacked_on_some_days(large: PortsFleet) -> None:
    attacks = large.attacked
    assert {each.attacked for each in large.truth} == {True, False}
    first, last = attacks["time"].min(), attacks["time"].max()
    assert first >= LARGE.start and (last - LARGE.start).days < LARGE.days  # type: ignore[operator]
    days = attacks.group_by("tenant", "machine", "port").agg(pl.col("time").dt.date().n_unique())["time"]
    assert days.min() == 1 and days.max() > 5  # type: ignore[operator]


def test_no_token_is_left_in_what_is_seen(fleet: PortsFleet) -> None:
    texts = [*fleet.inventory["image"], *fleet.listening["image"], *fleet.running["command_line"].drop_nulls()]
    left = {found[0] for text in texts for found in TOKEN.finditer(text) if known(found[1])}
    assert left == set()


@pytest.mark.parametrize("service", [*SERVICES.values(), *OTHERS], ids=lambda each: each.name)
def test_a_service_can_be_told_from_what_its_texts_start(service: Service) -> None:
    texts = [service.start, service.leftovers, service.clients, *(text for _, text in service.companions)]
    for text in texts:
        for script in paragraphs(text) if text else ():
            assert steps(script), script
    shared = service.listener.endswith(("System", "svchost.exe", "lsass.exe"))
    assert service.seat or shared or service.listener.rpartition("\\")[2] in service.start
    assert all(0 < port < 65_536 for port in service.ports)


def test_what_roles_and_oddities_name_is_there() -> None:
    named = {name for table in (BY_ROLE, BESIDES, FORGETTABLE) for names in table.values() for name in names}
    assert named | set(SECURE_SHELLS) <= set(SERVICES) | {""}


def test_an_attacked_host_is_watched() -> None:
    plan = Plan(machines=60, days=3, seed=3, attacks=6, preset="mixed", intensity=0.1)
    fleet = ports_fleet(plan, Odds(no_telemetry=0.9))
    watched = {each.place.post.machine.name for each in fleet.machines if each.place.post.watched}
    assert 6 <= len(watched) < 30


def test_other_streams_are_not_disturbed_by_what_is_drawn_here() -> None:
    before = stream(1, "x").random(3).tolist()
    assert ports_fleet(Plan(machines=3, days=1, seed=1, quiet=True)).truth
    assert stream(1, "x").random(3).tolist() == before
    assert machine(PLAN, 3) == machine(PLAN, 3)


def test_what_serves_starts_with_its_machine(fleet: PortsFleet) -> None:
    began = [each.place.post for each in fleet.machines if each.place.post.began and each.place.post.watched]
    assert {post.machine.linux for post in began} == {True, False}
    for post in began:
        starts = post_events(PLAN, post, "h").with_columns(second=pl.col("time") - PLAN.start)
        seconds = starts["second"].dt.total_seconds() - int(post.machine.skew)
        for each in post.installed:
            image = holder(PLAN, post.machine, each) if each.binds else "System"
            if image != "System":
                times = seconds.filter(starts["image"].str.to_lowercase() == image.lower()).to_list()
                assert all(any(-5 <= time - moment <= 400 for time in times) for moment in post.began), (image, post)
