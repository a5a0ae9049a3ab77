import pytest

from cards import render
from tests.cards.markup import MEDIA, elements


def test_markdown_becomes_html() -> None:
    assert render.text("a *b* **c** `d`") == (
        "<p>a <em>b</em> <strong>c</strong> <code>d</code></p>\n"
    )


def test_a_heading_stands_below_that_of_its_page() -> None:
    assert render.text("# a\n\n###### b") == "<h2>a</h2>\n<h6>b</h6>\n"


def test_a_table_keeps_its_alignment_without_styles() -> None:
    cells = elements(render.text("|a|b|c|\n|-|:-:|--:|\n|1|2|3|"), "td")
    assert cells == [{}, {"align": "center"}, {"align": "right"}]


def test_a_link_opens_without_telling_where_it_comes_from() -> None:
    assert elements(render.text("[x](https://x.example)"), "a") == [
        {"href": "https://x.example", "rel": "noopener noreferrer"}
    ]


def test_a_picture_of_the_path_is_shown_from_its_media() -> None:
    assert elements(render.text("![a *b*](media/a/b-1.svg)", MEDIA), "img") == [
        {"src": MEDIA + "a/b-1.svg", "alt": "a b", "loading": "lazy"}
    ]


@pytest.mark.parametrize("source", ["https://x.example/a.png", "/a.png", "media/../a.png"])
def test_another_picture_leaves_its_text(source: str) -> None:
    assert render.text(f"![what it shows]({source})", MEDIA) == "<p>what it shows</p>\n"


def test_without_media_a_picture_leaves_its_text() -> None:
    assert render.text("![what it shows](media/a.png)") == "<p>what it shows</p>\n"


def test_a_program_is_highlighted_and_its_output_is_marked() -> None:
    assert '<span class="nb">print</span>' in render.text("```python run\nprint(1)\n```")
    output = render.text("```text output\n<1>\n```")
    assert output.startswith('<div class="highlight output"><pre><code>&lt;1&gt;\n</code>')


def test_programs_beyond_the_limit_are_shown_plain() -> None:
    fence = f"```python\n{'x = 1' * 700}\n```\n"
    assert render.text(fence * 9).count('<span class="n">x</span>') == 3 * 700


@pytest.mark.parametrize("price", ["from $5 to $6", "A$5/B$6", "$ 5 $", r"\$5\$"])
def test_a_price_is_no_formula(price: str) -> None:
    assert "<math" not in render.text(price)


def test_formulas_stand_in_the_line_or_on_their_own() -> None:
    found = elements(render.text("$x$ and $$y$$ and\n\n$$\nz\n$$"), "math")
    assert found == [{"display": "inline"}, {"display": "block"}, {"display": "block"}]


def test_a_formula_ends_with_its_paragraph_and_has_no_label() -> None:
    assert "<math" not in render.text("$$\na\n\nb\n$$")
    assert "(eq)" in render.text("$$a$$ (eq)")


def test_the_sides_of_a_basic_note_are_its_question_and_answer() -> None:
    assert render.sides("basic", "a", "b", None, "q") == ("<p>a</p>\n", "<p>b</p>\n")


def test_the_reverse_asks_the_other_way_round() -> None:
    assert render.sides("basic", "a", "b", None, "r") == ("<p>b</p>\n", "<p>a</p>\n")


def test_a_cloze_is_a_gap_in_the_question_and_a_word_in_the_answer() -> None:
    question, answer = render.sides("cloze", None, None, "{{c1::a}} {{c2::*b*::why}}", "c2")
    assert question == '<p>a <span class="cloze-gap">[why]</span></p>\n'
    assert answer == '<p>a <span class="cloze-word"><em>b</em></span></p>\n'


def test_the_question_never_holds_the_word_it_asks_for() -> None:
    cloze = (
        "{{c1::secret}} `{{c1::secret}}` ${{c1::secret}}^2$ [{{c1::secret}}](https://x.example)\n"
        '![{{c1::secret}}](media/a.png "{{c1::secret}}")\n\n```python\nx = "{{c1::secret}}"\n```'
    )
    question, answer = render.sides("cloze", None, None, cloze, "c1", MEDIA)
    assert "secret" not in question
    assert answer.count("secret") > 3


def test_a_gap_in_a_program_leaves_it_a_program() -> None:
    question, answer = render.sides(
        "cloze", None, None, "```python\n{{c1::print}}('{{c2::a}}')\n```", "c1"
    )
    assert '<span class="cloze-gap">[…]</span><span class="p">(</span>' in question
    assert '<span class="cloze-word"><span class="nb">print</span></span>' in answer
    assert '<span class="s1">&#39;a&#39;</span>' in question.replace("'", "&#39;")


def test_a_gap_in_a_formula_is_part_of_the_formula() -> None:
    question, _ = render.sides("cloze", None, None, r"$\frac{{{c1::a}}}{b}$", "c1")
    assert '<mtext class="cloze-gap">[…]</mtext>' in question


def test_a_text_that_is_too_long_is_refused() -> None:
    render.text("a" * render.LONGEST)
    with pytest.raises(ValueError, match="100,000 characters"):
        render.text("a" * (render.LONGEST + 1))
    with pytest.raises(ValueError, match="100,000 characters"):
        render.sides("cloze", None, None, "a" * (render.LONGEST + 1), "c1")


def test_the_policy_fits_its_column() -> None:
    assert 0 < len(render.POLICY) <= 32


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>a <em>b</em>c</p><p>d</p>", "a bc d"),
        ("<ul><li>a</li><li>b</li></ul>", "a b"),
        ("a<br>b", "a b"),
        ("<p>1 &lt; 2 &amp; 3</p>", "1 < 2 & 3"),
        ('<p><img src="/x" alt="what it shows"> x</p>', "what it shows x"),
        ("<math><mi>a</mi><mo>+</mo><mi>b</mi></math>", "a+b"),
        ("", ""),
    ],
)
def test_plain_words_are_left_of_html(html: str, words: str) -> None:
    assert render.plain(html) == words
