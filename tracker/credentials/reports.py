"""What a verification found, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MARKS = {True: "yes", False: "NO", None: "not known"}
JOINERS = "\u200c\u200d"  # written in Persian and Hindi names


@dataclass(frozen=True, slots=True)
class Check:
    """One question: `ok` is None where there is not enough at hand to answer it."""

    name: str  # form, token, signature, issuer, parts, period or revocation
    ok: bool | None
    words: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the document says; true only if the report is authentic. "" where it says nothing."""

    id: str = ""
    name: str = ""  # of the learner
    achievement: str = ""
    issuer: str = ""
    issuer_id: str = ""
    awarded: str = ""
    valid_until: str = ""
    digest: str = ""  # "sha256-…" of the signed document's bytes, as in the QR code


@dataclass(frozen=True, slots=True)
class Report:
    """Every check and every fact; `str` of it is for a terminal."""

    form: str
    checks: tuple[Check, ...]
    facts: Facts

    @property
    def authentic(self) -> bool | None:
        """Whether the named issuer signed exactly this."""
        return together(one.ok for one in self.checks if one.name not in ("period", "revocation"))

    @property
    def valid(self) -> bool | None:
        """Whether it is within its dates and not revoked; says nothing about who signed."""
        return together(one.ok for one in self.checks if one.name in ("period", "revocation"))

    def __str__(self) -> str:
        lines = [self.form, *self._facts(), ""]
        lines += [f"  {MARKS[one.ok]:9}  {one.name}: {one.words}" for one in self.checks]
        lines += ["", f"authentic: {MARKS[self.authentic]}; valid: {MARKS[self.valid]}"]
        return "\n".join(plain(line) for line in lines)

    def _facts(self) -> list[str]:
        facts = self.facts
        named = {
            "name": facts.name,
            "achievement": facts.achievement,
            "issuer": f"{facts.issuer} ({facts.issuer_id})",
            "awarded": facts.awarded,
            "valid until": facts.valid_until,
            "id": facts.id,
        }
        return [f"  {name}: {value}" for name, value in named.items() if value]


def together(answers: Iterable[bool | None]) -> bool | None:
    """One answer out of several: a no outweighs all, and not knowing outweighs a yes."""
    found = list(answers)
    if False in found:
        return False
    return None if None in found else True


def plain(text: str) -> str:
    """Text that moves no cursor and turns no direction in a terminal."""
    return "".join(one for one in text if one.isprintable() or one in JOINERS)
