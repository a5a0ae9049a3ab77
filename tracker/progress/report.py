"""The progress pages: how far a path, a section, a skill is, and what the week did to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cards import changes, comeback, notes, settings
from cards.changes import Change
from cards.comeback import Way
from cards.mastery import Standing
from cards.models import SchedulerSettings
from tracker import paths
from tracker.errors import NotFound
from tracker.models import Path, User
from tracker.paths import Place
from tracker.progress.pages import CardRow, card_row
from tracker.progress.rows import PathView, SectionRow, SkillRow, by_path, sections

# The way back is worked out for so many skills on a page: whoever has more begins with these.
WAYS = 12


@dataclass(frozen=True, slots=True)
class Fading:
    """A skill that was known, and what brings it back; no way if it was not worked out."""

    row: SkillRow
    way: Way | None


@dataclass(frozen=True, slots=True)
class PathReport:
    """A path, the skills that fade, and those that became known within the week."""

    view: PathView
    fading: list[Fading]
    news: list[SkillRow]


@dataclass(frozen=True, slots=True)
class SectionReport:
    """A section of a path, the skills that fade in it, and the sections beside it."""

    path: Path
    row: SectionRow
    fading: list[Fading]
    before: SectionRow | None
    after: SectionRow | None


@dataclass(frozen=True, slots=True)
class SkillReport:
    """A skill in its section, what brings it back if it fades, and its cards."""

    path: Path
    section: SectionRow
    row: SkillRow
    way: Way | None
    cards: list[CardRow]


def overview(user: User, now: datetime) -> list[PathView]:
    """Every path the learner studies."""
    who, day = user.settings, settings.today(user.settings, now)
    places = paths.studied(user.id)
    standings, changed = _week(who, day, places)
    return by_path(places, standings, who, day, changes=changed)


def path_report(path: Path, user: User, now: datetime) -> PathReport:
    """How far a path is."""
    who, day = user.settings, settings.today(user.settings, now)
    places = paths.places(path.id, user.id)
    standings, changed = _week(who, day, places)
    parts = sections(places, standings, who, day, changes=changed)
    view = PathView(path, paths.is_enrolled(user.id, path.id), parts)
    return PathReport(view, _fading(who, day, view.rows), _news(view.rows, day))


def section_report(path: Path, slug: str, user: User, now: datetime) -> SectionReport:
    """How far a section is; NotFound if the path has none of that name."""
    who, day = user.settings, settings.today(user.settings, now)
    places, mine = _of_section(path, slug, user)
    standings, changed = _week(who, day, mine)
    (row,) = sections(mine, standings, who, day, changes=changed)
    order = list({place.section.id: place.section for place in places}.values())
    at = order.index(row.section)
    return SectionReport(
        path=path,
        row=row,
        fading=_fading(who, day, row.skills),
        before=SectionRow(order[at - 1]) if at else None,
        after=SectionRow(order[at + 1]) if at + 1 < len(order) else None,
    )


def skill_report(path: Path, section: str, slug: str, user: User, now: datetime) -> SkillReport:
    """How far a skill is; NotFound if the section has none of that name."""
    who, day = user.settings, settings.today(user.settings, now)
    _, places = _of_section(path, section, user)
    mine = [place for place in places if place.skill.slug == slug]
    if not mine:
        raise NotFound("There is no skill of this name in the section.")
    standings, changed = _week(who, day, mine)
    part = sections(mine, standings, who, day, changes=changed)[0]
    row = part.skills[0]
    listed = notes.of_deck(row.skill.deck_id, user.id, whole=False)
    ways = [one.way for one in _fading(who, day, [row])]
    cards = [card_row(who, one, now) for one in listed]
    return SkillReport(path, part, row, ways[0] if ways else None, cards)


def _of_section(path: Path, slug: str, user: User) -> tuple[Sequence[Place], list[Place]]:
    places = paths.places(path.id, user.id)
    mine = [place for place in places if place.section.slug == slug]
    if not mine:
        raise NotFound("There is no section of this name in the path.")
    return places, mine


def _week(
    who: SchedulerSettings, day: int, places: Sequence[Place]
) -> tuple[dict[int, Standing], dict[int, Change]]:
    decks = {place.skill.deck_id for place in places}
    return changes.since(who, day, day - changes.WEEK, decks)


def _fading(who: SchedulerSettings, day: int, rows: Sequence[SkillRow]) -> list[Fading]:
    fading = [row for row in rows if row.state.name == "fading"]
    ways = comeback.ways(who, day, [row.skill.deck_id for row in fading[:WAYS]])
    return [Fading(row, ways.get(row.skill.deck_id)) for row in fading]


def _news(rows: Sequence[SkillRow], day: int) -> list[SkillRow]:
    return [
        row
        for row in rows
        if row.state.name == "known" and (row.state.since or 0) > day - changes.WEEK
    ]
