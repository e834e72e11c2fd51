"""The cache on disk: what is stored is found, and nothing that this user did not write whole."""

import os
import stat
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autograd.compiler.backends.llvm import disk_cache
from autograd.compiler.backends.llvm.disk_cache import CODE, DiskCache, cache_folder, digest_of

KEY, OTHER, THIRD = (digest_of(name) for name in (b"one", b"two", b"three"))
posix = pytest.mark.skipif(os.name == "nt", reason="files of Windows have no mode and no owner")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A place for a cache; nothing is there yet."""
    return tmp_path / "deep" / "cache"


@pytest.fixture
def cache(folder: Path) -> DiskCache:
    """A cache that has code for two keys."""
    made = DiskCache(folder)
    made.store([KEY, OTHER], b"code")
    return made


def code_file(folder: Path) -> Path:
    """The only file of code."""
    (found,) = folder.glob(f"*{CODE}")
    return found


def test_another_process_finds_what_was_stored(cache: DiskCache, folder: Path) -> None:
    assert DiskCache(folder).find([KEY]) == ({KEY}, [b"code"])
    assert DiskCache(folder).find([OTHER, THIRD]) == ({OTHER}, [b"code"])


def test_code_of_several_keys_is_given_once(cache: DiskCache) -> None:
    cache.store([THIRD], b"more")
    assert cache.find([KEY, OTHER, THIRD]) == ({KEY, OTHER, THIRD}, [b"code", b"more"])


def test_of_a_key_the_last_code_counts(cache: DiskCache) -> None:
    cache.store([KEY], b"newer")
    assert cache.find([KEY]) == ({KEY}, [b"newer"])


@posix
def test_folder_and_files_are_the_users_alone(cache: DiskCache, folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


# --- what is not used, and written anew -----------------------------------------------------


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def replace_by_link(path: Path) -> None:
    path.rename(path.with_suffix(".elsewhere"))
    path.symlink_to(path.with_suffix(".elsewhere"))


def let_others_write(path: Path) -> None:
    path.chmod(0o620)


FAULTS: list[Callable[[Path], None]] = [
    flip,
    cut_off,
    empty,
    Path.unlink,
    pytest.param(replace_by_link, marks=posix),  # type: ignore[list-item]
    pytest.param(let_others_write, marks=posix),  # type: ignore[list-item]
]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("of_code", [True, False])
def test_a_bad_file_is_not_used_and_written_anew(
    cache: DiskCache, folder: Path, fault: Callable[[Path], None], of_code: bool
) -> None:
    fault(code_file(folder) if of_code else folder / KEY)
    assert cache.find([KEY]) == (set(), [])
    cache.store([KEY, OTHER], b"code")
    assert cache.find([KEY]) == ({KEY}, [b"code"])


def test_a_key_that_leads_to_the_code_of_another_is_not_found(
    cache: DiskCache, folder: Path
) -> None:
    cache.store([THIRD], b"more")
    (folder / KEY).write_bytes((folder / THIRD).read_bytes())
    assert cache.find([KEY, THIRD]) == ({THIRD}, [b"more"])


def test_a_key_leads_out_of_no_folder(cache: DiskCache, folder: Path) -> None:
    (folder / KEY).write_text(f"../cache/{(folder / KEY).read_text()}")
    assert cache.find([KEY]) == (set(), [])


@posix
def test_nothing_of_another_user_is_used(
    cache: DiskCache, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)
    before = sorted(folder.iterdir())
    assert cache.find([KEY]) == (set(), [])
    cache.store([THIRD], b"more")
    assert sorted(folder.iterdir()) == before


@posix
@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
def test_a_folder_that_others_may_write_to_is_not_used(
    cache: DiskCache, folder: Path, mode: int
) -> None:
    folder.chmod(mode)
    cache.store([THIRD], b"more")
    assert cache.find([KEY, THIRD]) == (set(), [])
    assert not (folder / THIRD).exists()


def test_a_folder_that_cannot_be_made_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = DiskCache(tmp_path / "file" / "cache")
    cache.store([KEY], b"code")
    assert cache.find([KEY]) == (set(), [])


def test_a_disk_that_is_full_does_no_harm(
    cache: DiskCache, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: object, target: object) -> None:
        raise OSError("no space left on device")

    before = sorted(folder.iterdir())
    monkeypatch.setattr(os, "replace", full)
    cache.store([THIRD], b"more")
    assert sorted(folder.iterdir()) == before


def test_no_folder_is_no_cache() -> None:
    cache = DiskCache(None)
    cache.store([KEY], b"code")
    assert cache.find([KEY]) == (set(), [])


# --- many at once, and how large it becomes -------------------------------------------------


def test_many_may_read_and_write_at_once(folder: Path) -> None:
    wrong: list[object] = []

    def work() -> None:
        cache = DiskCache(folder)
        for _ in range(20):
            cache.store([KEY, OTHER], b"code")
            if cache.find([KEY, OTHER]) != ({KEY, OTHER}, [b"code"]):
                wrong.append(cache)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(list(folder.iterdir())) == 3


def test_the_oldest_go_when_there_is_too_much(
    cache: DiskCache, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in folder.iterdir():
        os.utime(path, (1.0, 1.0))
    cache.store([THIRD], b"more")
    monkeypatch.setattr(disk_cache, "LARGEST", 6 * disk_cache.BLOCK)
    monkeypatch.setattr(disk_cache, "LEFT", 2 * disk_cache.BLOCK)
    keys = [digest_of(b"%d" % i) for i in range(3)]
    cache.store(keys[:1], b"a")
    cache.store(keys[1:], b"b")
    assert cache.find([KEY, OTHER]) == (set(), [])
    assert cache.find([THIRD, *keys])[0] >= set(keys)
    assert len(list(folder.iterdir())) <= 6


def test_only_its_own_files_go(
    cache: DiskCache, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "letter.txt").write_text("dear")
    monkeypatch.setattr(disk_cache, "LARGEST", 0)
    monkeypatch.setattr(disk_cache, "LEFT", 0)
    cache.store([THIRD], b"more")
    assert (folder / "letter.txt").read_text() == "dear"


def test_what_was_never_written_to_its_end_goes(folder: Path) -> None:
    folder.mkdir(parents=True, mode=0o700)
    old, new = (folder / f"{KEY}.{i}.0{disk_cache.PARTIAL}" for i in (1, 2))
    for path, age in ((old, 2 * disk_cache.ABANDONED), (new, 0.0)):
        path.write_text("")
        os.utime(path, (time.time() - age,) * 2)
    DiskCache(folder).store([OTHER], b"code")
    assert (old.exists(), new.exists()) == (False, True)


# --- where it is ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({"AUTOGRAD_CACHE": "/there"}, "/there"),
        ({"AUTOGRAD_CACHE": "/there", "XDG_CACHE_HOME": "/caches"}, "/there"),
        ({"AUTOGRAD_CACHE": "off", "XDG_CACHE_HOME": "/caches"}, None),
        ({"AUTOGRAD_CACHE": "OFF"}, None),
        ({"AUTOGRAD_CACHE": "", "XDG_CACHE_HOME": "/caches"}, "/caches/scalar-autograd"),
        ({"XDG_CACHE_HOME": "relative"}, "HOME/.cache/scalar-autograd"),
        ({}, "HOME/.cache/scalar-autograd"),
        ({"HOME": "/no such folder"}, None),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="Windows has its caches elsewhere")
def test_the_environment_says_where_it_is(
    environment: dict[str, str],
    wanted: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("AUTOGRAD_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, text in {"HOME": str(tmp_path), **environment}.items():
        monkeypatch.setenv(name, text)
    assert cache_folder() == (wanted and Path(wanted.replace("HOME", str(tmp_path))))


def test_a_home_that_may_not_be_searched_is_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path) -> bool:
        raise PermissionError(path)

    monkeypatch.delenv("AUTOGRAD_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "is_dir", refused)
    assert cache_folder() is None


def test_a_home_is_written_as_in_a_shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AUTOGRAD_CACHE", "~/kernels")
    assert cache_folder() == tmp_path / "kernels"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(cache: DiskCache, folder: Path) -> None:
    cache.store(["a" * 64], b"code")
    for path in folder.iterdir():
        path.unlink()
        os.mkfifo(path, 0o600)
    assert cache.find(["a" * 64]) == (set(), [])
