"""The scripts and styles of a page say the same in less room."""

import json
import zlib

import pytest

from autograd.show.stepping.page_code import packed, slim, slim_css, unpacked


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("const a = 1;\nlet b = a;", "const a=1;let b=a;"),
        ("// a note\nf(x); // and more\n", "f(x);"),
        ('const url = "a // b  c";', 'const url="a // b  c";'),
        ("x = a + +b - -c;", "x=a+ +b- -c;"),
        ("i++ + j;", "i++ +j;"),
        ("return (x) => x;", "return(x)=>x;"),
        ("const f = (x) => (y) => x;", "const f=x=>y=>x;"),
        ("const f = ({ x }) => x;", "const f=({x})=>x;"),
        ("const f = (x, y) => x;", "const f=(x,y)=>x;"),
        ("const f = async (x) => x;", "const f=async(x)=>x;"),
        ("if (a) {\n  b();\n}\nc();", "if(a){b()}\nc();"),
        ("const f = () => {\n  g();\n};\nf();", "const f=()=>{g()};f();"),
        ("const p = / a \\/ [/ ]/g.test(x) / 2;", "const p=/ a \\/ [/ ]/g.test(x)/2;"),
        ("a = b / c / d;", "a=b/c/d;"),
        ("t = `a  ${ b ? ` ${c + 1} ` : {}.d }  e`;", "t=`a  ${b?` ${c+1} `:{}.d}  e`;"),
        ('t = `${f("}")} \\` ${g}`;', 't=`${f("}")} \\` ${g}`;'),
    ],
)
def test_spaces_go_where_no_one_misses_them(code: str, wanted: str) -> None:
    assert slim(code) == wanted


def test_slim_code_stays_as_it_is() -> None:
    code = slim("const f = (x) => {\n  return x / 2;\n};\nif (f(1)) {\n  f(2);\n}\nf(3);")
    assert slim(code) == code


def test_css_keeps_its_meaning() -> None:
    style = "/* a\n note */\n.a .b > p:hover, #c { width: calc(100% - 4px);\n  color: red; }\n"
    assert slim_css(style) == ".a .b > p:hover,#c{width:calc(100% - 4px);color:red}"


@pytest.mark.parametrize("length", range(9))
def test_packed_bytes_come_back_and_mean_nothing_in_a_page(length: int) -> None:
    data = bytes(range(250, 250 - length, -1))
    assert unpacked(packed(data))[:length] == data


def test_no_sign_of_packed_bytes_ends_a_text_or_begins_an_element() -> None:
    signs = set(packed(zlib.compress(json.dumps([*range(40_000)]).encode())))
    assert len(signs) == 85
    assert not signs & set("\"'\\<&\n")
