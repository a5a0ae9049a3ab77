"""Everything about one credential in one ZIP, which can be checked with the server switched off."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

from tracker.credentials.claims import Claim, Signed
from tracker.credentials.typesetting import day, plain

HERE = Path(__file__).parent
DOCUMENT, TOKEN = "credential.json", "credential.jwt"
DID, JWKS, STATUS = "did.json", "jwks.json", "status-list.json"
PATH, LOG = "path.json", "review-log.json"
HOLDS = {
    DOCUMENT: "the signed credential; every other form is made from it",
    TOKEN: "the same, signed a second time as a token (VC-JWT, RS256)",
    "credential.png": "a picture with the credential inside; do not send it through a photo album",
    "credential.svg": "the same as a drawing",
    "credential.pdf": "the certificate to read and to print, with credential.json attached",
    DID: "who the issuer is, and with which keys it signs",
    JWKS: "the keys of its tokens",
    STATUS: "which credentials were revoked when this archive was made, signed by the issuer",
    PATH: "the whole path: its credential and those of its skills in one signed document (CLR 2.0)",
    LOG: "the learner\u2019s review log, from which every figure can be computed again; private",
    "HOW-TO-CHECK.txt": "these words",
    "HOW-TO-CHECK.html": "a page that checks credential.jwt in a browser, without any network",
}
# The first moment a ZIP can name: the same files give the same bytes.
MOMENT = (1980, 1, 1, 0, 0, 0)


def make(
    claim: Claim,
    signed: Signed,
    *,
    pdf: bytes,
    png: bytes,
    svg: str,
    did_document: dict[str, Any],
    jwks: dict[str, Any],
    status_list: bytes,
    clr: bytes | None = None,
    log: bytes | None = None,
) -> bytes:
    """The ZIP; pictures and PDF are put in as they are, with the credential inside them.

    `clr` is the signed document of a whole path, `log` the exported review log.
    """
    files = {
        DOCUMENT: signed.document,
        TOKEN: signed.token.encode(),
        "credential.png": png,
        "credential.svg": svg.encode(),
        "credential.pdf": pdf,
        DID: _json(did_document),
        JWKS: _json(jwks),
        STATUS: status_list,
        PATH: clr,
        LOG: log,
        "HOW-TO-CHECK.html": page(),
    }
    present = {name: content for name, content in files.items() if content is not None}
    present["HOW-TO-CHECK.txt"] = _words(claim, present)
    return _zipped({name: present[name] for name in HOLDS if name in present})


def page() -> bytes:
    """The page that checks a token by itself; it may run its own script and load nothing at all."""
    text = (HERE / "how-to-check.html").read_text("utf-8")
    for kind in ("script", "style"):
        inside = re.search(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        assert inside is not None  # noqa: S101
        digest = base64.b64encode(hashlib.sha256(inside.group(1).encode()).digest()).decode()
        text = text.replace(f"{{{kind}}}", f"'sha256-{digest}'")
    return text.encode()


def _words(claim: Claim, files: dict[str, bytes]) -> bytes:
    wide = max(map(len, HOLDS))
    held = [f"{name:{wide}}  {what}" for name, what in HOLDS.items()]
    text = (HERE / "how-to-check.txt").read_text("utf-8")
    filled = text.format(
        skill=plain(claim.achievement.name),
        name=plain(claim.name) or "the holder of this archive",
        awarded=day(claim.awarded_at),
        until=day(claim.valid_until),
        id=claim.id,
        hash=hashlib.sha256(files[DOCUMENT]).hexdigest(),
        files="\n".join(line for line in held if line.split()[0] in {*files, "HOW-TO-CHECK.txt"}),
    )
    return filled.encode()


def _json(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, indent=1) + "\n").encode()


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, MOMENT)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
