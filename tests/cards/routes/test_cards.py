"""The page of a card."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cards.models import Card
from cards.scheduler import Rating
from tests.factories import answer, enrol, make_deck, make_path, make_user
from tracker.db import db, writing


@pytest.fixture
def card(app, client, login, now):
    """A card of a logged-in learner, answered three times; its number."""
    with app.app_context(), writing():
        user = make_user()
        enrol(user, make_path([make_deck(2)]))
        card = db.session.scalars(db.select(Card).order_by(Card.id)).first()
        for days, rating in ((30, Rating.Good), (26, Rating.Again), (20, Rating.Easy)):
            answer(user, card, rating, now - timedelta(days=days))
        db.session.commit()
        number = card.id
    login(client, user)
    return number


def test_the_page_shows_figures_curve_and_every_answer(client, card):
    page = client.get(f"/cards/{card}").text
    for words in ("recall today", "stability", "difficulty", "due", "The forgetting curve"):
        assert words in page
    assert "3 answers" in page and "24 Oct 2026" in page and "Easy" in page
    assert '<svg class="chart lines" role="img"' in page


def test_a_card_not_met_yet_says_so(client, card):
    page = client.get(f"/cards/{card + 1}").text
    assert "You have not met this card yet." in page and "forgetting curve" not in page


@pytest.mark.parametrize("number", ["999999", "9007199254740992", "x", "-1", "1.5"])
def test_an_unknown_card_is_not_there(client, card, number):
    assert client.get(f"/cards/{number}").status_code == 404
