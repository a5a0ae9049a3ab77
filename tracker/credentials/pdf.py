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

from tracker.credentials import attachments, images, typesetting
from tracker.credentials.claims import Claim, Figure, Signed
from tracker.credentials.typesetting import day, directed, partable
from tracker.errors import Refused

HOLDER = "The holder of this document"
# Without the folders and the settings of this process: only what is installed.
READER = [sys.executable, "-I", "-W", "ignore", str(Path(attachments.__file__))]
FAILED = {
    attachments.NONE: "No credential is attached to this PDF. Printing or saving it anew removes "
    "it: use the file as it was downloaded.",
    attachments.SEVERAL: "More than one credential is attached to this PDF.",
}
DAMAGED = "This PDF is damaged, locked or made to confuse."
UNVOUCHED = "self-signed by this installation; no domain vouches for it"


def make(
    claim: Claim, signed: Signed, *, issuer_name: str, did: str, vouched: bool, public_url: str
) -> bytes:
    """The certificate of a signed claim; the same arguments give the same bytes.

    `public_url` is where the code leads; the fingerprint of the document stands behind its `#`.
    `vouched` says whether a domain stands behind `did`.
    """
    print_ = fingerprint(signed.document)
    words = _words(claim, issuer_name, did, vouched, public_url, print_)
    files = {
        "plant": images.plant(claim.achievement.plant),
        "code": _code(f"{public_url}#{print_}"),
        "document": signed.document.decode(),
    }
    return typesetting.pdf("certificate.typ", words, files, claim.valid_from)


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


def _code(text: str) -> str:
    """A QR code as SVG; a seventh of it may be dirty (error correction M)."""
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="svg", border=0, dark="#22281f", xmldecl=False)
    return out.getvalue().decode()


def _words(
    claim: Claim, issuer_name: str, did: str, vouched: bool, public_url: str, print_: str
) -> dict[str, Any]:
    """Everything that is read in the certificate."""
    skill = claim.achievement.name
    name = claim.name or HOLDER
    return {
        "title": f"Certificate of {name}: {skill}",
        "description": claim.achievement.description,
        "day": [claim.valid_from.year, claim.valid_from.month, claim.valid_from.day],
        "name": directed(name),
        "verb": "has learnt, and remembers,",
        "skill": directed(skill),
        "plant": f"The plant of {skill}, in bloom",
        "awarded": day(claim.awarded_at),
        "until": day(claim.valid_until),
        "issuer": directed(issuer_name),
        "vouching": _domain(did) if vouched else UNVOUCHED,
        "did": did if len(did) <= 60 else partable(did),
        "url": public_url,
        "code": f"Code with the address {public_url} and the fingerprint of the credential",
        "id": f"urn:uuid:{claim.id}",
        "fingerprint": print_,
        "about": partable(claim.achievement.description),
        "evidence": partable(claim.evidence),
        "figures": [_figure(figure) for figure in claim.figures],
        "members": [directed(member.name) for member in claim.members],
        "limits": _limits(claim, issuer_name, vouched),
    }


def _domain(did: str) -> str:
    return f"vouched for by {did.removeprefix('did:web:')}"


def _figure(figure: Figure) -> dict[str, str]:
    return {
        "name": partable(figure.name),
        "value": _said(figure, figure.value),
        "required": f"at least {_said(figure, figure.required)}" if figure.required else "",
    }


def _said(figure: Figure, value: str) -> str:
    """A share of one as a percentage, since that is how people speak of it."""
    try:
        number = float(value)
    except ValueError:
        return partable(value)
    if (figure.least, figure.most) == ("0", "1"):
        return f"{100 * number:.3g} %"
    return f"{value} %" if figure.type == "Percent" else value


def _limits(claim: Claim, issuer_name: str, vouched: bool) -> list[str]:
    """What a reader must not take it for, in plain words."""
    return [
        f"{partable(issuer_name)} says this, and nobody else does. The signature shows that not a "
        "word has changed since; it does not show that an examiner looked on. Whoever runs an "
        "installation of Perennial may be the learner.",
        "Answers that a program can compare were typed and compared in the closing check. With all "
        "other cards the learner judged whether the answer was right.",
        f"The figures are those of {day(claim.valid_from)}. The day until which the knowledge is "
        "expected to hold is estimated by a model of memory from the learner\u2019s own reviews, "
        "for the case that none follows. Each review moves it; what is awarded stays awarded.",
    ]
