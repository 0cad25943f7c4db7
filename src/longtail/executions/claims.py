"""Sightings → which accounts the service manager has shown to be which service's, and the sightings so relabelled.

Evidence is a *start* (``services.exe > sqlservr.exe``: it takes an administrator to install a service) or, weaker,
a *child* (something run below ``sqlservr.exe``). A child tells only where the parent stands in a place that nobody but
an administrator writes to, or one from which the tenant's service managers start that very program; and only if the
account is nobody's desktop. So a renamed ``sqlservr.exe`` in a folder of the attacker's relabels no one.

Whom the service manager starts anything else for (``services.exe > C:\\Billing\\BillingSvc.exe``) is a service account
of some software; who is only called one (``CORP\\svc_backup``) works for machines, whatever it is told to. Neither is
true of a name under which somebody logs on as a rule.

Where a service runs as the machine itself (an Exchange application pool as SYSTEM, a Tomcat as root), the account says
nothing and is not relabelled: only what runs below the service, and below nothing else (``served``).
"""

import polars as pl

from longtail.executions.account_names import AccountClass
from longtail.executions.accounts import NO_SERVICE_ZONES, account_key, named_class
from longtail.executions.paths import Zone, executable
from longtail.executions.served import served
from longtail.executions.services import ANCESTRIES, Below
from longtail.executions.zones import writable

ENOUGH_CHILD_HOSTS = 2  # hosts below whose service a domain account must have run before other hosts believe it
OF_THE_MACHINE = [
    each.value
    for each in (
        AccountClass.SYSTEM,
        AccountClass.ROOT,
        AccountClass.MACHINE,
        AccountClass.NETWORK_SERVICE,
        AccountClass.LOCAL_SERVICE,
    )
]
_DESKTOP = r"\windows\explorer.exe"
_MANAGERS = [r"\windows\system32\services.exe", "/usr/lib/systemd/systemd", "/usr/sbin/init"]
_FOR_PEOPLE = ["svchost.exe", "systemd"]  # what the service managers start for those who log on
_CALLED_SERVICE = r"^(?:.*\\)?(?:(?:svc|srvc|service|gmsa)[-_.].+|.+[-_.](?:svc|srvc|service|gmsa)\$?)$"
_AS_A_RULE = 0.5  # the share of an account's host-days with somebody logged on from which on it is a person's
_CLASS = pl.Enum([each.value for each in AccountClass])
_ACCOUNT = ["tenant", "host", "key"]
_WHOSE = ["tenant", "host", "account"]


def reclassified(sightings: pl.DataFrame) -> pl.DataFrame:
    """The same sightings (``SIGHTING``, same rows) with every claimed account in its service's class throughout.

    Accounts whose name or identifier already says what they are (``NT AUTHORITY\\SYSTEM``, ``www-data``) keep their
    class, and so does the machine's own account; a managed service account (``CORP\\gmsa-sql$``) can be claimed.
    Of what machine accounts run (``SYSTEM``, root, ``NETWORK SERVICE``), the rows below a service, and below nothing
    else, are in the service's class.
    """
    known, services = _accounts(sightings), _services(sightings["parent"])
    claims = _claims(sightings, known, services)
    accounts = known.filter("claimable").select("tenant", "host", "account", "key")
    local = claims.filter(pl.col("host").is_not_null()).rename({"account_class": "local_class"})
    shared = claims.filter(pl.col("host").is_null()).drop("host").rename({"account_class": "shared_class"})
    claimed = (
        accounts.join(local, on=_ACCOUNT, how="left")
        .join(shared, on=["tenant", "key"], how="left")
        .select("tenant", "host", "account", pl.coalesce("shared_class", "local_class").alias("claimed"))
    )
    return (
        sightings.with_row_index("row")
        .join(claimed, on=["tenant", "host", "account"], how="left", maintain_order="left")
        .join(served(sightings, _serving(services), OF_THE_MACHINE), on="row", how="left", maintain_order="left")
        .with_columns(pl.coalesce("claimed", "served", "account_class").alias("account_class"))
        .select(sightings.columns)
    )


def serving(parents: pl.Series) -> pl.DataFrame:
    """Of canonical paths the ``parent`` that are services' programs, and whose work the machine does below them."""
    return _serving(_services(parents))


def _serving(services: pl.DataFrame) -> pl.DataFrame:
    """The services' programs where one may be installed, and whose work the machine does below them (``served``).

    A place that others than administrators write to is safe enough: who runs as the machine has no need to be judged
    as a service, which is stricter.
    """
    return services.filter("installed").select("parent", pl.col("account_class").alias("served"))


