"""The tables and verbs of the code → docs/reference and the generated parts of the README: run by ``make docs``.

Every page is a function from nothing to Markdown, so that a test can compare it with what is written. ``--demo`` also
runs the demo anew and puts what it prints, and the chart of its fleet, where the README shows them.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import click
import polars as pl

from longtail.cli import SUMMARIES, VERBS, longtail
from longtail.executions.account_names import NAMES, AccountClass
from longtail.executions.executable import Zone
from longtail.executions.hosts import HOSTS
from longtail.executions.hosts.told import Host
from longtail.executions.meanings import TRAITS
from longtail.executions.schema import PROCESS_EVENT, SIGHTING
from longtail.executions.services import ANCESTRIES
from longtail.executions.zones import writable
from longtail.fleet.attacks import ATTACKS
from longtail.fleet.incidents import MODIFIERS
from longtail.prevalence.techniques import TECHNIQUES
from longtail.settings import Settings
from longtail.telemetry.format import Format
from longtail.telemetry.formats import EVIDENCE, FORMATS

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
README = ROOT / "README.md"
CHART = ROOT / "docs" / "images" / "long-tail.svg"
NOTE = "<!-- Written by docs/generate.py (make docs): change the code, not this page. -->\n"
HELP_WIDTH = 98
DEMO_LINES = 22
PROFILE_LINES = 14
FINDING_LINES = 6
WIDTH = 120
CLOSING = re.compile(r"\d+/tcp  open on ")
FINDING = re.compile(r"  1  \S+  \d+/tcp")
RULE = re.compile(r"title: ")
TRIED = re.compile(r"It fires on ")
TRIED_LINES = 5
COMMAND = re.compile(r"     close on ")
READERS = {
    "positional": "The files it is given.",
    "carried": "The value of its option.",
    "interpreter": "Its script, or the code it is given on the spot.",
    "wrapper": "The command line after its own options.",
}
"""What a host reads its line for, by the maker of its reader."""


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; pipes and line ends in cells are made harmless."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join("| " + " | ".join(_cell(cell) for cell in line) + " |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def code(text: str) -> str:
    """Text in a code span that may itself hold backticks."""
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}" if text else ""


def cli() -> str:
    """The help of every verb."""
    verbs = "".join(f"- [`longtail {verb}`](#longtail-{verb}): {SUMMARIES[verb]}\n" for verb in VERBS)
    parts = [_help("longtail", longtail)]
    for verb, module in VERBS.items():
        parts.extend(_helps(f"longtail {verb}", import_module(module).command))
    return f"# The command line\n\n{verbs}\n" + "\n".join(parts) + "\n" + EXIT_CODES


EXIT_CODES = """## Exit codes

| code | meaning |
| --- | --- |
| 0 | fine |
| 1 | failed: stderr says what, where and what to do |
| 2 | wrong usage, or a file is there already and `--force` was not given |
| 3 | findings at or above `--fail-on` |
| 4 | finished, but some input was quarantined: the summary counts it and says why |
| 130 | interrupted |

