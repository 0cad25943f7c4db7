"""Command lines against the arguments that ``CommandLineToArgvW`` and ``sh`` give for them."""

import time

import pytest

from longtail.executions.argv import posix_argv, posix_words, windows_argv, windows_words

WINDOWS = [
    # the examples Microsoft documents, behind a program's name
    (r'x "abc" d e', ["x", "abc", "d", "e"]),
    (r"x a\\b d" + '"e f"g h', ["x", r"a\\b", "de fg", "h"]),
    (r"x a\\\"b c d", ["x", r"a\"b", "c", "d"]),
    (r'x a\\\\"b c" d e', ["x", r"a\\b c", "d", "e"]),
    ('x a"b"" c d', ["x", 'ab"', "c", "d"]),
    (r'x "a b c"', ["x", "a b c"]),
    (r'x "ab\"c" "\\" d', ["x", 'ab"c', "\\", "d"]),
    (r'x a\\\b d"e f"g h', ["x", r"a\\\b", "de fg", "h"]),
    (r'x "" y', ["x", "", "y"]),
    ('x """a"""', ["x", '"a"']),
    ('x """Call Me Ishmael""" b', ["x", '"Call', "Me", 'Ishmael"', "b"]),
    ('x "open', ["x", "open"]),
    ('x "a b" ', ["x", "a b"]),
    # argv[0] has rules of its own: no escapes, ends at the next quote or blank
    (r'"C:\a\" b c', ["C:\\a\\", "b", "c"]),
    (r'"C:\Program Files\a.exe" -x', [r"C:\Program Files\a.exe", "-x"]),
    (r'"a"b c', ["a", "b", "c"]),
    (r'a"b c" d', ['a"b', "c d"]),
    (r"C:\Program Files\a.exe", [r"C:\Program", r"Files\a.exe"]),
    ("  a b", ["", "a", "b"]),
    ('"" a', ["", "a"]),
    ('"', [""]),
    ("", []),
    # only space and tab separate
    ("x\ta \t b", ["x", "a", "b"]),
    ("x a\u00a0b\u2003c", ["x", "a\u00a0b\u2003c"]),
    ("x a\nb\rc\x0bd", ["x", "a\nb\rc\x0bd"]),
]


@pytest.mark.parametrize(("line", "argv"), WINDOWS)
def test_windows_argv_is_what_windows_gives(line: str, argv: list[str]) -> None:
    assert windows_argv(line) == argv


POSIX = [
    ('a \'b c\' "d \\" e" f\\ g', ["a", "b c", 'd " e', "f g"]),
    ("a b'c d'e", ["a", "bc de"]),
    ("a ''", ["a", ""]),
    (r'a "\$x \n"', ["a", r"$x \n"]),
    (r"a '\'", ["a", "\\"]),
    ("a 'open", ["a", "open"]),
    ('a "open', ["a", "open"]),
    ('a "open\\"', ["a", 'open"']),
    ("a\\", ["a\\"]),
    ("  a\n b ", ["a", "b"]),
    ("a\u00a0b", ["a\u00a0b"]),
    ("", []),
]


@pytest.mark.parametrize(("line", "argv"), POSIX)
def test_posix_argv_is_what_a_shell_gives(line: str, argv: list[str]) -> None:
    assert posix_argv(line) == argv


@pytest.mark.parametrize("line", [line for line, _ in WINDOWS if line])
def test_windows_words_stand_where_they_say(line: str) -> None:
    assert [word.value for word in windows_words(line)] == windows_argv(line)
    for word in windows_words(line)[1:]:
        assert windows_argv("x " + line[word.start : word.end])[1:] == [word.value]


@pytest.mark.parametrize("line", [line for line, _ in POSIX])
def test_posix_words_stand_where_they_say(line: str) -> None:
    ends = [0, *(word.end for word in posix_words(line))]
    assert all(end <= word.start for end, word in zip(ends, posix_words(line), strict=False))


@pytest.mark.parametrize("part", ['"', "\\", '\\"', "'", '" ', "a ", "\\ ", "\t"])
def test_splitting_is_linear(part: str) -> None:
    began = time.process_time()
    windows_argv("x " + part * 50_000)
    posix_argv("x " + part * 50_000)
    assert time.process_time() - began < 10
