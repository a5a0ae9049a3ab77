"""Registering: the first account is the owner's, an address has one account, a zone is guessed."""

from __future__ import annotations

import threading

import pytest

from tests.factories import PASSWORD, make_user
from tracker import limits, sessions, users
from tracker.db import db, writing
from tracker.errors import Refused, TooMany

HERE = "192.0.2.1"


@pytest.fixture
def here(app):
    with app.app_context(), writing():
        yield


@pytest.fixture
def learner(here):
    return saved(make_user(email="ada@example.org", name="Ada", is_owner=True))


def saved(user):
    db.session.commit()
    return user


def register(email, now, **values):
    values = {"setup": "", "zone": "Europe/Berlin", "name": "Grace"} | values
    name, zone = values.pop("name"), values.pop("zone")
    return saved(users.register(name, email, PASSWORD, zone, now, **values))


def refused(call, *arguments, **values):
    with pytest.raises(Refused) as error:
        call(*arguments, **values)
    return error.value


def test_the_first_account_needs_the_set_up_link_and_owns_the_place(here, now):
    token = users.setup_token()
    db.session.commit()
    for wrong in ("", "x", token + "x", sessions.hashed(token)):
        assert "owner" in refused(register, "a@example.org", now, setup=wrong).message

    first = register("a@example.org", now, setup=token)
    second = register("b@example.org", now)
    assert (first.is_owner, second.is_owner) == (True, False)
    assert first.settings.zone == "Europe/Berlin"


def test_the_set_up_link_works_once(here, now):
    token = saved(users.setup_token())
    register("a@example.org", now, setup=token)

    assert users.setup_token() is None
    assert register("b@example.org", now, setup=token).is_owner is False


def test_a_place_whose_only_learner_has_left_needs_a_new_link(here, now):
    token = saved(users.setup_token())
    owner = register("a@example.org", now, setup=token)
    users.delete(owner, "a@example.org", PASSWORD, HERE, now)
    db.session.commit()

    refused(register, "b@example.org", now, setup=token)
    refused(register, "b@example.org", now)


def test_a_new_start_makes_the_link_before_it_void(here, now):
    old, new = saved(users.setup_token()), saved(users.setup_token())
    refused(register, "a@example.org", now, setup=old)
    assert register("a@example.org", now, setup=new).is_owner


def test_closed_registration_lets_nobody_in(learner, now):
    users.set_open(False)
    db.session.commit()
    assert "closed" in refused(register, "b@example.org", now).message

    users.set_open(True)
    db.session.commit()
    register("b@example.org", now)


@pytest.mark.parametrize("email", ["ada@example.org", " ADA@Example.ORG ", "Ada@EXAMPLE.org"])
def test_an_address_has_one_account(learner, now, email):
    error = refused(register, email, now)
    assert error.field == "email"


def test_an_address_is_one_however_its_accents_are_typed(here, now):
    saved(make_user(is_owner=True))
    register("jos\N{LATIN SMALL LETTER E WITH ACUTE}@example.org", now)
    refused(register, "jose\N{COMBINING ACUTE ACCENT}@example.org", now)


def test_an_address_too_long_to_store_is_refused(learner, now):
    email = "\N{LATIN SMALL LIGATURE FFI}" * 64 + "@" + "x" * 120 + ".org"
    assert "254" in refused(register, email, now).message
    assert "254" in refused(users.change_account, learner, "A", email, PASSWORD, HERE, now).message


@pytest.mark.parametrize("zone", ["", "Moon/Base", "../../etc/passwd", "x" * 900, "\0", "Europe"])
def test_an_unknown_zone_becomes_utc(here, now, zone):
    saved(make_user(is_owner=True))
    assert register("a@example.org", now, zone=zone).settings.zone == "UTC"


def test_two_who_register_one_address_at_once_get_one_account(app, database, now):
    with app.app_context(), writing():
        saved(make_user(is_owner=True))
    outcomes, start = [], threading.Barrier(3)

    def run():
        with app.app_context():
            start.wait()
            try:
                register("a@example.org", now)
                outcomes.append("made")
            except Refused as error:
                outcomes.append(error.field)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["email", "email", "made"]


def test_accounts_of_one_address_are_limited_and_so_is_asking_who_has_one(learner, now):
    for _ in range(limits.ACCOUNTS_PER_ADDRESS_A_DAY):
        limits.count_new(HERE, now)
    db.session.commit()

    with pytest.raises(TooMany):
        register("ada@example.org", now, address=HERE)
    with pytest.raises(TooMany):
        users.change_account(learner, "Ada", "b@example.org", PASSWORD, HERE, now)
