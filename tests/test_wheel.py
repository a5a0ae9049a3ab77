"""The built wheel runs by itself, in an empty environment, and shows what the checkout shows."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from flask.testing import FlaskClient

from tracker import setup
from tracker.app import create_app
from tracker.db import db

ROOT = Path(__file__).parent.parent
PAGES = ["/", "/login", "/register", "/paths/", "/paths/python-engineer", "/nothing"]
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-qq"]


def test_an_installed_wheel_shows_what_the_checkout_shows(tmp_path: Path) -> None:
    program = install(build(tmp_path), tmp_path)
    addresses = PAGES + [f"/static/{name}" for name in statics()]

    with served(program, tmp_path) as base, checkout(tmp_path) as client:
        shown = {address: fetch(base + address) for address in addresses}
        expected = {address: look(client, address) for address in addresses}

    assert shown == expected
    assert shown["/"][0] == shown["/static/vendor/htmx.min.js"][0] == 200


def build(folder: Path) -> Path:
    subprocess.run([*PIP, "wheel", "--no-deps", "-w", folder, ROOT], check=True)
    return next(folder.glob("perennial-*.whl"))


def install(wheel: Path, folder: Path) -> Path:
    """An environment with the wheel and the pinned dependencies; returns its `perennial`."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    into = [*PIP, "--python", folder / "venv" / "bin" / "python", "install"]
    lock = ROOT / "requirements.txt"
    subprocess.run([*into, "--require-hashes", "-r", lock], check=True)
    subprocess.run([*into, "--no-deps", wheel], check=True)
    return folder / "venv" / "bin" / "perennial"


@contextmanager
def served(program: Path, folder: Path) -> Iterator[str]:
    """The installed server with a data folder of its own, outside of the checkout."""
    port = free_port()
    ours = {"PERENNIAL_DATA": str(folder / "data"), "PERENNIAL_PORT": str(port)}
    kept = {name: value for name, value in os.environ.items() if name in ("HOME", "PATH", "LANG")}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [program, "serve"], cwd=folder, env=kept | ours, stdout=log, stderr=log
        )
    try:
        wait(port, process, folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def checkout(folder: Path) -> Iterator[FlaskClient]:
    address = f"sqlite:///{folder / 'checkout.db'}"
    app = create_app({"DATABASE": address, "DATA": folder, "SECRET_KEY": "x" * 32})
    setup.upgrade(app)
    setup.install_builtin(app)
    yield app.test_client()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def statics() -> list[str]:
    static = ROOT / "tracker" / "static"
    return [str(file.relative_to(static)) for file in static.rglob("*") if file.is_file()]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"the server did not start: {log.read_text()}")


def fetch(address: str) -> tuple[int, bytes]:
    try:
        with urlopen(address, timeout=20) as answer:
            return answer.status, steady(answer.read())
    except HTTPError as refused:
        with refused:
            return refused.code, steady(refused.read())


def look(client: FlaskClient, address: str) -> tuple[int, bytes]:
    with client.get(address, follow_redirects=True) as answer:
        return answer.status_code, steady(answer.data)


def steady(body: bytes) -> bytes:
    """A page without what differs in every answer: form tokens and a suggested passphrase."""
    body = re.sub(rb'(csrf[^>]*?(?:value|content)=")[^"]*', rb"\1", body)
    return re.sub(rb"<output.*?</output>", b"", body, flags=re.DOTALL)
