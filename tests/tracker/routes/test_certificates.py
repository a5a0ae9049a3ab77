"""The pages and files of certificates: for their learner, for others, for nobody else."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import select

from tests.factories import answer, cards_of, make_user
from tests.tracker.certificates import world
from tracker import certificates
from tracker.db import db, writing
from tracker.models import Skill, User

FORMS = ("json", "jwt", "png", "svg", "pdf", "zip")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def made(app, now, login):
    """Ada with a certificate, Eve without, the owner; and how to reach it as each of them."""
    with app.app_context(), writing():
        given = world(app, now)
        one = given.certify(given.skills[0], now, "Ada Lovelace")
        eve, owner = make_user(name="Eve"), make_user(name="Olga", is_owner=True)
        db.session.commit()
        found = {
            "user": given.user.id,
            "id": one.id,
            "until": one.valid_until,
            "skill": given.skills[0].slug,
        }
        people = {"ada": given.user, "eve": eve, "owner": owner}

    def client_of(who):
        client = app.test_client()
        return login(client, people[who]) if who in people else client

    return found | {"as": client_of, "other": given.skills[1].slug}


def share(made, **values):
    answer = made["as"]("ada").post(f"/certificates/{made['id']}/share", data=values)
    assert answer.status_code == 303


def pages(made):
    base = f"/c/{made['id']}"
    return [base, *(f"{base}.{form}" for form in FORMS), f"{base}/log"]


@pytest.mark.parametrize("who", ["stranger", "eve", "owner"])
def test_nothing_is_there_for_others_until_it_is_published(made, who):
    client = made["as"](who)
    for page in pages(made):
        found = client.get(page)
        assert found.status_code == 404, page
        assert b"Ada" not in found.data and b"ada-secret" not in found.data


@pytest.mark.parametrize("who", ["stranger", "eve", "owner", "ada"])
def test_once_published_everybody_sees_all_but_the_log(made, who):
    share(made, published="on")
    client = made["as"](who)
    for page in pages(made)[:-1]:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert b"ada-secret" not in answer.data
    assert client.get(pages(made)[-1]).status_code == (200 if who == "ada" else 404)


def test_the_log_is_open_only_where_the_learner_opens_it(made):
    share(made, published="on", log="on")
    answer = made["as"]("stranger").get(f"/c/{made['id']}/log")
    assert answer.status_code == 200
    head = json.loads(answer.text.splitlines()[0])
    assert head["certificate"] == str(made["id"])
    assert "ada-secret" not in answer.text


def test_taken_down_it_is_gone(made):
    share(made, published="on")
    share(made)
    assert made["as"]("stranger").get(f"/c/{made['id']}").status_code == 404


def test_recall_of_today_is_shown_only_where_the_learner_shows_it(made):
    share(made, published="on")
    page = made["as"]("stranger").get(f"/c/{made['id']}").text
    assert "The learner does not show this" in page
    share(made, published="on", recall="on")
    page = made["as"]("stranger").get(f"/c/{made['id']}").text
    assert "A model’s estimate" in page and "% of its cards" in page


def test_a_guess_finds_nothing(made):
    share(made, published="on")
    client = made["as"]("stranger")
    for guess in (uuid.uuid4(), uuid.UUID(int=made["id"].int ^ 1)):
        assert client.get(f"/c/{guess}").status_code == 404
    for wrong in ("1", "none", str(made["id"])[:-1], "../" + str(made["id"])):
        assert client.get(f"/c/{wrong}").status_code == 404


@pytest.mark.parametrize("who", ["eve", "owner", "stranger"])
@pytest.mark.parametrize("action", ["share", "withdraw", ""])
def test_nobody_else_can_act_on_it(made, who, action):
    client, address = made["as"](who), f"/certificates/{made['id']}"
    answer = client.post(f"{address}/{action}") if action else client.get(address)
    assert answer.status_code == (303 if who == "stranger" else 404)
    assert made["as"]("stranger").get(f"/c/{made['id']}").status_code == 404


def test_page_json_and_pdf_agree_on_the_last_day(made):
    from pypdf import PdfReader

    client = made["as"]("ada")
    until = made["until"]
    words = f"{until.day} {until:%B %Y}"
    assert words in client.get(f"/certificates/{made['id']}").text
    assert words in client.get(f"/c/{made['id']}").text
    signed = client.get(f"/c/{made['id']}.json").json
    assert signed["validUntil"] == until.strftime("%Y-%m-%dT%H:%M:%SZ")
    pdf = PdfReader(io.BytesIO(client.get(f"/c/{made['id']}.pdf").data))
    assert words in pdf.pages[0].extract_text()


def test_every_form_holds_the_same_signed_bytes(made):
    from tracker.credentials import baking, pdf

    client, base = made["as"]("ada"), f"/c/{made['id']}"
    signed = client.get(f"{base}.json").data
    assert baking.read_png(client.get(f"{base}.png").data).encode() == signed
    assert baking.read_svg(client.get(f"{base}.svg").data).encode() == signed
    assert pdf.read(client.get(f"{base}.pdf").data) == signed
    packed = zipfile.ZipFile(io.BytesIO(client.get(f"{base}.zip").data))
    assert signed in [packed.read(name) for name in packed.namelist()]
    assert client.get(f"{base}.pdf").data == client.get(f"{base}.pdf").data


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/status/1", "application/ld+json"),
        ("/.well-known/did.json", "application/did+json"),
        ("/.well-known/jwks.json", "application/jwk-set+json"),
        ("/issuer", "application/ld+json"),
    ],
)
def test_what_verifiers_fetch_has_its_type_and_is_open_to_other_sites(made, path, kind):
    answer = made["as"]("stranger").get(path, headers={"Accept": "application/ld+json"})
    assert answer.status_code == 200 and answer.mimetype == kind
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert json.loads(answer.text)


def test_a_status_list_is_a_token_for_whoever_takes_only_that(made):
    client = made["as"]("stranger")
    answer = client.get("/status/1", headers={"Accept": "application/vc+jwt"})
    assert answer.mimetype == "application/vc+jwt" and answer.text.count(".") == 2
    first = client.get("/status/1")
    again = client.get("/status/1", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/status/9").status_code == 404


def test_a_downloaded_picture_can_run_nothing(made):
    answer = made["as"]("ada").get(f"/c/{made['id']}.svg")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("form", ["exe", "clr", "JSON", "pdf.exe"])
def test_other_forms_are_not_there(made, form):
    assert made["as"]("ada").get(f"/c/{made['id']}.{form}").status_code == 404


def test_withdrawn_its_page_says_so_and_nothing_else(made):
    share(made, published="on", log="on")
    ada = made["as"]("ada")
    ada.post(f"/certificates/{made['id']}/withdraw")
    assert "withdrawn" in ada.get(f"/certificates/{made['id']}").text
    stranger = made["as"]("stranger")
    page = stranger.get(f"/c/{made['id']}")
    assert page.status_code == 200 and "Withdrawn" in page.text and "Lovelace" not in page.text
    assert all(stranger.get(at).status_code == 404 for at in pages(made)[1:])


def test_revoked_it_says_so_and_why(made):
    share(made, published="on")
    olga = made["as"]("owner")
    assert "Lovelace" in olga.get("/certificates/issued").text
    address = f"/certificates/issued/{made['id']}/revoke"
    assert olga.post(address, data={"reason": ""}).status_code == 422
    assert olga.post(address, data={"reason": "A test"}).status_code == 303
    page = made["as"]("stranger").get(f"/c/{made['id']}").text
    assert "No, revoked" in page and "A test" in page


def test_only_the_owner_revokes(made):
    for who in ("ada", "eve"):
        client = made["as"](who)
        assert client.get("/certificates/issued").status_code == 404
        answer = client.post(f"/certificates/issued/{made['id']}/revoke", data={"reason": "x"})
        assert answer.status_code == 404


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain form", "htmx"])
def test_from_check_to_certificate_by_the_pages_alone(made, headers, now):
    ada = made["as"]("ada")
    skill = f"/paths/herbs/{made['other']}"
    assert "Take the closing check" in ada.get(skill).text
    check = ada.post(f"/checks/start/herbs/{made['other']}").location
    for number in range(5):
        assert f"{number + 1} of 5" in ada.get(check).text
        sent = {"card": number, "wrote": "something"}
        page = ada.post(f"{check}/write", data=sent, headers=headers, follow_redirects=True)
        assert "something" in page.text and "Does what you wrote say the same?" in page.text
        sent = {"card": number, "right": "yes"}
        page = ada.post(f"{check}/judge", data=sent, headers=headers, follow_redirects=True)
    assert "Passed" in page.text and "5 of 5 right" in page.text

    claim = f"/certificates/claim/skill/herbs/{made['other']}"
    assert ada.get(claim).status_code == 200
    wrong = ada.post(claim, data={"name": "x" * 5000})
    assert wrong.status_code == 422 and "At most 100 characters" in wrong.text
    right = ada.post(claim, data={"name": "Ada <b>Lovelace</b>"})
    page = ada.get(right.location).text
    assert "Ada &lt;b&gt;Lovelace&lt;/b&gt;" in page and "Your certificate" in ada.get(skill).text


def test_the_answer_is_not_on_the_page_before_something_is_written(made):
    ada = made["as"]("ada")
    check = ada.post(f"/checks/start/herbs/{made['other']}").location
    assert "Answer " not in ada.get(check).text
    page = ada.post(f"{check}/write", data={"card": 0, "wrote": ""}, headers=HTMX)
    assert page.status_code == 422 and "Answer " not in page.text


def test_claiming_what_is_not_earned_is_refused(made):
    eve = made["as"]("eve")
    for kind, slug in (("skill", made["skill"]), ("section", "section-0"), ("path", "herbs")):
        assert eve.get(f"/certificates/claim/{kind}/herbs/{slug}").status_code == 422
        assert eve.post(f"/certificates/claim/{kind}/herbs/{slug}").status_code == 422
    for address in ("path/herbs/other", "badge/herbs/herbs", "section/herbs/none"):
        assert eve.get(f"/certificates/claim/{address}").status_code == 404


def test_the_end_of_a_session_renews_what_has_moved(app, made, clock, login):
    ada = made["as"]("ada")
    before = ada.get(f"/c/{made['id']}.json").json
    clock.move(days=100)
    with app.app_context(), writing():
        skill = db.session.scalar(select(Skill).where(Skill.slug == made["skill"]))
        for card in cards_of(skill.deck):
            answer(db.session.get_one(User, made["user"]), card, 3, clock())
        db.session.commit()
    ada = made["as"]("ada")
    assert ada.get(f"/c/{made['id']}.json").json == before
    ada.post("/review/start", data={"scope": ""}, buffered=True)
    after = ada.get(f"/c/{made['id']}.json").json
    assert after["id"] == before["id"] and after["awardedDate"] == before["awardedDate"]
    assert after["validFrom"] > before["validFrom"]


def test_today_reminds_before_a_certificate_lapses(made, clock):
    ada = made["as"]("ada")
    assert "Certificates to keep" not in ada.get("/").text
    clock.at = made["until"] - timedelta(days=3)
    ada = made["as"]("ada")
    assert "Certificates to keep" in ada.get("/").text and "in 3 days" in ada.get("/").text


def test_a_published_certificate_can_be_added_to_linkedin(made):
    share(made, published="on")
    page = made["as"]("ada").get(f"/certificates/{made['id']}").text
    link = page.split('href="https://www.linkedin.com/profile/add?', 1)[1].split('"')[0]
    fields = dict(parse_qsl(unescape(link)))
    assert fields["certId"] == str(made["id"])
    assert fields["certUrl"] == f"http://127.0.0.1:8000/c/{made['id']}"
    assert (fields["issueYear"], fields["issueMonth"]) == ("2026", "11")


def test_all_certificates_stand_on_one_page(made):
    page = made["as"]("ada").get("/certificates/").text
    assert str(made["id"]) in page and "1 of 2 core skills" in page
    assert "ready for the closing check" in page
    assert certificates.FORMS
