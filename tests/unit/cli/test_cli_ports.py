"""The command line of ``ports``: options that take several paths, openings alone, exit codes."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from longtail.cli import longtail
from longtail.cli.options import ManyPaths


def run(*words: str) -> Result:
    return CliRunner().invoke(longtail, words)


@click.command(cls=ManyPaths, many=("--a", "--b"))
@click.option("--a", multiple=True)
@click.option("--b", multiple=True)
@click.option("--c")
def several(a: tuple[str, ...], b: tuple[str, ...], c: str | None) -> None:
    """Echo what was understood."""
    click.echo(json.dumps([a, b, c]))


@pytest.mark.parametrize(
    ("words", "understood"),
    [
        (["--a", "x", "y", "--b", "z"], [["x", "y"], ["z"], None]),
        (["--a", "x", "--c", "1", "--a", "y", "-"], [["x", "y", "-"], [], "1"]),
        (["--a=x", "--b", "y"], [["x"], ["y"], None]),
    ],
)
def test_an_option_takes_all_values_up_to_the_next_option(words: list[str], understood: list[object]) -> None:
    assert json.loads(CliRunner().invoke(several, words).output) == understood


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.csv"
    path.write_text(
        "machine,port,protocol,source,rule\n"
        "db1,1433,tcp,0.0.0.0/0,allow-sql\nweb1,80-90,tcp,10.0.0.0/8,web\nold1,,,,\n=evil,22,tcp,any,\x1b[31mred\n"
    )
    return path


def test_openings_tell_machine_ports_source_and_rule(rules: Path) -> None:
    found = run("ports", "openings", str(rules), "-f", "jsonl")
    assert found.exit_code == 0, found.output
    rows = [json.loads(line) for line in found.stdout.splitlines()]
    told = {(row["machine"], row["first"], row["last"], row["source_scope"]) for row in rows}
    assert {("db1", 1433, 1433, "internet"), ("web1", 80, 90, "private")} <= told
    assert not any(row["machine"] == "old1" for row in rows)


def test_openings_of_one_port_are_those_that_cover_it(rules: Path) -> None:
    found = run("ports", "openings", str(rules), "--port", "85", "-f", "jsonl")
    assert [json.loads(line)["machine"] for line in found.stdout.splitlines()] == ["web1"]


@pytest.mark.parametrize("style", ["table", "csv"])
def test_hostile_names_reach_nobody(rules: Path, style: str) -> None:
    shown = run("ports", "openings", str(rules), "-f", style).stdout
    assert "\x1b" not in shown
    assert not any(line.startswith("=") or ",=" in line for line in shown.splitlines() if style == "csv")


@pytest.mark.parametrize("missing", ["--telemetry", "--network"])
def test_what_is_missing_is_named(rules: Path, missing: str) -> None:
    given = {"--telemetry", "--network"} - {missing}
    found = run("ports", *given, str(rules))
    assert found.exit_code == 2
    assert missing in found.output


def test_the_window_of_a_hunt_is_the_one_that_was_asked_for(tmp_path: Path) -> None:
    starts = tmp_path / "starts.csv"
    starts.write_text(
        "time,tenant,host,account,image,command_line\n"
        + "".join(f"2026-03-0{day}T10:00:00Z,t,h,a,C:\\x.exe,x\n" for day in range(1, 9))
    )
    found = run("hunt", str(starts), "--since", "2026-03-03", "--until", "2026-03-05", "-f", "json")
    assert json.loads(found.stdout)["process_starts"] == 2


def test_one_page_tells_both_when_both_are_asked_for(tmp_path: Path, rules: Path) -> None:
    starts = tmp_path / "starts.csv"
    starts.write_text("time,tenant,host,account,image\n2026-03-01T10:00:00Z,t,db1,a,C:\\Windows\\x.exe\n")
    page = tmp_path / "report.html"
    found = run("hunt", str(starts), "--network", str(rules), "-f", "html", "-o", str(page))
    assert found.exit_code == 0, found.output
    told = page.read_text("utf-8")
    assert "allow-sql" in told or "1433" in told
    assert "Populations" in told or "population" in told
    assert run("hunt", str(starts), "--network", str(rules)).exit_code == 2


@pytest.mark.parametrize(
    "header", ["machine,port,time", "machine,port,protocol,address,image", "machine,proto,port,bind,exe"]
)
def test_attacks_and_sockets_are_no_openings(tmp_path: Path, header: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(
        f"{header}\n" + ",".join("db1" if each == "machine" else "1433" for each in header.split(",")) + "\n"
    )
    assert run("ports", "openings", str(path), "-f", "jsonl").stdout == ""


def test_standard_input_is_read_for_all_that_it_tells(rules: Path) -> None:
    """Starts and sockets are read in two passes; what comes through a pipe comes once."""
    starts = [{"time": "2026-11-01T10:00:00Z", "tenant": "default", "host": "db1", "image": "/usr/bin/x"}]
    told = "".join(json.dumps(each) + "\n" for each in starts)
    words = ["ports", "--telemetry", "-", "--network", str(rules), "-f", "json"]
    found = CliRunner().invoke(longtail, words, input=told)
    assert found.exit_code == 0, found.output
    assert "1 machine with telemetry" in found.stderr
    states = "host,image\ndb1,/usr/bin/x\ndb1,/usr/bin/y\n"
    listed = CliRunner().invoke(longtail, words, input=states)
    assert listed.exit_code == 0 and "1 machine with telemetry" in listed.stderr


def test_one_page_for_both_is_drawn_from_standard_input_too(rules: Path, tmp_path: Path) -> None:
    told = json.dumps({"time": "2026-11-01T10:00:00Z", "tenant": "default", "host": "db1", "image": "/usr/bin/x"})
    page = tmp_path / "both.html"
    words = ["hunt", "-", "--network", str(rules), "-f", "html", "-o", str(page)]
    found = CliRunner().invoke(longtail, words, input=told + "\n")
    assert found.exit_code == 0, found.output
    shown = page.read_text("utf-8")
    assert "in 1 process start on 1 host" in shown and "on 1 machine" in shown
    assert "longtail-" not in shown, "the file it is kept in is nobody's business"


@pytest.fixture
def ran(tmp_path: Path) -> Path:
    path = tmp_path / "inventory.csv"
    path.write_text("host,image\n" + "".join(f"db{number},/usr/sbin/cron\n" for number in range(3)))
    return path


@pytest.mark.parametrize(
    "written", ["[]", '{"foo": 1}', "Name    Location\n------  --------\nvm1     westeurope\n", "\x00\xff"]
)
def test_what_is_no_network_export_is_an_error_that_says_what_to_export(
    tmp_path: Path, ran: Path, written: str
) -> None:
    (tmp_path / "net.json").write_text(written)
    found = run("ports", "--telemetry", str(ran), "--network", str(tmp_path / "net.json"), "-f", "jsonl")
    assert found.exit_code == 1 and "az network nsg list" in str(found.exception) and found.stdout == ""


def test_exceptions_that_do_not_hold_are_told_beside_every_output(tmp_path: Path, rules: Path, ran: Path) -> None:
    keep = tmp_path / "keep.toml"
    keep.write_text('[[exception]]\nport = 1433\nreason = "x"\nexpires = 2020-01-01\n')
    words = ("ports", "--telemetry", str(ran), "--network", str(rules), "--exceptions", str(keep), "-f", "jsonl")
    assert "expired on 2020-01-01" in run(*words).stderr
    keep.write_text("[[exceptions]]\nport = 1433\n")
    found = run(*words, "--fail-on", "low")
    assert found.exit_code == 1 and "[[exception]]" in str(found.exception)


@pytest.mark.parametrize("unused", [("--network", "rules.csv"), ("--port", "22")])
def test_labels_are_no_ports(tmp_path: Path, ran: Path, unused: tuple[str, str]) -> None:
    found = run("ports", "--telemetry", str(ran), "--label", str(tmp_path / "labels.csv"), *unused)
    assert found.exit_code == 2 and f"{unused[0]} goes with ports" in found.stderr


def test_what_a_port_is_asked_for_shows_no_icmp_and_all_means_all(tmp_path: Path) -> None:
    path = tmp_path / "rules.csv"
    path.write_text("machine,port,protocol,source\nm,0-1432,tcp,any\nn,0-65535,tcp,any\ni,8,icmp,any\n")
    shown = run("ports", "openings", str(path)).stdout
    assert "0-1432/tcp" in shown and shown.count("all/tcp") == 1 and "no rule is named" in shown
    found = run("ports", "openings", str(path), "--port", "8", "-f", "jsonl").stdout
    assert {json.loads(line)["machine"] for line in found.splitlines()} == {"m", "n"}


def test_what_ports_uses_is_not_said_to_be_for_ports_only(rules: Path, tmp_path: Path) -> None:
    listing = {"name": "sqlservr.exe", "path": r"C:\x\sqlservr.exe", "cmdline": "x", "pid": "4"}
    row = {"name": "processes", "hostIdentifier": "db1", "unixTime": 1700000000, "action": "snapshot"}
    logs = tmp_path / "osquery.jsonl"
    logs.write_text(json.dumps({**row, "snapshot": [listing]}) + "\n")
    found = run("ports", "--telemetry", str(logs), "--network", str(rules), "-f", "json")
    assert found.exit_code == 0, found.output
    assert "osquery.jsonl" in found.stdout and "not by hunt" not in found.output
