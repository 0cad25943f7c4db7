"""Whatever is in a name, a quoted name is one argument; and more evidence of serving never makes a finding."""

import shutil
import subprocess
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from small_fleet import IIS, WINDOWS, Box, evidence, network, sql_fleet

from longtail.errors import InputError
from longtail.ports.amending import spans, told, without
from longtail.ports.exceptions import exceptions
from longtail.ports.judgement import Wanted, recommended
from longtail.ports.quoting import command, option, quoted
from longtail.ports.software import could_serve, nameless, software
from longtail.settings import Settings

BASH = shutil.which("bash")
HOSTILE = ("'; rm -rf ~ #", "$(reboot)", "`id`", "a\nb", "-rf", "--name=x", "\x1b[2J", "a'b\"c\\", "\r\n", "ü ✓", "")
FLEET = sql_fleet()


def _words(line: str) -> list[bytes]:
    """The arguments that bash makes of a line."""
    done = subprocess.run([BASH or "", "-c", f"printf '%s\\0' {line}"], capture_output=True, check=True, timeout=30)
    return done.stdout.split(b"\0")[:-1]


@pytest.mark.skipif(BASH is None, reason="there is no bash here to ask what it makes of a quoted text")
@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=40))
@example(list(HOSTILE))
def test_a_quoted_text_is_one_argument_and_is_itself(texts: list[str]) -> None:
    meant = [text.replace("\0", "").encode("utf-8", "replace") for text in texts]
    assert _words(" ".join(map(quoted, texts))) == meant


@given(st.text())
@example("\x1b]0;owned\x07")
@example("\u202egnp.exe")
def test_what_is_quoted_shows_as_it_is_and_stays_on_its_line(text: str) -> None:
    assert quoted(text).isprintable() and quoted(text).isascii()


@given(st.text(min_size=1))
@example("-rf")
def test_a_value_is_never_taken_for_an_option(text: str) -> None:
    told = option("--name", text)
    assert told.startswith("--name=" if text.startswith("-") else "--name ")
    assert command("az x", name=text) == f"az x {told}"


@given(st.lists(st.tuples(st.integers(0, 65535), st.integers(0, 65535)), max_size=5), st.integers(0, 65535))
def test_ports_without_one_are_all_the_others(ranges: list[tuple[int, int]], port: int) -> None:
    held = [(min(each), max(each)) for each in ranges]
    kept = spans(told(without(held, [port]))) or ()
    asked = {port, *(end for span in held for end in (*span, span[0] - 1, span[1] + 1))}
    for each in asked:
        opened = any(first <= each <= last for first, last in held)
        assert any(first <= each <= last for first, last in kept) == (opened and each != port)


@given(st.text())
def test_ports_that_make_no_sense_are_no_ports(ports: str) -> None:
    read = spans(ports)
    assert read is None or all(0 <= first <= last <= 65535 for first, last in read)


@settings(max_examples=60)
@given(st.text())
@example("[[exception]]\nmachine='" + "*" * 400 + "'\nreason='x'")
def test_any_text_is_read_as_exceptions_or_refused(text: str) -> None:
    try:
        read = exceptions(text, date(2026, 11, 22))
    except InputError:
        return
    assert read.exempt or read.notes or "exception" not in text or not text.strip()


@given(st.text(), st.text(), st.text())
def test_any_executable_belongs_to_some_software(location: str, name: str, zone: str) -> None:
    assert isinstance(software(location, name), str)
    could_serve(location, name, zone)
    nameless(name)


@settings(max_examples=6, deadline=None)
@given(st.sampled_from(["0.0.0.0", "::", "10.0.0.4", "", "garbage", "[::]"]))
def test_what_listens_beyond_loopback_is_no_finding_whatever_the_address_says(address: str) -> None:
    boxes = [*FLEET, Box("odd", [*WINDOWS, *IIS[:1]], [1433], sockets=[(1433, address)])]
    found = recommended(network(boxes), evidence(boxes), Settings(), Wanted((1433,)))
    assert not any(each.verdict.finding for each in found.recommendations)
