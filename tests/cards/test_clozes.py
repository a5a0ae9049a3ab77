import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import clozes


def shown(text: str, variant: str = "c1") -> tuple[str, str]:
    """Question and answer of a text that is HTML already, with short tags for the spans."""
    sides = [clozes.weave(*clozes.mark(text, variant, hidden)) for hidden in (True, False)]
    spans = {'<span class="cloze-gap">': "", '<span class="cloze-word">': "<", "</span>": ">"}
    for span, short in spans.items():
        sides = [side.replace(span, short) for side in sides]
    return sides[0].replace("]>", "]"), sides[1]


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        ("no cloze", "no cloze", "no cloze"),
        ("a {{c1::b}} c", "a […] c", "a <b> c"),
        ("{{c1::a}} {{c1::b}}", "[…] […]", "<a> <b>"),
        ("{{c1::a}} {{c2::b}}", "[…] b", "<a> b"),
        ("{{c01::a}}", "[…]", "<a>"),
        ("{{c12::a}}", "a", "a"),
        ("{{c1::a::hint}}", "[hint]", "<a>"),
        ("{{c1::a:: hint }}", "[hint]", "<a>"),
        ("{{c1::a::x < y}}", "[x &lt; y]", "<a>"),
        ("{{c1::a::b::c}}", "[b::c]", "<a>"),
        ("{{c2::a::hint}}", "a", "a"),
        ("{{c1::{1: 2}}}", "[…]", "<{1: 2}>"),
        ("{{c1::x[::2]}}", "[…]", "<x[::2]>"),
        ("{{c1::f(a::b)::hint}}", "[hint]", "<f(a::b)>"),
        ("\\frac{{{c1::a}}}{b}", "\\frac{[…]}{b}", "\\frac{<a>}{b}"),
        ("{{c1::out {{c2::in}} out}}", "[…]", "<out in out>"),
        ("{{c2::out {{c1::in}} out}}", "out […] out", "out <in> out"),
        ("f'{{x}} {y}' {{ jinja }}", "f'{{x}} {y}' {{ jinja }}", "f'{{x}} {y}' {{ jinja }}"),
        ("{{c1::open", "{{c1::open", "{{c1::open"),
        ("{{c1::open::h {{c2::b}}", "{{c1::open::h b", "{{c1::open::h b"),
        ("{{c::a}} {{cx::a}}", "{{c::a}} {{cx::a}}", "{{c::a}} {{cx::a}}"),
        ("a::b }} {c1::d}", "a::b }} {c1::d}", "a::b }} {c1::d}"),
    ],
)
def test_a_cloze_text_reads_so(text: str, question: str, answer: str) -> None:
    assert shown(text) == (question, answer)


START, STOP = clozes.OPEN, clozes.CLOSE
WORD, END = '<span class="cloze-word">', "</span>"


@pytest.mark.parametrize(
    ("marked", "woven"),
    [
        (f"<p>{START}a{STOP}</p>", f"<p>{WORD}a{END}</p>"),
        (f"<p>{START}<em>a</em> b{STOP}</p>", f"<p>{WORD}<em>a</em> b{END}</p>"),
        (f"<em>x{START}a</em> b{STOP}", f"<em>x{WORD}a{END}</em>{WORD} b{END}"),
        (f"{START}a <em>b{STOP} c</em>", f"{WORD}a <em>b c</em>{END}"),
        (f"<p>{START}a</p>\n<p>b{STOP}</p>", f"<p>{WORD}a{END}</p>\n<p>{WORD}b{END}</p>"),
        (f"{START}a<br>b{STOP}", f"{WORD}a<br>b{END}"),
        (f"{START}{START}a{STOP}{STOP}", f"{WORD}a{END}"),
        (f"a{STOP}b", "ab"),
        (f'<img alt="{START}a{STOP}">', '<img alt="a">'),
    ],
)
def test_words_are_wrapped_without_crossing_tags(marked: str, woven: str) -> None:
    assert clozes.weave(marked, []) == woven


def test_a_gap_in_an_attribute_stays_text() -> None:
    gap = chr(clozes.FIRST_GAP)
    assert clozes.weave(f'<img alt="{gap}">', ['"hint"']) == '<img alt="[&quot;hint&quot;]">'


def test_a_mark_that_nobody_made_is_a_gap_without_hint() -> None:
    assert clozes.weave("\U0010fffe", []) == '<span class="cloze-gap">[…]</span>'


def test_clozes_deeper_than_ten_stay_as_they_are_written() -> None:
    text = "{{c2::" * 10 + "{{c1::a}}" + "}}" * 10
    assert clozes.mark(text, "c1", hidden=True)[0].startswith("{{c1::a")


def test_clozes_nested_without_end_take_no_longer_than_others() -> None:
    text = "{{c1::" * 16_000
    assert clozes.mark(text, "c1", hidden=True) == (text, [])


pieces = st.sampled_from(["{{c1::", "{{c2::", "::", "}}", "{", "}", "[", "]", "a", " ", "\n"])


@given(st.lists(pieces).map("".join))
def test_the_answer_is_the_text_without_the_notation(text: str) -> None:
    marked, hints = clozes.mark(text, "c1", hidden=False)
    assert hints == []
    assert clozes.MARK.sub("", marked) == clozes.mark(text, "c3", hidden=True)[0]


@given(st.lists(pieces).map("".join))
def test_each_gap_has_its_hint(text: str) -> None:
    marked, hints = clozes.mark(text, "c1", hidden=True)
    gaps = [ord(char) - clozes.FIRST_GAP for char in clozes.MARK.findall(marked)]
    assert gaps == sorted(set(gaps))
    assert all(0 <= gap < len(hints) for gap in gaps)
