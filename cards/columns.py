"""Whole numbers read from the database in bulk: one text is read four times as fast as rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import BigInteger, ColumnElement, Select, String, cast, func
from sqlalchemy.orm import InstrumentedAttribute

from cards.vectors import Ints
from tracker.db import db

FINE = 2**40  # parts of a day that a stability is read in


def read(rows: Select[Any]) -> Ints:
    """The columns of a statement as arrays; a row with a null is left out."""
    found = rows.subquery()
    first, *others = found.c
    packed: ColumnElement[Any] = cast(first, String)
    for column in others:
        packed = packed.op("||")(",").op("||")(column)
    text = db.session.scalar(func.aggregate_strings(packed, ",").select())
    return parsed(text).reshape(-1, len(found.c)).T


def parsed(text: str | None) -> Ints:
    """The numbers of a text with commas between them."""
    return np.fromstring(text or "", np.int64, sep=",")


def fine(days: ColumnElement[float] | InstrumentedAttribute[float | None]) -> ColumnElement[int]:
    """Days with a fraction in whole parts of a day, `FINE` to the day: exact to 1e-12 days."""
    return cast(days * FINE, BigInteger)