Data goes to stdout; progress, summary and warnings go to stderr.
"""


def _helps(name: str, command: click.Command) -> Iterator[str]:
    yield _help(name, command)
    if isinstance(command, click.Group):
        for verb in command.list_commands(click.Context(command)):
            yield from _helps(f"{name} {verb}", command.commands[verb])


def _help(name: str, command: click.Command) -> str:
    above = click.Context(longtail, info_name="longtail", **longtail.context_settings)
    context = click.Context(command, above, info_name=name.removeprefix("longtail "), terminal_width=HELP_WIDTH)
    if isinstance(command, click.Group) and name == "longtail":
        return ""
    return f"## {name}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"


def formats() -> str:
    """What is read: the formats, and which raw field each column of a process start comes from."""
    parts = [
        "# Telemetry formats\n\nRecognised from the content, in this order; `--format-in NAME` forces one. All of them "
        "are read through `.gz`, `.zst`, `.zip`, `.tar` and `.tar.gz`.\n\n",
        formats_table(),
        "\n## A process start\n\nWhat a format lacks is null; it is never guessed.\n\n",
        table(("column", "type"), ((code(name), _type(dtype)) for name, dtype in PROCESS_EVENT.items())),
        *(f"\n## {code(each.name)}\n\n{each.title}.\n\n{_columns(each)}" for each in FORMATS),
        "\n## Evidence beside process starts\n\nWhat runs, what listens, what was attacked: `longtail ports` takes it "
        "as `--telemetry` too, and reads it where a file holds no process start.\n\n",
        evidence_table(),
    ]
    return "".join(parts)


def formats_table() -> str:
    """One row a format."""
    return table(
        ("format", "what it is", "carriers"),
        ((code(each.name), each.title, ", ".join(each.carriers)) for each in FORMATS),
    )


def evidence_table() -> str:
    """One row a format of evidence."""
    rows = ((code(each.name), each.title, ", ".join(each.carriers), ", ".join(sorted(each.kinds))) for each in EVIDENCE)
    return table(("format", "what it is", "carriers", "what it tells"), rows)


def _columns(format: Format) -> str:
    """Which raw fields each column is made of, in the order of a process event."""
    rows = [("time", [format.fields[name].path for name in format.clock])]
    rows += [(name, _paths(format, format.columns[name])) for name in PROCESS_EVENT if name in format.columns]
    told = table(("column", "raw fields"), ((code(name), ", ".join(map(code, paths))) for name, paths in rows))
    lacks = [code(name) for name in PROCESS_EVENT if name != "time" and name not in format.columns]
    filled = {"source", "record_id", "tenant"}
    lacks = [each for each in lacks if each.strip("`") not in filled]
    return told + (f"\nNot in it: {', '.join(lacks)}.\n" if lacks else "")


def _paths(format: Format, column: pl.Expr) -> list[str]:
    names = dict.fromkeys(column.meta.root_names())
    return [format.fields[name].path for name in names if name in format.fields]


def _type(dtype: object) -> str:
    return {"Int64": "whole number", "UInt64": "whole number", "String": "text", "Date": "day"}.get(
        str(dtype), "UTC time"
    )


def settings() -> str:
    """Every threshold with its default, range and sentence."""
    rows = (
        (
            code(each.name),
            f"{each.default:g}",
            f"{each.metadata['low']:g} to {each.metadata['high']:g}",
            each.metadata["why"],
        )
        for each in fields(Settings)
    )
    return (
        "# Settings\n\nA value outside its range is refused, with the range. `--budget` sets the first from the "
        "command line; the others are set from Python: `longtail.settings.Settings`.\n\n"
        + table(("setting", "default", "range", "what it is"), rows)
    )


def sightings() -> str:
    """The waist."""
    return (
        "# The sighting\n\nAll that a judgement sees of the telemetry: an executable seen on a host, run by an "
        "account, on a day. Everything before it is reading, everything after it is counting.\n\n"
        + table(("column", "type"), ((code(name), _type(dtype)) for name, dtype in SIGHTING.items()))
    )


def accounts() -> str:
    """Account classes: the names and the ancestries that give them away."""
    names = {each: [name for name in NAMES if name.account_class is each] for each in AccountClass}
    known = table(
        ("class", "account names such as"),
        ((code(each), ", ".join(code(name.examples[0]) for name in names[each])) for each in AccountClass),
    )
    services = table(
        ("class", "a program called", "started by"),
        (
            (code(each.account_class), code(each.name.pattern), ", ".join(map(code, sorted(each.parents))))
            for each in ANCESTRIES
        ),
    )
    return (
        "# Account classes\n\nAccounts of one class in one tenant are one population. A class is told by the security "
        "identifier, by the name, or by what the service manager started under an ordinary name.\n\n"
        f"{known}\n## By ancestry\n\n{services}\n"
        "Whoever the service manager (`services.exe`, `systemd`) starts anything else for is in `service`: not for "
        "what everybody has who logs on, not from where anybody may write, and not under a name with which somebody "
        "works at a desktop on half of its host-days. Who is only called a service (`svc_…`, `…-svc`, `gmsa_…`) is in "
        "`automation`, and so are those of `service` that bring something new on more than two of five host-days, as "
        "build servers do: they run what they are told to, and are modelled only when `--account` asks for them.\n"
    )


def zones() -> str:
    """Trust zones: who may write there."""
    rows = ((code(each), "anybody" if writable(each) else "administrators, or nobody") for each in Zone)
    return (
        "# Trust zones\n\nWhere a program lies decides what its being there says. Directories of different zones are "
        "never counted as one place.\n\n" + table(("zone", "who may write there"), rows)
    )


def hosts() -> str:
    """The programs that run other files."""
    return (
        "# Hosts\n\nPrograms that run other files. What they are told to run is an execution in its own right, beside "
        "the host's; `longtail explain-command` shows how one line is read.\n\n"
        + table(("host", "what its command line is read for"), ((_names(each), _reads(each)) for each in HOSTS))
    )


def _names(host: Host) -> str:
    return " ".join(code(name) for name in host.names.split())


def _reads(host: Host) -> str:
    """The reader's own first paragraph, or what the kind of reader it is looks for."""
    said = (host.reads.__doc__ or "").split("\n\n")[0]
    return " ".join(said.split()) or READERS[host.reads.__qualname__.split(".")[0]]


