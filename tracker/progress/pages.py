"""The daily page, the garden of a path and the page of a skill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from cards import intervals, notes, plans, queue, recall, scheduler, settings, study
from cards.mastery import Standing
from cards.models import Card, Mark, Memory, Note, SchedulerSettings
from cards.plans import Counts
from tracker import paths, states
from tracker.models import KnownSkill, Path, Section, Skill, User
from tracker.paths import Place
from tracker.progress.rows import NOBODY, PathView, SkillRow, by_path, sections, state

WEAKEST = 6
TITLE, ENOUGH = 140, 40  # characters of a question in a list, and of one that says enough
CODE = '<div class="highlight">'


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
    def title(self) -> str:
        """Its question as plain text, without its program if it says enough."""
        html = self.card.question_html
        words = _text(html.split(CODE)[0])
        words = words if len(words) >= ENOUGH else _text(html)
        return words if len(words) <= TITLE else words[:TITLE].rsplit(" ", 1)[0] + " …"

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


def _text(html: str) -> str:
    return Markup(html).striptags()  # noqa: S704  no tag is left


def today(user: User, now: datetime) -> Today:
    """What the learner has to do on this study day."""
    who, places = user.settings, paths.studied(user.id)
    day = study.day_of(who, now)
    decks = tuple(dict.fromkeys(place.skill.deck_id for place in places if not place.skipped))
    plan = plans.stored(day, "") or queue.make(who, day, decks)
    learning = queue.learning(who.user_id, day.day, plan.decks)
    waiting = _by_deck(plan, learning)
    standings = states.standings_of(who, day.day, [place.skill for place in places])
    views = by_path(places, standings, who, day.day, waiting)
    rows = [row for view in views for section in view.sections for row in section.skills]
    done = study.summary(who, day, plan, learning, now)
    return Today(views, plan.counts(learning), done, _weakest(rows))


def path(path: Path, user: User | None, now: datetime) -> PathView:
    """A path as a learner, or somebody without an account, sees it."""
    places = paths.places(path.id, user.id if user else None)
    if user is None:
        return PathView(path, False, sections(places, _nobody([one.skill for one in places])))
    who, day = user.settings, study.day_of(user.settings, now)
    enrolled = paths.is_enrolled(user.id, path.id)
    waiting = {}
    if enrolled:
        decks = tuple(place.skill.deck_id for place in places if not place.skipped)
        plan = plans.stored(day, f"path-{path.id}") or queue.make(who, day, decks)
        waiting = _by_deck(plan, queue.learning(who.user_id, day.day, plan.decks))
    standings = states.standings_of(who, day.day, [place.skill for place in places])
    return PathView(path, enrolled, sections(places, standings, who, day.day, waiting))


def skill(path: Path, skill: Skill, user: User | None, now: datetime) -> SkillView:
    """A skill as it stands in a path, with its cards."""
    places = paths.places(path.id, user.id if user else None)
    at = next(i for i, place in enumerate(places) if place.skill.id == skill.id)
    requires, leads_to = paths.neighbours(skill.id)
    shown = [skill, *requires, *leads_to]
    enrolled = user is not None and paths.is_enrolled(user.id, path.id)
    day = settings.today(user.settings, now) if user else 0
    standings = states.standings_of(user.settings, day, shown) if user else _nobody(shown)
    known = states.known(user.id, shown) if user else {}
    who = user.settings if user else None
    cards = notes.of_deck(skill.deck_id, user.id if user else None)
    counts = _waiting_now(cards, day, now)
    return SkillView(
        path=path,
        section=places[at].section,
        row=SkillRow(
            skill=skill,
            path_slug=path.slug,
            standing=standings[skill.deck_id],
            counts=counts,
            state=state(places[at], standings[skill.deck_id], who, day),
        ),
        cards=[card_row(who, listed, now) for listed in cards],
        requires=[_plain(one, standings, who, day, known) for one in requires],
        leads_to=[_plain(one, standings, who, day, known) for one in leads_to],
        before=places[at - 1] if at else None,
        after=places[at + 1] if at + 1 < len(places) else None,
        enrolled=enrolled,
    )


def _nobody(skills: Sequence[Skill]) -> dict[int, Standing]:
    sizes = notes.count([skill.deck_id for skill in skills])
    return {
        skill.deck_id: Standing(sizes.get(skill.deck_id, 0), 0, 0.0, 0.0, 0.0, 0)
        for skill in skills
    }


def _by_deck(plan: plans.Plan, learning: plans.Learning) -> dict[int, Counts]:
    """What waits in each deck: the plan's cards and those in learning steps."""
    decks = queue.decks_of([abs(card) for card in plan.cards])
    found = {deck: Counts(learning=count) for deck, count in learning.decks.items()}
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


def card_row(who: SchedulerSettings | None, listed: notes.Listed, now: datetime) -> CardRow:
    """A card in a list: its state, when it is due, how well it is remembered."""
    state = study.state_words(listed.memory, listed.mark, who, now)
    memory = listed.memory
    if who is None or memory is None or memory.state == scheduler.State.New:
        return CardRow(listed.card, None, listed.mark, state, "", None)
    due = intervals.until(memory.due, now, who.zone, who.rollover)
    value = recall.now(who, memory, now)
    return CardRow(listed.card, memory, listed.mark, state, due, value)


def _plain(
    skill: Skill,
    standings: dict[int, Standing],
    who: SchedulerSettings | None,
    day: int,
    known: dict[int, KnownSkill],
) -> SkillRow:
    standing = standings[skill.deck_id]
    found = states.of(who, standing, day, known.get(skill.id)) if who else NOBODY
    return SkillRow(skill, skill.path.slug, standing, Counts(), found)
