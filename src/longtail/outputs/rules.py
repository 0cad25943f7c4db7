"""What was mined → the files of a folder of rules: a YAML file a rule, the report, the ATT&CK layer, the queries."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from longtail.detections.mining import Mined
from longtail.detections.navigator import navigator
from longtail.detections.report import report
from longtail.detections.rules import Rule
from longtail.outputs.plain import dumps
from longtail.outputs.rules_converted import TARGETS, Converter
from longtail.outputs.wording import count
from longtail.readings import Quarantined
from longtail.text import clean

REPORT, LAYER, CONVERTED = "report.md", "navigator.json", "converted"
TOLD = 50  # alerts and conversions that failed, each with its reason; of the others the number


@dataclass(frozen=True, slots=True)
class Unconverted:
    """A rule that a target cannot express, and why."""

    target: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class RuleFolder:
    """The content of each file by its path in the folder, in one order, and what could not be converted."""

    files: dict[str, str]
    unconverted: tuple[Unconverted, ...] = ()


def rule_folder(found: Mined, targets: Iterable[str] = ()) -> RuleFolder:
    """Everything that is written of what was mined; the same for the same rules and targets.

    ``targets`` are keys of ``TARGETS``.

    Raises:
        LongtailError: there are targets, and the extra for Sigma is not installed.
    """
    queries: dict[str, str] = {}
    unconverted: list[Unconverted] = []
    for target in sorted(set(targets)):
        converter = Converter(target)
        for rule in found.rules:
            converted = converter.converted(rule.text)
            if converted.query is None:
                unconverted.append(Unconverted(target, rule.file_name, converted.reason))
            else:
                queries[query_path(rule, target)] = converted.query
    told = "\n".join([report(found), *_unread(found.quarantined), *_unconverted(unconverted)])
    rules = {rule.file_name: rule.text for rule in found.rules}
    layer = dumps(navigator(found.rules), indent=2) + "\n"
    return RuleFolder({REPORT: told, LAYER: layer, **rules, **queries}, tuple(unconverted))


def query_path(rule: Rule, target: str) -> str:
    """Where a rule's query for a target lies in the folder."""
    return f"{CONVERTED}/{target}/{rule.file_name.removesuffix('.yml')}.{TARGETS[target].suffix}"


def _unread(quarantined: Sequence[Quarantined]) -> Iterator[str]:
    if quarantined:
        yield from ("## Alerts that could not be read", "")
        yield from _listed([f"{clean(each.place)}: {clean(each.reason, 200)}" for each in quarantined])


def _unconverted(failed: Sequence[Unconverted]) -> Iterator[str]:
    if failed:
        yield from ("## Not converted", "")
        yield from _listed([f"{each.rule} for {each.target}: {clean(each.reason, 200)}" for each in failed])


def _listed(lines: Sequence[str]) -> Iterator[str]:
    yield from (f"- {line}" for line in lines[:TOLD])
    if len(lines) > TOLD:
        yield f"- and {count(len(lines) - TOLD, 'more', 'more')}"
    yield ""
