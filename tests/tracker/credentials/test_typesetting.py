from __future__ import annotations

import sys

import pytest

from tests.tracker.credentials.samples import NOW
from tracker.credentials import typesetting
from tracker.errors import Refused

ACCENT = "\u0301"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Ada", "Ada"),
        ("  Ada \t\n Lovelace ", "Ada Lovelace"),
        ("e" + ACCENT, "\u00e9"),
        ("a\x00b\x07c\x7f", "abc"),
        ("a\u202eb\u2066c\ufeff", "abc"),
        ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"),
        ("a\ue000b", "a\u3013b"),
        ("", ""),
    ],
)
def test_a_line_holds_what_is_seen_and_nothing_else(written: str, shown: str) -> None:
    assert typesetting.plain(written) == shown


NAMES = "Ада|Αλίκη|欧阳小明|さくら|김민준|محمد|דוד|क्षितिज|আনিকা|தமிழ்|สมชาย|Đặng|Łukasz"


@pytest.mark.parametrize("text", NAMES.split("|"))
def test_the_fonts_hold_these_scripts(text: str) -> None:
    assert typesetting.printable([text]) == [typesetting.plain(text)]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\U0001f331 seed", "\u3013 seed"),
        ("\U00020bb7\u91ce", "\u3013\u91ce"),
        ("\U0001f469\u200d\U0001f4bb", "\u3013\u3013"),
        ("\u1230\u120b\u121d", "\u3013\u3013\u3013"),
    ],
)
def test_a_character_without_a_font_is_named_as_missing(written: str, shown: str) -> None:
    assert typesetting.printable({"a": [written, 5, True]}) == {"a": [shown, 5, True]}


@pytest.mark.parametrize(
    ("text", "right"),
    [("Ada", False), ("دوم", True), ("123 דוד", True), ("(David) דוד", False), ("1.2", False)],
)
def test_the_first_letter_says_where_a_text_begins(text: str, right: bool) -> None:
    assert typesetting.from_the_right(text) is right


@pytest.mark.parametrize(
    ("text", "parted"),
    [
        ("a" * 24, "a" * 24),
        ("a" * 25, "a" * 12 + "\u200b" + "a" * 12 + "\u200b" + "a"),
        ("x " * 40, "x " * 40),
        ("\u738b" * 40, "\u738b" * 40),
        ("x" + ("e" + ACCENT) * 13, None),
    ],
)
def test_only_a_long_word_may_be_parted(text: str, parted: str | None) -> None:
    found = typesetting.partable(text)

    assert found == parted if parted else f"\u200b{ACCENT}" not in found
    assert found.replace("\u200b", "") == text


def test_a_day_is_written_as_people_write_it() -> None:
    assert typesetting.day(NOW) == "23 November 2026"


def test_without_typst_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)

    with pytest.raises(Refused, match="not installed"):
        typesetting.pictures("badge.typ", {}, {})
