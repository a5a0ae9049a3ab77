"""From a known skill to a certificate that a stranger can check, as people do it at the screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import people
from tests.browser.test_pages import SIZES, faults
from tests.tracker.certificates import world
from tracker.db import db, writing

NAMES = {
    "chinese": "李小龙",
    "arabic": "محمد بن موسى الخوارزمي",
    "hostile": "<img src=x onerror=alert(1)> {{ 7*7 }} data-hx-post='/x'",
    "long": "Maria Magdalena Theresia von Hohenberg und Waldstein-Wartenberg zu Neuhaus am Inn",
}


@pytest.fixture
def given(app, clock):
    """Ada with a certificate and a second skill that is known."""
    with app.app_context(), writing():
        made = world(app, clock())
        certificate = made.certify(made.skills[0], clock(), "Ada Lovelace")
        certificate.published_at, certificate.shows_recall = clock(), True
        db.session.commit()
        return made.user, certificate.id, made.skills[1].slug


def test_a_known_skill_becomes_a_certificate(watched, app, given):
    user, _, slug = given
    page = watched.tab()
    people.log_in(page, app, user)
    page.goto(f"/paths/herbs/{slug}")
    page.get_by_role("button", name="Take the closing check").click()
    for number in range(5):
        expect(page.locator("#check")).to_contain_text(f"{number + 1} of 5")
        page.get_by_label("Write down what you know").fill("what I remember")
        page.get_by_role("button", name="Answer").click()
        page.get_by_role("button", name="Yes").click()
    page.get_by_role("link", name="Take the certificate").click()
    page.get_by_label("Your name as it should stand").fill("Ada King")
    page.get_by_role("button", name="Issue the certificate").click()
    expect(page.get_by_role("article", name="Certificate")).to_contain_text("Ada King")

    page.get_by_label("Publish its page").check()
    page.get_by_role("button", name="Save").click()
    address = page.locator("#share-title ~ p a").first.get_attribute("href")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download", exact=True).click()
    assert download.value.suggested_filename.endswith(".pdf")

    stranger = watched.tab(viewport={"width": 390, "height": 844})
    stranger.goto("/c/" + address.rsplit("/", 1)[1])
    expect(stranger.locator("main")).to_contain_text("Authentic?")
    expect(stranger.locator("main")).to_contain_text("Ada King")


def test_a_check_can_be_taken_by_keyboard_alone(page, app, given):
    user, _, slug = given
    people.log_in(page, app, user)
    page.goto(f"/paths/herbs/{slug}")
    page.get_by_role("button", name="Take the closing check").focus()
    page.keyboard.press("Enter")
    for _ in range(5):
        expect(page.get_by_label("Write down what you know")).to_be_focused()
        page.keyboard.type("from memory")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Yes")).to_be_visible()
        page.get_by_role("button", name="Yes").focus()
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Passed")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_pages_of_certificates_have_no_barrier(watched, app, given, scheme, size):
    user, number, slug = given
    width, height = SIZES[size]
    page = watched.tab(color_scheme=scheme, viewport={"width": width, "height": height})
    found = []
    for address in (f"/c/{number}", "/issuer", "/achievements/1"):
        page.goto(address)
        found += faults(page)
    people.log_in(page, app, user)
    for address in ("/certificates/", f"/certificates/{number}", f"/paths/herbs/{slug}"):
        page.goto(address)
        found += faults(page)
    page.get_by_role("button", name="Take the closing check").click()
    found += faults(page)
    page.get_by_label("Write down what you know").fill("x" * 200)
    page.get_by_role("button", name="Answer").click()
    page.get_by_role("button", name="No", exact=True).wait_for()
    found += faults(page)
    assert found == []


@pytest.mark.parametrize("kind", NAMES)
def test_any_name_stands_as_text_and_does_nothing(watched, app, clock, kind):
    with app.app_context(), writing():
        made = world(app, clock())
        certificate = made.certify(made.skills[0], clock(), NAMES[kind])
        certificate.published_at = clock()
        db.session.commit()
        number = certificate.id
    page = watched.tab(viewport={"width": 390, "height": 844})
    page.goto(f"/c/{number}")
    expect(page.locator(".holder")).to_have_text(NAMES[kind])
    assert faults(page) == []
