"""How lines of the user's code are named."""

from pathlib import Path

import pytest

from autograd.transforms.places import Place, place_at, user_frame


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place("model.py", 12, "z = w*x + b"), "model.py, line 12: z = w*x + b"),
        (Place("<stdin>", 1), "<stdin>, line 1"),
    ],
)
def test_a_place_is_a_file_a_line_and_what_stands_there(place: Place, text: str) -> None:
    assert str(place) == text


def test_the_folder_is_left_out_and_a_long_line_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(f"\n    z = {'w + ' * 40}b\n", "utf-8")
    found = place_at(str(path), 2)
    assert found[:2] == ("model.py", 2)
    assert found.source.startswith("z = w + w")
    assert (len(found.source), found.source[-1]) == (100, "…")


def test_a_line_that_just_fits_is_shown_whole(tmp_path: Path) -> None:
    path, line = tmp_path / "model.py", f"z = {'w' * 96}"
    path.write_text(f"{line}\n{line}w\n", "utf-8")
    assert place_at(str(path), 1).source == line
    assert place_at(str(path), 2).source == f"{line[:99]}…"


def test_a_cell_of_a_notebook_has_the_same_name_in_every_run() -> None:
    assert str(place_at("ipykernel_123/456.py", 3)) == "cell, line 3"


def test_code_without_a_file_has_no_source() -> None:
    assert str(place_at("<made up>", 1)) == "<made up>, line 1"


def test_the_frame_of_the_user_is_the_first_outside_of_the_library() -> None:
    frame = user_frame()
    assert frame
    assert frame.f_code.co_name == "test_the_frame_of_the_user_is_the_first_outside_of_the_library"
