"""A learner's browser, as little of one as a measurement needs: one connection, cookies, forms."""

from __future__ import annotations

import http.client
import re
from urllib.parse import urlencode

FIELD = re.compile(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">')
RATINGS = re.compile(r'<form class="ratings".*?</form>', re.S)


class Browser:
    """Keeps its connection, its cookies and the last page; `host` is `name:port`."""

    def __init__(self, host: str, session: str, timeout: float = 30) -> None:
        self.host = host
        self.cookies = {"perennial": session}
        self.page = self.location = ""
        self.connection = http.client.HTTPConnection(host, timeout=timeout)

    def get(self, path: str) -> int:
        """Fetch a page; the status."""
        return self._send("GET", path, None, {})

    def post(self, path: str, fields: dict[str, str], *, htmx: bool = True) -> int:
        """Send a form, by htmx or as a plain form does; the status.

        Where htmx is sent on, it goes there as a browser does: with the form again for a 307.
        """
        if not htmx:
            return self._send("POST", path, urlencode(fields), {})
        status = self._send("POST", path, urlencode(fields), {"HX-Request": "true"})
        while status in (303, 307):
            method, body = ("POST", urlencode(fields)) if status == 307 else ("GET", None)
            status = self._send(method, self.location, body, {"HX-Request": "true"})
        return status

    def fields(self) -> dict[str, str]:
        """The hidden fields of the rating form on the last page; empty when there is none."""
        form = RATINGS.search(self.page)
        return dict(FIELD.findall(form.group())) if form else {}

    def token(self) -> str:
        """The form token of the last page."""
        return str(dict(FIELD.findall(self.page))["csrf_token"])

    def start(self, scope: str = "") -> None:
        """Plan the day and show the first card."""
        self.get(f"/review/?scope={scope}")
        self.post("/review/start", {"csrf_token": self.token(), "scope": scope}, htmx=False)
        self.get(f"/review/?scope={scope}")

    def answer(self, rating: int) -> int:
        """Rate the card of the last page and take the next one; the status."""
        return self.post("/review/answer", self.fields() | {"rating": str(rating)})

    def close(self) -> None:
        """Let the connection go."""
        self.connection.close()

    def _send(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> int:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        # A server that is killed while it answers leaves a response that holds the connection.
        with self.connection.getresponse() as response:
            self.page = response.read().decode()
        self.location = response.headers.get("Location", "")
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return response.status
