"""Paths, sections and skills: find them, enrol and leave, skip a skill, say what is studied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from cards import plans
from cards.models import Card
from cards.study import Scope
from tracker.db import db
from tracker.errors import NotFound
from tracker.models import (
    Enrolment,
    KnownSkill,
    Path,
    Prerequisite,
    Section,
    SectionSkill,
    Skill,
    Skip,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A skill where it stands in a path, since when it is skipped, and whether it was known."""

    section: Section
    skill: Skill
    path_slug: str
    skipped_at: datetime | None
    known: KnownSkill | None

    @property
    def skipped(self) -> bool:
        """Whether it is left out."""
        return self.skipped_at is not None


@dataclass(frozen=True, slots=True)
class Row:
    """A path in the list of all paths, with its sizes."""

    path: Path
    sections: int
    skills: int
    cards: int
    enrolled: bool


def find(query: str, user_id: int | None) -> list[Row]:
    """All paths, or those with every word of the query in a title or summary of theirs."""
    skills, cards = _sizes()
    sections = (
        select(func.count())
        .where(Section.path_id == Path.id, Section.retired_at.is_(None))
        .scalar_subquery()
    )
    found = (
        select(Path, sections, skills, cards, Enrolment.path_id)
        .outerjoin(Enrolment, _live(user_id))
        .order_by(Path.title)
    )
    for word in query.split()[:8]:
        found = found.where(_mentions(word))
    return [
        Row(path, sections, skills, cards, enrolled is not None)
        for path, sections, skills, cards, enrolled in db.session.execute(found)
    ]


def get(slug: str) -> Path:
    """The path of that name; NotFound if there is none."""
    path = db.session.scalar(select(Path).where(Path.slug == slug))
    if path is None:
        raise NotFound("There is no path of this name here.")
    return path


def places(path_id: int, user_id: int | None) -> Sequence[Place]:
    """The skills of a path in their order, each with its section, in one statement."""
    rows = db.session.execute(
        _places(user_id)
        .where(Section.path_id == path_id)
        .order_by(Section.position, SectionSkill.position)
    )
    return [Place(*row) for row in rows]


def _places(user_id: int | None) -> Select[Section, Skill, str, datetime | None, KnownSkill | None]:
    skip = and_(Skip.skill_id == Skill.id, Skip.user_id == user_id)
    known = and_(KnownSkill.skill_id == Skill.id, KnownSkill.user_id == user_id)
    return (
        select(Section, Skill, Path.slug, Skip.skipped_at, KnownSkill)
        .join(SectionSkill, SectionSkill.section_id == Section.id)
        .join(Skill, Skill.id == SectionSkill.skill_id)
        .join(Path, Path.id == Skill.path_id)
        .outerjoin(Skip, skip)
        .outerjoin(KnownSkill, known)
        .where(Section.retired_at.is_(None), Skill.retired_at.is_(None))
    )


def skill(path_slug: str, slug: str) -> Skill:
    """The skill of that name in the path that wrote it; NotFound if there is none."""
    found = db.session.scalar(
        select(Skill)
        .join(Path, Path.id == Skill.path_id)
        .where(Path.slug == path_slug, Skill.slug == slug, Skill.retired_at.is_(None))
        .options(joinedload(Skill.path, innerjoin=True))
    )
    if found is None:
        raise NotFound("There is no skill of this name in the path.")
    return found


def neighbours(skill_id: int) -> tuple[list[Skill], list[Skill]]:
    """What the skill requires, and what it leads to."""
    rows = db.session.execute(
        select(Skill, Prerequisite.skill_id == skill_id)
        .join(
            Prerequisite,
            or_(
                and_(Prerequisite.skill_id == skill_id, Prerequisite.requires_id == Skill.id),
                and_(Prerequisite.requires_id == skill_id, Prerequisite.skill_id == Skill.id),
            ),
        )
        .where(Skill.retired_at.is_(None))
        .options(joinedload(Skill.path, innerjoin=True))
        .order_by(Skill.id)
    ).all()
    return [skill for skill, before in rows if before], [
        skill for skill, before in rows if not before
    ]


def enrol(user_id: int, path: Path, now: datetime) -> None:
    """Begin to study a path; again is the same as once, and coming back finds every memory."""
    enrolment = db.session.get(Enrolment, (user_id, path.id))
    if enrolment is None:
        db.session.add(Enrolment(user_id=user_id, path_id=path.id, enrolled_at=now))
    elif enrolment.left_at is not None:
        enrolment.left_at, enrolment.enrolled_at = None, now
    plans.forget(user_id)


