from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import zipfile
from typing import Any

import pytest

from tests.tracker.credentials.samples import achievement, claim, signed
from tracker.credentials import archive

FILES: dict[str, Any] = {
    "pdf": b"%PDF",
    "png": b"\x89PNG",
    "svg": "<svg/>",
    "did_document": {"id": "did:web:learn.example.org"},
    "jwks": {"keys": []},
    "status_list": b'{"type":[]}',
}


def opened(**changes: Any) -> zipfile.ZipFile:
    data = archive.make(claim(), signed(), **FILES | changes)
    return zipfile.ZipFile(io.BytesIO(data))


def test_it_holds_every_form_and_what_checks_them() -> None:
    held = opened()

    assert held.testzip() is None
    assert held.namelist() == [
        "credential.json", "credential.jwt", "credential.png", "credential.svg", "credential.pdf",
        "did.json", "jwks.json", "status-list.json", "HOW-TO-CHECK.txt", "HOW-TO-CHECK.html",
    ]  # fmt: skip
    assert held.read("credential.json") == signed().document
    assert held.read("credential.jwt").decode() == signed().token
    assert json.loads(held.read("did.json")) == FILES["did_document"]


def test_a_path_and_its_log_go_in_when_they_are_given() -> None:
    held = opened(clr=b'{"clr":1}', log=b"[]")

    assert held.read("path.json") == b'{"clr":1}'
    assert held.read("review-log.json") == b"[]"


def test_the_same_files_give_the_same_bytes() -> None:
    first, second = (archive.make(claim(), signed(), **FILES) for _ in range(2))

    assert first == second


def test_the_words_name_what_is_there_and_nothing_else() -> None:
    words = opened().read("HOW-TO-CHECK.txt").decode()

    assert "Python generators\n  Ada Lovelace\n  awarded 23 November 2026" in words
    assert hashlib.sha256(signed().document).hexdigest() in words
    assert "perennial certificate verify" in words
    assert "status-list.json  " in words
    assert "review-log.json" not in words
    assert "path.json" not in words


@pytest.mark.parametrize("name", ["", "{id} {0}", "a\nb\r\x00c", "\u202eevil"])
def test_no_name_breaks_the_words(name: str) -> None:
    data = archive.make(
        claim(name=name, achievement=achievement(name=name or "x")), signed(), **FILES
    )

    words = zipfile.ZipFile(io.BytesIO(data)).read("HOW-TO-CHECK.txt").decode()
    shown = " ".join(name.split()).replace("\x00", "").replace("\u202e", "")
    assert f"\n  {shown or 'the holder of this archive'}\n" in words


def test_the_page_may_run_its_own_script_and_load_nothing() -> None:
    page = archive.page().decode()

    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    for kind in ("script", "style"):
        inside = page.partition(f"<{kind}>")[2].partition(f"</{kind}>")[0].encode()
        digest = base64.b64encode(hashlib.sha256(inside).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert not re.search(r"https?://|\bsrc=|\bhref=|fetch\(|innerHTML|\son[a-z]+=", page)
