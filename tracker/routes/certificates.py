"""A learner's certificates: all of them, one, claim, share, withdraw; the owner's revocation."""

from __future__ import annotations

import uuid
from typing import cast

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import NotFound

from tracker import certificates, paths, web
from tracker.certificates import Subject, Wanted
from tracker.credentials import Issuer
from tracker.db import db
from tracker.errors import Refused

bp = Blueprint("certificates", __name__, url_prefix="/certificates")


@bp.get("/")
@web.access("learner")
def index() -> ResponseReturnValue:
    """What is held, what can be claimed, what comes next."""
    view = certificates.everything(current_user, web.now())
    return render_template("certificates/index.html", view=view)


@bp.get("/claim/<kind>/<path>/<slug>")
@web.access("learner")
def new(kind: str, path: str, slug: str) -> ResponseReturnValue:
    """How the learner wants to be named."""
    subject = _subject(kind, path, slug)
    certificates.earned(current_user, subject)
    return _form(subject)


@bp.post("/claim/<kind>/<path>/<slug>")
@web.access("learner")
def claim(kind: str, path: str, slug: str) -> ResponseReturnValue:
    """Issue it; asked twice, it is the same one."""
    subject = _subject(kind, path, slug)
    wanted = Wanted(request.form.get("name", ""), "email" in request.form)
    try:
        made = certificates.claim(current_user, subject, wanted, issuer(), web.now())
    except Refused as refused:
        db.session.rollback()
        return _form(subject, refused.message, 422)
    db.session.commit()
    return web.see_other("certificates.show", certificate=made.id)


@bp.get("/<uuid:certificate>")
@web.access("learner")
def show(certificate: uuid.UUID) -> ResponseReturnValue:
    """The certificate, and what its learner can do with it."""
    found = certificates.get(web.user_id(), certificate)
    view = certificates.shown(found, current_user, web.now())
    signer = issuer()
    links = {"address": certificates.page(found, signer)}
    links["linkedin"] = certificates.linkedin(found, signer)
    return render_template("certificates/show.html", view=view, issuer=signer, **links)


@bp.post("/<uuid:certificate>/share")
@web.access("learner")
def share(certificate: uuid.UUID) -> ResponseReturnValue:
    """Publish the page, or take it down."""
    found = certificates.get(web.user_id(), certificate)
    certificates.share(
        found,
        published="published" in request.form,
        recall="recall" in request.form,
        log="log" in request.form,
        now=web.now(),
    )
    db.session.commit()
    web.say(
        "Everybody who has its address can see it." if found.published_at else "Only you see it."
    )
    return web.see_other("certificates.show", certificate=certificate)


@bp.post("/<uuid:certificate>/withdraw")
@web.access("learner")
def withdraw(certificate: uuid.UUID) -> ResponseReturnValue:
    """Take it back for good."""
    found = certificates.get(web.user_id(), certificate)
    certificates.withdraw(found, issuer(), web.now())
    db.session.commit()
    web.say("The certificate is withdrawn. Whoever checks it will see that.")
    return web.see_other("certificates.show", certificate=certificate)


@bp.get("/issued")
@web.access("owner")
def issued() -> ResponseReturnValue:
    """Every certificate of the installation, for its owner."""
    return render_template("certificates/issued.html", rows=certificates.issued(), message="")


@bp.post("/issued/<uuid:certificate>/revoke")
@web.access("owner")
def revoke(certificate: uuid.UUID) -> ResponseReturnValue:
    """Declare one invalid, with the reason that its learner reads."""
    found = certificates.anybodys(certificate)
    certificates.revoke(found, request.form.get("reason", ""), issuer(), web.now())
    db.session.commit()
    web.say("The certificate is revoked.")
    return web.see_other("certificates.issued")


def issuer() -> Issuer:
    """Who signs here; Refused with what to do when the keys cannot be used."""
    return cast(Issuer, current_app.extensions["issuer"](web.now()))


def _subject(kind: str, path: str, slug: str) -> Subject:
    if kind == "skill":
        return certificates.of_skill(paths.skill(path, slug))
    if kind == "section":
        return certificates.of_section(paths.get(path), slug)
    if kind == "path" and path == slug:
        return certificates.of_path(paths.get(path))
    raise NotFound


def _form(subject: Subject, message: str = "", status: int = 200) -> ResponseReturnValue:
    values = {"subject": subject, "message": message, "issuer": issuer()}
    return web.page("certificates/claim.html", status, **values)
