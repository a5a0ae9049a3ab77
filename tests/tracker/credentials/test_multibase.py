"""Keys and signatures as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.credentials import multibase
from tracker.errors import Refused

# From the draft "The Base58 Encoding Scheme", section 5.
KNOWN = [
    (b"Hello World!", "z2NEpo7TZRRrLZSi2U"),
    (b"\0\0\x28\x7f\xb4\xcd", "z11233QC4"),
    (b"", "z"),
]


@pytest.mark.parametrize(("data", "text"), KNOWN)
def test_known_values(data, text):
    assert multibase.encode(data) == text
    assert multibase.decode(text) == data


@given(st.binary(max_size=80))
def test_what_is_written_is_read_back(data):
    assert multibase.decode(multibase.encode(data)) == data
    assert multibase.from_unpadded(multibase.unpadded(data)) == data


@pytest.mark.parametrize(
    "text", ["", "2NEpo", "z0", "zO", "zI", "zl", "z ", "z" + "1" * 200, "z\u00e9"]
)
def test_other_text_is_refused(text):
    with pytest.raises(Refused):
        multibase.decode(text)


@pytest.mark.parametrize("text", ["YQ==", "YR", "Y", "a+b/", "a b", "\u00e9", "YQ\n"])
def test_base64_that_could_be_written_in_another_way_is_refused(text):
    with pytest.raises(Refused):
        multibase.from_unpadded(text)


@pytest.mark.parametrize(
    "data", [b"", b"\xed\x01", b"\xed\x01" + bytes(31), b"\x80\x24" + bytes(32)]
)
def test_a_key_of_another_kind_is_refused(data):
    with pytest.raises(Refused, match="not an Ed25519 key"):
        multibase.read_key(multibase.encode(data))
