"""The little of Markdown that the format must know: where code is, fenced or in a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)$")
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block: the words after the opening fence, and the code with its last newline."""

    info: str
    code: str


class Fencing:
    """Fed one line after the other, tells which belong to a fenced block, its fences included."""

    def __init__(self) -> None:
        self.mark = ""
        self.info = ""

    def feed(self, line: str) -> bool:
        """Whether this line is part of a fenced block."""
        match = _FENCE.match(line)
        if self.mark:
            if match and match[1].startswith(self.mark) and not match[2].strip():
                self.mark = ""
            return True
        if match and not (match[1][0] == "`" and "`" in match[2]):
            self.mark, self.info = match[1], " ".join(match[2].split())
            return True
        return False


def fences(text: str) -> list[Fence]:
    """The fenced blocks of a text, in order; one that is never closed runs to the end."""
    found: list[Fence] = []
    fencing, code = Fencing(), list[str]()
    for line in text.split("\n"):
        opened = fencing.mark
        inside = fencing.feed(line)
        if inside and opened and fencing.mark:
            code.append(line + "\n")
        elif inside and opened:
            found.append(Fence(fencing.info, "".join(code)))
            code = []
    if fencing.mark:
        found.append(Fence(fencing.info, "".join(code)))
    return found


def outside(lines: list[str], start: int = 0) -> Iterator[tuple[int, str]]:
    """The lines outside fenced blocks with their index, from `start` on."""
    fencing = Fencing()
    for index in range(start, len(lines)):
        if not fencing.feed(lines[index]):
            yield index, lines[index]


def unfenced(text: str) -> str:
    """The text without its fenced blocks."""
    return "\n".join(line for _, line in outside(text.split("\n")))


def prose(text: str) -> str:
    """The text without any code, fenced or in a line."""
    return _SPAN.sub(" ", unfenced(text))
