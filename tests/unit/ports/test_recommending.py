"""Each kind of opening comes out as what it is: software removed, elsewhere, on loopback, unseen, or at work."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
from small_fleet import BEGIN, DAYS, IIS, LINUX, SQL, WINDOWS, Box, evidence, network, opening, sql_fleet

from longtail.ports.evidence import Evidence
from longtail.ports.findings import Ports, Recommendation, Verdict
from longtail.ports.judgement import Wanted, recommended
from longtail.settings import Settings

FLEET = sql_fleet()
PLAIN = [*WINDOWS, *IIS[:1]]


def _ports(*boxes: Box, port: int = 1433, fleet: list[Box] = FLEET) -> Ports:
    every = [*fleet, *boxes]
    return recommended(network(every), evidence(every), Settings(), Wanted((port,)))


def _said(box: Box, port: int = 1433, *more: Box) -> Recommendation:
    return next(each for each in _ports(box, *more, port=port).recommendations if each.machine == box.name)


def test_a_port_whose_software_is_gone_is_found_with_its_story() -> None:
    said = _said(Box("forgotten", PLAIN, [1433], attacked=[(1433, 6)]))
    assert said.verdict is Verdict.UNBACKED
    assert "sqlagent.exe runs on 40 of 41 open and 0 of 160 other machines" in said.reason
    assert said.proof.brute_force_days == 6 and said.proof.listening is None
    assert said.runs_instead is not None
    assert said.runs_instead["\\windows\\system32\\inetsrv\\"] == ("w3wp.exe",)
    assert list(said.runs_instead) == sorted(said.runs_instead)


def test_machines_with_the_software_are_left_alone() -> None:
    verdicts = {each.verdict for each in _ports().recommendations}
    assert verdicts == {Verdict.BACKED}


def test_more_attacks_and_wider_sources_weigh_more() -> None:
    quiet, attacked = (Box(name, PLAIN, [1433], attacked=[(1433, days)]) for name, days in (("a", 1), ("b", 6)))
    scores = {each.machine: each.score for each in _ports(quiet, attacked).recommendations}
    assert 0 < scores["a"] < scores["b"] <= 1


def test_what_listens_beyond_loopback_is_never_a_finding() -> None:
    said = _said(Box("other", PLAIN, [1433], sockets=[(1433, "0.0.0.0")]))
    assert said.verdict is Verdict.OTHER_SOFTWARE and said.score == 0
    backed = _said(Box("sql", [*PLAIN, *SQL], [1433], sockets=[(1433, "::")]))
    assert backed.verdict is Verdict.BACKED


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "[::1]", "127.0.0.53", "localhost"])
def test_what_listens_on_loopback_only_is_found_whatever_runs(address: str) -> None:
    said = _said(Box("local", [*PLAIN, *SQL], [1433], sockets=[(1433, address)]))
    assert said.verdict is Verdict.LOOPBACK_ONLY and said.proof.listening == (address,)


def test_an_unknown_address_may_be_any() -> None:
    box = Box("unknown", PLAIN, [1433], sockets=[(1433, "0.0.0.0")])
    known = evidence([*FLEET, box])
    blank = replace(known, listening=known.listening.with_columns(pl.lit(None, pl.String).alias("address")))
    found = recommended(network([*FLEET, box]), blank, Settings(), Wanted((1433,)))
    assert not any(each.verdict.finding for each in found.recommendations)


def test_sockets_that_are_silent_settle_it_even_against_a_probability() -> None:
    said = _said(Box("silent", PLAIN, [1433], sockets=[]))
    assert said.verdict is Verdict.UNBACKED and "Nothing listens on it" in said.reason
    assert said.score > _said(Box("unasked", PLAIN, [1433])).score


def test_a_program_nobody_else_runs_may_be_what_serves() -> None:
    own = r"C:\Program Files\Contoso\OrderServer\orders.exe"
    assert _said(Box("own", [*PLAIN, own], [1433])).verdict is Verdict.OTHER_SOFTWARE
    assert _said(Box("asked", [*PLAIN, own], [1433], sockets=[])).verdict is Verdict.UNBACKED
    setup = r"C:\Windows\Temp\setup_x64.exe"
    assert _said(Box("setup", [*PLAIN, setup], [1433])).verdict is Verdict.UNBACKED


def test_rarer_software_on_the_same_port_is_learnt_too() -> None:
    stranger = r"C:\Program Files\SAP\Sybase\dataserver.exe"
    boxes = [Box(f"sybase{n}", [*PLAIN, stranger], [1433]) for n in range(3)]
    verdicts = {each.machine: each.verdict for each in _ports(*boxes).recommendations}
    assert all(verdicts[box.name] in (Verdict.BACKED, Verdict.OTHER_SOFTWARE) for box in boxes)


def test_a_relay_may_serve_any_port() -> None:
    stunnel = r"C:\Program Files (x86)\stunnel\bin\stunnel.exe"
    common = [Box(f"relay{n}", [*PLAIN, stunnel], []) for n in range(9)]
    assert _said(Box("relayed", [*PLAIN, stunnel], [1433]), 1433, *common).verdict is Verdict.OTHER_SOFTWARE


def test_client_tools_left_behind_prove_nothing() -> None:
    tool = r"C:\Program Files\Microsoft SQL Server\Client SDK\ODBC\170\Tools\Binn\sqlcmd.exe"
    fleet = [replace(box, runs=[*box.runs, tool]) if box.name.startswith("sql") else box for box in FLEET]
    clients = [Box(f"client{n}", [*PLAIN, tool], []) for n in range(12)]
    found = _ports(*clients, Box("left", [*PLAIN, tool], [1433]), fleet=fleet)
    assert [each.machine for each in found.recommendations if each.verdict.finding] == ["left"]


def test_a_machine_that_was_hardly_watched_says_nothing() -> None:
    assert _said(Box("few", PLAIN[:2], [1433])).verdict is Verdict.NOT_ENOUGH_EVIDENCE
    assert _said(Box("brief", [], [1433], once=PLAIN)).verdict is Verdict.NOT_ENOUGH_EVIDENCE


def test_a_machine_without_telemetry_says_nothing() -> None:
    boxes = [*FLEET, Box("dark", PLAIN, [1433])]
    dark = Evidence(evidence(boxes).inventory.filter(pl.col("host") != "dark"))
    found = recommended(network(boxes), dark, Settings(), Wanted((1433,)))
    said = next(each for each in found.recommendations if each.machine == "dark")
    assert said.verdict is Verdict.NOT_ENOUGH_EVIDENCE and "no telemetry" in said.reason
    assert [each.name for each in found.unjoined] == ["dark"]


def _daemons(*, listed: bool) -> Ports:
    """Forty machines whose only sign is a daemon that started once, and one that shows none."""
    sql = SQL[:1]
    fleet = [replace(box, runs=[each for each in box.runs if each not in SQL], once=sql) if box.ports == [1433] else box
             for box in FLEET]  # fmt: skip
    every = [*fleet, Box("which", PLAIN, [1433])]
    known = evidence(every)
    if listed:
        known = replace(known, inventory=known.inventory.with_columns(pl.col("last_seen").alias("listed")))
    return recommended(network(every), known, Settings(), Wanted((1433,)))


def test_a_daemon_may_have_started_before_the_window_unless_processes_were_listed() -> None:
    starts = next(each for each in _daemons(listed=False).recommendations if each.machine == "which")
    assert starts.verdict is Verdict.NOT_ENOUGH_EVIDENCE and "before the window" in starts.reason
    listed = next(each for each in _daemons(listed=True).recommendations if each.machine == "which")
    assert listed.verdict is Verdict.UNBACKED


OWN = r"C:\Program Files\Contoso\OrderServer\orders.exe"


def _beside_a_listing(box: Box, present: Sequence[str]) -> Recommendation:
    """What is said of a box of which ``present`` was listed in the middle of the window."""
    every, moment = [*FLEET, box], BEGIN + timedelta(days=DAYS / 2)
    known = evidence(every)
    names = [path.rpartition("\\")[2].lower() for path in present]
    held = (pl.col("host") == box.name) & pl.col("name").is_in(names)
    listed = known.inventory.with_columns(pl.when(held).then(pl.lit(moment)).alias("listed"))
    found = recommended(network(every), replace(known, inventory=listed), Settings(), Wanted((1433,)))
    return next(each for each in found.recommendations if each.machine == box.name)


def test_what_started_and_is_in_no_listing_does_not_serve() -> None:
    box = Box("own", [*PLAIN, OWN], [1433])
    assert _beside_a_listing(box, [*PLAIN, OWN]).verdict is Verdict.OTHER_SOFTWARE
    assert _beside_a_listing(box, PLAIN).verdict is Verdict.UNBACKED


def test_what_came_since_its_machine_started_and_passes_does_not_serve() -> None:
    box = Box("own", [*PLAIN, OWN], [1433])
    known = evidence([*FLEET, box])
    own = (pl.col("host") == box.name) & (pl.col("name") == "orders.exe")
    rest = (pl.col("host") == box.name) & ~own
    for passing, verdict in ((True, Verdict.UNBACKED), (False, Verdict.OTHER_SOFTWARE)):
        began = known.inventory.with_columns(
            pl.when(rest).then(pl.lit(BEGIN + timedelta(days=3))).alias("listed"),
            pl.when(own).then(pl.lit(BEGIN + timedelta(days=5))).otherwise("first_seen").alias("first_seen"),
            (own & passing).alias("passing"),
        )
        found = recommended(network([*FLEET, box]), replace(known, inventory=began), Settings(), Wanted((1433,)))
        assert next(each for each in found.recommendations if each.machine == box.name).verdict is verdict


def test_silence_is_not_enough_where_nothing_tells_the_port() -> None:
    fleet = [replace(box, ports=[*box.ports, *([9999] if number % 5 == 0 else [])]) for number, box in enumerate(FLEET)]
    silent = Box("silent", PLAIN, [9999], sockets=[])
    assert _of(silent, _ports(silent, port=9999, fleet=fleet)).verdict is Verdict.UNLEARNABLE


def test_silence_is_enough_where_the_programs_that_listen_are_known() -> None:
    makes = [rf"C:\Program Files\Make{n}\ftpserver{n}.exe" for n in range(4)]
    fleet = [*FLEET, *(Box(f"ftp{n}", [*PLAIN, makes[n % 4]], [21], sockets=[(21, "0.0.0.0")]) for n in range(8))]
    fleet += [Box(f"idle{n}", PLAIN, [], sockets=[]) for n in range(9)]
    silent, unasked = Box("silent", PLAIN, [21], sockets=[]), Box("unasked", PLAIN, [21])
    every = [*fleet, silent, unasked]
    known = evidence(every)
    held = {box.name: box.runs[-1] for box in fleet if box.name.startswith("ftp")}
    image = pl.when(pl.col("port") == 21).then(pl.col("host").replace_strict(held, default=None)).alias("image")
    named = replace(known, listening=known.listening.with_columns(image))
    found = recommended(network(every), named, Settings(), Wanted((21,)))
    assert found.profiles[0].learnable and "told by what listens: ftpserver" in found.profiles[0].reason
    assert _of(silent, found).verdict is Verdict.UNBACKED
    assert not _of(unasked, found).verdict.finding
    assert not recommended(network(every), known, Settings(), Wanted((21,))).profiles[0].learnable


def test_nothing_is_recommended_from_a_small_fleet() -> None:
    few = [*sql_fleet(12, 20), Box("local", PLAIN, [1433], sockets=[(1433, "127.0.0.1")])]
    few.append(Box("silent", PLAIN, [1433], sockets=[]))
    found = _ports(fleet=few)
    assert not any(each.verdict.finding for each in found.recommendations)
    local = _of(few[-2], found)
    assert local.verdict is Verdict.NOT_ENOUGH_EVIDENCE and "bound to 127.0.0.1 only" in local.reason
    assert "34 machines with telemetry, 50 are needed" in local.reason


def test_a_small_fleet_is_told_what_it_gets_all_the_same() -> None:
    one = [Box("web", LINUX, [80]), Box("db", [], [5432], sockets=[(5432, "127.0.0.1")])]
    found = recommended(network(one), evidence(one), Settings())
    assert "1 machine with telemetry, 50 are needed" in found.profiles[0].reason
    assert "longtail ports openings" in found.notes[0] and "what listens on db 5432/tcp is bound" in found.notes[0]
    assert [(each.name, each.reason) for each in found.unjoined] == [
        ("db", "its sockets are known, but not what runs there")
    ]
    assert _ports().notes == ()


def _of(box: Box, found: Ports) -> Recommendation:
    return next(each for each in found.recommendations if each.machine == box.name)


def test_a_port_open_everywhere_has_no_signature() -> None:
    boxes = [replace(box, ports=[*box.ports, 3389, 7777]) for box in FLEET]
    for port in (3389, 7777):
        found = _ports(Box("last", PLAIN, [port]), port=port, fleet=boxes)
        assert not found.profiles[0].learnable
        assert {each.verdict for each in found.recommendations} == {Verdict.UNLEARNABLE}


def test_a_port_open_at_random_has_no_signature() -> None:
    boxes = [replace(box, ports=[*box.ports, *([9999] if number % 5 == 0 else [])]) for number, box in enumerate(FLEET)]
    found = _ports(fleet=boxes, port=9999)
    assert not found.profiles[0].learnable and "no signature" in found.profiles[0].reason
    assert {each.verdict for each in found.recommendations} == {Verdict.UNLEARNABLE}


def test_a_small_fleet_is_told_so_and_nothing_is_recommended() -> None:
    few = [*FLEET[:8], *FLEET[40:60], Box("forgotten", PLAIN, [1433])]
    found = recommended(network(few), evidence(few), Settings())
    assert all(each.verdict is Verdict.NOT_ENOUGH_EVIDENCE for each in found.recommendations)
    assert all("not enough evidence" in profile.reason for profile in found.profiles)


def test_systems_are_compared_with_their_own() -> None:
    """Every Windows machine runs svchost.exe: beside many Linux machines it is no companion of what Windows opens."""
    linux = [Box(f"lx{n}", LINUX) for n in range(200)]
    found = _ports(*linux, Box("bare", [*WINDOWS], [1433]))
    assert [each.machine for each in found.recommendations if each.verdict.finding] == ["bare"]
    assert all(each.of_others < 200 for each in found.profiles[0].companions)


def test_what_comes_with_a_customer_accompanies_nothing() -> None:
    agent = r"C:\Program Files\Tailspin\Agent\agent.exe"
    boxes = [replace(box, runs=[*box.runs, agent]) if box.tenant == "tailspin" else box for box in FLEET]
    extra = [Box(f"more{n}", [*PLAIN, *SQL, agent], [1433], tenant="tailspin") for n in range(40)]
    found = _ports(*extra, Box("gone", [*PLAIN, agent], [1433], tenant="tailspin"), fleet=boxes)
    assert [each.machine for each in found.recommendations if each.verdict.finding] == ["gone"]


def test_wide_default_and_unresolved_openings_do_not_teach() -> None:
    wide = [Box(f"wide{n}", PLAIN, openings=[opening(f"wide{n}", 0, 65535)]) for n in range(10)]
    vague = [Box(f"vague{n}", PLAIN, openings=[opening(f"vague{n}", 1433, unresolved=("tag?",))]) for n in range(10)]
    usual = [Box(f"usual{n}", PLAIN, openings=[opening(f"usual{n}", 0, 65535, default=True)]) for n in range(10)]
    found = _ports(*wide, *vague, *usual)
    assert found.profiles[0].machines_open == 40
    assert found.profiles[0].companions[0].of_backed == 40
    assert found.profiles[0].companions[0].of_others == 160 + len(usual)
    assert not {each.machine for each in found.recommendations} & {box.name for box in (*wide, *usual)}


def test_same_input_gives_the_same_answer_in_any_order() -> None:
    boxes = [*FLEET, Box("forgotten", PLAIN, [1433])]
    other = [boxes[-1], *reversed(boxes[:-1])]
    known = evidence(other)
    shuffled = replace(known, inventory=known.inventory.sample(fraction=1, shuffle=True, seed=3))
    one, two = (
        recommended(network(boxes), evidence(boxes), Settings()),
        recommended(network(boxes), shuffled, Settings()),
    )
    assert (one.recommendations, one.profiles) == (two.recommendations, two.profiles)


def test_least_privilege_of_a_wide_rule_is_what_runs_or_listens() -> None:
    box = Box("wide", [*PLAIN, *SQL], openings=[opening("wide", 0, 65535)], sockets=[(1433, "0.0.0.0"), (8443, "::")])
    unasked = Box("unasked", [*PLAIN, *SQL], openings=[opening("unasked", 0, 65535)])
    first, second = sorted(_ports(box, unasked).privileges, key=lambda each: each.machine, reverse=True)
    assert [need.port for need in first.needed] == [1433, 8443] and first.certain
    assert "let in 1433/tcp, 8443/tcp only" in first.advice
    assert [need.port for need in second.needed] == [1433] and not second.certain
    assert "nobody looked at its sockets" in second.advice
