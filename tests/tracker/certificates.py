"""What the tests of certificates share: a path that is known, checks that are passed."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from tests.factories import THEN, enrol, learn, make_deck, make_path, make_user
from tracker import certificates, checks, states
from tracker.app import issuer
from tracker.certificates import Wanted
from tracker.credentials import Issuer, keys
from tracker.db import db
from tracker.models import Certificate, ClosingCheck, Skill, User
from tracker.models import Path as LearningPath


@dataclass
class World:
    """A learner of a path with two sections of two skills each; all cards are known well."""

    app: Flask
    user: User
    path: LearningPath
    skills: list[Skill]

    def passed(self, skill: Skill, now: datetime, rights: int = 12) -> ClosingCheck:
        """A closing check of the skill with so many right answers."""
        check = checks.start(self.user, skill, states.knows(self.user, skill, now), now)
        for number in range(len(check.cards)):
            checks.write(self.user, check, number, "what I know", 3000, now)
            checks.judge(self.user, check, number, number < rights, now)
        db.session.flush()
        return check

    def certify(self, skill: Skill, now: datetime, name: str = "Ada Lovelace") -> Certificate:
        """A passed check and the certificate that follows."""
        self.passed(skill, now)
        return self.claim(certificates.of_skill(skill), now, name)

    def claim(
        self, subject: certificates.Subject, now: datetime, name: str = "Ada Lovelace"
    ) -> Certificate:
        """The certificate of what was completed."""
        made = certificates.claim(self.user, subject, Wanted(name), issuer(self.app, now), now)
        db.session.flush()
        return made

    def renew(self, now: datetime) -> list[Certificate]:
        """What happens after each session."""
        return certificates.renew(self.user, issuer(self.app, now), now)


# Known, but not for much longer than four months.
LATELY = ((12, 3), (9, 3), (2, 3))


def signer(app: Flask, now: datetime) -> Issuer:
    """The issuer of the application, with keys that are the same in all tests."""
    file = app.config["DATA"] / keys.NAME
    file.touch(0o600)
    file.write_text(_keys())
    return issuer(app, now)


@cache
def _keys() -> str:
    """A key file, made once: finding an RSA key takes a second."""
    with tempfile.TemporaryDirectory() as folder:
        keys.load(Path(folder), "http://127.0.0.1:8000", "", THEN)
        return (Path(folder) / keys.NAME).read_text()


def world(app: Flask, now: datetime, cards: int = 5) -> World:
    """Made in the present application context; the answers lie before yesterday."""
    signer(app, now)
    decks = [make_deck(cards) for _ in range(4)]
    path = make_path(decks, slug="herbs", sections=2)
    user = make_user(email="ada-secret@example.org")
    enrol(user, path)
    for deck in decks:
        learn(user, deck, now - timedelta(days=1), LATELY)
    skills = list(db.session.scalars(select(Skill).order_by(Skill.id)))
    return World(app, user, path, skills)
