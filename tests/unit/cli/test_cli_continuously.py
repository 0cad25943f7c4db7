"""``learn``, ``detect``, ``recommend``, ``verdict``, ``unlearn``, ``model``: what they say, and whose names."""

import json
import shutil
from pathlib import Path

import pytest
from cli_calls import ATTACK, Done, Run, lines, start, story
from click.testing import CliRunner

from longtail.cli import longtail

TENANTS = ("contoso", "fabrikam")
SECRETS = {"contoso": ("CONTOSO", "crimson"), "fabrikam": ("FABRIKAM", "azure-moon")}


def of_tenant(tenant: str) -> list[dict[str, str]]:
    """The story with names that are the tenant's own: hosts, accounts, folders, programs and words."""
    firm, word = SECRETS[tenant]

    def own(each: dict[str, str]) -> dict[str, str]:
        image = each["image"].replace("Public\\Svn", f"Public\\{word}").replace("MSSQL15.A", f"MSSQL15.{firm}")
        return {
            **each,
            "tenant": tenant,
            "host": f"{word}-{each['host']}",
            "account": f"{firm}\\svc-sql",
            "image": image,
            "command_line": each["command_line"].replace("So.2", f"{word}.2").replace("Svn", word),
            "parent_image": each["parent_image"].replace("MSSQL15.A", f"MSSQL15.{firm}"),
        }

    service = start(image="C:\\Program Files\\Microsoft SQL Server\\MSSQL15.A\\MSSQL\\Binn\\sqlservr.exe",
                    parent_image="C:\\Windows\\System32\\services.exe", command_line="sqlservr.exe -sA")  # fmt: skip
    boots = [{**service, "host": f"db{host}", "time": "2026-03-01T01:00:00Z"} for host in range(12)]
    return [own(each) for each in (*boots, *story())]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What two tenants did, a file a tenant, and both their inbound rules."""
    folder = tmp_path_factory.mktemp("two")
    rules = ["machine,port,protocol,source,tenant,rule"]
    for tenant in TENANTS:
        starts = of_tenant(tenant)
        (folder / f"{SECRETS[tenant][1]}.jsonl").write_text(lines(*starts), "utf-8")
        hosts = sorted({each["host"] for each in starts})
        rules += [f"{host},1433,tcp,0.0.0.0/0,{tenant},{SECRETS[tenant][1]}-rule" for host in hosts]
    (folder / "rules.csv").write_text("\n".join(rules) + "\n", "utf-8")
    return folder


@pytest.fixture(scope="module")
def ingested(logs: Path) -> Path:
    """A store of both tenants."""
    done = CliRunner().invoke(
        longtail, ["ingest", *map(str, logs.glob("*.jsonl")), "--store", str(logs / "lake"), "-q"]
    )
    assert done.exit_code == 0
    return logs / "lake"


@pytest.fixture
def lake(ingested: Path, tmp_path: Path) -> str:
    """A copy of it."""
    return str(shutil.copytree(ingested, tmp_path / "lake"))


def objects(done: Done) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.out.splitlines()]


def test_what_is_new_is_told_once_and_fails_when_asked_to(run: Run, lake: str) -> None:
    first = run("detect", "--store", lake, "-f", "jsonl", "--fail-on", "high")
    assert first.code == 3
    assert {each["tenant"] for each in objects(first)} == set(TENANTS)
    assert "2 new alerts" in first.err
    again = run("detect", "--store", lake, "-f", "jsonl", "--fail-on", "low")
    assert (again.code, again.out, again.err) == (0, "", "nothing new since the last time\n")


@pytest.mark.parametrize("narrow", [("--account", "nobody-at-all"), ("--since", "2026-12-01")])
def test_who_looks_at_a_part_leaves_the_rest_new(run: Run, lake: str, narrow: tuple[str, str]) -> None:
    run("detect", "--store", lake, *narrow)
    assert "2 new alerts" in run("detect", "--store", lake).err


def test_where_there_is_nothing_it_says_so(run: Run, lake: str, tmp_path: Path) -> None:
    for verb in (("detect",), ("learn", "-o", tmp_path / "m"), ("unlearn", "--before", "2026-03-05", "--reason", "x")):
        nobody = run(*verb, "--store", lake, "--tenant", "nobody")
        assert (nobody.code, nobody.out) == (2, "") and "holds nothing of it" in nobody.err
        assert not [word for words in SECRETS.values() for word in words if word in nobody.err]
    nowhere = run("detect", "--store", tmp_path / "nowhere")
    assert nowhere.code == 1 and "no store there" in nowhere.err
    none = run("detect", "--store", lake, "--model", __file__)
    assert none.code == 1 and "no model of Longtail" in none.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("verb", [("detect",), ("recommend", "--network", "rules.csv")], ids=lambda words: words[0])
def test_what_could_not_be_told_is_still_news(
    run: Run, lake: str, logs: Path, monkeypatch: pytest.MonkeyPatch, verb: tuple[str, ...]
) -> None:
    monkeypatch.chdir(logs)
    untold = run(*verb, "--store", lake, "-f", "jsonl", "-o", "/dev/full")
    assert untold.code == 1 and "/dev/full cannot be written" in untold.err
    told = run(*verb, "--store", lake, "-f", "jsonl")
    assert told.out
    assert run(*verb, "--store", lake, "-f", "jsonl").out == ""


def test_a_host_is_unlearnt_by_any_of_its_names_and_a_wrong_one_is_refused(run: Run, lake: str) -> None:
    for name, code in (("CRIMSON-DB1", 0), ("crimson-db1", 0), ("nosuchhost", 2)):
        done = run("unlearn", "--host", name, "--store", lake, "--reason", "x", "--rehearse", "--replay", "1d")
        assert done.code == code, done.err


def test_a_model_of_one_tenant_judges_no_other(run: Run, lake: str, tmp_path: Path) -> None:
    made = tmp_path / "contoso.longtail"
    assert run("learn", "--store", lake, "--tenant", "contoso", "-o", made, "-q").code == 0
    for narrow in ((), ("--tenant", "fabrikam")):
        refused = run("detect", "--store", lake, "--model", made, "--since", "2026-03-05", *narrow)
        assert refused.code == 2 and "learnt of one tenant alone" in refused.err
    assert run("detect", "--store", lake, "--model", made, "--since", "2026-03-05", "--tenant", "contoso").code == 0


def test_what_was_learnt_before_it_was_judged_is_told(run: Run, lake: str, tmp_path: Path) -> None:
    made = tmp_path / "m.longtail"
    learnt = run("learn", "--store", lake, "-o", made)
    assert "6 days of them not judged yet: an attack in them counts as normal" in learnt.err
    book = ("--ledger", f"sqlite:///{tmp_path}/other.sqlite")
    by_model = run("detect", "--store", lake, "--model", made, *book)
    assert by_model.err == (
        "6 days before the end of what the model learnt were never judged: --since 2026-03-01 judges them\n"
    )
    assert "2 new alerts" in run("detect", "--store", lake, "--model", made, "--since", "2026-03-01", *book).err
    # judged first, it is left out
    run("detect", "--store", lake)
    again = run("learn", "--store", lake, "-o", made, "--force")
    assert "left out" in again.err and "not judged" not in again.err


def test_a_name_that_is_no_account_is_told(run: Run, lake: str) -> None:
    said = "--account mssqll: no account and no account class here has that name; there is mssql"
    for form in ("table", "jsonl"):
        found = run("detect", "--store", lake, "--account", "mssqll", "-f", form)
        assert (said in found.out, said in found.err) == (form == "table", form != "table")


def test_a_ledger_lives_in_sqlite_or_postgresql(run: Run, lake: str) -> None:
    refused = run("detect", "--store", lake, "--ledger", "mysql://x/y")
    assert refused.code == 2 and "SQLite or PostgreSQL" in refused.err


def test_a_verdict_is_kept_listed_and_refused_where_it_cannot_be_meant(run: Run, lake: str) -> None:
    alert = objects(run("detect", "--store", lake, "-f", "jsonl"))[0]["id"]
    said = run(
        "verdict", alert, "benign", "--store", lake, "--scope", "tenant", "--reason", "b\x1b[31mad", "--expires", "9d"
    )
    assert said.code == 0 and "benign for tenant until" in said.err
    listed = {each["id"]: each for each in objects(run("verdict", "list", "--store", lake, "-f", "jsonl"))}
    assert listed[alert]["verdict"] == "benign" and listed[alert]["reason"] == "b\x1b[31mad"
    assert "\x1b" not in run("verdict", "list", "--store", lake).out
    assert alert not in run("verdict", "list", "--store", lake, "--open").out
    for words, code in (
        (("zz", "benign", "--reason", "x"), 1),
        ((alert, "true-positive", "--reason", "x", "--expires", "9d"), 2),
        ((alert, "benign"), 2),
        ((alert, "benign", "--reason", "x", "--expires", "2020-01-01"), 2),
        ((alert, "benign", "--reason", "x", "--expires", "0d"), 2),
        ((alert, "benign", "--reason", " "), 2),
    ):
        assert run("verdict", *words, "--store", lake).code == code


def test_a_model_is_made_shown_and_compared(run: Run, lake: str, tmp_path: Path) -> None:
    old, new = tmp_path / "old.longtail", tmp_path / "new.longtail"
    made = run("learn", "--store", lake, "--until", "2026-03-05", "-o", old)
    assert made.code == 0 and "learnt 2026-02-03 to 2026-03-05" in made.err
    assert run("learn", "--store", lake, "-o", old).code == 2
    assert run("learn", "--store", lake, "-o", new, "-q").code == 0
    shown = run("model", "show", old)
    assert shown.code == 0 and "contoso mssql: 12 hosts, 4 days" in shown.out
    gone = [
        each["executable"]
        for each in objects(run("model", "diff", new, old, "-f", "jsonl"))
        if each["change"] == "left"
    ]
    assert any(str(each).endswith("ftp.exe") for each in gone)


def test_what_is_no_model_and_no_telemetry_is_not_shown_as_nothing(run: Run, lake: str, tmp_path: Path) -> None:
    made, cut, other = tmp_path / "a.longtail", tmp_path / "cut", tmp_path / "notes.txt"
    assert run("learn", "--store", lake, "-o", made, "-q").code == 0
    cut.write_bytes(made.read_bytes()[:-100])
    made.write_bytes(b"")
    other.write_text("nothing that is known\n")
    for path in (made, cut):
        refused = run("model", "show", path)
        assert refused.code == 1 and "no model of Longtail, or not a whole one" in refused.err
    shown = run("model", "show", other)
    assert shown.out == "" and "nothing was read from it" in shown.err and "notes.txt" in shown.err
    assert run("model", "show", cut, other).code == 2


def test_unlearning_tells_what_it_changes(run: Run, lake: str) -> None:
    alert = objects(run("detect", "--store", lake, "-f", "jsonl"))[0]
    run("verdict", alert["id"], "benign", "--store", lake, "--reason", "x")
    tried = run("unlearn", alert["id"], "--store", lake, "--reason", "y", "--rehearse", "--replay", "1d", "-f", "jsonl")
    assert [(each["change"], each["alert"]["host"]) for each in objects(tried)] == [("appears", alert["host"])]  # type: ignore[index]
    assert "would be" in tried.err
    assert "12 sightings of the last 30 days would be left out of what is learnt; 6 before" in tried.err
    assert run("unlearn", "--store", lake, "--reason", "y").code == 2
    assert run("unlearn", alert["id"], "--store", lake, "--reason", "").code == 2


def test_recommendations_are_told_once(run: Run, lake: str, logs: Path) -> None:
    words = ("recommend", "--store", lake, "--network", logs / "rules.csv", "-f", "jsonl")
    first = run(*words)
    assert len(objects(first)) == 24 and "24 new recommendations" in first.err
    assert run(*words).out == ""
    assert len(objects(run(*words, "--all"))) == 24


def test_a_machine_that_is_wide_open_is_told_once_too(run: Run, lake: str, tmp_path: Path) -> None:
    rules = tmp_path / "wide.csv"
    rules.write_text("machine,port,protocol,source,tenant\ncrimson-db1,0-65535,tcp,0.0.0.0/0,contoso\n")
    words = ("recommend", "--store", lake, "--network", rules, "-f", "jsonl")
    (wide,) = (each for each in objects(run(*words)) if "least_privilege" in each)
    assert wide["machine"] == "crimson-db1"
    assert run(*words).out == ""
    assert wide in objects(run(*words, "--all"))


def test_an_opening_that_is_there_again_is_told_as_reopened(run: Run, lake: str, tmp_path: Path) -> None:
    rules = tmp_path / "rules.csv"
    head, db1, db2 = (
        "machine,port,protocol,source,tenant\n",
        "crimson-db1,1433,tcp,0.0.0.0/0,contoso\n",
        "crimson-db1,3306,tcp,0.0.0.0/0,contoso\n",
    )
    words = ("recommend", "--store", lake, "--network", rules, "-f", "jsonl")
    for content, told, said in (
        (head + db1 + db2, {1433, 3306}, "2 new recommendations, 0 with another verdict, 0 as before"),
        (head + db2, set(), "0 new recommendations, 0 with another verdict, 1 as before\n1 opening closed since"),
        (head + db1 + db2, {1433}, "0 new recommendations, 0 with another verdict, 1 open again, 1 as before"),
        (head + db1 + db2, set(), "0 new recommendations, 0 with another verdict, 2 as before"),
    ):
        rules.write_text(content)
        found = run(*words)
        assert {each["port"] for each in objects(found)} == told
        assert said in found.err


def test_an_exception_is_news_when_it_begins_and_when_it_ends(run: Run, lake: str, logs: Path, tmp_path: Path) -> None:
    words = ("recommend", "--store", lake, "--network", logs / "rules.csv", "-f", "jsonl")
    assert len(objects(run(*words))) == 24
    keep = tmp_path / "keep.toml"
    keep.write_text(f'[[exception]]\nmachine = "{SECRETS["contoso"][1]}-*"\nreason = "until the migration"\n')
    begun = objects(run(*words, "--exceptions", keep))
    assert len(begun) == 12 and all("until the migration" in str(each["excepted"]) for each in begun)
    assert run(*words, "--exceptions", keep).out == ""
    ended = objects(run(*words))
    assert len(ended) == 12 and not any("excepted" in each for each in ended)
    assert run(*words, "--exceptions", tmp_path / "none.toml").code == 1


@pytest.mark.parametrize("tenant", TENANTS)
def test_a_tenant_never_sees_the_names_of_another(run: Run, lake: str, logs: Path, tmp_path: Path, tenant: str) -> None:
    (other,) = set(TENANTS) - {tenant}
    model, restricted, rules = tmp_path / "all.longtail", tmp_path / "own.longtail", logs / "rules.csv"
    run("detect", "--store", lake, "-q", "-o", tmp_path / "all.txt")
    run("learn", "--store", lake, "--until", "2026-03-06", "-o", model, "-q")
    mine, since = ("--store", lake, "--tenant", tenant), ("--since", "2026-03-06")
    told = []
    for form in ("table", "json", "jsonl", "csv", "html", "ocsf"):
        book = f"sqlite:///{tmp_path}/{form}.sqlite"
        told += [_all(run("detect", *mine, "--ledger", book, "--model", model, *since, "-f", form))]
        assert SECRETS[tenant][1] in told[-1]
    told += [_all(run("detect", *mine)), _all(run("learn", *mine, "-o", restricted))]
    advice = ("recommend", *mine, "--network", rules, "--all", "-f")
    told += [_all(run(*advice, form)) for form in ("table", "jsonl", "html")]
    told += [_all(run("verdict", "list", *mine)), _all(run("verdict", "list", *mine, "-f", "jsonl"))]
    told += [_all(run("model", "show", path, "--tenant", tenant)) for path in (model, restricted)]
    told += [_all(run("model", "diff", model, restricted, "--tenant", tenant))]
    told += [_all(run("store", "status", *mine, "-f", form)) for form in ("table", "json")]
    told += [
        _all(
            run(
                "unlearn", *mine, "--host", f"{SECRETS[tenant][1]}-db1", "--reason", "y", "--rehearse", "--replay", "1d"
            )
        )
    ]
    for text in told:
        for name in (other, *SECRETS[other]):
            assert name.lower() not in text.lower()
    assert sum(SECRETS[tenant][1] in text for text in told) >= 10
    foreign = objects(run("verdict", "list", "--store", lake, "--tenant", other, "-f", "jsonl"))[0]["id"]
    assert run("verdict", foreign, "benign", *mine, "--reason", "x").code == 1


def _all(done: Done) -> str:
    assert done.code in (0, 4), done.err
    return done.out + done.err


def test_the_attack_of_the_story_is_in_these_tests() -> None:
    assert {each["command_line"] for each in of_tenant("contoso")} >= {ATTACK[0][1], "ftp -s:crimson.2"}
