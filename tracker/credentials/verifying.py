"""Verifying a certificate offline: what it is, who signed it, and whether it still holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.credentials import forms, jsons, multibase, proofs, status, tokens
from tracker.credentials.reports import Check, Facts, Report, together
from tracker.errors import Refused

WHOLE = {
    True: ", unchanged and of the same issuer",
    None: ", unchanged, but not all of the same issuer",
    False: ", of which one was changed or is signed with another key",
}
CURRENT = {
    True: ", of which none is revoked",
    None: ", whose status lists are not all at hand",
    False: ", of which one is revoked",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """What is at hand. Documents of the caller are believed, those of an archive are shown."""

    now: datetime
    trusted: tuple[dict[str, Any], ...] = ()
    shown: tuple[dict[str, Any], ...] = ()
    lists: tuple[dict[str, Any], ...] = ()

    def listed(self, method: str, documents: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
        """The key `method` in the DID document of its DID, if that lists it for assertions."""
        for document in documents:
            if document.get("id") == method.partition("#")[0]:
                allowed = document.get("assertionMethod")
                keys = document.get("verificationMethod")
                for key in keys if isinstance(keys, list) else []:
                    named = isinstance(key, dict) and key.get("id") == method
                    if named and isinstance(allowed, list) and method in allowed:
                        return dict(key)
        return None

    def knows(self, did: str) -> bool:
        """Whether a DID document of it is at hand that the caller believes."""
        return any(document.get("id") == did for document in self.trusted)


def verify(
    data: bytes,
    *,
    now: datetime,
    name: str = "",
    did_documents: Sequence[dict[str, Any]] = (),
    status_lists: Sequence[bytes] = (),
) -> Report:
    """Check a file in any form. Refused: it is no certificate, or too large or damaged to tell.

    Nothing is fetched. `did_documents` are believed to come from their domains; those in an
    archive are only as good as the archive, so they leave the question of the issuer open.
    """
    found = forms.open_(data, name)
    lists = (*(jsons.parse(one) for one in status_lists), *found.status_lists)
    desk = Desk(now, tuple(did_documents), found.did_documents, lists)
    checks = (_form(found), *_token(found, desk), *_document(found.document, desk))
    return Report(found.form, (*checks, *_parts(found, desk)), _facts(found))


def _form(found: forms.Found) -> Check:
    if found.as_written:
        return Check("form", True, f"{found.form}.")
    return Check("form", True, f"{found.form}; the same content, written in another way.")


def _document(document: dict[str, Any], desk: Desk) -> Iterator[Check]:
    """The checks of one signed document by itself."""
    signature = _signature(document, desk)
    yield signature
    yield _issuer(document, desk)
    yield _period(document, desk.now)
    yield _revocation(document, desk)


def _signature(document: dict[str, Any], desk: Desk) -> Check:
    method = proofs.proof(document)["verificationMethod"]
    if method.partition("#")[0] != _issuer_id(document):
        return Check("signature", False, "It is signed with a key of somebody else.")
    listed = desk.listed(method, (*desk.trusted, *desk.shown))
    key = multibase.read_key(_key(method, listed))
    if proofs.holds(document, key):
        return Check("signature", True, "Nothing in it was changed since it was signed.")
    return Check("signature", False, "It was changed, or is signed with another key.")


def _key(method: str, listed: dict[str, Any] | None) -> str:
    """The key as text: listed in a DID document, or in its own name, as our keys are."""
    did, _, fragment = method.partition("#")
    if did.startswith("did:key:"):
        return did.removeprefix("did:key:")
    if listed is not None:
        return str(listed.get("publicKeyMultibase", ""))
    return fragment


def _issuer(document: dict[str, Any], desk: Desk) -> Check:
    method = proofs.proof(document)["verificationMethod"]
    did, _, fragment = method.partition("#")
    if did.startswith("did:key:"):
        words = "Self-certified: the key itself is the issuer, and no domain vouches for it."
        return Check("issuer", fragment == did.removeprefix("did:key:"), words)
    if not did.startswith("did:web:"):
        return Check("issuer", None, f"Not checked: {did} is neither did:web nor did:key.")
    host = did.removeprefix("did:web:")
    if desk.listed(method, desk.trusted):
        return Check("issuer", True, f"{host} vouches: its DID document lists the key.")
    if desk.knows(did):
        return Check("issuer", False, f"The DID document of {host} does not list the key.")
    where = f"https://{host}/.well-known/did.json"
    if desk.listed(method, desk.shown):
        words = f"Only the archive's own copy of {where} lists the key; compare it with that page."
        return Check("issuer", None, words)
    return Check("issuer", None, f"Not checked: the DID document ({where}) is not at hand.")


def _period(document: dict[str, Any], now: datetime) -> Check:
    begin, end = (_time(document, name) for name in ("validFrom", "validUntil"))
    if begin and now < begin:
        return Check("period", False, f"It is valid from {document['validFrom']} on.")
    if end and now > end:
        return Check("period", False, f"It was valid until {document['validUntil']}.")
    words = f"It is valid until {document['validUntil']}." if end else "It has no last day."
    return Check("period", True, words)


def _time(document: dict[str, Any], name: str) -> datetime | None:
    if name not in document:
        return None
    try:
        when = datetime.fromisoformat(document[name])
        if when.tzinfo is None:
            raise ValueError
    except (ValueError, TypeError):
        raise Refused(f"The date {name} of this certificate cannot be read.") from None
    return when


def _revocation(document: dict[str, Any], desk: Desk) -> Check:
    entry = document.get("credentialStatus")
    if entry is None:
        return Check("revocation", True, "It names no status list of its own.")
    address = entry.get("statusListCredential") if isinstance(entry, dict) else None
    for one in desk.lists:
        if one.get("id") == address:
            return _listed_status(document, entry, one, desk)
    return Check("revocation", None, f"Not checked: the status list ({address}) is not at hand.")


def _listed_status(
    document: dict[str, Any], entry: dict[str, Any], listing: dict[str, Any], desk: Desk
) -> Check:
    """The entry in a status list, which must come from the issuer of the document."""
    if _issuer_id(listing) != _issuer_id(document) or _signature(listing, desk).ok is not True:
        return Check("revocation", False, "The status list at hand is not signed by the issuer.")
    if _issuer(listing, desk).ok is False:
        return Check("revocation", False, "The key of the status list is not the issuer's.")
    index = str(entry.get("statusListIndex", ""))
    if entry.get("statusPurpose") != "revocation" or not index.isdecimal() or len(index) > 9:
        return Check("revocation", None, "Not checked: its entry is of a kind not known here.")
    of = f"by the status list of {listing.get('validFrom', 'an unknown day')}"
    if status.read(listing, int(index)):
        return Check("revocation", False, f"It is revoked, {of}.")
    return Check("revocation", True, f"It is not revoked, {of}.")


def _token(found: forms.Found, desk: Desk) -> Iterator[Check]:
    """The signature around the document; the one inside it says who issued it."""
    if found.token is None:
        return
    name = str(found.header.get("kid", ""))
    listed = desk.listed(name, (*desk.trusted, *desk.shown))
    if listed is None and desk.knows(name.partition("#")[0]):
        yield Check("token", False, "The DID document does not list the key of the token.")
        return
    key = tokens.key_of(listed.get("publicKeyJwk") if listed else found.header.get("jwk"))
    words = {True: "The token is whole.", False: "The token was changed after it was signed."}
    holds = tokens.holds(found.token, key)
    yield Check("token", holds, words[holds])


def _parts(found: forms.Found, desk: Desk) -> Iterator[Check]:
    """The credentials inside a record, and the other forms in an archive."""
    inside = _members(found.document)
    if inside:
        yield from _inside(inside, _issuer_id(found.document), desk)
    for copy in found.copies:
        same = copy.document == found.document or found.document in _members(copy.document)
        words = "carries the same credential" if same else "carries another credential"
        yield Check("parts", same, f"{copy.form}: {words}.")


def _inside(inside: list[Any], issuer: str, desk: Desk) -> Iterator[Check]:
    """All credentials of a record at once: whether they are whole, and whether one is revoked."""
    whole: list[bool | None] = []
    current: list[bool | None] = []
    lapsed = 0
    for one in inside:
        if not isinstance(one, dict):
            raise Refused("There is something in this learner record that is no credential.")
        checks = {check.name: check.ok for check in _document(one, desk)}
        # Who the issuer is stays as open as it is for the record itself.
        whole += [checks["signature"], checks["issuer"] is not False]
        whole.append(True if _issuer_id(one) == issuer else None)
        current.append(checks["revocation"])
        lapsed += checks["period"] is False
    many = f"{len(inside)} credential{'' if len(inside) == 1 else 's'} inside"
    yield Check("parts", together(whole), f"The {many}{WHOLE[together(whole)]}, {lapsed} lapsed.")
    yield Check("revocation", together(current), f"The {many}{CURRENT[together(current)]}.")


def _members(record: dict[str, Any]) -> list[Any]:
    """The credentials inside a learner record."""
    inside = _object(record, "credentialSubject").get("verifiableCredential")
    return inside if isinstance(inside, list) else []


def _issuer_id(document: dict[str, Any]) -> str:
    issuer = document.get("issuer")
    return str(issuer.get("id") if isinstance(issuer, dict) else issuer)


def _facts(found: forms.Found) -> Facts:
    document = found.document
    subject = _object(document, "credentialSubject")
    achievement = _object(subject, "achievement")
    return Facts(
        id=str(document.get("id", "")),
        name=_name(subject),
        achievement=str(achievement.get("name") or document.get("name", "")),
        issuer=str(_object(document, "issuer").get("name", "")),
        issuer_id=_issuer_id(document),
        awarded=str(document.get("awardedDate", document.get("validFrom", ""))),
        valid_until=str(document.get("validUntil", "")),
        digest=found.digest,
    )


def _object(document: dict[str, Any], name: str) -> dict[str, Any]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def _name(subject: dict[str, Any]) -> str:
    identifiers = subject.get("identifier")
    for one in identifiers if isinstance(identifiers, list) else []:
        if isinstance(one, dict) and one.get("identityType") == "name":
            return str(one.get("identityHash", ""))
    return ""
