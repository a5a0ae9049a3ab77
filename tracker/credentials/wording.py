"""What is to be read in a certificate, in plain words."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from tracker.credentials.claims import Claim, Figure
from tracker.credentials.typesetting import day, directed, partable

HOLDER = "The holder of this document"
UNVOUCHED = "self-signed by this installation; no domain vouches for it"
WHOLE_DID = 60  # letters of an issuer's name that fit on a line


def claimed(claim: Claim) -> dict[str, Any]:
    """What it says of the learner, and what it rests on."""
    skill, name = claim.achievement.name, claim.name or HOLDER
    return {
        "title": f"Certificate of {name}: {skill}",
        "day": [claim.valid_from.year, claim.valid_from.month, claim.valid_from.day],
        "name": directed(name),
        "skill": directed(skill),
        "plant": f"The plant of {skill}, in bloom",
        "awarded": day(claim.awarded_at),
        "until": day(claim.valid_until),
        "signed": day(claim.valid_from),
        "id": claim.id.urn,
        "about": partable(claim.achievement.description),
        "evidence": partable(claim.evidence),
        "figures": [_figure(figure) for figure in claim.figures],
        "members": [directed(member.name) for member in claim.members],
    }


def issued(name: str, did: str, vouched: bool) -> dict[str, Any]:
    """Who says it. `vouched`: a domain stands behind `did`."""
    domain = partable(did.removeprefix("did:web:"))
    return {
        "issuer": directed(name),
        "vouching": f"vouched for by {domain}" if vouched else UNVOUCHED,
        "did": did if len(did) <= WHOLE_DID else partable(did),
    }


def _figure(figure: Figure) -> dict[str, str]:
    asked = figure.required
    return {
        "name": partable(figure.name),
        "value": said(figure, figure.value),
        "required": "" if asked is None else f"at least {said(figure, asked)}",
    }


def said(figure: Figure, value: str) -> str:
    """A share of one as a percentage, digit for digit: nothing is rounded a second time."""
    if figure.type == "Percent":
        return f"{value} %"
    try:
        number = Decimal(value) * 100
    except InvalidOperation:
        return partable(value)
    share = (figure.least, figure.most) == ("0", "1") and number.is_finite()
    return f"{number.normalize():f} %" if share else partable(value)
