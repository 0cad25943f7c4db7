"""What each comparison holds for, value by value; and rules over rows of several systems."""

import json
from typing import Any

import polars as pl
import pytest

pytest.importorskip("sigma", reason="the [sigma] extra is not installed")

from longtail.detections import matching_columns
from longtail.detections.matching import FACE, Matcher, rows_of
from longtail.detections.matching_columns import Answers, Column, folded
from longtail.detections.matching_regex import RefusedExpressionError, linear
from longtail.detections.matching_terms import FALSE, TRUE, All, Missing, Not, Rule, Text, Wild
from longtail.detections.matching_terms import Any as AnyOf
from longtail.detections.sigma import parsed

MANY = Wild.MANY
WHOAMI_WIDE = "dwBoAG8AYQBtAGkA"


def matched(key: str, value: Any, texts: list[str | None], field: str = "CommandLine") -> list[int]:
    detection = f"detection: {{a: {{? {key!r} : {_yaml(value)}}}, condition: a}}"
    given = parsed(f"title: x\nlogsource: {{category: process_creation}}\n{detection}\n", "x")
    assert not given.refused, given.refused
    rows = pl.DataFrame({field: texts}, schema={field: pl.String})
    return Matcher(given.rules).hits(rows)[0].tolist()


def _yaml(value: Any) -> str:
    return json.dumps(value)


CASES: tuple[tuple[str, Any, list[str | None], list[int]], ...] = (
    ("CommandLine", "cmd", ["cmd", "CMD", "cmd ", None, ""], [0, 1]),
    ("CommandLine", "", ["", " ", None], [0]),
    ("CommandLine", None, ["", None], [1]),
    ("CommandLine", "*", ["", "a\nb", None], [0, 1]),
    ("CommandLine", "c?d", ["cmd", "c\nd", "cd", "cüd", "C中D"], [0, 1, 3, 4]),
    ("CommandLine", "a*b*c", ["abc", "a\nbc", "acb", "xabc"], [0, 1]),
    ("CommandLine", r"a\*b", ["a*b", "axb"], [0]),
    ("CommandLine", r"a\\*", [r"a\b", r"a\*", "ab"], [0, 1]),
    ("CommandLine|contains", r"\x", [r"a\Xb", "x"], [0]),
    ("CommandLine|contains", "", ["", "a", None], [0, 1]),
    ("CommandLine|contains", "whoami", ["cmd /c WhoAmI", "who ami", None], [0]),
    ("CommandLine|contains", "a" * 40, ["A" * 40, "a" * 39, "x" + "a" * 60], [0, 2]),
    ("CommandLine|contains|all", ["ab", "bc"], ["abc", "ab", "bc ab"], [0, 2]),
    ("CommandLine|contains", ["ab", "bc"], ["xab", "bcx", "c"], [0, 1]),
    ("CommandLine|startswith", "ab", ["ABc", "cab"], [0]),
    ("CommandLine|endswith", "ab", ["cAB", "abc", "ab\n"], [0]),
    ("CommandLine|contains", "MÜLLER", ["müller", "Muller"], [0]),
    ("CommandLine|contains", "kill", ["\u212aill"], [0]),
    ("CommandLine|contains", "ΣΑΣ", ["σας", "ΣΑΣ x"], [0, 1]),
    ("CommandLine|cased", "*Ab*", ["xAbx", "ab"], [0]),
    ("CommandLine|contains|cased", "Ab", ["xAbx", "ab"], [0]),
    ("CommandLine|contains|cased", "WhoAmI", ["x WhoAmI", "whoami", "WHOAMI"], [0]),
    ("CommandLine|re", "w.oami", ["whoami", "WHOAMI", "w\noami"], [0]),
    ("CommandLine|re|i", "w.oami", ["whoami", "WHOAMI"], [0, 1]),
    ("CommandLine|re|s", "a.b", ["a\nb", "ab"], [0]),
    ("CommandLine|re|m", "^b$", ["a\nb\nc", "abc"], [0]),
    ("CommandLine|re", "b$", ["ab", "ab\n", "ab\nc"], [0, 1]),
    ("CommandLine|re", "^$", ["", "\n", "a"], [0, 1]),
    ("CommandLine|re", "(?i:A)b", ["ab", "AB"], [0]),
    ("CommandLine|re", "[^a-c]", ["abc", "abcd"], [1]),
    ("CommandLine|windash|contains", " -f", ["x /f", "x -f", "x \u2013f", "x f"], [0, 1, 2]),
    ("CommandLine|windash|contains|all", [" -f", " /x"], ["a /f -x", "a -f"], [0]),
    ("CommandLine|base64|contains", "foobar", ["x Zm9vYmFy y", "foobar"], [0]),
    ("CommandLine|base64offset|contains", "foobar", ["Zm9vYmFy", "eGZvb2Jhcg==", "eHhmb29iYXI=", "foobar"], [0, 1, 2]),
    ("CommandLine|wide|base64offset|contains", "whoami", [f"-enc {WHOAMI_WIDE}", "whoami"], [0]),
    ("CommandLine|wide|contains", "ab", ["xa\0b\0", "ab"], [0]),
    ("CommandLine|utf16be|contains", "ab", ["\0a\0b", "a\0b\0"], [0]),
    ("CommandLine|cidr", "10.0.0.0/8", ["10.1.2.3", "11.0.0.1", "10.1.2", "x", None], [0]),
    ("CommandLine|cidr", "fe80::/10", ["fe80::1", "::1"], [0]),
    ("CommandLine|exists", True, ["", "a", None], [0, 1]),
    ("CommandLine|exists", False, ["", None], [1]),
    ("CommandLine|gt", 5, ["6", "5", "10", " 7 ", "x", None, "nan"], [0, 2, 3]),
    ("CommandLine|lte", 5.5, ["5", "6", "-1"], [0, 2]),
    ("CommandLine|neq", "a", ["a", "b", None], [1, 2]),
    ("CommandLine", 5, ["5", "05", "6"], [0]),
    ("CommandLine", True, ["true", "1", "yes"], [0, 1]),
    ("CommandLine|contains|expand", "%", ["50%"], [0]),
    ("Hashes|contains", "x", ["x"], []),
    ("Hashes", None, ["x"], [0]),
)  # fmt: skip


