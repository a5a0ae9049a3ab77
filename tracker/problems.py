"""What people see when something goes wrong: what it was, what to do, and that nothing is lost."""

from __future__ import annotations

import logging

from flask import Flask, Response, g, render_template
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError

from tracker import web
from tracker.db import db, end_write
from tracker.errors import NotFound, Refused, TooMany

log = logging.getLogger("perennial")
TEXT = {"Content-Type": "text/plain; charset=utf-8"}
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


def init_app(app: Flask) -> None:
    """Answer every error of the application with a page."""

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
