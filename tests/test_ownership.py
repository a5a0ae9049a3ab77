"""The ownership matrix, made from the URL map: every route, method, person and id.

What belongs to a learner is seen and changed by that learner alone; to anybody else it does not
exist. A route that no row of RULES declares makes a test fail.
"""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from cards.models import Deck, Media
from tests.factories import answer, cards_of, enrol, make_card, make_deck, make_path, make_user
from tests.tracker.certificates import signer as sign_as
from tracker import certificates, sessions, web
from tracker.app import create_app
from tracker.db import Model, db, writing
from tracker.models import ClosingCheck, Skill

# Who may call what: everything else asks to log in, or is not there.
RULES = {
    "anyone": {
        "auth.register", "auth.create", "auth.passphrase", "auth.login", "auth.enter",
        "today.index", "paths.index", "paths.show", "skills.show", "health.show", "media.show",
        "credentials.show", "credentials.file", "credentials.log", "credentials.status",
        "credentials.did", "credentials.jwks", "credentials.about", "credentials.achievement",
    },
    "learner": {
        "auth.logout", "paths.enrol", "paths.leave", "skills.skip", "skills.unskip",
        "reviews.show", "reviews.start", "reviews.answer", "reviews.undo", "reviews.mark",
        "reviews.more", "settings.index", "settings.study", "settings.theme", "settings.account",
        "settings.password", "settings.end_others", "settings.end_one", "settings.delete",
        "progress.index", "progress.path", "progress.section", "progress.skill", "cards.show",
        "model.index", "model.progress", "model.fit", "model.undo",
        "stats.index", "stats.add", "stats.remove", "stats.weekdays",
        "forecasts.show", "forecasts.make", "forecasts.use", "forecasts.ready", "forecasts.plan",
        "returning.show", "returning.look", "returning.use",
        "checks.start", "checks.show", "checks.write", "checks.judge",
        "certificates.index", "certificates.new", "certificates.claim", "certificates.show",
        "certificates.share", "certificates.withdraw",
    },
    "owner": {"settings.registration", "certificates.issued", "certificates.revoke"},
}  # fmt: skip
# What the owner may do to what is another's; tests/tracker/routes/test_certificates.py has it.
BY_RIGHT = {"certificates.revoke"}
SECRET = "Words of Ada alone"


@pytest.fixture
def world(app, now):
    """Ada, with something of everything; Eve, who is enrolled too; the owner of the place."""
    with app.app_context(), writing():
        deck = make_deck(2)
        path = make_path([deck])
        ada = make_user(name=SECRET, email="ada-secret@example.org")
        eve, owner = make_user(name="Eve"), make_user(name="Olga", is_owner=True)
        own = Deck(owner_id=ada.id, name=SECRET)
        db.session.add(own)
        db.session.flush()
        private = make_card(own)
        private.question_html = private.answer_html = f"<p>{SECRET}</p>"
        for user in (ada, eve):
            enrol(user, path)
        review = answer(ada, make_card(deck), 3, now, duration=98765).review
        cookie = sessions.start(ada, now, remember=True, agent=SECRET, address="192.0.2.77")
        db.session.add(
            Media(namespace="path", name="a.png", type="image/png", sha256="", data=b"x")
        )
        db.session.commit()
        for card in cards_of(deck):  # what is not remembered is not certified
            if card.id != review.card_id:
                answer(ada, card, 3, now)
        check, certificate = earned(app, ada, path, now)
        name = sessions.hashed(cookie.split(".")[1])[:16]
        skill = db.session.scalar(select(Skill))
        made = {
            "ada": ada, "eve": eve, "owner": owner, "session": name, "review": str(review.id),
            "check": check.id, "certificate": certificate.id,
            "private": private.id, "card": review.card_id, "path": path.slug, "skill": skill.slug,
        }  # fmt: skip
        db.session.commit()
        return made


def earned(app, user, path, now):
    """A closing check that was passed, and the certificate of it, which is not published."""
    skill = db.session.scalars(select(Skill).where(Skill.path_id == path.id)).first()
    check = ClosingCheck(
        user_id=user.id, id=uuid.uuid4(), skill_id=skill.id, day=1, started_at=now,
        finished_at=now, passed=True, cards=[1], answers=[{"wrote": SECRET, "right": True}],
    )  # fmt: skip
    db.session.add(check)
    db.session.flush()
    signer = sign_as(app, now)
    return check, certificates.claim(
        user, certificates.of_skill(skill), certificates.Wanted(SECRET), signer, now
    )


def rows_of(app, user):
    """Every row of one learner in every table."""
    with app.app_context():
        found = {}
        for table in Model.metadata.sorted_tables:
            column = table.c.get("user_id", table.c.get("owner_id"))
            column = table.c.id if table.name == "users" else column
            if column is not None:
                rows = db.session.execute(table.select().where(column == user.id))
                found[table.name] = sorted(map(repr, rows))
        return found


def rule_of(app, endpoint):
    return app.view_functions[endpoint].access


