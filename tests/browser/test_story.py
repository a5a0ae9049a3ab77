"""Whole stories: the first evening of a newcomer, a review by keyboard alone, without script."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import expect

from cards.models import Review, SchedulerSettings
from tests.browser import people
from tests.factories import PASSWORD, make_deck, make_path
from tracker.db import db, writing


def ratings(app):
    with app.app_context():
        rows = db.select(Review).where(Review.undone_at.is_(None)).order_by(Review.stored_at)
        return [row.rating for row in db.session.scalars(rows)]


def test_a_newcomer_makes_an_account_and_reviews_ten_cards(watched, app, clock):
    with app.app_context(), writing():
        make_path([make_deck(20)], slug="python")
        db.session.commit()
    page = watched.tab(timezone_id="Asia/Tokyo")
    page.goto(people.set_up(app))
    page.get_by_label("Name").fill("Grace")
    page.get_by_label("E-mail").fill("grace@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()

    page.get_by_role("link", name="Python").first.click()
    page.get_by_role("button", name=re.compile("enrol|study", re.I)).first.click()
    page.get_by_role("link", name="Today").first.click()
    page.get_by_role("button", name="Start review").first.click()
    for number in range(8):
        clock.move(seconds=20)
        text = people.question(page)
        page.get_by_text("Show answer").click()
        page.get_by_role("button", name=re.compile("^Good" if number else "^Easy")).click()
        people.settle(page, text)
    expect(page.get_by_role("heading", name=re.compile("Well done"))).to_be_visible()
    assert ratings(app) == [4] + [3] * 7

    page.get_by_role("button", name="A few more today").click()
    page.get_by_text("Show answer").click()
    page.get_by_role("button", name=re.compile("^Again")).click()
    expect(page.locator("#review")).to_contain_text("Question")
    with app.app_context():
        assert db.session.scalars(db.select(SchedulerSettings)).one().zone == "Asia/Tokyo"


def test_a_whole_review_by_keyboard_alone(page, app, clock):
    people.log_in(page, app, people.learner(app, new_per_day=3))
    page.goto("/")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == "Start review":
            break
    page.keyboard.press("Enter")
    expect(page.locator("#question")).to_be_visible()

    seen = []
    for key in ("Space", "4", "Enter"):
        clock.move(seconds=5)
        seen.append(people.question(page))
        page.keyboard.press("Space")
        expect(page.locator("#answer")).to_be_visible()
        page.keyboard.press(key)
        people.settle(page, seen[-1])
    expect(page.get_by_role("heading", name=re.compile("Well done"))).to_be_focused()
    assert ratings(app) == [3, 4, 3]

    page.keyboard.press("u")
    expect(page.locator("#question")).to_have_text(seen[-1])
    page.keyboard.press("Control+z")
    expect(page.locator("#question")).to_have_text(seen[-2])
    assert ratings(app) == [3]


def test_keys_bury_suspend_flag_and_show_help(page, app):
    people.log_in(page, app, people.learner(app))
    page.goto("/review/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("3")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    text = people.question(page)
    page.keyboard.press("*")
    expect(page.get_by_text("Flagged")).to_be_visible()
    assert people.question(page) == text
    for key in ("-", "@"):
        text = people.question(page)
        page.keyboard.press(key)
        people.settle(page, text)
    page.keyboard.press("1")
    assert ratings(app) == []


def test_keys_do_nothing_in_a_text_field_or_with_a_modifier(page, app):
    user = people.learner(app, cards=0, new_per_day=9)
    people.log_in(page, app, user)
    page.goto("/review/")
    page.keyboard.press("Control+1")
    for _ in range(9):
        if page.locator("#typed").count():
            break
        text = people.question(page)
        page.keyboard.press("Space")
        page.keyboard.press("4")
        people.settle(page, text)
    before = ratings(app)
    expect(page.locator("#typed")).to_be_focused()
    page.keyboard.type("u1 - wrap @")
    expect(page.locator("#answer")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("#diff")).to_contain_text("u1 - wrap @")
    assert ratings(app) == before


def test_a_cloze_hides_and_shows_in_place(page, app):
    people.log_in(page, app, people.learner(app, cards=0))
    page.goto("/review/")
    expect(page.locator(".cloze-gap")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.locator(".cloze-word")).to_be_visible()
    expect(page.locator(".cloze-gap")).to_be_hidden()


def test_showing_the_answer_sends_nothing(page, app):
    people.log_in(page, app, people.learner(app))
    page.goto("/review/", wait_until="networkidle")
    sent = []  # the browser may still look for the icon and the faces of the text
    page.on("request", lambda request: "/static/" in request.url or sent.append(request.url))
    page.keyboard.press("Space")
    expect(page.locator("#answer")).to_be_visible()
    assert sent == []


def test_everything_works_without_script(watched, app):
    page = watched.tab(java_script_enabled=False)
    user = people.learner(app, new_per_day=2)
    people.type_password(page, user)
    page.get_by_role("button", name="Start review").first.click()
    for _ in range(2):
        page.get_by_text("Show answer").click()
        page.get_by_role("button", name=re.compile("^Easy")).click()
    assert ratings(app) == [4, 4]
    page.get_by_role("button", name="Undo").click()
    assert ratings(app) == [4]
    assert urlsplit(page.url).path == "/review/"


def test_a_double_click_counts_once(page, app):
    people.log_in(page, app, people.learner(app))
    page.goto("/review/")
    text = people.question(page)
    page.keyboard.press("Space")
    page.get_by_role("button", name=re.compile("^Good")).dblclick(no_wait_after=True)
    people.settle(page, text)
    page.reload()
    assert len(ratings(app)) == 1


def test_two_tabs_count_one_answer_and_go_on(watched, app):
    context = watched.context()
    one, other = context.new_page(), context.new_page()
    people.log_in(one, app, people.learner(app))
    for tab in (one, other):
        tab.goto("/review/")
    text = people.question(one)
    for tab, key in ((one, "3"), (other, "1")):
        tab.keyboard.press("Space")
        expect(tab.locator("#answer")).to_be_visible()
        tab.keyboard.press(key)
        people.settle(tab, text)
    expect(other.get_by_role("alert").filter(has_text="already")).to_be_visible()
    assert people.question(one) == people.question(other)
    assert ratings(app) == [3]


def test_a_lost_connection_is_said_and_loses_nothing(page, app):
    people.log_in(page, app, people.learner(app))
    page.goto("/review/")
    text = people.question(page)
    page.context.set_offline(True)
    page.keyboard.press("Space")
    page.keyboard.press("3")
    expect(page.locator("#notice")).to_contain_text("cannot be reached")
    page.context.set_offline(False)
    page.keyboard.press("3")
    people.settle(page, text)
    assert ratings(app) == [3]
