"""The pages of the gallery: each scene has its page, and a picture where there is a browser."""

import sys
from pathlib import Path

import pytest
from gallery_pages import SCENES, ask, go_back, picture, save_pages, screenshots
from PIL import Image
from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("gallery")
    save_pages(out / "pages")
    return out


def test_every_scene_has_its_page_and_a_name_of_its_own(out: Path) -> None:
    assert {scene.file for scene in SCENES} == {path.stem for path in (out / "pages").iterdir()}
    assert len({scene.name for scene in SCENES}) == len(SCENES)


@pytest.mark.parametrize(("act", "width"), [(go_back, 1280), (ask, 360)])
def test_a_picture_is_as_wide_as_the_screen(
    act: object, width: int, browser: Browser, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = next(scene for scene in SCENES if scene.act is act)
    name = picture(browser, scene, "dark", width, out)
    with Image.open(out / name) as image:
        assert image.width == width
    assert name.endswith(f"-{width}-dark.png")
    assert capsys.readouterr().out == ""  # what the page had to say


def test_without_playwright_the_pages_are_written_and_no_picture_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    assert list(screenshots(tmp_path)) == []
    assert (tmp_path / "pages" / "index.html").exists()
    assert capsys.readouterr().out.startswith("no pictures of the pages: pip install playwright")
