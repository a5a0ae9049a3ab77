"""Reading a path: the format's example, every fault with its line, never a crash."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.texts import NOTES, SOURCE, card, cloze, faults_of, one_note, read, skill, toml, write
from tracker.content import files, text, versions
from tracker.content.lint import lint
from tracker.content.text import ResourceText, SkillText

EXAMPLE = """+++
id = "gil"
title = "The GIL"
summary = "One lock, one thread of bytecode at a time, and the builds that drop it."
importance = "core"
level = "intermediate"
requires = ["python-interpreters", "concurrency"]
reviewed = 2026-11-23
[[resources]]
type = "official"
title = "Glossary: global interpreter lock"
url = "https://docs.python.org/3/glossary.html#term-global-interpreter-lock"
+++

Notes shown on the skill's page, ordinary Markdown.

## Cards

### gil-what-it-serialises
Q: What does CPython's GIL allow only one thread at a time to do?
A: Execute Python bytecode.
Why: The interpreter's own state, reference counts above all, has no finer locks.
Source: https://docs.python.org/3/glossary.html#term-global-interpreter-lock

### gil-phases
C: The free-threaded build was {{c1::experimental}} in 3.13 and is
{{c2::officially supported but optional}} from 3.14.
Source: https://peps.python.org/pep-0779/
Tags: core volatile

### closure-late-binding
Python: >=3.8
Q: What does this print?