def leave(user_id: int, path: Path, now: datetime) -> None:
    """Stop studying a path; what was learnt stays, and waits for a return."""
    enrolment = db.session.get(Enrolment, (user_id, path.id))
    if enrolment is not None and enrolment.left_at is None:
        enrolment.left_at = now
        plans.forget(user_id)


def is_enrolled(user_id: int, path_id: int) -> bool:
    """Whether the learner studies the path now."""
    enrolment = db.session.get(Enrolment, (user_id, path_id))
    return enrolment is not None and enrolment.left_at is None


def skip(user_id: int, skill: Skill, now: datetime) -> None:
    """Leave a skill out of the queue; twice is the same as once."""
    if db.session.get(Skip, (user_id, skill.id)) is None:
        db.session.add(Skip(user_id=user_id, skill_id=skill.id, skipped_at=now))
    plans.forget(user_id)


def unskip(user_id: int, skill: Skill) -> None:
    """Take a skill back into the queue."""
    found = db.session.get(Skip, (user_id, skill.id))
    if found is not None:
        db.session.delete(found)
    plans.forget(user_id)


def studied(user_id: int) -> Sequence[Place]:
    """Every place of every path the learner studies, in the order of enrolment and path."""
    rows = db.session.execute(
        _places(user_id)
        .join(Enrolment, _live(user_id, Section.path_id))
        .options(joinedload(Section.path, innerjoin=True))
        .order_by(Enrolment.enrolled_at, Enrolment.path_id, Section.position, SectionSkill.position)
    )
    return [Place(*row) for row in rows]


def scope(user_id: int, key: str) -> Scope:
    """What a learner studies under a scope's key: everything, a path, a section or a skill.

    NotFound for what does not exist or belongs to a path that is not studied. Skipped skills are
    left out, unless one is asked for by itself.
    """
    places = studied(user_id)
    if not key:
        return Scope("", "Today", _decks(places), "/")
    kind, number = key.split("-")
    mine = [place for place in places if _number(place, kind) == int(number)]
    if not mine:
        raise NotFound("Enrol in the path first: then you can study it here.")
    first = mine[0]
    if kind == "skill":
        home = f"/paths/{first.path_slug}/{first.skill.slug}"
        return Scope(key, first.skill.title, (first.skill.deck_id,), home)
    path = first.section.path
    home = f"/paths/{path.slug}"
    if kind == "section":
        return Scope(key, first.section.title, _decks(mine), f"{home}#{first.section.slug}")
    return Scope(key, path.title, _decks(mine), home)


def _number(place: Place, kind: str) -> int:
    numbers = {"path": place.section.path_id, "section": place.section.id, "skill": place.skill.id}
    return numbers[kind]


def _decks(places: Sequence[Place]) -> tuple[int, ...]:
    # A skill in two paths is one deck, at its first place.
    return tuple(dict.fromkeys(place.skill.deck_id for place in places if not place.skipped))


def _live(user_id: int | None, path_id: object = Path.id) -> ColumnElement[bool]:
    return and_(
        Enrolment.path_id == path_id, Enrolment.user_id == user_id, Enrolment.left_at.is_(None)
    )


def _sizes() -> tuple[ScalarSelect[int], ScalarSelect[int]]:
    inside = (
        select(func.count())
        .select_from(SectionSkill)
        .join(Section, Section.id == SectionSkill.section_id)
        .join(Skill, Skill.id == SectionSkill.skill_id)
        .where(Section.path_id == Path.id)
        .where(Section.retired_at.is_(None), Skill.retired_at.is_(None))
    )
    cards = inside.join(Card, Card.deck_id == Skill.deck_id).where(Card.retired_at.is_(None))
    return inside.scalar_subquery(), cards.scalar_subquery()


def _mentions(word: str) -> ColumnElement[bool]:
    """Whether a path, or a section or skill of it, has the word in its title or summary."""
    skill = (
        select(Section.id)
        .join(SectionSkill, SectionSkill.section_id == Section.id)
        .join(Skill, Skill.id == SectionSkill.skill_id)
        .where(Section.path_id == Path.id, Section.retired_at.is_(None))
        .where(
            or_(
                Section.title.icontains(word, autoescape=True),
                Skill.title.icontains(word, autoescape=True),
                Skill.summary.icontains(word, autoescape=True),
            )
        )
    )
    return or_(
        Path.title.icontains(word, autoescape=True),
        Path.summary.icontains(word, autoescape=True),
        skill.exists(),
    )