def traits() -> str:
    """What command lines mean to do, with examples that run as tests."""
    rows = ((row.trait.value, "<br>".join(map(code, row.has)), "<br>".join(map(code, row.has_not))) for row in TRAITS)
    return (
        "# Traits\n\nWhat a command line means to do, as far as that is plain, however it is spelt or wrapped. A trait "
        "is weighed by how rare it is in its population; none is an alert by itself.\n\n"
        + table(("a line that", "for example", "but not"), rows)
    )


def techniques() -> str:
    """ATT&CK techniques."""
    rows = (
        (row.id, row.title, code(row.programs), code(row.told) or "anything", code(row.example)) for row in TECHNIQUES
    )
    return (
        "# ATT&CK techniques\n\nThe table behind the ids that alerts carry. It explains what was found; what a "
        "population does every day says nothing about it.\n\n"
        + table(("id", "technique", "programs", "told (regular expression)", "example"), rows)
    )


def attacks() -> str:
    """The attacks a fleet can have."""
    rows = ((code(each.name), each.note, ", ".join(each.seats), ", ".join(each.techniques)) for each in ATTACKS)
    modifiers = table(("modifier", "what it does"), ((code("+" + name), told) for name, told in MODIFIERS.items()))
    return (
        "# Attacks of a generated fleet\n\n`longtail fleet --attack NAME`, with any of the modifiers: "
        "`certutil+padding+early`.\n\n"
        + table(("attack", "what happens", "accounts", "techniques"), rows)
        + f"\n{modifiers}"
    )


PAGES: dict[str, Callable[[], str]] = {
    "cli.md": cli,
    "formats.md": formats,
    "settings.md": settings,
    "sighting.md": sightings,
    "accounts.md": accounts,
    "zones.md": zones,
    "hosts.md": hosts,
    "traits.md": traits,
    "techniques.md": techniques,
    "attacks.md": attacks,
}


def page(name: str) -> str:
    """The text of one page of docs/reference."""
    return NOTE + "\n" + PAGES[name]().rstrip() + "\n"


def between(text: str, mark: str, new: str) -> str:
    """``text`` with what stands between ``<!-- mark -->`` and ``<!-- /mark -->`` replaced."""
    start, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    head, _, rest = text.partition(start)
    _, found, tail = rest.partition(end)
    if not found:
        raise SystemExit(f"{start} … {end} is missing")
    return f"{head}{start}\n{new.rstrip()}\n{end}{tail}"


def readme(text: str) -> str:
    """The README with its generated tables anew."""
    return between(text, "formats", formats_table())


def demo() -> tuple[str, str]:
    """What ``make demo`` prints, cut to its head, and the chart of its fleet as SVG."""
    with tempfile.TemporaryDirectory() as folder:
        logs, chart = Path(folder, "demo", "logs", "telemetry"), Path(folder, "chart.svg")
        told = _run("demo", "-o", f"{folder}/demo").stdout
        _run("model", "show", str(logs), "--account", "mssql", "-o", str(chart))
        return told, chart.read_text("utf-8")


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-c", "from longtail.cli import main; main()", *words]
    return subprocess.run(call, capture_output=True, text=True, check=True)


def shown(told: str) -> str:
    """The head of both halves of the demo's output, as the README shows it, lines cut where a page would end."""
    lines = told.rstrip().splitlines()
    closing = next((at for at, line in enumerate(lines) if CLOSING.match(line)), len(lines))
    finding = next((at for at in range(closing, len(lines)) if FINDING.match(lines[at])), len(lines))
    command = next((at for at in range(finding, len(lines)) if COMMAND.match(lines[at])), len(lines))
    parts = [lines[:DEMO_LINES], lines[closing : closing + PROFILE_LINES], lines[finding : finding + FINDING_LINES]]
    parts.append(lines[command : command + 3])
    rule = next((at for at in range(command, len(lines)) if RULE.match(lines[at])), len(lines))
    tried = next((at for at in range(rule, len(lines)) if TRIED.match(lines[at])), len(lines))
    parts += [lines[rule : rule + 1], lines[tried : tried + TRIED_LINES]]
    cut = "\n…\n".join("\n".join(_cut(line) for line in part).rstrip() for part in parts if part)
    return f"```console\n$ make demo\n{cut}\n…\n```"


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"


def main() -> None:
    """Write everything; with ``--demo`` the demo's output and chart too."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name in PAGES:
        (REFERENCE / name).write_text(page(name), "utf-8")
    text = readme(README.read_text("utf-8"))
    if "--demo" in sys.argv[1:]:
        told, chart = demo()
        CHART.parent.mkdir(parents=True, exist_ok=True)
        CHART.write_text(chart, "utf-8")
        text = between(text, "demo", shown(told))
    README.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
