"""What somebody does at the screen, for the stories."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import Page, expect

from cards.models import Note
from tests.factories import PASSWORD, enrol, make_card, make_deck, make_path, make_user
from tracker import passwords, sessions, users
from tracker.db import db, writing
from tracker.models import User

CODE = '<div class="highlight"><pre><code><span class="nb">print</span>(1)</code></pre></div>'


def set_up(app: Flask) -> str:
    """The address of the page where the owner's account is made."""
    with app.app_context(), writing():
        token = users.setup_token()
        db.session.commit()
    return f"/register?setup={token}"


def learner(app: Flask, cards: int = 12, **values: object) -> User:
    """Somebody with a password who studies a path of two sections with cards of every kind."""
    with app.app_context(), writing():
        user = make_user(password_hash=passwords.hashed(PASSWORD), **values)
        first, second = make_deck(cards, name="Decorators"), make_deck(0, name="Clozes")
        cloze = make_card(second, ("c1", "c2"))
        cloze.question_html = '<p>A <span class="cloze-gap">[…]</span> wraps a function.</p>'
        cloze.answer_html = '<p>A <span class="cloze-word">decorator</span> wraps a function.</p>'
        typed = make_card(second, typed=True)
        typed.answer_html = "<p><code>wraps</code></p>"
        coded = make_card(second)
        coded.question_html = f"<p>What does this print?</p>{CODE}"
        note = db.session.get_one(Note, coded.note_id)
        note.why_html = "<p>Because it is so.</p>"
        enrol(user, make_path([first, second], sections=2))
        db.session.commit()
    return user


def log_in(page: Page, app: Flask, user: User) -> None:
    """The session's cookie as the log-in form would set it."""
    clock = app.config["CLOCK"]
    with app.app_context(), writing():
        found = db.session.get_one(User, user.id)
        token = sessions.start(found, clock(), remember=True, agent="browser", address="")
        db.session.commit()
    page.goto("/login")
    page.context.add_cookies([{"name": "perennial", "value": token, "url": page.url}])


def type_password(page: Page, user: User, password: str = PASSWORD) -> None:
    """Log in by the form."""
    page.goto("/login")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in").click()


def question(page: Page) -> str:
    """The question on the table."""
    return page.locator("#question").inner_text()


def settle(page: Page, before: str) -> None:
    """Wait until another card, or the end, is shown."""
    expect(page.locator("#review")).not_to_contain_text(before)
