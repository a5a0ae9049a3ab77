"""How often a password may be tried: per account and address, per address, per account, in all.

Counted in the database, so that several processes share the count. A stranger cannot lock a
learner out: the limit of the account does not hold for an address the learner is known from.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, true

from tracker.db import db
from tracker.errors import TooMany
from tracker.models import LoginFailure, Session, User

WINDOW = timedelta(minutes=15)
DAY = timedelta(days=1)
PER_ACCOUNT_AND_ADDRESS, PER_ADDRESS, IN_ALL = 10, 40, 1000
# NIST SP 800-63B-4 allows at most 100 failures in a row for one account.
PER_ACCOUNT_A_DAY = 50


def check(email: str, address: str, now: datetime) -> None:
    """TooMany, with the seconds to wait, when one of the limits is used up."""
    account = _account(email)
    same, here = LoginFailure.account == account, LoginFailure.address == address
    _limit(same & here, WINDOW, PER_ACCOUNT_AND_ADDRESS, now)
    _limit(here, WINDOW, PER_ADDRESS, now)
    _limit(true(), WINDOW, IN_ALL, now)
    if not _known(email, address):
        _limit(same, DAY, PER_ACCOUNT_A_DAY, now)


def failed(email: str, address: str, now: datetime) -> None:
    """Count a wrong password and sweep what no limit looks at any more."""
    db.session.execute(delete(LoginFailure).where(LoginFailure.at < now - DAY))
    db.session.add(LoginFailure(at=now, account=_account(email), address=address[:64]))


def passed(email: str, address: str) -> None:
    """Forget the failures of this account at this address."""
    db.session.execute(
        delete(LoginFailure).where(
            LoginFailure.account == _account(email), LoginFailure.address == address
        )
    )


def _limit(which: ColumnElement[bool], window: timedelta, most: int, now: datetime) -> None:
    count, oldest = db.session.execute(
        select(func.count(), func.min(LoginFailure.at)).where(which, LoginFailure.at > now - window)
    ).one()
    if count >= most:
        seconds = max(1, int((oldest + window - now).total_seconds()))
        minutes = -(-seconds // 60)
        raise TooMany(f"Too many tries. Try again in {minutes} min.", seconds)


def _known(email: str, address: str) -> bool:
    known = (
        select(Session.user_id)
        .join(User, User.id == Session.user_id)
        .where(User.email == email, Session.address == address)
    )
    return db.session.scalar(known.limit(1)) is not None


def _account(email: str) -> str:
    return hashlib.sha256(email.encode()).hexdigest()
