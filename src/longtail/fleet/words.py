"""The name of a kind of word → as many such words as wanted: the vocabulary of paths and command lines."""

import re
from collections.abc import Callable, Mapping

from longtail.fleet.chance import Rng
from longtail.fleet.vocabulary import CHOICES

TOKEN = re.compile(r"\{([a-z_]+)(\d*)([!^]?)\}")
"""``{kind}`` is drawn once a host, ``{kind^}`` once a tenant, ``{kind!}`` anew for every run; ``{kind2}`` differs
from ``{kind}``. What is no such token stays as it is, so that braces need no escaping."""

Draw = Callable[[Rng, int], list[str]]


def _hex(width: int, upper: bool = False) -> Draw:
    def draw(rng: Rng, count: int) -> list[str]:
        digits = rng.bytes(count * (width + 1) // 2 + width).hex()
        digits = digits.upper() if upper else digits
        return [digits[i * width : (i + 1) * width] for i in range(count)]

    return draw


def _guid(form: str, upper: bool = False) -> Draw:
    plain = _hex(32, upper)

    def draw(rng: Rng, count: int) -> list[str]:
        return [form % f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}" for h in plain(rng, count)]

    return draw


def _number(low: int, high: int, form: str = "%d") -> Draw:
    return lambda rng, count: [form % value for value in rng.integers(low, high, count).tolist()]


def _letters(low: int, high: int, alphabet: str = "abcdefghijklmnopqrstuvwxyz") -> Draw:
    def draw(rng: Rng, count: int) -> list[str]:
        lengths = rng.integers(low, high + 1, count).tolist()
        letters = rng.integers(0, len(alphabet), (count, high)).tolist()
        return ["".join([alphabet[i] for i in row[:length]]) for row, length in zip(letters, lengths, strict=True)]

    return draw


def _dotted(*bounds: tuple[int, int]) -> Draw:
    def draw(rng: Rng, count: int) -> list[str]:
        columns = [rng.integers(low, high, count).tolist() for low, high in bounds]
        return [".".join(map(str, row)) for row in zip(*columns, strict=True)]

    return draw


def _stamp(form: str) -> Draw:
    def draw(rng: Rng, count: int) -> list[str]:
        months, days = rng.integers(1, 13, count).tolist(), rng.integers(1, 29, count).tolist()
        clock = rng.integers(0, 86_400, count).tolist()
        return [
            form.format(m=m, d=d, h=s // 3600, mi=s // 60 % 60, s=s % 60)
            for m, d, s in zip(months, days, clock, strict=True)
        ]

    return draw


BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

GENERATED: Mapping[str, Draw] = {
    "n": _number(0, 10),
    "nn": _number(10, 100),
    "nnn": _number(100, 1_000),
    "nnnn": _number(1_000, 10_000),
    "id": _number(100_000, 10_000_000),
    "port": _number(1_025, 65_000),
    "pid": _number(300, 12_000),
    "kb": _number(5_001_000, 5_079_000),
    "hex": _hex(8),
    "shorthex": _hex(4, upper=True),
    "uphex": _hex(8, upper=True),
    "longhex": _hex(16),
    "digest": _hex(32),
    "guid": _guid("%s"),
    "bguid": _guid("{%s}", upper=True),
    "wal": _hex(24, upper=True),
    "rnd": _letters(5, 8),
    "rndmix": _letters(6, 8, "abcdefghijklmnopqrstuvwxyz0123456789"),
    "letter": _letters(1, 1),
    "blob": _letters(60, 160, BASE64),
    "longblob": _letters(180, 420, BASE64),
    "ip": _dotted((10, 11), (0, 40), (0, 255), (2, 254)),
    "wan": _dotted((31, 210), (1, 255), (1, 255), (2, 254)),
    "ver": _dotted((1, 16), (0, 12), (0, 9000)),
    "longver": _dotted((1, 140), (0, 9), (1000, 20000), (0, 300)),
    "stamp": _stamp("2026{m:02d}{d:02d}"),
    "longstamp": _stamp("2026{m:02d}{d:02d}_{h:02d}{mi:02d}{s:02d}"),
    "date": _stamp("2026-{m:02d}-{d:02d}"),
}


def words(kind: str, rng: Rng, count: int) -> list[str]:
    """``count`` words of a kind. Choices may hold tokens themselves: each draws afresh.

    Raises:
        KeyError: there is no such kind.
    """
    generated = GENERATED.get(kind)
    if generated is not None:
        return generated(rng, count)
    choices = CHOICES[kind]
    texts = [choices[i] for i in rng.integers(0, len(choices), count).tolist()]
    return [expanded(text, rng) if "{" in text else text for text in texts]


def known(kind: str) -> bool:
    """Whether there are words of this kind."""
    return kind in GENERATED or kind in CHOICES


def expanded(text: str, rng: Rng) -> str:
    """The text with each token that names a kind of word replaced by a fresh one."""
    return TOKEN.sub(lambda m: words(m[1], rng, 1)[0] if known(m[1]) else m[0], text)
