"""`python -m tracker.content check DIR [--run]` and `lock DIR`, until `perennial` has them."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from tracker.content.check import check


def main(arguments: list[str]) -> int:
    """Print the faults; 1 if there is any."""
    faults = check(Path(arguments[1]), today=datetime.now(UTC).date())
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
