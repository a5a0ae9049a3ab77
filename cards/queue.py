"""Which card next, and how many are due: the plan of a study day.

The order of a day is planned once, when the learner starts: due reviews with the lowest recall
first, new cards in the order of the path spread between them, both up to the day's limits. Then
answering takes cards from the front, so its cost does not grow with the collection. Cards in
learning steps are not planned: they come when their minute has come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    bindparam,
    case,
    except_,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from cards import budget
from cards.models import Card, Mark, Memory, SchedulerSettings, StudyDay
from cards.plans import Learning, Plan, spread
from cards.scheduler import State
from tracker.db import BigKey, db, read, table

# A card in learning steps is shown this much early when nothing else is left.
LEARN_AHEAD = timedelta(minutes=20)
STEPS = (State.Learning, State.Relearning)
# "A few more today" adds this many new cards and reviews.
MORE_NEW, MORE_REVIEWS = 5, 50
# Counting stops here: nobody plans by the difference between 10,000 and more.
COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits beside the plan: due reviews and new cards up to 10,000, buried cards, and the
    first review after this study day.
    """

    due: int
    new: int
    buried: int
    next_due: datetime | None


def make(settings: SchedulerSettings, day: StudyDay, decks: Sequence[int]) -> Plan:
    """Plan a study day for these decks, in their order.

    Limits: what the learner set, plus what was added today, less what was done today. Of the
    minutes of a day, reviews take theirs before new cards.
    """
    reviews = settings.reviews_per_day + day.extra_reviews - day.reviews
    new = settings.new_per_day + day.extra_new - day.new
    room = budget.room(settings, day)
    if room is None:
        due = _ids(due_cards(settings.user_id, day.day, decks), reviews)
    else:
        due = _most_worth(settings, day.day, decks, min(reviews, room))
        new = min(new, room - len(due))
    unseen = _ids(new_cards(settings.user_id, day.day, decks), new)
    cards = spread(due, [-card_id for card_id in unseen])
    return Plan(tuple(decks), tuple(cards), len(cards))


def _most_worth(who: SchedulerSettings, day: int, decks: Sequence[int], most: int) -> list[int]:
    """As many due cards as may come; where not all may, those whose review saves most recall."""
    found = due_cards(who.user_id, day, decks)
    memory = Memory.stability, Memory.difficulty, Memory.last_day
    rows = db.session.execute(found.add_columns(*memory).limit(COUNTED)).all()
    if len(rows) <= most:
        return [row[0] for row in rows]
    return budget.best_first(who, day, rows)[: max(0, most)]


def due_cards(user_id: int, day: int, decks: Sequence[int]) -> Select[int]:
    """The reviews due on a study day, lowest recall first.

    Recall falls with elapsed days / stability, whatever the parameters, so that is the order.
    """
    overdue = (Memory.last_day - day) / Memory.stability
    return (
        select(Memory.card_id)
        .join(Card, Card.id == Memory.card_id)
        .where(
            Memory.user_id == user_id,
            Memory.state == State.Review,
            Memory.due_day <= day,
            Card.deck_id.in_(decks),
            Card.retired_at.is_(None),
            ~_set_aside(user_id, day, Memory.card_id),
        )
        .order_by(overdue, Memory.card_id)
    )


def new_cards(user_id: int, day: int, decks: Sequence[int]) -> Select[int]:
    """The cards never seen, in the order of the decks; one a note, and none whose note was begun
    today: siblings give each other away.
    """
    sibling, other = aliased(Memory), aliased(Card)
    order = {deck_id: place for place, deck_id in enumerate(decks)}
    # One inside the other, or SQLite would go through all memories for each card.
    today = exists().where(
        sibling.user_id == user_id, sibling.card_id == other.id, sibling.first_day == day
    )
    begun = exists().where(other.note_id == Card.note_id, today)
    place = case(order, value=Card.deck_id) if order else Card.deck_id
    first = (
        select(Card.id, place.label("place"), Card.position)
        .add_columns(
            func.row_number().over(partition_by=Card.note_id, order_by=Card.position).label("nth")
        )
        .where(Card.id.in_(_unseen(user_id, decks)), ~begun, ~_set_aside(user_id, day, Card.id))
        .subquery()
    )
    return select(first.c.id).where(first.c.nth == 1).order_by(first.c.place, first.c.position)


