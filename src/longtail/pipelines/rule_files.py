"""Rule files as a person names them → the Sigma rules in them, and what could not be used and why."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from longtail.detections.sigma import Parsed, parsed
from longtail.detections.tried import RuleFiles
from longtail.errors import NothingToRead
from longtail.files.discovery import STDIN, files
from longtail.files.streams import standard_input
from longtail.files.tally import EXAMPLES_KEPT, Tally
from longtail.readings import Quarantined, Reading

SUFFIXES = (".yml", ".yaml")
"""What a rule file in a folder is called; a file that is named itself may be called anything."""

MOST_BYTES = 10 << 20
TOO_LARGE = f"larger than {MOST_BYTES >> 20} MB: no rule file"


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


def rule_readings(found: RuleFiles) -> tuple[Reading, ...]:
    """One reading for all files of which something could not be read; none where all is well."""
    if not found.refused:
        return ()
    tally = Tally("rules", "sigma", passed_over=len(found.passed_over))
    for each in found.refused:
        tally.reasons[each.reason] += 1
    tally.examples.extend(found.refused[:EXAMPLES_KEPT])
    return (tally.reading(),)
