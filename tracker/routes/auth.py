"""Register, log in, log out: the cookie of a session is set and taken away here only.

A second cookie outlives the session and opens nothing: it tells that this browser has logged in
to an account before, so that a stranger who tries passwords cannot lock the learner out of it.
"""

from __future__ import annotations

import secrets

from flask import Blueprint, Response, current_app, g, make_response, render_template, request
from flask import session as form_session
from flask.typing import ResponseReturnValue
from flask_login import current_user
from itsdangerous import BadData, URLSafeSerializer

from tracker import limits, passwords, sessions, users, web
from tracker.db import db
from tracker.errors import Refused, TooMany
from tracker.models import User
from tracker.routes import forms

bp = Blueprint("auth", __name__)


@bp.get("/register")
@web.access("anyone")
def register() -> ResponseReturnValue:
    """The form for a new account."""
    if current_user.is_authenticated:
        return web.see_other("today.index")
    return _register_page(forms.Register(setup=request.args.get("setup", "")))


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
            address=web.address(),
        )
    except (Refused, TooMany) as refused:
        db.session.commit()  # the count of accounts
        return web.too_many(_register_page(form, web.refuse(form, refused)), refused)
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
    return _login_page(forms.Login(next=request.args.get("next", "")))


@bp.post("/login")
@web.access("anyone", writes=False)
def enter() -> ResponseReturnValue:
    """Log in; a wrong password is counted."""
    form = forms.Login()
    if not form.validate_on_submit():
        return _login_page(form, 422)
    email, browser = form.email.data, known_browser(form.email.data)
    try:
        user = users.authenticate(
            email, form.password.data, web.address(), web.now(), browser=browser
        )
    except (Refused, TooMany) as refused:
        db.session.commit()  # the count of failures
        return web.too_many(_login_page(form, web.refuse(form, refused)), refused)
    return log_in(user, remember=form.remember.data, to=web.local(form.next.data, "/"))


@bp.post("/logout")
@web.access("learner")
def logout() -> ResponseReturnValue:
    """End this session."""
    db.session.delete(g.session)
    db.session.commit()
    return forget(web.see_other("today.index"))


def log_in(user: User, *, remember: bool, to: str) -> Response:
    """Start a session for the learner, under a fresh secret, and go on; one that was here ends.

    Commits what came before with it: an account and its first session are one.
    """
    form_session.clear()
    sessions.forget(request.cookies.get(cookie_name()))
    agent = request.headers.get("User-Agent", "")
    token = sessions.start(user, web.now(), remember=remember, agent=agent, address=web.address())
    browser = known_browser(user.email) or secrets.token_urlsafe(16)
    db.session.commit()
    response = make_response(web.go(to))
    # The row says when a session ends; the cookie only has to last as long as any row may.
    longest = int(sessions.LONGEST.total_seconds())
    _set(response, cookie_name(), token, longest if remember else None)
    known = _browsers().dumps([limits.account_name(user.email), browser])
    _set(response, browser_cookie_name(), str(known), longest)
    return response


def known_browser(email: str) -> str:
    """The name of this browser if it has logged in to the account before, else empty."""
    try:
        account, name = _browsers().loads(request.cookies.get(browser_cookie_name(), ""))
    except (BadData, TypeError, ValueError):
        return ""
    return str(name) if account == limits.account_name(users.normal(email)) else ""


def _browsers() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="browser")


def _set(response: Response, name: str, value: str, max_age: int | None) -> None:
    response.set_cookie(
        name, value, max_age=max_age, secure=_secure(), httponly=True, samesite="Lax", path="/"
    )


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


def browser_cookie_name() -> str:
    """The cookie by which a browser is known again."""
    return f"{cookie_name()}_browser"


def _secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def _register_page(form: forms.Register, status: int = 200) -> ResponseReturnValue:
    first = not users.has_owner()
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
    first = not users.has_owner()
    return web.page("auth/login.html", status, form=form, first=first, open=users.is_open())