def _unseen(user_id: int, decks: Sequence[int]) -> CompoundSelect[int]:
    """The live cards of the decks that have no memory: one list less the other, both read in
    their order, since looking up each card can take five times as long.
    """
    live = select(Card.id).where(Card.deck_id.in_(decks), Card.retired_at.is_(None))
    # Cards are numbered deck by deck, so that the memories of other decks are mostly left out.
    low, high = (
        select(end(Card.id)).where(Card.deck_id.in_(decks)).scalar_subquery()
        for end in (func.min, func.max)
    )
    near = Memory.card_id.between(low, high)
    seen = select(Memory.card_id).where(Memory.user_id == user_id, Memory.state != State.New, near)
    return except_(live, seen)


def learning(user_id: int, day: int, decks: Sequence[int] | None = None) -> Learning:
    """The cards in learning steps, of these decks or of all, in one statement."""
    rows = read(_IN_STEPS, user_id=user_id, day=day)
    found = [row for row in rows if decks is None or row.deck_id in decks]
    if not found:
        return Learning()
    first = min(found, key=lambda row: (row.due, row.card_id))
    return Learning(len(found), first.card_id, first.due, Counter(row.deck_id for row in found))


def upcoming(plan: Plan, learning: Learning, now: datetime) -> int | None:
    """The next card: one in learning steps whose minute has come, else the first of the plan,
    else one in learning steps whose minute is near; None when there is nothing to do now.
    """
    due = learning.due
    if due is not None and due <= now:
        return learning.card_id
    if plan.cards:
        return abs(plan.cards[0])
    if due is not None and due <= now + LEARN_AHEAD:
        return learning.card_id
    return None


def waiting(user_id: int, day: int, decks: Sequence[int]) -> Waiting:
    """What waits in these decks without any limit, and when the next day's first review comes."""
    due = due_cards(user_id, day, decks).order_by(None).limit(COUNTED).subquery()
    new = new_cards(user_id, day, decks).order_by(None).limit(COUNTED).subquery()
    buried = (
        select(func.count())
        .select_from(Mark)
        .join(Card, Card.id == Mark.card_id)
        .where(Mark.user_id == user_id, Mark.buried_day == day, Card.deck_id.in_(decks))
    )
    row = db.session.execute(
        select(
            select(func.count()).select_from(due).scalar_subquery(),
            select(func.count()).select_from(new).scalar_subquery(),
            buried.scalar_subquery(),
            _next_due(user_id, day, decks).scalar_subquery(),
        )
    ).one()
    return Waiting(row[0], row[1], row[2], row[3])


def _next_due(user_id: int, day: int, decks: Sequence[int]) -> Select[datetime]:
    return (
        select(Memory.due)
        .join(Card, Card.id == Memory.card_id)
        .where(
            Memory.user_id == user_id,
            Memory.state == State.Review,
            Memory.due_day > day,
            Card.deck_id.in_(decks),
            Card.retired_at.is_(None),
        )
        .order_by(Memory.due_day)
        .limit(1)
    )


def decks_of(cards: Sequence[int]) -> dict[int, int]:
    """The deck of each of these cards."""
    rows = db.session.execute(select(Card.id, Card.deck_id).where(Card.id.in_(cards)))
    return {row.id: row.deck_id for row in rows}


def _ids(found: Select[int], most: int) -> list[int]:
    return list(db.session.scalars(found.limit(most))) if most > 0 else []


def _set_aside(
    user_id: int | BindParameter[int],
    day: int | BindParameter[int],
    card_id: ColumnElement[int] | InstrumentedAttribute[int],
) -> ColumnElement[bool]:
    mark = table(Mark).c
    return exists().where(
        mark.user_id == user_id,
        mark.card_id == card_id,
        or_(mark.suspended_at.is_not(None), mark.buried_day == day),
    )


def _of_state(state: State) -> Select[int, datetime, int]:
    user: BindParameter[int] = bindparam("user_id", type_=BigKey)
    today: BindParameter[int] = bindparam("day", type_=BigKey)
    memory, card = table(Memory), table(Card)
    return (
        select(memory.c.card_id, memory.c.due, card.c.deck_id)
        .join(card, card.c.id == memory.c.card_id)
        .where(
            memory.c.user_id == user,
            memory.c.state == literal_column(str(int(state))),
            memory.c.due_day <= today + 1,
            card.c.retired_at.is_(None),
            ~_set_aside(user, today, memory.c.card_id),
        )
    )


# Built once: it is run at every answer. State by state and with a bound on the day (a step is
# shorter than one), or SQLite goes through all memories instead of the index. Few cards are in
# learning steps at a time, so that those of other decks are sorted out afterwards.
_IN_STEPS = union_all(*(_of_state(state) for state in STEPS))
