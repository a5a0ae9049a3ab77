"""Certificates: earn one, keep it by reviewing, show it, take it back."""

from tracker.certificates.exports import FORMS, File, export, linkedin, page, profile, verified
from tracker.certificates.issue import Wanted, address, claim, claimed, live, renew
from tracker.certificates.revocations import anybodys, resign, revoke, served, withdraw
from tracker.certificates.sharing import (
    achievement,
    files,
    get,
    has_any,
    issued,
    open_log,
    public,
    share,
)
from tracker.certificates.subjects import Subject, earned, of, of_path, of_section, of_skill
from tracker.certificates.views import Held, Reminder, Shown, View, everything, reminders, shown

__all__ = [
    "FORMS",
    "File",
    "Held",
    "Reminder",
    "Shown",
    "Subject",
    "View",
    "Wanted",
    "achievement",
    "address",
    "anybodys",
    "claim",
    "claimed",
    "earned",
    "everything",
    "export",
    "files",
    "get",
    "has_any",
    "issued",
    "linkedin",
    "live",
    "of",
    "of_path",
    "of_section",
    "of_skill",
    "open_log",
    "page",
    "profile",
    "public",
    "reminders",
    "renew",
    "resign",
    "revoke",
    "served",
    "share",
    "shown",
    "verified",
    "withdraw",
]
