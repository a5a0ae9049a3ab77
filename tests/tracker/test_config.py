"""Settings: what a wrong one says, who can read the files, and which cookies an address gives."""

from __future__ import annotations

import stat

import pytest

from tracker import config
from tracker.app import create_app

KEY = "x" * 32


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"PERENNIAL_SECRET_KEY": "short"}, "PERENNIAL_SECRET_KEY needs at least 32 characters"),
        ({"PERENNIAL_PORT": "eighty"}, "PERENNIAL_PORT='eighty' is not a number"),
        ({"PERENNIAL_PORT": "99999"}, "PERENNIAL_PORT=99999 does not fit: from 1 to 65535"),
        ({"PERENNIAL_PORT": "-1"}, "PERENNIAL_PORT"),
        ({"PORT": "0"}, "PORT=0"),
        ({"PERENNIAL_THREADS": "0"}, "PERENNIAL_THREADS"),
        ({"PERENNIAL_WORKERS": "1.5"}, "PERENNIAL_WORKERS"),
        ({"PERENNIAL_PROXIES": "yes"}, "PERENNIAL_PROXIES"),
        ({"PERENNIAL_PROXIES": "-1"}, "PERENNIAL_PROXIES"),
        ({"PERENNIAL_BUSY_SECONDS": "0"}, "PERENNIAL_BUSY_SECONDS"),
        ({"PERENNIAL_BUSY_SECONDS": "nan"}, "PERENNIAL_BUSY_SECONDS"),
        ({"PERENNIAL_STATEMENT_SECONDS": "0"}, "PERENNIAL_STATEMENT_SECONDS"),
        ({"PERENNIAL_BASE_URL": "learn.example.org"}, "is not an address like https://"),
        ({"PERENNIAL_BASE_URL": "ftp://learn.example.org"}, "PERENNIAL_BASE_URL"),
        ({"PERENNIAL_BASE_URL": "https://"}, "PERENNIAL_BASE_URL"),
        ({"PERENNIAL_BASE_URL": "https://example.org/learn"}, "PERENNIAL_BASE_URL"),
        ({"PERENNIAL_DATABASE": "mysql://localhost/x"}, "use sqlite or postgresql"),
        ({"PERENNIAL_DATABASE": "sqlite://"}, "name a file"),
        ({"PERENNIAL_DATABASE": "perennial.db"}, "use sqlite or postgresql"),
    ],
)
def test_a_wrong_setting_is_named_and_nothing_starts(environ, words, tmp_path):
    environ = {"PERENNIAL_DATA": str(tmp_path), "PERENNIAL_SECRET_KEY": KEY} | environ
    with pytest.raises(ValueError, match=r"PERENNIAL") as error:
        config.load(None, environ)
    assert words in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_the_application_does_not_start_either(tmp_path):
    with pytest.raises(ValueError, match="SECRET_KEY"):
        create_app({"DATA": tmp_path, "SECRET_KEY": "short"})


def test_without_settings_it_works_and_nobody_else_can_read_the_data(tmp_path):
    settings = config.load(None, {"PERENNIAL_DATA": str(tmp_path / "new")})

    assert mode(tmp_path / "new") == 0o700
    assert mode(tmp_path / "new" / "secret.key") == 0o600
    assert mode(tmp_path / "new" / "perennial.db") == 0o600
    assert settings["DATABASE"] == f"sqlite:///{tmp_path}/new/perennial.db"
    assert [file.name for file in (tmp_path / "new").glob("tmp*")] == []


def test_a_start_leaves_the_data_that_is_there(tmp_path):
    (tmp_path / "perennial.db").write_bytes(b"what is there")
    config.load(None, {"PERENNIAL_DATA": str(tmp_path)})
    assert (tmp_path / "perennial.db").read_bytes() == b"what is there"


def test_the_secret_key_stays_the_same_and_is_long(tmp_path):
    keys = {config.load({"DATA": tmp_path}, {})["SECRET_KEY"] for _ in range(3)}
    assert len(keys) == 1 and len(keys.pop()) == 64


def test_a_key_file_that_was_cut_off_is_named(tmp_path):
    (tmp_path / "secret.key").write_text("\n")
    with pytest.raises(ValueError, match=r"secret\.key needs at least 32 characters; it has 0"):
        config.load({"DATA": tmp_path}, {})


def test_a_key_file_that_others_can_read_is_closed(tmp_path):
    file = tmp_path / "secret.key"
    file.write_text(KEY)
    file.chmod(0o644)

    assert config.load({"DATA": tmp_path}, {})["SECRET_KEY"] == KEY
    assert mode(file) == 0o600


@pytest.mark.parametrize(
    ("environ", "port"),
    [
        ({}, 8000),
        ({"PORT": "9000"}, 9000),
        ({"PERENNIAL_PORT": "9001"}, 9001),
        ({"PORT": "9000", "PERENNIAL_PORT": "9001"}, 9001),
        ({"PERENNIAL_PORT": ""}, 8000),
    ],
)
def test_the_port_comes_from_the_environment(environ, port, tmp_path):
    settings = config.load({"DATA": tmp_path, "SECRET_KEY": KEY}, environ)
    assert settings["PORT"] == port


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_postgresql_is_spoken_to_through_psycopg(scheme, tmp_path):
    settings = config.load(
        {"DATA": tmp_path, "SECRET_KEY": KEY, "DATABASE": f"{scheme}://u@h/d"}, {}
    )
    assert settings["DATABASE"] == "postgresql+psycopg://u@h/d"


@pytest.mark.parametrize(
    ("base", "secure", "name"),
    [
        ("", False, "perennial_form"),
        ("http://localhost:8000", False, "perennial_form"),
        ("https://learn.example.org", True, "__Host-perennial_form"),
        ("https://learn.example.org/", True, "__Host-perennial_form"),
    ],
)
def test_cookies_are_bound_to_the_host_where_the_address_is_https(base, secure, name, tmp_path):
    settings = config.load({"DATA": tmp_path, "SECRET_KEY": KEY, "BASE_URL": base}, {})
    assert settings["SESSION_COOKIE_SECURE"] is secure
    assert settings["SESSION_COOKIE_NAME"] == name


def test_only_the_public_name_and_this_machine_are_answered(tmp_path):
    base = "https://learn.example.org:8443"
    settings = config.load({"DATA": tmp_path, "SECRET_KEY": KEY, "BASE_URL": base}, {})
    assert settings["TRUSTED_HOSTS"] == ["learn.example.org", "localhost", "127.0.0.1"]
    assert "TRUSTED_HOSTS" not in config.load({"DATA": tmp_path, "SECRET_KEY": KEY}, {})
