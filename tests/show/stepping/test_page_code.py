"""The texts of a page say the same in less room."""

import json
import zlib

import pytest

from autograd.engine import calculus as c
from autograd.formulas.js_spelling import spell_kinds
from autograd.show.stepping.page_code import (
    as_json,
    deflated,
    packed,
    slim_css,
    slim_formulas,
    unpacked,
)
from tests.played import HOSTILE


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_json_ends_a_script(text: str) -> None:
    written = as_json({"text": text})
    assert not set("<>&\u2028\u2029\ud800") & set(written)
    assert json.loads(written)["text"] == text.replace("\ud800", "\ufffd")


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("// a note\nf(x); // and more\n", "f(x);"),
        ("const f = (x, y) => x * y;\n", "const f=(x,y)=>x*y;"),
        ("x + -y - -z + y", "x+ -y- -z+y"),
        ("x < y ? -x : y !== 0 || z", "x<y?-x:y!==0||z"),
        ("const f = (x) => {\n    return x;\n};\nf(1);", "const f=(x)=>{return x;};f(1);"),
    ],
)
def test_spaces_go_where_no_one_misses_them(code: str, wanted: str) -> None:
    assert slim_formulas(code) == wanted


def test_the_words_of_an_error_keep_their_spaces() -> None:
    assert "`lookup index ${i} is not one of 0 to ${values.length-1}`" in slim_formulas(
        spell_kinds([(c.gather, 3)])
    )


def test_css_keeps_its_meaning() -> None:
    style = "/* a\n note */\n.a .b > p:hover, #c { width: calc(100% - 4px);\n  color: red; }\n"
    assert slim_css(style) == ".a .b>p:hover,#c{width:calc(100% - 4px);color:red}"
    assert slim_css("@media (hover) and (width: 9px) {}") == "@media(hover) and (width:9px){}"


def test_what_is_deflated_goes_on_behind_what_does_not_end() -> None:
    data = deflated("one, ", ends=False) + deflated("two")
    assert zlib.decompress(data, wbits=-15) == b"one, two"


def test_what_is_known_from_before_takes_less_room() -> None:
    text = "A text of some length, which occurs a second time.\n"
    before = deflated(text, ends=False)
    again = deflated(text, behind=text)
    assert zlib.decompress(before + again, wbits=-15).decode() == 2 * text
    assert len(again) < 8 < len(deflated(text))


@pytest.mark.parametrize("length", range(40))
def test_packed_bytes_come_back(length: int) -> None:
    data = bytes(range(250, 250 - length, -1))
    assert unpacked(packed(data))[:length] == data


def test_no_sign_of_packed_bytes_ends_a_text_or_begins_an_element() -> None:
    signs = set(packed(zlib.compress(json.dumps([*range(40_000)]).encode())))
    assert len(signs) == 91
    assert not signs & set('"\\<&\n')
