"""A plant is the same for ever, fits its box, and says what it shows."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker import drawing, plants

SLUGS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,63}", fullmatch=True)
GARDEN = [f"skill-{number}" for number in range(89)]


def drawn(slug, stage, label=""):
    return ElementTree.fromstring(plants.svg(slug, stage, label))


def test_the_same_skill_has_the_same_plant_in_every_release():
    gil = plants.traits("gil")
    assert (gil.kind, gil.petals, gil.hue, gil.leaves, gil.side) == (
        "tulip", 2, (0.66, 0.12, 299.2), 2, 1,
    )  # fmt: skip
    assert "M119 222c-3-13-13-15-24-27 6 20 11 31 24 27" in plants.svg("gil", "sprout")


def test_every_kind_of_flower_grows_somewhere_in_a_large_garden():
    assert {plants.traits(slug).kind for slug in GARDEN} == set(plants.FORMS)


@given(SLUGS, st.sampled_from(plants.STAGES))
def test_every_plant_is_well_formed_and_has_no_styles_ids_or_scripts(slug, stage):
    for element in drawn(slug, stage).iter():
        assert element.tag in ("svg", "path")
        assert set(element.attrib) <= {
            "class", "viewBox", "role", "aria-label", "aria-hidden", "d", "fill", "stroke",
            "stroke-width", "stroke-linecap", "stroke-opacity",
        }  # fmt: skip


@given(SLUGS, st.sampled_from(plants.STAGES))
def test_every_plant_stands_inside_its_box(slug, stage):
    for shape in drawn(slug, stage).iter("path"):
        for start in re.findall(r"M(-?\d+)[ ]?(-?\d+)", shape.get("d")):
            x, y = map(int, start)
            assert 20 <= x <= 220
            assert 10 <= y <= 300


def test_a_stem_grows_from_sprout_to_bloom():
    for slug in GARDEN:
        stems = [drawn(slug, stage)[1].get("d") for stage in plants.STAGES[1:5]]
        heights = [-int(re.findall(r"-?\d+", stem)[-1]) for stem in stems]
        if plants.FORMS[plants.traits(slug).kind].span == 360:  # a cup stands on a shorter stem
            assert heights == sorted(set(heights))


def test_a_fading_plant_keeps_its_hue_and_is_paler():
    bloom, fading = plants.svg("gil", "bloom"), plants.svg("gil", "fading")
    assert bloom != fading
    light, chroma, hue = plants.traits("gil").hue
    assert drawing.colour(light, chroma, hue) not in fading


def test_a_garden_of_89_blooms_is_small():
    assert sum(len(plants.svg(slug, "bloom").encode()) for slug in GARDEN) < 180_000


def test_a_label_is_read_aloud_and_escaped():
    plant = plants.svg("gil", "bloom", 'The "GIL" <known>')
    assert 'role="img" aria-label="The &#34;GIL&#34; &lt;known&gt;"' in plant
    assert "aria-hidden" not in plant


def test_a_plant_whose_words_stand_beside_it_is_hidden_from_screen_readers():
    assert drawn("gil", "seed").attrib["aria-hidden"] == "true"


def test_an_unknown_stage_is_an_error():
    with pytest.raises(KeyError):
        plants.svg("gil", "tree")


@pytest.mark.parametrize(
    ("oklch", "rgb"),
    [
        ((0, 0, 0), "#000000"),
        ((1, 0, 0), "#ffffff"),
        ((0.62796, 0.25768, 29.23), "#ff0000"),
        ((0.51975, 0.17686, 142.5), "#008000"),
        ((0.45201, 0.31321, 264.05), "#0000ff"),
        ((2, 0.1, 120), "#ffffff"),
    ],
)
def test_colours_are_those_of_oklch(oklch, rgb):
    assert drawing.colour(*oklch) == rgb


def test_numbers_are_whole_and_parted_by_what_is_shortest():
    assert drawing.numbers([1.4 - 2.6j, -0.2 + 3j]) == "1-3 0 3"
