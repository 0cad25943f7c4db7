"""What keeps a port from being called forgotten, each doubt alone: it holds where it should, and nowhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl
import pytest
from small_fleet import IIS, LINUX, NGINX, SQL, WINDOWS, Box, evidence, network, sql_fleet

from longtail.ports.findings import Ports, Recommendation, Verdict
from longtail.ports.judgement import Wanted, recommended
from longtail.ports.openings import ROUTES
from longtail.settings import Settings

FLEET = sql_fleet()
PLAIN = [*WINDOWS, *IIS[:1]]
SVCHOST = r"C:\Windows\System32\svchost.exe"
POSTGRES = ["/usr/lib/postgresql/15/bin/postgres", "/usr/lib/postgresql/15/bin/pg_isready"]
ANYWHERE = "0.0.0.0"
NOBODY: Mapping[str, str] = {}


def _found(every: Sequence[Box], port: int, held: Mapping[str, str] = NOBODY, *, listed: bool = False) -> Ports:
    """What is said of a port that ``held`` tells the holders of, by machine; ``listed``: all that runs is known."""
    known = evidence(every)
    image = pl.when(pl.col("port") == port).then(pl.col("host").replace_strict(dict(held), default=None))
    known = replace(known, listening=known.listening.with_columns(image.cast(pl.String).alias("image")))
    if listed:
        known = replace(known, inventory=known.inventory.with_columns(pl.col("last_seen").alias("listed")))
    return recommended(network(every), known, Settings(), Wanted((port,)))


def _of(name: str, found: Ports) -> Recommendation:
    return next(each for each in found.recommendations if each.machine == name)


def _asked(boxes: Sequence[Box], many: int) -> list[Box]:
    """The same, the first ``many`` of them asked for their sockets: what is open is served."""
    served = (replace(box, sockets=[(port, ANYWHERE) for port in box.ports]) for box in boxes[:many])
    return [*served, *boxes[many:]]


FORGOTTEN = Box("forgotten", PLAIN, [1433])


@pytest.mark.parametrize(("silent", "verdict"), [(4, Verdict.NOT_ENOUGH_EVIDENCE), (45, Verdict.UNBACKED)])
def test_a_forwarder_holds_up_others_until_it_is_measured_to_be_rare(silent: int, verdict: Verdict) -> None:
    forwarder = Box("forwarder", PLAIN, [1433], sockets=[(1433, ANYWHERE)])
    quiet = [Box(f"quiet{n}", PLAIN, [1433], sockets=[]) for n in range(silent)]
    held = {"forwarder": SVCHOST, **{f"sql{n}": SQL[0] for n in range(20)}}
    forgotten = [Box(f"forgotten{n}", [*WINDOWS[n:], *IIS], [1433]) for n in range(6)]
    found = _found([*_asked(FLEET, 20), *quiet, forwarder, *forgotten], 1433, held, listed=True)
    said = _of("forgotten0", found)
    assert said.verdict is verdict, said.reason
    assert _of("forwarder", found).verdict is Verdict.OTHER_SOFTWARE
    if verdict is Verdict.NOT_ENOUGH_EVIDENCE:
        assert f"on 1 of {silent + 1} machines that show nothing else" in said.reason


@pytest.mark.parametrize(("share", "finding"), [(0.5, False), (0.1, True)])
def test_what_windows_may_hand_on_waits_for_a_look_where_looking_is_the_custom(share: float, finding: bool) -> None:
    fleet = _asked(FLEET[::-1], round(share * len(FLEET)))
    said = _of("forgotten", _found([*fleet, FORGOTTEN], 1433))
    assert said.verdict.finding == finding
    assert finding or "Windows can hand 1433/tcp on" in said.reason


def test_ports_of_the_web_and_other_systems_do_not_wait_for_a_look() -> None:
    web = _found([*_asked(FLEET[::-1], 100), Box("bare", WINDOWS, [443])], 443, listed=True)
    assert _of("bare", web).verdict is Verdict.UNBACKED
    linux = [Box(f"pg{n}", [*LINUX, *POSTGRES], [5432]) for n in range(30)] + [Box(f"lx{n}", LINUX) for n in range(90)]
    data = _found([*_asked(linux[::-1], 60), Box("bare", LINUX, [5432])], 5432, listed=True)
    assert _of("bare", data).verdict is Verdict.UNBACKED


def _daemons(asked: int, unseen: int) -> Ports:
    """Forty machines with a daemon that started once, of which some listen, and of those some never showed it."""
    fleet = [
        replace(box, runs=[each for each in box.runs if each not in SQL], once=SQL[:1]) if box.ports == [1433] else box
        for box in FLEET
    ]
    hidden = [replace(box, once=()) for box in fleet[:unseen]]
    return _found([*_asked([*hidden, *fleet[unseen:]], asked), FORGOTTEN], 1433)


def test_starts_alone_are_enough_where_next_to_all_that_listen_were_seen_to_start() -> None:
    assert _of("forgotten", _daemons(39, 0)).verdict is Verdict.UNBACKED


def test_one_missed_of_eleven_is_not_known_to_be_rare() -> None:
    said = _of("forgotten", _daemons(11, 1))
    assert said.verdict is Verdict.NOT_ENOUGH_EVIDENCE and "may have started before the window" in said.reason


def test_none_missed_of_few_leaves_a_doubt() -> None:
    said = _of("forgotten", _daemons(22, 0))
    assert said.verdict is Verdict.NOT_ENOUGH_EVIDENCE and "may well serve it unseen" in said.reason


def test_what_was_seen_to_listen_elsewhere_may_listen_here() -> None:
    other = r"C:\Program Files\SAP\Sybase\dataserver.exe"
    fleet = [*FLEET, *(Box(f"off{n}", [*PLAIN, other]) for n in range(12))]
    fleet += [Box("sybase", [*PLAIN, other], [1433], sockets=[(1433, ANYWHERE)]), Box("too", [*PLAIN, other], [1433])]
    said = _of("too", _found(fleet, 1433, {"sybase": other}))
    assert said.verdict is Verdict.OTHER_SOFTWARE and "was seen to listen on 1433/tcp elsewhere" in said.reason


def test_rarer_software_that_two_machines_run_in_place_of_the_usual_is_told_as_such() -> None:
    stranger = r"C:\Program Files\SAP\Sybase\dataserver.exe"
    found = _found([*FLEET, *(Box(f"sybase{n}", [*PLAIN, stranger], [1433]) for n in range(2))], 1433)
    assert _of("sybase0", found).verdict is Verdict.OTHER_SOFTWARE
    assert "goes with 1433/tcp in place of the usual software" in _of("sybase0", found).reason


def test_software_that_leans_towards_the_port_is_enough_not_to_call_it_forgotten() -> None:
    broker = r"C:\Program Files\Quest\Broker\broker.exe"
    beside = [replace(box, runs=[*box.runs, broker]) for box in FLEET[:5]]
    closed = [replace(box, runs=[*box.runs, broker]) for box in FLEET[40:60]]
    alone = [Box(f"leans{n}", [*PLAIN, broker], [1433]) for n in range(8)]
    found = _found([*beside, *FLEET[5:40], *closed, *FLEET[60:], *alone, FORGOTTEN], 1433)
    said = _of("leans0", found)
    assert said.verdict is Verdict.NOT_ENOUGH_EVIDENCE and "found more often where 1433/tcp is open" in said.reason
    assert "broker.exe" not in _of("forgotten", found).reason


def test_software_of_one_system_says_nothing_of_anothers() -> None:
    linux = [Box(f"lx{n}", LINUX) for n in range(60)] + [Box("bare", LINUX, [1433])]
    said = _of("bare", _found([*FLEET, *linux], 1433))
    assert said.verdict is Verdict.NOT_ENOUGH_EVIDENCE and "on Linux and Unix only 0%" in said.reason


def test_a_look_at_the_sockets_ends_every_doubt() -> None:
    own = r"C:\Program Files\Contoso\OrderServer\orders.exe"
    forwarder = Box("forwarder", PLAIN, [1433], sockets=[(1433, ANYWHERE)])
    silent = Box("silent", [*PLAIN, own], [1433], sockets=[])
    found = _found([*FLEET, forwarder, silent], 1433, {"forwarder": SVCHOST})
    assert _of("silent", found).verdict is Verdict.UNBACKED


IN_HOUSE = {f"own{n}": rf"C:\Program Files\Tenant{n}\Line{n}Server\line{n}server.exe" for n in range(8)}
OWN = [Box(name, [*WINDOWS, image], [8443], sockets=[(8443, ANYWHERE)]) for name, image in IN_HOUSE.items()]
IDLE = [Box(f"idle{n}", WINDOWS, sockets=[]) for n in range(12)]
STRAY = r"C:\Program Files\Tenant9\Line9Server\line9server.exe"


def _in_house(*boxes: Box, listed: bool) -> Ports:
    return _found([*FLEET, *OWN, *IDLE, *boxes], 8443, IN_HOUSE, listed=listed)


def test_in_house_servers_tell_a_port_by_each_being_there() -> None:
    silent, unasked = Box("silent", WINDOWS, [8443], sockets=[]), Box("unasked", WINDOWS, [8443])
    found = _in_house(silent, unasked, listed=True)
    assert found.profiles[0].learnable and "told by what listens" in found.profiles[0].reason
    assert _of("silent", found).verdict is Verdict.UNBACKED
    assert _of("unasked", found).verdict is Verdict.UNBACKED
    assert not _of("unasked", _in_house(unasked, listed=False)).verdict.finding


def test_a_program_of_few_machines_may_serve_though_one_of_them_is_closed() -> None:
    unasked, closed = Box("unasked", [*WINDOWS, STRAY], [8443]), Box("closed", [*WINDOWS, STRAY])
    assert _of("unasked", _in_house(unasked, closed, listed=True)).verdict is Verdict.OTHER_SOFTWARE


@pytest.mark.parametrize(("idle", "verdict"), [(12, Verdict.OTHER_SOFTWARE), (20, Verdict.UNBACKED)])
def test_what_is_told_its_port_is_cleared_by_many_machines_only(idle: int, verdict: Verdict) -> None:
    webs = [Box(f"web{n}", [*WINDOWS, *IIS[:1]], sockets=[]) for n in range(idle)]
    found = _in_house(*webs, Box("unasked", [*WINDOWS, *IIS[:1]], [8443]), listed=True)
    assert _of("unasked", found).verdict is verdict


def test_what_the_system_itself_holds_tells_no_port() -> None:
    held = [replace(box, runs=WINDOWS) for box in OWN]
    found = _found(
        [*FLEET, *held, *IDLE, Box("silent", WINDOWS, [8443], sockets=[])], 8443, dict.fromkeys(IN_HOUSE, SVCHOST)
    )
    assert not found.profiles[0].learnable
    assert _of("silent", found).verdict is Verdict.UNLEARNABLE


def test_companions_are_not_left_over_where_nobody_was_seen_to_listen() -> None:
    silent = [replace(box, sockets=[]) for box in FLEET[:20]]
    found = _found([*silent, *FLEET[20:]], 1433)
    assert {_of(box.name, found).verdict for box in silent} == {Verdict.BACKED}


def test_what_tells_a_port_on_one_system_tells_nothing_on_another() -> None:
    nginx = [Box(f"ngx{n}", [*LINUX, *NGINX], [443], sockets=[(443, ANYWHERE)]) for n in range(12)]
    held = {box.name: NGINX[0] for box in nginx}
    web = next(box.name for box in FLEET if box.ports == [443])
    others = [Box(f"lx{n}", LINUX) for n in range(40)]
    assert _of(web, _found([*FLEET, *nginx, *others], 443, held, listed=True)).verdict is Verdict.BACKED


PODS = ["/usr/bin/kubelet", "/usr/local/bin/kube-proxy", "/usr/bin/containerd-shim-runc-v2"]
DOCKER = ["/usr/bin/dockerd", "/usr/bin/containerd-shim-runc-v2"]
PROXY = "/usr/bin/docker-proxy"
DATA = [Box(f"pg{n}", [*LINUX, *POSTGRES], [5432], sockets=[(5432, ANYWHERE)]) for n in range(30)]
DATA += [Box(f"lx{n}", LINUX, sockets=[]) for n in range(90)]
HELD = {f"pg{n}": POSTGRES[0] for n in range(30)}


@pytest.mark.parametrize("beside", [PODS, DOCKER, ["/usr/bin/conmon"]])
def test_silence_says_nothing_where_the_kernel_hands_ports_to_containers(beside: list[str]) -> None:
    contained = Box("contained", [*LINUX, *beside, *POSTGRES[1:]], [5432], sockets=[])
    assert _of("contained", _found([*DATA, contained], 5432, HELD)).verdict is Verdict.BACKED
    plain = replace(contained, runs=[*LINUX, *POSTGRES[1:]])
    assert _of("contained", _found([*DATA, plain], 5432, HELD)).verdict is Verdict.UNBACKED


def test_a_port_of_containers_shows_where_a_proxy_listens_for_each() -> None:
    proxied = Box("proxied", [*LINUX, *DOCKER, PROXY, *POSTGRES[1:]], [5432], sockets=[])
    assert _of("proxied", _found([*DATA, proxied], 5432, HELD)).verdict is Verdict.UNBACKED
    seen = Box("seen", [*LINUX, *DOCKER, *POSTGRES[1:]], [5432, 8081], sockets=[(8081, ANYWHERE)])
    known = evidence([*DATA, seen])
    image = pl.when(pl.col("port") == 8081).then(pl.lit(PROXY)).otherwise(pl.lit(POSTGRES[0])).alias("image")
    known = replace(known, listening=known.listening.with_columns(image))
    told = recommended(network([*DATA, seen]), known, Settings(), Wanted((5432,)))
    assert _of("seen", told).verdict is Verdict.UNBACKED


def test_a_node_answers_on_its_cluster_s_ports_for_other_nodes() -> None:
    servers = [replace(box, ports=[30443], sockets=[(30443, ANYWHERE)]) for box in DATA[:30]]
    node, plain = Box("node", [*LINUX, *PODS], [30443]), Box("plain", LINUX, [30443])
    nodes = [replace(box, runs=[*LINUX, *PODS]) for box in DATA[30:60]]
    found = _found([*servers, *nodes, *DATA[60:], node, plain], 30443, HELD, listed=True)
    assert _of("plain", found).verdict is Verdict.UNBACKED
    said = _of("node", found)
    assert said.verdict is Verdict.NOT_ENOUGH_EVIDENCE and "for other nodes" in said.reason


def test_a_node_is_known_by_what_listens_on_it_too() -> None:
    """Of many machines only the sockets are known: the node's agent listens, the port of its cluster does not."""
    servers = [replace(box, ports=[30443], sockets=[(30443, ANYWHERE)]) for box in DATA[:30]]
    node = Box("node", [], [30443], sockets=[(10250, ANYWHERE)])
    boxes = [*servers, *DATA[30:], node]
    for agent, verdict in (("/usr/bin/kubelet", Verdict.NOT_ENOUGH_EVIDENCE), ("/opt/shop", Verdict.UNBACKED)):
        known = evidence(boxes)
        image = pl.when(pl.col("host") == "node").then(pl.lit(agent)).otherwise(pl.lit(POSTGRES[0])).alias("image")
        known = replace(known, listening=known.listening.with_columns(image))
        assert _of("node", recommended(network(boxes), known, Settings(), Wanted((30443,)))).verdict is verdict


def test_what_is_passed_on_is_not_judged_by_what_runs_here() -> None:
    router = Box("router", LINUX, [5432], sockets=[])
    known = network([*DATA, router])
    routing = replace(known, machines=tuple(
        replace(each, detail={ROUTES: "yes"}) if each.name == "router" else each for each in known.machines
    ))  # fmt: skip
    said, forwarded = (
        _of("router", recommended(each, evidence([*DATA, router]), Settings(), Wanted((5432,))))
        for each in (known, routing)
    )
    assert said.verdict is Verdict.UNBACKED
    assert forwarded.verdict is Verdict.NOT_ENOUGH_EVIDENCE and "pass on traffic" in forwarded.reason
