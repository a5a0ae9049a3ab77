"""`ids.lock`: no id vanishes in silence, and none is used again for something else."""

from __future__ import annotations

from datetime import date

import pytest
from click.testing import CliRunner

from tests.texts import card, read, skill, write
from tracker import cli
from tracker.content import lock
from tracker.content.check import check


@pytest.fixture
def locked(tmp_path):
    """A published path with the cards one and two."""
    lock.write(path_of(tmp_path, card("one"), card("two", "What is half of four?", "Two.")))
    return tmp_path


def path_of(folder, *cards):
    return read(write(folder, {"gil": skill("gil", *cards)}))


def faults(path):
    known, broken = lock.read(path.directory)
    return [fault.what for fault in broken + lock.check(path, known)]


def states(folder):
    return {name: entry.state for name, entry in lock.read(folder)[0].items()}


def test_the_lock_is_a_sorted_text_of_one_line_an_id(locked):
    head, *lines = (locked / "ids.lock").read_text().splitlines()
    assert head.startswith("#")
    assert [line.split()[:2] for line in lines] == [["one", "live"], ["two", "live"]]


def test_a_path_never_published_has_no_lock_and_no_fault(tmp_path):
    assert faults(path_of(tmp_path, card("one"))) == []


def test_writing_the_lock_twice_changes_nothing(locked):
    before = (locked / "ids.lock").read_bytes()
    lock.write(read(locked))
    assert (locked / "ids.lock").read_bytes() == before
    assert faults(read(locked)) == []


def test_an_edited_answer_is_no_fault(locked):
    assert faults(path_of(locked, card("one", answer="Better."), card("two"))) == []


def test_a_new_card_must_be_listed(locked):
    path = path_of(locked, card("one"), card("two"), card("aaa"), card("bbb"))
    assert faults(path) == ['card "aaa" and 1 more not listed']
    lock.write(path)
    assert faults(path) == []


def test_an_id_must_not_vanish(locked):
    path = path_of(locked, card("one"))
    assert faults(path) == ['card "two" has vanished']
    lock.write(path)
    assert faults(path) == ['card "two" has vanished']


def test_an_id_may_be_retired_in_so_many_words(locked):
    path = path_of(locked, card("one"))
    lock.write(path, retire=["two"])
    assert states(locked) == {"one": "live", "two": "retired"}
    assert faults(path) == []


@pytest.mark.parametrize("old", ["two", "demo/two"])
def test_an_id_may_be_claimed_by_another_card(locked, old):
    path = path_of(locked, card("one"), card("three", "", "Two.", f"Was: {old}"))
    assert faults(path) == ['card "three" not listed']
    lock.write(path)
    assert states(locked) == {"one": "live", "three": "live", "two": "retired"}
    assert faults(path) == []


def test_a_retired_id_may_come_back_as_it_was(locked):
    lock.write(path_of(locked, card("one")), retire=["two"])
    path = path_of(locked, card("one"), card("two", "Now asked otherwise?", "two."))
    assert faults(path) == []
    lock.write(path)
    assert states(locked)["two"] == "live"


def test_a_retired_id_must_not_come_back_with_another_answer(locked):
    lock.write(path_of(locked, card("one")), retire=["two"])
    path = path_of(locked, card("one"), card("two", answer="Something else."))
    wrong = ['retired id "two" is back with a different answer']
    assert faults(path) == wrong
    lock.write(path)
    assert faults(path) == wrong


@pytest.mark.parametrize("name", ["one", "never-there"])
def test_only_what_was_published_and_is_gone_can_be_retired(locked, name):
    with pytest.raises(ValueError, match=name):
        lock.write(read(locked), retire=[name])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("<<<<<<< HEAD", "not a line of the lock"),
        ("one live", "not a line of the lock"),
        ("one alive 0", "not a line of the lock"),
        ("one live 0", 'id "one" stands twice'),
        ("three live \x00", "control character 0x00"),
    ],
)
def test_a_broken_lock_is_named_with_its_line_and_never_overwritten(locked, line, words):
    with (locked / "ids.lock").open("a") as file:
        file.write(line + "\n")
    fault = lock.read(locked)[1][0]
    assert (fault.line, fault.what) == (4, words)
    with pytest.raises(ValueError, match="ids.lock:4"):
        lock.write(read(locked))


def test_checking_a_path_reads_lints_and_compares_with_the_lock(locked):
    write(locked, {"gil": skill("gil", card("one", "Is it?"), "### Bad id\nQ: a\nA: b\n")})
    found = check(locked, today=date(2026, 11, 23))
    words = " ".join(fault.what for fault in found)
    for part in ('"Bad id" is a bad card id', "starts with Is", 'card "two" has vanished'):
        assert part in words
    assert found == sorted(found)
    unlinted = check(locked, today=date(2026, 11, 23), lint=False)
    assert not any("starts with Is" in fault.what for fault in unlinted)


def command(*words):
    """`perennial path …`: its exit status and what it printed."""
    done = CliRunner().invoke(cli.main, ["path", *map(str, words)])
    return done.exit_code, done.output


def test_the_command_prints_faults_and_says_so(locked):
    assert command("check", locked)[0] == 0
    path_of(locked, card("one"))
    status, printed = command("check", locked)
    assert status == 1
    assert printed.startswith(f'{locked}/ids.lock:3: card "two" has vanished, bring it back')


def test_the_command_writes_the_lock_of_a_text_without_faults(locked):
    path_of(locked, card("one"))
    assert command("lock", locked, "--retire", "two")[0] == 0
    assert states(locked)["two"] == "retired"
    write(locked, {"gil": "no front matter"})
    assert command("lock", locked)[0] == 1


def test_the_command_runs_the_code_when_asked(locked):
    question = "What does this print?\n```python run\nprint(1)\n```"
    path_of(locked, card("one", question, "\n```text output\n2\n```"), card("two", "Why?"))
    assert command("check", locked)[0] == 0
    status, printed = command("check", locked, "--run")
    assert status == 1
    assert "prints '1\\n', not '2\\n'" in printed
