"""Install or upgrade a path, so that no learner loses anything (identity rules of the format).

A card is known by (path id, card id, variant) and by nothing else. What is gone from the text is
retired, never deleted; what comes back is revived with its history.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.orm import Session, joinedload, scoped_session

from cards import render
from cards.models import Deck, Media, StudyDay
from tracker.content.changes import Changes, assign
from tracker.content.install_notes import install_notes
from tracker.content.shapes import PathText, SkillText
from tracker.errors import Refused
from tracker.models import Path, Prerequisite, Section, SectionSkill, Skill

Database = Session | scoped_session[Session]
TYPES = {"svg": "image/svg+xml", "webp": "image/webp", "png": "image/png"}


def install(session: Database, path: PathText, now: datetime) -> Changes:
    """Bring the database to the text of a path and say what changed; nothing is committed.

    The path must have been read without faults. Refused, with nothing to commit, when it lists or
    requires a skill of another path that is not installed. Installing twice changes nothing.
    """
    with session.no_autoflush:
        return _Installation(session, path, now).run()


class _Installation:
    """One installation: the rows found, by their names in the text."""

    def __init__(self, session: Database, path: PathText, now: datetime) -> None:
        self.session = session
        self.text = path
        self.now = now
        self.changes = Changes(path.id)
        self.foreign = self._foreign()

    def run(self) -> Changes:
        path = self._path()
        sections, skills = self._sections(path), self._skills(path)
        self.session.flush()
        self._order(sections, skills)
        self._requires(skills)
        self._media()
        decks = {name: skill.deck for name, skill in skills.items()}
        install_notes(self.session, self.text, decks, self.now, self.changes)
        if self.changes:
            path.changed_at = self.now
            self._forget_plans()
        self.session.flush()
        return self.changes

    def _detail(self, changed: bool) -> None:
        self.changes.details += changed

    def _foreign(self) -> dict[str, int]:
        """The ids of the other paths' skills that the text names, as `other-path/skill-id`."""
        names = {name for section in self.text.sections for name in section.skills}
        names |= {name for skill in self.text.skills.values() for name in skill.requires}
        wanted = {name for name in names if "/" in name}
        found: dict[str, int] = {}
        if wanted:
            rows = self.session.execute(
                select(Path.slug, Skill.slug, Skill.id)
                .join(Skill, Skill.path_id == Path.id)
                .where(tuple_(Path.slug, Skill.slug).in_([tuple(n.split("/")) for n in wanted]))
                .where(Skill.retired_at.is_(None))
            )
            found = {f"{path}/{skill}": number for path, skill, number in rows}
        if missing := sorted(wanted - found.keys()):
            raise Refused(f"{missing[0]} is not installed: install its path first.")
        return found

    def _path(self) -> Path:
        text = self.text
        path = self.session.scalar(select(Path).where(Path.slug == text.id).with_for_update())
        values: dict[str, Any] = {
            name: getattr(text, name)
            for name in ("title", "summary", "language", "license", "version")
        } | {"contributors": _dicts(text.contributors)}
        if path is None:
            path = Path(slug=text.id, installed_at=self.now, changed_at=self.now, **values)
            self.session.add(path)
            self.session.flush()
            self._detail(True)
        self._detail(assign(path, **values))
        return path

    def _sections(self, path: Path) -> dict[str, Section]:
        rows = self.session.scalars(select(Section).where(Section.path_id == path.id))
        found = {row.slug: row for row in rows}
        wanted = {text.id: text for text in self.text.sections}
        self._retire(found, wanted, self.changes.sections_retired)
        for position, text in enumerate(wanted.values()):
            row = found.get(text.id) or Section(path_id=path.id, slug=text.id)
            back = row.id is None or row.retired_at is not None
            if back:
                self.changes.sections_added.append(text.id)
            changed = assign(
                row, title=text.title, intro=text.intro, position=position, retired_at=None
            )
            self._detail(changed and not back)
            self.session.add(row)
            found[text.id] = row
        return found

    def _skills(self, path: Path) -> dict[str, Skill]:
        rows = self.session.scalars(
            select(Skill)
            .where(Skill.path_id == path.id)
            .options(joinedload(Skill.deck, innerjoin=True))
        )
        found = {row.slug: row for row in rows}
        self._retire(found, self.text.skills, self.changes.skills_retired)
        for text in self.text.skills.values():
            row = found.get(text.id) or Skill(path_id=path.id, slug=text.id, deck=Deck())
            back = row.id is None or row.retired_at is not None
            if back:
                self.changes.skills_added.append(text.id)
            self._detail(self._skill(row, text) and not back)
            self.session.add(row)
            found[text.id] = row
        return found

    def _skill(self, skill: Skill, text: SkillText) -> bool:
        if skill.notes != text.notes or skill.policy != render.POLICY:
            skill.notes_html = render.text(text.notes, f"/media/{self.text.id}/")
        changed = assign(
            skill,
            **{name: getattr(text, name) for name in ("title", "summary", "notes")},
            **{name: getattr(text, name) for name in ("importance", "level")},
            policy=render.POLICY,
            reviewed=text.reviewed.isoformat(),
            contributors=_dicts(text.contributors),
            resources=_dicts(text.resources),
            retired_at=None,
        )
        return assign(skill.deck, name=text.title, trail=self._trail(text)) or changed

    def _trail(self, text: SkillText) -> list[list[str]]:
        home = f"/paths/{self.text.id}"
        sections = [
            [section.title, f"{home}#{section.id}"]
            for section in self.text.sections
            if text.id in section.skills
        ]
        return [[self.text.title, home], *sections, [text.title, f"{home}/{text.id}"]]

    def _retire(self, found: dict[str, Any], wanted: Iterable[str], retired: list[str]) -> None:
        for name, row in found.items():
            if name not in wanted and row.retired_at is None:
                row.retired_at = self.now
                retired.append(name)

    def _order(self, sections: dict[str, Section], skills: dict[str, Skill]) -> None:
        numbers = {name: skill.id for name, skill in skills.items()} | self.foreign
        wanted = {
            (sections[text.id].id, numbers[name]): position
            for text in self.text.sections
            for position, name in enumerate(text.skills)
        }
        ids = [section.id for section in sections.values()]
        rows = self.session.scalars(select(SectionSkill).where(SectionSkill.section_id.in_(ids)))
        for row in rows:
            position = wanted.pop((row.section_id, row.skill_id), None)
            if position is None:
                self.session.delete(row)
            self._detail(position is None or assign(row, position=position))
        for (section_id, skill_id), position in wanted.items():
            self.session.add(
                SectionSkill(section_id=section_id, skill_id=skill_id, position=position)
            )
            self._detail(True)

    def _requires(self, skills: dict[str, Skill]) -> None:
        numbers = {name: skill.id for name, skill in skills.items()} | self.foreign
        wanted = {
            (numbers[text.id], numbers[name])
            for text in self.text.skills.values()
            for name in text.requires
        }
        mine = Prerequisite.skill_id.in_([skill.id for skill in skills.values()])
        pair = (Prerequisite.skill_id, Prerequisite.requires_id)
        found = {(one, other) for one, other in self.session.execute(select(*pair).where(mine))}
        if gone := found - wanted:
            self.session.execute(delete(Prerequisite).where(tuple_(*pair).in_(gone)))
        for one, other in sorted(wanted - found):
            self.session.add(Prerequisite(skill_id=one, requires_id=other))
        self.changes.details += len(found ^ wanted)

    def _media(self) -> None:
        """Pictures are added and replaced; an old one stays, for retired cards may show it."""
        rows = self.session.execute(
            select(Media.name, Media.sha256).where(Media.namespace == self.text.id)
        )
        found = dict(rows.all())
        for name, data in self.text.media.items():
            digest = hashlib.sha256(data).hexdigest()
            if found.get(name) != digest:
                kind = TYPES.get(name.rpartition(".")[2], "image/jpeg")
                self.session.merge(
                    Media(namespace=self.text.id, name=name, type=kind, sha256=digest, data=data)
                )
                self._detail(True)

    def _forget_plans(self) -> None:
        """The plans of days that may still be going on somewhere name cards as they were."""
        eve = (self.now - timedelta(days=2)).toordinal()
        self.session.execute(update(StudyDay).where(StudyDay.day >= eve).values(plans={}))


def _dicts(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Rows as JSON holds them: lists for tuples, and nothing that is empty."""
    return [
        {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(row).items()
            if value
        }
        for row in rows
    ]
