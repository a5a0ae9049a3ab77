"""The JSON-LD contexts: what each member of a credential means. Read from the disk, never fetched.

The published ones are brought at set-up (hatch_build.py). That of CLR 2.0.1 is in no package; the
one beside this file is our own and names only the terms we use, under the same identifiers.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from tracker.errors import Refused

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"

FILES = {
    CREDENTIALS: "vendor/credentials-v2.json",
    BADGES: "vendor/open-badges-3.0.3.json",
    EXTENSIONS: "vendor/open-badges-extensions.json",
    CLR: "clr-2.0.1.json",
}


def load(address: str, _options: object = None) -> dict[str, Any]:
    """What PyLD asks of a document loader. Refused: a context that is not one of the four."""
    if address not in FILES:
        raise Refused(f"This credential uses words from {address!r}, which are not known here.")
    # The tag lets PyLD keep what it has worked out of a context.
    return {
        "contextUrl": None,
        "documentUrl": address,
        "document": _read(FILES[address]),
        "tag": "static",
    }


@cache
def _read(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((Path(__file__).parent / name).read_text("utf-8"))
    return document
