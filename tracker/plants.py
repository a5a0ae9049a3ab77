"""The plant of a skill: a small SVG drawing, the same for ever, grown to what is remembered.

Everything about a plant but its stage comes from a hash of the skill's id. It stands in a box of
240 by 300 units; a bloom takes one to three kilobytes.
"""

from __future__ import annotations

import cmath
import hashlib
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup, escape

from tracker.drawing import (
    blades,
    colour,
    dots,
    leaf,
    line,
    numbers,
    on,
    outline,
    path,
    spin,
    stalk,
)

STAGES = ("seed", "sprout", "leaf", "bud", "bloom", "fading")

FOOT = 120 + 274j  # where every stem leaves the ground
GROUND = "#a3937c"
STEM, DARK_LEAF, LIGHT_LEAF = "#55905c", "#478453", "#6da768"
DRY_STEM, DRY_DARK, DRY_LIGHT = "#8f966b", "#858c62", "#a3a878"
GOLD, DARK_GOLD = "#e3b23f", "#b98426"

# Lightness, chroma and hue of OKLCH: pink, coral, apricot, amber, yellow, sky, periwinkle,
# violet, mauve, crimson, cream.
HUES = (
    (0.75, 0.11, 355),
    (0.71, 0.13, 28),
    (0.77, 0.11, 52),
    (0.79, 0.12, 75),
    (0.84, 0.12, 95),
    (0.72, 0.09, 245),
    (0.66, 0.12, 278),
    (0.66, 0.12, 302),
    (0.68, 0.12, 328),
    (0.62, 0.15, 12),
    (0.91, 0.04, 88),
)


class Form(NamedTuple):
    """A kind of flower; lengths in units or in parts of its radius."""

    petals: tuple[int, ...]  # the hash picks one
    rows: int
    span: int  # degrees the petals stand in: 360 is a face, less is a fan that opens upwards
    radius: int
    width: float  # of a petal, in parts of the room on a face or of the radius in a fan
    belly: float  # where a petal is widest: 0 at the heart, 1 at the tip
    tip: float  # 0 is pointed, 1 is round, more is notched
    heart: float


FORMS = {
    "daisy": Form((13, 15, 17), 1, 360, 66, 0.82, 0.75, 0.7, 0.31),
    "cosmos": Form((7, 8), 1, 360, 70, 0.72, 0.8, 1.1, 0.2),
    "star": Form((6, 7), 2, 360, 74, 0.46, 0.42, 0.0, 0.13),
    "poppy": Form((4, 5), 2, 360, 66, 0.62, 0.8, 1.0, 0.19),
    "dahlia": Form((9, 10, 11), 3, 360, 68, 0.86, 0.6, 0.3, 0.12),
    "primrose": Form((5, 6), 1, 360, 67, 0.56, 0.8, 1.3, 0.15),
    "tulip": Form((2,), 2, 34, 86, 0.62, 0.5, 0.25, 0),
    "lily": Form((5, 6), 2, 130, 80, 0.6, 0.5, 0.0, 0),
    "globe": Form((46, 54), 1, 360, 54, 0, 0, 0, 0),
    "spike": Form((8, 9), 1, 360, 50, 0, 0, 0, 0),
}
# Faces are seen twice as often as the forms that stand out beside them.
KINDS = ("daisy", "cosmos", "star", "poppy", "dahlia", "primrose", *FORMS)
WITHERED = Form((5,), 2, 110, 62, 0.54, 0.55, 0.3, 0)
CLOSED = Form((2,), 2, 26, 46, 0.62, 0.5, 0.15, 0)


@dataclass(frozen=True)
class Traits:
    """What the hash of a skill's id decides."""

    kind: str
    petals: int
    hue: tuple[float, float, float]
    turn: float  # degrees by which a face is turned
    tilt: float  # how much a face looks at the reader; 1 is fully
    lean: float  # units by which the top stands beside the foot
    height: float  # of the grown stem
    leaves: int
    leaf: float  # length
    slim: float  # width of a leaf in parts of its length
    side: int  # of the first leaf, and to which a fading plant bows


