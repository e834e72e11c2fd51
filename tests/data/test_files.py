"""Files are written as a whole or not at all, and errors name the file that was asked for."""

import errno
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograd import Value
from autograd.data.files import is_stream, write_file
from autograd.engine.native import name as name_of_engine
from autograd.nn import Neuron
from autograd.show import draw, learning_curve, play, scatter
from tests.engines import ROOT, run

WRITERS: dict[str, Callable[[Path], Any]] = {
    "module.json": lambda path: Neuron(1, rng=0).save(path),
    "graph.svg": lambda path: draw(Value(2.0) * 3.0).save(path),
    "graph.dot": lambda path: draw(Value(2.0) * 3.0).save(path),
    "curve.svg": lambda path: learning_curve({"loss": [2.0, 1.0]}).save(path),
    "scatter.svg": lambda path: scatter([(0.0, 1.0), (1.0, 0.0)], [0, 1]).save(path),
    "steps.html": lambda path: play(Value(2.0) * 3.0).save(path),
}


def write(path: str | Path, content: bytes = b"new") -> None:
    write_file(path, content, "a test")


def test_a_new_file_has_the_mode_that_any_new_file_has(tmp_path: Path) -> None:
    write(tmp_path / "ours")
    (tmp_path / "usual").write_bytes(b"new")
    assert (tmp_path / "ours").read_bytes() == b"new"
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o666, 0o755])
def test_a_file_that_is_replaced_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old and longer")
    path.chmod(mode)
    write(path)
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", mode)
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("there", [True, False])
def test_links_stay_and_what_they_point_to_is_written(tmp_path: Path, there: bool) -> None:
    (tmp_path / "folder").mkdir()
    target = tmp_path / "folder" / "target"
    if there:
        target.write_bytes(b"old")
    (tmp_path / "folder" / "second").symlink_to("target")
    (tmp_path / "first").symlink_to("folder/second")
    write(tmp_path / "first")
    assert target.read_bytes() == b"new"
    assert not target.is_symlink()
    assert os.readlink(tmp_path / "first") == "folder/second"
    assert sorted(os.listdir(tmp_path / "folder")) == ["second", "target"]


def test_links_in_a_circle_are_an_error_and_stay(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError, match="cannot save a test") as caught:
        write(tmp_path / "a")
    assert (caught.value.errno, caught.value.filename) == (errno.ELOOP, str(tmp_path / "a"))
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]


@pytest.mark.parametrize("name", WRITERS)
def test_every_writer_leaves_the_file_as_it_was_when_the_disk_is_full(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    path.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left on device.*make room") as caught:
        WRITERS[name](path)
    assert caught.value.filename == str(path)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == [name]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit to the size of files")
def test_every_writer_leaves_the_file_as_it_was_when_it_may_not_grow(tmp_path: Path) -> None:
    """The system itself stops the writing, in the middle."""
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from tests.data.test_files import WRITERS\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (9, 9))\n"
        "for name, writer in WRITERS.items():\n"
        "    try:\n"
        "        writer(Path(sys.argv[1], name))\n"
        "    except OSError as error:\n"
        "        print(name, error.errno, error.filename)\n"
    )
    for name in WRITERS:
        (tmp_path / name).write_bytes(b"old")
    done = run(code, name_of_engine, ROOT, str(tmp_path))
    told = [f"{name} {errno.EFBIG} {tmp_path / name}" for name in WRITERS]
    assert done.stdout.splitlines() == told, done.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == dict.fromkeys(
        WRITERS, b"old"
    )


@pytest.mark.parametrize("name", WRITERS)
def test_every_writer_keeps_links_and_modes(tmp_path: Path, name: str) -> None:
    (tmp_path / "target").write_bytes(b"old")
    (tmp_path / "target").chmod(0o640)
    (tmp_path / name).symlink_to("target")
    WRITERS[name](tmp_path / name)
    assert (tmp_path / name).is_symlink()
    assert len((tmp_path / "target").read_bytes()) > 10
    assert stat.S_IMODE((tmp_path / "target").stat().st_mode) == 0o640


@pytest.mark.parametrize("name", WRITERS)
def test_every_writer_names_the_file_that_was_asked_for(tmp_path: Path, name: str) -> None:
    path = tmp_path / "nowhere" / name
    with pytest.raises(FileNotFoundError, match="make the folder first") as caught:
        WRITERS[name](path)
    assert caught.value.filename == str(path)
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_whatever_interrupts_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def interrupt(*_: object) -> None:
        raise error

    for function in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, function, interrupt)
            with pytest.raises(error):
                write(path)
        assert path.read_bytes() == b"old"
        assert os.listdir(tmp_path) == ["file"]


def test_a_folder_and_a_name_that_is_too_long_are_errors_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match="add the name of a file"):
        write(tmp_path)
    with pytest.raises(OSError, match="choose a shorter name"):
        write(tmp_path / ("x" * 300))
    write(tmp_path / ("θ" * 127))  # as long as a name can be
    assert os.listdir(tmp_path) == ["θ" * 127]


@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY])
@pytest.mark.parametrize("function", ["open", "replace"])
def test_where_nothing_may_be_put_beside_it_an_existing_file_is_written_directly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str, code: int
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old and longer")
    usual = getattr(os, function)

    def refuse(*given: Any) -> Any:
        if function == "open" and str(given[0]) == str(path):
            return usual(*given)
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, function, refuse)
    write(path)
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["file"]


def test_a_file_that_may_not_be_written_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PermissionError, match="can be written"):
        write(path)
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("linked", [False, True])
def test_a_pipe_is_written_directly(tmp_path: Path, linked: bool) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (tmp_path / "link.svg").symlink_to("pipe")
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    path = tmp_path / "link.svg" if linked else pipe
    assert is_stream(path)
    draw(Value(2.0) * 3.0).save(path)
    reader.join()
    assert got[0].startswith(b"<svg")
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full, as Linux has")
def test_a_device_is_written_directly_and_named_in_errors() -> None:
    with pytest.raises(OSError, match="No space left") as caught:
        Neuron(1).save("/dev/full")
    assert caught.value.filename == "/dev/full"
    write("/dev/null")


@pytest.mark.skipif(not os.path.exists("/dev/stdout"), reason="needs /dev/stdout")
@pytest.mark.parametrize("to_a_file", [False, True])
def test_the_standard_output_is_written_where_it_is(tmp_path: Path, to_a_file: bool) -> None:
    (tmp_path / "link.json").symlink_to("/dev/stdout")
    code = (
        "from autograd import Value; from autograd.nn import Module\n"
        "m = Module(); m.a = Value(1.0)\n"
        f"print('before'); m.save('/dev/stdout'); m.save({str(tmp_path / 'link.json')!r})\n"
        "print('after')\n"
    )
    command = [sys.executable, "-c", code]
    if to_a_file:
        with open(tmp_path / "out", "wb") as file:
            subprocess.run(command, stdout=file, check=True)
        text = (tmp_path / "out").read_text("utf-8")
    else:
        text = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    state = '{\n "a": 1.0\n}\n'
    assert text == f"before\n{state}{state}after\n"


def test_the_command_line_writes_to_a_stream_and_says_nothing_beside() -> None:
    command = [sys.executable, "-m", "autograd", "draw", "a*a", "a=2", "-o", "/dev/stdout"]
    text = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    assert text.startswith("<svg")
    assert text.rstrip().endswith("</svg>")
