"""The application: settings, extensions, blueprints, who may call what, error pages; the roof."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin, LoginManager, current_user
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFError, CSRFProtect
from markupsafe import Markup
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from cards.routes import cards as card_routes
from cards.routes import media, model, reviews, stats
from tracker import config, headers, paths, plants, sessions, states, web
from tracker.db import attach, begin_write, db, end_write
from tracker.errors import NotFound, Refused, TooMany
from tracker.models import User
from tracker.routes import auth, forecasts, health, returning, settings, skills, today
from tracker.routes import paths as path_routes
from tracker.routes import progress as progress_routes

log = logging.getLogger("perennial")
csrf = CSRFProtect()
TEXT = {"Content-Type": "text/plain; charset=utf-8"}
SAFE = ("GET", "HEAD", "OPTIONS")
BLUEPRINTS = (
    auth,
    today,
    path_routes,
    forecasts,
    returning,
    skills,
    progress_routes,
    settings,
    health,
    reviews,
    card_routes,
    model,
    stats,
    media,
)

TODO = {
    400: "Go back, reload the page and try again.",
    403: "Reload the page and try again; you may have to log in.",
    404: "Check the address, or start again from Today.",
    405: "Go back and use the page's own buttons.",
    413: "Send less: a form may hold at most 128 kB.",
    422: "Go back, put it right and send it again.",
    429: "Wait a little, then try again.",
    500: "It has been written to the server's log. Nothing you saved before is lost.",
    503: "Nothing was lost or half done: what you sent was not stored. Try again in a moment; "
    "if it stays, tell the owner.",
}
TITLES = {
    400: "This request cannot be read",
    403: "That is not allowed",
    404: "There is nothing here",
    405: "This address does something else",
    413: "That is too much at once",
    422: "That did not work",
}


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """An application with these settings over the environment's; ValueError for wrong ones."""
    app = Flask("tracker", template_folder=str(folder("templates")))
    app.config.update(config.load(overrides, os.environ))
    if app.config["PROXIES"]:
        hops = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops)  # type: ignore[method-assign]
    _extensions(app)
    _guards(app)
    headers.init_app(app)
    for module in BLUEPRINTS:
        app.register_blueprint(module.bp)
    _errors(app)
    _templates(app)
    app.extensions["study_scope"] = paths.scope
    app.extensions["study_session"] = _session
    _declared(app)
    return app


def folder(name: str) -> Path:
    """A folder that stands beside the packages in a checkout and inside them in a wheel."""
    here = Path(__file__).parent
    return here / name if (here / name).is_dir() else here.parent / name