def account_claims(sightings: pl.DataFrame) -> pl.DataFrame:
    """Which accounts are shown by ancestry to be which class: ``tenant, host, key, account_class``.

    ``key`` is the ``account_key``; ``host`` is null where the claim holds on every host of the tenant (a domain account
    that was started as a service somewhere, or seen below the service on two hosts or more). One row a claim; the class
    is the first in ``ANCESTRIES``' order of precedence.
    """
    return _claims(sightings, _accounts(sightings), _services(sightings["parent"]))


def _claims(sightings: pl.DataFrame, accounts: pl.DataFrame, services: pl.DataFrame) -> pl.DataFrame:
    evidence = _evidence(sightings, services).join(
        accounts.filter("claimable"), on=["tenant", "host", "account"], how="inner", nulls_equal=True
    )
    desktops = accounts.filter("desktop").select(_ACCOUNT).unique()
    believed = pl.concat(
        [evidence.filter("started"), evidence.filter(~pl.col("started")).join(desktops, on=_ACCOUNT, how="anti")]
    )
    by_host = _strongest(believed, _ACCOUNT)
    enough = (
        believed.filter("shared")
        .group_by("tenant", "key")
        .agg((pl.col("started").any() | (pl.col("host").n_unique() >= ENOUGH_CHILD_HOSTS)).alias("enough"))
    )
    shared = believed.join(enough.filter("enough"), on=["tenant", "key"], how="semi")
    everywhere = _strongest(shared, ["tenant", "key"]).with_columns(pl.lit(None, pl.String).alias("host"))
    known = pl.concat([by_host, everywhere.select(by_host.columns)])
    of_any_software = _of_any_software(sightings, accounts).join(known, on=["tenant", "key"], how="anti")
    return pl.concat([known, of_any_software.select(known.columns)]).sort(_ACCOUNT, nulls_last=True)


