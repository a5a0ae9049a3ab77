"""A program of its own that takes the attached JSON out of a PDF of a stranger.

`pdf.read` runs it in another process, where a PDF made to exhaust its reader can only exhaust
itself: standard input is the PDF, standard output the JSON. It ends with 0 when there was exactly
one, with 3 when there was none, with 4 when there were several, with anything else when it failed.
"""

from __future__ import annotations

import contextlib
import io
import sys

SECONDS = 5
MEMORY = 512 * 1024**2  # bytes
MOST_OBJECTS = 50_000
MOST = 10 * 1024 * 1024  # bytes of an attachment
NONE, SEVERAL = 3, 4


def main() -> int:
    """Read, look, write; whatever goes wrong ends this process and nothing else."""
    _limit()
    found = _documents(sys.stdin.buffer.read())
    if len(found) != 1:
        return SEVERAL if found else NONE
    sys.stdout.buffer.write(found.pop())
    return 0


def _documents(data: bytes) -> set[bytes]:
    """What is attached as credential.json, else everything that is called .json."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data), strict=False)
    if sum(map(len, reader.xref.values())) + len(reader.xref_objStm) > MOST_OBJECTS:
        raise ValueError("too many objects")
    names = [name for name in reader.attachments if name.lower().endswith(".json")]
    chosen = [name for name in names if name == "credential.json"] or names
    found = {bytes(body) for name in chosen[:9] for body in reader.attachments[name][:9]}
    if any(len(body) > MOST for body in found):
        raise ValueError("too large an attachment")
    return found


def _limit() -> None:
    """So much memory and time of the processor and no more, where the system can say so."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


if __name__ == "__main__":
    sys.exit(main())
