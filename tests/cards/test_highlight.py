import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import clozes, highlight


def words(code: str) -> str:
    return html.unescape(re.sub("<[^>]*>", "", code))


def test_a_known_language_is_highlighted_by_short_classes() -> None:
    assert highlight.code("def f(): ...", "Python") == (
        '<span class="k">def</span> <span class="nf">f</span><span class="p">():</span> '
        '<span class="o">...</span>'
    )


@pytest.mark.parametrize("language", ["", "text", "brainfuck", "../python", "<b>"])
def test_another_language_is_shown_plain(language: str) -> None:
    assert highlight.code("if a < b: pass", language) == "if a &lt; b: pass"


def test_a_long_program_is_shown_plain() -> None:
    source = "x = 1\n" * 1000
    assert highlight.code(source, "python") == source


@pytest.mark.parametrize("language", sorted(highlight.LANGUAGES))
def test_every_language_offered_has_a_lexer(language: str) -> None:
    source = '\n\na = "b" # c\n\n  <d>&amp;</d>'
    assert words(highlight.code(source, language)) == source


def test_a_word_is_marked_in_the_middle_of_a_token() -> None:
    source = f'"a{clozes.OPEN}b{clozes.CLOSE}c"'
    assert highlight.code(source, "python") == (
        f'<span class="s2">"a</span>{clozes.OPEN}<span class="s2">b</span>{clozes.CLOSE}'
        '<span class="s2">c"</span>'
    )


@given(
    st.text(st.sampled_from(f"ab1 ('\"#\n=<{clozes.OPEN}{clozes.CLOSE}{chr(clozes.FIRST_GAP)}")),
    st.sampled_from(["python", "html", "sql", "bash"]),
)
def test_highlighting_keeps_every_character_and_mark(source: str, language: str) -> None:
    assert words(highlight.code(source, language)) == source