def _of_any_software(sightings: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """Claims for accounts that a service manager starts something for, or that are called services."""
    started = sightings.filter(
        pl.col("parent").is_in(_MANAGERS)
        & pl.col("hosted_by").is_null()
        & ~pl.col("name").is_in(_FOR_PEOPLE)
        & ~pl.col("zone").is_in([zone.value for zone in NO_SERVICE_ZONES])
    )
    shown = accounts.join(started.select(_WHOSE).unique(), on=_WHOSE, how="semi", nulls_equal=True)
    called = accounts.filter(pl.col("key").str.contains(_CALLED_SERVICE)).join(shown, on=["tenant", "key"], how="anti")
    told = {AccountClass.SERVICE: shown, AccountClass.AUTOMATION: called}
    claims = pl.concat([rows.with_columns(pl.lit(each.value).alias("account_class")) for each, rows in told.items()])
    mine = claims.filter("ordinary").join(_people(sightings, accounts), on=["tenant", "key"], how="anti")
    host = pl.when("shared").then(None).otherwise("host").alias("host")
    return mine.select("tenant", host, "key", "account_class").unique()


def _people(sightings: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """``tenant, key``: who is logged on to a desktop on a good part of all the host-days that show the account."""
    rows = sightings.explode("days").rename({"days": "day"}) if "days" in sightings.columns else sightings
    counted = rows.group_by(_WHOSE).agg(
        pl.col("day").n_unique().alias("seen"), pl.col("day").filter(_desktop()).n_unique().alias("at_desk")
    )
    whose = accounts.join(counted, on=_WHOSE, nulls_equal=True).group_by("tenant", "key")
    total = whose.agg(pl.col("seen", "at_desk").sum())
    return total.filter(pl.col("at_desk") >= _AS_A_RULE * pl.col("seen"))


def _strongest(evidence: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    ranked = evidence.with_columns(pl.col("account_class").cast(_CLASS))
    return ranked.group_by(by).agg(pl.col("account_class").min().cast(pl.String)).select(*by, "account_class")


def _accounts(sightings: pl.DataFrame) -> pl.DataFrame:
    """One row a (tenant, host, account): its key, whether evidence may claim it, whether it is known elsewhere too,
    and whether someone's desktop runs under it."""
    rows = sightings.group_by(_WHOSE).agg(_desktop().any().alias("desktop"))
    labels = rows.select(
        "tenant", pl.col("host").str.to_lowercase().str.split(".").list.first().alias("label")
    ).unique()
    names = rows["account"].unique()
    keys = [account_key(each or "") for each in names.to_list()]
    meant = pl.DataFrame(
        {
            "account": names,
            "key": pl.Series(keys, dtype=pl.String),
            "domain": pl.Series([key.rpartition("\\")[0] for key in keys], dtype=pl.String),
            "machine": pl.Series([key.rpartition("\\")[2].removesuffix("$") for key in keys], dtype=pl.String),
            "named": pl.Series([named_class(each or "").value for each in names.to_list()], dtype=pl.String),
        }
    )
    known = labels.with_columns(pl.lit(True).alias("is_host"))
    return (
        rows.join(meant, on="account", how="left", nulls_equal=True)
        .join(known, left_on=["tenant", "machine"], right_on=["tenant", "label"], how="left")
        .join(
            known.rename({"is_host": "local"}), left_on=["tenant", "domain"], right_on=["tenant", "label"], how="left"
        )
        .with_columns(_claimable().alias("claimable"), _ordinary().alias("ordinary"), _shared().alias("shared"))
        .select(*_WHOSE, "key", "desktop", "claimable", "ordinary", "shared")
    )


def _desktop() -> pl.Expr:
    """Whether it shows that somebody is logged on."""
    shell = (pl.col("name") == "explorer.exe") & (pl.col("location") == "\\windows\\")
    user_manager = (pl.col("name") == "systemd") & (pl.col("zone") == Zone.UNIX_SYSTEM.value)
    return ((pl.col("parent") == _DESKTOP) | shell | user_manager).fill_null(False)


def _claimable() -> pl.Expr:
    named = pl.col("named").is_in([AccountClass.HUMAN.value, AccountClass.OTHER.value])
    return named & (pl.col("key") != "") | _managed()


def _ordinary() -> pl.Expr:
    """Whether neither name nor identifier says whose the account is."""
    return (pl.col("named") == AccountClass.HUMAN.value) & (pl.col("key") != "") | _managed()


def _managed() -> pl.Expr:
    return (pl.col("named") == AccountClass.MACHINE.value) & pl.col("is_host").is_null()


def _shared() -> pl.Expr:
    domain = ~pl.col("domain").is_in(["", "."]) & pl.col("local").is_null()
    return domain | pl.col("key").str.starts_with("s-1-5-21-")


def _evidence(sightings: pl.DataFrame, services: pl.DataFrame) -> pl.DataFrame:
    """``tenant, host, account, account_class, started``: one row a piece of evidence."""
    telling = [*services["parent"], *(parent for each in ANCESTRIES for parent in each.parents)]
    own = sightings.filter(pl.col("hosted_by").is_null() & pl.col("parent").is_in(telling))
    rows = own.select("tenant", "host", "account", "location", "name", "zone", "parent").unique()
    starts = rows.join(_starts(rows), on=["name", "zone", "parent"], how="inner").with_columns(
        pl.lit(True).alias("started"), (pl.col("location") + pl.col("name")).alias("path")
    )
    vouched = (
        starts.select("tenant", pl.col("path").alias("parent")).unique().with_columns(pl.lit(True).alias("vouched"))
    )
    children = (
        rows.join(services.filter("of_anybody"), on="parent", how="inner")
        .join(vouched, on=["tenant", "parent"], how="left")
        .filter(pl.col("trusted") | pl.col("vouched").fill_null(False))
        .with_columns(pl.lit(False).alias("started"))
    )
    columns = ["tenant", "host", "account", "account_class", "started"]
    return pl.concat([starts.select(columns), children.select(columns)]).unique()


def _starts(rows: pl.DataFrame) -> pl.DataFrame:
    """The distinct (name, zone, parent) that are a service's start, with the class they tell."""
    distinct = rows.select("name", "zone", "parent").unique().filter(~pl.col("zone").is_in(list(NO_SERVICE_ZONES)))
    told = [(*row, _started(row[0], row[2])) for row in distinct.iter_rows()]
    return _table([row for row in told if row[3]], ["name", "zone", "parent", "account_class"])


def _started(name: str, parent: str | None) -> str | None:
    for each in ANCESTRIES:
        if parent in each.parents and each.name.fullmatch(name):
            return each.account_class.value
    return None


def _services(images: pl.Series) -> pl.DataFrame:
    """The distinct parents that are services' programs: what runs below them, ``of_anybody`` or only of the machine,
    whether their place is safe (``trusted``), and whether services are ``installed`` there at all."""
    found = []
    for parent in images.drop_nulls().unique().to_list():
        program = executable(parent)
        told = next((a for a in ANCESTRIES if a.below is not Below.NOBODY and a.name.fullmatch(program.name)), None)
        if told:
            place = (not writable(program.zone), program.zone not in NO_SERVICE_ZONES)
            found.append((parent, told.account_class.value, told.below is Below.ANYBODY, *place))
    flags = dict.fromkeys(("of_anybody", "trusted", "installed"), pl.Boolean)
    return pl.DataFrame(found, schema={"parent": pl.String, "account_class": pl.String, **flags}, orient="row")


def _table(rows: list[tuple[object, ...]], columns: list[str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
