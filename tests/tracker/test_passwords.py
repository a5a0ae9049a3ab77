"""Passwords: long enough, not common, every character allowed, kept as argon2id."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from tests.factories import PASSWORD
from tracker import passwords
from tracker.errors import Refused

COMMON = sorted(
    {
        word
        for words in FREQUENCY_LISTS.values()
        for word in words
        if len(word) >= passwords.SHORTEST
    }
)


def problem(password: str, *personal: str) -> str:
    with pytest.raises(Refused) as refused:
        passwords.check(password, *personal)
    assert refused.value.field == "password"
    return refused.value.message


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "ein langer satz den nur ich kenne",
        "mwgkxqzvtrplnbd",  # 15 characters, one kind
        "почему-трава-зелёная",
        "春はあけぼのやうやう白くなりゆく",
        "🦊🐢🌵🧭🥁🪁🧵🎻🪶🧊🐙🌋🎲🪴🚲",
        "pass\tword\nwith controls",
        "ü" * 3 + "Wie wäre es mit Æther und ß" * 3 + "…" * 16,
    ],
)
def test_a_long_password_of_any_characters_is_taken(password: str) -> None:
    passwords.check(password, "Ada Lovelace", "ada@example.org")


def test_a_password_of_a_hundred_unicode_characters_works() -> None:
    password = "Die Würde des Menschen ist unantastbar: 尊厳 и достоинство, ☃ und ☂!"
    password = (password * 2)[:100]
    passwords.check(password)

    stored = passwords.hashed(password)

    assert passwords.matches(stored, password)
    assert not passwords.matches(stored, password[:-1])


def test_the_last_of_256_characters_counts() -> None:
    password = (PASSWORD * 10)[: passwords.LONGEST - 1] + "!"
    passwords.check(password)

    assert not passwords.matches(passwords.hashed(password), password[:-1] + "?")


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "15 more"),
        ("short", "10 more"),
        ("fourteen chars", "1 more"),
        ("ﷺ", "14 more"),  # one character, eighteen when composed in another way
        ("e\N{COMBINING ACUTE ACCENT}" * 8, "7 more"),  # 16 as typed, 8 as read
        ("x" * 257, "At most 256"),
        ("a" * 200, "first that would be tried"),
    ],
)
def test_what_is_too_short_too_long_or_repeated_is_refused(password: str, words: str) -> None:
    assert words in problem(password)


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "Password123Password123",
        "p@ssw0rdp@ssw0rd",
        "123456789012345",
        "qwertyuiopasdfgh",
        "1q2w3e4r5t6y7u8i9o0p",
        "iloveyouiloveyou",
        "abcabcabcabcabcabcabc",
        "perennialperennial",
        "lovelacelovelace",
        "ada.lovelace@example.org",
        "passwordpassword" * 8,
    ],
)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    assert "first that would be tried" in problem(
        password, "Ada Lovelace", "ada.lovelace@example.org"
    )


def test_every_common_password_that_is_long_enough_is_refused() -> None:
    assert len(COMMON) >= 5
    for password in COMMON:
        problem(password)


def test_no_password_takes_long_to_check() -> None:
    spiteful = "@4{(<[369!1|7$5+%2" * 15

    start = time.thread_time()
    passwords.check(spiteful[:256])

    assert time.thread_time() - start < 1  # all at once it would be four seconds and more


def test_one_password_is_the_same_from_every_keyboard() -> None:
    composed, apart = (
        "\N{LATIN SMALL LETTER U WITH DIAERESIS}ber alle Berge",
        "u\N{COMBINING DIAERESIS}ber alle Berge",
    )
    assert passwords.matches(passwords.hashed(composed), apart)


def test_a_password_is_kept_as_argon2id_above_the_floor_of_owasp() -> None:
    name, version, cost = passwords.hashed(PASSWORD).split("$")[1:4]
    values = dict(part.split("=") for part in cost.split(","))

    assert (name, version) == ("argon2id", "v=19")
    assert int(values["m"]) >= 19 * 1024 and int(values["t"]) >= 2


def test_the_same_password_is_never_stored_the_same_way() -> None:
    assert passwords.hashed(PASSWORD) != passwords.hashed(PASSWORD)


@pytest.mark.parametrize("stored", [None, "", "plain", "$argon2id$broken", "$2b$12$abc"])
def test_without_a_readable_hash_no_password_is_right(stored: str | None) -> None:
    for password in ("", PASSWORD, "None"):
        assert not passwords.matches(stored, password)


def test_a_passphrase_is_ready_to_use_and_never_the_same() -> None:
    phrases = {passwords.passphrase() for _ in range(50)}

    assert len(phrases) == 50
    for phrase in phrases:
        assert len(phrase.split("-")) >= 6
        passwords.check(phrase)


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=0, max_size=300))
def test_any_text_is_taken_or_refused_in_words(text: str) -> None:
    try:
        passwords.check(text, "Ada", "ada@example.org")
    except Refused as refused:
        assert refused.message.endswith(".")
