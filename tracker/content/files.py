"""Reads the files of a path: UTF-8, at most 1 MiB each, and never one outside its folder."""

from __future__ import annotations

from pathlib import Path

from tracker.content.shapes import Report

LIMIT = 1024 * 1024


def load(directory: Path, name: str, report: Report, line: int = 1) -> bytes | None:
    """The bytes of a file inside the folder, else None and a fault on the given line."""
    try:
        file = (directory / name).resolve(strict=True)
        if not file.is_relative_to(directory.resolve()):
            report.add(line, f"{name} leads out of the folder", "keep the file inside it")
        elif not file.is_file():
            report.add(line, f"{name} is not a file", "put a plain file there")
        else:
            return _read(file, name, report, line)
    except FileNotFoundError:
        report.add(line, f"{name} is not there", "add the file or mend the name")
    except (OSError, RuntimeError, ValueError) as error:
        report.add(line, f"{name} cannot be read ({type(error).__name__})", "mend the file")
    return None


def lines(directory: Path, name: str, report: Report) -> list[str] | None:
    """The lines of a text file without their ends, else None and a fault."""
    data = load(directory, name, report)
    return None if data is None else _decode(data, report)


def _read(file: Path, name: str, report: Report, line: int) -> bytes | None:
    with file.open("rb") as stream:
        data = stream.read(LIMIT + 1)
    if len(data) <= LIMIT:
        return data
    report.add(line, f"{name} is over 1 MiB", "split or shrink it")
    return None


def _decode(data: bytes, report: Report) -> list[str] | None:
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        report.add(line, f"byte {error.start} is not UTF-8", "save the file as UTF-8")
        return None
    found = text.split("\n")
    for number, line_text in enumerate(found, 1):
        check_characters(line_text, number, report)
    return found


def check_characters(text: str, line: int, report: Report) -> None:
    """Control characters cannot be stored or shown, so each line with one is a fault."""
    bad = next((sign for sign in text if ord(sign) < 32 and sign not in "\t\n"), "")
    if bad or "\x7f" in text:
        report.add(line, f"control character {ord(bad or chr(127)):#04x}", "remove it")
