"""Everything that can be said about a path without running its code."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tracker.content import lock, text
from tracker.content.lint import lint as lint_path
from tracker.content.shapes import Fault, PathText


def load(
    directory: Path, *, today: date, lint: bool = True, locked: bool = True
) -> tuple[PathText | None, list[Fault]]:
    """The path in a folder and its faults: of reading, of the lint rules and of `ids.lock`."""
    path, faults = text.read(directory)
    if path is None:
        return None, faults
    if lint:
        faults += lint_path(path, today)
    if locked:
        known, broken = lock.read(directory)
        faults += broken or lock.check(path, known)
    return path, sorted(set(faults))


def check(directory: Path, *, today: date, lint: bool = True) -> list[Fault]:
    """The faults of reading, of the lint rules and of `ids.lock`, by file and line."""
    return load(directory, today=today, lint=lint)[1]
