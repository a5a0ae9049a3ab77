"""What a learner sees of a path: what waits, what is remembered, what changed and why."""

from tracker.progress.pages import CardRow as CardRow
from tracker.progress.pages import SkillView as SkillView
from tracker.progress.pages import Today as Today
from tracker.progress.pages import path as path
from tracker.progress.pages import skill as skill
from tracker.progress.pages import today as today
from tracker.progress.report import overview as overview
from tracker.progress.report import path_report as path_report
from tracker.progress.report import section_report as section_report
from tracker.progress.report import skill_report as skill_report
from tracker.progress.rows import PathView as PathView
from tracker.progress.rows import SectionRow as SectionRow
from tracker.progress.rows import SkillRow as SkillRow
