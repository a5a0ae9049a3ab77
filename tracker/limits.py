"""How often a password may be tried: per account and address, per address, per account, in all.

Counted in the database, so that several processes share the count. A stranger cannot lock a
learner out: a browser that has logged in to the account before is counted by itself, and what
others do in the account's name does not hold for an address the learner is logged in at.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import ColumnElement, delete, func, select

from tracker.db import db
from tracker.errors import TooMany
from tracker.models import LoginFailure, Session, User

WINDOW = timedelta(minutes=15)
DAY = timedelta(days=1)
PER_ACCOUNT_AND_ADDRESS, PER_ADDRESS, IN_ALL = 10, 40, 1000
# NIST SP 800-63B-4 allows at most 100 failures in a row for one account.
PER_ACCOUNT_A_DAY = 50
# Each new account costs a hash, and says whether there is one with that e-mail address.
ACCOUNTS_PER_ADDRESS_A_DAY, ACCOUNTS_A_DAY = 20, 500
REGISTER = "register"


def check(email: str, address: str, now: datetime, browser: str = "") -> None:
    """TooMany, with the seconds to wait, when one of the limits is used up.

    `browser` names one that has logged in to this account before; empty for any other.
    """
    account = LoginFailure.account == account_name(email)
    here = LoginFailure.address == _place(address, browser)
    tried = LoginFailure.account != REGISTER
    _limit(account & here, WINDOW, PER_ACCOUNT_AND_ADDRESS, now)
    if browser:
        _limit(account & here, DAY, PER_ACCOUNT_A_DAY, now)
        return
    _limit(tried & here, WINDOW, PER_ADDRESS, now)
    if not _known(email, address):
        _limit(account, DAY, PER_ACCOUNT_A_DAY, now)
        _limit(tried, WINDOW, IN_ALL, now)


def failed(email: str, address: str, now: datetime, browser: str = "") -> None:
    """Count a wrong password and sweep what no limit looks at any more."""
    _count(account_name(email), _place(address, browser), now)


def passed(email: str, address: str, browser: str = "") -> None:
    """Forget the failures of this account at this address or browser."""
    here = LoginFailure.address == _place(address, browser)
    db.session.execute(
        delete(LoginFailure).where(LoginFailure.account == account_name(email), here)
    )


def check_new(address: str, now: datetime) -> None:
    """TooMany when this address, or everybody together, has made enough accounts for a day."""
    new = LoginFailure.account == REGISTER
    here = LoginFailure.address == _place(address)
    _limit(new & here, DAY, ACCOUNTS_PER_ADDRESS_A_DAY, now)
    _limit(new, DAY, ACCOUNTS_A_DAY, now)


def count_new(address: str, now: datetime) -> None:
    """Count an account, or that somebody learnt that its address is taken."""
    _count(REGISTER, _place(address), now)


def forget(email: str) -> None:
    """Forget every failure of an account."""
    db.session.execute(delete(LoginFailure).where(LoginFailure.account == account_name(email)))


def account_name(email: str) -> str:
    """What an account is called in the count: not its e-mail address."""
    return hashlib.sha256(email.encode()).hexdigest()


def _count(account: str, place: str, now: datetime) -> None:
    db.session.execute(delete(LoginFailure).where(LoginFailure.at < now - DAY))
    db.session.add(LoginFailure(at=now, account=account, address=place))


def _limit(which: ColumnElement[bool], window: timedelta, most: int, now: datetime) -> None:
    count, oldest = db.session.execute(
        select(func.count(), func.min(LoginFailure.at)).where(which, LoginFailure.at > now - window)
    ).one()
    if count >= most:
        seconds = max(1, int((oldest + window - now).total_seconds()))
        raise TooMany(f"Too many tries. Try again in {_words(seconds)}.", seconds)


def _words(seconds: int) -> str:
    minutes = -(-seconds // 60)
    if minutes < 100:
        return "a minute" if minutes == 1 else f"{minutes} minutes"
    return f"{-(-minutes // 60)} hours"


def _known(email: str, address: str) -> bool:
    """Whether the learner is logged in at this address, or was until the session ran out."""
    addresses = db.session.scalars(
        select(Session.address).join(User, User.id == Session.user_id).where(User.email == email)
    )
    return _place(address) in {_place(known) for known in addresses}


def _place(address: str, browser: str = "") -> str:
    """What is counted together: a browser, or an address; of IPv6, all that one customer gets."""
    if browser:
        return f"browser {browser}"[:64]
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if ip.version == 4:
        return str(ip)
    return str(ip.ipv4_mapped or ip_network((ip, 64), strict=False))
