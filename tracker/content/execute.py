"""Runs the `python run` code of cards and compares what happens with what the card says.

It is meant for authors and CI, who trust the text: the code runs as the calling user. A server
never calls it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tracker.content import markdown, versions
from tracker.content.shapes import Fault, NoteText, PathText

SECONDS = 10.0
WORKERS = 2
OLDEST = (3, 8)

# The card's code gets a `__main__` of its own, so that no name of this runner is visible to it.
_RUNNER = """
def run():
    import sys, types
    code, kept = sys.stdin.buffer.read().decode(), sys.modules["__main__"]
    sys.modules["__main__"] = module = types.ModuleType("__main__")
    try:
        exec(compile(code, "card", "exec"), module.__dict__)
        sys.stdout.flush()
    except BaseException as error:
        sys.stdout.flush()
        sys.stderr.write("\\nraised:" + type(error).__name__ + "\\n")
        return kept
run()
"""
_RAISED = re.compile(r"^raised:(\w+)$", re.MULTILINE)
_PROBE = (
    "import sys; v = sys.version_info; "
    "print(sys.implementation.name, v[0], v[1], v[2], v[3], sys.executable)"
)


@dataclass(frozen=True, slots=True, order=True)
class Interpreter:
    """A CPython on this machine."""

    version: tuple[int, int, int]
    program: str

    def __str__(self) -> str:
        return f"Python {'.'.join(str(number) for number in self.version)}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a program did; `raised` is the class name of what ended it, if anything did."""

    output: str
    raised: str
    late: bool = False


def run_all(path: PathText, programs: list[Interpreter] | None = None) -> list[Fault]:
    """The faults of every run card of a path, on each interpreter that it is meant for."""
    programs = interpreters() if programs is None else programs
    jobs = [
        (note, program)
        for note in path.cards
        if program_of(note) is not None
        for program in programs
        if versions.holds(note.python, program.version)
    ]
    with ThreadPoolExecutor(WORKERS) as pool:
        found = pool.map(lambda job: run(*job), jobs)
        return sorted(fault for faults in found for fault in faults)


def run(note: NoteText, program: Interpreter, seconds: float = SECONDS) -> list[Fault]:
    """The faults of one card on one interpreter; none for a card without code to run."""
    code = program_of(note)
    if code is None or not versions.holds(note.python, program.version):
        return []
    outcome = _execute(code, program, seconds)
    return [
        Fault(note.file, note.line, f"{program} {what}", do)
        for what, do in _compare(note, outcome, seconds)
    ]


def program_of(note: NoteText) -> str | None:
    """The code of the note's `python run` block."""
    blocks = markdown.fences(note.question) + markdown.fences(note.answer)
    return next((block.code for block in blocks if block.info == "python run"), None)


def output_of(note: NoteText) -> str | None:
    """What the note's code is said to print; None if it does not say."""
    blocks = markdown.fences(note.answer)
    return next((block.code for block in blocks if block.info == "text output"), None)


def interpreters() -> list[Interpreter]:
    """Each minor version of CPython from 3.8 on that is found on PATH or with pyenv.

    Of several builds of one minor version the newest is taken.
    """
    found: dict[tuple[int, int], Interpreter] = {}
    with ThreadPoolExecutor(WORKERS) as pool:
        for program in sorted(filter(None, pool.map(_probe, _programs()))):
            found[program.version[:2]] = program
    return sorted(found.values())


def _programs() -> list[str]:
    names = [f"python3.{minor}" for minor in range(OLDEST[1], 40)]
    known = {shutil.which(name) for name in names} | {sys.executable}
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    known |= {str(file) for file in (root / "versions").glob("3.*/bin/python3")}
    return sorted({os.path.realpath(name) for name in known if name and "/shims/" not in name})


def _probe(program: str) -> Interpreter | None:
    try:
        answer = subprocess.run(  # noqa: S603
            [program, "-I", "-c", _PROBE], capture_output=True, text=True, timeout=SECONDS, env={}
        ).stdout.split(maxsplit=5)
        version = (int(answer[1]), int(answer[2]), int(answer[3]))
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None
    released = answer[0] == "cpython" and answer[4] == "final"
    return Interpreter(version, answer[5].strip()) if released and version >= OLDEST else None


def _execute(code: str, program: Interpreter, seconds: float) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(  # noqa: S603
            [program.program, "-I", "-X", "utf8", "-c", _RUNNER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={},
            start_new_session=True,
        )
        try:
            output, errors = process.communicate(code.encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            _kill(process)
            return Outcome("", "", late=True)
    raised = _RAISED.findall(errors.decode(errors="replace"))
    crashed = f"exit status {process.returncode}" if process.returncode else ""
    return Outcome(output.decode(errors="replace"), raised[-1] if raised else crashed)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the program with its children; it is not reaped yet, so the group is still its own."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _compare(note: NoteText, outcome: Outcome, seconds: float) -> Iterator[tuple[str, str]]:
    if outcome.late:
        yield f"is not done after {seconds:g} s", "make the code end"
        return
    expected = note.raises.rpartition(".")[2]
    if outcome.raised != expected:
        wanted = f"not {expected}" if expected else "unexpectedly"
        yield f"raises {outcome.raised or 'nothing'}, {wanted}", "mend the code or the card"
    output = output_of(note)
    if output is not None and _lines(output) != _lines(outcome.output):
        shown = _short(outcome.output)
        yield f"prints {shown}", f"not {_short(output)}: mend the card or scope it with Python:"


def _lines(text: str) -> str:
    """A fence cannot tell whether the last line ends, so that one newline is no difference."""
    return text.removesuffix("\n").replace("\r\n", "\n")


def _short(text: str) -> str:
    return repr(text if len(text) <= 200 else text[:200] + "…")
