"""The application: settings, extensions, blueprints, who may call what, error pages; the roof."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    abort,
    after_this_request,
    current_app,
    g,
    request,
)
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from markupsafe import Markup
from werkzeug.middleware.proxy_fix import ProxyFix

from cards.routes import cards as card_routes
from cards.routes import media, model, reviews, stats
from tracker import (
    certificates,
    config,
    headers,
    paths,
    plants,
    problems,
    sessions,
    states,
    users,
    web,
)
from tracker.certificates import issuers
from tracker.credentials import Issuer
from tracker.db import attach, begin_write, db, end_write, writing
from tracker.models import User
from tracker.routes import (
    auth,
    checks,
    credentials,
    forecasts,
    health,
    returning,
    settings,
    skills,
    today,
)
from tracker.routes import certificates as certificate_routes
from tracker.routes import paths as path_routes
from tracker.routes import progress as progress_routes

log = logging.getLogger("perennial")
csrf = CSRFProtect()
SAFE = ("GET", "HEAD", "OPTIONS")
BLUEPRINTS = (
    auth,
    today,
    path_routes,
    forecasts,
    returning,
    skills,
    progress_routes,
    checks,
    certificate_routes,
    credentials,
    settings,
    health,
    reviews,
    card_routes,
    model,
    stats,
    media,
)


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
    problems.init_app(app)
    _templates(app)
    app.extensions["study_scope"] = paths.scope
    app.extensions["study_session"] = _session
    app.extensions["issuer"] = partial(issuer, app)
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


def issuer(app: Flask, now: datetime) -> Issuer:
    """Who signs certificates here; Refused when the keys cannot be used."""
    given = app.config
    base = given["BASE_URL"].rstrip("/") or f"http://{given['HOST']}:{given['PORT']}"
    name = given["ISSUER"] or f"Perennial at {urlsplit(base).netloc}"
    return issuers.load(Path(given["DATA"]), base, name, now)


def _session(now: datetime) -> None:
    """What happens when a learner's session begins and when it ends."""
    states.update(current_user, now)
    app, user_id = current_app._get_current_object(), current_user.id  # type: ignore[attr-defined]

    @after_this_request
    def later(response: Response) -> Response:
        response.call_on_close(partial(_renew, app, user_id, now))
        return response


def _renew(app: Flask, user_id: int, now: datetime) -> None:
    """Renew a learner's certificates after the answer has been sent: nobody waits for it."""
    try:
        with app.app_context():
            if not certificates.live(user_id):
                return
            with writing():
                certificates.renew(users.get(user_id), issuer(app, now), now)
                db.session.commit()
    except Exception:
        log.exception("certificates could not be renewed; the next session tries again")


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
