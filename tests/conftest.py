"""What every test may rely on: no colour and no width from the person's terminal, and their own environment back."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    """Verbs may set ``NO_COLOR`` for their process; a test's process goes on to the next test."""
    before = dict(os.environ)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        os.environ.pop(name, None)
    yield
    os.environ.clear()
    os.environ.update(before)
