"""What a learner sees of a path: what waits and what is remembered, by section and skill."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cards import intervals, notes, plans, queue, recall, scheduler, settings, study
from cards.mastery import Standing
from cards.models import Card, Mark, Memory, Note, SchedulerSettings
from cards.plans import Counts
from tracker import paths
from tracker.models import Path, Section, Skill, User
from tracker.paths import Place

WEAKEST = 6


@dataclass(frozen=True, slots=True)
class SkillRow:
    """A skill in the garden."""

    skill: Skill
    path_slug: str
    standing: Standing
    counts: Counts
    skipped: bool

    @property
    def stage(self) -> str:
        """How far its plant has grown."""
        return self.standing.stage

    @property
    def cards(self) -> int:
        """How many cards its deck has."""
        return self.standing.cards


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A section with its skills."""

    section: Section
    skills: list[SkillRow] = field(default_factory=list)

    @property
    def scope(self) -> str:
        """What the review page calls it."""
        return f"section-{self.section.id}"

    @property
    def standing(self) -> Standing:
        """All its cards together."""
        return recall.total([row.standing for row in self.skills])

    @property
    def counts(self) -> Counts:
        """What waits in it today."""
        return sum((row.counts for row in self.skills), Counts())


@dataclass(frozen=True, slots=True)
class PathView:
    """A path with its sections."""

    path: Path
    enrolled: bool
    sections: list[SectionRow]

    @property
    def scope(self) -> str:
        """What the review page calls it."""
        return f"path-{self.path.id}"

    @property
    def standing(self) -> Standing:
        """All its cards together."""
        return recall.total([row.standing for row in self.sections])

    @property
    def counts(self) -> Counts:
        """What waits in it today."""
        return sum((row.counts for row in self.sections), Counts())

    @property
    def cards(self) -> int:
        """How many cards it has."""
        return self.standing.cards

    @property
    def skills(self) -> int:
        """How many skills it has."""
        return sum(len(row.skills) for row in self.sections)


