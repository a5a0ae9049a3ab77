"""What pages show of certificates: how each stands today, what may be earned, what will lapse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from cards import comeback, days, recall, settings
from cards.mastery import Standing
from cards.models import Card, Memory, StudyDay
from tracker import checks, paths, states
from tracker.certificates import figures, subjects
from tracker.certificates.subjects import Subject
from tracker.db import db
from tracker.models import Achievement, Certificate, Path, Skill, User

SOON, LATELY = timedelta(days=14), timedelta(days=30)
WORDS = {
    "valid": "The rule it was issued by holds today.",
    "fading": "Recall has fallen below the rule; it stays earned, and reviewing brings it back.",
    "lapsed": "Its last day has passed without enough practice. It was earned, and that stays.",
    "withdrawn": "The learner has taken it back.",
    "revoked": "The issuer has declared it invalid.",
}


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate and how it stands: valid, fading, lapsed, withdrawn or revoked."""

    certificate: Certificate
    state: str

    @property
    def reason(self) -> str:
        """Why, in a sentence."""
        said = self.certificate.reason
        return f"The issuer has declared it invalid: {said}" if said else WORDS[self.state]

    @property
    def stage(self) -> str:
        """How its plant is drawn."""
        return "bloom" if self.state == "valid" else "fading"


@dataclass(frozen=True, slots=True)
class Shown:
    """A certificate on its page; `recall` is the share predicted to be recalled today."""

    held: Held
    sentences: Sequence[str]
    recall: float
    members: Sequence[Skill]

    @property
    def certificate(self) -> Certificate:
        """The record."""
        return self.held.certificate


@dataclass(frozen=True, slots=True)
class Whole:
    """A section or a path that is complete, or how much of it is missing."""

    subject: Subject
    have: int

    @property
    def complete(self) -> bool:
        """Whether it may be claimed."""
        return self.have == len(self.subject.skills)


@dataclass(frozen=True, slots=True)
class View:
    """All of a learner's certificates, and what may be earned next."""

    held: Sequence[Held]
    passed: Sequence[Skill]
    ready: Sequence[Skill]
    wholes: Sequence[Whole]


@dataclass(frozen=True, slots=True)
class Reminder:
    """A certificate that lapses soon or has lapsed lately, and what keeps it."""

    certificate_id: object
    title: str
    days: int  # until its last day; below 0 when that has passed
    cards: int  # of it that are recalled less often than nine times in ten
    minutes: float
    skill_id: int

    @property
    def words(self) -> str:
        """As "in 5 days: 4 cards, about 2 minutes"; well remembered ones need no review."""
        when = "today" if self.days == 0 else f"in {_days(self.days)}"
        when = f"{_days(-self.days)} ago" if self.days < 0 else when
        if not self.cards:
            return f"{when}: your next session renews it"
        cards = "1 card" if self.cards == 1 else f"{self.cards} cards"
        minutes = max(1, round(self.minutes))
        return f"{when}: {cards}, about {'a minute' if minutes == 1 else f'{minutes} minutes'}"


def everything(user: User, now: datetime) -> View:
    """What the page of all certificates shows."""
    rows = db.session.scalars(
        select(Certificate)
        .where(Certificate.user_id == user.id)
        .order_by(Certificate.awarded_at.desc())
    ).all()
    places = paths.studied(user.id)
    skills = list({place.skill.id: place.skill for place in places}.values())
    today = settings.today(user.settings, now)
    standings = states.standings_of(user.settings, today, skills)
    known = {
        place.skill.id
        for place in places
        if states.is_known(standings[place.skill.deck_id], place.known)
    }
    alive = {row.skill_id for row in rows if not (row.withdrawn_at or row.revoked_at)}
    open_ = [skill for skill in skills if skill.id not in alive]
    taken = checks.passed(user.id, open_)
    return View(
        held=[_held(row, standings, skills, now) for row in rows],
        passed=[skill for skill in open_ if skill.id in taken],
        ready=[one for one in open_ if one.id in known and one.id not in taken],
        wholes=_wholes(places, alive, rows),
    )


