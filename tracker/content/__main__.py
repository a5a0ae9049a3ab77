"""`python -m tracker.content check DIR [--run]` and `lock DIR [--retire ID]`, without the app."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from tracker.content import execute, lock
from tracker.content.check import load


def main(arguments: list[str] | None = None) -> int:
    """Print the faults as `file:line: what is wrong, what to do`; 1 if there is any."""
    options = _parser().parse_args(arguments)
    today = datetime.now(UTC).date()
    path, faults = load(options.directory, today=today, locked=options.command == "check")
    if path is not None and options.command == "lock" and not faults:
        lock.write(path, options.retire)
    elif path is not None and options.command == "check" and options.run:
        faults += execute.run_all(path)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tracker.content")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="name every fault of a path's text")
    check.add_argument("directory", type=Path)
    check.add_argument("--run", action="store_true", help="run the code of the cards as well")
    write = commands.add_parser("lock", help="bring ids.lock up to date")
    write.add_argument("directory", type=Path)
    write.add_argument("--retire", action="append", default=[], metavar="ID")
    return parser


if __name__ == "__main__":
    sys.exit(main())
