"""A real Chromium and a real server for whole stories."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from tests.tools import chromium

# Without these Chromium looks for hosts of its maker whenever it starts.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("there is no Chromium; `make test` installs one where it may")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def database(sqlite, tmp_path: Path) -> Iterator[str]:
    """Stories run on SQLite; the rules below them are tested on both databases."""
    with sqlite(tmp_path) as address:
        yield address


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    """The address of the application, served by a thread of this process."""
    app.config["WTF_CSRF_ENABLED"] = True
    running = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    """An empty tab whose addresses start at the server."""
    context = browser.new_context(base_url=server)
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()
