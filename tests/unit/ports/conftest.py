"""The small fleets stand beside the tests of ``ports``: let them be imported by name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
