"""The files of a certificate: the same signed bytes in every form, made when they are asked for.

Nothing is signed here. A picture and a PDF take up to a tenth of a second, so the last few are
kept in memory; an edition of a certificate gives the same bytes every time.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any
from urllib.parse import urlencode

from tracker.certificates import revocations
from tracker.certificates.issue import claim_of
from tracker.credentials import Claim, Issuer, Report, Signed, archive, baking, images, pdf, verify
from tracker.errors import NotFound
from tracker.models import Certificate

KEPT = 64
JSON = "application/ld+json"


@dataclass(frozen=True, slots=True)
class File:
    """A file to be downloaded: its name, media type and bytes."""

    name: str
    type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class _Edition:
    """A certificate as it was signed last, and who signed it."""

    certificate: Certificate
    claim: Claim
    signed: Signed
    issuer: Issuer
    with_log: bool

    @property
    def address(self) -> str:
        """Its public page."""
        return page(self.certificate, self.issuer)


def export(certificate: Certificate, form: str, issuer: Issuer, *, with_log: bool) -> File:
    """A certificate, loaded with its bytes, in one of its forms; NotFound for another form.

    The ZIP holds the review log where `with_log` says so.
    """
    if form not in FORMS or (form == "clr" and certificate.whole is None):
        raise NotFound("A certificate comes as " + ", ".join(FORMS) + ".")
    signed = Signed(certificate.document, certificate.token)
    make, kind, ending = FORMS[form]
    name = f"{certificate.achievement.slug}-{str(certificate.id)[:8]}.{ending}"
    edition = _Edition(certificate, claim_of(certificate, issuer), signed, issuer, with_log)
    return File(name, kind, make(edition))


def verified(certificate: Certificate, issuer: Issuer, now: datetime) -> Report:
    """What checking its own signed bytes finds, with the keys and the list of this installation."""
    listed = revocations.served(certificate.list_number).document
    document, known = certificate.document, issuer.did_document()
    return verify(document, now=now, did_documents=(known,), status_lists=(listed,))


def profile(issuer: Issuer) -> dict[str, Any]:
    """The issuer as data."""
    return {"id": issuer.did, "type": ["Profile"], "name": issuer.name, "url": issuer.url}


def page(certificate: Certificate, issuer: Issuer) -> str:
    """The address of its public page, which stays the same for ever."""
    return f"{issuer.url.rstrip('/')}/c/{certificate.id}"


def linkedin(certificate: Certificate, issuer: Issuer) -> str:
    """The address that fills in LinkedIn's form for a certificate."""
    awarded, until = certificate.awarded_at, certificate.valid_until
    return "https://www.linkedin.com/profile/add?" + urlencode(
        {
            "startTask": "CERTIFICATION_NAME",
            "name": certificate.achievement.title,
            "organizationName": issuer.name,
            "issueYear": awarded.year,
            "issueMonth": awarded.month,
            "expirationYear": until.year,
            "expirationMonth": until.month,
            "certId": str(certificate.id),
            "certUrl": page(certificate, issuer),
        }
    )


def _pdf(edition: _Edition) -> bytes:
    issuer = edition.issuer
    return _kept(
        edition,
        "pdf",
        lambda: pdf.make(
            edition.claim,
            edition.signed,
            issuer_name=issuer.name,
            did=issuer.did,
            vouched=issuer.vouched,
            public_url=edition.address,
        ),
    )


def _png(edition: _Edition) -> bytes:
    text = edition.signed.document.decode()
    made = lambda: images.png(edition.claim.achievement, edition.claim.awarded_at)  # noqa: E731
    return baking.bake_png(_kept(edition, "png", made), text)


def _svg(edition: _Edition) -> bytes:
    return _drawn(edition).encode()


def _drawn(edition: _Edition) -> str:
    drawn = images.svg(edition.claim.achievement, edition.claim.awarded_at)
    return baking.bake_svg(drawn, edition.signed.document.decode())


def _zip(edition: _Edition) -> bytes:
    certificate = edition.certificate
    return archive.make(
        edition.claim,
        edition.signed,
        pdf=_pdf(edition),
        png=_png(edition),
        svg=_drawn(edition),
        did_document=edition.issuer.did_document(),
        jwks=edition.issuer.jwks(),
        status_list=revocations.served(certificate.list_number).document,
        clr=certificate.whole,
        log=zlib.decompress(certificate.log) if edition.with_log else None,
    )


def _kept(edition: _Edition, form: str, make: Callable[[], bytes]) -> bytes:
    """What was made of this edition before, or is made now."""
    key = (edition.claim.id, edition.claim.valid_from, edition.issuer.did, form)
    with _LOCK:
        found = _MADE.pop(key, None)
    found = found or make()
    with _LOCK:
        _MADE[key] = found
        while len(_MADE) > KEPT:
            _MADE.popitem(last=False)
    return found


_MADE: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
_LOCK = Lock()
# How each form is made, its media type, and the ending of its name.
FORMS: dict[str, tuple[Callable[[_Edition], bytes], str, str]] = {
    "json": (lambda edition: edition.signed.document, JSON, "json"),
    "pdf": (_pdf, "application/pdf", "pdf"),
    "png": (_png, "image/png", "png"),
    "svg": (_svg, "image/svg+xml", "svg"),
    "jwt": (lambda edition: edition.signed.token.encode(), "text/plain; charset=utf-8", "jwt"),
    "zip": (_zip, "application/zip", "zip"),
    "clr": (lambda edition: edition.certificate.whole or b"", JSON, "clr.json"),
}
