"""How many machines have a port open, how many of them teach, and how many the network has."""

from dataclasses import replace

from small_fleet import Box, evidence, network, sql_fleet

from longtail.outputs.ports.plain import profile_object
from longtail.outputs.ports.wording import opened, summary
from longtail.ports.judgement import Wanted, recommended
from longtail.settings import Settings

SILENT = [Box(f"silent{n}", ["/usr/sbin/cron", "/usr/bin/bash"], [1433], sockets=[]) for n in range(3)]


def test_every_open_machine_is_counted_though_it_does_not_teach() -> None:
    every = [*sql_fleet(), *SILENT]
    profile = recommended(network(every), evidence(every), Settings(), Wanted((1433,))).profiles[0]
    assert (profile.machines_open, profile.machines_taught) == (43, 40)
    assert opened(profile) == "43 of 203 machines, 40 of them learnt from"
    assert profile_object(profile)["machines_open"] == 43 and profile_object(profile)["machines_taught"] == 40
    assert opened(replace(profile, machines_taught=43)) == "43 of 203 machines"


def test_the_network_that_is_told_holds_the_machines_that_no_row_names() -> None:
    every = sql_fleet()
    bare = network([box for box in every if box.ports])
    found = recommended(bare, evidence(every), Settings(), Wanted((1433,)))
    assert len(bare.machines) < found.machines == len(found.network.machines) == 200
    assert summary(found)[0].startswith("200 machines with telemetry of 200 in the network")
