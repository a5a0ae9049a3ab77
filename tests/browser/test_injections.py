"""Nothing that authors or learners write is ever run or sent, with the CSP and without it."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page

from cards import render
from cards.models import Card, Deck, Note
from tests.browser import people
from tests.browser.payloads import PAYLOADS
from tests.factories import enrol, make_deck, make_path, make_user
from tracker.db import db, writing
from tracker.models import Section, Skill

VENDOR = Path(__file__).parents[2] / "tracker" / "static" / "vendor" / "htmx.min.js"
PER_PAGE = 40


def hostile_card(deck: Deck, number: int, payload: str) -> None:
    """A card whose every text is the payload, rendered as an installed one is."""
    cloze = number % 3 == 0
    text = f"{{{{c1::{payload}}}}}" if cloze else payload
    kind = "cloze" if cloze else "basic"
    question, answer = render.sides(
        kind=kind, question=text, answer=text, cloze=text, variant="c1" if cloze else "q"
    )
    note = Note(
        deck=deck,
        namespace="path",
        name=f"hostile-{number}",
        kind=kind,
        fields={"typed": number % 5 == 0, "accept": [payload]},
        sources=[f"https://example.org/{payload}"],
        tags=[payload[:20]],
        why_html=render.text(payload),
        policy=render.POLICY,
        digest="",
        position=number,
    )
    html = {"question_html": question, "answer_html": answer}
    note.cards.append(Card(deck_id=deck.id, variant="c1", position=number, **html))
    db.session.add(note)


@pytest.fixture
def hostile(app):
    """A learner with a hostile name on a path whose every text is hostile."""
    with app.app_context(), writing():
        user = make_user(name=PAYLOADS[0][:100], new_per_day=900)
        decks = []
        for start in range(0, len(PAYLOADS), PER_PAGE):
            payload = PAYLOADS[start]
            deck = make_deck(0, name=payload[:200])
            deck.trail = [[payload, "/paths/path"], [PAYLOADS[start + 1], "/paths/path#x"]]
            for number, one in enumerate(PAYLOADS[start : start + PER_PAGE], start):
                hostile_card(deck, number, one)
            decks.append(deck)
        path = make_path(decks)
        path.title, path.summary = PAYLOADS[3], PAYLOADS[40]
        path.contributors = [{"name": PAYLOADS[70], "url": "javascript:hacked=1", "roles": ["x"]}]
        for number, skill in enumerate(db.session.scalars(db.select(Skill))):
            skill.title, skill.summary = PAYLOADS[number * 7][:200], PAYLOADS[number * 11]
            skill.notes_html = render.text("\n\n".join(PAYLOADS[number * 30 : number * 30 + 40]))
            skill.resources = [
                {"type": "article", "title": PAYLOADS[5], "url": "javascript:hacked=1"}
            ]
        for section in db.session.scalars(db.select(Section)):
            section.title, section.intro = PAYLOADS[9][:200], PAYLOADS[60]
        enrol(user, path)
        slugs = db.session.scalars(db.select(Skill.slug)).all()
        db.session.commit()
    return user, [f"/paths/path/{slug}" for slug in slugs]


def look(page: Page, address: str) -> None:
    """Open a page, point at things and wait for whatever would come."""
    page.goto(address)
    page.evaluate("""() => {
        for (const details of document.querySelectorAll("details")) details.open = true;
        for (const one of document.querySelectorAll("main *")) {
            for (const name of ["mouseenter", "mouseover", "focus", "toggle"])
                one.dispatchEvent(new Event(name, {bubbles: false}));
        }
        scrollTo(0, document.body.scrollHeight);
    }""")
    page.wait_for_timeout(150)


@pytest.mark.parametrize("csp", ["with", "without"])
def test_nothing_hostile_runs_or_sends(watched, app, hostile, csp):
    user, skills = hostile
    page = watched.tab(bypass_csp=csp == "without")
    sent: list[str] = []
    page.on("request", lambda request: "hacked" in request.url and sent.append(request.url))
    page.on("dialog", lambda dialog: sent.append("a dialog"))
    people.log_in(page, app, user)

    for address in ("/", "/paths/", "/paths/?q=<script>", "/paths/path", "/settings/", *skills):
        look(page, address)
        assert page.evaluate("window.hacked") is None, address
        assert page.locator("main [onerror], main [onload], .prose [hx-get]").count() == 0
    for _ in range(12):
        look(page, "/review/")
        assert page.evaluate("window.hacked") is None
        page.locator('[name="rating"][value="4"]').dispatch_event("click")
        page.wait_for_load_state("networkidle")
    assert sent == []
    assert len(PAYLOADS) >= 200


class Bare(BaseHTTPRequestHandler):
    """A page without any defence: what the payloads do there shows that they are real."""

    hits: list[str]
    body = ""

    def do_GET(self) -> None:
        self.server.hits.append(self.path)  # type: ignore[attr-defined]
        self.send_response(200)
        found = VENDOR.read_text() if self.path == "/htmx.js" else self.server.page  # type: ignore[attr-defined]
        kind = "text/javascript" if self.path == "/htmx.js" else "text/html"
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(found.encode())

    do_POST = do_PUT = do_DELETE = do_GET

    def log_message(self, *args: object) -> None:
        """Quiet."""


def test_without_any_defence_they_do(browser):
    server = HTTPServer(("127.0.0.1", 0), Bare)
    server.hits = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    worked = 0
    for payload in PAYLOADS:
        page = browser.new_page()
        server.hits.clear()  # type: ignore[attr-defined]
        server.page = f"<!doctype html><script src=/htmx.js></script><body>{payload}"  # type: ignore[attr-defined]
        page.goto(f"http://127.0.0.1:{server.server_port}/page", wait_until="commit")
        page.wait_for_timeout(60)
        try:
            ran = page.evaluate("window.hacked") is not None
        except Error:
            ran = True  # it led the page away
        worked += ran or any("hacked" in hit for hit in server.hits)  # type: ignore[attr-defined]
        page.close()
    server.shutdown()
    server.server_close()
    assert worked >= 100
