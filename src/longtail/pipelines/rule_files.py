"""Rule files as a person names them → the Sigma rules in them, and what could not be used and why."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from longtail.detections.matching_terms import Rule
from longtail.detections.sigma import Parsed, parsed
from longtail.errors import NothingToRead
from longtail.files.discovery import STDIN, files
from longtail.files.streams import standard_input
from longtail.files.tally import Tally
from longtail.readings import Quarantined, Reading

SUFFIXES = (".yml", ".yaml")
"""What a rule file in a folder is called; a file that is named itself may be called anything."""

MOST_BYTES = 10 << 20
TOO_LARGE = f"larger than {MOST_BYTES >> 20} MB: no rule file"


@dataclass(frozen=True, slots=True)
class RuleFiles:
    """What rule files gave: rules, what is no rule for process starts, what could not be read, and how many files."""

    rules: tuple[Rule, ...] = ()
    passed_over: tuple[Quarantined, ...] = ()
    refused: tuple[Quarantined, ...] = ()
    files: int = 0

    def readings(self) -> tuple[Reading, ...]:
        """One reading for all files of which something could not be read; none where all is well."""
        if not self.refused:
            return ()
        tally = Tally("rules", "sigma", passed_over=len(self.passed_over))
        for each in self.refused:
            tally.reasons[each.reason] += 1
        tally.examples.extend(self.refused[:10])
        return (tally.reading(),)


def rule_files(paths: Iterable[str]) -> RuleFiles:
    """The rules under some paths: files, folders (with all folders in them) or globs, in the order given.

    Raises:
        NothingToRead: a path matches no file, or a folder has no rule file in it.
        LongtailError: the extra for Sigma is not installed.
    """
    gave = [_rules_of(path) for each in paths for path in _named(each)]
    return RuleFiles(
        tuple(rule for each in gave for rule in each.rules),
        tuple(other for each in gave for other in each.passed_over),
        tuple(bad for each in gave for bad in each.refused),
        len(gave),
    )


def _named(path: str) -> Iterator[str]:
    folder = path != STDIN and Path(path).is_dir()
    found = [file for file, _ in files([path]) if not folder or file.lower().endswith(SUFFIXES)]
    if not found:
        raise NothingToRead(f"{path}: no rule file ({', '.join('*' + each for each in SUFFIXES)}) in this folder")
    return iter(found)


def _rules_of(path: str) -> Parsed:
    try:
        content = _content(path)
    except OSError as error:
        return Parsed(refused=(Quarantined(path, f"cannot be read: {error.strerror}"),))
    if len(content) > MOST_BYTES:
        return Parsed(refused=(Quarantined(path, TOO_LARGE),))
    return parsed(content, path)


def _content(path: str) -> bytes:
    """The bytes of a file, and no more of them than one too many."""
    if path == STDIN:
        return standard_input().exactly(MOST_BYTES + 1)
    with Path(path).open("rb") as file:
        return file.read(MOST_BYTES + 1)
