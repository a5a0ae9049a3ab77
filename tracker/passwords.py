"""Passwords: argon2id, a length instead of composition rules, and a passphrase ready to use.

NIST SP 800-63B-4: at least 15 characters where the password is the only factor, every Unicode
character allowed, common ones refused, nothing cut off.
"""

from __future__ import annotations

import secrets
import unicodedata
from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from xkcdpass import xkcd_password
from zxcvbn import zxcvbn

from tracker.errors import Refused

SHORTEST, LONGEST = 15, 256
# Fewer guesses than this are listed words, repetitions and walks over the keyboard.
EASY_GUESSES_LOG10 = 8.0
# What zxcvbn is asked at a time: it refuses more than 72 characters and takes seconds for fewer.
PIECE = 24

_hasher = PasswordHasher()
# Each hash takes 64 MiB; strangers decide when, so only two run at a time.
_room = BoundedSemaphore(2)


def normal(password: str) -> str:
    """The same password however the keyboard composed its characters."""
    return unicodedata.normalize("NFKC", password)


def hashed(password: str) -> str:
    """The argon2id hash to store; takes about 50 ms, so never call it inside a transaction."""
    with _room:
        return _hasher.hash(normal(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the one stored; without a stored hash as slow, and False."""
    with _room:
        try:
            return _hasher.verify(stored or _nobody(), normal(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


@lru_cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_hex(32))


def check(password: str, *personal: str) -> None:
    """Refused (field `password`) when it is too short, too long, or easy to guess."""
    text = normal(password)
    # One character of many compatible forms may become eighteen, and an accent may be typed apart.
    length = min(len(text), len(password))
    if length < SHORTEST:
        short = SHORTEST - length
        raise Refused(
            f"At least {SHORTEST} characters: {short} more, or use a passphrase.", "password"
        )
    if len(text) > LONGEST:
        raise Refused(f"At most {LONGEST} characters.", "password")
    if not _hard(text, personal):
        raise Refused("This one is among the first that would be tried. Use another.", "password")


def _hard(text: str, personal: tuple[str, ...]) -> bool:
    """Whether some piece of the text is hard to guess for whoever knows these words."""
    known = ["perennial", *(part for word in personal for part in _parts(word) if len(part) > 2)]
    pieces = (text[start : start + PIECE] for start in range(0, len(text), PIECE))
    return any(
        zxcvbn(piece, user_inputs=known)["guesses_log10"] >= EASY_GUESSES_LOG10 for piece in pieces
    )


def _parts(word: str) -> list[str]:
    return [word, *word.replace("@", " ").replace(".", " ").split()]


def passphrase() -> str:
    """Six random words, ready to use: about 77 bits."""
    return str(xkcd_password.generate_xkcdpassword(_words(), numwords=6, delimiter="-"))


@lru_cache
def _words() -> list[str]:
    file = xkcd_password.locate_wordfile("eff-long")
    return list(xkcd_password.generate_wordlist(file, min_length=4, max_length=8))
