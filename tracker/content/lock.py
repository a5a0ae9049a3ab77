"""`ids.lock`: every card id that was ever published, so that none vanishes or is used again.

One line an id, sorted: the id, `live` or `retired`, and a short hash of its answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from tracker.content import files
from tracker.content.shapes import Fault, NoteText, PathText, Report
from tracker.content.tables import ID

NAME = "ids.lock"
LIVE, RETIRED = "live", "retired"
_HEAD = (
    "# Every card id ever published. Written by `perennial path lock`; never edit or remove lines."
)


@dataclass(frozen=True, slots=True)
class Locked:
    """What the lock says about one id, and on which line."""

    state: str
    answer: str
    line: int


def read(directory: Path) -> tuple[dict[str, Locked], list[Fault]]:
    """The lock of a path's folder; an empty one where nothing was ever published."""
    report = Report(str(directory / NAME))
    if not (directory / NAME).is_symlink() and not (directory / NAME).exists():
        return {}, []
    lock: dict[str, Locked] = {}
    for number, line in enumerate(files.lines(directory, NAME, report) or [], 1):
        if line.strip() and not line.startswith("#"):
            _read_line(line, number, lock, report)
    return lock, report.faults


def check(path: PathText, lock: Mapping[str, Locked]) -> list[Fault]:
    """What the text does to published ids that it must not do."""
    if not lock:
        return []
    report = Report(str(path.directory / NAME))
    notes = {note.id: note for note in path.cards}
    claimed = _claimed(path)
    for name, locked in lock.items():
        if locked.state == LIVE and name not in notes and name not in claimed:
            do = f"bring it back, claim it with Was: {name}, or retire it"
            report.add(locked.line, f'card "{name}" has vanished', do)
    faults = [fault for note in path.cards for fault in _returned(note, lock.get(note.id))]
    if new := sorted(notes.keys() - lock.keys()):
        more = f" and {len(new) - 1} more" if new[1:] else ""
        report.add(1, f'card "{new[0]}"{more} not listed', "write the lock again")
    return report.faults + faults


def write(path: PathText, retire: Collection[str] = ()) -> None:
    """Bring `ids.lock` up to date; an id is retired only if named here, or claimed by `Was:`.

    ValueError for an id to retire that still is in the text or never was published.
    """
    lock, faults = read(path.directory)
    if faults:
        raise ValueError(str(faults[0]))
    notes = {note.id: note for note in path.cards}
    for name in retire:
        if name in notes or name not in lock:
            where = "still in the text" if name in notes else "not in ids.lock"
            raise ValueError(f'"{name}" is {where}, so it cannot be retired')
    rows = {name: (locked.state, locked.answer) for name, locked in lock.items()}
    for name in rows.keys() & {*retire, *_claimed(path)}:
        rows[name] = (RETIRED, rows[name][1])
    for note in path.cards:
        if not _returned(note, lock.get(note.id)):
            rows[note.id] = (LIVE, note.answer_digest)
    lines = [f"{name} {state} {answer}" for name, (state, answer) in sorted(rows.items())]
    (path.directory / NAME).write_text("\n".join([_HEAD, *lines, ""]), encoding="utf-8")


def _claimed(path: PathText) -> set[str]:
    return {old.removeprefix(f"{path.id}/") for note in path.cards for old in note.was}


def _returned(note: NoteText, locked: Locked | None) -> list[Fault]:
    """A fault if the note takes a retired id for another answer."""
    if locked is None or locked.state == LIVE or locked.answer == note.answer_digest:
        return []
    what = f'retired id "{note.id}" is back with a different answer'
    return [Fault(note.file, note.line, what, "give the card a new id")]


def _read_line(line: str, number: int, lock: dict[str, Locked], report: Report) -> None:
    parts = line.split()
    if len(parts) != 3 or not ID.fullmatch(parts[0]) or parts[1] not in (LIVE, RETIRED):
        report.add(number, "not a line of the lock", "bring the last good version back")
    elif parts[0] in lock:
        report.add(number, f'id "{parts[0]}" stands twice', "remove the wrong line")
    else:
        lock[parts[0]] = Locked(parts[1], parts[2], number)
