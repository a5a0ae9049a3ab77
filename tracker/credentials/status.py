"""Which credentials are revoked: a Bitstring Status List (W3C, v1.0), itself a signed credential.

One bit for each index, the first bit of the list being index 0; 1 is revoked. A list is never
short, so that asking for it tells nobody which credential is looked at.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tracker.credentials import contexts, jsons, multibase, proofs, tokens
from tracker.credentials.claims import Signed
from tracker.credentials.keys import Issuer
from tracker.errors import Refused

SIZE = 131_072
MOST_BYTES = 4_000_000
TYPE = "BitstringStatusListCredential"
DAMAGED = "The status list is damaged."


def make(issuer: Issuer, address: str, revoked: Iterable[int], now: datetime) -> Signed:
    """The signed list at `address`, of SIZE entries. Refused: an index outside of it."""
    document = {
        "@context": [contexts.CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", TYPE],
        "issuer": issuer.did,
        "validFrom": proofs.moment(now),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encode(revoked),
        },
    }
    signed = proofs.sign(document, issuer.keys.ed25519, issuer.method, now)
    return Signed(jsons.dump(signed), tokens.sign(signed, issuer))


def encode(revoked: Iterable[int]) -> str:
    """The list as text: its bits, packed by gzip, in base64url with a `u` in front."""
    bits = bytearray(SIZE // 8)
    for index in revoked:
        if not 0 <= index < SIZE:
            raise Refused(f"A status list has no entry {index}.")
        bits[index // 8] |= 0x80 >> index % 8
    return "u" + multibase.unpadded(gzip.compress(bytes(bits), mtime=0))


def read(document: dict[str, Any], index: int) -> bool:
    """Whether `index` is revoked; who signed is looked at elsewhere. Refused: no such entry."""
    subject = document.get("credentialSubject")
    if TYPE not in document.get("type", []) or not isinstance(subject, dict):
        raise Refused("This is not a status list.")
    if subject.get("statusPurpose") != "revocation":
        raise Refused("This status list says something other than what is revoked.")
    bits = _unpacked(str(subject.get("encodedList", "")))
    if len(bits) * 8 < SIZE or not 0 <= index < len(bits) * 8:
        raise Refused(f"The status list has no entry {index}.")
    return bool(bits[index // 8] & 0x80 >> index % 8)


def _unpacked(text: str) -> bytes:
    if not text.startswith("u"):
        raise Refused(DAMAGED)
    machine = zlib.decompressobj(wbits=31)
    try:
        bits = machine.decompress(multibase.from_unpadded(text[1:]), MOST_BYTES)
    except zlib.error:
        raise Refused(DAMAGED) from None
    if not machine.eof or machine.unused_data:
        raise Refused(DAMAGED)
    return bits
