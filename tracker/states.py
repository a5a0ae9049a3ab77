"""The state of a skill for one learner: not started, learning, known, fading or skipped.

Known is earned: a skill that was known and is no longer kept is fading, never merely learning.
The day on which that happened is kept by `update`, when a session begins; between two sessions a
state is right all the same, and dated today.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, select

from cards import days, mastery, recall, settings
from cards.mastery import Standing
from cards.models import SchedulerSettings
from tracker.db import db, put
from tracker.models import Enrolment, KnownSkill, Section, SectionSkill, Skill, User

# Id and deck of a skill, since when it is known and since when it fades.
Known = Row[int, int, datetime, datetime | None]
NAMES = ("known", "fading", "learning", "not started", "skipped")


@dataclass(frozen=True, slots=True)
class State:
    """What a skill is, since which study day (none if not started), and why, in one sentence."""

    name: str
    since: int | None
    reason: str

    @property
    def since_words(self) -> str:
        """The date, as "3 May 2026"; empty if there is none."""
        return days.words(self.since) if self.since is not None else ""


def of(
    who: SchedulerSettings,
    standing: Standing,
    today: int,
    known: KnownSkill | None = None,
    skipped_at: datetime | None = None,
) -> State:
    """The state of a skill on a study day; `known` is its row if it was known once."""
    if skipped_at is not None:
        return State("skipped", _day(who, skipped_at), "You leave it out.")
    if is_known(standing, known):
        since = _day(who, known.known_at) if known else today
        return State("known", since, _known(standing))
    if known is not None:
        since = _day(who, known.faded_at) if known.faded_at else today
        return State("fading", since, _fading(standing, _day(who, known.known_at)))
    if standing.seen:
        return State("learning", standing.since, _learning(standing))
    none = f"None of its {standing.cards} cards has been seen." if standing.cards else ""
    return State("not started", None, none or "It has no cards yet.")


def is_known(standing: Standing, known: Known | KnownSkill | None) -> bool:
    """Whether a skill is known: by the rule, or because it was and has not faded since.

    What has faded has to meet the rule again.
    """
    was = known is not None and known.known_at is not None and known.faded_at is None
    return standing.known or (was and standing.kept)


def stage(standing: Standing, state: State) -> str:
    """How its plant is drawn."""
    return {"known": "bloom", "fading": "fading"}.get(state.name) or standing.stage


def update(user: User, now: datetime) -> None:
    """Keep which of the studied skills became known or began to fade since the last time."""
    skills = {row.id: row for row in _studied(user.id)}
    decks = {row.deck_id for row in skills.values()}
    standings = recall.standings(user.settings, settings.today(user.settings, now), decks)
    rows = (_changed(skill, standings[skill.deck_id], now) for skill in skills.values())
    put(KnownSkill, *({"user_id": user.id, **row} for row in rows if row is not None))


def standings_of(who: SchedulerSettings, day: int, skills: Sequence[Skill]) -> dict[int, Standing]:
    """How the deck of each skill stands on a study day."""
    return recall.standings(who, day, {skill.deck_id for skill in skills})


def knows(user: User, skill: Skill, now: datetime) -> bool:
    """Whether the learner knows one skill now."""
    today = settings.today(user.settings, now)
    standing = standings_of(user.settings, today, [skill])[skill.deck_id]
    return is_known(standing, known(user.id, [skill]).get(skill.id))


def known(user_id: int, skills: Sequence[Skill]) -> dict[int, KnownSkill]:
    """The rows of those of the skills that were known once, by skill."""
    rows = db.session.scalars(
        select(KnownSkill).where(
            KnownSkill.user_id == user_id, KnownSkill.skill_id.in_([one.id for one in skills])
        )
    )
    return {row.skill_id: row for row in rows}


def _studied(user_id: int) -> Sequence[Known]:
    """Id, deck and dates of what is studied, in one statement."""
    known = and_(KnownSkill.skill_id == Skill.id, KnownSkill.user_id == user_id)
    return db.session.execute(
        select(Skill.id, Skill.deck_id, KnownSkill.known_at, KnownSkill.faded_at)
        .join(SectionSkill, SectionSkill.skill_id == Skill.id)
        .join(Section, Section.id == SectionSkill.section_id)
        .join(Enrolment, Enrolment.path_id == Section.path_id)
        .outerjoin(KnownSkill, known)
        .where(Enrolment.user_id == user_id, Enrolment.left_at.is_(None))
        .where(Section.retired_at.is_(None), Skill.retired_at.is_(None))
    ).all()


def _changed(skill: Known, standing: Standing, now: datetime) -> dict[str, Any] | None:
    """What to keep of a skill from now on; none if that is as before, or it was never known."""
    holds = is_known(standing, skill)
    if holds and (skill.known_at is None or skill.faded_at is not None):
        return {"skill_id": skill.id, "known_at": skill.known_at or now, "faded_at": None}
    if not holds and skill.known_at is not None and skill.faded_at is None:
        return {"skill_id": skill.id, "known_at": skill.known_at, "faded_at": now}
    return None


def _day(who: SchedulerSettings, at: datetime) -> int:
    return days.of(at, who.zone, who.rollover)


def _known(standing: Standing) -> str:
    if standing.known:
        return f"{_kept(standing)}, and each card was recalled on two days."
    share, least = round(100 * standing.predicted), round(100 * mastery.KEPT)
    return (
        f"Without practice you would keep about {share} % for {mastery.HORIZON} days; "
        f"below {least} % it begins to fade."
    )


def _kept(standing: Standing) -> str:
    share = max(0, int(100 * standing.lower_bound))
    return f"Without practice you would keep at least {share} % for {mastery.HORIZON} days"


def _fading(standing: Standing, known: int) -> str:
    return f"It was known on {days.words(known)}. {_learning(standing)}"


def _learning(standing: Standing) -> str:
    unseen, once = standing.cards - standing.seen, standing.seen - standing.passed
    if unseen:
        return f"{_cards(unseen)} of {standing.cards} not seen yet."
    if standing.lower_bound < mastery.SHARE:
        return f"{_kept(standing)}; known begins at {round(100 * mastery.SHARE)} %."
    verb = "waits" if once == 1 else "wait"
    return f"{_cards(once)} of {standing.cards} still {verb} for a second success on another day."


def _cards(number: int) -> str:
    return "1 card" if number == 1 else f"{number} cards"
