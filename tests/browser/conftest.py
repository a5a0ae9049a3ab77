"""A real Chromium and a real server for whole stories."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)
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


# Collected in every page of the suite: what the policy of our headers had to stop, and errors.
WATCH = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error("Content Security Policy", event.violatedDirective, event.blockedURI, event.sample);
});
"""


class Watched:
    """Opens tabs whose addresses start at the server, and remembers what went wrong in them."""

    def __init__(self, browser: Browser, server: str) -> None:
        self.browser, self.server = browser, server
        self.contexts: list[BrowserContext] = []
        self.wrong: list[str] = []

    def context(self, **options: Any) -> BrowserContext:
        """A browser profile of its own, as somebody else's or on another device."""
        made = self.browser.new_context(base_url=self.server, **options)
        made.set_default_timeout(10_000)
        made.add_init_script(WATCH)
        made.on("weberror", lambda error: self.wrong.append(str(error.error)))
        made.on("console", self._console)
        made.on("request", self._request)
        self.contexts.append(made)
        return made

    def tab(self, **options: Any) -> Page:
        """A tab of a new profile."""
        return self.context(**options).new_page()

    def close(self) -> None:
        """Close everything; the reports are complete then."""
        for made in self.contexts:
            made.close()

    def _console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.wrong.append(message.text)

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.server, "data:", "blob:", "about:")):
            self.wrong.append(f"a request to {request.url}")


@pytest.fixture
def watched(browser: Browser, server: str) -> Iterator[Watched]:
    """No report of the Content-Security-Policy, no error, no request elsewhere in any test."""
    found = Watched(browser, server)
    yield found
    found.close()
    assert found.wrong == []


@pytest.fixture
def page(watched: Watched) -> Page:
    """An empty tab."""
    return watched.tab()
