"""The rules that are compared are the benchmark's: let tests import it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
