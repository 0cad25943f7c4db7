"""`--help` answers at once: nothing heavy is loaded before there is work to do. Only a fresh process can show it."""

import subprocess
import sys
import time

import pytest

from longtail.cli import VERBS

HEAVY = ("polars", "numpy", "scipy", "rapidfuzz", "pyarrow", "msgspec", "evtx", "rich", "jinja2", "multiprocessing")
LIMIT = 1.5  # seconds; the promise is 0.3 on a machine of one's own, and a busy one must not fail a test

CALL = """
import sys
sys.argv = ["longtail", *sys.argv[1:]]
from longtail.cli import main
try:
    main()
except SystemExit:
    pass
print(*sorted(name for name in sys.modules if "." not in name), file=sys.stderr)
"""


def _called(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", CALL, *words], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("words", [("--help",), ("--version",), (), *((verb, "--help") for verb in VERBS)])
def test_help_loads_nothing_heavy(words: tuple[str, ...]) -> None:
    done = _called(*words)
    loaded = set(done.stderr.split())
    assert "click" in loaded
    assert not loaded & set(HEAVY)


def test_help_lists_every_verb_with_its_sentence() -> None:
    told = _called("--help").stdout
    assert all(f"\n  {verb} " in told for verb in VERBS)


def test_help_answers_at_once() -> None:
    took = []
    for _ in range(3):
        began = time.perf_counter()
        _called("--help")
        took.append(time.perf_counter() - began)
    assert min(took) < LIMIT


def test_the_package_itself_loads_nothing() -> None:
    program = "import sys, longtail; print(*(name for name in sys.modules if name.startswith('longtail.')))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == []
