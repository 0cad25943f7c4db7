"""Text that may hold secrets → the same text with each of them replaced by its kind, in time linear in the text."""

import re
from itertools import chain

from longtail.secrets.form import Form
from longtail.secrets.forms import FORMS
from longtail.secrets.programs import PROGRAMS
from longtail.secrets.tokens import TOKENS

KNOWN: tuple[Form, ...] = (*TOKENS, *FORMS, *PROGRAMS)

SEPARATOR = re.compile(r"[&|;\n]")
NO_SECRET = re.compile(
    r"\{redacted:.*|\*+|%[^%\s]+%|\$\{[^}]*\}?|\$\(.*|\$env:.*|\$[A-Z][A-Z0-9_]*|\{\{.*|<[^>]*>?|null|none|true|false|",
    re.IGNORECASE | re.DOTALL,
)
"""What stands where a secret would and is none: a prompt, a variable, a stand-in, nothing."""


def redacted(text: str) -> str:
    """``text`` with every secret it is known to hold replaced by ``{redacted:kind}``.

    The kind is ``password``, ``key``, ``token``, ``signature``, ``hash`` or ``private key``. Everything else stays as
    it is, and redacting twice changes nothing more. Secrets inside encoded blobs are not looked for.
    """
    low = text.lower()
    for each in KNOWN:
        if any(hint in low for hint in each.hints):
            text = _without(text, each)
    return text


def _without(text: str, form: Form) -> str:
    if form.program is None:
        return form.pattern.sub(lambda found: _replaced(found, form.kind), text)
    return "".join(chain.from_iterable(_commands(text, form)))


def _commands(text: str, form: Form) -> list[tuple[str, str]]:
    """What stands before each command of the program as it is, and the command without its secrets."""
    pieces, done = list[tuple[str, str]](), 0
    for found in form.program.finditer(text) if form.program else ():
        if found.end() < done:
            continue
        end = _end(text, found.end())
        command = form.pattern.sub(lambda secret: _replaced(secret, form.kind), text[found.end() : end])
        pieces.append((text[done : found.end()], command))
        done = end
    return [*pieces, (text[done:], "")]


def _end(text: str, start: int) -> int:
    """Where a command that begins at ``start`` ends: at a separator outside quotes."""
    quoted = ""
    for at in range(start, len(text)):
        letter = text[at]
        if quoted:
            quoted = "" if letter == quoted else quoted
        elif letter in "\"'":
            quoted = letter if text.find(letter, at + 1) > 0 else ""
        elif SEPARATOR.match(letter):
            return at
    return len(text)


def _replaced(found: re.Match[str], kind: str) -> str:
    name = next((name for name in "abcd" if name in found.re.groupindex and found[name] is not None), None)
    if name is None or NO_SECRET.fullmatch(found[name]):
        return found.group()
    start, end = found.start(name) - found.start(), found.end(name) - found.start()
    return f"{found.group()[:start]}{{redacted:{kind}}}{found.group()[end:]}"
