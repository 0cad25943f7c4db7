"""Rule files as people, feeds and attackers write them: rules run, everything else is told with its place, at once."""

import json
import time
from typing import Any

import pytest

from longtail.detections import sigma_documents
from longtail.detections.matching_terms import Condition, Constant, Number, Pattern, Text, terms
from longtail.detections.sigma import parsed
from longtail.detections.sigma_scope import applicability, can_hold
from longtail.errors import LongtailError

pytest.importorskip("sigma", reason="the [sigma] extra is not installed")


def written(detection: Any, **more: Any) -> str:
    given = {"title": "x", "logsource": {"category": "process_creation"}, "detection": detection, **more}
    return json.dumps(given)


def one(value: Any, key: str = "CommandLine") -> str:
    return written({"a": {key: value}, "condition": "a"})


def asking(condition: Any, name: str = "a") -> str:
    return written({name: {"CommandLine": "x"}, "condition": condition})


GOOD = one("x")
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + at)}: &{chr(98 + at)} [{','.join(['*' + chr(97 + at)] * 9)}]\n" for at in range(9)
)
HOSTILE = {
    "an alias bomb": (BOMB, "10,000 values"),
    "ten megabytes": ("title: x\nd: " + "A" * (10 << 20), "larger than 8 MB"),
    "a long rule": ("a: b\n" * 100_000, "256 kB"),
    "deep brackets": ("[" * 100_000, "24 levels"),
    "deep blocks": ("".join(" " * at + "a:\n" for at in range(400)), "24 levels"),
    "itself": ("a: &a {b: *a}", "holds itself"),
    "a zero byte": ("title: \0", "not YAML"),
    "a key twice": ("title: a\ntitle: b", "Duplicate key 'title'"),
    "a key that is none": ("? [a]\n: b", "not YAML"),
    "an object": ('!!python/object/apply:os.system ["x"]', "not YAML"),
    "a number of base sixty": ("title: 1" + ":1" * 9000, "16 kB"),
    "a huge number": ("title: " + "9" * 5000, "not YAML"),
    "broken YAML": ("title: [", "of the rule, column"),
    "a list": ("[1, 2]", "no rule"),
    "no detection": ("title: x\nlogsource: {category: process_creation}", "detection"),
    "an unknown action": ("action: odd", "unknown"),
    "an unknown modifier": (one("x", "CommandLine|contians"), "Unknown modifier 'contians'"),
    "a modifier twice": (one("a", "CommandLine|wide|wide|contains"), "twice"),
    "ten thousand spellings": (one(" -a" * 30, "CommandLine|windash|contains"), "5,000 ways"),
    "a placeholder": (one("%x%", "CommandLine|expand"), "placeholder %x%"),
    "a part of the time": (one(5, "UtcTime|minute"), "not supported"),
    "a mapping as value": (one({"x": 1}), "Unsupported type"),
    "a placeholder in an expression": (one("%x%", "CommandLine|re|expand"), "placeholder"),
    "nothing among texts": (one(["a", None], "CommandLine|contains"), "null among its texts"),
    "nothing as expression": (one([None], "CommandLine|re"), "null among its texts"),
    "a truth among texts": (one(["a", True], "CommandLine|contains"), "put the word in quotes"),
    "lookaround": (one("(?!x)a", "CommandLine|re"), "lookaround within"),
    "lookaround of more than one": (one("a(?!xy)", "CommandLine|re"), "lookaround within"),
    "a condition beside its detections": (
        json.dumps({"logsource": {"category": "process_creation"}, "detection": {"a": {"B": "c"}}, "condition": "a"}),
        "belongs in it",
    ),
    "a back reference": (one(r"(a)\1", "CommandLine|re"), "back reference"),
    "a huge expression": (one(r"((\w{1,1000}){1,1000}){1,1000}", "CommandLine|re"), "steps"),
    "a broken expression": (one("((", "CommandLine|re"), "invalid"),
    "a nested expression": (one("(" * 1000 + ")" * 1000, "CommandLine|re"), "cannot be read"),
    "wildcards": (one("*a" * 4000), "wildcards"),
    "a wrong network": (one("10.0.0.1/8", "CommandLine|cidr"), "host bits"),
    "brackets in a condition": (asking("(" * 900 + "a" + ")" * 900), "brackets within"),
    "words in a condition": (asking("not " * 3000 + "a"), "2,000 words"),
    "stars in a condition": (asking("1 of " + "a*" * 40, "a" * 100), "no pattern"),
    "a name that is not there": (asking("a and b"), "'b', which is not defined"),
    "an open bracket": (asking("(a"), "lacks a ')'"),
    "two names": (asking("a a"), "ends before 'a'"),
    "an empty condition": (asking(""), "too early"),
    "a count": (asking("a | count() > 5"), "pipe"),
    "no match of any pattern": (asking("1 of b* and not 1 of c*"), "named like 'b*'"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_rule_is_told_at_once_and_its_neighbours_run(name: str) -> None:
    text, reason = HOSTILE[name]
    parsed(GOOD, "warm")
    began = time.process_time()
    given = parsed(f"{GOOD}\n---\n{text}\n---\n{GOOD}", "feed.yml")
    assert time.process_time() - began < 10
    assert [each.reason for each in given.refused if reason in each.reason], given.refused
    assert len(given.rules) == (0 if name == "ten megabytes" else 2)


def test_a_file_of_nothing_but_junk_is_given_up() -> None:
    given = parsed("---\njunk\n" * 500_000, "junk.yml")
    assert len(given.refused) == sigma_documents.MOST_REFUSED + 1
    assert "the rest is not looked at" in given.refused[-1].reason


def test_the_place_of_a_rule_is_its_file_and_line() -> None:
    given = parsed(f"{GOOD}\n---\ntitle: [\n---\n{GOOD}", "feed.yml")
    assert [each.place for each in given.rules] == ["feed.yml", "feed.yml:4"]
    assert [each.place for each in given.refused] == ["feed.yml:2"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_bytes_are_read_as_the_text_they_are(encoding: str) -> None:
    assert len(parsed(one("ü").encode(encoding), "x").rules) == 1


def test_bytes_that_are_no_text_are_refused() -> None:
    assert "no text" in parsed(bytes(range(256)), "x").refused[0].reason


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n---\n", "\n\n"])
def test_nothing_is_nothing(text: str) -> None:
    given = parsed(text, "x")
    assert (given.rules, given.refused, given.passed_over) == ((), (), ())


def test_what_is_wrong_beside_the_detection_is_a_note() -> None:
    (rule,) = parsed(written({"a": {"Image": "x"}, "condition": "a"}, level="wow", tags=["x"], date="soon"), "f").rules
    assert len(rule.notes) >= 3 and rule.level == ""


@pytest.mark.parametrize(
    "text", ["a and not 1 of b*", "a and 1 of b*", "all of b* or a", "(not (1 of b*)) or a", "not not 1 of b* and a"]
)
def test_a_pattern_that_no_detection_is_named_like_is_left_out_and_told(text: str) -> None:
    (rule,) = parsed(asking(text), "f").rules
    assert rule.condition == Text("CommandLine", ("x",))
    assert rule.notes == ("no detection is named like 'b*': left out",)


NUMBERS = ["4444", "-1", "0x3e7", "010", "1_000", "12:30", "2024-01-31", "1.50", "0.5", "1e3", ".5", "+7", "-0", "0b11"]


def asked(key: str, value: str) -> Condition:
    source = "title: x\nlogsource: {category: process_creation}\n"
    return parsed(f"{source}detection: {{a: {{{key}: [{value}]}}, condition: a}}", "f").rules[0].condition


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("modifier", ["", "|contains", "|endswith|windash"])
def test_what_yaml_takes_for_a_number_is_the_text_it_is_written_as(number: str, modifier: str) -> None:
    condition = asked(f"B{modifier}", number)
    assert condition == asked(f"B{modifier}", f"'{number}'")
    assert any(isinstance(each, Text) and number in each.parts for each in terms(condition))


@pytest.mark.parametrize("number", ["5", "0.5", "-3"])
def test_a_number_to_compare_with_stays_one(number: str) -> None:
    assert asked("B|gt", number) == Number("B", ">", float(number))


def test_the_specifications_name_of_an_encoding_is_its_other_name() -> None:
    both = [parsed(one("cmd", f"CommandLine|{name}|base64offset|contains"), "f") for name in ("utf16le", "wide")]
    assert both[0].rules[0].condition == both[1].rules[0].condition


def test_global_and_repeated_documents_are_merged() -> None:
    text = """action: global
title: g
logsource: {category: process_creation}
---
detection: {a: {Image: x}, condition: a}
---
action: repeat
detection: {a: {Image: y}}
---
action: reset
---
title: alone
"""
    given = parsed(text, "f")
    assert [each.condition for each in given.rules] == [Text("Image", ("x",)), Text("Image", ("y",))]
    assert [each.place for each in given.refused] == ["f:11"]


@pytest.mark.parametrize(
    "source",
    [{"category": "network_connection", "product": "windows"}, {"product": "windows", "service": "powershell"},
     {"product": "linux", "service": "auditd"}, {"product": "azure"}],
)  # fmt: skip
def test_rules_for_other_logs_are_passed_over(source: dict[str, str]) -> None:
    given = parsed(json.dumps({"title": "x", "logsource": source, "detection": {"a": {"B": 1}, "condition": "a"}}), "f")
    assert not given.rules and not given.refused
    assert given.passed_over[0].reason.startswith("not a process rule")


def test_a_log_source_is_no_matter_of_case() -> None:
    source = {"product": "Windows", "category": "Process_Creation"}
    (rule,) = parsed(
        json.dumps({"title": "x", "logsource": source, "detection": {"a": {"B": 1}, "condition": "a"}}), "f"
    ).rules
    assert rule.product == "windows"


EVENTS = [("security", 4688, True), ("sysmon", 1, True), ("security", 4624, False), ("sysmon", 3, False)]


@pytest.mark.parametrize(("service", "event", "is_start"), EVENTS)
def test_a_rule_for_an_event_is_a_process_rule_where_it_is_a_start(service: str, event: int, is_start: bool) -> None:
    detection = {"a": {"EventID": event, "NewProcessName|endswith": "\\a.exe"}, "condition": "a"}
    text = json.dumps({"title": "x", "logsource": {"product": "windows", "service": service}, "detection": detection})
    given = parsed(text, "f")
    assert len(given.rules) == is_start and len(given.passed_over) == (not is_start)
    assert not is_start or {each.field for each in terms(given.rules[0].condition)} == {"Image"}


@pytest.mark.parametrize("kind", ["correlation", "filter"])
def test_what_is_no_rule_is_said_to_be_none(kind: str) -> None:
    assert f"a Sigma {kind}" in parsed(f"title: x\n{kind}: {{rules: [a]}}", "f").passed_over[0].reason


KNOWN = frozenset({"Image", "CommandLine", "User"})


@pytest.mark.parametrize(
    ("detection", "applicable", "told"),
    [
        ({"a": {"Image": "x"}, "condition": "a"}, True, ""),
        ({"a": {"Hashes|contains": "x"}, "condition": "a"}, False, "the whole rule depends on Hashes"),
        ({"a": {"Image": "x", "Product": "y"}, "condition": "a"}, False, "the whole rule depends on Product"),
        ({"a": [{"Image": "x"}, {"Product": "y"}], "condition": "a"}, True, "a branch depends on Product"),
        (
            {"a": {"Image": "x"}, "b": {"Company": "y"}, "condition": "a and not b"},
            True,
            "an exclusion depends on Company",
        ),
        ({"a": {"Image": "x"}, "b": {"Company": "y"}, "condition": "1 of them"}, True, "a branch depends on Company"),
        ({"a": {"Image|fieldref": "Company"}, "condition": "a"}, False, "the whole rule depends on Company"),
        ({"a": {"Company|exists": False}, "condition": "a"}, False, "the whole rule depends on Company"),
        (
            {"a": {"Image": "x"}, "b": [{"Company": None}, {"Company": "y"}], "condition": "a and not b"},
            False,
            "Company",
        ),
        (
            {"a": [{"Image": "x", "LogonId": "y"}, {"Product": "z", "LogonId": "y"}], "condition": "a"},
            False,
            "the whole rule depends on LogonId",
        ),
        (
            {"a": [{"Hashes|contains": "x"}, {"Imphash": "x", "Company": "y"}], "condition": "a"},
            False,
            "the whole rule depends on Hashes or Imphash",
        ),
    ],
)
def test_fields_that_telemetry_lacks_are_named_with_what_depends_on_them(
    detection: Any, applicable: bool, told: str
) -> None:
    (rule,) = parsed(written(detection), "f").rules
    found = applicability(rule, KNOWN)
    assert found.applicable is applicable and (found.told.endswith(told) if not applicable else told in found.told)
    assert bool(found.lacking) is bool(told)


def test_a_rule_that_can_never_match_is_known() -> None:
    assert not can_hold(Constant(False)) and can_hold(Pattern("Image", "x"))


def test_without_the_extra_the_error_says_how_to_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(sigma_documents, "import_module", absent)
    with pytest.raises(LongtailError, match=r"pip install longtail\[sigma\]"):
        parsed(GOOD, "f")