def traits(skill_slug: str) -> Traits:
    """The same for the same id on every machine; a release must not change it."""
    digest = hashlib.sha256(skill_slug.encode()).digest()
    share = [byte / 255 for byte in digest]
    kind = KINDS[digest[0] % len(KINDS)]
    light, chroma, hue = HUES[digest[1] % len(HUES)]
    return Traits(
        kind=kind,
        petals=FORMS[kind].petals[digest[2] % len(FORMS[kind].petals)],
        hue=(light, chroma, hue + 12 * (share[3] - 0.5)),
        turn=360 * share[4],
        tilt=0.86 + 0.14 * share[5],
        lean=32 * (share[6] - 0.5),
        height=146 + 34 * share[7],
        leaves=2 + digest[8] % 3,
        leaf=56 + 16 * share[9],
        slim=0.28 + 0.16 * share[10],
        side=1 if digest[11] % 2 else -1,
    )


def _row(form: Form, petals: int, radius: float, middle: float) -> list[list[complex]]:
    """Petals around `middle` (degrees), evenly over the span of the form."""
    whole = form.span == 360
    gap = form.span / (petals if whole else max(petals - 1, 1))
    width = radius * form.width * (math.radians(gap) if whole else 1)
    petal = outline(radius, width, form.belly, form.tip)
    first = middle - (0 if whole else form.span / 2)
    return [[point * spin(first + gap * i) for point in petal] for i in range(petals)]


def _flower(form: Form, t: Traits, at: complex, radius: float, middle: float, fade: float) -> str:
    """Rows of petals from the back to the front, each a little lighter; `fade` takes colour."""
    light, chroma, hue = t.hue
    light, chroma = light - 0.1 * (1 - fade), chroma * fade
    out = []
    face = form.span == 360
    for row in range(form.rows):
        petals = (
            t.petals if face else form.petals[0] + (form.rows - row - 1 if form.span < 50 else row)
        )
        size = radius * (1 - (0.25 if face else 0.06) * row)
        half = 180 / petals * row if face else 0
        tone = light - 0.035 * (form.rows - 1) + 0.06 * row
        edge = f' stroke="{colour(tone - 0.13, chroma, hue)}" stroke-width="2" stroke-opacity=".55"'
        d = blades(at, _row(form, petals, size, middle + half), t.tilt if face else 1)
        out.append(path(d, colour(tone, chroma, hue), edge))
    return "".join(out)


def _heart(t: Traits, at: complex, radius: float) -> str:
    """The middle of a face: a shaded throat and the spiral of a sunflower."""
    size = radius * FORMS[t.kind].heart
    light, chroma, hue = t.hue
    throat = dots([at], colour(light - 0.2, chroma, hue), 3.6 * size, ' stroke-opacity=".3"')
    seeds = [at + cmath.rect(size * math.sqrt(i / 24), i * 2.39996) for i in range(24)]
    gold = dots([at], DARK_GOLD, 2 * size + 6) + dots(seeds, GOLD, size * 0.3 + 1)
    return throat + gold


