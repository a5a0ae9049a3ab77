"""Certificates: earned, named, kept by reviewing, taken back; every figure computed again."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from datetime import UTC, datetime, timedelta

import fsrs
import pytest
from sqlalchemy import func, select

from cards import mastery, scheduler
from cards.scheduler import Rating
from tests.factories import answer, cards_of, make_user
from tests.tracker.certificates import world
from tracker import certificates, users
from tracker.app import issuer
from tracker.certificates import Wanted, evidence
from tracker.db import db
from tracker.errors import NotFound, Refused
from tracker.models import Achievement, Certificate, StatusEntry, StatusList, User

HOSTILE = "A\u0000d\u0007a\u202e \u200b Love\u200dlace\ud800"


@pytest.fixture
def given(app, now):
    with app.app_context():
        yield world(app, now)


def document(certificate):
    return json.loads(certificate.document)


def rows(table):
    return db.session.scalar(select(func.count()).select_from(table))


def test_a_skill_is_earned_by_a_passed_check_alone(given, now):
    skill = given.skills[0]
    with pytest.raises(Refused, match="Not completed yet"):
        given.claim(certificates.of_skill(skill), now)
    given.passed(skill, now, rights=3)  # of five
    with pytest.raises(Refused, match="Not completed yet"):
        given.claim(certificates.of_skill(skill), now)


def test_asked_for_twice_it_is_the_same_certificate(given, now):
    first = given.certify(given.skills[0], now)
    again = given.claim(certificates.of_skill(given.skills[0]), now + timedelta(hours=1))
    assert again is first and rows(Certificate) == 1


@pytest.mark.parametrize(
    ("wanted", "stands"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("  Ada \n\t Lovelace ", "Ada Lovelace"),
        ("", ""),
        (HOSTILE, "Ada Love\u200dlace"),
        ("e\u0301", "\u00e9"),
        ("李小龙", "李小龙"),
        ("محمد الخوارزمي", "محمد الخوارزمي"),
        ("דוד בן־גוריון", "דוד בן־גוריון"),
        ("प्रिया शर्मा", "प्रिया शर्मा"),
        ("x" * 100, "x" * 100),
    ],
)
def test_the_name_stands_as_wanted(given, now, wanted, stands):
    made = given.certify(given.skills[0], now, wanted)
    assert made.name == stands
    names = [
        one["identityHash"]
        for one in document(made)["credentialSubject"].get("identifier", [])
        if one["identityType"] == "name"
    ]
    assert names == ([stands] if stands else [])


def test_a_name_of_5000_characters_leaves_no_trace(given, now):
    given.passed(given.skills[0], now)
    db.session.commit()
    with pytest.raises(Refused, match="At most 100 characters"):
        given.claim(certificates.of_skill(given.skills[0]), now, "x" * 5000)
    db.session.rollback()
    assert [rows(table) for table in (Certificate, Achievement, StatusEntry)] == [0, 0, 0]


def test_the_address_is_in_it_as_a_salted_hash_only_if_wanted(given, now):
    given.passed(given.skills[0], now)
    subject = certificates.of_skill(given.skills[0])
    wanted = Wanted("Ada", email=True)
    made = certificates.claim(given.user, subject, wanted, issuer(given.app, now), now)
    text = made.document.decode()
    (hashed,) = [
        one
        for one in document(made)["credentialSubject"]["identifier"]
        if one["identityType"] == "emailAddress"
    ]
    salted = "ada-secret@example.org" + hashed["salt"]
    assert hashed["identityHash"] == "sha256$" + hashlib.sha256(salted.encode()).hexdigest()
    assert "ada-secret" not in text
    assert "emailAddress" not in given.certify(given.skills[1], now).document.decode()


def test_every_figure_can_be_computed_again_from_the_log(given, now):
    made = given.certify(given.skills[0], now)
    log = zlib.decompress(made.log)
    digest = "sha256-" + base64.b64encode(hashlib.sha256(log).digest()).decode()
    assert digest in made.document.decode()
    assert evidence.figures(log) == made.facts

    # By fsrs itself and plain arithmetic, from the ratings and days alone.
    head, *lines = map(json.loads, log.splitlines())
    answers = [line for line in lines if "rating" in line]
    today = datetime.fromisoformat(head["day"])
    recall = []
    for name in {line["card"] for line in answers}:
        card, when = fsrs.Card(card_id=1), None
        model = fsrs.Scheduler(head["parameters"][0], learning_steps=(), enable_fuzzing=False)
        for line in [one for one in answers if one["card"] == name]:
            at = datetime.fromisoformat(line["day"]).replace(tzinfo=UTC)
            when = at
            card, _ = model.review_card(card, fsrs.Rating(line["rating"]), at)
        (kept,) = [one["stability"] for one in lines if one.get("card") == name and "passes" in one]
        assert kept == pytest.approx(card.stability, rel=1e-9)
        ahead = (today.replace(tzinfo=UTC) - when).days + mastery.HORIZON
        recall.append(scheduler.recall_of(card.stability, ahead, head["parameters"][0][20]))
    assert made.facts["ahead"] == pytest.approx(sum(recall) / len(recall), rel=1e-9)
    assert made.facts["reviews"] == len(answers) == 20
    assert made.facts["days"] == len({line["day"] for line in answers}) == 4


def results(certificate):
    """The figures in the signed document, by the end of their ids."""
    found = document(certificate)["credentialSubject"]["result"]
    return {one["resultDescription"].rpartition("#")[2]: one["value"] for one in found}


def test_the_signed_figures_are_those_of_the_log(given, now):
    made = given.certify(given.skills[0], now)
    facts, signed = made.facts, results(made)
    assert signed["reviews"] == str(facts["reviews"]) == "20"
    assert signed["recall-30-days"] == f"{facts['ahead']:.3f}"
    assert signed["closing-check"] == "100.0"


def test_without_review_it_lapses_on_the_stated_day(given, now):
    made = given.certify(given.skills[0], now)
    until = made.valid_until
    assert (until.hour, until.minute, until.second) == (23, 59, 59)
    assert document(made)["validUntil"] == until.strftime("%Y-%m-%dT%H:%M:%SZ")
    shown = certificates.shown(made, given.user, until)
    assert shown.held.state in ("valid", "fading")
    later = certificates.shown(made, given.user, until + timedelta(seconds=1))
    assert later.held.state == "lapsed"
    assert (until.date() - now.date()).days <= mastery.LONGEST


def test_the_day_is_the_last_on_which_mean_recall_is_four_in_five(given, now):
    made = given.certify(given.skills[0], now)
    _, *lines = map(json.loads, zlib.decompress(made.log).splitlines())
    cards = [line for line in lines if "passes" in line]
    decay = scheduler.DEFAULT_PARAMETERS[20]

    def mean(day):
        gaps = [(day - datetime.fromisoformat(one["last_day"]).date()).days for one in cards]
        pairs = zip(cards, gaps, strict=True)
        return sum(scheduler.recall_of(one["stability"], gap, decay) for one, gap in pairs) / 5

    last = made.valid_until.date()
    assert mean(last) >= 0.8
    assert mean(last + timedelta(days=1)) < 0.8 or (last - now.date()).days == mastery.LONGEST


def review(given, skill, rating, now):
    for card in cards_of(skill.deck):
        answer(given.user, card, rating, now)


def test_reviews_move_the_day_and_keep_id_and_day_of_award(given, now):
    made = given.certify(given.skills[0], now)
    before, old = made.valid_until, document(made)
    later = now + timedelta(days=90)
    review(given, given.skills[0], Rating.Good, later)
    assert given.renew(later) == [made]
    new = document(made)
    assert made.valid_until >= before + timedelta(days=7)
    assert (new["id"], new["awardedDate"]) == (old["id"], old["awardedDate"])
    assert new["validFrom"] == later.strftime("%Y-%m-%dT%H:%M:%SZ") != old["validFrom"]
    assert new["validUntil"] == made.valid_until.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_less_than_a_week_is_not_worth_a_new_edition(given, now):
    made = given.certify(given.skills[0], now)
    bytes_before = made.document
    assert given.renew(now + timedelta(days=6)) == []
    assert made.document == bytes_before


def test_forgetting_moves_the_day_back_and_the_award_stays(given, now):
    made = given.certify(given.skills[0], now)
    awarded = made.awarded_at
    later = now + timedelta(days=40)
    review(given, given.skills[0], Rating.Again, later)
    assert given.renew(later + timedelta(days=20)) == [made]
    assert made.awarded_at == awarded


def test_what_lapsed_comes_back_by_reviewing(given, now):
    made = given.certify(given.skills[0], now)
    late = made.valid_until + timedelta(days=30)
    assert certificates.shown(made, given.user, late).held.state == "lapsed"
    review(given, given.skills[0], Rating.Good, late)
    given.renew(late)
    assert certificates.shown(made, given.user, late).held.state == "valid"


def test_a_new_name_or_version_never_changes_what_was_issued(given, now):
    made = given.certify(given.skills[0], now)
    before = made.document
    given.user.name = "Augusta King"
    given.path.version = "2"
    other = given.certify(given.skills[1], now)
    assert made.document == before
    assert made.achievement.version == "1" and other.achievement.version == "2"

    later = now + timedelta(days=60)
    review(given, given.skills[0], Rating.Good, later)
    assert given.renew(later) == [made]  # and a new edition keeps the name and version as well
    assert (made.name, document(made)["credentialSubject"]["achievement"]["version"]) == (
        "Ada Lovelace",
        "1",
    )


def revoked(certificate):
    """Whether the served list has the bit of the certificate."""
    listed = json.loads(db.session.get_one(StatusList, certificate.list_number).document)
    packed = listed["credentialSubject"]["encodedList"]
    assert packed.startswith("u")
    packed = packed[1:] + "=" * (-len(packed[1:]) % 4)
    bits = zlib.decompress(base64.urlsafe_b64decode(packed), 47)
    index = certificate.list_index
    return bool(bits[index // 8] & (128 >> index % 8))


def test_the_learner_can_withdraw_for_good_and_claim_again(given, now):
    made = given.certify(given.skills[0], now)
    signer = issuer(given.app, now)
    assert not revoked(made)
    for _ in range(2):
        certificates.withdraw(made, signer, now)
    assert revoked(made)
    assert certificates.shown(made, given.user, now).held.state == "withdrawn"

    again = given.claim(certificates.of_skill(given.skills[0]), now, "A. Lovelace")
    assert again.id != made.id and not revoked(again)
    later = now + timedelta(days=60)
    review(given, given.skills[0], Rating.Good, later)
    assert given.renew(later) == [again]


def test_the_owner_revokes_with_a_reason_and_the_check_is_spent(given, now):
    made = given.certify(given.skills[0], now)
    signer = issuer(given.app, now)
    for reason in ("", "  ", "x" * 201):
        with pytest.raises(Refused, match="Say why"):
            certificates.revoke(made, reason, signer, now)
    certificates.revoke(made, " Somebody  else answered ", signer, now)
    assert revoked(made)
    assert "Somebody else answered" in certificates.shown(made, given.user, now).held.reason
    with pytest.raises(Refused, match="Not completed yet"):
        given.claim(certificates.of_skill(given.skills[0]), now)


def test_a_section_is_earned_when_its_core_skills_are(given, now):
    one, two = given.skills[0], given.skills[2]  # both in the first section
    subject = certificates.of_section(given.path, "section-0")
    assert subject.skills == (one, two)
    given.certify(one, now)
    with pytest.raises(Refused, match=f"Not completed yet: “{two.title}”"):
        given.claim(subject, now)
    given.certify(two, now)
    made = given.claim(subject, now)
    assert [member[1] for member in made.members] == [one.title, two.title]
    assert made.facts["cards"] == 10


def test_skills_that_are_not_core_are_not_asked_for(given, now):
    given.skills[2].importance = "optional"
    given.certify(given.skills[0], now)
    assert given.claim(certificates.of_section(given.path, "section-0"), now)


def test_a_path_holds_the_signed_credentials_of_its_skills(given, now):
    subject = certificates.of_path(given.path)
    made = [given.certify(skill, now) for skill in subject.skills]
    whole = given.claim(subject, now)
    inside = json.loads(whole.whole)["credentialSubject"]["verifiableCredential"]
    assert [json.loads(one.document) for one in made] == inside[1:]
    assert inside[0] == document(whole)


def test_an_issuer_that_gets_a_domain_signs_everything_anew(given, now):
    made = given.certify(given.skills[0], now)
    other = given.certify(given.skills[1], now)
    certificates.withdraw(other, issuer(given.app, now), now)
    before = document(made)
    assert before["issuer"]["id"].startswith("did:key:")
    given.app.config["BASE_URL"] = "https://learn.example.org"
    certificates.resign(issuer(given.app, now), now)
    assert given.renew(now) == [made]
    after = document(made)
    assert after["issuer"]["id"] == "did:web:learn.example.org"
    assert (after["id"], after["awardedDate"]) == (before["id"], before["awardedDate"])
    listed = json.loads(db.session.get_one(StatusList, 1).document)
    assert listed["issuer"] == "did:web:learn.example.org"
    assert revoked(other) and not revoked(made)
    assert certificates.verified(made, issuer(given.app, now), now).authentic


def test_places_in_status_lists_outlive_the_account(given, now):
    made = given.certify(given.skills[0], now)
    certificates.withdraw(made, issuer(given.app, now), now)
    db.session.commit()
    db.session.delete(db.session.get_one(User, given.user.id))
    db.session.commit()
    assert rows(Certificate) == 0
    entry = db.session.scalars(select(StatusEntry)).one()
    assert entry.revoked_at == now


def test_nobody_elses_certificate_is_found(given, now):
    made = given.certify(given.skills[0], now)
    other = make_user()
    with pytest.raises(NotFound):
        certificates.get(other.id, made.id)
    with pytest.raises(NotFound):
        certificates.public(made.id, other.id)
    assert certificates.public(made.id, given.user.id) is made
    assert users.get(other.id) is other


@pytest.mark.parametrize("damage", ["gone", "empty", "garbage", "half"])
def test_lost_or_damaged_keys_sign_nothing_and_leave_no_trace(given, now, damage):
    given.certify(given.skills[0], now)
    given.passed(given.skills[1], now)
    db.session.commit()
    file = given.app.config["DATA"] / "issuer.json"
    assert file.stat().st_mode & 0o777 == 0o600
    text = file.read_text()
    if damage == "gone":
        file.unlink()
    else:
        file.write_text({"empty": "", "garbage": "\x01{", "half": text[: len(text) // 2]}[damage])
    with pytest.raises(Refused, match=r"issuer\.json"):
        given.claim(certificates.of_skill(given.skills[1]), now)
    db.session.rollback()
    assert rows(Certificate) == 1
    assert not file.exists() or file.read_text() != text


def test_a_reminder_comes_two_weeks_before_and_names_the_minutes(given, now):
    made = given.certify(given.skills[0], now)
    assert certificates.reminders(given.user, made.valid_until - timedelta(days=20)) == []
    (one,) = certificates.reminders(given.user, made.valid_until - timedelta(days=5))
    assert (one.days, one.cards, one.title) == (5, 5, made.achievement.title)
    assert one.words.startswith("in 5 days: 5 cards, about ")
    (late,) = certificates.reminders(given.user, made.valid_until + timedelta(days=2))
    assert late.words.startswith("2 days ago: 5 cards")
