"""What the review page sends, checked: a wrong value answers 422 and says which field it was."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from flask import abort, request

from cards.scheduler import Rating
from tracker import web

SCOPE = re.compile(r"(?:(?:path|section|skill)-\d{1,16})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as the page sent it; `duration` in milliseconds, 0 when nobody measured."""

    card_id: int
    review_id: uuid.UUID
    rating: Rating
    duration: int
    scope: str


def answer() -> Answer:
    """The answer in the form; without script the time since the page was made is its duration."""
    duration = web.number("duration", required=False) or 0
    shown_at = web.number("shown_at", required=False)
    if not duration and shown_at:
        duration = max(0, int(web.now().timestamp() * 1000) - shown_at)
    return Answer(web.number("card") or 0, review_id(), rating(), duration, scope())


def rating() -> Rating:
    """One of the four ratings."""
    value = request.form.get("rating", "")
    if value not in {"1", "2", "3", "4"}:
        abort(422, "Rate the card: Again, Hard, Good or Easy.")
    return Rating(int(value))


def review_id() -> uuid.UUID:
    """The id of the review the page was made for."""
    try:
        return uuid.UUID(request.form.get("review", ""))
    except ValueError:
        abort(422, "The form's field “review” is missing or wrong. Reload the page.")


def scope() -> str:
    """What is studied, from the form or the address."""
    value = request.values.get("scope", "")
    if not SCOPE.fullmatch(value):
        abort(422, "The form's field “scope” is wrong. Start again from Today.")
    return value
