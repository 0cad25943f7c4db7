"""A text that may be SQL → its verb and what it calls, the part that says what a query is for."""

import re

_SQL = re.compile(
    r"\s*(?:set\s+nocount\s+on\s*;?\s*)?(select|insert|update|delete|exec|execute|declare|create|drop|alter|backup|restore"
    r"|use|grant|merge|truncate|waitfor|shutdown|reconfigure|dbcc|bulk)\b\s*(?:\(|\[|[a-z@*'#(])",
    re.IGNORECASE,
)
_SQL_CALL = re.compile(r"\bexec(?:ute)?\s+(?:@\w+\s*=\s*)?(?:[\w\[\]]*\.){0,3}\[?(\w{1,64})", re.IGNORECASE)
_SQL_OBJECT = re.compile(r"\s*(?:create|drop|alter|backup|restore|bulk)\s+(?:or\s+\w+\s+)?([a-z]{2,16})", re.IGNORECASE)
_TELLING_CALL = re.compile(r"(?:xp_|sp_oa|sp_configure|sp_add|sp_start)\w*", re.IGNORECASE)


def sql(text: str) -> str:
    """``<sql:exec:xp_cmdshell>``, ``<sql:create:login>``, ``<sql:select>``; ``""`` for a text that is no SQL."""
    verb = _SQL.match(text)
    if verb is None:
        return ""
    calls = [called.lower() for called in _SQL_CALL.findall(text)]
    if calls:
        telling = [called for called in calls if _TELLING_CALL.fullmatch(called)]
        return f"<sql:exec:{(sorted(telling, key=lambda called: called == 'sp_configure') or calls)[0]}>"
    thing = _SQL_OBJECT.match(text)
    return f"<sql:{verb[1].lower()}{':' + thing[1].lower() if thing else ''}>"
