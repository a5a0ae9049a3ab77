"""Asks the verifiers of tests/verifiers, all questions in one run of Node.js."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime
from typing import Any, NamedTuple

import pytest
from openbadgeslib.ob3 import bundled_clr_contexts

from tests import tools
from tests.tracker.credentials import samples


class Answer(NamedTuple):
    ok: bool
    why: str


def document(
    data: bytes, by: Any = None, now: datetime = samples.NOW, listing: bytes | None = None
):
    """The question whether a document holds, with what is at hand."""
    return {
        "document": data.decode("utf-8", "replace"),
        "did": (by or samples.issuer()).did_document(),
        "now": now.isoformat(),
        "lists": listing and {samples.LIST: listing.decode()},
    }


def token(text: str, by: Any = None, now: datetime = samples.NOW) -> dict[str, Any]:
    did = (by or samples.issuer()).did_document()
    return {"token": text, "did": did, "now": now.isoformat()}


def ask(*jobs: dict[str, Any]) -> list[Answer]:
    """The answers in the order of the jobs. The CLR context is the published one, not ours."""
    if not (tools.VERIFIERS / "node_modules").is_dir():
        pytest.skip("the verifiers are not installed: `make test` does it")
    done = subprocess.run(
        [tools.node(), str(tools.VERIFIERS / "verify.js")],
        input=json.dumps({"contexts": bundled_clr_contexts(), "jobs": jobs}),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return [Answer(**one) for one in json.loads(done.stdout)]
