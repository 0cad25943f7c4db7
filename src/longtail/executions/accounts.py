"""Accounts → account classes: from the security identifier, from the name, and from what services.exe started.

Real service accounts often carry ordinary names (``CORP\\Svc-SQL-DB01``). ``services.exe > sqlservr.exe`` tells that
such an account is SQL Server's, and then everything it ran is, on every host of the tenant that knows it.
"""

import unicodedata
from functools import lru_cache

from longtail.executions.account_names import (
    ANCESTRIES,
    AUTHORITIES,
    AUTHORITY_NAMES,
    DOMAINS,
    FIRST_HUMAN_UID,
    LAST_HUMAN_UID,
    NAMES,
    SID_PREFIXES,
    SIDS,
    UIDS,
    AccountClass,
)
from longtail.executions.executable import Executable, Zone
from longtail.executions.paths import executable
from longtail.executions.zones import writable

__all__ = ["NO_SERVICE_ZONES", "AccountClass", "account_class", "account_key", "named_class"]

_AUTHORITY = "nt authority\\"
_CANONICAL_SIDS = {"s-1-5-18": "system", "s-1-5-19": "local service", "s-1-5-20": "network service", "s-1-5-17": "iusr"}
_CANONICAL_NAMES = {
    AccountClass.SYSTEM: "system",
    AccountClass.LOCAL_SERVICE: "local service",
    AccountClass.NETWORK_SERVICE: "network service",
}
_CLAIMABLE = frozenset({AccountClass.HUMAN, AccountClass.OTHER})
NO_SERVICE_ZONES = frozenset(
    {
        Zone.USER_PROFILE,
        Zone.PUBLIC,
        Zone.TEMP,
        Zone.RECYCLE_BIN,
        Zone.SYSTEM_WRITABLE,
        Zone.NETWORK_SHARE,
        Zone.REMOTE,
        Zone.DRIVE_ROOT,
        Zone.UNIX_TEMP,
        Zone.UNIX_HOME,
        Zone.NONE,
    }
)
"""Where no service is installed: not even a start by the service manager tells an account from there."""


@lru_cache(maxsize=1 << 16)
def account_key(account: str) -> str:
    """The one spelling of an account: folded case and accents, ``domain\\user`` with the domain's first label.

    Localised and numeric spellings of the NT AUTHORITY accounts become ``nt authority\\system`` and so on;
    ``.\\user`` stays local to its host, a bare ``user`` stays bare. Total and idempotent.
    """
    folded = _folded(account)
    if folded in _CANONICAL_SIDS:
        return _AUTHORITY + _CANONICAL_SIDS[folded]
    domain, name = _split(folded)
    known = AUTHORITY_NAMES.get(name) if not domain or domain in AUTHORITIES else None
    if known is not None:
        return _AUTHORITY + _CANONICAL_NAMES.get(known, name)
    return f"{domain}\\{name}" if domain else name


def account_class(account: str | None, image: str | None, parent_image: str | None) -> AccountClass:
    """The class of an account that started ``image`` from ``parent_image`` (raw paths; any may be missing or null)."""
    named = named_class(account or "")
    if named not in _CLAIMABLE:
        return named
    return _by_ancestry(executable(image or ""), executable(parent_image or "")) or named


def _folded(account: str) -> str:
    plain = unicodedata.normalize("NFKD", account[:512].strip(" \t\r\n\0\"'").casefold())
    return "".join(each for each in plain if not unicodedata.combining(each)).strip()


def _split(folded: str) -> tuple[str, str]:
    """Domain (its first label, "." for the host itself) and name of a folded account."""
    domain, slash, name = folded.replace("/", "\\").rpartition("\\")
    if not slash and "@" in folded:
        name, _, domain = folded.rpartition("@")
    domain = domain.strip("\\ ")
    return domain.partition(".")[0] or domain[:1], name.strip()


@lru_cache(maxsize=1 << 16)
def named_class(account: str) -> AccountClass:
    """The class that the identifier or the name alone gives away; ``human`` for an ordinary name."""
    key = account_key(account)
    domain, _, name = key.rpartition("\\")
    if name.startswith("s-1-"):
        return SIDS.get(name) or next(found for prefix, found in SID_PREFIXES if name.startswith(prefix))
    if domain == "nt authority":
        return AUTHORITY_NAMES.get(name, AccountClass.OTHER)
    for each in NAMES:
        if each.pattern.fullmatch(name):
            return each.account_class
    if domain in DOMAINS:
        return DOMAINS[domain]
    return _unlisted(name)


def _unlisted(name: str) -> AccountClass:
    if name.endswith("$"):
        return AccountClass.MACHINE
    if name.isascii() and name.isdigit():
        return _by_uid(int(name[:12]))
    return AccountClass.HUMAN if name.strip("-?") else AccountClass.OTHER


def _by_uid(uid: int) -> AccountClass:
    human = FIRST_HUMAN_UID <= uid <= LAST_HUMAN_UID and uid not in (65_534, 65_535)
    return UIDS.get(uid, AccountClass.HUMAN if human else AccountClass.OTHER)


def _by_ancestry(program: Executable, parent: Executable) -> AccountClass | None:
    """The class that a service start, or a child of a service in a place only administrators write to, gives away."""
    for each in ANCESTRIES:
        started = each.name.fullmatch(program.name) and str(parent) in each.parents
        if started and program.zone not in NO_SERVICE_ZONES:
            return each.account_class
        if each.child_tells and each.name.fullmatch(parent.name) and not writable(parent.zone):
            return each.account_class
    return None
