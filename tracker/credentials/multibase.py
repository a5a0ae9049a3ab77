"""Keys and signatures as text: base58btc, with a `z` in front, as DIDs and proofs write them."""

from __future__ import annotations

import base64
import re

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tracker.errors import Refused

DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
LONGEST = 128
ED25519 = b"\xed\x01"  # what a public key of this kind begins with
BASE64URL = re.compile(r"[\w-]*", re.ASCII)


def encode(data: bytes) -> str:
    """`data` in base58btc; a zero byte in front is a 1."""
    number, text = int.from_bytes(data), ""
    while number:
        number, digit = divmod(number, 58)
        text = DIGITS[digit] + text
    return "z" + "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def decode(text: str) -> bytes:
    """The bytes that `encode` makes this text of. Refused: anything else."""
    if not text.startswith("z") or len(text) > LONGEST or not set(text[1:]) <= set(DIGITS):
        raise Refused("A key or a signature in this file is not written as it should be.")
    digits, number = text[1:], 0
    for digit in digits:
        number = number * 58 + DIGITS.index(digit)
    zeros = len(digits) - len(digits.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)


def write_key(key: Ed25519PublicKey) -> str:
    """A public key, as it stands in a did:key and in a DID document."""
    return encode(ED25519 + key.public_bytes_raw())


def read_key(text: str) -> Ed25519PublicKey:
    """The key that `write_key` makes this text of. Refused: another kind, or no key."""
    data = decode(text)
    if not data.startswith(ED25519) or len(data) != 34:
        raise Refused("The key in this file is not an Ed25519 key.")
    return Ed25519PublicKey.from_public_bytes(data[2:])


def unpadded(data: bytes) -> str:
    """Base64url without padding, as tokens and status lists have it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_unpadded(text: str) -> bytes:
    """The bytes of `unpadded`. Refused: text that `unpadded` would write in another way."""
    if BASE64URL.fullmatch(text) and len(text) % 4 != 1:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if unpadded(data) == text:
            return data
    raise Refused("A part of this file is not base64url: it is damaged or cut off.")