@pytest.mark.parametrize(("key", "value", "texts", "held"), CASES, ids=lambda each: repr(each)[:40])
def test_a_comparison_holds_for_these_values(key: str, value: Any, texts: list[str | None], held: list[int]) -> None:
    assert matched(key, value, texts) == held


def test_keywords_are_looked_for_in_every_field() -> None:
    text = "title: x\nlogsource: {category: process_creation}\ndetection: {k: [whoami, 'a*c'], condition: k}\n"
    rows = pl.DataFrame({"Image": ["c:\\WHOAMI.exe", "x", None], "CommandLine": [None, "zabcz", "b"]})
    assert Matcher(parsed(text, "x").rules).hits(rows)[0].tolist() == [0, 1]


def _rule(condition: Any, product: str | None = None) -> Rule:
    return Rule("x", "", "x", product, condition)


def test_conditions_join_as_logic_does() -> None:
    a, b = Text("A", ("1",)), Text("B", ("1",))
    rows = pl.DataFrame({"A": ["1", "1", "0", "0"], "B": ["1", "0", "1", "0"]})
    asked = {All((a, b)): [0], AnyOf((a, b)): [0, 1, 2], Not(a): [2, 3], All(()): [0, 1, 2, 3], AnyOf(()): [],
             Not(All((a, Not(b)))): [0, 2, 3], AnyOf((All((a, b)), Not(AnyOf((a, b))))): [0, 3],
             All((TRUE, a)): [0, 1], AnyOf((FALSE, b)): [0, 2]}  # fmt: skip
    found = Matcher([_rule(each) for each in asked]).hits(rows)
    assert [each.tolist() for each in found] == list(asked.values())


def test_an_exclusion_on_a_field_without_value_does_not_exclude() -> None:
    rows = pl.DataFrame({"A": ["1", None]})
    assert Matcher([_rule(Not(Text("A", ("1",)))), _rule(Missing("B"))]).hits(rows)[0].tolist() == [1]


