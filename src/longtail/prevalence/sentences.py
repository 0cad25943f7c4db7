"""Anomalies → the title and the reason of their alert: what is news about each, said only as far as it is true.

Three things are news: a program that hardly any other host runs, a known program in a way that hardly any other host
knows, and what others do that this host did not do before. Each has its own words.
"""

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import Any

from longtail.prevalence import incidents
from longtail.prevalence.likeness import Likeness, as_seen, file_name

Row = Mapping[str, Any]
CONSOLE_HOST = "conhost.exe"
COMMON = 0.2  # of the other hosts: what so many of them show is not rare, only new where it is seen first
DAILY = 0.5  # of the days: what is seen on so many is not rare on half as many hosts either
NEWS = 3.0  # bits from which on one side of an anomaly, the program or what it was told, is worth a word
MEANT = 3.0  # bits of meaning from which on an anomaly explains its story better than rarity does
MOST_NAMED = 6
TENANT = "tenant"  # ``among`` whom a behaviour is rare, where not among its population
NOTHING_LIKE_IT = Likeness(None, None)

CLASS_NAMES = {
    "mssql": "SQL Server service account",
    "sqlagent": "SQL Server Agent account",
    "mssql-other": "SQL Server companion service account",
    "iis-apppool": "IIS application pool account",
    "network-service": "Network Service account",
    "local-service": "Local Service account",
    "system": "SYSTEM account",
    "postgres": "PostgreSQL account",
    "mysql": "MySQL account",
    "tomcat": "Tomcat/Java account",
    "web-linux": "web server account",
    "root": "root account",
    "machine": "machine account",
    "human": "person's account",
    "service": "service account",
    "automation": "automation account",
    "other": "account",
}

TOLD = {
    "trait": ("{name} almost never {told_by}", "that {name} {told_by}"),
    "parent": ("{told_by} almost never starts {name}", "that {told_by} starts {name}"),
    "feature": ("{name} is almost never told {told_by}", "that {name} is told {told_by}"),
}
TOLD_OTHERWISE = ("{name} is almost never told anything like it", "what {name} was told")
"""What is rare about how a program was started, by the kind of what tells so: as a sentence, and as a clause."""


class News(Enum):
    """What is new about an anomaly."""

    PROGRAM = auto()  # hardly any other host runs the program
    WAY = auto()  # many do, but hardly any started it so, or told it that
    HERE = auto()  # many do just that; this host had not


HEADS = {
    News.PROGRAM: ("One program lies in the tail", "{} programs lie in the tail"),
    News.WAY: ("One program ran as it almost never does", "{} programs ran as they almost never do"),
    News.HERE: ("One program ran as never before", "{} programs ran as never before"),
}


def news(row: Row) -> News:
    """What is new about an anomaly, by how many of the other hosts show the same."""
    daily = row["executable_days_with"] >= DAILY * row["days_of"]
    if _few(row["executable_hosts_with"] - 1, row["hosts_of"] - 1, COMMON / 2 if daily else COMMON):
        return News.PROGRAM
    if row["told_bits"] >= NEWS and _few(*_others_told(row)):
        return News.WAY
    return News.HERE


def _others_told(row: Row) -> tuple[int, int]:
    """On how many other hosts the same was told, and of how many: what means harm is looked for in all tenants."""
    of_tenant = (row["told_hosts"], row["told_of_hosts"])
    if row["told_kind"] != "trait" or _few(*of_tenant):
        return of_tenant
    return row["told_hosts"] + row["told_elsewhere"], row["told_of_hosts"] + row["told_of_elsewhere"]


def _few(others: int, of_others: int, common: float = COMMON) -> bool:
    return others <= 0 or others < common * of_others


def title(incident: Row, anomalies: Sequence[Row], likenesses: Mapping[int, Likeness], also: Sequence[Row] = ()) -> str:
    """Who ran what: what is rare, where anything is; what bears a meaning first, then in order of time.

    ``also`` are the weaker anomalies, which are named after the others.
    """

    def before(row: Row) -> tuple[bool, Any, int]:
        return not _meaning(row, _like(row, likenesses)), row["onset"], row["behaviour"]

    ordered = [*sorted(telling(anomalies), key=before), *sorted(_without_consoles(also), key=before)]
    named = {kind: [_label(row) for row in ordered if news(row) is kind] for kind in News}
    kind = CLASS_NAMES.get(incident["account_class"], "account")
    whole = "tenant" if any(row.get("among") == TENANT for row in anomalies) else "population"
    return f"{kind[0].upper()}{kind[1:]} ran {_what(named, whole)}"


def _what(named: Mapping[News, Sequence[str]], whole: str) -> str:
    programs, ways, here = (_listed(named[kind]) for kind in News)
    if programs:
        more = [name for name in named[News.WAY] if name not in named[News.PROGRAM]]
        also = f"; and {_listed(more)} in ways it almost never does" if more else ""
        return f"what its {whole} almost never runs: {programs}{also}"
    return f"{ways} in ways its {whole} almost never does" if ways else f"what is new on its host: {here}"


def _listed(names: Sequence[str]) -> str:
    names = list(dict.fromkeys(names))
    return ", ".join(names[:MOST_NAMED]) + (f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else "")


