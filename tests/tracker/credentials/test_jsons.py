"""JSON: one way to write it, and suspicion in reading it."""

from __future__ import annotations

import pytest

from tracker.credentials import jsons
from tracker.errors import Refused


def test_written_json_is_plain_ascii_that_may_stand_anywhere():
    written = jsons.dump({"name": "Zo\u00eb <b>&]]></b> \U0001f469"})

    assert written == (
        b'{"name":"Zo\\u00eb \\u003cb\\u003e\\u0026]]\\u003e\\u003c/b\\u003e \\ud83d\\udc69"}'
    )
    assert jsons.parse(written) == {"name": "Zo\u00eb <b>&]]></b> \U0001f469"}


def test_control_characters_are_taken_out_but_not_the_ends_of_lines():
    every = "".join(map(chr, (*range(32), 127)))

    assert jsons.clean(f"a{every}b") == "a\t\n\rb"


def test_half_a_character_is_refused():
    with pytest.raises(Refused, match="half a character"):
        jsons.clean("\udc00")


DEEP = b'{"a":' * 30 + b"1" + b"}" * 30
VERY_DEEP = b"[" * 200_000
BAD = [
    (b"", "not whole JSON"),
    (b'{"a": 1', "not whole JSON"),
    (b"\xff\xfe\x00", "not whole JSON"),
    (b'{"a": NaN}', "not whole JSON"),
    (b'{"a": Infinity}', "not whole JSON"),
    (b"[1]", "not a credential"),
    (b'"text"', "not a credential"),
    (b'{"a": 1, "a": 2}', "stands twice"),
    (b'{"b": {"a": 1, "a": 1}}', "stands twice"),
    (DEEP, "deeper than"),
    (VERY_DEEP, "not whole JSON"),
    (b'{"a":[' + b"{}," * 9_000 + b"{}]}", "longer|larger"),
    (b'{"a":[' + b"1," * 2_000 + b"1]}", "longer"),
    (b'{"a":"' + b"x" * 10_000_000 + b'"}', "larger than 10 MB"),
]


@pytest.mark.parametrize(("data", "words"), BAD, ids=range(len(BAD)))
def test_bad_json_is_refused(data, words):
    with pytest.raises(Refused, match=words):
        jsons.parse(data)
