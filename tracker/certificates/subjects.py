"""What can be completed: a skill, a section, a path; and when the latter two are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from cards.mastery import KEPT, PASSES, SHARE
from tracker import checks
from tracker.db import db
from tracker.errors import NotFound, Refused
from tracker.models import Certificate, ClosingCheck, Path, Section, SectionSkill, Skill, User

Kind = Literal["skill", "section", "path"]
_PERCENT = round(100 * SHARE)
SKILL = (
    f"Every card of the skill was recalled on at least {PASSES} study days. The memory model "
    "FSRS-6 predicted for its cards a mean recall, 30 days later and without practice, of at "
    f"least {_PERCENT} % after an allowance for the model's error; when the closing check began "
    f"that still held, or at least {round(100 * KEPT)} % were predicted. The check of "
    f"up to {checks.MOST} cards was taken in one sitting, without hints, and at least "
    f"{round(100 * checks.PASS)} % were right. It is current until the last day on which mean "
    f"predicted recall is at least {_PERCENT} %, at most 180 days ahead; practice moves that day."
)
WHOLE = (
    "Each of the skills named holds a certificate of its own, by the rule it states. It is current "
    f"until the last day on which mean predicted recall of all their cards is at least {_PERCENT} "
    "%, at most 180 days ahead; practice moves that day."
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A skill, a section or a path, with the skills that count for it, in their order."""

    kind: Kind
    id: int
    path: Path
    slug: str
    title: str
    summary: str
    skills: tuple[Skill, ...]

    @property
    def criteria(self) -> str:
        """The rule by which it is completed."""
        return SKILL if self.kind == "skill" else WHOLE

    @property
    def column(self) -> str:
        """The column of a certificate that names it."""
        return f"{self.kind}_id"


def of_skill(skill: Skill) -> Subject:
    """A skill by itself."""
    title = skill.title.replace("`", "")
    return Subject("skill", skill.id, skill.path, skill.slug, title, skill.summary, (skill,))


def section(path: Path, section: Section, skills: Sequence[Skill]) -> Subject:
    """A section, of which all skills are given."""
    summary = f"The section “{section.title}” of the path “{path.title}”."
    counted = _counted(skills)
    return Subject("section", section.id, path, section.slug, section.title, summary, counted)


def path(path: Path, skills: Sequence[Skill]) -> Subject:
    """A whole path, of which all skills are given."""
    return Subject("path", path.id, path, path.slug, path.title, path.summary, _counted(skills))


def of_section(path: Path, slug: str) -> Subject:
    """The section of that name in a path; NotFound if there is none."""
    found = db.session.scalar(
        select(Section).where(
            Section.path_id == path.id, Section.slug == slug, Section.retired_at.is_(None)
        )
    )
    if found is None:
        raise NotFound("There is no section of this name in the path.")
    return section(path, found, _skills(Section.id == found.id))


def of_path(whole: Path) -> Subject:
    """A path with the skills it has now."""
    return path(whole, _skills(Section.path_id == whole.id))


def of(certificate: Certificate) -> Subject:
    """What a certificate was issued for, as it is now."""
    if certificate.skill_id is not None:
        return of_skill(db.session.get_one(Skill, certificate.skill_id))
    if certificate.section_id is not None:
        section = db.session.get_one(Section, certificate.section_id)
        return of_section(section.path, section.slug)
    return of_path(db.session.get_one(Path, certificate.path_id))


def held(user_id: int, skills: Sequence[Skill]) -> dict[int, Certificate]:
    """The certificates a learner holds of these skills, neither withdrawn nor revoked."""
    rows = db.session.scalars(
        select(Certificate)
        .where(Certificate.user_id == user_id)
        .where(Certificate.skill_id.in_([skill.id for skill in skills]))
        .where(Certificate.withdrawn_at.is_(None), Certificate.revoked_at.is_(None))
    )
    return {row.skill_id: row for row in rows if row.skill_id is not None}


def missing(user: User, subject: Subject) -> list[Skill]:
    """The skills of a section or path whose certificate is still to be earned."""
    mine = held(user.id, subject.skills)
    return [skill for skill in subject.skills if skill.id not in mine]


def earned(user: User, subject: Subject) -> list[ClosingCheck]:
    """The passed checks it rests on, one a skill; Refused when it is not completed."""
    found = checks.passed(user.id, subject.skills)
    lacking = [skill for skill in subject.skills if skill.id not in found]
    if subject.kind != "skill":
        lacking = missing(user, subject)
    if lacking or not subject.skills:
        raise Refused(f"Not completed yet: {_named(lacking)}.")
    return list(found.values())


def _named(skills: Sequence[Skill]) -> str:
    names = ", ".join(f"“{skill.title}”" for skill in skills[:3])
    more = f" and {len(skills) - 3} more" if len(skills) > 3 else ""
    return f"{names}{more}" or "it has no skills"


def _skills(where: ColumnElement[bool]) -> Sequence[Skill]:
    return db.session.scalars(
        select(Skill)
        .join(SectionSkill, SectionSkill.skill_id == Skill.id)
        .join(Section, Section.id == SectionSkill.section_id)
        .where(where, Section.retired_at.is_(None), Skill.retired_at.is_(None))
        .options(joinedload(Skill.path, innerjoin=True))
        .order_by(Section.position, SectionSkill.position)
    ).all()


def _counted(skills: Sequence[Skill]) -> tuple[Skill, ...]:
    """The core skills; all where none is core. A skill listed twice counts once."""
    once = tuple(dict.fromkeys(skills))
    return tuple(skill for skill in once if skill.importance == "core") or once
