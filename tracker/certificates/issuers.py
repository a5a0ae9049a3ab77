"""Who signs here: the keys beside the database, read again when their file has changed."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from tracker.certificates.sharing import has_any
from tracker.credentials import Issuer, keys


def load(folder: Path, base: str, name: str, now: datetime) -> Issuer:
    """The issuer at the address `base`, its keys made in `folder` at first use.

    Refused, with what to do, when the file is damaged, or gone although certificates were issued:
    new keys would be another issuer, so they are never made unasked.
    """
    file = folder / keys.NAME
    if not file.exists():
        keys.load(folder, base, name, now, make=not has_any())
    status = file.stat()
    return _read(folder, base, name, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=8)
def _read(folder: Path, base: str, name: str, changed: int, size: int) -> Issuer:
    return keys.load(folder, base, name, datetime.min, make=False)
