"""Settings: how one studies, the account, where one is logged in, and the end of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm

from cards import plans
from cards import settings as study_settings
from tracker import sessions, users, web
from tracker.db import db
from tracker.errors import Refused, TooMany
from tracker.models import User
from tracker.routes import auth, forms

bp = Blueprint("settings", __name__, url_prefix="/settings")


@bp.get("/")
@web.access("learner")
def index() -> ResponseReturnValue:
    """Every setting on one page."""
    return _page()


@bp.post("/study")
@web.access("learner")
def study() -> ResponseReturnValue:
    """Zone, roll-over hour, limits and desired retention."""
    form = forms.Study()
    if not form.validate_on_submit():
        return _page(422, study=form)
    study_settings.change(
        current_user.settings,
        zone=form.zone.data,
        rollover=form.rollover.data,
        retention=float(form.retention.data / 100),
        new_per_day=form.new_per_day.data,
        reviews_per_day=form.reviews_per_day.data,
        minutes_per_day=form.minutes_per_day.data,
    )
    plans.forget(web.user_id())
    return _saved("Saved. Cards that are scheduled already keep their day.")


@bp.post("/theme")
@web.access("learner")
def theme() -> ResponseReturnValue:
    """Light, dark, or as the system has it."""
    form = forms.Theme()
    if not form.validate_on_submit():
        return _page(422, theme=form)
    current_user.theme = form.theme.data
    return _saved("Saved.")


@bp.post("/account")
@web.access("learner", writes=False)
def account() -> ResponseReturnValue:
    """Name and e-mail address."""
    form = forms.Account()
    if not form.validate_on_submit():
        return _page(422, account=form)
    try:
        users.change_account(
            _user(),
            form.name.data,
            form.email.data,
            form.current.data or "",
            web.address(),
            web.now(),
        )
    except (Refused, TooMany) as refused:
        return _refused(form, refused, "account")
    return _saved("Saved.")


@bp.post("/password")
@web.access("learner", writes=False)
def password() -> ResponseReturnValue:
    """A new password: every session ends, and a new one begins here."""
    form = forms.Password()
    if not form.validate_on_submit():
        return _page(422, password=form)
    user, remember = _user(), g.session.remember
    try:
        users.change_password(user, form.current.data, form.password.data, web.address(), web.now())
    except (Refused, TooMany) as refused:
        return _refused(form, refused, "password")
    response = auth.log_in(user, remember=remember, to="/settings/")
    web.say("Your password is changed. You are logged out everywhere else.")
    return response


@bp.post("/sessions/end")
@web.access("learner")
def end_others() -> ResponseReturnValue:
    """Log out everywhere else."""
    sessions.end_all(web.user_id(), but=g.session)
    return _saved("You are logged out everywhere else.")


@bp.post("/sessions/<name>/end")
@web.access("learner")
def end_one(name: str) -> ResponseReturnValue:
    """End one session; it may be this one."""
    here = name == sessions.name(g.session)
    sessions.end(web.user_id(), name)
    db.session.commit()
    if here:
        return auth.forget(web.see_other("today.index"))
    web.say("That session is ended.")
    return web.see_other("settings.index", _anchor="sessions")


@bp.post("/registration")
@web.access("owner")
def registration() -> ResponseReturnValue:
    """The owner opens or closes registration."""
    form = forms.Registration()
    if not form.validate_on_submit():
        return _page(422, registration=form)
    users.set_open(form.open.data)
    return _saved("Others may register." if form.open.data else "Registration is closed.")


@bp.post("/delete")
@web.access("learner", writes=False)
def delete() -> ResponseReturnValue:
    """Delete the account and everything of theirs."""
    form = forms.Delete()
    if not form.validate_on_submit():
        return _page(422, delete=form)
    try:
        users.delete(_user(), form.typed.data, form.current.data, web.address(), web.now())
    except (Refused, TooMany) as refused:
        return _refused(form, refused, "delete")
    db.session.commit()
    return auth.forget(web.see_other("today.index"))


def _saved(text: str) -> ResponseReturnValue:
    db.session.commit()
    web.say(text)
    return web.see_other("settings.index")


def _refused(form: FlaskForm, refused: Refused | TooMany, name: str) -> ResponseReturnValue:
    db.session.commit()  # the count of failures
    return web.too_many(_page(web.refuse(form, refused), **{name: form}), refused)


def _user() -> User:
    user: User = current_user._get_current_object()
    return user


def _page(status: int = 200, **given: FlaskForm) -> ResponseReturnValue:
    user, now = _user(), web.now()
    blank: dict[str, FlaskForm] = {
        "study": forms.Study(None, data=_study(user)),
        "account": forms.Account(None, obj=user),
        "password": forms.Password(None),
        "theme": forms.Theme(None, obj=user),
        "delete": forms.Delete(None),
        "registration": forms.Registration(None, open=users.is_open()),
    }
    rows = [
        {
            "id": sessions.name(row),
            "agent": row.agent,
            "address": row.address,
            "created_at": row.created_at,
            "seen_at": row.seen_at,
            "current": row.token_hash == g.session.token_hash,
        }
        for row in sessions.of(user.id, now)
    ]
    return render_template("settings/index.html", sessions=rows, **blank | given), status


def _study(user: User) -> dict[str, Any]:
    names = ("zone", "rollover", "new_per_day", "reviews_per_day", "minutes_per_day")
    values = {name: getattr(user.settings, name) for name in names}
    return values | {"retention": Decimal(round(user.settings.retention * 100))}