def shown(certificate: Certificate, user: User, now: datetime) -> Shown:
    """One certificate with how it stands today; `user` is its learner."""
    subject = subjects.of(certificate)
    today = settings.today(user.settings, now)
    standings = states.standings_of(user.settings, today, subject.skills)
    held = Held(certificate, _state(certificate, list(standings.values()), now))
    total = recall.total(list(standings.values()))
    members = subject.skills if subject.kind != "skill" else ()
    return Shown(held, figures.sentences(certificate.facts), total.recall, members)


def reminders(user: User, now: datetime) -> list[Reminder]:
    """The certificates of skills that lapse within two weeks or have lately; one statement."""
    who, today = user.settings, settings.today(user.settings, now)
    weak = (
        select(func.count())
        .select_from(Card)
        .join(Memory, (Memory.card_id == Card.id) & (Memory.user_id == user.id))
        .where(Card.deck_id == Skill.deck_id, Card.retired_at.is_(None))
        .where(recall.below(who, today, who.retention))
        .scalar_subquery()
    )
    recent = (StudyDay.user_id == user.id, StudyDay.day > today - comeback.RECENT)
    spent = select(func.sum(StudyDay.milliseconds)).where(*recent).scalar_subquery()
    answers = select(func.sum(StudyDay.answers)).where(*recent).scalar_subquery()
    rows = db.session.execute(
        select(Certificate.id, Achievement.title, Certificate.valid_until, Skill.id)
        .add_columns(weak, spent, answers)
        .join(Achievement, Achievement.id == Certificate.achievement_id)
        .join(Skill, Skill.id == Certificate.skill_id)
        .where(Certificate.user_id == user.id)
        .where(Certificate.valid_until.between(now - LATELY, now + SOON))
        .where(Certificate.withdrawn_at.is_(None), Certificate.revoked_at.is_(None))
        .order_by(Certificate.valid_until)
    ).all()
    return [_reminder(today, *row) for row in rows]


def _reminder(
    today: int, number: object, title: str, until: datetime, skill_id: int, weak: int,
    spent: int | None, answers: int | None,
) -> Reminder:  # fmt: skip
    seconds = spent / answers / 1000 if spent and answers else comeback.SECONDS
    left = until.date().toordinal() - today
    return Reminder(number, title, left, weak, weak * seconds / 60, skill_id)


def _held(
    row: Certificate, standings: dict[int, Standing], skills: Sequence[Skill], now: datetime
) -> Held:
    mine = [standings[one.deck_id] for one in skills if one.id == row.skill_id]
    return Held(row, _state(row, mine, now))


def _state(certificate: Certificate, standings: Sequence[Standing], now: datetime) -> str:
    if certificate.revoked_at is not None:
        return "revoked"
    if certificate.withdrawn_at is not None:
        return "withdrawn"
    if now > certificate.valid_until:
        return "lapsed"
    return "valid" if all(one.kept for one in standings) else "fading"


def _wholes(
    places: Sequence[paths.Place], alive: set[int | None], rows: Sequence[Certificate]
) -> list[Whole]:
    """The sections and paths of which something is earned and that are not claimed."""
    mine = [row for row in rows if not (row.withdrawn_at or row.revoked_at)]
    claimed = {("section", row.section_id) for row in mine} | {
        ("path", row.path_id) for row in mine
    }
    found = []
    for path in {place.section.path_id: place.section.path for place in places}.values():
        here = [place for place in places if place.section.path_id == path.id]
        found += [_whole(path, here, alive), *_sections(path, here, alive)]
    return [one for one in found if one.have and (one.subject.kind, one.subject.id) not in claimed]


def _sections(path: Path, places: Sequence[paths.Place], alive: set[int | None]) -> list[Whole]:
    sections = {place.section.id: place.section for place in places}.values()
    made = []
    for section in sections:
        skills = [place.skill for place in places if place.section.id == section.id]
        subject = subjects.section(path, section, skills)
        made.append(_counted(subject, alive))
    return made


def _whole(path: Path, places: Sequence[paths.Place], alive: set[int | None]) -> Whole:
    return _counted(subjects.path(path, [place.skill for place in places]), alive)


def _counted(subject: Subject, alive: set[int | None]) -> Whole:
    return Whole(subject, sum(skill.id in alive for skill in subject.skills))


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def date_words(at: datetime) -> str:
    """The date of a certificate, as "3 May 2026": in UTC, as in its signed bytes."""
    return days.words(at.date().toordinal())