def _globe(t: Traits, at: complex) -> str:
    """A ball of small florets, darker outside."""
    light, chroma, hue = t.hue
    radius = FORMS["globe"].radius
    spots = [
        at + cmath.rect(radius * math.sqrt(i / t.petals), i * 2.39996) for i in range(t.petals)
    ]
    outer, inner = spots[t.petals // 3 :], spots[: t.petals // 2]
    deep, pale = colour(light - 0.07, chroma, hue), colour(light + 0.05, chroma, hue)
    return dots([at], deep, 2 * radius - 8) + dots(outer, deep, 17) + dots(inner, pale, 13)


def _spike(t: Traits, stem: list[complex]) -> str:
    """Florets in pairs along the upper stem, smaller towards the top."""
    light, chroma, hue = t.hue
    out = []
    for i in range(t.petals):
        size = 29 - 19 * i / (t.petals - 1)
        at = on(stem, 0.44 + 0.58 * i / (t.petals - 1))
        pair = [at - size * 0.6, at + size * 0.6 - 4j]
        out.append(dots(pair, colour(light - 0.04, chroma, hue), size))
        out.append(dots([at - 2j], colour(light + 0.06, chroma, hue), size * 0.72))
    return "".join(out)


def _leaves(t: Traits, stem: list[complex], count: int, length: float, dry: bool = False) -> str:
    """Leaves on alternate sides, smaller towards the top."""
    dark, light = (DRY_DARK, DRY_LIGHT) if dry else (DARK_LEAF, LIGHT_LEAF)
    out = []
    for i in range(count):
        side = t.side * (-1) ** i
        rise = 38 if not dry else -28
        share = 0.1 + 0.5 * i / max(count - 1, 1)
        angle = -rise if side > 0 else 180 + rise
        size = length * (1 - 0.14 * i)
        out.append(leaf(on(stem, share), size, t.slim, angle, light if i % 2 else dark))
    return "".join(out)


def _stem(t: Traits, height: float, lean: float) -> list[complex]:
    return [FOOT, FOOT + complex(lean * 0.1, -height * 0.6), FOOT + complex(lean, -height)]


def _seed(t: Traits) -> str:
    return path(f"M{numbers([FOOT + 21j])}c-13-5-11-17 1-22 10 7 10 18-1 22", "#a47f53")


def _sprout(t: Traits) -> str:
    stem = _stem(t, 52, t.lean * 0.3)
    pair = [(DARK_LEAF, 34 * t.side), (LIGHT_LEAF, -34 * t.side)]
    leaves = [leaf(stem[2], 36, 0.42, -30 if lean > 0 else 210, fill) for fill, lean in pair]
    return stalk(stem, STEM) + "".join(leaves)


def _grown(t: Traits) -> str:
    stem = _stem(t, 0.66 * t.height, t.lean * 0.6)
    crown = [
        leaf(stem[2], 0.6 * t.leaf, t.slim, angle, fill)
        for angle, fill in ((-58, DARK_LEAF), (238, LIGHT_LEAF))
    ]
    return stalk(stem, STEM) + _leaves(t, stem, t.leaves, t.leaf) + "".join(crown)


def _bud(t: Traits) -> str:
    stem = _stem(t, 0.84 * t.height, t.lean * 0.8)
    cup = blades(stem[2] + 3j, _row(CLOSED._replace(span=56), 2, 27, -90))
    return (
        stalk(stem, STEM)
        + _leaves(t, stem, t.leaves, t.leaf)
        + _flower(CLOSED, t, stem[2], 46, -90, 1)
        + path(cup, STEM)
    )


def _bloom(t: Traits) -> str:
    form = FORMS[t.kind]
    upright = form.span < 360
    rise = {"spike": 34}.get(t.kind, -26 if upright else 0)
    stem = _stem(t, t.height + rise, t.lean)
    plant = stalk(stem, STEM) + _leaves(t, stem, t.leaves, t.leaf)
    if t.kind == "spike":
        return plant + _spike(t, stem)
    if t.kind == "globe":
        return plant + _globe(t, stem[2])
    flower = _flower(form, t, stem[2], form.radius, -90 if upright else t.turn, 1)
    return plant + flower + (_heart(t, stem[2], form.radius) if form.heart else "")


def _fading(t: Traits) -> str:
    top = FOOT + complex(t.side * 46, -0.62 * t.height)
    stem = [FOOT, FOOT + complex(-t.side * 14, -1.22 * t.height), top]
    return (
        stalk(stem, DRY_STEM)
        + _leaves(t, stem, 2, 0.85 * t.leaf, dry=True)
        + _flower(WITHERED, t, top, WITHERED.radius, 90 - 14 * t.side, 0.5)
        + dots([top], DRY_STEM, 15)
    )


DRAWN = {
    "seed": _seed,
    "sprout": _sprout,
    "leaf": _grown,
    "bud": _bud,
    "bloom": _bloom,
    "fading": _fading,
}


@lru_cache(maxsize=4096)
def _inside(skill_slug: str, stage: str) -> str:
    ground = line("M66 276q54-9 108 0", GROUND, 5)
    return ground + DRAWN[stage](traits(skill_slug))


def svg(skill_slug: str, stage: str, label: str = "") -> Markup:
    """The plant as inline SVG without ids or styles; no label means words stand beside it.

    Raises KeyError for a stage that is not in STAGES.
    """
    name = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    drawing = _inside(skill_slug, stage)
    return Markup(f'<svg class="plant" viewBox="0 0 240 300" {name}>{drawing}</svg>')  # noqa: S704
