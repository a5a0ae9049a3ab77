"""The badge: the plant in bloom above the words on paper, as SVG and as PNG.

It names the skill and the day and nobody, so it may be shown wherever the credential may.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime

from markupsafe import escape

from tracker import plants
from tracker.credentials import typesetting
from tracker.credentials.claims import Achievement

SPACE = 'xmlns="http://www.w3.org/2000/svg"'
# The box of a bloom without the room that other stages need.
BOX = 'viewBox="0 14 240 272"'
INK, MUTED, PAPER = "#22281f", "#5d6658", "#fbfaf7"
SERIF = "'Source Serif 4', 'Source Serif Pro', Georgia, 'Times New Roman', serif"
WIDE = 860  # units that a line of the title may take
# Size of the title and how many lines of it there is room for.
SIZES = ((80, 1), (68, 1), (58, 1), (58, 2), (48, 3), (38, 4), (30, 5))


def plant(slug: str) -> str:
    """The plant in bloom as a picture of its own, 240 wide and 272 high."""
    drawn = str(plants.svg(slug, "bloom"))
    return drawn.replace('viewBox="0 0 240 300"', f'{SPACE} {BOX} width="240" height="272"', 1)


def svg(achievement: Achievement, awarded_at: datetime) -> str:
    """The badge, 1024 by 1024 units; its words are text, in whatever serif face is at hand."""
    title = typesetting.plain(achievement.name)
    line = f"awarded {typesetting.day(awarded_at)}"
    return (
        f'<svg {SPACE} viewBox="0 0 1024 1024" width="1024" height="1024" role="img">'
        f"<title>{escape(title)}, {line}</title>"
        f'<rect width="1024" height="1024" fill="{PAPER}"/>'
        f'<path d="M28 28H996V996H28Z" fill="none" stroke="#8ba38b" stroke-width="3"/>'
        f'<path d="M42 42H982V982H42Z" fill="none" stroke="#c6cfc0" stroke-width="1.5"/>'
        f'<svg x="260" y="78" width="503" height="570" viewBox="0 14 240 272">'
        f"{_inside(achievement.plant)}</svg>"
        f'<g text-anchor="middle" font-family="{SERIF}">{_title(title)}'
        f'<text x="512" y="934" font-size="30" font-style="italic" fill="{MUTED}">{line}</text>'
        f"</g></svg>"
    )


def png(achievement: Achievement, awarded_at: datetime) -> bytes:
    """The badge, 1024 by 1024 pixels; the same bytes on every machine."""
    words = {
        "title": typesetting.directed(achievement.name),
        "line": f"awarded {typesetting.day(awarded_at)}",
    }
    (picture,) = typesetting.pictures("badge.typ", words, {"plant": plant(achievement.plant)})
    return picture


def _inside(slug: str) -> str:
    drawn = str(plants.svg(slug, "bloom"))
    return drawn[drawn.index(">") + 1 : drawn.rindex("</svg>")]


def _title(title: str) -> str:
    """The title in lines around the middle of its room, at the largest size that fits."""
    fitting = ((size, lines) for size, most in SIZES if len(lines := _lines(title, size)) <= most)
    size, lines = next(fitting, (30, _lines(title, 30)[:5]))
    way = ' direction="rtl"' if typesetting.from_the_right(title) else ""
    first = 785 + 0.35 * size - 0.6 * size * (len(lines) - 1)
    return "".join(
        f'<text x="512" y="{first + 1.2 * size * i:.0f}" font-size="{size}" fill="{INK}"{way}>'
        f"{escape(line)}</text>"
        for i, line in enumerate(lines)
    )


def _lines(text: str, size: int) -> list[str]:
    """Filled with whole words; one too long for a line is parted, as are scripts without spaces."""
    lines = [""]
    for word in text.split(" "):
        for part in _parts(word, size):
            joined = f"{lines[-1]} {part}".strip() if part is word or not lines[-1] else ""
            if joined and _width(joined) * size <= WIDE:
                lines[-1] = joined
            else:
                lines.append(part)
    return [line for line in lines if line]


def _parts(word: str, size: int) -> list[str]:
    if _width(word) * size <= WIDE:
        return [word]
    room = max(int(WIDE / size / max(_width(word) / len(word), 0.1)), 1)
    return [word[i : i + room] for i in range(0, len(word), room)]


def _width(text: str) -> float:
    """In parts of the size, on the generous side: the face is not known."""
    return sum(
        1.0
        if unicodedata.east_asian_width(char) in "WF"
        else 0.72
        if char.isupper() or char in "mwMW@%"
        else 0.0
        if unicodedata.combining(char)
        else 0.54
        for char in text
    )
