"""Every setting with its default and meaning; a `PERENNIAL_*` variable overrides each."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tracker import db

DEFAULTS: dict[str, Any] = {
    # Where the database and the keys live; made with mode 0700.
    "DATA": "data",
    # A SQLAlchemy address; empty means perennial.db in DATA. PostgreSQL: postgresql://…
    "DATABASE": "",
    # The public address, e.g. https://learn.example.org; https makes the cookies Secure.
    "BASE_URL": "",
    # Who issues certificates, as they name it; empty means Perennial at the public address.
    "ISSUER": "",
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

# The least and the most each number may be.
RANGES: dict[str, tuple[float, float]] = {
    "PROXIES": (0, 10),
    "BUSY_SECONDS": (0.01, 300),
    "PORT": (1, 65535),
    "THREADS": (1, 1000),
    "WORKERS": (1, 100),
    "STATEMENT_SECONDS": (1, 3600),
}
SHORTEST_KEY = 32

FIXED: dict[str, Any] = {
    "MAX_CONTENT_LENGTH": 128 * 1024,
    "MAX_FORM_MEMORY_SIZE": 128 * 1024,
    "MAX_FORM_PARTS": 100,
    "WTF_CSRF_TIME_LIMIT": None,  # the token lives as long as the session it is bound to
    "WTF_CSRF_SSL_STRICT": False,  # the Sec-Fetch-Site check does this better
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    # Flask-Login looks at this cookie; another program on the same host may have its own.
    "REMEMBER_COOKIE_NAME": "perennial_never_set",
    "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=365),
}


def load(overrides: Mapping[str, Any] | None, environ: Mapping[str, str]) -> dict[str, Any]:
    """The settings of one application: defaults, then the environment, then `overrides`.

    ValueError names a variable whose value does not fit.
    """
    settings = DEFAULTS | _from(environ) | dict(overrides or {})
    _check(settings)
    public = _public(str(settings["BASE_URL"]))
    data = Path(settings["DATA"]).absolute()
    settings["DATA"] = data
    settings["SECRET_KEY"] = _secret(settings["SECRET_KEY"], data)
    settings["DATABASE"] = _address(settings["DATABASE"], data)
    settings.setdefault("CLOCK", lambda: datetime.now(UTC))
    options = db.engine_options(
        settings["DATABASE"], settings["BUSY_SECONDS"], settings["STATEMENT_SECONDS"]
    )
    derived = {
        "SQLALCHEMY_DATABASE_URI": settings["DATABASE"],
        "SQLALCHEMY_ENGINE_OPTIONS": options,
    }
    return FIXED | derived | public | settings


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
        raise ValueError(f"PERENNIAL_{name}={value!r} is not a number") from None


def _check(settings: Mapping[str, Any]) -> None:
    for name, (least, most) in RANGES.items():
        if not least <= settings[name] <= most:  # false for NaN, too
            raise ValueError(
                f"PERENNIAL_{name}={settings[name]} does not fit: from {least} to {most}"
            )


def _public(base: str) -> dict[str, Any]:
    """What follows from the public address: whose requests are answered, and which cookies."""
    names = {"SESSION_COOKIE_SECURE": False, "SESSION_COOKIE_NAME": "perennial_form"}
    if not base:
        return names
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise ValueError(
            f"PERENNIAL_BASE_URL={base!r} is not an address like https://learn.example.org"
        )
    # The server's own machine may ask as well: a health check does.
    hosts = {"TRUSTED_HOSTS": [parts.hostname, "localhost", "127.0.0.1"]}
    if parts.scheme == "http":
        return names | hosts
    return hosts | {"SESSION_COOKIE_SECURE": True, "SESSION_COOKIE_NAME": "__Host-perennial_form"}


def _address(address: str, data: Path) -> str:
    if not address:
        file = _folder(data) / "perennial.db"
        # Made here and not by SQLite, so that nobody else on the machine can read it.
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))
        return f"sqlite:///{file}"
    if address.startswith(("postgres://", "postgresql://")):
        return "postgresql+psycopg://" + address.split("://", 1)[1]
    if address.rstrip("/") == "sqlite:" or ":memory:" in address:
        raise ValueError("PERENNIAL_DATABASE is in memory and would forget everything: name a file")
    if not address.startswith(("sqlite://", "postgresql+psycopg://")):
        scheme = address.split(":", 1)[0]
        raise ValueError(f"PERENNIAL_DATABASE begins with {scheme!r}: use sqlite or postgresql")
    return address


def _secret(secret: str, data: Path) -> str:
    """The given key, which must be long enough, or the one kept in the data folder."""
    file = data / "secret.key"
    if not secret and not file.exists():
        _make_key(_folder(data), file)
    name = "PERENNIAL_SECRET_KEY" if secret else str(file)
    key = secret or file.read_text().strip()
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"{name} needs at least {SHORTEST_KEY} characters; it has {len(key)}")
    if not secret and file.stat().st_mode & 0o077:
        file.chmod(0o600)
    return key


def _make_key(data: Path, file: Path) -> None:
    """Write a key that is there in full or not at all, and for nobody else to read."""
    handle, temporary = tempfile.mkstemp(dir=data)  # mode 0600
    with os.fdopen(handle, "w") as stream:
        stream.write(secrets.token_hex(32))
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, file)


def _folder(data: Path) -> Path:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return data