```python run
fs = [lambda: i for i in range(3)]
print([f() for f in fs])
```
A:
```text output
[2, 2, 2]
```
Why: A closure looks `i` up when called, not when created.
Source: https://docs.python.org/3/faq/programming.html
"""
EXAMPLE_PATH = """format = 1
id = "python-engineer"            # namespace of all card ids; never changes
title = "Python engineer"
language = "en"
license = "CC-BY-SA-4.0"
[[contributors]]
name = "Ada"
url = "https://example.org/ada"
roles = ["author", "reviewer"]
[[sections]]
id = "python-core"
title = "Python core knowledge"
intro = "…"
skills = ["python-interpreters", "concurrency", "gil", "other-path/sql"]
"""


@pytest.fixture
def example_path(tmp_path):
    others = {name: skill(name) for name in ("python-interpreters", "concurrency")}
    return write(tmp_path, {"gil": EXAMPLE, **others}, EXAMPLE_PATH)


def test_the_example_of_the_specification_is_read(example_path):
    path = read(example_path)
    assert (path.id, path.version, path.directory) == ("python-engineer", "", example_path)
    assert path.contributors[0].roles == ("author", "reviewer")
    assert path.sections[0].skills[3] == "other-path/sql"
    assert list(path.skills) == ["python-interpreters", "concurrency", "gil"]


def test_a_skill_has_its_front_matter_notes_and_cards(example_path):
    gil: SkillText = read(example_path).skills["gil"]
    assert (gil.title, gil.importance, gil.level) == ("The GIL", "core", "intermediate")
    assert gil.requires == ("python-interpreters", "concurrency")
    assert gil.reviewed == date(2026, 11, 23)
    assert gil.notes == "Notes shown on the skill's page, ordinary Markdown."
    assert gil.resources == (
        ResourceText(
            "official",
            "Glossary: global interpreter lock",
            "https://docs.python.org/3/glossary.html#term-global-interpreter-lock",
        ),
    )


def test_the_cards_of_the_example_are_read(example_path):
    basic, hidden, run = read(example_path).skills["gil"].cards
    assert (basic.kind, basic.answer, basic.rev) == ("basic", "Execute Python bytecode.", 1)
    assert (hidden.kind, hidden.tags) == ("cloze", ("core", "volatile"))
    assert hidden.variants == ("c1", "c2")
    assert (run.python, run.variants, run.line) == (">=3.8", ("q",), 31)
    assert run.answer == "```text output\n[2, 2, 2]\n```"
    assert run.question.startswith("What does this print?\n\n```python run\nfs = ")


def test_what_looks_like_a_field_or_a_heading_inside_a_fence_is_code(tmp_path):
    code = "```python\nQ: int\n## Cards\n### x\nSource: y\n```"
    note = one_note(tmp_path, card("fenced", f"What is this?\n\n{code}\n"))
    assert note.question == f"What is this?\n\n{code}"


def test_a_fence_of_four_holds_one_of_three(tmp_path):
    code = "````text\n```\nA: no field\n```\n````"
    assert one_note(tmp_path, card("nested", "Why?", "\n" + code)).answer == code


def test_every_optional_field_is_read(tmp_path):
    fields = ["Typed: yes", "Accept: 40", "Accept: XL", "Reverse: yes", "Was: old-one"]
    fields += ["Was: other-path/older", "Rev: 3", "Tags: core, volatile core"]
    note = one_note(tmp_path, card("all-of-them", "How many?", "Forty", *fields))
    assert (note.typed, note.accept, note.reverse) == (True, ("40", "XL"), True)
    assert (note.was, note.rev) == (("old-one", "other-path/older"), 3)
    assert (note.tags, note.variants) == (("core", "volatile"), ("q", "r"))


def test_a_card_that_raises_needs_no_answer_of_its_own(tmp_path):
    block = (
        f"### boom\nQ: What happens?\n```python run\nint('x')\n```\nRaises: ValueError\n{SOURCE}"
    )
    note = one_note(tmp_path, block)
    assert (note.raises, note.answer) == ("ValueError", "`ValueError`")


def test_cloze_numbers_are_names_and_may_have_gaps(tmp_path):
    note = one_note(tmp_path, cloze("gaps", "{{c3::One}} and {{c1::two}} and {{c3::three}}."))
    assert note.variants == ("c1", "c3")


def test_code_with_braces_is_no_cloze_without_number(tmp_path):
    one_note(tmp_path, cloze("braces", "`f'{{{x}}}'` prints {{c1::braces}}, `{{ x }}` in Jinja."))


def test_line_ends_of_windows_and_a_byte_order_mark_change_nothing(tmp_path):
    plain = one_note(tmp_path, card("same"))
    file = tmp_path / "skills" / "gil.md"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert read(tmp_path).cards == (plain,)


def test_the_digest_tells_an_edit_but_not_a_move_or_a_claim(tmp_path):
    note = one_note(tmp_path, card("one"))
    assert replace(note, id="two", line=99, file="x", was=("y",)).digest == note.digest
    for change in ({"why": "So."}, {"rev": 2}, {"tags": ("core",)}, {"answer": "41"}):
        assert replace(note, **change).digest != note.digest


def test_the_digest_of_the_answer_forgives_spacing_and_case(tmp_path):
    note = one_note(tmp_path, card("one", answer="Forty  two"))
    assert replace(note, answer="forty two", question="?").answer_digest == note.answer_digest
    assert replace(note, answer="forty one").answer_digest != note.answer_digest


def test_pictures_are_read_with_the_path(tmp_path):
    write(tmp_path, {"gil": skill("gil", card("one"), notes="![a lock](media/lock.svg)")})
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "lock.svg").write_bytes(b"<svg/>")
    assert read(tmp_path).media == {"lock.svg": b"<svg/>"}


# Bad cards: the block stands on line 18 of its file.

LINE = skill("gil").count("\n") + 1
BAD_CARDS = [
    ("stray\n" + card("one"), 0, "text before the first card"),
    ("### GIL phases\nQ: a\nA: b\n", 0, '"GIL phases" is a bad card id'),
    ("### ab\nQ: a\nA: b\n", 0, '"ab" is a bad card id'),
    ("###one-x\nQ: a\nA: b\n" + card("one-x"), 3, "also on line"),
    ("### one\nstray\nQ: a\nA: b\n", 1, "text before the first field"),
    ("### one\nA: b\n", 0, "neither Q: nor C:"),
    ("### one\nQ: a\n", 0, "no answer"),
    ("### one\nQ: a\nA:\n", 2, "A: is empty"),
    ("### one\nQ: a\nA: b\nC: {{c1::c}}\n", 0, "C: beside Q: or A:"),
    ("### one\nQ: a\nQ: a\nA: b\n", 2, "stands twice"),
    ("### one\nQ: a\nA: b\nHint: c\n", 3, 'unknown field "Hint"'),
    ("### one\nQ: a\nA: b\nsource: c\n", 3, 'unknown field "source"'),
    ("### one\nQ: a\nA: b\nTags: core\nmore\n", 4, "stray text after Tags:"),
    ("### one\nQ: a\nA: b\nTags: Core\n", 3, '"Core" is not a tag'),
    ("### one\nQ: a\nA: b\nRev: two\n", 3, 'Rev: cannot be "two"'),
    ("### one\nQ: a\nA: b\nTyped: true\n", 3, 'Typed: cannot be "true"'),
    ("### one\nQ: a\nA: b\nPython: 3.11\n", 3, 'Python: cannot be "3.11"'),
    ("### one\nQ: a\nA: b\nWas: a b\n", 3, 'Was: cannot be "a b"'),
    ("### one\nQ: a\nA: b\nWas: one\n", 3, "names the card itself"),
    ("### one\nQ: a\nA: b\nRaises: ValueError\n", 3, "without code"),
    ("### one\nC: no hole\n", 1, "no numbered hole"),
    ("### one\nC: {{c1::a}} and {{b}}\n", 1, "cloze without number: {{b"),
    ("### one\nC: {{c0::a}}\n", 1, "no numbered hole"),
    ("### one\nC: {{c1:: }}\n", 1, "empty or holds another"),
    ("### one\nC: {{c1::a}}\nReverse: yes\n", 2, "does not go with C:"),
    ("### one\nQ: a\n```python run\n1\n```\nA: b\n", 1, "needs one output"),
    ("### one\nQ: a\n```python\n1\nA: b\n", 2, "never closed"),
    ("### one\nQ: a\nA: ```python\n1\n```\n", 2, "code on the line of A:"),
    ("## More\n" + card("one"), 0, "a heading among the cards"),
    ("### one\nQ: a\x00\nA: b\n", 1, "control character 0x00"),
    ("### one\nQ: ![](media/x.svg)\nA: b\n", 1, "has no text"),
    ("### one\nQ: ![x](https://example.org/x.svg)\nA: b\n", 1, "not in media/"),
    ("### one\nQ: ![x](media/../../x.svg)\nA: b\n", 1, "not in media/"),
    ("### one\nQ: ![x](media/none.svg)\nA: b\n", 1, "media/none.svg is not there"),
    (f"### one\nQ: {'a' * 20_001}\nA: b\n", 1, "over 20,000 letters"),
]


@pytest.mark.parametrize(("block", "line", "words"), BAD_CARDS)
def test_a_bad_card_is_named_with_its_line(tmp_path, block, line, words):
    faults = faults_of(write(tmp_path, {"gil": skill("gil", block)}))
    assert [(fault.line, True) for fault in faults if words in fault.what] == [(LINE + line, True)]
    assert all(fault.file == str(tmp_path / "skills" / "gil.md") for fault in faults)


BAD_FRONT_MATTER = [
    ('id = "gil"', 'id = "lock"', 2, '"lock" stands in gil.md'),
    ('title = "The gil"', "title = 3", 3, "title is not"),
    ('title = "The gil"', 'title = ""', 3, "title is empty"),
    ('title = "The gil"', "", 1, "title is missing"),
    ('title = "The gil"', f'title = "{"x" * 201}"', 3, "over 200 letters"),
    ('"core"', '"vital"', 5, '"vital" is unknown'),
    ('"basic"', '"easy"', 6, '"easy" is unknown'),
    ("2026-11-23", '"today"', 7, "reviewed is not a date"),
    ("2026-11-23", "2026-11-23T10:00:00", 7, "reviewed is not a date"),
    ("reviewed", "colour = 1\nreviewed", 7, 'unknown key "colour"'),
    ("reviewed", 'requires = ["nothing"]\nreviewed', 7, 'unknown skill "nothing"'),
    ("reviewed", 'requires = ["gil"]\nreviewed', 7, "go in a circle"),
    ("reviewed", 'requires = ["The GIL"]\nreviewed', 7, "is not a skill id"),
    ("reviewed", "requires = [1]\nreviewed", 7, "holds more than texts"),
    ("reviewed = ", "reviewed ", 7, "not TOML"),
    ('"official"', '"blog"', 10, '"blog" is unknown'),
    ('"https://example.org/page"', '"example.org"', 12, "url is not an address"),
    ("[[resources]]", "[[sources]]", 9, 'unknown key "sources"'),
    ("[[resources]]", "[[sources]]", 1, "resources is missing"),
    ('title = "Page"', 'title = "Page\\u0000"', 11, "control character"),
]


@pytest.mark.parametrize(("old", "new", "line", "words"), BAD_FRONT_MATTER)
def test_bad_front_matter_is_named_with_its_line(tmp_path, old, new, line, words):
    good = skill("gil", card("one"))
    faults = faults_of(write(tmp_path, {"gil": good.replace(old, new, 1)}))
    found = [fault.line for fault in faults if words in fault.what]
    assert found and abs(found[0] - line) <= (1 if "missing" in words else 0), faults


BAD_FILES = [
    (b"\xff\xfe", 1, "is not UTF-8"),
    (b"+++\n+++\n\xff", 3, "is not UTF-8"),
    (b"", 1, "front matter is missing"),
    (b"+++\nid = 1\n", 1, "front matter does not end"),
    (b"x" * (files.LIMIT + 1), 1, "over 1 MiB"),
    (b"+++\nx = [" + b"[" * 5000 + b"\n+++\n", 2, "not TOML"),
    (b"+++\nx = " + b"9" * 5000 + b"\n+++\n", 2, "not TOML"),
    (skill("gil").replace("## Cards", "## cards").encode(), LINE - 2, "heading ## cards"),
]


@pytest.mark.parametrize(("data", "line", "words"), BAD_FILES)
def test_a_bad_file_is_a_fault_and_no_error(tmp_path, data, line, words):
    write(tmp_path, {"gil": ""})
    (tmp_path / "skills" / "gil.md").write_bytes(data)
    assert (line, True) in {(fault.line, words in fault.what) for fault in faults_of(tmp_path)}


BAD_PATHS = [
    ("format = 1", "format = 2", 1, "format is unknown"),
    ("format = 1", "format = true", 1, "format is not"),
    ('id = "demo"', 'id = "De mo"', 2, '"De mo" is not an id'),
    ('license = "CC0-1.0"', "", 1, "license is missing"),
    ('["gil"]', '["gil", "lost"]', 10, 'unknown skill "lost"'),
    ('["gil"]', '["gil", "gil"]', 10, "listed twice"),
    ('["gil"]', '["../gil"]', 10, "is not a skill id"),
    ('["gil"]', "[", 11, "not TOML"),
]


@pytest.mark.parametrize(("old", "new", "line", "words"), BAD_PATHS)
def test_a_bad_path_toml_is_named_with_its_line(tmp_path, old, new, line, words):
    write(tmp_path, {"gil": skill("gil", card("one"))}, toml({"first": ["gil"]}).replace(old, new))
    faults = [fault for fault in faults_of(tmp_path) if fault.file.endswith("path.toml")]
    found = [fault.line for fault in faults if words in fault.what]
    assert found == [line], faults


def test_every_fault_is_named_at_once(tmp_path):
    cards = [
        block
        for block, _, words in BAD_CARDS
        if block.startswith("### one") and "```" not in block and "itself" not in words
    ]
    cards = [block.replace("### one", f"### card-{number}") for number, block in enumerate(cards)]
    faults = faults_of(write(tmp_path, {"gil": skill("gil", *cards)}))
    assert len({fault.line for fault in faults}) >= len(cards)
    assert faults == sorted(faults)


def test_one_id_in_two_files_names_both_places(tmp_path):
    write(tmp_path, {name: skill(name, card("same-id")) for name in ("gil", "slots")})
    (fault,) = faults_of(tmp_path)
    assert fault.file.endswith("slots.md") and "gil.md:" in fault.what


def test_what_two_cards_claim_or_what_is_still_there_cannot_be_claimed(tmp_path):
    cards = [card("one", "", "1", "Was: old"), card("two", "", "2", "Was: demo/old")]
    cards.append(card("three", "", "3", "Was: one"))
    faults = faults_of(write(tmp_path, {"gil": skill("gil", *cards)}))
    words = " ".join(fault.what for fault in faults)
    assert len(faults) == 2 and "claimed twice" in words and "still a card" in words


def test_each_circle_of_requirements_is_named(tmp_path):
    wants = {"aa": "bb", "bb": "aa", "cc": "dd", "dd": "cc"}
    skills = {name: skill(name, more=f'requires = ["{other}"]') for name, other in wants.items()}
    found = [fault for fault in faults_of(write(tmp_path, skills)) if "circle" in fault.what]
    assert len(found) == 2


def test_a_very_long_chain_of_requirements_is_no_circle(tmp_path):
    names = [f"skill-{number}" for number in range(1500)]
    skills = {names[0]: skill(names[0])}
    for before, name in zip(names, names[1:], strict=False):
        skills[name] = skill(name, more=f'requires = ["{before}"]')
    assert faults_of(write(tmp_path, skills)) == []


def test_a_skill_in_two_sections_or_in_none_is_a_fault(tmp_path):
    skills = {name: skill(name) for name in ("gil", "slots")}
    write(tmp_path, skills, toml({"first": ["gil"], "second": ["gil"]}))
    words = " ".join(fault.what for fault in faults_of(tmp_path))
    assert '"gil" is also in "first"' in words and '"slots" is in no section' in words


@pytest.mark.parametrize("name", ["path.toml", "skills/gil.md", "media/lock.svg"])
def test_a_link_out_of_the_folder_is_not_followed(tmp_path, name):
    notes = "![a lock](media/lock.svg)"
    folder = write(tmp_path / "path", {"gil": skill("gil", card("one"), notes=notes)})
    (folder / "media").mkdir()
    (folder / "media" / "lock.svg").write_text("<svg/>")
    (tmp_path / "secret").write_text((folder / name).read_text())
    (folder / name).unlink()
    (folder / name).symlink_to(tmp_path / "secret")
    assert "leads out of the folder" in " ".join(fault.what for fault in faults_of(folder))


def test_a_link_to_itself_or_a_folder_is_a_fault(tmp_path):
    write(tmp_path, {"gil": skill("gil", card("one"))})
    (tmp_path / "skills" / "loop.md").symlink_to("loop.md")
    (tmp_path / "skills" / "folder.md").mkdir()
    os.mkfifo(tmp_path / "skills" / "pipe.md")
    named = {fault.file.rpartition("/")[2] for fault in faults_of(tmp_path)}
    assert {"loop.md", "folder.md", "pipe.md"} <= named


def test_a_folder_that_is_not_there_is_the_only_way_to_get_no_path(tmp_path):
    path, faults = text.read(tmp_path / "none")
    assert path is None and len(faults) == 1
    assert text.read(tmp_path)[0] is not None


def test_without_path_toml_the_skills_are_read_all_the_same(tmp_path):
    write(tmp_path, {"gil": skill("gil", card("one"), "### Bad id\n")})
    (tmp_path / "path.toml").unlink()
    words = " ".join(fault.what for fault in faults_of(tmp_path))
    assert "path.toml is not there" in words and '"Bad id"' in words


PIECES = [
    *("+++", "## Cards", "### one", "### Bad id", "Q: a", "A: b", "C: {{c1::x}} {{c", "```"),
    *("```python run", "```text output", "Was: one", "Rev: 0", "id = 1", "[[resources]]"),
    *("requires = [", "[[[", "![](media/../x)", "{{c999::::}}", "\x00", "\u2028", "~~~~", '"""'),
]


