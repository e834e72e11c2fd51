"""What all pages of a kind have in common is packed as it is written."""

import zlib

import pytest

from autograd.show.stepping import page_kinds
from autograd.show.stepping.page_kinds import KINDS, common, digest_of, source


@pytest.mark.parametrize("name", KINDS)
def test_what_is_packed_is_of_the_sources_as_they_are(name: str) -> None:
    digest, _ = source(f"packed/{name}.txt").splitlines()
    assert digest == digest_of(KINDS[name].text()), "run `make pages`"


@pytest.mark.parametrize("name", KINDS)
def test_packed_and_as_it_is_written_a_page_has_the_same_elements(name: str) -> None:
    packed, written = zlib.decompress(common(name), wbits=-15).decode(), KINDS[name].text()
    assert packed.partition('"use strict";')[0] == written.partition('"use strict";')[0]
    assert packed.endswith("\n</script>\n")
    assert packed.count("</script") == 1


def test_other_sources_than_those_packed_stand_in_a_page_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    changed = KINDS["live"]._replace(scripts=("numbers", "live"))
    monkeypatch.setitem(page_kinds.KINDS, "live", changed)
    common.cache_clear()
    assert zlib.decompress(common("live"), wbits=-15).decode() == changed.text()
    common.cache_clear()
