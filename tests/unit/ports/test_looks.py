"""How far a listing of sockets reaches: nothing is silent that was not looked at."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl
import pytest
from small_fleet import LINUX, Box, evidence, network, opening

from longtail.ports.evidence import LISTENING, TORN, Evidence
from longtail.ports.findings import Recommendation, Verdict
from longtail.ports.judgement import Wanted, recommended
from longtail.settings import Settings

POSTGRES = ["/usr/lib/postgresql/15/bin/postgres", "/usr/lib/postgresql/15/bin/pg_isready"]
SERVERS = [Box(f"pg{n}", [*LINUX, *POSTGRES], [5432], sockets=[(5432, "0.0.0.0")]) for n in range(30)]
FLEET = [*SERVERS, *(Box(f"lx{n}", LINUX, sockets=[]) for n in range(60))]
OWN = "/opt/acme/acme-db"
Row = tuple[str, int, str]  # protocol, port, address


def _listing(host: str, rows: Sequence[Row]) -> pl.DataFrame:
    held = [(None, "contoso", host, protocol, port, address, None, None, "s") for protocol, port, address in rows]
    return pl.DataFrame(held, schema=LISTENING, orient="row")


def _known(rows: Sequence[Row], runs: Sequence[str] = (*LINUX, OWN)) -> tuple[list[Box], Evidence]:
    every = [*FLEET, Box("looked", runs, [5432])]
    known = evidence(every)
    image = pl.when(pl.col("port") == 5432).then(pl.lit(POSTGRES[0])).cast(pl.String).alias("image")
    held = pl.concat([known.listening.with_columns(image), _listing("looked", rows)])
    return every, replace(known, listening=held)


def _said(every: Sequence[Box], known: Evidence) -> Recommendation:
    found = recommended(network(every), known, Settings(), Wanted((5432,)))
    return next(each for each in found.recommendations if each.machine == "looked")


@pytest.mark.parametrize(
    ("rows", "looked"),
    [
        ([("tcp", 22, "0.0.0.0")], True),
        ([("tcp", 22, "127.0.0.1")], True),
        ([("tcp", 22, "::ffff:10.0.0.4")], True),
        ([("tcp", 22, "::"), ("tcp", 80, "0.0.0.0")], True),
        ([("tcp", 22, "::")], False),  # as ``ss -6`` and ``netstat -p TCPv6`` list
        ([("udp", 53, "0.0.0.0")], False),
        ([("udp", 53, "0.0.0.0"), ("tcp", 22, "::")], False),
    ],
)
def test_a_listing_tells_of_the_protocol_that_it_lists(rows: list[Row], looked: bool) -> None:
    said = _said(*_known(rows))
    assert said.proof.listening == (() if looked else None)
    assert (said.verdict is Verdict.UNBACKED) == looked, said.reason


def test_who_runs_the_server_is_not_called_silent_by_a_listing_of_another_protocol() -> None:
    said = _said(*_known([("udp", 123, "0.0.0.0")], [*LINUX, *POSTGRES]))
    assert said.verdict is Verdict.BACKED and said.proof.listening is None


def test_what_listens_is_known_though_the_listing_is_of_one_family() -> None:
    said = _said(*_known([("tcp", 5432, "::")]))
    assert said.proof.listening == ("::",) and not said.verdict.finding


def test_least_privilege_is_certain_only_of_protocols_that_were_looked_at() -> None:
    every, known = _known([("tcp", 22, "0.0.0.0")])
    wide = next(box for box in every if box.name == "looked")
    both = [replace(opening("looked", 1, 65535), protocol=each) for each in ("tcp", "udp")]
    for openings, certain in ((both[:1], True), (both, False)):
        wide.openings = openings
        found = recommended(network(every), known, Settings(), Wanted((5432,)))
        assert [each.certain for each in found.privileges] == [certain]


@pytest.mark.parametrize(("host", "verdict"), [("looked", Verdict.OTHER_SOFTWARE), ("lx0", Verdict.UNBACKED)])
def test_a_torn_listing_is_no_look_and_still_tells_what_it_holds(host: str, verdict: Verdict) -> None:
    every, known = _known([("tcp", 22, "0.0.0.0")])
    torn = pl.DataFrame([("contoso", host), ("contoso", "pg0")], schema=TORN, orient="row")
    found = recommended(network(every), replace(known, torn=torn), Settings(), Wanted((5432,)))
    said = {each.machine: each for each in found.recommendations}
    assert said["looked"].verdict is verdict
    assert said["pg0"].proof.listening == ("0.0.0.0",)


@pytest.mark.parametrize("listeners", [0, 1])
def test_silence_alone_says_nothing_of_a_port_of_which_nothing_else_is_known(listeners: int) -> None:
    """One look at one moment needs a second witness: what is known to listen on the port, and does not run here."""
    lone = [Box(f"mongo{n}", [*LINUX, OWN], [27017], sockets=[(27017, "0.0.0.0")]) for n in range(listeners)]
    every = [*FLEET, *lone, Box("silent", LINUX, [27017, 9999], sockets=[])]
    known = evidence(every)
    image = pl.when(pl.col("port") == 27017).then(pl.lit(OWN)).cast(pl.String).alias("image")
    known = replace(known, listening=known.listening.with_columns(image))
    found = recommended(network(every), known, Settings(), Wanted((27017, 9999)))
    said = {each.port: each.verdict for each in found.recommendations if each.machine == "silent"}
    assert all("not enough evidence" in each.reason for each in found.profiles)
    assert said[27017] is (Verdict.UNBACKED if listeners else Verdict.NOT_ENOUGH_EVIDENCE)
    assert said[9999] is Verdict.NOT_ENOUGH_EVIDENCE


def test_listeners_of_which_no_program_is_known_are_no_second_witness() -> None:
    served = [Box(f"nameless{n}", LINUX, [9999], sockets=[(9999, "0.0.0.0")]) for n in range(3)]
    every = [*FLEET, *served, Box("silent", LINUX, [9999], sockets=[])]
    found = recommended(network(every), evidence(every), Settings(), Wanted((9999,)))
    said = {each.machine: each.verdict for each in found.recommendations}
    assert said["silent"] is Verdict.NOT_ENOUGH_EVIDENCE


@pytest.mark.parametrize(
    ("ran", "runs", "verdict"),
    [
        ([], [], Verdict.UNBACKED),  # two looks agree
        ([], [OWN], Verdict.UNBACKED),  # it is up, and does not listen
        ([OWN], [], Verdict.NOT_ENOUGH_EVIDENCE),  # it may be down
    ],
)
def test_silence_is_borne_out_by_a_list_of_all_that_runs(ran: list[str], runs: list[str], verdict: Verdict) -> None:
    every = [*FLEET, Box("silent", [*LINUX, *ran, *runs], [9999], sockets=[])]
    known = evidence(every)
    held = (pl.col("host") == "silent") & ~pl.col("name").is_in([each.rsplit("/", 1)[1] for each in ran])
    listed = known.inventory.with_columns(pl.when(held).then("last_seen").alias("listed"))
    found = recommended(network(every), replace(known, inventory=listed), Settings(), Wanted((9999,)))
    said = next(each for each in found.recommendations if each.machine == "silent")
    assert said.verdict is verdict, said.reason
