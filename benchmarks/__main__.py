"""`make bench`: the cost of a review at growing sizes, beside one bare durable commit.

`ARGS="--sizes 1000,10000"` shortens it.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import databases
from benchmarks.subject import Subject

SIZES = "1000,10000,100000,1000000"
ROUNDS, BLOCK, PAGES = 16, 20, 5
TARGET, FLAT = 4.0, 1.2
HEAD = (
    f"{'memories':>9}  {'bare ms':>14}  {'answer ms':>14}  {'ratio':>5}"
    f"  {'Today ms':>8}  {'path ms':>8}"
)


def main() -> None:
    """Measure and print."""
    options = _options()
    folder = Path(tempfile.mkdtemp(prefix="perennial-bench-"))
    try:
        print(f"fsync of this disk: {databases.fsync(folder) * 1000:.2f} ms (median)")
        for kind in options.databases.split(","):
            _measure(kind, folder, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure(kind: str, folder: Path, options: argparse.Namespace) -> None:
    sizes = [int(size) for size in options.sizes.split(",")]
    with databases.fresh(kind, folder) as addresses:
        subjects = []
        try:
            for size in sizes:
                print(f"{kind}: making {size:,} memories …", file=sys.stderr, flush=True)
                subjects.append(Subject(size, addresses[size], folder))
            # All sizes take turns, so that a noisy minute is shared by all.
            for _ in range(options.rounds):
                for subject in subjects:
                    subject.bare(BLOCK)
                    subject.answers(BLOCK)
            for subject in subjects:
                subject.pages(PAGES)
        finally:
            for subject in subjects:
                subject.stop()
    _print(kind, subjects)


def _print(kind: str, subjects: Sequence[Subject]) -> None:
    print(f"\n{kind}: median / 99th percentile in milliseconds\n{HEAD}")
    for one in subjects:
        print(
            f"{one.size:>9,}  {one.bare_times!s:>14}  {one.answer_times!s:>14}"
            f"  {one.ratio:5.2f}  {one.today_times.median:8.1f}  {one.path_times.median:8.1f}"
        )
    worst = max(one.ratio for one in subjects)
    growth = subjects[-1].answer_times.median / subjects[0].answer_times.median
    print(f"highest ratio {worst:.2f} (target: at most {TARGET:g})")
    print(f"largest to smallest size: {growth:.2f} times (target: at most {FLAT:g})\n", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", default=SIZES, help="numbers of memories (%(default)s)")
    parser.add_argument("--databases", default=",".join(databases.KINDS))
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"of {BLOCK} each")
    return parser.parse_args()


if __name__ == "__main__":
    main()
