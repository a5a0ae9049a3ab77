from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cards import render

MEDIA = "/media/python-engineer/"

# Written out once more, so that a change of the policy has to be made here too.
MATHML = (
    "math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms "
    "mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none"
)
TAGS = set(
    f"{MATHML} a blockquote br code div em h2 h3 h4 h5 h6 hr img li ol p pre span strong "
    "table tbody td th thead tr ul".split()
)
ATTRIBUTES = {
    "a": {"href", "title", "rel"},
    "img": {"src", "alt", "title", "loading"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
    "div": {"class"},
    "span": {"class"},
}
FORBIDDEN = {"id", "name", "style", "srcset", "action", "formaction", "xmlns", "xlink:href"}


class Reader(HTMLParser):
    """Every element with its attributes, as a browser would meet them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements(text: str, name: str) -> list[dict[str, str | None]]:
    return [attributes for tag, attributes in Reader(text).found if tag == name]


def assert_safe(text: str) -> None:
    for tag, attributes in Reader(text).found:
        assert tag in TAGS, tag
        for name, value in attributes.items():
            assert name not in FORBIDDEN, name
            assert not name.startswith(("on", "hx-", "data-", "aria-")), name
            if tag not in MATHML.split():
                assert name in ATTRIBUTES.get(tag, set()), (tag, name)
            if name == "class":
                allowed = {"highlight", "output", "cloze-gap", "cloze-word"}
                assert all(part in allowed or len(part) <= 3 for part in (value or "").split())
        href, source = attributes.get("href"), attributes.get("src")
        assert tag == "a" or href is None
        assert href is None or href.lower().startswith(("https://", "http://", "mailto:"))
        assert tag != "a" or attributes["rel"] == "noopener noreferrer"
        assert source is None or source.startswith(MEDIA)
    # What a stricter reader makes of it is the same: nothing waits to be read in another way.
    assert render.clean(text, MEDIA) == text


INJECTIONS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\n>alert(1)</script\n>",
    "<img src=x onerror=alert(1)>",
    "<img src=x:x onerror\n=\nalert(1)//",
    "<IMG SRC=javascript:alert(1)>",
    '<img src="/logout">',
    '<img src="https://evil.example/pixel.gif">',
    '<img srcset="https://evil.example/x 2x">',
    "<body onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="jav&#x09;ascript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<a href="/settings/delete">x</a>',
    '<a href="//evil.example">x</a>',
    '<a href="https://x.example" target="_blank" rel="opener" ping="https://evil.example">x</a>',
    '<a id="current_user" name="current_user">x</a>',
    '<p id="review">x</p>',
    '<p class="button danger">x</p>',
    '<span class="visually-hidden">x</span>',
    '<div class="highlight modal">x</div>',
    '<p style="position:fixed;inset:0">x</p>',
    '<div hx-get="/settings/delete" hx-trigger="load">x</div>',
    '<div hx-on:click="alert(1)">x</div>',
    '<div hx-on--load="alert(1)">x</div>',
    '<div data-hx-post="/settings/delete" data-hx-trigger="load">x</div>',
    '<div HX-DELETE="/decks/1" hx-vals="js:{a:alert(1)}">x</div>',
    '<p data-anything="1" aria-label="x" role="button" tabindex="0">x</p>',
    '<p contenteditable autofocus onfocus="alert(1)">x</p>',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
    '<svg><use href="data:image/svg+xml,x#a"></svg>',
    "<svg><foreignObject><iframe srcdoc='x'></foreignObject></svg>",
    '<svg><animate onbegin="alert(1)" attributeName="x"></svg>',
    "<style>@import 'https://evil.example'</style>",
    "<style><img src=x onerror=alert(1)></style>",
    '<link rel="stylesheet" href="https://evil.example/x.css">',
    '<form action="/login"><input name="password"><button>Log in</button></form>',
    '<button formaction="javascript:alert(1)">x</button>',
    '<input type="image" src="x" onerror="alert(1)">',
    "<textarea autofocus onfocus=alert(1)>",
    "<select><option>x</select>",
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<base href="https://evil.example/">',
    '<iframe src="javascript:alert(1)"></iframe>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<object data="data:text/html,x"></object>',
    '<embed src="javascript:alert(1)">',
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)></audio>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table>",
    "<math><annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml></math>",
    '<math><mi href="javascript:alert(1)" xlink:href="javascript:alert(1)">x</mi></math>',
    '<math><maction actiontype="statusline#https://evil.example">x</maction></math>',
    '<math><mi style="position:fixed" id="x" class="button">x</mi></math>',
    "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id='</style>"
    "<img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "<!DOCTYPE html><html><head></head><body onload=alert(1)>",
    "</div></article></main><script>alert(1)</script>",
    '<p title="\'><img src=x onerror=alert(1)>">x</p>',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\x00<script\x00>alert(1)</script>",
    "<img\x0bsrc=x\x0conerror=alert(1)>",
    "＜script＞alert(1)＜/script＞",
]

MARKDOWN = [
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](/settings/delete)",
    "[x](//evil.example)",
    "[x](#review)",
    '[x](https://x.example "&quot; onmouseover=alert(1) x=&quot;")',
    '[x](https://x.example/"onmouseover="alert(1))',
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "<https://x.example/?<script>>",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/pixel.gif)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "![x](/logout)",
    "![x](media/../../logout)",
    "![x](media/..%2f..%2flogout)",
    "![x](media//evil.example/x.png)",
    '![" onerror="alert(1)](media/a.png)',
    '![x](media/a.png" onerror="alert(1))',
    '![x](media/a.png "x\\" onerror=\\"alert(1)")',
    "```<script>\nalert(1)\n```",
    '```python" onclick="alert(1)\nx\n```',
    "```text output\n</code></pre><script>alert(1)</script>\n```",
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    "$\\text{<script>alert(1)</script>}$",
    "$\\text{<img src=x onerror=alert(1)>}$",
    "$\\text{&lt;img src=x onerror=alert(1)&gt;}$",
    "$\\href{javascript:alert(1)}{x}$",
    "$\\style{position:fixed}{x}$",
    "$\\class{button}{x}$",
    "$\\cssId{review}{x}$",
    "$\\html{<script>}$",
    '$\\color{red" onclick="alert(1)}{x}$',
    "$$\n</math><script>alert(1)</script>\n$$",
    '$$ a $$ (id" onclick="alert(1))',
    "|a|\n|:-:|\n|<script>alert(1)</script>|",
    "{{c1::<script>alert(1)</script>::<img src=x onerror=alert(1)>}}",
    "{{c1::a::</span><script>alert(1)</script>}}",
    '[x](https://x.example "{{c1::a::\\"><script>alert(1)</script>}}")',
    '![{{c1::a::" onerror="alert(1)}}](media/a.png)',
    "**{{c1::a** <b>b</b> `c}}`",
    "\U00100000</p><script>\U00100001\U00100002\U0010ffff",
    "&#x100000;a&#x100001;&#x100002;&#x10fffe;",
]


@pytest.mark.parametrize("attack", INJECTIONS + MARKDOWN)
def test_an_attack_comes_out_as_text(attack: str) -> None:
    assert_safe(render.text(attack, MEDIA))
    for variant in ("c1", "c2"):
        for side in render.sides("cloze", None, None, f"{attack} {{{{c1::x}}}}", variant, MEDIA):
            assert_safe(side)


@pytest.mark.parametrize("attack", INJECTIONS)
def test_the_sanitiser_alone_stops_an_attack(attack: str) -> None:
    assert_safe(render.clean(attack, MEDIA))


@pytest.mark.parametrize("source", ["/logout", MEDIA + "../../logout", "https://x.example/a.png"])
def test_the_sanitiser_alone_stops_a_picture_from_elsewhere(source: str) -> None:
    assert render.clean(f'<img src="{source}">', MEDIA) == '<img loading="lazy">'


def test_html_is_shown_as_it_was_written() -> None:
    assert render.text("<em>a</em>") == "<p>&lt;em&gt;a&lt;/em&gt;</p>\n"


@given(st.text(), st.sampled_from(["", MEDIA]))
@example("\ud800", "")
@example("[x](http://[)", "")
def test_any_text_is_rendered_safely(text: str, media: str) -> None:
    assert_safe(render.text(text, media))


@given(st.lists(st.sampled_from(INJECTIONS + MARKDOWN + ["{{c1::", "}}", "\n", "`", "$", "*"])))
def test_any_mixture_of_attacks_is_rendered_safely(parts: list[str]) -> None:
    for side in render.sides("cloze", None, None, "".join(parts), "c1", MEDIA):
        assert_safe(side)


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
