"""Words → whether a machine made them up: letter pairs that people hardly ever put together, measured.

The table holds, for every pair of letters (all digits count as ``0``, ``_`` is the word's edge), how surprising the
second is after the first, in quarter bits. It was counted over 49,003 words from package and file names that occur
more than once. Computing's abbreviations (``svc``, ``mgr``, ``dhcp``) are unpronounceable too, so they are taken out
of a word before it is judged. A miss is better than a false hit: real names must never be masked.
"""

import re
from itertools import pairwise

SHORTEST = 6
SYMBOLS = "abcdefghijklmnopqrstuvwxyz0_"
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-"
_SURPRISE = (
    "eUQTebThSjYOSNhRkNQMWYcdXefO"  # a
    "MYXaOdbfOZhNXcMYlQRZQhjdYibM"  # b
    "NgYcOegNUmPRagKZmRUPTiliaqeO"  # c
    "NUZWJYYeNdbWZcPanUTaUfdfapbJ"  # d
    "SYRSWZZicjfSUNaWfKOReYbUbkfK"  # e
    "PfbbPRgjKmgNafNcqQVSSpheTtbN"  # f
    "QcZbJdXTPkjTYTQXkNTaTkgkamdK"  # g
    "KdaaKfimNkfaYdMcdVZRSmgmVkcL"  # h
    "TTPTUVTnilbRSKPUiUQOeWmZnYhQ"  # i
    "LgZYMgjeQjddYfOXddHdOeaigncU"  # j
    "PZZYJbYbMkhVaZTalWQXUgelXnbI"  # k
    "MdaWLdekKmdQahNZrgTUTdjlVjeL"  # l
    "KUYYLddkNjfUUbOPhdTbUjhjapcM"  # m
    "QdRPNWOgRgXbdXSamePMXYhhbjfL"  # n
    "XWSSfaVhZeYQRKTRpMSRSYVZfjhP"  # o
    "NfYZMdcTQmdPcePTpOUSVlhiPrbN"  # p
    "UaWZbfihV0mMZcXXfVXUFeZflmgL"  # q
    "MbVVKcZjOkWZVYOZlYSSVajkVqhK"  # r
    "TeSbOffSQlYYYcTSceSLVfblYsdH"  # s
    "NdWcLcgSMkfYafOarPSVVjbiVmeK"  # t
    "TRUSSaWmRkePQNdRqNNNhgkbjfgS"  # u
    "MfYcGfbgJogbYdQaocYXXijhcoVP"  # v
    "KcZYKdeTMocXbTNYrTRadrhgapdM"  # w
    "TaTXQacdQhgXVeWPqZWMbgebXiVG"  # x
    "SWUXUZZeagfUTTVOhWQRYebdpdaG"  # y
    "NeYcHchXOibWWcOdmbYaUmgiTSZN"  # z
    "aYYYfcjhhdheabgXvdZbghgagmGF"  # 0
    "PSORTTTVUZYSQUUOcRNRXWWcfch-"  # _
)
_BITS: dict[tuple[str, str], float] = {
    (first, second): _ALPHABET.index(_SURPRISE[row * len(SYMBOLS) + column]) / 4
    for row, first in enumerate(SYMBOLS)
    for column, second in enumerate(SYMBOLS)
}

_ABBREVIATIONS = re.compile(
    "svc|srv|svr|mgr|mgmt|wmi|ctl|dhcp|tpm|msg|cmd|cfg|dns|wbem|ntfs|smb|sql|msvc|gdb|gpg|zstd|xzc|xzf|xzd|grep|diff"
    "|cmp|fmt|wpd|xps|wlan|wwan|msdt|gfx|rmt|vmh|kbd|wsm|wmp|win|sys|prxy|host|util|mon|reg|lib|ext|drv|usb|pdf|xml"
    "|html|http|json|ssl|tls|rpc|rdp|vpn|ipc|pkg|tmp|log|yaml|nvx|tsc|ths|nvs|img|base|utf|md5|sha|x64|x86|arm|amd"
)

_LIMITS: dict[int, float] = {6: 6.0, 7: 5.9, 8: 5.65, 9: 5.5, 10: 5.4, 11: 5.3}
"""Mean surprise in bits above which a word of that length is made up; the longer, the surer the mean."""
_LONG_LIMIT = 5.0
_MIXED_DISCOUNT = (0.0, 0.0, 0.15, 0.4)  # for 2, and for 3 or more, changes between letters and digits
_DIGITS = str.maketrans("123456789", "000000000")
_CHANGE = re.compile(r"(?<=0)[^0]|(?<=[^0])0")


def made_up(word: str) -> bool:
    """Whether a word of ASCII letters and digits was drawn at random rather than named by a person."""
    rest = _ABBREVIATIONS.sub("", word.lower()).translate(_DIGITS)
    if len(rest) < SHORTEST or len(rest) - rest.count("0") < 4:
        return False
    changes = len(_CHANGE.findall(rest))
    limit = _LIMITS.get(len(rest), _LONG_LIMIT) - _MIXED_DISCOUNT[min(changes, 3)]
    return surprise(rest) > limit


def surprise(word: str) -> float:
    """The mean surprise of a word's letter pairs, its edges included, in bits."""
    pairs = [_BITS.get(pair, 0.0) for pair in pairwise(f"_{word}_")]
    return sum(pairs) / len(pairs)
