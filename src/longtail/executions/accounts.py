"""Accounts → account classes: from the security identifier, from the name, and from what services.exe started.

Real service accounts often carry ordinary names (``CORP\\Svc-SQL-DB01``). ``services.exe > sqlservr.exe`` tells that
such an account is SQL Server's, and then everything it ran is, on every host of the tenant that knows it.
"""

import re
import unicodedata
from functools import lru_cache

from longtail.executions.account_names import (
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
from longtail.executions.services import ANCESTRIES, Below
from longtail.executions.zones import writable

__all__ = ["NO_SERVICE_ZONES", "AccountClass", "account_class", "account_key", "named_class"]

_EDGES = " \t\r\n\0\"'"
LONGEST = 512  # characters; no account name is longer
_PRINCIPAL = re.compile(r"([^@]+)@([^@]+)")
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
    """The one spelling of an account: folded case, ``domain\\user`` with the domain's first label.

    Localised and numeric spellings of the NT AUTHORITY accounts become ``nt authority\\system`` and so on;
    ``.\\user`` stays local to its host, a bare ``user`` stays bare. Total and idempotent.
    """
    folded = _folded(account)
    if folded in _CANONICAL_SIDS:
        return _AUTHORITY + _CANONICAL_SIDS[folded]
    domain, name = _split(folded)
    known = AUTHORITY_NAMES.get(_plain(name)) if not domain or _plain(domain) in AUTHORITIES else None
    if known is not None:
        return _AUTHORITY + _CANONICAL_NAMES.get(known, _plain(name))
    return f"{domain}\\{name}" if domain else name


def account_class(account: str | None, image: str | None, parent_image: str | None) -> AccountClass:
    """The class of an account that started ``image`` from ``parent_image`` (raw paths; any may be missing or null)."""
    named = named_class(account or "")
    if named not in _CLAIMABLE:
        return named
    return _by_ancestry(executable(image or ""), executable(parent_image or "")) or named


def _folded(account: str) -> str:
    composed = unicodedata.normalize("NFKC", account[:LONGEST])
    return unicodedata.normalize("NFKC", composed.casefold()).strip(_EDGES)[:LONGEST].strip(_EDGES)


def _plain(text: str) -> str:
    """Without accents, which the names of NT AUTHORITY are told with and without."""
    return "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))


def _split(folded: str) -> tuple[str, str]:
    """Domain (its first label, "." for the host itself) and name of a folded account."""
    domain, _, name = folded.replace("/", "\\").rpartition("\\")
    domain, name = domain.strip(_EDGES + "\\"), name.strip(_EDGES)
    if not domain and (principal := _PRINCIPAL.fullmatch(name)):
        name, domain = principal[1].strip(_EDGES), principal[2].strip(_EDGES)
    return domain.partition(".")[0].strip(_EDGES + "\\") or domain[:1], name


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
        if each.below is Below.ANYBODY and each.name.fullmatch(parent.name) and not writable(parent.zone):
            return each.account_class
    return None