def test_rules_for_one_system_do_not_look_at_rows_of_another() -> None:
    starts = pl.DataFrame(
        {
            "image": ["C:\\x\\curl.exe", "/usr/bin/curl", "curl"],
            "command_line": ["curl"] * 3,
            "parent_image": [None] * 3,
            "parent_command_line": [None] * 3,
            "account": ["CORP\\Bob", "root", None],
        },
        schema=dict.fromkeys(FACE.values(), pl.String),
    )
    rows = rows_of(starts)
    rules = [_rule(Text("CommandLine", ("curl",)), product) for product in (None, "windows", "linux", "macos")]
    assert [each.tolist() for each in Matcher(rules).hits(rows)] == [[0, 1, 2], [0, 2], [1, 2], [1, 2]]
    assert rows["SubjectUserName"].to_list() == ["Bob", "root", None]


def test_no_rules_and_no_rows_give_nothing() -> None:
    none = pl.DataFrame(schema={"CommandLine": pl.String})
    assert Matcher([]).hits(none) == []
    assert Matcher([_rule(Text("CommandLine", (MANY, "abc", MANY)))]).hits(none)[0].tolist() == []
    nulls = pl.DataFrame({"CommandLine": [None, None]}, schema={"CommandLine": pl.String})
    assert Matcher([_rule(Text("CommandLine", (MANY,)))]).hits(nulls)[0].tolist() == []


def test_values_looked_through_in_batches_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = pl.DataFrame({"CommandLine": [f"cmd {at} {'whoami' if at % 3 else 'abcabc'}" for at in range(500)]})
    rules = [_rule(Text("CommandLine", (MANY, word, MANY))) for word in ("whoami", "abc", "bca", "cmd 1", "md 49")]
    whole = [each.tolist() for each in Matcher(rules).hits(rows)]
    monkeypatch.setattr(matching_columns, "BATCH_LETTERS", 50)
    assert [each.tolist() for each in Matcher(rules).hits(rows)] == whole
    monkeypatch.setattr(matching_columns, "BATCH_CELLS", 7)
    assert [each.tolist() for each in Matcher(rules).hits(rows)] == whole
    assert [len(each) for each in whole] == [333, 167, 167, 111, 11]


def test_folding_keeps_every_letter_in_its_place() -> None:
    texts = pl.Series(["ABC", "ΣΑΣ", "ſ", "ẞ", "K", "ÄÖ"])
    assert folded(texts).str.len_chars().to_list() == texts.str.len_chars().to_list()


LITERALS = (
    (r"foo.*barbaz", "barbaz"),
    (r"(?i)\\POWERSHELL\.exe", "\\powershell.exe"),
    (r"(abc|abd)x", ""),
    (r"(?:abc)+", "abc"),
    (r"(?:abc)*d", "d"),
    (r"ünder", "nder"),
)


@pytest.mark.parametrize(("expression", "literal"), LITERALS)
def test_the_text_that_each_match_holds(expression: str, literal: str) -> None:
    assert linear(expression).literal.startswith(literal) and bool(linear(expression).literal) >= bool(literal)


@pytest.mark.parametrize("expression", ["(?=a)b", "c(?<!a)b", r"(a)\1", "(?>a)b", "a++", "(", "x{1001}", "(?(1)a|b)"])
def test_what_cannot_be_matched_in_linear_time_is_refused(expression: str) -> None:
    with pytest.raises(RefusedExpressionError):
        linear(expression)


@pytest.mark.parametrize(("letters", "indexed"), [("\U0001f600", True), ("\u202e", True), ("#+", False), ("abc", True)])
def test_short_texts_are_looked_up_where_they_are_rare(letters: str, indexed: bool) -> None:
    """Some public rules ask for hundreds of single characters, each of which would be sought in every line."""
    term = Text("CommandLine", (Wild.MANY, letters, Wild.MANY))
    lines = pl.Series([f"cmd {letters} /c", "cmd /c", letters.upper()])
    answers = Answers(Column.of(lines), [term])
    assert (term in answers.keys) is indexed
    assert set(answers.column.values.gather(answers.values(term))) == {lines[0], lines[2]}
