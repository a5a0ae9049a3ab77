"""What a card may hold, read from HTML as a browser would."""

from html.parser import HTMLParser

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