def calls(app, world):
    """Every route and method with every kind of id that it could be given: known, foreign, none."""
    ids = {
        "slug": [world["path"], world["skill"], "none", "1", "\0", "x" * 300],
        "path": [world["path"], "none"],
        "section": ["section-0", "none"],
        "number": [1, world["private"], world["card"], 10**15],
        "namespace": [world["path"], "none"],
        "certificate": [world["certificate"], uuid.UUID(int=1)],
        "check": [world["check"], uuid.UUID(int=1)],
        "kind": ["skill", "path", "none"],
        "form": ["json", "zip", "exe"],
        "name": [world["session"], "a.png", "none", "\N{SNOWMAN}", "\0"],
    }
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        choices = [{}]
        for argument in sorted(rule.arguments):
            choices = [chosen | {argument: one} for chosen in choices for one in ids[argument]]
        for chosen in choices:
            with app.test_request_context():
                address = rule.build(chosen)[1]
            for method in sorted(rule.methods - {"OPTIONS"}):
                yield rule.endpoint, method, address


def forms(world):
    """What somebody could send to act on Ada's things."""
    of_ada = {"published": "on", "reason": "mine", "wrote": "x", "right": "yes", "name": "Eve",
              "card": world["private"], "review": world["review"], "rating": "1", "action": "flag",
              "user_id": world["ada"].id, "scope": ""}  # fmt: skip
    return [
        of_ada,
        of_ada | {"card": world["card"], "action": "suspend"},
        of_ada | {"card": 10**15, "scope": "path-999"},
        of_ada | {"card": "-1", "review": "x", "scope": "' OR 1=1", "action": "drop"},
    ]


def test_every_route_is_declared(app):
    declared = {endpoint: rule for rule, names in RULES.items() for endpoint in names}
    found = {name: rule_of(app, name) for name in app.view_functions if name != "static"}
    assert found == declared


def test_a_route_without_a_declaration_does_not_start(tmp_path, monkeypatch):
    from tracker.routes import health

    monkeypatch.delattr(health.show, "access")
    with pytest.raises(RuntimeError, match=r"health\.show needs @web\.access"):
        create_app({"DATA": tmp_path, "SECRET_KEY": "x" * 32})
    assert web.access("anyone")


@pytest.mark.parametrize("who", ["anonymous", "eve", "owner"])
@pytest.mark.parametrize("htmx", [False, True])
def test_nobody_else_sees_or_changes_what_is_ones_own(app, world, login, who, htmx):
    before = rows_of(app, world["ada"])
    headers = {"HX-Request": "true"} if htmx else {}
    tried = 0
    for endpoint, method, address in calls(app, world):
        if who == "owner" and endpoint in BY_RIGHT:
            continue
        for form in forms(world) if method == "POST" else [None]:
            client = app.test_client()
            if who != "anonymous":
                login(client, world[who])
            tried += 1
            answer = client.open(address, method=method, data=form, headers=headers)
            told = f"{method} {address} {form}: {answer.status_code}"
            assert answer.status_code in {200, 204, 303, 307, 308, 404, 405, 422}, told
            for word in (SECRET, "ada-secret", "192.0.2.77", world["session"]):
                asked = word in address
                assert word not in answer.text or asked, told
            if "%00" in address:
                assert answer.status_code == 404, told
            elif who == "anonymous" and rule_of(app, endpoint) != "anyone":
                assert answer.status_code in {204, 303}, told
                to = answer.headers.get("HX-Redirect") or answer.location
                assert to.startswith("/login"), told
            if who == "eve" and rule_of(app, endpoint) == "owner":
                assert answer.status_code == 404, told
    assert tried > 100
    assert rows_of(app, world["ada"]) == before


@pytest.mark.parametrize(
    ("address", "values"),
    [
        ("/review/answer", {"rating": "3", "review": "0190a1b2-0000-7000-8000-000000000000"}),
        ("/review/mark", {"action": "flag"}),
        ("/review/mark", {"action": "suspend"}),
        ("/review/mark", {"action": "bury"}),
    ],
)
@pytest.mark.parametrize("card", ["private", "none"])
def test_another_learners_card_is_not_there(app, client, world, login, address, values, card):
    login(client, world["eve"])
    number = world["private"] if card == "private" else 10**9
    answer = client.post(address, data=values | {"card": number})
    assert answer.status_code == 404
    assert SECRET not in answer.text


def test_ones_own_card_is_there(app, client, world, login):
    login(client, world["ada"])
    data = {"card": world["private"], "action": "flag"}
    answer = client.post("/review/mark", data=data, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and SECRET in answer.text


def test_another_learners_review_cannot_be_taken_back(app, client, world, login):
    login(client, world["eve"])
    assert client.post("/review/undo", data={"review": world["review"]}).status_code == 404


def test_another_learners_session_cannot_be_ended(app, client, world, login):
    login(client, world["eve"])
    assert client.post(f"/settings/sessions/{world['session']}/end").status_code == 404


def test_the_owner_of_the_place_has_no_way_into_an_account(app, client, world, login):
    login(client, world["owner"])
    page = client.get("/settings/").text
    assert SECRET not in page and "ada-secret" not in page
