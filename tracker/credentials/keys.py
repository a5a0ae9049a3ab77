"""The issuer: who signs, with which keys, and where the keys are kept.

DATA/issuer.json holds every pair of keys there ever was: Ed25519 for proofs, RSA for tokens. With
a public https address the issuer is that domain (did:web), which can change its keys; otherwise
the key itself is the issuer (did:key), and no domain vouches for it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from tracker.credentials import multibase
from tracker.credentials.proofs import moment
from tracker.errors import Refused

NAME = "issuer.json"
RSA_BITS = 3072
DID_CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]
HELP = "Put the file back from a backup; without it nothing can be signed in this issuer's name."


@dataclass(frozen=True, slots=True)
class Keys:
    """One pair of keys; all but the last are retired and only kept listed."""

    ed25519: Ed25519PrivateKey
    rsa: RSAPrivateKey
    made_at: str
    retired_at: str | None = None

    @property
    def multikey(self) -> str:
        """The public half of the Ed25519 key: z6Mk…"""
        return multibase.write_key(self.ed25519.public_key())

    def jwk(self) -> dict[str, str]:
        """The public half of the RSA key (RFC 7517)."""
        numbers = self.rsa.public_key().public_numbers()
        return {
            "kty": "RSA",
            "n": multibase.unpadded(numbers.n.to_bytes(self.rsa.key_size // 8)),
            "e": multibase.unpadded(numbers.e.to_bytes(3)),
        }

    @property
    def thumbprint(self) -> str:
        """What names the RSA key (RFC 7638): the hash of its JWK with sorted members."""
        canonical = json.dumps(self.jwk(), separators=(",", ":"), sort_keys=True)
        return multibase.unpadded(hashlib.sha256(canonical.encode()).digest())

    def published_jwk(self) -> dict[str, str]:
        """The JWK with what it is for."""
        return self.jwk() | {"alg": "RS256", "use": "sig"}


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs. `keys` sign now; `retired` keys are listed, so that what they signed holds."""

    name: str
    url: str
    did: str
    keys: Keys
    retired: tuple[Keys, ...] = ()

    @property
    def vouched(self) -> bool:
        """Whether a domain stands behind the keys; if not, only the key speaks for itself."""
        return self.did.startswith("did:web:")

    @property
    def method(self) -> str:
        """Where verifiers find the key of a proof."""
        return f"{self.did}#{self.keys.multikey}"

    @property
    def token_key(self) -> str:
        """The name of the key of a token: an address in the DID document, if it lists the key."""
        return f"{self.did}#{self.keys.thumbprint}" if self.vouched else self.keys.thumbprint

    def did_document(self) -> dict[str, Any]:
        """What a domain publishes as /.well-known/did.json; for did:key what follows from it."""
        methods = [one for keys in self._listed() for one in self._methods(keys)]
        return {
            "@context": DID_CONTEXTS,
            "id": self.did,
            "verificationMethod": methods,
            "assertionMethod": [one["id"] for one in methods],
        }

    def _listed(self) -> tuple[Keys, ...]:
        return (self.keys, *self.retired) if self.vouched else (self.keys,)

    def _methods(self, keys: Keys) -> list[dict[str, Any]]:
        ours = {"controller": self.did}
        multikey = {"type": "Multikey", "publicKeyMultibase": keys.multikey}
        jwk = {"type": "JsonWebKey", "publicKeyJwk": keys.published_jwk()}
        proof = {"id": f"{self.did}#{keys.multikey}"} | ours | multikey
        token = {"id": f"{self.did}#{keys.thumbprint}"} | ours | jwk
        return [proof, token] if self.vouched else [proof]

    def jwks(self) -> dict[str, Any]:
        """What is published as /.well-known/jwks.json: the keys of tokens, the newest first."""
        return {
            "keys": [
                keys.published_jwk() | {"kid": keys.thumbprint}
                for keys in (self.keys, *self.retired)
            ]
        }


def notice(issuer: Issuer) -> str:
    """Who vouches for the issuer, in words for its page and the terminal."""
    if issuer.vouched:
        host = issuer.did.removeprefix("did:web:")
        return f"The domain {host} vouches for it, as long as it serves /.well-known/did.json."
    return "Self-certified: signed by this installation; no domain vouches for it."


