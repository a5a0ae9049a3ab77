from __future__ import annotations

import hashlib
from xml.etree import ElementTree

import pytest

from tests.tracker.credentials.samples import NOW, achievement
from tracker.credentials import images, typesetting
from tracker.credentials.typesetting import plain

TITLES = [
    "Git",
    "Reading and writing files, paths, encodings and streams in a way that survives any machine",
    "并发编程与异步输入输出",
    "البرمجة المتزامنة",
    "<script>alert('&amp;\"')</script>",
    "W" * 100,
    "]]> <!-- \x00 \u202e",
]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("title", TITLES)
def test_the_drawing_is_whole_and_says_its_title_as_text(title: str) -> None:
    drawn = images.svg(achievement(name=title), NOW)

    root = ElementTree.fromstring(drawn)
    assert root.findtext(f"{SVG}title") == f"{plain(title)}, awarded 23 November 2026"
    lines = [node.text or "" for node in root.iter(f"{SVG}text")]
    assert "".join(lines[:-1]).replace(" ", "") == plain(title).replace(" ", "")


@pytest.mark.parametrize("title", TITLES)
def test_the_title_stays_in_its_room(title: str) -> None:
    root = ElementTree.fromstring(images.svg(achievement(name=title), NOW))

    *lines, date = root.iter(f"{SVG}text")
    assert len(lines) <= 5
    assert float(lines[0].attrib["y"]) - float(lines[0].attrib["font-size"]) > 648
    assert float(lines[-1].attrib["y"]) < float(date.attrib["y"]) - 30


def test_a_title_of_an_arabic_skill_is_written_from_the_right() -> None:
    assert 'direction="rtl"' in images.svg(achievement(name="البرمجة"), NOW)


@pytest.mark.parametrize("title", TITLES)
def test_the_picture_is_a_square_of_1024_pixels(title: str) -> None:
    picture = images.png(achievement(name=title), NOW)

    assert picture.startswith(b"\x89PNG")
    assert picture[16:24] == (1024).to_bytes(4) * 2


def test_the_same_badge_is_the_same_bytes() -> None:
    first, second = (images.png(achievement(), NOW) for _ in range(2))

    assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()
    assert images.svg(achievement(), NOW) == images.svg(achievement(), NOW)


def test_the_plant_of_a_skill_decides_the_picture() -> None:
    drawn = {images.svg(achievement(plant=slug), NOW) for slug in ("a", "b", "c")}

    assert len(drawn) == 3


def test_a_character_without_a_font_does_not_become_a_box() -> None:
    seed = images.png(achievement(name="\U0001f331"), NOW)

    assert seed == images.png(achievement(name=typesetting.MISSING), NOW)
