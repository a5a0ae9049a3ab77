"""Finding the signed document in whatever a person hands over. Nothing is verified here."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tracker.credentials import baking, jsons, pdf, tokens
from tracker.errors import Refused

OTHERS = (".jwt", ".png", ".svg", ".pdf")
MOST_FILES = 50
MOST_UNPACKED = 30_000_000
TOO_MUCH = "This archive holds more than any certificate's."
UNKNOWN = "This is no certificate: neither signed JSON nor PNG, SVG, PDF, token or ZIP with one."


@dataclass(frozen=True, slots=True)
class Found:
    """A document that says it is signed, and what came with it."""

    form: str
    document: dict[str, Any]
    data: bytes  # of the document as it was found
    token: str | None = None
    header: dict[str, Any] = field(default_factory=dict)
    did_documents: tuple[dict[str, Any], ...] = ()
    status_lists: tuple[dict[str, Any], ...] = ()
    copies: tuple[Found, ...] = ()  # the other forms in an archive

    @property
    def digest(self) -> str:
        """The "sha256-…" of the document as it was signed: as this program writes it."""
        data = jsons.dump(self.document)
        return "sha256-" + base64.b64encode(hashlib.sha256(data).digest()).decode()

    @property
    def as_written(self) -> bool:
        """Whether the bytes are those this program writes for the document."""
        return self.token is not None or self.data.strip() == jsons.dump(self.document)


def open_(data: bytes, name: str = "") -> Found:
    """The document in a file. Refused: an unknown form, no document in it, or one too large."""
    if len(data) > jsons.MOST_BYTES:
        raise Refused(f"The file is larger than {jsons.MOST_BYTES // 1_000_000} MB.")
    if data.startswith(b"PK"):
        return _archive(data)
    if data.startswith(b"\x89PNG"):
        return _text("PNG picture", baking.read_png(data))
    if data.startswith(b"%PDF"):
        return _text("PDF", pdf.read(data).decode("utf-8", "replace"))
    text = data.decode("utf-8", "replace").lstrip("\ufeff").strip()
    if text.startswith("<"):
        return _text("SVG picture", baking.read_svg(data))
    return _text("", text)


def _text(around: str, text: str) -> Found:
    """The document in a text: JSON with a proof in it, or a token."""
    wrapped = f" in a {around}" if around else ""
    if text.startswith("{"):
        document = jsons.parse(text)
        return Found(f"{_kind(document)}, signed JSON{wrapped}", document, text.encode())
    if text.count(".") == 2 and text.startswith("eyJ"):
        header, document = tokens.open_(text)
        form = f"{_kind(document)}, signed token (VC-JWT){wrapped}"
        return Found(form, document, text.encode(), text, header)
    raise Refused(UNKNOWN)


def _kind(document: dict[str, Any]) -> str:
    types = document.get("type")
    names = types if isinstance(types, list) else [types]
    if "OpenBadgeCredential" in names or "AchievementCredential" in names:
        return "Open Badges 3.0"
    if "ClrCredential" in names:
        return "Comprehensive Learner Record 2.0"
    raise Refused("This is JSON, but neither an Open Badge 3.0 nor a learner record (CLR 2.0).")


def _archive(data: bytes) -> Found:
    """The badge in an archive, with the DID documents and status lists beside it."""
    files = list(_files(data))
    endings = [ending for name, _ in files for ending in OTHERS if name.endswith(ending)]
    if len(set(endings)) < len(endings) or any(content[:2] == b"PK" for _, content in files):
        raise Refused(TOO_MUCH)
    lists, dids, found = [], [], []
    for name, content in files:
        document = _json(content) if name.endswith(".json") else {}
        if "verificationMethod" in document:
            dids.append(document)
        elif "BitstringStatusListCredential" in _types(document):
            lists.append(document)
        elif "VerifiableCredential" in _types(document) or name.endswith(OTHERS):
            found.append(open_(content, name))
    badges = [one for one in found if one.token is None and one.form.endswith("signed JSON")]
    if not badges:
        raise Refused("There is no certificate in this archive.")
    first = min(badges, key=lambda one: not one.form.startswith("Open Badges"))
    copies = tuple(one for one in found if one is not first)
    form = f"{first.form} in an archive"
    return Found(form, first.document, first.data, None, {}, tuple(dids), tuple(lists), copies)


def _files(data: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_FILES or sum(one.file_size for one in entries) > MOST_UNPACKED:
                raise Refused(TOO_MUCH)
            for entry in entries:
                with archive.open(entry) as stream:
                    yield entry.filename, stream.read(entry.file_size)
    except (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, OSError, EOFError):
        raise Refused("This archive is damaged or cut off.") from None


def _json(content: bytes) -> dict[str, Any]:
    """An archive may hold JSON that is no document of ours: the review log."""
    try:
        return jsons.parse(content)
    except Refused:
        return {}


def _types(document: dict[str, Any]) -> list[object]:
    types = document.get("type", [])
    return types if isinstance(types, list) else [types]
