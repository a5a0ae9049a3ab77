"""What a learner sees of a skill, a section and a path: what waits, what is kept, what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cards import recall
from cards.changes import Change
from cards.mastery import Standing
from cards.models import SchedulerSettings
from cards.plans import Counts
from tracker import states
from tracker.models import Path, Section, Skill
from tracker.paths import Place
from tracker.states import State

NOBODY = State("not started", None, "")


@dataclass(frozen=True, slots=True)
class SkillRow:
    """A skill in the garden."""

    skill: Skill
    path_slug: str
    standing: Standing
    counts: Counts
    state: State
    change: Change = Change()

    @property
    def stage(self) -> str:
        """How far its plant has grown."""
        return states.stage(self.standing, self.state)

    @property
    def skipped(self) -> bool:
        """Whether it is left out."""
        return self.state.name == "skipped"

    @property
    def cards(self) -> int:
        """How many cards its deck has."""
        return self.standing.cards

    @property
    def tenths(self) -> int:
        """Recall in tenths, for its colour on the map."""
        return int(10 * self.standing.recall + 1e-9)


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

    @property
    def change(self) -> Change:
        """What changed in it within the week."""
        return sum((row.change for row in self.skills), Change())

    @property
    def states(self) -> list[tuple[str, int]]:
        """How many of its skills are in each state, in the order of `states.NAMES`."""
        return _tally(self.skills)


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
    def rows(self) -> list[SkillRow]:
        """Its skills, each once, wherever the path lists it first."""
        found = {row.skill.id: row for section in self.sections[::-1] for row in section.skills}
        return [found[number] for number in reversed(found)]

    @property
    def standing(self) -> Standing:
        """All its cards together."""
        return recall.total([row.standing for row in self.rows])

    @property
    def counts(self) -> Counts:
        """What waits in it today."""
        return sum((row.counts for row in self.rows), Counts())

    @property
    def change(self) -> Change:
        """What changed in it within the week."""
        return sum((row.change for row in self.rows), Change())

    @property
    def states(self) -> list[tuple[str, int]]:
        """How many of its skills are in each state, in the order of `states.NAMES`."""
        return _tally(self.rows)

    @property
    def cards(self) -> int:
        """How many cards it has."""
        return self.standing.cards

    @property
    def skills(self) -> int:
        """How many skills it has."""
        return sum(len(row.skills) for row in self.sections)


def sections(
    places: Sequence[Place],
    standings: Mapping[int, Standing],
    who: SchedulerSettings | None = None,
    day: int = 0,
    waiting: Mapping[int, Counts] | None = None,
    changes: Mapping[int, Change] | None = None,
) -> list[SectionRow]:
    """The places as rows by section; standings, counts and changes are given by deck."""
    rows: dict[int, SectionRow] = {}
    for place in places:
        deck = place.skill.deck_id
        counts = Counts() if place.skipped or not waiting else waiting.get(deck, Counts())
        row = SkillRow(
            skill=place.skill,
            path_slug=place.path_slug,
            standing=standings[deck],
            counts=counts,
            state=state(place, standings[deck], who, day),
            change=changes[deck] if changes else Change(),
        )
        rows.setdefault(place.section.id, SectionRow(place.section)).skills.append(row)
    return list(rows.values())


def state(place: Place, standing: Standing, who: SchedulerSettings | None, day: int) -> State:
    """The state of the skill at a place; not started for a visitor."""
    if who is None:
        return NOBODY
    return states.of(who, standing, day, place.known, place.skipped_at)


def by_path(
    places: Sequence[Place],
    standings: Mapping[int, Standing],
    who: SchedulerSettings,
    day: int,
    waiting: Mapping[int, Counts] | None = None,
    changes: Mapping[int, Change] | None = None,
) -> list[PathView]:
    """The places of several studied paths, a view for each."""
    paths: dict[int, list[Place]] = {}
    for place in places:
        paths.setdefault(place.section.path_id, []).append(place)
    return [
        PathView(mine[0].section.path, True, sections(mine, standings, who, day, waiting, changes))
        for mine in paths.values()
    ]


def _tally(rows: Sequence[SkillRow]) -> list[tuple[str, int]]:
    found = Counter(row.state.name for row in rows)
    return [(name, found[name]) for name in states.NAMES if found[name]]
