"""The certificate on paper: PDF/A-3a and PDF/UA-1 with the signed credential attached."""

from __future__ import annotations

import base64
import hashlib
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import segno

from tracker.credentials import attachments, images, typesetting, wording
from tracker.credentials.claims import Claim, Signed
from tracker.errors import Refused

TEMPLATE = "certificate.typ"
# Without the folders and the settings of this process: only what is installed.
READER = [sys.executable, "-I", "-W", "ignore", str(Path(attachments.__file__))]
FAILED = {
    attachments.NONE: "No credential is attached to this PDF. Printing or saving it anew removes "
    "it: use the file as it was downloaded.",
    attachments.SEVERAL: "More than one credential is attached to this PDF.",
}
DAMAGED = "This PDF is damaged, locked or made to confuse."


def make(claim: Claim, signed: Signed, **issuer: Any) -> bytes:
    """The certificate of a signed claim; for the rest see `contents`.

    The same arguments give the same bytes.
    """
    words, files = contents(claim, signed, **issuer)
    return typesetting.pdf(TEMPLATE, words, files)


def contents(
    claim: Claim, signed: Signed, *, issuer_name: str, did: str, vouched: bool, public_url: str
) -> tuple[dict[str, Any], dict[str, str]]:
    """The words of the certificate, and what is drawn in it and attached to it.

    `vouched` says whether a domain stands behind `did`. `public_url` is where the code leads; the
    fingerprint of the document stands behind its `#`.
    """
    print_ = fingerprint(signed.document)
    words = wording.claimed(claim) | wording.issued(issuer_name, did, vouched)
    files = {
        "plant": images.plant(claim.achievement.plant),
        "code": code(f"{public_url}#{print_}"),
        "document": signed.document.decode(),
    }
    return words | {"url": public_url, "fingerprint": print_}, files


def read(data: bytes) -> bytes:
    """The signed credential that is attached to a PDF, byte for byte.

    The PDF may be a stranger's: it is read in a process of its own with limits of memory and time.
    Refused for anything but exactly one attached credential.
    """
    if len(data) > attachments.MOST:
        raise Refused("This file is larger than 10 MB.")
    if b"%PDF-" not in data[:1024]:
        raise Refused("This is not a PDF.")
    try:
        done = subprocess.run(  # noqa: S603
            READER, input=data, capture_output=True, timeout=2 * attachments.SECONDS
        )
    except subprocess.TimeoutExpired:
        raise Refused("Reading this PDF takes too long.") from None
    if done.returncode:
        raise Refused(FAILED.get(done.returncode, DAMAGED))
    return done.stdout


def fingerprint(document: bytes) -> str:
    """`sha256-` and the base64 of the hash, as in the integrity attribute of a web page."""
    return "sha256-" + base64.b64encode(hashlib.sha256(document).digest()).decode()


def code(text: str) -> str:
    """A QR code as SVG; a seventh of it may be dirty (error correction M)."""
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="svg", border=0, dark="#22281f", xmldecl=False)
    return out.getvalue().decode()
