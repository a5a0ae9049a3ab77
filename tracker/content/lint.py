"""The guide's rules as far as a machine can check them: one small function each.

A rule for notes yields `(what, do)` pairs; a rule for paths yields whole faults.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

from tracker.content import markdown, words
from tracker.content.shapes import HOLE, Fault, NoteText, PathText, SkillText

Complaint = tuple[str, str]

ANSWER_WORDS = 40
LIST_ITEMS = 3
CLOZE_WORDS = 6
CODE_LINES = 12
SAME_ANSWERS = 3
OVERLAP = 0.8
NOTES_WORDS = (80, 200)
SHORT_ANSWER = 3
VOLATILE_DAYS = 366

_YES_NO = re.compile(r"\W*(is|are|does|do|can|should)\b", re.IGNORECASE)
_ITEM = re.compile(r"\s*([-*+]|[0-9]{1,3}[.)])\s")
_ROTS = re.compile(r"\b(latest|currently|modern|nowadays)\b", re.IGNORECASE)


def lint(path: PathText, today: date) -> list[Fault]:
    """All complaints about the texts of a path, by file and line."""
    faults = [fault for note in path.cards for fault in _note_faults(note)]
    for skill in path.skills.values():
        faults += volatile(skill, today)
        faults += skill_notes(skill)
    for rule in (same_front, similar_front, same_answer):
        faults += rule(path)
    return sorted(faults)


def yes_no(note: NoteText) -> Iterator[Complaint]:
    """A question that yes or no could answer is recognised, not recalled."""
    if match := _YES_NO.match(note.question):
        yield f"the question starts with {match[1]}", "ask why, when, what or which"


def long_answer(note: NoteText) -> Iterator[Complaint]:
    """An answer has at most 40 words, code not counted."""
    count = len(words.words(markdown.prose(note.answer)))
    if count > ANSWER_WORDS:
        yield f"the answer has {count} words", f"keep it to {ANSWER_WORDS}, split the card"


def list_answer(note: NoteText) -> Iterator[Complaint]:
    """A list of more than three items is more than one fact."""
    count = sum(bool(_ITEM.match(line)) for line in markdown.unfenced(note.answer).split("\n"))
    if count > LIST_ITEMS:
        yield f"the answer lists {count} items", "write one card an item"


def leak(note: NoteText) -> Iterator[Complaint]:
    """A short answer must not stand in its own question."""
    if len(words.words(markdown.unfenced(note.answer))) > SHORT_ANSWER or _runs(note):
        return
    wanted = words.content(markdown.unfenced(note.answer))
    if wanted and wanted <= words.content(markdown.prose(note.question)):
        yield f'the question holds the answer "{_short(note.answer)}"', "ask without its words"


def cloze_leak(note: NoteText) -> Iterator[Complaint]:
    """The hidden words must not stand elsewhere in the sentence."""
    for number, hole in HOLE.findall(note.cloze):
        wanted = words.content(words.hidden(hole))
        rest = words.shown(note.cloze, without=number)
        if wanted and wanted <= words.content(markdown.prose(rest)):
            yield f'the sentence shows "{_short(hole)}" beside its hole', "hide it once or reword"


def long_cloze(note: NoteText) -> Iterator[Complaint]:
    """A hole hides at most six words, and never a stop word alone."""
    for _, hole in HOLE.findall(note.cloze):
        found = words.words(words.hidden(hole))
        if len(found) > CLOZE_WORDS:
            yield f"a cloze hides {len(found)} words", f"hide at most {CLOZE_WORDS}"
        elif len(found) == 1 and found[0] in words.STOP and "`" not in hole:
            yield f'a cloze hides only "{found[0]}"', "hide the word that carries the idea"


def many_clozes(note: NoteText) -> Iterator[Complaint]:
    """At most three cards come from one sentence."""
    if note.kind == "cloze" and len(note.variants) > LIST_ITEMS:
        yield f"the sentence has {len(note.variants)} clozes", "keep three, split the rest off"


def long_code(note: NoteText) -> Iterator[Complaint]:
    """Code is at most 12 lines long."""
    for text in (note.question, note.answer, note.cloze, note.why):
        for fence in markdown.fences(text):
            count = fence.code.count("\n")
            if count > CODE_LINES:
                yield f"a code block has {count} lines", f"keep it to {CODE_LINES}"


def rots(note: NoteText) -> Iterator[Complaint]:
    """Words that are true only on the day they are written."""
    text = "\n".join((note.question, note.answer, words.shown(note.cloze), note.why))
    if match := _ROTS.search(markdown.prose(text)):
        yield f'"{match[1]}" ages', "name the version or the year"


def source(note: NoteText) -> Iterator[Complaint]:
    """Every card has a source, and each is an https page deeper than a home page."""
    if not note.sources:
        yield "no source", "add Source: with the most primary page there is"
    for text in note.sources:
        if not text.startswith("https://") or any(sign.isspace() for sign in text):
            yield f'source "{_short(text)}" is not an https address', "give one https address"
        elif _bare(text):
            yield f'source "{_short(text)}" is a bare home page', "name the page that says it"


NOTE_RULES = (
    *(yes_no, long_answer, list_answer, leak, cloze_leak),
    *(long_cloze, many_clozes, long_code, rots, source),
)


def volatile(skill: SkillText, today: date) -> Iterator[Fault]:
    """Facts that change are looked at again every twelve months."""
    age = (today - skill.reviewed).days
    for note in skill.cards:
        if "volatile" in note.tags and age > VOLATILE_DAYS:
            what = f"a volatile card was last reviewed {age} days ago"
            yield _fault(note, (what, "read its source again and set reviewed"))


def skill_notes(skill: SkillText) -> Iterator[Fault]:
    """The notes of a skill have 80 to 200 words, and none that rots."""
    count = len(words.words(markdown.unfenced(skill.notes)))
    low, high = NOTES_WORDS
    if not low <= count <= high:
        yield Fault(skill.file, 1, f"the notes have {count} words", f"write {low} to {high}")
    if match := _ROTS.search(markdown.prose(f"{skill.summary}\n{skill.notes}")):
        yield Fault(skill.file, 1, f'"{match[1]}" in the notes ages', "name the version or year")


def same_front(path: PathText) -> Iterator[Fault]:
    """Two cards must not ask the same."""
    seen: dict[str, NoteText] = {}
    for note in path.cards:
        first = seen.setdefault(" ".join(words.front(note).casefold().split()), note)
        if first is not note:
            yield _fault(
                note, (f'the same front as "{first.id}"', "remove one or say what differs")
            )


def similar_front(path: PathText) -> Iterator[Fault]:
    """Two cards must not ask nearly the same; where both show code, it is compared too."""
    fronts = [(note, *_tokens(note)) for note in path.cards]
    for index, (note, said, code) in enumerate(fronts):
        for other, said_before, code_before in fronts[:index]:
            if min(len(said), len(said_before)) <= OVERLAP * max(len(said), len(said_before)):
                continue
            alike = words.overlap(said, said_before) > OVERLAP
            if alike and words.overlap(code, code_before) > OVERLAP and not _equal(note, other):
                yield _fault(note, (f'nearly the same front as "{other.id}"', "merge or contrast"))


def same_answer(path: PathText) -> Iterator[Fault]:
    """Three cards with one answer teach the answer, not the question."""
    groups: dict[str, list[NoteText]] = defaultdict(list)
    for note in path.cards:
        if note.answer and not markdown.fences(note.answer) and not _runs(note):
            groups[" ".join(words.words(note.answer)) or note.answer].append(note)
    for notes in groups.values():
        if len(notes) >= SAME_ANSWERS:
            ids = ", ".join(note.id for note in notes[:-1])
            yield _fault(notes[-1], (f"the same answer as {ids}", "ask for something else"))


def _note_faults(note: NoteText) -> Iterator[Fault]:
    for rule in NOTE_RULES:
        for complaint in rule(note):
            yield _fault(note, complaint)


def _fault(note: NoteText, complaint: Complaint) -> Fault:
    return Fault(note.file, note.line, *complaint)


def _tokens(note: NoteText) -> tuple[set[str], set[str]]:
    text = words.front(note)
    return set(words.words(markdown.unfenced(text))), words.code_lines(text)


def _equal(note: NoteText, other: NoteText) -> bool:
    """Equal fronts are the business of `same_front`."""
    return words.front(note).casefold().split() == words.front(other).casefold().split()


def _runs(note: NoteText) -> bool:
    return "python run" in note.question or "python run" in note.answer


def _bare(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return True
    return not parts.hostname or not (parts.path.strip("/") or parts.query or parts.fragment)


def _short(text: str) -> str:
    return " ".join(text.split())[:60]