def telling(anomalies: Sequence[Row]) -> Sequence[Row]:
    """The anomalies that say something: a console host only where it is all there is."""
    return _without_consoles(anomalies) or anomalies


def _without_consoles(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["name"] != CONSOLE_HOST]


def _label(row: Row) -> str:
    """What a person calls it: ``perl -e`` for code given on the spot, and its own name for what counts as many."""
    name = str(row["name"] or row["executable"])
    own = file_name(row["example_image"] or name)
    if row["hosted_by"] and name.startswith("-"):
        host = own if "{" in row["hosted_by"] else file_name(row["hosted_by"])
        return f"{host.removesuffix('.exe')} {name}"
    name = as_seen(name, row["example_command_line"]) if row["hosted_by"] else own if "{" in name else name
    return name.removesuffix(".exe")


def _named(row: Row) -> str:
    """The program of a row with its extension, as the numbers count it."""
    name = str(row["name"] or row["executable"])
    return _label(row) if row["hosted_by"] and name.startswith("-") else name


def reason(
    incident: Row, anomalies: Sequence[Row], likenesses: Mapping[int, Likeness], also: Sequence[Row] = ()
) -> str:
    """One sentence: how many programs, and the numbers of the one that says most about the story.

    That is what bears the most meaning; where nothing bears any, what the fewest hosts show. The weaker anomalies
    (``also``) are counted where they show the same kind of news.
    """
    said = telling(anomalies)
    rare = _rare(said) or said
    more = _without_consoles(also)
    worst = max(rare, key=lambda row: _worth(row, _like(row, likenesses)))
    like = _like(worst, likenesses)
    nearest = f"; the nearest normal is {like.nearest}" if like.nearest else ""
    passes = f"; {like.passes_for}" if like.passes_for else ""
    counted = [*rare, *(more if rare is said else _rare(more))]
    return f"{_head(counted, news(worst))} on {incident['host']}: {_numbers(worst)}{nearest}{passes}."


def _rare(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if news(row) is not News.HERE]


def _head(rows: Sequence[Row], kind: News) -> str:
    """How many programs are in this story; in the tail only those that are rare themselves."""
    counted = [row for row in rows if kind is not News.PROGRAM or news(row) is kind]
    number = len({row["executable"] for row in counted})
    one, many = HEADS[kind]
    return one if number == 1 else many.format(number)


def _worth(row: Row, like: Likeness) -> tuple[float, bool, int, float, str]:
    rare = news(row) is News.PROGRAM
    return _meaning(row, like), rare, -row["hosts_with"], row["bits"], row["executable"]


def _meaning(row: Row, like: Likeness) -> float:
    """The bits that an anomaly alone would add to its surprise by what it means; 0 where they are hardly any."""
    bits = incidents.score([row], {row["behaviour"]: like}) - row["bits"]
    return round(bits, 3) if bits >= MEANT else 0.0


def _like(row: Row, likenesses: Mapping[int, Likeness]) -> Likeness:
    return likenesses.get(row["behaviour"], NOTHING_LIKE_IT)


def _numbers(row: Row) -> str:
    told = row["told_bits"] > row["executable_bits"]
    if news(row) is News.PROGRAM or not (told or news(row) is News.WAY):
        return (
            f"{_named(row)}{' so told' if told else ''} was seen on {row['hosts_with']} of {row['hosts_of']} hosts"
            f" and {row['days_with']} of {row['days_of']} days of {_whole(row)}"
        )
    said = told_reason(row) if news(row) is News.WAY else f"{_way(row)} is nothing rare"
    asked = "" if row["told_kind"] == "trait" else " that run it"
    hosts, of_hosts = _others_told(row)
    whom = _whole(row) if of_hosts == row["told_of_hosts"] else "all tenants"
    return f"{said} (on {hosts + 1} of the {of_hosts + 1} hosts of {whom}{asked})"


def _whole(row: Row) -> str:
    """What an anomaly was compared with: accounts that cannot be modelled are, with all of their tenant."""
    return "this tenant, whatever the account" if row.get("among") == TENANT else "this population"


def program_reason(row: Row) -> str:
    """That the program itself is news, with its own numbers."""
    here = "" if news(row) is News.PROGRAM else f" is new on {row['host']}: it"
    return (
        f"{row['executable']}{here} was run by this kind of account on"
        f" {row['executable_hosts_with']} of {row['hosts_of']} hosts"
        f" and {row['executable_days_with']} of {row['days_of']} days"
    )


def told_reason(row: Row) -> str:
    """That who started a program, or what it was told, is news."""
    if not _few(*_others_told(row)):
        return f"{_way(row)} is new on {row['host']}"
    return _told(row)[0]


def _way(row: Row) -> str:
    """The same as a clause that says nothing of how rare it is."""
    return _told(row)[1]


def _told(row: Row) -> tuple[str, str]:
    seldom, way = TOLD.get(row["told_kind"], TOLD_OTHERWISE)
    words = {"name": row["name"] or row["executable"], "told_by": row["told_by"]}
    return seldom.format_map(words), way.format_map(words)
