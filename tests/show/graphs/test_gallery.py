"""The gallery: a picture of every kind, in both themes."""

import xml.etree.ElementTree as ElementTree

import pytest
from gallery import PICTURES, Picture, drawings

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("picture", PICTURES, ids=[picture.name for picture in PICTURES])
def test_every_picture_shows_its_root_under_its_name_and_differs_in_colours_alone(
    picture: Picture,
) -> None:
    light, dark = (ElementTree.fromstring(one.svg) for one in drawings(picture).values())
    assert light.findtext(f"{SVG}title") == picture.name
    shown = [[text.text for text in svg.iter(f"{SVG}text")] for svg in (light, dark)]
    assert shown[0] == shown[1]
    assert [rect.get("class") for rect in light.iter(f"{SVG}rect")].count("inner") == 1
    assert light.findtext(f"{SVG}style") != dark.findtext(f"{SVG}style")