@dataclass(frozen=True, slots=True)
class Today:
    """The daily page: what waits by path and section, what was done, what needs it most."""

    paths: list[PathView]
    counts: Counts
    done: study.Summary
    weakest: list[SkillRow]

    @property
    def enrolled(self) -> bool:
        """Whether any path is studied."""
        return bool(self.paths)


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card on the page of its skill."""

    card: Card
    memory: Memory | None
    mark: Mark | None
    state_words: str
    due_words: str
    recall: float | None

    @property
    def note(self) -> Note:
        """What the author wrote."""
        return self.card.note


@dataclass(frozen=True, slots=True)
class SkillView:
    """A skill with its cards and its neighbours."""

    path: Path
    section: Section
    row: SkillRow
    cards: list[CardRow]
    requires: list[SkillRow]
    leads_to: list[SkillRow]
    before: Place | None
    after: Place | None
    enrolled: bool

    @property
    def scope(self) -> str:
        """What the review page calls it."""
        return f"skill-{self.row.skill.id}"


def today(user: User, now: datetime) -> Today:
    """What the learner has to do on this study day."""
    who, places = user.settings, paths.studied(user.id)
    day = study.day_of(who, now)
    decks = tuple(dict.fromkeys(place.skill.deck_id for place in places if not place.skipped))
    plan = plans.stored(day, "") or queue.make(who, day, decks)
    learning = queue.learning(who.user_id, day.day, plan.decks)
    waiting = _by_deck(plan, who, day.day)
    views = _views(who, day.day, places, waiting)
    rows = [row for view in views for section in view.sections for row in section.skills]
    done = study.summary(who, day, plan, learning, now)
    return Today(views, plan.counts(learning), done, _weakest(rows))


def path(path: Path, user: User | None, now: datetime) -> PathView:
    """A path as a learner, or somebody without an account, sees it."""
    places = paths.places(path.id, user.id if user else None)
    if user is None:
        return PathView(path, False, _sections(places, _nobody(places), {}))
    who, day = user.settings, study.day_of(user.settings, now)
    enrolled = paths.is_enrolled(user.id, path.id)
    waiting = {}
    if enrolled:
        decks = tuple(place.skill.deck_id for place in places if not place.skipped)
        plan = plans.stored(day, f"path-{path.id}") or queue.make(who, day, decks)
        waiting = _by_deck(plan, who, day.day)
    standings = _standings(who, day.day, [place.skill for place in places])
    return PathView(path, enrolled, _sections(places, standings, waiting))


def skill(path: Path, skill: Skill, user: User | None, now: datetime) -> SkillView:
    """A skill as it stands in a path, with its cards."""
    places = paths.places(path.id, user.id if user else None)
    at = next(i for i, place in enumerate(places) if place.skill.id == skill.id)
    requires, leads_to = paths.neighbours(skill.id)
    shown = [skill, *requires, *leads_to]
    enrolled = user is not None and paths.is_enrolled(user.id, path.id)
    day = settings.today(user.settings, now) if user else 0
    standings = _standings(user.settings, day, shown) if user else _nobody_of(shown)
    cards = notes.of_deck(skill.deck_id, user.id if user else None)
    counts = _waiting_now(cards, day, now)
    return SkillView(
        path=path,
        section=places[at].section,
        row=SkillRow(skill, path.slug, standings[skill.deck_id], counts, places[at].skipped),
        cards=[_card(user.settings if user else None, listed, now) for listed in cards],
        requires=[_plain(one, standings) for one in requires],
        leads_to=[_plain(one, standings) for one in leads_to],
        before=places[at - 1] if at else None,
        after=places[at + 1] if at + 1 < len(places) else None,
        enrolled=enrolled,
    )


def _views(
    who: SchedulerSettings, day: int, places: Sequence[Place], waiting: dict[int, Counts]
) -> list[PathView]:
    standings = _standings(who, day, [place.skill for place in places])
    by_path: dict[int, list[Place]] = {}
    for place in places:
        by_path.setdefault(place.section.path_id, []).append(place)
    return [
        PathView(mine[0].section.path, True, _sections(mine, standings, waiting))
        for mine in by_path.values()
    ]


def _sections(
    places: Sequence[Place], standings: dict[int, Standing], waiting: dict[int, Counts]
) -> list[SectionRow]:
    rows: dict[int, SectionRow] = {}
    for place in places:
        deck = place.skill.deck_id
        counts = Counts() if place.skipped else waiting.get(deck, Counts())
        row = SkillRow(place.skill, place.path_slug, standings[deck], counts, place.skipped)
        rows.setdefault(place.section.id, SectionRow(place.section)).skills.append(row)
    return list(rows.values())


def _standings(who: SchedulerSettings, day: int, skills: Iterable[Skill]) -> dict[int, Standing]:
    decks = list(dict.fromkeys(skill.deck_id for skill in skills))
    sizes = notes.count(decks)
    return recall.standings(who, day, {deck: sizes.get(deck, 0) for deck in decks})


def _nobody(places: Sequence[Place]) -> dict[int, Standing]:
    return _nobody_of([place.skill for place in places])


def _nobody_of(skills: Sequence[Skill]) -> dict[int, Standing]:
    sizes = notes.count([skill.deck_id for skill in skills])
    return {
        skill.deck_id: Standing(sizes.get(skill.deck_id, 0), 0, 0.0, 0.0, 0.0, 0)
        for skill in skills
    }


def _by_deck(plan: plans.Plan, who: SchedulerSettings, day: int) -> dict[int, Counts]:
    """What waits in each deck: the plan's cards and those in learning steps."""
    decks = queue.decks_of([abs(card) for card in plan.cards])
    found: dict[int, Counts] = dict(queue.learning_by_deck(who.user_id, day, plan.decks))
    for card in plan.cards:
        deck = decks.get(abs(card))
        if deck is not None:
            one = Counts(new=1) if card < 0 else Counts(due=1)
            found[deck] = found.get(deck, Counts()) + one
    return found


def _weakest(rows: Sequence[SkillRow]) -> list[SkillRow]:
    begun = [row for row in rows if row.standing.seen and not row.skipped and row.counts.total]
    return sorted(begun, key=lambda row: row.standing.remembered / row.standing.seen)[:WEAKEST]


def _waiting_now(cards: Sequence[notes.Listed], day: int, now: datetime) -> Counts:
    """What waits in a skill studied by itself, before the limits of the day."""
    counts = Counts()
    for listed in cards:
        memory, mark = listed.memory, listed.mark
        if mark and (mark.suspended_at or mark.buried_day == day):
            continue
        if memory is None or memory.state == scheduler.State.New:
            counts += Counts(new=1)
        elif memory.state != scheduler.State.Review:
            counts += Counts(learning=1)
        elif memory.due_day <= day:
            counts += Counts(due=1)
    return counts


def _card(who: SchedulerSettings | None, listed: notes.Listed, now: datetime) -> CardRow:
    state = study.state_words(listed.memory, listed.mark, who, now)
    memory = listed.memory
    if who is None or memory is None or memory.state == scheduler.State.New:
        return CardRow(listed.card, None, listed.mark, state, "", None)
    due = intervals.until(memory.due, now, who.zone, who.rollover)
    value = recall.now(who, memory, now)
    return CardRow(listed.card, memory, listed.mark, state, due, value)


def _plain(skill: Skill, standings: dict[int, Standing]) -> SkillRow:
    return SkillRow(skill, skill.path.slug, standings[skill.deck_id], Counts(), False)
