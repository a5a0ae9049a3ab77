"""Register, log in, log out: the cookie of a session is set and taken away here only."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, g, make_response, render_template, request
from flask import session as form_session
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker import passwords, sessions, users, web
from tracker.db import db
from tracker.errors import Refused, TooMany
from tracker.models import User
from tracker.routes import forms

bp = Blueprint("auth", __name__)
UNSURE = "Log in to see this page."


@bp.get("/register")
@web.access("anyone")
def register() -> ResponseReturnValue:
    """The form for a new account."""
    if current_user.is_authenticated:
        return web.see_other("today.index")
    return _register_page(forms.Register(setup=request.args.get("setup", "")[:100]))


@bp.post("/register")
@web.access("anyone", writes=False)
def create() -> ResponseReturnValue:
    """Make the account and log in."""
    form = forms.Register()
    if not form.validate_on_submit():
        return _register_page(form, 422)
    try:
        user = users.register(
            form.name.data,
            form.email.data,
            form.password.data,
            form.zone.data or "UTC",
            web.now(),
            setup=form.setup.data or "",
        )
    except Refused as refused:
        web.refuse(form, refused)
        return _register_page(form, 422)
    return log_in(user, remember=True, to="/paths/")


@bp.get("/register/passphrase")
@web.access("anyone")
def passphrase() -> ResponseReturnValue:
    """Another passphrase, ready to use."""
    return render_template("auth/_passphrase.html", passphrase=passwords.passphrase())


@bp.get("/login")
@web.access("anyone")
def login() -> ResponseReturnValue:
    """The form to log in."""
    if current_user.is_authenticated:
        return web.see_other("today.index")
    return _login_page(forms.Login(next=request.args.get("next", "")[:500]))


@bp.post("/login")
@web.access("anyone", writes=False)
def enter() -> ResponseReturnValue:
    """Log in; a wrong password is counted."""
    form = forms.Login()
    if not form.validate_on_submit():
        return _login_page(form, 422)
    try:
        user = users.authenticate(
            form.email.data, form.password.data, request.remote_addr or "", web.now()
        )
    except Refused as refused:
        db.session.commit()  # the count of failures
        web.refuse(form, refused)
        return _login_page(form, 422)
    except TooMany as many:
        form.form_errors.append(many.message)
        return _login_page(form, 429)
    return log_in(user, remember=form.remember.data, to=web.local(form.next.data, "/"))


@bp.post("/logout")
@web.access("learner")
def logout() -> ResponseReturnValue:
    """End this session."""
    db.session.delete(g.session)
    db.session.commit()
    return forget(web.see_other("today.index"))


def log_in(user: User, *, remember: bool, to: str) -> Response:
    """Start a session for the learner, under a fresh secret, and go on.

    Commits what came before with it: an account and its first session are one.
    """
    form_session.clear()
    agent, address = request.headers.get("User-Agent", ""), request.remote_addr or ""
    token = sessions.start(user, web.now(), remember=remember, agent=agent, address=address)
    db.session.commit()
    response = make_response(web.go(to))
    response.set_cookie(
        cookie_name(),
        token,
        max_age=int(sessions.REMEMBERED.total_seconds()) if remember else None,
        secure=_secure(),
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def forget(answer: ResponseReturnValue) -> Response:
    """Take the cookie away and let the browser forget what it kept of us."""
    form_session.clear()
    response = make_response(answer)
    response.delete_cookie(cookie_name(), secure=_secure(), httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def ask_to_log_in() -> ResponseReturnValue:
    """Lead to the log-in page and back, as far as going back is harmless."""
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    if web.is_htmx():
        response = make_response("", 204)
        response.headers["HX-Redirect"] = "/login"
        return response
    return web.see_other("auth.login", next=back)


def cookie_name() -> str:
    """`__Host-` ties the cookie to this host where the address is https."""
    return "__Host-perennial" if _secure() else "perennial"


def _secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def _register_page(form: forms.Register, status: int = 200) -> ResponseReturnValue:
    first = not users.any_account()
    return web.page(
        "auth/register.html",
        status,
        form=form,
        passphrase=passwords.passphrase(),
        setup=form.setup.data or "",
        first=first,
        closed=not first and not users.is_open(),
    )


def _login_page(form: forms.Login, status: int = 200) -> ResponseReturnValue:
    first = not users.any_account()
    return web.page("auth/login.html", status, form=form, first=first, open=users.is_open())
