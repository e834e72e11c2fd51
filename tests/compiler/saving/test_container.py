"""A container gives back what was written to it, and refuses every changed byte."""

from random import Random

import pytest

from autograd import CompiledFileError
from autograd.compiler.saving.container import Reader, Writer


def content() -> bytes:
    writer = Writer()
    writer.integers.extend([1, -2, 2**31 - 1])
    writer.numbers.extend([0.5, -0.0])
    return writer.content({"name": "loss"})


def test_what_was_written_is_read_in_order() -> None:
    reader = Reader(content())
    assert reader.header == {"name": "loss", "integers": 3, "numbers": 2}
    assert list(reader.integers(2)) == [1, -2]
    assert list(reader.integers(1)) == [2**31 - 1]
    assert repr(list(reader.numbers(2))) == "[0.5, -0.0]"
    with pytest.raises(CompiledFileError, match="ends in the middle"):
        reader.integers(1)


def test_a_file_is_the_same_on_every_machine() -> None:
    head, _, body = content().partition(b"\n")
    assert head.startswith(b"scalar-autograd compiled 5 ")
    assert body == (
        b'{"name":"loss","integers":3,"numbers":2}\n'
        b"\x01\0\0\0\xfe\xff\xff\xff\xff\xff\xff\x7f\0\0\0\0\0\0\xe0\x3f\0\0\0\0\0\0\0\x80"
    )


def test_numbers_are_turned_round_where_the_highest_byte_comes_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual = content()
    monkeypatch.setattr("sys.byteorder", "big")
    turned = content()
    assert turned[-4:] == bytes(4)
    assert turned != usual
    assert list(Reader(turned).numbers(2)) == [0.5, -0.0]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (b"", "no compiled function that"),
        (b"PK\x03\x04", "no compiled function that"),
        (content().replace(b" 5 ", b" 4 ", 1), "has version 4 of the format, .* reads version 5"),
        (content()[:-1], "damaged or cut off"),
        (content() + b"\0", "damaged or cut off"),
        (content()[:26], "damaged or cut off"),
    ],
)
def test_what_is_no_whole_file_of_this_version_is_refused(changed: bytes, reason: str) -> None:
    with pytest.raises(CompiledFileError, match=reason):
        Reader(changed)


def test_any_changed_bit_is_noticed() -> None:
    rng = Random(0)
    for _ in range(500):
        changed = bytearray(content())
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        with pytest.raises(CompiledFileError):
            Reader(bytes(changed))
