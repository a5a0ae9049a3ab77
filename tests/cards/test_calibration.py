"""Predicted beside observed: the figures, the verdict and the warning."""

import math

import fsrs_rs_python
import numpy as np
import pytest

from cards import calibration, history
from cards.calibration import Scored
from cards.scheduler import DEFAULT_PARAMETERS
from tests.cards.learners import LEARNERS, Learner, like

# Far from every learner of the table: all memories are believed to hold four times as long.
WRONG = like(w0=1.5, w1=6.0, w2=12.0, w3=30.0, w8=2.4, w20=0.1)


def account(learner: Learner) -> calibration.Calibration:
    return calibration.of(calibration.scored(learner.history(), learner.app))


def answers(predicted, recalled) -> Scored:
    p, y = np.asarray(predicted, float), np.asarray(recalled, bool)
    return Scored(np.ones(len(p), int), p, p, y, np.zeros(len(p), int))


def test_bins_hold_predicted_beside_observed_with_counts() -> None:
    found = calibration.of(answers([0.82, 0.84, 0.96, 0.98], [1, 0, 1, 1]))
    assert [(one.low, one.high, one.count) for one in found.bins] == [(0.8, 0.85, 2), (0.95, 1, 2)]
    assert found.bins[0].predicted == pytest.approx(0.83)
    assert found.bins[0].observed == 0.5
    assert found.bins[0].least < 0.5 < found.bins[0].most


def test_log_loss_stands_beside_that_of_the_plain_average() -> None:
    found = calibration.of(answers([0.9, 0.9, 0.6, 0.6], [1, 1, 1, 0]))
    expected = -(2 * math.log(0.9) + math.log(0.6) + math.log(0.4)) / 4
    assert found.log_loss == pytest.approx(expected)
    average = -(3 * math.log(0.75) + math.log(0.25)) / 4
    assert found.log_loss_average == pytest.approx(average)
    assert (found.predicted, found.observed) == (0.75, 0.75)


def test_without_scored_reviews_the_account_says_so() -> None:
    found = calibration.of(calibration.scored(history.from_rows([]), DEFAULT_PARAMETERS))
    assert found.sentence == "Not enough reviews yet (0 of 400)."
    assert not found.enough
    assert not found.warning


def test_few_reviews_give_no_verdict_and_no_warning() -> None:
    found = calibration.of(answers([0.99] * 63, [0] * 63))
    assert found.sentence == "Not enough reviews yet (63 of 400)."
    assert not found.warning


@pytest.mark.parametrize(
    ("predicted", "recalled", "sentence"),
    [
        (0.87, 0.78, "Predictions are too high by 9 points: you recalled 78 of 100 cards where "),
        (0.80, 0.95, "Predictions are too low by 15 points: you recalled 95 of 100 cards where "),
        (0.90, 0.89, "Predictions fit you well: off by 1 point."),
    ],
)
def test_the_verdict_is_said_in_points(predicted, recalled, sentence) -> None:
    count = 1000
    found = calibration.of(answers([predicted] * count, np.arange(count) < recalled * count))
    assert found.sentence.startswith(sentence)


def test_errors_that_cancel_out_are_found() -> None:
    p = np.repeat([0.97, 0.75], 500)
    y = np.concatenate([np.arange(500) < 0.86 * 500, np.arange(500) < 0.86 * 500])
    found = calibration.of(answers(p, y))
    assert found.verdict == "uneven"
    assert found.warning


def test_a_difference_that_chance_makes_is_no_warning() -> None:
    found = calibration.of(answers([0.9] * 400, np.arange(400) < 346))
    assert found.verdict == "unclear"
    assert found.sentence == "Predictions are off by about 4 points, which may be chance."


def test_wilfully_wrong_parameters_trigger_the_warning() -> None:
    found = [account(Learner(LEARNERS["steep"], WRONG, 150, seed=i).study(120)) for i in range(8)]
    assert [one.warning for one in found] == [True] * 8
    assert {one.verdict for one in found} == {"too high"}


def test_a_learner_whom_the_model_fits_is_not_warned() -> None:
    learners = [
        Learner(w, app=w, cards=120, seed=seed).study(90)
        for w in LEARNERS.values()
        for seed in range(4)
    ]
    found = [account(learner) for learner in learners]
    assert all(one.enough for one in found)
    assert [one.sentence for one in found if one.warning] == []


def test_the_default_parameters_are_judged_on_the_same_answers() -> None:
    w = LEARNERS["steep"]
    found = account(Learner(w, app=w, cards=300, seed=2).study(120))
    assert found.log_loss < found.log_loss_default < found.log_loss_average
    plain = account(Learner(w, cards=100, seed=2).study(60))
    assert plain.log_loss_default == pytest.approx(plain.log_loss, abs=1e-12)


def test_answers_before_a_fit_are_judged_by_the_default_curve() -> None:
    log = history.from_rows(
        [(1, 1, 0, 100, 3, 1, None, False), (1, 1, 1, 110, 3, 1, [2, None, 5.0], False)]
    )
    made = calibration.made(log, LEARNERS["steep"])
    assert made[1] == calibration.made(log, DEFAULT_PARAMETERS)[1]


def test_decks_are_accounted_for_apart() -> None:
    scored = calibration.scored(
        Learner(LEARNERS["default"], cards=80).study(60).history(), DEFAULT_PARAMETERS
    )
    parts = [calibration.of(scored.of_decks([deck])).scored for deck in (0, 1)]
    assert (
        sum(parts)
        == calibration.of(scored).scored
        == calibration.of(scored.of_decks({0, 1})).scored
    )


def test_rmse_is_near_that_of_the_reference() -> None:
    # The reference weighs newer answers more, so the two are near, not equal.
    learner = Learner(LEARNERS["steep"], cards=400, seed=1).study(120)
    log = learner.history()
    gaps = np.maximum(log.gap, 0).tolist()
    made = [
        fsrs_rs_python.FSRSReview(*pair) for pair in zip(log.rating.tolist(), gaps, strict=True)
    ]
    begins = np.arange(len(log)) - history.place(log.card)
    items = [fsrs_rs_python.FSRSItem(made[begins[i] : i + 1]) for i in np.flatnonzero(log.scored)]
    reference = fsrs_rs_python.FSRS(list(learner.app)).evaluate(items)
    found = account(learner)
    assert found.rmse == pytest.approx(reference.rmse_bins, rel=0.1)
    assert found.log_loss == pytest.approx(reference.log_loss, rel=0.03)
