import random

import fsrs_rs_python
import pytest

from cards import scheduler
from cards.scheduler import Rating
from tests.cards.scheduling import DAY, NOW, SEED, exact, replay

# The published test vectors of py-fsrs, ts-fsrs and fsrs-rs.


def test_v1_six_ratings_give_the_published_memory() -> None:
    memory = replay([1, 3, 3, 3, 3, 3], [0, 0, 1, 3, 8, 21], exact())
    assert memory.stability == pytest.approx(53.62691, abs=1e-4)
    assert memory.difficulty == pytest.approx(6.3574867, abs=1e-4)


def test_v2_six_ratings_without_same_day_growth_give_the_published_memory() -> None:
    parameters = (*scheduler.DEFAULT_PARAMETERS[:17], 0, 0, 0, scheduler.DEFAULT_PARAMETERS[20])
    memory = replay([1, 3, 3, 3, 3, 3], [0, 0, 1, 3, 8, 21], exact(parameters=parameters))
    assert memory.stability == pytest.approx(53.335106, abs=1e-4)
    assert memory.difficulty == pytest.approx(6.3574867, abs=1e-4)


def test_v3_reviews_on_their_due_dates_give_the_published_intervals() -> None:
    given = exact()
    memory, intervals = scheduler.new(NOW, given), []
    for rating in [3, 3, 3, 3, 3, 3, 1, 1, 3, 3, 3, 3, 3]:
        memory = scheduler.answer(memory, Rating(rating), memory.due, given, SEED)
        intervals.append(memory.interval)
    assert intervals == [0, 2, 11, 46, 163, 498, 0, 0, 2, 4, 7, 12, 21]


@pytest.mark.parametrize(
    ("rating", "stability", "difficulty"),
    [
        (1, 0.212, 6.4133),
        (2, 1.2931, 5.11217071),
        (3, 2.3065, 2.11810397),
        (4, 8.2956, 1),
    ],
)
def test_v4_a_first_rating_gives_the_published_memory(
    rating: int, stability: float, difficulty: float
) -> None:
    memory = replay([rating], [0], exact())
    assert memory.stability == pytest.approx(stability)
    assert memory.difficulty == pytest.approx(difficulty)


def test_v5_each_retention_has_its_published_interval() -> None:
    decay = scheduler.decay_of(exact())
    intervals = [scheduler.interval_for(1, tenth / 10, decay) for tenth in range(1, 11)]
    # The published vector was computed with 32-bit numbers.
    assert intervals[0] == pytest.approx(3116766, rel=2e-6)
    assert intervals[1:] == [34793, 2508, 387, 90, 27, 9, 3, 1, 1]


def test_v6_recall_falls_as_published() -> None:
    recalls = [scheduler.recall_of(1, t, 0.2) for t in range(4)]
    assert recalls == pytest.approx([1, 0.9, 0.84028935, 0.7985001])


def test_v7_a_card_rated_easy_at_first_is_due_at_the_published_recall() -> None:
    given = exact()
    memory = replay([4], [0], given)
    recall = scheduler.recall(memory, memory.due_day, scheduler.decay_of(given))
    assert recall == pytest.approx(0.9024733)


@pytest.mark.parametrize(
    ("ease", "interval", "retention", "stability", "difficulty"),
    [
        (2.5, 10, 0.9, 10, 6.9140563),
        (2.5, 10, 0.8, 3.01572, 9.393428),
        (2.5, 10, 0.95, 24.841097, 1.2974405),
        (1.3, 20, 0.9, 20, 10),
    ],
)
def test_v8_a_card_from_sm2_has_the_published_memory(
    ease: float, interval: float, retention: float, stability: float, difficulty: float
) -> None:
    found = scheduler.from_sm2(ease, interval, retention, scheduler.DEFAULT_PARAMETERS)
    assert found == pytest.approx((stability, difficulty), rel=1e-5)


def test_v9_nineteen_older_parameters_give_the_published_buttons() -> None:
    older = (
        *(0.6845422, 1.6790825, 4.7349424, 10.042885, 7.4410233, 0.64219797, 1.071918),
        *(0.0025195254, 1.432437, 0.1544, 0.8692766, 2.0696752, 0.0953, 0.2975, 2.4691248),
        *(0.19542035, 3.201072, 0.18046261, 0.121442534, 0, 0.5),
    )
    given = exact(parameters=older)
    memory = replay([1, 3, 3, 3], [0, 1, 3, 8], given)
    after = scheduler.buttons(memory, NOW + 33 * DAY, given, SEED)
    assert [m.stability for m in after.values()] == pytest.approx(
        [2.9691455, 17.091452, 31.722992, 71.7502], rel=1e-5
    )


def test_ten_thousand_random_histories_agree_with_the_rust_implementation() -> None:
    chance, given = random.Random(6), exact()  # noqa: S311
    oracle = fsrs_rs_python.FSRS(scheduler.DEFAULT_PARAMETERS)
    histories = []
    for _ in range(10_000):
        length = chance.randint(1, 7)
        gaps = [0, *(chance.choice([0, 0, 1, 2, 5, 13, 40, 200]) for _ in range(length - 1))]
        histories.append(([chance.randint(1, 4) for _ in gaps], gaps))
    expected = oracle.memory_state_batch(
        [
            fsrs_rs_python.FSRSItem([fsrs_rs_python.FSRSReview(*pair) for pair in zip(*h)])  # noqa: B905
            for h in histories
        ]
    )
    for (ratings, gaps), state in zip(histories, expected, strict=True):
        memory = replay(ratings, gaps, given)
        assert memory.stability == pytest.approx(state.stability, rel=2e-5)
        assert memory.difficulty == pytest.approx(state.difficulty, rel=2e-5)
