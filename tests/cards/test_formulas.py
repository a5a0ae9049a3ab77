from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import clozes, formulas


def test_a_formula_becomes_mathml() -> None:
    root = ElementTree.fromstring(formulas.formula(r"\frac{a}{b} < 1", display=True))  # noqa: S314
    assert root.get("display") == "block"
    assert [element.text for element in root.iter() if element.text] == ["a", "b", "<", "1"]


def test_text_in_a_formula_is_escaped() -> None:
    assert "<mtext>&lt;b&gt;</mtext>" in formulas.formula(r"\text{<b>}", display=False)
    assert "<mtext>&lt;b&gt;</mtext>" in formulas.formula(r"\text{&lt;b&gt;}", display=False)


@pytest.mark.parametrize("tex", ["a<b \\left(", "{" * 900, "x" * 1001])
def test_what_cannot_be_read_is_shown_as_it_was_written(tex: str) -> None:
    shown = formulas.formula(tex, display=False)
    assert shown == f"<code>{tex.replace('<', '&lt;')}</code>"


def test_a_gap_is_an_element_of_its_own() -> None:
    gap = chr(clozes.FIRST_GAP)
    assert f'<mtext class="cloze-gap">{gap}</mtext>' in formulas.formula(f"{gap}^2", display=False)


def test_the_marks_of_a_word_do_not_disturb_a_formula() -> None:
    marked = f"\\frac{{{clozes.OPEN}a{clozes.CLOSE}}}{{b}}"
    assert formulas.formula(marked, display=False) == formulas.formula(r"\frac{a}{b}", False)


@given(st.text(st.sampled_from("\\{}^_&<>ab1 $frac")))
def test_any_formula_is_an_element(tex: str) -> None:
    root = ElementTree.fromstring(formulas.formula(tex, display=False))  # noqa: S314
    assert root.tag.rpartition("}")[2] in {"math", "code"}
