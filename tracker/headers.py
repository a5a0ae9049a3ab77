"""Headers of every answer, errors included: what a browser may do with our pages."""

from __future__ import annotations

from flask import Flask, Response, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",  # a file says for how long
}


def init_app(app: Flask) -> None:
    """Add the headers to every answer of the application."""
    secure = str(app.config["BASE_URL"]).startswith("https://")
    always = HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})

    @app.after_request
    def add(response: Response) -> Response:
        given = {name.lower() for name, _ in response.headers}
        response.headers.extend(
            {name: value for name, value in always.items() if name.lower() not in given}
        )
        if request.endpoint != "static":
            response.vary.add("HX-Request")
        return response
