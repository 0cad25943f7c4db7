"""Tickets in Markdown: what a renderer makes of them, whatever names are in them."""

import io
from dataclasses import replace

import pytest
from output_hostile import SCRIPTS, TERMINAL
from output_ports import forgotten, hostile_ports, many_ports, small_ports

from longtail.outputs.ports.markdown import FINDINGS_SHOWN, block, code, prose, write
from longtail.ports.findings import Ports
from longtail.text import clean

markdown_it = pytest.importorskip("markdown_it", reason="markdown-it-py is not installed: tickets were not rendered")

CALLS = (
    *("@everyone look", "see #12", "www.evil.example", "https://evil.example/x", "mailto:a@b.example", "a|b@c|d"),
    *("/close", "~label", "!5", "$x$", "`", "``` ", "~~~", "*a* _b_ ~~c~~", "[x](javascript:alert(1))"),
    *("![i](http://e/x)", "[x]: http://e", "| --- |", "# heading", "- item", "1. one", "> quote", "<!-- -->"),
    *("&amp; &#60;", "\\", "a  ", " ", "", "[/x]", "* * *", "===", "\t- x", "x\n\n# y\n", "[[wiki]]", "{{template}}"),
    *("`` ` ``", "\\`x\\`"),
)


def ticket(ports: Ports) -> str:
    stream = io.StringIO(newline="")
    write(ports, stream)
    return stream.getvalue()


def tokens(text: str) -> list[tuple[str, str]]:
    """Type and content of all that a renderer sees, HTML allowed, as the laxest one would."""
    parser = markdown_it.MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    found = parser.parse(text)
    return [(part.type, part.content) for each in found for part in (each, *(each.children or ()))]


def shape(text: str) -> list[str]:
    """The types of blocks, in order: what the ticket is built of."""
    inline = {"text", "text_special", "code_inline", "softbreak", "html_inline"}
    return [kind for kind, _ in tokens(text) if kind not in inline]


@pytest.mark.parametrize("text", (*SCRIPTS, *TERMINAL, *filter(None, CALLS)))
def test_no_name_changes_what_a_ticket_is_built_of(text: str) -> None:
    assert shape(ticket(hostile_ports((text,)))) == shape(ticket(hostile_ports(("harmless",))))


@pytest.mark.parametrize("text", (*SCRIPTS, *CALLS))
def test_a_sentence_reads_as_it_was_written(text: str) -> None:
    read = "".join(content for kind, content in tokens(f"x {prose(text)} x") if kind in ("text", "code_inline"))
    shown = clean(text, 1_000)
    assert [word for word in read.split(" ") if word] == ["x", *(word for word in shown.split(" ") if word), "x"]


@pytest.mark.parametrize("text", ["@everyone", "x@y.example", "#12", "https://evil.example", "www.evil.example"])
def test_what_would_call_somebody_or_something_is_code(text: str) -> None:
    assert prose(f"see {text} now") == f"see `{text}` now"


@pytest.mark.parametrize("text", [each for each in CALLS if each.strip() and clean(each) == each])
def test_code_holds_exactly_what_it_was_given(text: str) -> None:
    assert ("code_inline", text) in tokens(code(text)) or text != text.strip()


def test_commands_stand_in_blocks_that_nothing_in_them_ends() -> None:
    sly = replace(
        forgotten(),
        remedies=(replace(forgotten().remedies[0], command="echo '```'\n```\n# heading\n~~~~", undo="`", rehearse=""),),
    )
    fences = [
        content
        for kind, content in tokens(ticket(replace(small_ports(), recommendations=(sly,), privileges=())))
        if kind == "fence"
    ]
    assert fences == ["echo '```'\n```\n# heading\n~~~~\n", "`\n"]
    assert block(("a", "````"))[0] == "`````text"


def test_there_is_one_section_a_finding_with_reason_evidence_commands_and_undo() -> None:
    text = ticket(small_ports())
    sections = [line for line in text.splitlines() if line.startswith("## Close")]
    assert sections == ["## Close `1433/tcp` on `vm-web-07`", "## Close `1433/tcp` on `vm-app-2`"]
    for words in ("**Why (nothing behind it, score 0.94):**", "**Attacked:** on 6 days", "**Rehearse**:", "**Undo**:"):
        assert words in text
    assert text.index("**Rehearse**") < text.index("**Close on azure, for this machine only**") < text.index("**Undo**")


def test_a_ticket_does_not_go_on_for_ever() -> None:
    text = ticket(many_ports(FINDINGS_SHOWN + 9, 1))
    assert text.count("## Close ") == FINDINGS_SHOWN
    assert "9 more openings to close: `--format jsonl` has them all." in text
