"""Draws that do not depend on what else is drawn."""

import numpy as np
import pytest

from cards import luck, pace

PLACES = np.arange(100_000)


def test_draws_are_spread_evenly() -> None:
    found = luck.draws(3, PLACES, 5)
    assert found.min() >= 0
    assert found.max() < 1
    counts = np.histogram(found, 20, (0, 1))[0]
    assert abs(counts - 5000).max() < 5 * 70


@pytest.mark.parametrize("other", [(4, 0, 5), (3, 0, 6), (3, 1, 5), (4, -1, 5), (3, 1, 4)])
def test_draws_of_other_seeds_places_and_numbers_are_unrelated(other) -> None:
    seed, shift, number = other
    one, two = luck.draws(3, PLACES, 5), luck.draws(seed, PLACES + shift, number)
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.02


def test_a_draw_is_the_same_whatever_else_is_drawn() -> None:
    alone = luck.draws(3, np.array([77]), np.array([8]))
    assert alone[0] == luck.draws(3, PLACES, np.full(len(PLACES), 8))[77]


def test_ratings_have_their_shares_and_a_low_draw_is_a_good_one() -> None:
    shares = (0.1, 0.2, 0.6, 0.1)
    found = luck.ratings(shares, luck.draws(0, PLACES, 0))
    assert np.bincount(found)[1:] / len(PLACES) == pytest.approx(shares, abs=0.01)
    assert luck.ratings(shares, np.array([0.0, 0.999999])).tolist() == [4, 1]


@pytest.mark.parametrize("recall", [0.0, 0.3, 0.9, 1.0])
def test_a_card_is_forgotten_as_often_as_its_recall_says(recall: float) -> None:
    draw = luck.draws(0, PLACES, 0)
    found = luck.reviewed(pace.DEFAULT, np.full(len(PLACES), recall), draw)
    assert (found > 1).mean() == pytest.approx(recall, abs=0.01)
