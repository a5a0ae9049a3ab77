"""Status lists."""

from __future__ import annotations

import gzip

import pytest

from tests.tracker.credentials import samples
from tracker.credentials import jsons, multibase, status
from tracker.errors import Refused


def document(*revoked: int) -> dict:
    return jsons.parse(samples.revoking(*revoked).document)


def packed(bits: bytes) -> str:
    return "u" + multibase.unpadded(gzip.compress(bits))


def test_exactly_the_revoked_entries_are_revoked():
    revoked = {0, 7, 8, 94567, status.SIZE - 1}
    listing = document(*revoked)
    asked = {0, 1, 6, 7, 8, 9, 94566, 94567, 94568, status.SIZE - 2, status.SIZE - 1}

    assert {index for index in asked if status.read(listing, index)} == revoked


def test_the_first_entry_is_the_highest_bit_of_the_first_byte():
    bits = gzip.decompress(multibase.from_unpadded(status.encode([0, 9])[1:]))

    assert bits[:2] == b"\x80\x40" and len(bits) == 16_384


def test_the_same_list_gives_the_same_bytes():
    assert samples.revoking(5).document == samples.revoking(5).document


@pytest.mark.parametrize("index", [-1, status.SIZE])
def test_an_entry_outside_of_the_list_is_refused(index):
    with pytest.raises(Refused, match="no entry"):
        status.encode([index])
    with pytest.raises(Refused, match="no entry"):
        status.read(document(), index)


BAD_LISTS = [
    "",
    "z123",
    "u",
    "u!!!",
    "uAAAA",
    packed(bytes(16_384))[:-8],
    packed(bytes(100)),
    packed(bytes(5_000_000)),
]


@pytest.mark.parametrize("text", BAD_LISTS, ids=range(len(BAD_LISTS)))
def test_a_damaged_short_or_huge_list_is_refused(text):
    listing = document()
    listing["credentialSubject"]["encodedList"] = text

    with pytest.raises(Refused):
        status.read(listing, 3)


def test_a_list_of_something_else_is_refused():
    listing = document()
    listing["credentialSubject"]["statusPurpose"] = "suspension"

    with pytest.raises(Refused, match="other than what is revoked"):
        status.read(listing, 3)
    with pytest.raises(Refused, match="not a status list"):
        status.read(jsons.parse(samples.signed().document), 3)