def did_of(base_url: str, keys: Keys) -> str:
    """did:web for a public https address without a port, else the did:key of `keys`."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    public = "." in host and not host.replace(".", "").isdigit() and ":" not in host
    private = host.endswith((".localhost", ".local", ".internal", ".lan", ".home.arpa"))
    if parts.scheme == "https" and public and not private and parts.port in (None, 443):
        return f"did:web:{host}"
    return f"did:key:{keys.multikey}"


def load(folder: Path, base_url: str, name: str, now: datetime, *, make: bool = True) -> Issuer:
    """The issuer whose keys are in `folder`; at first use they are made, whole or not at all.

    `make=False` when something has been signed before: then a missing file is lost, not new.
    Refused: it is lost, unreadable or damaged; new keys never take the place of a damaged file.
    """
    file = folder / NAME
    if make and not file.exists():
        _create(file, [_new(now)])
    *retired, keys = _read(file)
    return Issuer(name, base_url, did_of(base_url, keys), keys, tuple(reversed(retired)))


def rotate(folder: Path, base_url: str, now: datetime, *, forced: bool = False) -> None:
    """New keys from now on; the old ones stay listed. Refused for did:key unless `forced`."""
    file = folder / NAME
    *retired, keys = _read(file)
    if did_of(base_url, keys).startswith("did:key:") and not forced:
        raise Refused(
            "This installation has no public https address, so its key is its identity: with a "
            "new key it becomes another issuer. What was signed still holds, in the old name."
        )
    last = Keys(keys.ed25519, keys.rsa, keys.made_at, moment(now))
    _replace(file, [*retired, last, _new(now)])


def _new(now: datetime) -> Keys:
    return Keys(Ed25519PrivateKey.generate(), generate_private_key(65537, RSA_BITS), moment(now))


def _read(file: Path) -> list[Keys]:
    try:
        text = file.read_text("utf-8")
        if file.stat().st_mode & 0o077:
            file.chmod(0o600)
    except FileNotFoundError:
        raise Refused(f"The issuer's keys ({file}) are not there. {HELP}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"The issuer's keys ({file}) cannot be read: {error}. {HELP}") from error
    try:
        found = [_parsed(entry) for entry in json.loads(text)["keys"]]
    except (ValueError, TypeError, KeyError) as error:
        raise Refused(f"The issuer's keys ({file}) are damaged. {HELP}") from error
    if not found:
        raise Refused(f"The issuer's keys ({file}) are empty. {HELP}")
    return found


def _parsed(entry: dict[str, str]) -> Keys:
    ed25519 = load_pem_private_key(entry["ed25519"].encode(), None)
    rsa = load_pem_private_key(entry["rsa"].encode(), None)
    if not isinstance(ed25519, Ed25519PrivateKey) or not isinstance(rsa, RSAPrivateKey):
        raise ValueError("keys of another kind")
    return Keys(ed25519, rsa, entry["made_at"], entry["retired_at"])


def _written(keys: Keys) -> dict[str, str | None]:
    as_pem = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {
        "made_at": keys.made_at,
        "retired_at": keys.retired_at,
        "ed25519": keys.ed25519.private_bytes(*as_pem).decode(),
        "rsa": keys.rsa.private_bytes(*as_pem).decode(),
    }


def _create(file: Path, keys: Sequence[Keys]) -> None:
    """Two processes may come here at once: the second takes the keys of the first."""
    temporary = _temporary(file, keys)
    try:
        os.link(temporary, file)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


def _replace(file: Path, keys: Sequence[Keys]) -> None:
    _temporary(file, keys).replace(file)


def _temporary(file: Path, keys: Sequence[Keys]) -> Path:
    """A whole file beside `file`, on the disk, for nobody else to read."""
    name = ""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent)  # mode 0600
        with os.fdopen(handle, "w") as stream:
            json.dump({"keys": [_written(one) for one in keys]}, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        if name:
            Path(name).unlink()
        raise Refused(f"The issuer's keys ({file}) cannot be written: {error}.") from error
    return Path(name)
