"""What can be compared, what is forgiven, and how a difference is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import typed
from cards.models import Card, Note

RUN = "```python run\nprint([1, 2])\n```"
OUTPUT = "```text output\n[1, 2]\n```"


def card(kind="basic", variant="q", html="<p>Answer</p>", **fields):
    return Card(note=Note(kind=kind, fields=fields), variant=variant, answer_html=html)


@pytest.mark.parametrize(
    ("given_card", "texts"),
    [
        (card(answer="Because of this."), ()),
        (card(answer="`len`", typed=True, html="<p><code>len</code></p>"), ("len",)),
        (card(answer="one", typed=True, html="<p>one</p>", accept=["1"]), ("one", "1")),
        (card(question=RUN, answer=OUTPUT), ("[1, 2]",)),
        (card(question=RUN, answer="````text output\na\n```\nb\n````"), ("a\n```\nb",)),
        (card(question=RUN, answer="", raises="KeyError"), ("KeyError",)),
        (card(kind="cloze", variant="c1", cloze="{{c1::A}} and {{c2::B}}"), ("A",)),
        (card(kind="cloze", variant="c2", cloze="{{c1::A}} and {{c2::B::hint}}"), ("B",)),
        (card(kind="cloze", variant="c1", cloze="{{c1::A}} or {{c1::B}}"), ("A B",)),
        (card(kind="cloze", variant="c1", cloze="Use {{c1::`yield`}}."), ("`yield`", "yield")),
        (card(kind="cloze", variant="c1", cloze="`{{c1::__dict__}}`"), ("__dict__", "dict")),
        (card(kind="cloze", variant="c1", cloze="{{c1::a {{c2::b}} c}}"), ("a b c",)),
    ],
)
def test_output_clozes_exceptions_and_marked_answers_can_be_compared(given_card, texts):
    assert typed.expected(given_card) == texts


@pytest.mark.parametrize(
    ("written", "text", "is_right"),
    [
        ("[1, 2]", "[1, 2]", True),
        (" [1,  2]\n", "[1, 2]", True),
        ("KEYERROR", "KeyError", True),
        ('{"a"}', "{'a'}", True),
        ("‘a’", "`a`", True),
        ("e\u0301t\u00e9", "\u00e9te\u0301", True),
        ("[1,2]", "[1, 2]", True),
        ("a  =  b", "a=b", True),
        ("12", "1 2", False),
        ("", "", False),
        ("  ", "", False),
        ("key error", "KeyError", False),
        ("[1, 2, 3]", "[1, 2]", False),
    ],
)
def test_case_spacing_and_quotes_are_forgiven_and_nothing_else(written, text, is_right):
    assert typed.right(written, (text,)) is is_right


def test_any_of_the_accepted_texts_is_right():
    assert typed.right("two", ("one", "two"))


def test_a_difference_names_what_is_missing_and_what_is_too_much():
    parts = [(part.kind, part.text) for part in typed.difference("cat", "cart!")]
    assert parts == [("same", "ca"), ("missing", "r"), ("same", "t"), ("missing", "!")]
    assert [part.kind for part in typed.difference("xa", "a")] == ["extra", "same"]


@pytest.mark.parametrize(
    ("written", "text", "near"),
    [("flexx", "flex", True), ("something like that", "flex", False), ("", "a", False)],
)
def test_a_difference_is_shown_only_where_half_of_it_agrees(written, text, near):
    assert typed.is_near(typed.difference(written, text)) is near


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_difference_holds_both_texts(written, text):
    parts = typed.difference(written, text)
    assert "".join(one.text for one in parts if one.kind != "missing") == written.strip()
    assert "".join(one.text for one in parts if one.kind != "extra") == text.strip()