def _extensions(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        attach(db.engine, app.config["BUSY_SECONDS"])
    Migrate(app, db, directory=str(folder("migrations")))
    csrf.init_app(app)
    web.htmx.init_app(app)
    manager = LoginManager(app)
    manager.session_protection = None

    @manager.request_loader
    def load(request: Any) -> User | None:
        g.session = sessions.find(request.cookies.get(auth.cookie_name()), web.now())
        return g.session.user if g.session else None


def _guards(app: Flask) -> None:
    @app.before_request
    def guard() -> ResponseReturnValue | None:
        view: Callable[..., Any] | None = app.view_functions.get(request.endpoint or "")
        _storable()
        writes = request.method not in SAFE and getattr(view, "writes", False)
        if request.method not in SAFE:
            _same_site()
        if writes:
            begin_write()
        rule = getattr(view, "access", "anyone")
        if rule != "anyone" and not current_user.is_authenticated:
            return auth.ask_to_log_in()
        if rule == "owner" and not current_user.is_owner:
            abort(404)
        if writes and current_user.is_authenticated:
            sessions.touch(g.session, web.now())
        return None

    @app.teardown_request
    def end(error: BaseException | None) -> None:
        end_write()


def _same_site() -> None:
    """Refuse an unsafe request that another site's page made; the form token is checked as well."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site not in (None, "same-origin", "none"):
        abort(403, "This form was sent from another site.")
    ours = {request.host_url.rstrip("/"), current_app.config["BASE_URL"].rstrip("/")}
    if site is None and origin is not None and origin not in ours:
        abort(403, "This form was sent from another site.")


def _storable() -> None:
    """Refuse a text with the character NUL, which nobody types and PostgreSQL cannot hold."""
    if "\0" in request.path:
        abort(404)
    if any("\0" in value for value in request.values.values()):
        abort(422, "What was sent holds a character that no text may have.")


def _session(now: datetime) -> None:
    """What happens when a learner's session begins and when it ends."""
    states.update(current_user, now)


def _declared(app: Flask) -> None:
    """Refuse to start with a route that does not say who may call it."""
    for endpoint, view in app.view_functions.items():
        if endpoint != "static" and not hasattr(view, "access"):
            raise RuntimeError(f"The route {endpoint} needs @web.access")


def _templates(app: Flask) -> None:
    # Globals rather than values of the context: imported macros see only these.
    app.jinja_env.globals.update(asset=web.asset, plant=_plant, is_htmx=web.is_htmx)
    app.jinja_env.globals.update(csrf_token=web.form_token)
    app.context_processor(lambda: {"csrf_token": web.form_token})


def _plant(slug: str, stage: str, label: str = "") -> Markup:
    return Markup(plants.svg(slug, stage, label))  # noqa: S704  our own drawing, label escaped


def _errors(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        if isinstance(error, CSRFError):
            return problem(403, "This form has expired", "Reload the page and send it again.")
        if isinstance(error, SecurityError):  # no page can be made without a host to link to
            return Response("This server does not answer for that host name.\n", 400, TEXT)
        if error.response is not None:
            return error.response
        code = error.code or 500
        answer = problem(code, TITLES.get(code, error.name), error.description)
        for name, value in error.get_headers():
            answer.headers.setdefault(name, value)  # a 405 says what is allowed
        return answer

    @app.errorhandler(NotFound)
    def missing(error: NotFound) -> ResponseReturnValue:
        return problem(404, TITLES[404], str(error))

    @app.errorhandler(Refused)
    def refused(error: Refused) -> ResponseReturnValue:
        return problem(422, TITLES[422], error.message)

    @app.errorhandler(TooMany)
    def many(error: TooMany) -> ResponseReturnValue:
        response = problem(429, "Too many tries", error.message)
        response.headers["Retry-After"] = str(error.seconds)
        return response

    @app.errorhandler(DBAPIError)
    @app.errorhandler(PoolTimeout)
    def database(error: DBAPIError | PoolTimeout) -> ResponseReturnValue:
        if isinstance(error, (ProgrammingError, DataError)):
            return broken(error)
        log.error("the database failed: %s", type(error).__name__, exc_info=True)
        response = problem(503, "The database cannot be used right now", _cause(error))
        response.headers["Retry-After"] = "5"
        return response

    @app.errorhandler(Exception)
    def broken(error: Exception) -> ResponseReturnValue:
        log.exception("a request failed")
        return problem(500, "Something broke on our side", "")


def _cause(error: DBAPIError | PoolTimeout) -> str:
    text = str(getattr(error, "orig", error))
    if "is full" in text or "space left" in text:
        return "The disk is full, so nothing can be stored."
    if "readonly" in text or "read-only" in text:
        return "The database can only be read, so nothing can be stored."
    if isinstance(error, IntegrityError):
        return "Two requests wanted to store the same thing at the same moment."
    if "locked" in text or "timeout" in text or isinstance(error, PoolTimeout):
        return "Others are using it just now."
    return "It does not answer."


def _readable_learner() -> None:
    """Show the error page as to a stranger where the learner cannot be read."""
    try:
        _ = current_user.is_authenticated and current_user.theme
    except SQLAlchemyError:
        db.session.remove()
        g._login_user = AnonymousUserMixin()


def problem(code: int, title: str, message: str | None) -> Response:
    """The error page, or its fragment for htmx; the broken transaction is ended first."""
    end_write()
    _readable_learner()
    template = "errors/_error.html" if web.is_htmx() else "errors/error.html"
    body = render_template(
        template, code=code, title=title, message=message or "", todo=TODO.get(code, TODO[500])
    )
    return Response(body, code)
