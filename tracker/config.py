"""Every setting with its default and meaning; a `PERENNIAL_*` variable overrides each."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tracker import db

DEFAULTS: dict[str, Any] = {
    # Where the database and the keys live; made with mode 0700.
    "DATA": "data",
    # A SQLAlchemy address; empty means perennial.db in DATA. PostgreSQL: postgresql://…
    "DATABASE": "",
    # The public address, e.g. https://learn.example.org; https makes the cookies Secure.
    "BASE_URL": "",
    # Signs the form tokens; made in DATA/secret.key when empty.
    "SECRET_KEY": "",
    # How many reverse proxies stand in front and may be believed about address and scheme.
    "PROXIES": 0,
    # Seconds a writer waits for the database before it answers 503.
    "BUSY_SECONDS": 5.0,
    # The address and port to listen on; PORT without prefix works too.
    "HOST": "127.0.0.1",
    "PORT": 8000,
    # Threads of one server process, and processes (one on SQLite, whatever is set).
    "THREADS": 16,
    "WORKERS": 2,
    # Seconds SQL may run on PostgreSQL before it is stopped.
    "STATEMENT_SECONDS": 20,
}

FIXED: dict[str, Any] = {
    "MAX_CONTENT_LENGTH": 256 * 1024,
    "MAX_FORM_MEMORY_SIZE": 128 * 1024,
    "MAX_FORM_PARTS": 100,
    "WTF_CSRF_TIME_LIMIT": None,  # the token lives as long as the session it is bound to
    "WTF_CSRF_SSL_STRICT": False,  # the Sec-Fetch-Site check does this better
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SESSION_COOKIE_NAME": "perennial_form",
    "PERMANENT_SESSION_LIFETIME": timedelta(days=30),
    "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=365),
}


def load(overrides: Mapping[str, Any] | None, environ: Mapping[str, str]) -> dict[str, Any]:
    """The settings of one application: defaults, then the environment, then `overrides`.

    ValueError names a variable whose value does not fit.
    """
    settings = DEFAULTS | _from(environ) | dict(overrides or {})
    data = Path(settings["DATA"]).absolute()
    settings["DATA"] = data
    settings["DATABASE"] = _address(settings["DATABASE"], data)
    settings["SECRET_KEY"] = _secret(settings["SECRET_KEY"], data)
    settings.setdefault("CLOCK", lambda: datetime.now(UTC))
    secure = str(settings["BASE_URL"]).startswith("https://")
    options = db.engine_options(settings["DATABASE"], settings["BUSY_SECONDS"])
    derived = {
        "SESSION_COOKIE_SECURE": secure,
        "SQLALCHEMY_DATABASE_URI": settings["DATABASE"],
        "SQLALCHEMY_ENGINE_OPTIONS": options,
    }
    return FIXED | derived | settings


def _from(environ: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, default in DEFAULTS.items():
        value = environ.get(f"PERENNIAL_{name}", environ.get("PORT") if name == "PORT" else None)
        if value:
            found[name] = _converted(name, value, type(default))
    return found


def _converted(name: str, value: str, kind: type) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise ValueError(f"PERENNIAL_{name}={value!r} is not a {kind.__name__}") from None


def _address(address: str, data: Path) -> str:
    if not address:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return f"sqlite:///{data / 'perennial.db'}"
    if address.startswith(("postgres://", "postgresql://")):
        return "postgresql+psycopg://" + address.split("://", 1)[1]
    return address


def _secret(secret: str, data: Path) -> str:
    """The given key, which must be long enough, or the one kept in the data folder."""
    if secret:
        if len(secret) < 32:
            raise ValueError("PERENNIAL_SECRET_KEY needs at least 32 characters")
        return secret
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = data / "secret.key"
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(handle, "w") as stream:
        stream.write(made := secrets.token_hex(32))
    return made
