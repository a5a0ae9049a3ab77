"""Helpers for routes: the time, htmx, answers, forms that were refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

from flask import (
    Response,
    abort,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from htmx_flask import Htmx
from htmx_flask.requests import HtmxAwareRequest
from wtforms import Form

from tracker.errors import Refused, TooMany

htmx = Htmx()
# A picture of a path is a stranger's document when it is opened by itself.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
Route = TypeVar("Route", bound=Callable[..., ResponseReturnValue])


def access(rule: str, *, writes: bool = True) -> Callable[[Route], Route]:
    """Declare who may call the route: `anyone`, `learner` (logged in) or `owner`.

    An unsafe request writes from its first statement on, unless `writes` is False: then the
    logic does its slow part first and begins to write by itself.
    """

    def declare(route: Route) -> Route:
        route.access, route.writes = rule, writes  # type: ignore[attr-defined]
        return route

    return declare


def now() -> datetime:
    """The time, from the setting CLOCK."""
    return cast(datetime, current_app.config["CLOCK"]())


def user_id() -> int:
    """The learner who is logged in; only for routes declared `learner` or `owner`."""
    return cast(int, current_user.id)


def is_htmx() -> bool:
    """Whether a fragment is wanted; a history restore wants the page."""
    headers = cast(HtmxAwareRequest, request).htmx
    return bool(headers) and not headers.history_restore_request and not headers.boosted


def see_other(endpoint: str, **values: Any) -> ResponseReturnValue:
    """Go on with GET there."""
    return redirect(url_for(endpoint, **values), 303)


def form_token() -> str:
    """The token that every form carries, made once for a page."""
    return cast(str, g.get("csrf_token") or generate_csrf())


def go(address: str) -> ResponseReturnValue:
    """Go on with GET at an address of this site (see `local`)."""
    return redirect(address, 303)


def local(address: str | None, otherwise: str) -> str:
    """`address` if it is a path on this site, else `otherwise`: for `next=` parameters."""
    if not address or not address.startswith("/") or address[1:2] == "/":
        return otherwise
    if any(ord(letter) < 33 or letter == "\\" for letter in address):
        return otherwise
    return address


def say(text: str, category: str = "done") -> None:
    """Show a sentence on the next page; categories: done, problem."""
    flash(text, category)


def number(name: str, *, required: bool = True) -> int | None:
    """A whole number from the form, 0 to 2**53; a wrong one answers 422."""
    value = request.form.get(name, "")
    if not value and not required:
        return None
    if not (value.isascii() and value.isdigit()) or len(value) > 16:
        abort(422, f"The form's field “{name}” is missing or not a number. Reload the page.")
    return int(value)


def address() -> str:
    """Where the request comes from; of proxies, only the configured ones are believed."""
    return request.remote_addr or ""


def refuse(form: Form, refused: Refused | TooMany) -> int:
    """Put a refusal of the logic beside the form's field it belongs to, else above the form.

    Returns the status of the answer.
    """
    if isinstance(refused, TooMany):
        form.form_errors.append(refused.message)
        return 429
    field = form._fields.get(refused.field or "")
    if field is None:
        form.form_errors.append(refused.message)
    else:
        field.errors = [*field.errors, refused.message]
    return 422


def too_many(answer: ResponseReturnValue, refused: Refused | TooMany) -> Response:
    """The answer, which says when to come back if a limit was used up."""
    response = make_response(answer)
    if isinstance(refused, TooMany):
        response.headers["Retry-After"] = str(refused.seconds)
    return response


def page(template: str, status: int = 200, **values: Any) -> ResponseReturnValue:
    """The rendered page with a status; personal, so never kept by a cache."""
    return render_template(template, **values), status


@lru_cache
def asset(file: str) -> str:
    """The address of a static file, with its content's hash so that it may be kept for a year."""
    path = Path(cast(str, current_app.static_folder)) / file
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""
    return url_for("static", filename=file, v=digest or None)
