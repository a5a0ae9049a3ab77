"""Every page as people see it: axe finds nothing, nothing sticks out, light and dark."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from cards.models import Card
from tests.browser import people
from tests.factories import answer, enrol, make_user
from tracker import paths, setup
from tracker.db import db, writing

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CHECK = """(tags) => axe.run(document, {runOnly: {type: "tag", values: tags}}).then((found) =>
    found.violations.map((one) => one.id + ": " + one.nodes.map((at) => at.html).join(" | ")))"""
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}

VISITOR = ["/", "/login", "/register", "/paths/", "/paths/?q=nothing", "/nowhere"]
LEARNER = [
    "/",
    "/paths/",
    "/paths/python-engineer",
    "/paths/python-engineer/decorators",
    "/paths/python-engineer/gil",
    "/review/",
    "/review/?scope=skill-999",
    "/settings/",
    "/progress/",
    "/progress/python-engineer",
    "/progress/python-engineer/python-core",
    "/progress/python-engineer/python-core/decorators",
    "/cards/7",
    "/stats/",
    "/model/",
    "/paths/python-engineer/forecast",
    "/back/",
]


@pytest.fixture
def learner(app, clock):
    """Somebody some weeks into the real path."""
    setup.install_builtin(app)
    with app.app_context(), writing():
        user = make_user(new_per_day=8)
        enrol(user, paths.get("python-engineer"))
        cards = db.session.scalars(db.select(Card).order_by(Card.id).limit(120)).all()
        for number, card in enumerate(cards):
            for day in range(number % 7):
                at = clock() - timedelta(days=30 - 4 * day)
                answer(user, card, 1 + (number * 3 + day) % 4, at)
        db.session.commit()
    return user


def faults(page: Page) -> list[str]:
    """What axe finds, and whether the page can be pushed sideways."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text())
    found = page.evaluate(CHECK, RULES)
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("the page is wider than the screen")
    return [f"{page.url}: {one}" for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_no_page_has_a_barrier(watched, app, learner, scheme, size):
    width, height = SIZES[size]
    page = watched.tab(color_scheme=scheme, viewport={"width": width, "height": height})
    found = []
    for address in VISITOR:
        page.goto(address)
        found += faults(page)
    people.log_in(page, app, learner)
    for address in LEARNER:
        page.goto(address)
        found += faults(page)
    page.goto("/review/")
    for _ in range(4):
        page.keyboard.press("Space")
        found += faults(page)
        text = people.question(page)
        page.locator('[name="rating"][value="4"]').dispatch_event("click")
        people.settle(page, text)
    page.keyboard.press("?")
    found += faults(page)
    assert found == []


def test_the_end_of_a_session_has_no_barrier(page, app, clock):
    people.log_in(page, app, people.learner(app, new_per_day=1))
    page.goto("/review/")
    page.keyboard.press("Space")
    page.locator('[name="rating"][value="4"]').click()
    page.get_by_role("heading", name="Well done").wait_for()
    assert faults(page) == []
    page.goto("/")
    assert faults(page) == []


def test_the_harness_sees_a_barrier(page, app):
    page.goto("/login")
    page.evaluate("document.querySelector('label').remove()")
    assert any("label" in one for one in faults(page))
