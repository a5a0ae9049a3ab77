"""Note text to safe HTML: once, when the text changes, and kept beside it.

Markdown (CommonMark and tables, no HTML), highlighted code and formulas are made into HTML by us,
and whatever came out is cut down to a short list of elements and attributes. The two are separate
walls: each alone keeps scripts, forms, styles, ids and htmx attributes out of a card.
"""

import html
import re
from collections.abc import MutableMapping, Sequence
from functools import lru_cache
from html.parser import HTMLParser
from importlib.metadata import version
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from mdit_py_plugins.dollarmath import dollarmath_plugin

from cards import clozes, formulas, highlight

# Stored with what was rendered: HTML of another policy has to be rendered again. It names the
# sanitiser too, so that an upgrade for security reaches the texts of old.
POLICY = f"1 nh3-{version('nh3')}"
LONGEST = 100_000  # characters of one text
HIGHLIGHTED = 12_000  # characters of programs in one text; those after them are shown plain

MATHML = frozenset(
    "math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms "
    "mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none".split()
)
TAGS = MATHML | frozenset(
    "a blockquote br code div em h2 h3 h4 h5 h6 hr img li ol p pre span strong table tbody td th "
    "thead tr ul".split()
)
_ALIGNED = {"align": {"left", "center", "right"}}
_OPERATOR = {"accent", "fence", "form", "largeop", "lspace", "maxsize", "minsize", "movablelimits"}
ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),  # else nh3 allows lang and title everywhere
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "math": {"display"},
    "menclose": {"notation"},
    "mfrac": {"linethickness"},
    "mi": {"mathvariant"},
    "mn": {"mathvariant"},
    "mo": _OPERATOR | {"mathvariant", "rspace", "separator", "stretchy", "symmetric"},
    "mover": {"accent"},
    "mspace": {"width", "height", "depth", "linebreak"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mtable": {"columnalign", "rowspacing", "columnspacing", "columnlines", "rowlines"},
    "mtd": {"columnalign"},
    "munder": {"accentunder"},
}
CLASSES: dict[str, set[str]] = {
    "div": {"highlight", "output"},
    "mtext": {"cloze-gap"},
    "span": {"cloze", "cloze-gap", "cloze-word"} | highlight.CLASSES,
}
_LINK = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
_PICTURE = re.compile(r"media/([A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)")
_UNUSABLE = re.compile("[\ud800-\udfff\U00100000-\U0010ffff]")  # surrogates and our own marks


def text(markdown: str, media: str = "") -> str:
    """Safe HTML of a text in Markdown.

    `media` is the address under which the pictures of `media/…` are found; without it, and for
    any other address, a picture is left out and its text alternative stands in its place. Raises
    ValueError for more than 100,000 characters.
    """
    return _render(_usable(markdown), [], media)


def sides(
    kind: str,
    question: str | None,
    answer: str | None,
    cloze: str | None,
    variant: str,
    media: str = "",
) -> tuple[str, str]:
    """Question and answer of one card, as safe HTML.

    A note of kind "cloze" asks for the clozes named by `variant` ("c1", "c2" …); of others the
    variant "r" asks the other way round. Raises ValueError as `text` does.
    """
    if kind == "cloze":
        source = _usable(cloze or "")
        asked = _render(*clozes.mark(source, variant, hidden=True), media)
        return asked, _render(*clozes.mark(source, variant, hidden=False), media)
    front, back = text(question or "", media), text(answer or "", media)
    return (back, front) if variant == "r" else (front, back)


def plain(rendered: str) -> str:
    """The words of some HTML on one line, for titles and for searching; not escaped."""
    reader = _Words()
    reader.feed(rendered)
    reader.close()
    return " ".join("".join(reader.words).split())


def clean(untrusted: str, media: str = "") -> str:
    """HTML cut down to what a card may hold: the second wall, whatever the first let through."""
    return _cleaner(media).clean(untrusted)


def _usable(markdown: str) -> str:
    if len(markdown) > LONGEST:
        raise ValueError(f"A text may have at most {LONGEST:,} characters.")
    return _UNUSABLE.sub("\ufffd", markdown)


def _render(marked: str, hints: list[str], media: str) -> str:
    rendered = _MARKDOWN.render(marked, {"media": media, "programs": 0})
    return clean(clozes.weave(rendered, hints), media)


@lru_cache(maxsize=256)
def _cleaner(media: str) -> nh3.Cleaner:
    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "href":
            return value if _LINK.match(value) else None
        if attribute == "src":
            return value if media and value.startswith(media) and ".." not in value else None
        return value

    return nh3.Cleaner(
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        attribute_filter=keep,
        allowed_classes=CLASSES,
        tag_attribute_values={"td": _ALIGNED, "th": _ALIGNED},
        set_tag_attribute_values={"img": {"loading": "lazy"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )


class _Renderer(RendererHTML):
    """Markdown-it's HTML, but for code, formulas and pictures."""

    def fence(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        language, *flags = [*tokens[idx].info.split(), ""]
        name = "highlight output" if "output" in flags else "highlight"
        env["programs"] += len(tokens[idx].content)
        if env["programs"] > HIGHLIGHTED:
            language = ""
        inside = highlight.code(tokens[idx].content, language)
        return f'<div class="{name}"><pre><code>{inside}</code></pre></div>\n'

    code_block = fence

    def image(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        token = tokens[idx]
        alternative = html.escape(self.renderInlineAsText(token.children or [], options, env))
        picture = _PICTURE.fullmatch(str(token.attrGet("src") or ""))
        if picture is None or not env["media"]:
            return alternative
        source = html.escape(env["media"] + picture[1])
        return f'<img src="{source}" alt="{alternative}">'

    def math_inline(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        display = tokens[idx].markup == "$$"
        return formulas.formula(tokens[idx].content, display) + "\n" * tokens[idx].block


def _fit_in(state: StateCore) -> None:
    # A card stands below the heading of its page, and may not bring styles of its own.
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"
        elif token.type in ("td_open", "th_open") and "style" in token.attrs:
            token.attrs = {"align": str(token.attrs["style"]).removeprefix("text-align:")}


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer)
    parser.enable("table")
    parser.use(
        dollarmath_plugin,
        allow_labels=False,
        allow_space=False,
        allow_digits=False,
        allow_blank_lines=False,
        double_inline=True,
    )
    for rule in ("math_inline", "math_inline_double", "math_block"):
        parser.add_render_rule(rule, _Renderer.math_inline)  # the plugin has set its own
    parser.core.ruler.push("fit_in", _fit_in)
    return parser


_MARKDOWN = _parser()


class _Words(HTMLParser):
    """Collects text: a picture gives its alternative, a block or line break a space."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.words.append(dict(attrs).get("alt") or "")
        self._gap(tag)

    def handle_endtag(self, tag: str) -> None:
        self._gap(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def _gap(self, tag: str) -> None:
        if tag not in MATHML and tag not in {"a", "code", "em", "img", "span", "strong"}:
            self.words.append(" ")
