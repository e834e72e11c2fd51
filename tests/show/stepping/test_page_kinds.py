"""What all pages of a kind have in common is packed as it is written."""

import re
import zlib

import pytest

from autograd.show.stepping import page_kinds
from autograd.show.stepping.page_code import deflated
from autograd.show.stepping.page_kinds import KINDS, common, digest_of, source, unpacker


def unpacked(name: str) -> str:
    """What comes out of what all pages of a kind have in common, with more behind it."""
    text, data = common(name)
    found = zlib.decompress(data + deflated("more", behind=text), wbits=-15).decode()
    assert found.endswith("more")
    return found.removesuffix("more")


@pytest.mark.parametrize("name", KINDS)
def test_what_is_packed_is_of_the_sources_as_they_are(name: str) -> None:
    digest, _ = source(f"packed/{name}.txt").splitlines()
    assert digest == digest_of(KINDS[name].text()), "run `make pages`"


@pytest.mark.parametrize("name", KINDS)
def test_packed_and_as_it_is_written_a_page_has_the_same_elements(name: str) -> None:
    packed, written = common(name).text, KINDS[name].text()
    assert packed.partition('"use strict";')[0] == written.partition('"use strict";')[0]
    assert packed.endswith("\n</script>\n")
    assert packed.count("</script") == 1


@pytest.mark.parametrize("name", KINDS)
def test_what_is_the_pages_own_goes_on_behind_what_is_packed(name: str) -> None:
    assert unpacked(name) == common(name).text


def test_what_unpacks_a_page_is_packed_of_its_source_as_it_is() -> None:
    digest, script = source("packed/unpack.txt").splitlines()
    assert digest == digest_of(source("unpack.js")), "run `make pages`"
    assert unpacker() == script


@pytest.mark.parametrize("name", KINDS)
def test_no_name_stands_for_two_things_in_a_program(name: str) -> None:
    found = re.findall(r"^(?:const|let|class) (.+?)(?: = |;| \{$)", KINDS[name].script(), re.M)
    names = [word for text in found for word in re.findall(r"[\w$]+", re.sub(r"\w+: ", "", text))]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("name", KINDS)
def test_no_element_has_the_id_of_another(name: str) -> None:
    ids = re.findall(r' id="(\w+)"', KINDS[name].text(""))
    assert sorted(set(ids)) == sorted(ids)


def test_other_sources_than_those_packed_stand_in_a_page_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    changed = KINDS["live"]._replace(scripts=("numbers", "live"))
    monkeypatch.setitem(page_kinds.KINDS, "live", changed)
    common.cache_clear()
    assert common("live").text == changed.text()
    assert unpacked("live") == changed.text()
    common.cache_clear()
