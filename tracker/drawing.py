"""Shapes as SVG text: petals, leaves, stems, dots, and their colours.

Points are complex numbers, y grows downwards. What is written is rounded to whole units and
shares one path wherever it can, which keeps a drawing small.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterable


def colour(light: float, chroma: float, hue: float) -> str:
    """OKLCH (hue in degrees) as #rrggbb, clipped to what a screen shows."""
    ab = cmath.rect(chroma, math.radians(hue))
    long = (light + 0.39634 * ab.real + 0.21580 * ab.imag) ** 3
    middle = (light - 0.10556 * ab.real - 0.06385 * ab.imag) ** 3
    short = (light - 0.08948 * ab.real - 1.29149 * ab.imag) ** 3
    red = 4.07674 * long - 3.30771 * middle + 0.23097 * short
    green = -1.26844 * long + 2.60976 * middle - 0.34132 * short
    blue = -0.00420 * long - 0.70342 * middle + 1.70761 * short
    return "#" + "".join(f"{_byte(part):02x}" for part in (red, green, blue))


def _byte(linear: float) -> int:
    part = min(max(linear, 0.0), 1.0)
    return round(255 * (1.055 * part ** (1 / 2.4) - 0.055 if part > 0.0031 else 12.92 * part))


def spin(degrees: float) -> complex:
    """What to multiply a point by to turn it clockwise around the origin."""
    return cmath.rect(1, math.radians(degrees))


def numbers(points: Iterable[complex]) -> str:
    """Whole numbers; a minus sign parts them as well as a space."""
    text = " ".join(f"{round(part)}" for point in points for part in (point.real, point.imag))
    return text.replace(" -", "-")


def path(d: str, fill: str, more: str = "") -> str:
    """A filled shape; `more` are further attributes."""
    return f'<path d="{d}" fill="{fill}"{more}/>'


def line(d: str, stroke: str, width: float, more: str = "") -> str:
    """A stroke with round ends."""
    rest = f'stroke-width="{width:.3g}" stroke-linecap="round"{more}'
    return f'<path d="{d}" fill="none" stroke="{stroke}" {rest}/>'


def dots(places: Iterable[complex], fill: str, size: float, more: str = "") -> str:
    """Round dots as strokes without length, the shortest way to write many."""
    return line("".join(f"M{numbers([place])}h0" for place in places), fill, size, more)


def outline(length: float, width: float, belly: float, tip: float) -> list[complex]:
    """The five points after the heart of a petal that points to the right.

    `belly` says where it is widest, 0 at the heart and 1 at the tip; a `tip` of 0 is pointed, of
    1 round, of more notched.
    """
    point, notch = min(tip, 1.0), max(tip - 1, 0.0)
    near = complex(length * belly * 0.5, width * 0.66)
    blunt = length * (belly + (1.02 + 0.5 * notch - belly) * point)
    far = complex(blunt, width * (0.3 + 0.36 * point))
    end = complex(length * (1 - 0.5 * notch), 0)
    return [near, far, end, far.conjugate(), near.conjugate()]


def blades(foot: complex, outlines: Iterable[list[complex]], squash: float = 1) -> str:
    """Petals that share a foot, as one path: two curves each, back to the foot."""
    parts = []
    for points in outlines:
        near, far, tip, back, home = (complex(p.real, p.imag * squash) for p in points)
        end = complex(round(tip.real), round(tip.imag))
        parts.append(numbers([near, far, end, back - end, home - end, -end]))
    return f"M{numbers([foot])}c" + " ".join(parts).replace(" -", "-")


def on(stem: list[complex], share: float) -> complex:
    """The point of a quadratic curve at `share`, from 0 at the foot to 1 at the top."""
    foot, bend, top = stem
    return (1 - share) ** 2 * foot + 2 * share * (1 - share) * bend + share**2 * top


def leaf(at: complex, length: float, slim: float, angle: float, fill: str) -> str:
    """A leaf that bends towards the light, with its midrib; `angle` 0 points to the right."""
    curl = -30 if math.cos(math.radians(angle)) > 0 else 30
    shape = [
        point * spin(angle + curl * (abs(point) / length - 0.4))
        for point in outline(length, length * slim, 0.5, 0.05)
    ]
    rib = f"M{numbers([at])}q{numbers([shape[2] * 0.45 * spin(-curl * 0.3), shape[2] * 0.8])}"
    return path(blades(at, [shape]), fill) + line(rib, "#fff", 2, ' stroke-opacity=".22"')


def stalk(stem: list[complex], stroke: str) -> str:
    """A stem along its curve: foot, bend, top."""
    foot, bend, top = stem
    return line(f"M{numbers([foot])}q{numbers([bend - foot, top - foot])}", stroke, 6)
