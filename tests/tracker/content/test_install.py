"""Installing and upgrading a path: whatever an author does, no learner loses anything."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from cards.models import Card, Deck, Media, Memory, Note, NoteRevision, Review, StudyDay
from cards.scheduler import Rating
from tests.factories import answer, make_user
from tests.texts import card, cloze, read, skill, toml, write
from tracker import audit
from tracker.content.install import install
from tracker.db import db, writing
from tracker.errors import Refused
from tracker.models import Path, Prerequisite, Section, SectionSkill, Skill


@pytest.fixture
def put(app, tmp_path, clock):
    """`put("gil", card(…), …)` or `put({skill: file, …})`: install that text, all in one folder."""

    def install_text(skills, *cards, path=None, name="demo"):
        skills = skills if isinstance(skills, dict) else {skills: skill(skills, *cards)}
        path = path or toml({"first": list(skills)}, name)
        text = read(write(tmp_path / name, skills, path))
        return install(db.session, text, clock())

    with app.app_context(), writing():
        yield install_text


def one(variant="q"):
    """The only card of a variant."""
    db.session.expire_all()
    return db.session.scalars(select(Card).where(Card.variant == variant)).one()


def live():
    """The live cards by name and variant."""
    db.session.expire_all()
    rows = db.session.execute(
        select(Note.namespace, Note.name, Card)
        .join(Card, Card.note_id == Note.id)
        .where(Card.retired_at.is_(None), Note.retired_at.is_(None))
        .order_by(Note.id, Card.variant)
    )
    return {f"{space}/{name}/{card.variant}": card for space, name, card in rows}


def memory(user, card):
    db.session.expire_all()
    return db.session.get_one(Memory, (user.id, card.id))


class Statements:
    """Counts the statements that write, and all of them."""

    def __init__(self):
        self.all = []

    def __enter__(self):
        event.listen(db.engine, "before_cursor_execute", self.add)
        return self

    def __exit__(self, *error):
        event.remove(db.engine, "before_cursor_execute", self.add)

    def add(self, connection, cursor, statement, *rest):
        self.all.append(statement)

    @property
    def writing(self):
        return [text for text in self.all if not text.startswith(("SELECT", "BEGIN"))]


# The first installation.


def test_a_path_is_installed_with_its_sections_skills_and_cards(put, now):
    changes = put("gil", card("one"), cloze("two", "{{c1::Aa}} and {{c3::bb}}."))
    path = db.session.scalars(select(Path)).one()
    assert (path.slug, path.title, path.installed_at) == ("demo", "Path demo", now)
    assert [section.slug for section in path.sections] == ["first"]
    assert list(live()) == ["demo/one/q", "demo/two/c1", "demo/two/c3"]
    assert changes.added == list(live())
    assert (changes.sections_added, changes.skills_added) == (["first"], ["gil"])


def test_the_html_of_both_sides_is_made_once(put):
    put("gil", card("one", "What is `x`?", "*Forty*", "Why: Because **so**."))
    shown = one()
    assert "<code>x</code>" in shown.question_html
    assert "<em>Forty</em>" in shown.answer_html
    assert "<strong>so</strong>" in shown.note.why_html


def test_a_note_keeps_what_the_author_wrote(put):
    put("gil", card("one", "How many?", "40", "Typed: yes", "Accept: forty", "Tags: core"))
    note = one().note
    assert note.fields == {
        "question": "How many?",
        "answer": "40",
        "typed": True,
        "accept": ["forty"],
    }
    assert (note.tags, note.sources) == (["core"], ["https://example.org/page"])


def test_a_deck_knows_where_it_stands(put):
    put("gil", card("one"))
    assert one().note.deck.trail == [
        ["Path demo", "/paths/demo"],
        ["Section first", "/paths/demo#first"],
        ["The gil", "/paths/demo/gil"],
    ]


def test_cards_stand_in_the_order_of_the_text(put):
    put("gil", card("zzz"), cloze("yyy", "{{c2::Aa}} {{c1::bb}}."), card("aaa", "Why?"))
    places = {key: shown.position for key, shown in live().items()}
    assert places == {"demo/zzz/q": 0, "demo/yyy/c1": 10, "demo/yyy/c2": 11, "demo/aaa/q": 20}


def test_pictures_are_stored_and_replaced(put, tmp_path):
    (tmp_path / "demo" / "media").mkdir(parents=True)
    for data in (b"<svg/>", b"<svg></svg>"):
        (tmp_path / "demo" / "media" / "x.svg").write_bytes(data)
        put("gil", card("one", "![it](media/x.svg) Which?"))
        db.session.expire_all()
        picture = db.session.scalars(select(Media)).one()
        assert (picture.data, picture.type) == (data, "image/svg+xml")
    assert 'src="/media/demo/x.svg"' in one().question_html


# Again.


def big():
    return {
        name: skill(name, *(card(f"{name}-{number}", f"{name} {number}?") for number in range(20)))
        for name in ("gil", "slots", "mro")
    }


def test_installing_twice_changes_nothing_and_writes_nothing(put, clock):
    put(big())
    clock.move(days=1)
    db.session.expunge_all()
    with Statements() as statements:
        changes = put(big())
    assert not changes and str(changes) == "demo: nothing changed"
    assert statements.writing == []


def test_an_upgrade_reads_with_a_handful_of_statements(put, clock):
    put(big())
    db.session.expunge_all()
    with Statements() as statements:
        put(big() | {"gil": skill("gil", card("gil-1", "Now?"), card("fresh", "What?"))})
    assert len([text for text in statements.all if text.startswith("SELECT")]) <= 10


def test_an_edited_card_keeps_its_schedule_and_its_old_text(put, clock, now):
    put("gil", card("one", answer="Forty."))
    learner, before = make_user(), one().id
    answer(learner, one(), Rating.Good, clock())
    due = memory(learner, one()).due
    clock.move(days=1)

    changes = put("gil", card("one", answer="Forty-two."))
    assert changes.edited == ["demo/one/q"]
    assert (one().id, memory(learner, one()).due) == (before, due)
    assert "Forty-two" in one().answer_html and one().changed_at is None
    kept = db.session.scalars(select(NoteRevision)).one()
    assert (kept.fields["answer"], kept.replaced_at) == ("Forty.", clock())


def test_two_edits_at_one_instant_are_both_kept(put):
    for words in ("A.", "B.", "C."):
        put("gil", card("one", answer=words))
    kept = db.session.scalars(select(NoteRevision).order_by(NoteRevision.replaced_at))
    assert [row.fields["answer"] for row in kept] == ["A.", "B."]


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_a_changed_meaning_is_due_at_once_and_keeps_its_history(app, put, clock, zone):
    put("gil", card("one"), card("two", "Why?"))
    learner = make_user(zone=zone)
    for shown in live().values():
        answer(learner, shown, Rating.Easy, clock())
    clock.move(hours=1)

    changes = put("gil", card("one", "", "Wrong.", "Rev: 2"), card("two", "Why?"))
    first, second = live().values()
    assert (changes.meaning, changes.edited) == (["demo/one/q"], [])
    assert (memory(learner, first).due, first.changed_at) == (clock(), clock())
    assert memory(learner, first).reps == 1
    assert memory(learner, second).due > clock() and second.changed_at is None
    assert audit.run().faults == []


def test_a_meaning_that_changed_is_not_put_off_by_one_who_is_late_anyway(put, clock):
    put("gil", card("one"))
    learner = make_user()
    answer(learner, one(), Rating.Easy, clock())
    due = memory(learner, one()).due
    clock.move(days=100)
    put("gil", card("one", "", "Wrong.", "Rev: 2"))
    assert memory(learner, one()).due == due


def test_a_card_may_move_to_another_skill(put):
    skills = {"gil": skill("gil", card("one")), "slots": skill("slots")}
    put(skills)
    before = one().id
    changes = put({"gil": skill("gil"), "slots": skill("slots", card("one"))})
    assert (changes.moved, changes.edited, changes.added) == (["demo/one/q"], [], [])
    assert (one().id, one().note.deck.name) == (before, "The slots")
    assert one().deck_id == one().note.deck_id


def test_what_is_gone_is_retired_and_comes_back_with_its_history(put, clock):
    put("gil", card("one"), card("two", "Why?"))
    learner, before = make_user(), live()["demo/two/q"].id
    answer(learner, live()["demo/two/q"], Rating.Good, clock())

    changes = put("gil", card("one"))
    assert changes.retired == ["demo/two/q"] and list(live()) == ["demo/one/q"]
    assert db.session.get_one(Card, before).retired_at == clock()

    changes = put("gil", card("one"), card("two", "Why, then?"))
    assert changes.revived == ["demo/two/q"]
    assert live()["demo/two/q"].id == before and "then" in live()["demo/two/q"].question_html
    assert memory(learner, live()["demo/two/q"]).reps == 1


def test_a_removed_cloze_leaves_the_others_their_names(put):
    put("gil", cloze("one", "{{c1::Aa}}, {{c2::bb}}, {{c3::cc}}."))
    third = live()["demo/one/c3"].id
    changes = put("gil", cloze("one", "{{c1::Aa}}, bb, {{c3::cc}}."))
    assert changes.retired == ["demo/one/c2"]
    assert list(live()) == ["demo/one/c1", "demo/one/c3"]
    assert live()["demo/one/c3"].id == third


def test_a_cloze_that_comes_back_shows_the_text_of_today(put):
    put("gil", cloze("one", "{{c1::Aa}}, {{c2::bb}}."))
    put("gil", cloze("one", "{{c1::Aa}}, or bb."))
    changes = put("gil", cloze("one", "{{c1::Aa}}, or perhaps {{c2::bb}}."))
    assert changes.revived == ["demo/one/c2"] and changes.edited == ["demo/one/c1"]
    assert "perhaps" in live()["demo/one/c2"].question_html


def test_a_reverse_card_can_be_added_and_taken_away(put):
    put("gil", card("one"))
    assert put("gil", card("one", "", "Forty.", "Reverse: yes")).added == ["demo/one/r"]
    assert "Forty" in live()["demo/one/r"].question_html
    assert put("gil", card("one")).retired == ["demo/one/r"]


# Names.


def test_a_renamed_card_keeps_its_schedule(put, clock):
    put("gil", card("one"))
    learner, before = make_user(), one().id
    answer(learner, one(), Rating.Good, clock())
    changes = put("gil", card("new-name", "What is the value of one?", "Forty.", "Was: one"))
    assert changes.renamed == ["demo/one → demo/new-name"]
    assert (changes.added, changes.retired) == ([], [])
    assert list(live()) == ["demo/new-name/q"] and one().id == before
    assert not put("gil", card("new-name", "What is the value of one?", "Forty.", "Was: one"))


def test_a_claim_may_stay_in_the_text_or_go(put):
    put("gil", card("one"))
    put("gil", card("two", "Why?", "40", "Was: one"))
    assert not put("gil", card("two", "Why?", "40"))


def test_who_missed_a_version_finds_the_oldest_name(put):
    put("gil", card("one"))
    before = one().id
    put("gil", card("three", "Why?", "40", "Was: two", "Was: one"))
    assert one().id == before


def test_a_split_gives_the_history_to_one_and_the_other_starts_new(put):
    put("gil", card("one"))
    before = one().id
    changes = put("gil", card("half-a", "Why?", "40", "Was: one"), card("half-b", "When?"))
    assert live()["demo/half-a/q"].id == before
    assert changes.added == ["demo/half-b/q"]


def test_a_card_that_both_were_keeps_its_own_history(put):
    put("gil", card("one"), card("two", "Why?"))
    before = live()["demo/two/q"].id
    changes = put("gil", card("two", "Why?", "Forty.", "Was: one"))
    assert live()["demo/two/q"].id == before
    assert (changes.renamed, changes.retired) == ([], ["demo/one/q"])


def test_a_downgrade_takes_a_renaming_back(put):
    put("gil", card("one"))
    before = one().id
    put("gil", card("two", "Why?", "40", "Was: one"))
    changes = put("gil", card("one"))
    assert changes.renamed == ["demo/two → demo/one"]
    assert list(live()) == ["demo/one/q"] and one().id == before


def test_another_path_can_take_a_card_over(put, clock):
    put("gil", card("one"), name="old")
    learner, before = make_user(), one().id
    answer(learner, one(), Rating.Good, clock())
    changes = put("locks", card("mine", "Why?", "40", "Was: old/one"), name="new")
    assert changes.renamed == ["old/one → new/mine"]
    assert list(live()) == ["new/mine/q"] and one().id == before
    assert put("gil", name="old").retired == []
    assert memory(learner, one()).reps == 1


def test_the_same_id_in_two_paths_are_two_cards(put):
    put("gil", card("one"), name="old")
    put("gil", card("one"), name="new")
    assert sorted(live()) == ["new/one/q", "old/one/q"]


# Sections, skills and what leads from one to the other.


def test_sections_and_skills_are_retired_and_revived(put):
    skills = {"gil": skill("gil", card("one")), "slots": skill("slots", card("two", "Why?"))}
    both = toml({"first": ["gil"], "second": ["slots"]})
    put(skills, path=both)
    numbers = sorted(db.session.scalars(select(Skill.id)))

    changes = put({"gil": skills["gil"]}, path=toml({"first": ["gil"]}))
    assert (changes.sections_retired, changes.skills_retired) == (["second"], ["slots"])
    assert changes.retired == ["demo/two/q"]

    changes = put(skills, path=both)
    assert (changes.sections_added, changes.skills_added) == (["second"], ["slots"])
    assert changes.revived == ["demo/two/q"]
    assert sorted(db.session.scalars(select(Skill.id))) == numbers
    assert db.session.scalar(select(func.count()).select_from(Deck)) == 2


def test_skills_may_change_place(put):
    skills = {name: skill(name) for name in ("gil", "slots", "mro")}
    put(skills, path=toml({"first": ["gil", "slots"], "second": ["mro"]}))
    put(skills, path=toml({"second": ["slots", "mro"], "first": ["gil"]}))
    rows = db.session.execute(
        select(Section.slug, Skill.slug)
        .join(SectionSkill, SectionSkill.section_id == Section.id)
        .join(Skill, Skill.id == SectionSkill.skill_id)
        .order_by(Section.position, SectionSkill.position)
    )
    assert list(rows) == [("second", "slots"), ("second", "mro"), ("first", "gil")]
    assert db.session.scalar(select(func.count()).select_from(Section)) == 2


def test_requirements_follow_the_text(put):
    gil = skill("gil", more='requires = ["slots", "mro"]')
    put({"gil": gil, "slots": skill("slots"), "mro": skill("mro")})
    assert len(db.session.scalars(select(Prerequisite)).all()) == 2
    put(
        {
            "gil": skill("gil", more='requires = ["mro"]'),
            "slots": skill("slots"),
            "mro": skill("mro"),
        }
    )
    (left,) = db.session.scalars(select(Prerequisite))
    assert db.session.get_one(Skill, left.requires_id).slug == "mro"


def test_a_skill_of_another_path_is_listed_not_copied(put):
    put("gil", card("one"), name="old")
    put({"slots": skill("slots")}, path=toml({"all": ["old/gil", "slots"]}, "new"), name="new")
    section = db.session.scalars(select(Section).where(Section.slug == "all")).one()
    rows = db.session.scalars(select(SectionSkill).where(SectionSkill.section_id == section.id))
    listed = {db.session.get_one(Skill, row.skill_id).slug: row.position for row in rows}
    assert listed == {"gil": 0, "slots": 1}
    assert len(db.session.scalars(select(Skill)).all()) == 2


def test_a_skill_of_a_path_that_is_not_installed_is_refused(put):
    path = toml({"all": ["gil", "missing/sql"]})
    with pytest.raises(Refused, match="missing/sql"):
        put({"gil": skill("gil", card("one"))}, path=path)
    assert db.session.scalars(select(Path)).all() == []


def test_a_retired_skill_of_another_path_is_refused(put):
    put({"gil": skill("gil"), "mro": skill("mro")}, name="old")
    put("gil", name="old")
    with pytest.raises(Refused, match="old/mro"):
        put({"slots": skill("slots", more='requires = ["old/mro"]')}, name="new")


def test_a_title_is_a_detail_that_is_counted(put, clock):
    put("gil", card("one"))
    clock.move(hours=1)
    changes = put({"gil": skill("gil", card("one")).replace("The gil", "The lock")})
    assert changes and changes.details == 1 and changes.edited == []
    db.session.expire_all()
    assert one().note.deck.name == "The lock"
    assert db.session.scalars(select(Path)).one().changed_at == clock()


def test_html_made_by_older_rules_is_made_anew_without_being_an_edit(put):
    put("gil", card("one"))
    one().note.policy, one().question_html = "old", "old"
    shown = one()
    shown.note.policy, shown.question_html = "old", "old"
    db.session.flush()
    changes = put("gil", card("one"))
    assert changes.edited == [] and changes.details == 1
    assert "value of one" in one().question_html
    assert db.session.scalars(select(NoteRevision)).all() == []


def test_plans_of_today_are_forgotten_when_something_changed(put, clock):
    put("gil", card("one"))
    learner, today = make_user(), clock().toordinal()
    for day in (today, today - 30):
        db.session.add(StudyDay(user_id=learner.id, day=day, plans={"": [1]}))
    db.session.flush()
    put("gil", card("one"))
    assert db.session.get_one(StudyDay, (learner.id, today)).plans == {"": [1]}
    put("gil", card("one"), card("two", "Why?"))
    db.session.expire_all()
    assert db.session.get_one(StudyDay, (learner.id, today)).plans == {}
    assert db.session.get_one(StudyDay, (learner.id, today - 30)).plans == {"": [1]}


def test_the_changes_can_be_printed(put):
    put("gil", card("one"), *(card(f"card-{number}", f"{number}?") for number in range(30)))
    lines = str(put("gil", card("one", "Why?"))).splitlines()
    assert lines[:2] == ["demo:", "  1 cards edited, schedules kept: demo/one/q"]
    assert lines[2].startswith("  30 cards retired, histories kept: demo/card-0/q, ")
    assert lines[2].endswith("demo/card-19/q, …")


# Any edits whatever.

NAMES = [f"card-{number}" for number in range(5)]
NOTES = st.fixed_dictionaries(
    {
        "skill": st.sampled_from(["gil", "slots"]),
        "words": st.integers(0, 2),
        "rev": st.integers(1, 2),
        "holes": st.sets(st.integers(1, 3)),
        "claims": st.sampled_from([None, *NAMES]),
    }
)
VERSIONS = st.dictionaries(st.sampled_from(NAMES), NOTES)


def files_of(version):
    """The skill files of a version: claims that the format forbids are left out."""
    skills = {"gil": [], "slots": []}
    claimed = set()
    for name, note in version.items():
        extra = [f"Rev: {note['rev']}"]
        if note["claims"] and note["claims"] not in {*version, *claimed}:
            claimed.add(note["claims"])
            extra.append(f"Was: {note['claims']}")
        skills[note["skill"]].append(block(name, note, extra))
    return {name: skill(name, *blocks) for name, blocks in skills.items()}


def block(name, note, extra):
    if not note["holes"]:
        return card(name, f"What about {name}?", f"Word {note['words']}", *extra)
    holes = " ".join(f"{{{{c{number}::hole {number}}}}}" for number in sorted(note["holes"]))
    return cloze(name, f"Of {name}, {note['words']}: {holes}.", *extra)


def snapshot():
    return {
        key: (shown.id, shown.deck_id, shown.position, shown.question_html, shown.answer_html)
        for key, shown in live().items()
    }


def variants_of(version):
    return {
        f"demo/{name}/{variant}"
        for name, note in version.items()
        for variant in ([f"c{number}" for number in note["holes"]] or ["q"])
    }


def log():
    return set(db.session.execute(select(Review.user_id, Review.id, Review.card_id)))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(VERSIONS, min_size=1, max_size=4))
def test_the_log_never_shrinks_and_the_live_cards_are_those_of_the_text(put, clock, versions):
    learner = make_user()
    said = set()
    for version in versions:
        put(files_of(version))
        assert set(live()) == variants_of(version)
        assert log() >= said
        assert not put(files_of(version))
        for shown in live().values():
            answer(learner, shown, Rating.Good, clock.move(minutes=30))
        said = log()
    assert db.session.scalar(select(func.count()).select_from(Memory)) == len(
        {card_id for _, _, card_id in said}
    )
    assert audit.run().faults == []
    db.session.rollback()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(VERSIONS, VERSIONS)
def test_an_upgrade_and_a_downgrade_leave_every_live_card_as_it_was(put, clock, first, second):
    # An id that was taken over is never used again: `ids.lock` sees to that.
    assume(not {note["claims"] for note in first.values()} & second.keys())
    db.session.rollback()
    put(files_of(first))
    before = snapshot()
    put(files_of(second))
    put(files_of(first))
    assert snapshot() == before
