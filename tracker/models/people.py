"""The tables of people: accounts, sessions, and facts about the installation."""

from __future__ import annotations

from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import Boolean, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cards.models import SchedulerSettings
from tracker.db import Model


class User(UserMixin, Model):
    """A learner. The first one is the owner of the installation."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)  # normalised, lower case
    name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str] = mapped_column(String(200))
    is_owner: Mapped[bool] = mapped_column(Boolean, default=False)
    theme: Mapped[str] = mapped_column(String(8), default="system")  # system, light, dark
    created_at: Mapped[datetime]

    settings: Mapped[SchedulerSettings] = relationship(
        lazy="joined", innerjoin=True, cascade="all, delete-orphan", passive_deletes=True
    )


class Session(Model):
    """A place where a learner is logged in; the cookie holds a secret, this row its hash."""

    __tablename__ = "sessions"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]  # to the hour
    expires_at: Mapped[datetime]
    remember: Mapped[bool] = mapped_column(Boolean)
    agent: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(64))

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class LoginFailure(Model):
    """A wrong password, counted per account, per address and in all; old rows are swept."""

    __tablename__ = "login_failures"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    account: Mapped[str] = mapped_column(String(64), index=True)  # hash of the e-mail address
    address: Mapped[str] = mapped_column(String(64), index=True)


class Setting(Model):
    """A fact about the installation: `setup` (hash of the set-up token), `registration`."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))