@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=20), max_size=30),
    st.binary(max_size=200),
)
@example(["+++", "+++"], b"")
@settings(deadline=None)
def test_no_bytes_whatever_make_reading_fail(tmp_path_factory, lines, data):
    folder = write(tmp_path_factory.mktemp("path"), {"gil": "", "slots": ""})
    broken = "\n".join(lines).encode("utf-8", "surrogatepass")
    (folder / "skills" / "gil.md").write_bytes(broken)
    (folder / "skills" / "slots.md").write_bytes(skill("slots").encode() + broken + data)
    (folder / "path.toml").write_bytes(data or broken)
    path, faults = text.read(folder)
    assert faults and path is not None
    lint(path, date(2026, 11, 23))


@pytest.mark.parametrize(
    ("spec", "version", "meant"),
    [
        ("", (3, 8, 0), True),
        (">=3.11", (3, 11, 0), True),
        (">=3.11", (3, 10, 9), False),
        (">=3.8, <3.13", (3, 12, 9), True),
        (">=3.8,<3.13", (3, 13, 0), False),
        ("==3.12.*", (3, 12, 4), True),
        ("!=3.12.*", (3, 12, 4), False),
        ("==3.12", (3, 12, 1), False),
        ("!=3.12.1", (3, 12, 1), False),
        ("<=3.9", (3, 9, 1), False),
        (">3.9", (3, 9, 1), True),
    ],
)
def test_versions_are_compared_number_by_number(spec, version, meant):
    assert not spec or versions.valid(spec)
    assert versions.holds(spec, version) is meant


@pytest.mark.parametrize("spec", ["3.11", ">=", ">=2.7", ">=3.8;", ">=3.8,", ">=3.*", "~=3.8"])
def test_other_comparisons_are_refused(spec):
    assert not versions.valid(spec)


def test_the_notes_may_be_long_but_not_endless(tmp_path):
    write(tmp_path, {"gil": skill("gil", notes=NOTES * 300)})
    assert "the notes are over" in faults_of(tmp_path)[0].what
