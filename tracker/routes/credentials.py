"""What anybody may ask for: published certificates, their files, who signs, what is revoked."""

from __future__ import annotations

import json
import uuid

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker import certificates, users, web
from tracker.routes.certificates import issuer

bp = Blueprint("credentials", __name__)
CREDENTIAL, TOKEN = "application/ld+json", "text/plain; charset=utf-8"
SOON, LATER = "public, max-age=300", "public, max-age=86400"


@bp.get("/c/<uuid:certificate>")
@web.access("anyone")
def show(certificate: uuid.UUID) -> ResponseReturnValue:
    """The public page: authentic, valid, still remembered today?"""
    found, now = certificates.public(certificate, _viewer()), web.now()
    view = certificates.shown(found, users.get(found.user_id), now)
    said = certificates.verified(found, issuer(), now)
    return render_template("credentials/show.html", view=view, said=said, issuer=issuer(), now=now)


@bp.get("/c/<uuid:certificate>.<form>")
@web.access("anyone")
def file(certificate: uuid.UUID, form: str) -> ResponseReturnValue:
    """One of its files: json, jwt, png, svg, pdf, zip, clr."""
    found = certificates.files(certificate, _viewer())
    mine = found.user_id == _viewer()
    made = certificates.export(found, form, issuer(), with_log=mine or found.shows_log)
    answer = _open(made.data, made.type, "no-store" if found.published_at is None else SOON)
    answer.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    answer.headers["Content-Security-Policy"] = web.SANDBOX
    return answer


@bp.get("/c/<uuid:certificate>/log")
@web.access("anyone")
def log(certificate: uuid.UUID) -> ResponseReturnValue:
    """The review log it was computed from, where its learner has opened it."""
    found = certificates.open_log(certificate, _viewer())
    return _open(found, "application/jsonl; charset=utf-8", "no-store")


@bp.get("/status/<int:number>")
@web.access("anyone")
def status(number: int) -> ResponseReturnValue:
    """A status list, as JSON; as a token where only that is taken."""
    found = certificates.served(number)
    token = request.accept_mimetypes.best == "application/vc+jwt"
    data = found.token.encode() if token else found.document
    answer = _open(data, "application/vc+jwt" if token else CREDENTIAL, "public, max-age=60")
    answer.vary.add("Accept")
    answer.add_etag()
    return answer.make_conditional(request)


@bp.get("/.well-known/did.json")
@web.access("anyone")
def did() -> ResponseReturnValue:
    """The keys credentials are signed with, as a DID document."""
    return _json(issuer().did_document(), "application/did+json")


@bp.get("/.well-known/jwks.json")
@web.access("anyone")
def jwks() -> ResponseReturnValue:
    """The keys tokens are signed with."""
    return _json(issuer().jwks(), "application/jwk-set+json")


@bp.get("/issuer")
@web.access("anyone")
def about() -> ResponseReturnValue:
    """Who issues certificates here, as a page or as data."""
    if request.accept_mimetypes.best_match(["text/html", CREDENTIAL, "application/json"]) == (
        "text/html"
    ):
        return render_template("credentials/issuer.html", issuer=issuer())
    return _json(certificates.profile(issuer()), CREDENTIAL)


@bp.get("/achievements/<int:number>")
@web.access("anyone")
def achievement(number: int) -> ResponseReturnValue:
    """What was achieved and by which rule; it never changes."""
    found = certificates.achievement(number)
    return render_template("credentials/achievement.html", achievement=found)


def _viewer() -> int | None:
    return web.user_id() if current_user.is_authenticated else None


def _json(data: object, kind: str) -> Response:
    return _open(json.dumps(data, indent=1).encode(), kind, LATER)


def _open(data: bytes, kind: str, cache: str) -> Response:
    """An answer that programs of other sites may read."""
    answer = Response(data, content_type=kind)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["Cache-Control"] = cache
    return answer
