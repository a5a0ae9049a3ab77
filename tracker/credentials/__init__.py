"""Signed credentials: the only place that knows Open Badges, DIDs, tokens and PDF.

No database, no clock, no network: times are arguments, and everything needed lies on the disk.
`keys.load` gives the issuer, `sign` a credential, `verify` a report; `status`, `images`, `baking`,
`pdf` and `archive` make the rest.
"""

from tracker.credentials.claims import Achievement, Claim, Figure, Member, Signed
from tracker.credentials.keys import Issuer
from tracker.credentials.records import clr
from tracker.credentials.reports import Check, Facts, Report
from tracker.credentials.signing import sign
from tracker.credentials.verifying import verify

__all__ = [
    "Achievement",
    "Check",
    "Claim",
    "Facts",
    "Figure",
    "Issuer",
    "Member",
    "Report",
    "Signed",
    "clr",
    "sign",
    "verify",
]
