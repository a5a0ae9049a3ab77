"""The figures of a certificate in words and as a credential states them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from cards import days
from tracker.credentials import Figure

Facts = Mapping[str, Any]
SELF = (
    "It says what this installation recorded: answers were judged by the learner, except where "
    "text could be compared. Nobody stood beside the learner, and recall is a model's estimate."
)


def claimed(facts: Facts) -> tuple[Figure, ...]:
    """The figures as results of a credential: strings, so that they are signed alike everywhere."""
    share, percent = {"least": "0", "most": "1"}, {"least": "0", "most": "100"}
    found = [
        Figure("cards", "Cards", str(facts["cards"]), "RawScore"),
        Figure("reviews", "Reviews", str(facts["reviews"]), "RawScore"),
        Figure("study-days", "Study days with reviews", str(facts["days"]), "RawScore"),
        Figure("lapses", "Lapses", str(facts["lapses"]), "RawScore"),
        Figure("stability", "Median stability in days", f"{facts['stability']:.1f}", "RawScore"),
        Figure(
            "recall-30-days",
            "Share predicted to be recalled 30 days after issue without practice (FSRS-6)",
            f"{facts['ahead']:.3f}",
            "PredictedScore",
            **share,
        ),
        Figure(
            "recall-30-days-lower-bound",
            "That share less the allowance for the model's error",
            f"{max(0.0, facts['bound']):.3f}",
            "PredictedScore",
            **share,
        ),
        Figure(
            "closing-check",
            "Closing check: cards right, in percent",
            _percent(facts["right"] / facts["asked"]),
            "Percent",
            required="80",
            **percent,
        ),
    ]
    if facts["first_try"] is not None:
        tried = _percent(facts["first_try"])
        name = "Reviews recalled at the first try, in percent"
        found.append(Figure("first-try", name, tried, "Percent", **percent))
    return tuple(found)


def narrative(facts: Facts) -> str:
    """What it rests on, in one paragraph."""
    return " ".join(f"{sentence}." for sentence in sentences(facts))


def sentences(facts: Facts) -> list[str]:
    """What it rests on, in plain words, a sentence a fact."""
    begun, last = (_words(facts[name]) for name in ("first_day", "last_day"))
    first = facts["first_try"]
    tried = f"; {round(100 * first)} % of the reviews succeeded at the first try" if first else ""
    return [
        f"{_many(facts['reviews'], 'review')} of {_many(facts['cards'], 'card')} on "
        f"{_many(facts['days'], 'study day')}, from {begun} to {last}{tried}",
        f"Predicted to be recalled 30 days after issue without practice: "
        f"{round(100 * facts['ahead'])} % of the cards, {_least(facts)} % after an allowance for "
        "the model’s error",
        f"Closing check: {facts['right']} of {facts['asked']} right, without hints",
    ]


def _least(facts: Facts) -> int:
    return max(0, int(100 * facts["bound"]))


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _words(day: str) -> str:
    return days.words(date.fromisoformat(day).toordinal())
