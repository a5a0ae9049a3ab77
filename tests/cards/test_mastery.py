import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cards import mastery, scheduler
from cards.mastery import Recall, Standing

TODAY = 739_000
DECAY = scheduler.DEFAULT_PARAMETERS[20]


def sums(**changes: float) -> Standing:
    """A deck of 40 cards at the top: all seen, all recalled, all passed twice."""
    top: dict[str, float] = {
        "cards": 40,
        "seen": 40,
        "remembered": 40.0,
        "ahead": 40.0,
        "variance": 0.0,
        "passed": 40,
    }
    return Standing(**(top | changes))  # type: ignore[arg-type]


def test_the_sums_of_a_deck_are_those_of_the_formula() -> None:
    seen = [Recall(21, TODAY - 5, 2), Recall(100, TODAY, 1)]
    found = mastery.standing(3, seen, TODAY, DECAY)
    p = [scheduler.recall_of(21, 35, DECAY), scheduler.recall_of(100, 30, DECAY)]
    assert found.remembered == pytest.approx(scheduler.recall_of(21, 5, DECAY) + 1)
    assert found.ahead == pytest.approx(p[0] + p[1])
    assert found.variance == pytest.approx(p[0] * (1 - p[0]) + p[1] * (1 - p[1]))
    assert (found.cards, found.seen, found.passed) == (3, 2, 1)


def test_cards_never_seen_count_as_not_recalled() -> None:
    found = mastery.standing(4, [Recall(21, TODAY, 0)], TODAY, DECAY)
    assert found.covered == 0.25
    assert found.recall == 0.25
    assert found.predicted == pytest.approx(scheduler.recall_of(21, 30, DECAY) / 4)


def test_the_lower_bound_is_less_the_spread_and_the_margin() -> None:
    found = sums(ahead=36.0, variance=3.6)
    assert found.lower_bound == pytest.approx(0.9 - 1.2816 * math.sqrt(3.6) / 40 - 0.05)


@pytest.mark.parametrize(("cards", "pool"), [(6, 40), (39, 40), (40, 40), (160, 160)])
def test_few_cards_are_judged_with_the_spread_of_forty(cards: int, pool: int) -> None:
    found = Standing(cards, cards, cards, 0.9 * cards, 0.09 * cards, cards)
    assert found.lower_bound == pytest.approx(0.9 - 1.2816 * math.sqrt(0.09 / pool) - 0.05)


def test_many_decks_are_judged_at_once_as_each_alone() -> None:
    decks = [
        sums(ahead=36.0, variance=3.6),
        Standing(8, 8, 8.0, 7.6, 0.3, 8),
        Standing(0, 0, 0, 0, 0, 0),
    ]
    columns = ([getattr(one, name) for one in decks] for name in ("cards", "ahead", "variance"))
    found = mastery.bound(*map(np.array, columns), fitted=False)
    assert found.tolist() == [one.lower_bound for one in decks]


def test_the_margin_is_smaller_once_parameters_are_the_learners_own() -> None:
    own = Standing(40, 40, 40.0, 36.0, 3.6, 40, fitted=True)
    assert own.lower_bound - sums(ahead=36.0, variance=3.6).lower_bound == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("changes", "known"),
    [
        ({}, True),
        ({"passed": 39}, False),
        ({"ahead": 34.001}, True),
        ({"ahead": 33.999}, False),
        ({"ahead": 35.0, "variance": 4.0}, False),
        ({"cards": 0, "seen": 0, "remembered": 0, "ahead": 0, "passed": 0}, False),
    ],
)
def test_a_deck_is_known_by_bound_and_passes(changes: dict[str, float], known: bool) -> None:
    assert sums(**changes).known is known


@pytest.mark.parametrize(
    ("changes", "stage"),
    [
        ({"cards": 0, "seen": 0, "remembered": 0, "ahead": 0, "passed": 0}, "seed"),
        ({"seen": 0, "remembered": 0, "ahead": 0, "passed": 0}, "seed"),
        ({"seen": 1, "remembered": 1, "ahead": 1, "passed": 0}, "sprout"),
        ({"seen": 39, "remembered": 19.9, "ahead": 10, "passed": 0}, "sprout"),
        ({"seen": 39, "remembered": 20, "ahead": 10, "passed": 0}, "leaf"),
        ({"remembered": 4, "ahead": 4, "passed": 0}, "leaf"),
        ({"remembered": 31.9, "ahead": 20, "passed": 0}, "leaf"),
        ({"seen": 33, "remembered": 32, "ahead": 20, "passed": 0}, "bud"),
        ({"passed": 39}, "bud"),
        ({}, "bloom"),
    ],
)
def test_a_plant_grows_with_what_is_remembered(changes: dict[str, float], stage: str) -> None:
    assert sums(**changes).stage == stage


def test_an_empty_deck_has_no_shares() -> None:
    empty = Standing(0, 0, 0.0, 0.0, 0.0, 0)
    assert (empty.covered, empty.recall, empty.predicted) == (0, 0, 0)


memories = st.lists(
    st.builds(
        Recall,
        st.floats(0.001, 36500),
        st.integers(TODAY - 2000, TODAY + 1),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=12,
)


@given(memories, st.integers(0, 5))
@example([Recall(0.001, TODAY + 1, 0)], 0)  # answered on a study day further east
def test_every_share_is_a_share_and_nothing_is_gained_by_waiting(
    seen: list[Recall], unseen: int
) -> None:
    now = mastery.standing(len(seen) + unseen, seen, TODAY, DECAY)
    later = mastery.standing(len(seen) + unseen, seen, TODAY + 9, DECAY)
    assert 0 <= now.predicted <= now.recall <= now.covered <= 1
    assert later.recall <= now.recall
    assert now.lower_bound < now.predicted


@given(memories)
def test_known_until_is_the_last_day_recall_holds(seen: list[Recall]) -> None:
    until = mastery.known_until(len(seen), seen, TODAY, DECAY)
    if until is None:
        assert mastery.standing(len(seen), seen, TODAY, DECAY).recall < 0.8
        return
    assert TODAY <= until <= TODAY + 180
    assert mastery.standing(len(seen), seen, until, DECAY).recall >= 0.8
    after = mastery.standing(len(seen), seen, until + 1, DECAY).recall
    assert after < 0.8 or until == TODAY + 180


def test_an_empty_deck_is_known_on_no_day() -> None:
    assert mastery.known_until(0, [], TODAY, DECAY) is None
