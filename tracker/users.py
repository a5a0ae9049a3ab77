"""Accounts: register, log in, change, delete. Functions that hash begin to write by themselves."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from cards import days
from cards.models import SchedulerSettings
from tracker import limits, passwords, sessions
from tracker.db import begin_write, db
from tracker.errors import NotFound, Refused
from tracker.models import Setting, User

THEMES = ("system", "light", "dark")
WRONG = "This e-mail address and password do not belong together."
LONGEST_EMAIL = 254


def register(
    name: str,
    email: str,
    password: str,
    zone: str,
    now: datetime,
    *,
    setup: str = "",
    address: str = "",
) -> User:
    """Make an account; the first one is the owner's and needs the set-up link's token.

    Refused when registration is closed, the token is wrong, the address is taken, or the
    password is weak; TooMany when too many come from `address`. Ends what was read, hashes, then
    begins to write: what was counted is the caller's to commit, even after Refused.
    """
    email = storable(email)
    allowed(setup)
    limits.check_new(address, now)
    passwords.check(password, name, email)
    stored = passwords.hashed(password)
    begin_write()
    limits.count_new(address, now)
    # Of two first accounts at once, the second waits here and then finds the token used.
    db.session.execute(select(Setting).where(Setting.name == "setup").with_for_update())
    first = allowed(setup)
    if by_email(email) is not None:
        raise Refused("There is an account with this address. Log in instead.", "email")
    user = User(name=name.strip(), email=email, password_hash=stored, is_owner=first)
    user.created_at = now
    user.settings = SchedulerSettings(zone=known_zone(zone))
    db.session.add(user)
    if first:
        _forget("setup")
    _flush("There is an account with this address. Log in instead.")
    return user


def allowed(setup: str) -> bool:
    """Whether this would be the first account; Refused where registering is not allowed."""
    if not has_owner():
        if not setup or not secrets.compare_digest(sessions.hashed(setup), fact("setup")):
            raise Refused(
                "The first account is the owner's. Open the set-up link that the server printed "
                "when it started."
            )
        return True
    if not is_open():
        raise Refused("The owner of this installation has closed registration.")
    return False


def authenticate(
    email: str, password: str, address: str, now: datetime, *, browser: str = ""
) -> User:
    """The learner with this address and password; `browser` as `limits.check` wants it.

    Refused (the same words, and as slow, for an unknown address) or TooMany. Counts failures,
    which the caller commits: `begin_write` has been called when this returns or raises Refused.
    """
    email = normal(email)
    limits.check(email, address, now, browser)
    user = by_email(email)
    right = passwords.matches(user.password_hash if user else None, password)
    begin_write()
    # Many tries at once pass the first check together; here they come one by one.
    limits.check(email, address, now, browser)
    if not right:
        limits.failed(email, address, now, browser)
        raise Refused(WRONG)
    limits.passed(email, address, browser)
    found = by_email(email)
    if found is None:
        raise Refused(WRONG)
    return found


def confirm(user: User, password: str, address: str, now: datetime) -> None:
    """Refused (field `current`) unless the password is the learner's; counted like a log-in."""
    try:
        authenticate(user.email, password, address, now)
    except Refused:
        raise Refused("This is not your password.", "current") from None


def change_password(user: User, current: str, new: str, address: str, now: datetime) -> None:
    """Set a new password and end every session of the learner."""
    passwords.check(new, user.name, user.email)
    number, stored = user.id, passwords.hashed(new)
    confirm(user, current, address, now)
    db.session.get_one(User, number).password_hash = stored
    sessions.end_all(number)


def change_account(
    user: User, name: str, email: str, current: str, address: str, now: datetime
) -> None:
    """Change the name, and the e-mail address if the password is right."""
    number, email = user.id, storable(email)
    if email != user.email:
        limits.check_new(address, now)
        confirm(user, current, address, now)
        limits.count_new(address, now)
    else:
        begin_write()
    other = by_email(email)
    if other is not None and other.id != number:
        raise Refused("Another account has this address.", "email")
    changed = db.session.get_one(User, number)
    changed.name, changed.email = name.strip(), email
    _flush("Another account has this address.")


def delete(user: User, typed: str, current: str, address: str, now: datetime) -> None:
    """Delete the account and everything of theirs; the address must be typed to confirm."""
    number = user.id
    if normal(typed) != user.email:
        raise Refused("Type your e-mail address exactly to delete the account.", "typed")
    if user.is_owner and _others(number):
        raise Refused("The owner cannot leave while others have accounts here.", "typed")
    confirm(user, current, address, now)
    gone = db.session.get_one(User, number)
    limits.forget(gone.email)
    db.session.delete(gone)


def get(user_id: int) -> User:
    """The learner of that number; NotFound if there is none."""
    found = db.session.get(User, user_id)
    if found is None:
        raise NotFound
    return found


def by_email(email: str) -> User | None:
    """The learner with this (normalised) address."""
    return db.session.scalar(select(User).where(User.email == email))


def normal(email: str) -> str:
    """An address as it is compared, however it was typed."""
    return unicodedata.normalize("NFC", email.strip().casefold())


def storable(email: str) -> str:
    """The normal form, to be stored; Refused where that has become too long."""
    if len(normal(email)) > LONGEST_EMAIL:
        raise Refused(f"At most {LONGEST_EMAIL} characters.", "email")
    return normal(email)


def known_zone(zone: str) -> str:
    """The zone if there is one of that name, else UTC: a browser's guess is no reason to fail."""
    return zone if zone in days.zones() else "UTC"


def has_owner() -> bool:
    """Whether there is an owner: a simulated learner does not count."""
    return db.session.scalar(select(User.id).where(User.is_owner).limit(1)) is not None


def is_open() -> bool:
    """Whether anybody may register (the owner can close it)."""
    return fact("registration") != "closed"


def set_open(open_: bool) -> None:
    """Open or close registration."""
    remember("registration", "open" if open_ else "closed")


def setup_token() -> str | None:
    """A new one-time token for the owner's account, or None when there are accounts."""
    if has_owner():
        return None
    token = secrets.token_urlsafe(24)
    remember("setup", sessions.hashed(token))
    return token


def fact(name: str) -> str:
    """A fact about the installation, or an empty text."""
    return db.session.scalar(select(Setting.value).where(Setting.name == name)) or ""


def remember(name: str, value: str) -> None:
    """Store a fact about the installation."""
    db.session.merge(Setting(name=name, value=value))


def _flush(taken: str) -> None:
    """Store; of two who ask for one address at once on PostgreSQL, the second is refused here."""
    try:
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        raise Refused(taken, "email") from None


def _forget(name: str) -> None:
    setting = db.session.get(Setting, name)
    if setting is not None:
        db.session.delete(setting)


def _others(user_id: int) -> bool:
    return db.session.scalar(select(User.id).where(User.id != user_id).limit(1)) is not None


def everybody() -> list[User]:
    """All accounts, oldest first."""
    return list(db.session.scalars(select(User).order_by(User.id)))


def reset_password(email: str) -> str:
    """A new passphrase for somebody who forgot theirs, for the operator to hand over.

    Ends every session of the account. Refused when there is no such account.
    """
    phrase = passwords.passphrase()
    stored = passwords.hashed(phrase)
    user = by_email(normal(email))
    if user is None:
        raise Refused(f"There is no account with the address {email}.")
    user.password_hash = stored
    limits.forget(user.email)
    sessions.end_all(user.id)
    return phrase
