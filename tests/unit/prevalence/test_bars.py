"""The chart of article 1: each population's executables by the share of its own hosts."""

import polars as pl
from prevalence_tables import TOOL, USUAL, Ran, hosts, life, placed

from longtail.prevalence.bars import ranked

FLEET = hosts(30)


def test_every_population_is_ranked_by_its_own_hosts() -> None:
    elsewhere = hosts(10, "web")
    ran = [
        *life(FLEET), Ran(FLEET[0], TOOL, (3, 4), times=2),
        *life(elsewhere, tenant="fabrikam"), *(Ran(name, TOOL, (5,), tenant="fabrikam") for name in elsewhere[:4]),
    ]  # fmt: skip
    found = placed(ran)
    measures = pl.DataFrame(
        {"tenant": ["contoso", "fabrikam"], "account_class": [found["account_class"][0]] * 2, "hosts": [30, 10]}
    )
    kind = found["account_class"][0]
    bars = ranked(found, measures, {("contoso", kind, "\\programdata\\sync\\syncagent.exe")})
    told = {
        tenant: [(each.hosts, each.days, each.runs, each.share, each.tail, each.anomalous) for each in of]
        for (tenant, _), of in bars.items()
    }
    assert told["contoso"] == [(30, 10, 300, 1.0, False, False), (1, 2, 4, 1 / 30, True, True)]
    assert told["fabrikam"] == [(10, 10, 100, 1.0, False, False), (4, 1, 4, 0.4, False, False)]
    assert bars[("contoso", kind)][0].executable.endswith(USUAL.rpartition("\\")[2])


def test_the_zone_is_that_of_the_resolved_executable_where_commands_name_it_barely() -> None:
    whoami = r"C:\Windows\System32\whoami.exe"
    told = [Ran(name, r"C:\Windows\System32\cmd.exe", line="cmd.exe /c whoami.exe") for name in FLEET]
    found = placed([*life(FLEET), *told, *(Ran(name, whoami, line="whoami.exe", minute=5) for name in FLEET)])
    same = found.filter(pl.col("executable") == r"\windows\system32\whoami.exe")
    assert set(same["zone"]) == {"none", "system"}, "both spellings are one executable"
    measures = found.group_by("tenant", "account_class").agg(pl.col("host").n_unique().alias("hosts"))
    ((*bars,),) = ranked(found, measures, set()).values()
    assert {bar.executable: bar.zone for bar in bars}[r"\windows\system32\whoami.exe"] == "system"


def test_a_population_that_is_not_asked_for_has_none() -> None:
    found = placed(life(FLEET))
    nobody = pl.DataFrame(schema={"tenant": pl.String, "account_class": pl.String, "hosts": pl.Int64})
    assert ranked(found, nobody, set()) == {}
