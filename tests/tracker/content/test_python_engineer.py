"""The path that comes with Perennial: no fault, every deck there, every program run."""

from __future__ import annotations

from datetime import date

import pytest

from tracker.content import check, execute, text
from tracker.setup import BUILT_IN

PATH, FAULTS = text.read(BUILT_IN)
SECTIONS, SKILLS, CARDS = 10, 89, 844
# Where a quarter of the deck reads code.
CODE = ["python-core", "testing"]
PYTHONS = execute.interpreters()


def skills_of(section_id):
    section = next(one for one in PATH.sections if one.id == section_id)
    return [PATH.skills[name] for name in section.skills]


def test_the_path_has_no_fault():
    assert [str(fault) for fault in check.check(BUILT_IN, today=date(2026, 11, 23))] == []


def test_every_skill_has_its_deck():
    assert len(PATH.sections) == SECTIONS
    assert len(PATH.skills) == SKILLS
    assert [skill.id for skill in PATH.skills.values() if len(skill.cards) < 5] == []
    assert (
        sum(len(note.variants) for skill in PATH.skills.values() for note in skill.cards) >= CARDS
    )


def test_every_card_has_a_source_and_every_skill_is_worth_reading():
    for skill in PATH.skills.values():
        assert 2 <= len(skill.resources) <= 5, skill.id
        assert 80 <= len(skill.notes.split()) <= 200, skill.id
        assert all(note.sources for note in skill.cards), skill.id


def test_about_two_cards_in_five_are_core():
    notes = [note for skill in PATH.skills.values() for note in skill.cards]
    assert 0.35 <= sum("core" in note.tags for note in notes) / len(notes) <= 0.45


@pytest.mark.parametrize("section", CODE)
def test_a_quarter_of_the_cards_reads_code(section):
    for skill in skills_of(section):
        coded = sum("```" in (note.question or "") + (note.cloze or "") for note in skill.cards)
        assert coded >= len(skill.cards) / 4, skill.id


@pytest.mark.parametrize("skill_id", PATH.skills)
def test_every_program_prints_what_its_card_says(skill_id):
    notes = [note for note in PATH.skills[skill_id].cards if execute.program_of(note)]
    found = [
        str(fault) for note in notes for python in PYTHONS for fault in execute.run(note, python)
    ]
    assert found == []


def test_programs_run_on_a_python_that_is_supported():
    assert PYTHONS
