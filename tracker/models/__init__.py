"""The tables of people, paths and certificates: columns and their meaning, no queries."""

from tracker.models.certificates import (
    Achievement,
    Certificate,
    ClosingCheck,
    StatusEntry,
    StatusList,
)
from tracker.models.paths import (
    Enrolment,
    KnownSkill,
    Path,
    Prerequisite,
    Section,
    SectionSkill,
    Skill,
    Skip,
)
from tracker.models.people import LoginFailure, Session, Setting, User

__all__ = [
    "Achievement",
    "Certificate",
    "ClosingCheck",
    "Enrolment",
    "KnownSkill",
    "LoginFailure",
    "Path",
    "Prerequisite",
    "Section",
    "SectionSkill",
    "Session",
    "Setting",
    "Skill",
    "Skip",
    "StatusEntry",
    "StatusList",
    "User",
]
