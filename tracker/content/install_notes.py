"""The notes and cards of an installation: rename, edit, move, retire and revive."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.orm import Session, joinedload, scoped_session

from cards import days, render
from cards.models import Card, Deck, Memory, Note, NoteRevision, SchedulerSettings
from cards.scheduler import State
from tracker.content.changes import Changes, assign
from tracker.content.shapes import NoteText, PathText

Database = Session | scoped_session[Session]
MILLISECOND = timedelta(milliseconds=1)


def install_notes(
    session: Database, path: PathText, decks: dict[str, Deck], now: datetime, changes: Changes
) -> None:
    """Bring notes and cards to the text; `decks` maps skill ids to their stored decks."""
    _Notes(session, path, decks, now, changes).run()


@dataclass(frozen=True, slots=True)
class _Fate:
    """What happens to a note that is in the text."""

    edited: bool
    meaning: bool
    moved: bool
    rendered: bool


class _Notes:
    def __init__(
        self,
        session: Database,
        path: PathText,
        decks: dict[str, Deck],
        now: datetime,
        changes: Changes,
    ) -> None:
        self.session = session
        self.path = path
        self.decks = decks
        self.now = now
        self.changes = changes
        self.rows = self._load(Note.namespace == path.id)
        self.kept: list[tuple[Note, dict[str, Any], int]] = []
        self.meant: list[Card] = []

    def _load(self, which: Any) -> dict[str, Note]:
        """The notes with their cards, by `namespace/name`."""
        notes = self.session.scalars(
            select(Note).where(which).options(joinedload(Note.cards)).order_by(Note.id)
        )
        return {f"{note.namespace}/{note.name}": note for note in notes.unique()}

    def run(self) -> None:
        texts = {f"{self.path.id}/{text.id}": text for text in self.path.cards}
        self._rename(texts)
        for key, note in self.rows.items():
            if key not in texts:
                assign(note, retired_at=note.retired_at or self.now)
                self._retire(note, note.cards)
        for skill in self.path.skills.values():
            for position, text in enumerate(skill.cards):
                self._install(text, self.decks[skill.id], position)
        self._keep_revisions()
        self.session.flush()
        self._make_due()

    # Names: a note is found by its own id, by what it claims, or by what it was called before.

    def _rename(self, texts: dict[str, NoteText]) -> None:
        new = {key: text for key, text in texts.items() if key not in self.rows}
        claims = {old: key for key, text in new.items() for old in self._claims(text)}
        rows = self.rows | self._others(claims.keys() - self.rows.keys())
        for key, text in new.items():
            olds = [old for old in self._claims(text) if old in rows and old not in texts]
            if olds:
                self._rename_to(rows[olds[0]], key)
        new = {key: text for key, text in new.items() if key not in self.rows}
        former = self._former(texts) if new else {}
        for key in new.keys() & former.keys():
            if f"{former[key].namespace}/{former[key].name}" not in texts:
                self._rename_to(former[key], key)

    def _claims(self, text: NoteText) -> list[str]:
        return [old if "/" in old else f"{self.path.id}/{old}" for old in text.was]

    def _others(self, keys: set[str]) -> dict[str, Note]:
        """The notes of other paths that are claimed."""
        pairs = [tuple(key.split("/")) for key in keys if not key.startswith(f"{self.path.id}/")]
        return self._load(tuple_(Note.namespace, Note.name).in_(pairs)) if pairs else {}

    def _former(self, texts: dict[str, NoteText]) -> dict[str, Note]:
        """Notes that are gone from the text, by the names they had: a downgrade takes them back."""
        gone = {note.id: note for key, note in self.rows.items() if key not in texts}
        if not gone:
            return {}
        rows = self.session.execute(
            select(NoteRevision.note_id, NoteRevision.fields)
            .join(Note, Note.id == NoteRevision.note_id)
            .where(Note.namespace == self.path.id)
            .order_by(NoteRevision.replaced_at)
        )
        return {
            fields["was"]: gone[number]
            for number, fields in rows
            if number in gone and "was" in fields
        }

    def _rename_to(self, note: Note, key: str) -> None:
        old = f"{note.namespace}/{note.name}"
        self.rows.pop(old, None)
        self.rows[key] = note
        self.kept.append((note, {**note.fields, "was": old}, note.revision))
        note.namespace, note.name = key.split("/")
        self.changes.renamed.append(f"{old} → {key}")

    # Notes.

    def _install(self, text: NoteText, deck: Deck, position: int) -> None:
        note = self.rows.get(f"{self.path.id}/{text.id}")
        if note is None:
            note = Note(namespace=self.path.id, name=text.id, digest="", policy="", revision=0)
            self.session.add(note)
        fate = _Fate(
            edited=note.digest != text.digest,
            meaning=0 < note.revision < text.rev,
            moved=note.deck_id not in (None, deck.id),
            rendered=note.policy != render.POLICY,
        )
        if fate.edited:
            self._edit(note, text)
        if fate.edited or fate.rendered:
            note.why_html, note.policy = render.text(text.why, self._media), render.POLICY
        if note.id is not None and not fate.moved:
            self.changes.details += note.position != position
            self.changes.details += fate.rendered and not fate.edited
        assign(note, deck_id=deck.id, position=position, retired_at=None)
        self._cards(note, text, fate)

    @property
    def _media(self) -> str:
        return f"/media/{self.path.id}/"

    def _edit(self, note: Note, text: NoteText) -> None:
        if note.digest and all(kept is not note for kept, _, _ in self.kept):
            self.kept.append((note, note.fields, note.revision))
        note.kind, note.fields = text.kind, _fields(text)
        note.sources, note.tags = list(text.sources), list(text.tags)
        note.digest, note.revision = text.digest, text.rev

    def _retire(self, note: Note, cards: Iterable[Card]) -> None:
        for card in cards:
            if card.retired_at is None:
                card.retired_at = self.now
                self.changes.retired.append(_key(note, card))

    # Cards.

    def _cards(self, note: Note, text: NoteText, fate: _Fate) -> None:
        found = {card.variant: card for card in note.cards}
        if fate.meaning:
            self.meant += found.values()
        for place, variant in enumerate(text.variants):
            card = found.pop(variant, None)
            if card is None:
                card = Card(variant=variant)
                note.cards.append(card)
            self._card(card, note, text, fate)
            position = note.position * 10 + place
            assign(card, deck_id=note.deck_id, position=position, retired_at=None)
        self._retire(note, found.values())

    def _card(self, card: Card, note: Note, text: NoteText, fate: _Fate) -> None:
        changes, key = self.changes, _key(note, card)
        new, revived = card.id is None, card.retired_at is not None
        if new or revived:
            (changes.added if new else changes.revived).append(key)
        elif fate.edited:
            (changes.meaning if fate.meaning else changes.edited).append(key)
        if fate.moved and not new:
            changes.moved.append(key)
        if new or fate.edited or fate.rendered:
            self._render(card, text)

    def _render(self, card: Card, text: NoteText) -> None:
        card.question_html, card.answer_html = render.sides(
            text.kind, text.question, text.answer, text.cloze, card.variant, self._media
        )

    # After the cards.

    def _keep_revisions(self) -> None:
        """What was replaced is kept; two installations at one instant stay apart."""
        ids = [note.id for note, _, _ in self.kept]
        if not ids:
            return
        rows = self.session.execute(
            select(NoteRevision.note_id, func.max(NoteRevision.replaced_at))
            .where(NoteRevision.note_id.in_(ids))
            .group_by(NoteRevision.note_id)
        )
        last = dict(rows.all())
        for note, fields, revision in self.kept:
            at = max(self.now, last[note.id] + MILLISECOND) if note.id in last else self.now
            self.session.add(
                NoteRevision(note_id=note.id, replaced_at=at, revision=revision, fields=fields)
            )

    def _make_due(self) -> None:
        """Whoever learnt what is no longer meant sees the card today, with its history."""
        if not self.meant:
            return
        for card in self.meant:
            card.changed_at = self.now
        changed = [card.id for card in self.meant]
        for day, places in self._study_days().items():
            learners = select(SchedulerSettings.user_id).where(
                tuple_(SchedulerSettings.zone, SchedulerSettings.rollover).in_(places)
            )
            self.session.execute(
                update(Memory)
                .where(Memory.card_id.in_(changed), Memory.user_id.in_(learners))
                .where(Memory.due > self.now, Memory.last_review < self.now)
                .where(Memory.state != State.New)
                .values(due=self.now, due_day=day)
            )

    def _study_days(self) -> dict[int, list[tuple[str, int]]]:
        """The study days that it is now, somewhere, with the zones and hours where it is so."""
        pair = (SchedulerSettings.zone, SchedulerSettings.rollover)
        found: dict[int, list[tuple[str, int]]] = defaultdict(list)
        for zone, rollover in self.session.execute(select(*pair).distinct()):
            found[days.of(self.now, zone, rollover)].append((zone, rollover))
        return found


def _key(note: Note, card: Card) -> str:
    return f"{note.namespace}/{note.name}/{card.variant}"


def _fields(text: NoteText) -> dict[str, Any]:
    """The author's text as stored: only what is set."""
    names: Iterable[str] = (
        *("question", "answer", "cloze", "why", "python"),
        *("typed", "accept", "raises", "reverse"),
    )
    values = {name: getattr(text, name) for name in names}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
        if value
    }
