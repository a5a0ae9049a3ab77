"""Code on cards is run as a learner would run it, and must do what the card says."""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import pytest

from tests.texts import SOURCE, card, one_note, read, skill, write
from tracker.content import execute
from tracker.content.execute import Interpreter

HERE = Interpreter(sys.version_info[:3], sys.executable)


def note_of(folder, code, output="", *fields):
    answer = [f"A:\n```text output\n{output}\n```"] if output else []
    lines = ["### one", f"Q: What?\n```python run\n{code}\n```", *answer, *fields, SOURCE]
    return one_note(folder, "\n".join(lines) + "\n")


def faults(note, seconds=5.0):
    return [fault.what.removeprefix(f"{HERE} ") for fault in execute.run(note, HERE, seconds)]


GOOD = [
    ("print([f() for f in [lambda: i for i in range(3)]])", "[0]", ["prints '[2, 2, 2]\\n'"]),
    ("print(1)\nprint()\nprint('ä', 2)", "1\n\nä 2", []),
    ("print('no newline at the end', end='')", "no newline at the end", []),
    ("print(1, end=' ')", "1", ["prints '1 '"]),
    ("print(1)\n1 / 0", "1", ["raises ZeroDivisionError, unexpectedly"]),
    ("print(undefined", "1", ["raises SyntaxError, unexpectedly", "prints ''"]),
    ("print(__name__, sys)", "1", ["raises NameError, unexpectedly", "prints ''"]),
    ("class A: pass\nprint(__name__, A.__module__)", "__main__ __main__", []),
    ("import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))) is A)", "True", []),
    ("import os\nprint(os.listdir('.'), 'HOME' in os.environ)", "[] False", []),
    ("import sys\nprint(sys.flags.isolated, sys.argv[1:])", "1 []", []),
    ("import os\nprint(1, flush=True)\nos._exit(3)", "1", ["raises exit status 3, unexpectedly"]),
]


@pytest.mark.parametrize(("code", "output", "found"), GOOD)
def test_what_is_printed_is_compared_to_the_letter(tmp_path, code, output, found):
    assert faults(note_of(tmp_path, code, output)) == found


@pytest.mark.parametrize(
    ("code", "raises", "found"),
    [
        ("int('x')", "ValueError", []),
        ("int('x')", "TypeError", ["raises ValueError, not TypeError"]),
        ("1", "TypeError", ["raises nothing, not TypeError"]),
        ("import json\njson.loads('{')", "json.JSONDecodeError", []),
        ("import sys\nsys.exit(1)", "SystemExit", []),
        ("raise ValueError('raised:TypeError\\nraised:KeyError')", "ValueError", []),
        ("def", "SyntaxError", []),
    ],
)
def test_only_the_class_of_an_exception_is_compared(tmp_path, code, raises, found):
    assert faults(note_of(tmp_path, code, "", f"Raises: {raises}")) == found


def test_what_is_printed_before_an_exception_counts_too(tmp_path):
    note = note_of(tmp_path, "print(1)\n1 / 0", "2", "Raises: ZeroDivisionError")
    assert faults(note) == ["prints '1\\n'"]


def test_code_that_does_not_end_is_stopped_with_its_children(tmp_path):
    late = tmp_path / "late"
    code = (
        "import os, time\n"
        "if os.fork(): print(1)\n"
        f"else: time.sleep(1); open({str(late)!r}, 'w').close()"
    )
    begin = time.monotonic()
    assert faults(note_of(tmp_path, code, "1"), seconds=0.5) == ["is not done after 0.5 s"]
    assert time.monotonic() - begin < 1
    time.sleep(0.8)
    assert not late.exists()


def test_a_card_runs_only_on_the_versions_it_is_meant_for(tmp_path):
    note = note_of(tmp_path, "1 / 0", "1", "Python: >=3.99")
    assert faults(note) == []
    assert len(faults(replace(note, python=">=3.8"))) == 2


def test_a_card_without_code_to_run_is_left_alone(tmp_path):
    assert faults(one_note(tmp_path, card("one", "Why?\n```python\n1 / 0\n```"))) == []


def test_all_cards_of_a_path_run_on_all_interpreters(tmp_path):
    question = "What does this print?\n```python run\nprint({})\n```"
    right = card("right", question.format(1), "\n```text output\n1\n```")
    wrong = card("wrong", question.format(2), "\n```text output\n1\n```")
    path = read(write(tmp_path, {"gil": skill("gil", right, wrong, card("plain"))}))
    other = Interpreter((3, 99, 0), sys.executable)
    (one, two) = execute.run_all(path, [HERE, other])
    assert {one.what, two.what} == {f"{HERE} prints '2\\n'", "Python 3.99.0 prints '2\\n'"}
    assert one.line == path.skills["gil"].cards[1].line


def test_this_interpreter_is_found_and_each_minor_version_once():
    found = execute.interpreters()
    minors = [program.version[:2] for program in found]
    assert sys.version_info[:2] in minors
    assert len(minors) == len(set(minors)) and min(minors) >= (3, 8)


def test_a_program_that_is_no_python_is_passed_over(tmp_path, monkeypatch):
    (tmp_path / "python3.9").write_text("#!/bin/sh\necho pypy 3 9 0 final /x\n")
    (tmp_path / "python3.10").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "python3.11").write_text("not a program")
    for file in tmp_path.iterdir():
        file.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert [program.version[:2] for program in execute.interpreters()] == [sys.version_info[:2]]
