"""The grammar of cards: what stands after `## Cards` in a skill file."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tracker.content import markdown, versions
from tracker.content.shapes import HOLE, NoteText, Report
from tracker.content.tables import ID

FIELDS = (
    *("Q", "A", "C", "Why", "Source", "Tags", "Python"),
    *("Typed", "Accept", "Raises", "Reverse", "Was", "Rev"),
)
LONG = {"Q", "A", "C", "Why"}
REPEATED = {"Source", "Accept", "Was"}
HEADING = "## Cards"
LONGEST = 20_000

_FIELD = re.compile(rf"({'|'.join(FIELDS)}):(.*)")
_LOOKS_LIKE_FIELD = re.compile(r"([A-Z][a-z]{0,30}):(?=\s|$)|((?i:" + "|".join(FIELDS) + ")):")
_CARD = re.compile(r"###(?!#)(.*)")
_OPEN = re.compile(r"\{\{(.{0,40})", re.DOTALL)
_TAG = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_WAS = re.compile(rf"(?:[a-z0-9][a-z0-9-]{{1,63}}/)?{ID.pattern}")
_CLASS = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*){0,5}")


@dataclass(slots=True)
class Field:
    """One field as written: its line and its text."""

    name: str
    line: int
    lines: list[str]

    @property
    def text(self) -> str:
        """The text without the blank space around it."""
        return "\n".join(self.lines).strip()


@dataclass(slots=True)
class Block:
    """One card block: the id of its heading and the fields below."""

    id: str
    line: int
    fields: list[Field] = field(default_factory=list)

    def all(self, name: str) -> list[Field]:
        """The fields of that name that are not empty."""
        return [one for one in self.fields if one.name == name and one.text]

    def text(self, name: str) -> str:
        """The text of the first such field, or nothing."""
        return next((one.text for one in self.all(name)), "")


def read(lines: list[str], start: int, report: Report) -> tuple[NoteText, ...]:
    """The notes from line index `start` on (the line after `## Cards`), with all their faults."""
    found: dict[str, NoteText] = {}
    for block in _blocks(lines, start, report):
        note = _note(block, report)
        if note.id in found:
            first = found[note.id].line
            report.add(note.line, f'card id "{note.id}" is also on line {first}', "rename one")
        found.setdefault(note.id, note)
    return tuple(note for note in found.values() if ID.fullmatch(note.id))


def _blocks(lines: list[str], start: int, report: Report) -> list[Block]:
    blocks: list[Block] = []
    fencing, opened = markdown.Fencing(), 0
    for index in range(start, len(lines)):
        line = lines[index]
        free = not fencing.mark
        fenced = fencing.feed(line)
        if fenced:
            opened = index + 1 if free else opened
            _continue(blocks, line, index + 1, report)
        elif heading := _CARD.match(line):
            blocks.append(Block(heading[1].strip(), index + 1))
            _check_id(blocks[-1], report)
        else:
            _line(blocks, line, index + 1, report)
            if (field_line := _FIELD.match(line)) and fencing.feed(field_line[2].strip()):
                opened = index + 1  # a fault already, but the end of the code is not another one
    if fencing.mark:
        report.add(opened, "the code fence is never closed", f"close it with {fencing.mark}")
    return blocks


def _line(blocks: list[Block], line: str, number: int, report: Report) -> None:
    if line.startswith(("# ", "## ")):
        report.add(number, "a heading among the cards", "use ### and a card id, or move it up")
    elif blocks and (match := _FIELD.match(line)):
        blocks[-1].fields.append(Field(match[1], number, [match[2]]))
        if markdown.Fencing().feed(match[2].strip()):
            report.add(number, f"code on the line of {match[1]}:", "begin it on the next line")
    elif blocks and (match := _LOOKS_LIKE_FIELD.match(line)):
        name = match[1] or match[2]
        report.add(number, f'unknown field "{name}"', f"use one of {', '.join(FIELDS)}")
    else:
        _continue(blocks, line, number, report)


def _continue(blocks: list[Block], line: str, number: int, report: Report) -> None:
    if not line.strip() and not (blocks and blocks[-1].fields):
        return
    if not blocks:
        report.add(number, "text before the first card", "move it above ## Cards or remove it")
    elif not blocks[-1].fields:
        report.add(number, "text before the first field", "begin with Q: or C:")
    elif blocks[-1].fields[-1].name in LONG:
        blocks[-1].fields[-1].lines.append(line)
    elif line.strip():
        name = blocks[-1].fields[-1].name
        report.add(number, f"stray text after {name}:", f"{name}: has one line, remove the rest")


def _check_id(block: Block, report: Report) -> None:
    if not ID.fullmatch(block.id):
        shown = block.id[:80]
        report.add(block.line, f'"{shown}" is a bad card id', "use 3 to 64 of a-z, 0-9 and -")


def _note(block: Block, report: Report) -> NoteText:
    _check_fields(block, report)
    _check_sides(block, report)
    _check_code(block, report)
    raises = _one(block, "Raises", lambda text: bool(_CLASS.fullmatch(text)), "ValueError", report)
    rev = _one(block, "Rev", lambda text: bool(re.fullmatch("[1-9][0-9]{0,5}", text)), "2", report)
    return NoteText(
        id=block.id,
        kind="cloze" if block.all("C") and not block.all("Q") else "basic",
        question=block.text("Q"),
        answer=block.text("A") or (f"`{raises}`" if raises else ""),
        cloze=block.text("C"),
        why=block.text("Why"),
        sources=tuple(one.text for one in block.all("Source")),
        tags=_tags(block, report),
        python=_one(block, "Python", versions.valid, ">=3.11", report),
        typed=_yes(block, "Typed", report),
        accept=tuple(one.text for one in block.all("Accept")),
        raises=raises,
        reverse=_yes(block, "Reverse", report),
        was=_was(block, report),
        rev=int(rev or 1),
        file=report.file,
        line=block.line,
    )


def _check_fields(block: Block, report: Report) -> None:
    seen: set[str] = set()
    for one in block.fields:
        if one.name in seen and one.name not in REPEATED:
            report.add(one.line, f"{one.name}: stands twice", "keep one")
        if not one.text and not (one.name == "A" and block.all("Raises")):
            report.add(one.line, f"{one.name}: is empty", "write its text or remove it")
        if len(one.text) > LONGEST:
            report.add(one.line, f"{one.name}: is over {LONGEST:,} letters", "split the card")
        seen.add(one.name)


def _check_sides(block: Block, report: Report) -> None:
    names = {one.name for one in block.fields}
    if not names & {"Q", "C"}:
        report.add(block.line, "the card has neither Q: nor C:", "add Q: and A:, or C:")
    elif {"Q", "C"} <= names or {"A", "C"} <= names:
        report.add(block.line, "the card has C: beside Q: or A:", "keep either Q: and A:, or C:")
    elif "Q" in names and not names & {"A", "Raises"}:
        report.add(block.line, "the card has no answer", "add A:")
    if "C" in names:
        _check_cloze(block, report)
        for one in block.fields:
            if one.name in ("Typed", "Reverse", "Raises"):
                report.add(one.line, f"{one.name}: does not go with C:", "remove it")


def _check_cloze(block: Block, report: Report) -> None:
    one = next((one for one in block.fields if one.name == "C"), None)
    if one is None or not one.text:
        return
    if not HOLE.search(one.text):
        report.add(one.line, "the cloze has no numbered hole", "write {{c1::the hidden words}}")
    for _, words in HOLE.findall(one.text):
        if not words.strip() or "{{" in words:
            report.add(one.line, "a cloze hole is empty or holds another", "hide plain words")
    for rest in _OPEN.findall(markdown.prose(HOLE.sub("", one.text))):
        report.add(one.line, f"cloze without number: {{{{{rest[:40]}", "write {{c1::…}}")


def _check_code(block: Block, report: Report) -> None:
    long = [one for one in block.fields if one.name in LONG]
    runs = [one for one in long if _count(one.text, "python run")]
    outputs = sum(_count(one.text, "text output") for one in block.all("A"))
    raises = next((one for one in block.fields if one.name == "Raises"), None)
    if raises and not runs:
        report.add(raises.line, "Raises: without code", "add a ```python run block")
    if not runs:
        return
    if len(runs) > 1 or _count(runs[0].text, "python run") > 1:
        report.add(runs[0].line, "more than one ```python run block", "keep one")
    if runs[0].name in ("C", "Why"):
        report.add(runs[0].line, f"code to run in {runs[0].name}:", "put it under Q:")
    elif outputs > 1 or not (outputs or raises):
        report.add(runs[0].line, "code to run needs one output", "add ```text output under A:")


def _count(text: str, info: str) -> int:
    return sum(fence.info == info for fence in markdown.fences(text))


def _one(block: Block, name: str, good: Callable[[str], bool], example: str, report: Report) -> str:
    for one in block.all(name):
        if good(one.text):
            return one.text
        shown = one.text[:40]
        report.add(one.line, f'{name}: cannot be "{shown}"', f"write it like {name}: {example}")
    return ""


def _yes(block: Block, name: str, report: Report) -> bool:
    return _one(block, name, lambda text: text in ("yes", "no"), "yes", report) == "yes"


def _tags(block: Block, report: Report) -> tuple[str, ...]:
    found: list[str] = []
    for one in block.all("Tags"):
        for tag in one.text.replace(",", " ").split():
            if not _TAG.fullmatch(tag):
                report.add(one.line, f'"{tag[:40]}" is not a tag', "use a-z, 0-9 and -")
            elif tag not in found:
                found.append(tag)
    return tuple(found)


def _was(block: Block, report: Report) -> tuple[str, ...]:
    for one in block.all("Was"):
        if not _WAS.fullmatch(one.text):
            report.add(one.line, f'Was: cannot be "{one.text[:80]}"', "name one old card id")
        elif one.text == block.id:
            report.add(one.line, "Was: names the card itself", "remove the line")
    return tuple(one.text for one in block.all("Was") if _WAS.fullmatch(one.text))
