"""The name of a file and of its folders → the host that it was taken on, where its records do not say."""

import re
from pathlib import PurePosixPath

_GENERIC = """
    a all and any artifacts aux collection collections connections csv current data df docs dump ef err evidence
    export exports file files generic get host hosts in input inventory json jsonl kernel latest linux list
    listen listener listeners listening listeningports lnp lntup log logs lsof mac macos metadata ndjson net
    netconnection netconnections netstat netstatenriched network of open osquery osqueryd osqueryi out output
    outputs parquet port ports powershell proc process processes ps pslist pub public raw report result results
    root running sample samples scan service services snapshot snapshots socket sockets space ss sudo svc system
    tables tasklist tcp telemetry test text tmp triage txt udp unix uploads var velociraptor win32 windows
"""
GENERIC = frozenset(_GENERIC.split())
"""Words that name a tool, a kind of file or a place to keep files, and so no machine."""

ENDINGS = re.compile(r"\.(?:txt|log|out|csv|tsv|json|jsonl|ndjson|parquet|gz|zst|zip|tar|tgz|xml)$", re.IGNORECASE)
COLLECTION = re.compile(r"^collection[-_]", re.IGNORECASE)
STAMP = re.compile(r"[-_.T ]*\d{4}-?\d\d-?\d\d(?:[-_T ]?\d\d[-_:.]?\d\d(?:[-_:.]?\d\d)?)?(?:\.\d+)?Z?$", re.IGNORECASE)
FLAGS = re.compile(r"(?:^|[-_. ])(?:ss|netstat|ps|lsof)((?:[-_. ](?:sudo|[aefilnopstuwxb]{1,8}))+)$", re.IGNORECASE)
ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
TOKEN = re.compile(r"[^-_. ]+")
FOLDERS = 3  # above the file: `HOST/results/Windows.System.Pslist/part.json` is the deepest that is usual
EXAMPLES = (
    ("web01/ps.txt", "web01"),
    ("ps-aux-web01.txt", "web01"),
    ("web-01.contoso.com_netstat-ano.txt", "web-01.contoso.com"),
    ("DB7-ss-lntup.log", "DB7"),
    ("Collection-DESKTOP-AB12-2023-03-16T03_08_58Z.zip!results/Windows.System.Pslist.json", "DESKTOP-AB12"),
    ("snapshots/2026-11-01/sql03/get-process.json.gz", "sql03"),
    ("web-01/ss-sudo-tulpen.out", "web-01"),
    ("10.0.0.5-netstat.txt", "10.0.0.5"),
    ("osqueryd.results.log.1", None),
    ("results/0001.json", None),
)


def host_told_by(path: str, root: str) -> str | None:
    """The host a file's name or one of its folders' names (no higher than ``root``) tells; None where none does."""
    inside = path.removeprefix(root) if path.startswith(root) else path
    parts = [part for part in re.split(r"[/\\!]", inside) if part]
    above = PurePosixPath(root.replace("\\", "/")).name
    for part in [*reversed(parts[-FOLDERS - 1 :]), above]:
        if told := _told(part):
            return told
    return None


def _told(part: str) -> str | None:
    """What is left of a name when generic words, dates and a tool's flags are taken from its ends."""
    name = part[:255]
    while ENDINGS.search(name):
        name = ENDINGS.sub("", name)
    name = STAMP.sub("", COLLECTION.sub("", name))
    flags = FLAGS.search(name)
    name = name[: flags.start(1)] if flags else name
    tokens = [(each.start(), each.end()) for each in TOKEN.finditer(name) if each[0].lower() not in GENERIC]
    told = name[tokens[0][0] : tokens[-1][1]] if tokens else ""
    return told if re.search("[^\\W\\d_]", told) or ADDRESS.fullmatch(told) else None
