"""TeX formulas to MathML."""

import html
import re
from xml.etree import ElementTree

from latex2mathml.converter import convert_to_element

from cards.clozes import CLOSE, FIRST_GAP, OPEN

LONGEST = 1_000  # characters; longer formulas are shown as they are written

_GAP = re.compile(
    rf"<(mi|mo|mn)[^>]*>([{chr(FIRST_GAP)}-\U0010ffff])</\1>",
)


def formula(tex: str, display: bool) -> str:
    """A `<math>` element, or the source in `<code>` when it cannot be read."""
    tex = tex.replace(OPEN, "").replace(CLOSE, "")
    try:
        if len(tex) > LONGEST:
            raise ValueError("This formula is too long.")
        root = convert_to_element(tex, display="block" if display else "inline")
        for element in root.iter():
            # The converter hands out entities and unescaped text; the serialiser escapes both.
            element.text = html.unescape(element.text or "")
        mathml = ElementTree.tostring(root, encoding="unicode")
    except Exception:  # the converter raises whatever it stumbles over
        return f"<code>{html.escape(tex)}</code>"
    return _GAP.sub(r'<mtext class="cloze-gap">\2</mtext>', mathml)
