"""Files are written completely or not at all, and only regular files are read."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path

import pytest

from bpengine.files import FileError, read_whole, write_whole
from bpwords import printable, printable_path

OLD, NEW = "old\n", "neu: ä\n"

KILLED = """
import os, resource, signal, sys
from pathlib import Path
from bpengine.files import write_whole

def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)

_, path, moment = sys.argv
if moment == "write":  # the system ends a process whose file becomes too large
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))
else:
    setattr(os if moment == "fsync" else Path, moment, kill)
write_whole(path, "neu" * 1_000_000)
"""
"""Writes a file, and is killed in the middle of it, before it is flushed to disk, or before it is renamed."""


def test_text_is_written_as_utf8_bytes_unchanged(tmp_path: Path) -> None:
    write_whole(tmp_path / "file", NEW)
    assert (tmp_path / "file").read_bytes() == b"neu: \xc3\xa4\n"
    write_whole(str(tmp_path / "file"), b"\xff\r\n")
    assert (tmp_path / "file").read_bytes() == b"\xff\r\n"
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_reading_takes_memory_for_the_file_not_for_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789" * 300_000)
    tracemalloc.start()
    try:
        assert read_whole(path, 1_000_000_000) == path.read_bytes()
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def test_permissions_are_kept_and_new_files_follow_the_umask(tmp_path: Path) -> None:
    for mode in (0o600, 0o640, 0o664):
        path = tmp_path / oct(mode)
        path.touch()
        path.chmod(mode)
        write_whole(path, NEW)
        assert stat.S_IMODE(path.stat().st_mode) == mode
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "fresh", NEW)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "fresh").stat().st_mode) == 0o640


@pytest.mark.parametrize("exists", [True, False])
def test_the_target_of_a_link_is_replaced(tmp_path: Path, exists: bool) -> None:
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "target", tmp_path / "link"
    if exists:
        target.write_text(OLD, encoding="utf-8")
    link.symlink_to(target)
    write_whole(link, NEW)
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == NEW


def test_a_pipe_is_written_to_directly(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, NEW)
    reader.join(10)
    assert received == [NEW.encode()]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_file_descriptor_is_written_to_directly(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write_whole("/dev/stdout", "out")
    write_whole("/dev/stderr", "err")
    assert capfd.readouterr() == ("out", "err")
    if not Path("/dev/fd").is_dir():
        pytest.skip("there is no /dev/fd")
    with (tmp_path / "file").open("wb") as file:
        write_whole(f"/dev/fd/{file.fileno()}", NEW)
        file.write(b"still open")
    assert (tmp_path / "file").read_bytes() == NEW.encode() + b"still open"


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_write_that_fails_or_is_interrupted_leaves_the_file_unchanged(
    error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_text(OLD, encoding="utf-8")

    def fail(descriptor: int) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(type(error)) as caught:
        write_whole(path, NEW)
    if isinstance(caught.value, OSError):
        assert (caught.value.filename, caught.value.strerror) == (str(path), "No space left on device")
    assert path.read_text(encoding="utf-8") == OLD
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("moment", ["write", "fsync", "replace"])
def test_the_file_stays_as_it_was_when_the_writer_is_killed(moment: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(OLD, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", KILLED, str(path), moment], env=environment, check=False)
    assert done.returncode == -(signal.SIGXFSZ if moment == "write" else signal.SIGKILL)
    assert path.read_text(encoding="utf-8") == OLD


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    assert read_whole(path, 100) == b"x" * 100
    with pytest.raises(FileError, match=r"^is too large: the limit is 0 kB$"):
        read_whole(path, 99)


def test_a_device_is_not_read() -> None:
    with pytest.raises(FileError, match=r"^is not a regular file$"):
        read_whole("/dev/zero", 10)


def test_file_names_in_messages_are_printable_and_short() -> None:
    assert printable("a\nb\x1b\u202e\ud800ä") == r"a\nb\x1b\u202e\ud800ä"
    assert printable("x" * 50) == "x" * 39 + "…"
    assert printable("x" * 40) == "x" * 40
    assert printable_path("") == "."
    assert printable_path(Path("a/b")) == "a/b"
    assert printable_path("x" * 100 + "/end").endswith("x/end")
    assert len(printable_path("x" * 100 + "/end")) == 80
    assert printable_path("\n" * 100 + "end").endswith(r"\n\nend")
    assert len(printable_path("\n" * 100 + "end")) == 80


@pytest.mark.parametrize("length", [200, 255])
def test_the_longest_possible_names_can_be_written(tmp_path: Path, length: int) -> None:
    path = tmp_path / ("n" * length)
    write_whole(path, NEW)
    assert list(tmp_path.iterdir()) == [path]
