"""The rules of the guide: what each complains about, and what it leaves alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.texts import NOTES, card, cloze, read, skill, write
from tracker.content.lint import lint

TODAY = date(2026, 11, 23)
LINK = "https://example.org/page"


def complaints(folder, *cards, notes=NOTES, today=TODAY):
    """What the linter says about a skill with these cards."""
    path = read(write(folder, {"gil": skill("gil", *cards, notes=notes)}))
    return [fault.what for fault in lint(path, today)]


def code(lines):
    return "```python\n" + "x = 1\n" * lines + "```"


ONE_CARD = [
    (card("one", "Is it atomic?"), "starts with Is"),
    (card("one", "`does` it matter?"), "starts with does"),
    (card("one", "Islands are where?"), None),
    (card("one", answer="word " * 41), "41 words"),
    (card("one", answer="word " * 40 + "`code in line`\n" + code(3)), None),
    (card("one", answer="\n- a\n- b\n- c\n- d"), "lists 4 items"),
    (card("one", answer="\n1. a\n2. b\n3. c"), None),
    (card("one", "What does the global lock lock?", "A lock"), "holds the answer"),
    (card("one", "Which is faster, a list or a set?", "a set"), "holds the answer"),
    (card("one", "Which method, `append` or `extend`, takes one item?", "`append`"), None),
    (card("one", "Which lock serialises bytecode?", "The global interpreter lock"), None),
    (card("one", "Why must the lock be released often?", "The lock is held too long."), None),
    (cloze("one", "A {{c1::lock}} is a kind of lock."), "beside its hole"),
    (cloze("one", "An {{c1::open lock}} is a kind of {{c2::lock}}."), "beside its hole"),
    (cloze("one", "A {{c1::lock}} locks; the {{c1::lock}} opens."), None),
    (cloze("one", "Say {{c1::one two three four five six seven}}."), "hides 7 words"),
    (cloze("one", "Say {{c1::one two three four five six::with some more words}}."), None),
    (cloze("one", "A call {{c1::to}} the function."), 'hides only "to"'),
    (cloze("one", "The operator {{c1::`is`}} compares identity."), None),
    (cloze("one", "{{c1::aa}} {{c2::bb}} {{c3::cc}} {{c4::dd}}"), "has 4 clozes"),
    (card("one", f"Why?\n\n{code(13)}"), "has 13 lines"),
    (card("one", f"Why?\n\n{code(12)}"), None),
    (card("one", "What is the latest Python?"), '"latest" ages'),
    (card("one", "Why is `modern` code?"), None),
    (card("one").replace(f"Source: {LINK}\n", ""), "no source"),
    (card("one").replace("https", "http"), "not an https address"),
    (card("one").replace(LINK, "the manual"), "not an https address"),
    (card("one").replace(LINK, "https://example.org/"), "bare home page"),
    (card("one").replace(LINK, "https://[broken/page"), "bare home page"),
    (card("one").replace(LINK, "https://example.org/?page=2"), None),
]


@pytest.mark.parametrize(("block", "words"), ONE_CARD)
def test_a_card_is_held_against_the_guide(tmp_path, block, words):
    found = complaints(tmp_path, block)
    if words is None:
        assert found == []
    else:
        assert [what for what in found if words in what] == found != []


def test_a_complaint_names_the_card_and_what_to_do(tmp_path):
    path = read(write(tmp_path, {"gil": skill("gil", card("one", "Is it?"))}))
    (fault,) = lint(path, TODAY)
    place = f"{tmp_path}/skills/gil.md:19: "
    assert str(fault) == place + "the question starts with Is, ask why, when, what or which"


PRINTS = "What does this print?\n\n```python run\n{}\n```\n"
OUTPUT = "\n```text output\n{}\n```"
LONG = "Which of the many well known protocols maps an IPv4 address to a MAC address {}?"
TWO_CARDS = [
    ("What is it?", "what  is IT?", "same front"),
    (LONG.format("first"), LONG.format("best"), "nearly the same front"),
    ("Which protocol maps IPv4 addresses?", "Which protocol maps IPv6 addresses?", None),
    (PRINTS.format("print(1)"), PRINTS.format("print(2)"), None),
    (PRINTS.format("print(1)"), PRINTS.format("print( 1 )"), "nearly the same front"),
    (PRINTS.format("print(1)"), PRINTS.format("print(1)"), "same front"),
]


@pytest.mark.parametrize(("one", "other", "words"), TWO_CARDS)
def test_two_fronts_are_compared_with_their_code(tmp_path, one, other, words):
    cards = [card(name, front, OUTPUT.format(1)) for name, front in (("one", one), ("two", other))]
    found = complaints(tmp_path, *cards)
    assert len(found) == (words is not None) and all(str(words) in what for what in found)


def test_the_same_answer_three_times_is_one_complaint(tmp_path):
    cards = [card(f"card-{topic}", f"What about {topic}?") for topic in ("cats", "dogs", "birds")]
    assert complaints(tmp_path, *cards) == ["the same answer as card-cats, card-dogs"]
    assert complaints(tmp_path, *cards[:2]) == []


def test_the_same_output_of_many_programs_is_no_complaint(tmp_path):
    cards = [
        card(f"card-{number}", PRINTS.format(f"print({number} - {number})"), OUTPUT.format(0))
        for number in range(4)
    ]
    assert complaints(tmp_path, *cards) == []


def test_a_volatile_card_is_looked_at_again_every_year(tmp_path):
    cards = [card("one", "What about it?", "A", "Tags: volatile"), card("two", "And why?", "B")]
    assert complaints(tmp_path, *cards, today=TODAY + timedelta(days=366)) == []
    (late,) = complaints(tmp_path, *cards, today=TODAY + timedelta(days=367))
    assert late == "a volatile card was last reviewed 367 days ago"


@pytest.mark.parametrize(("count", "right"), [(79, False), (80, True), (200, True), (201, False)])
def test_the_notes_of_a_skill_have_80_to_200_words(tmp_path, count, right):
    found = complaints(tmp_path, card("one"), notes="word " * count)
    assert found == ([] if right else [f"the notes have {count} words"])


def test_the_notes_age_as_cards_do(tmp_path):
    (found,) = complaints(tmp_path, card("one"), notes=f"{NOTES} nowadays")
    assert found == '"nowadays" in the notes ages'
