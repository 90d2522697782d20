"""Files are written completely or not at all."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bpengine.files import write_whole
from bptui.cli.files import check_target
from bptui.cli.parsing import BadUseError
from tests.tui.support.running import names

OLD, NEW = "old\n", "new: η\nline\n"

WRITER = """
import pathlib, sys
from bpengine.files import write_whole
for letter in "abcabcabc":
    write_whole(pathlib.Path(sys.argv[1]), letter * 1_000_000)
"""


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A file that exists."""
    path = tmp_path / "target"
    path.write_text(OLD)
    return path


def test_a_device_is_written_to() -> None:
    master, slave = os.openpty()
    try:
        device = Path(os.ttyname(slave))
        check_target(device)
        write_whole(device, NEW)
        assert stat.S_ISCHR(device.stat().st_mode)
        assert os.read(master, 100).decode().replace("\r", "") == NEW
    finally:
        os.close(master)
        os.close(slave)


def test_a_named_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        check_target(pipe)
        write_whole(pipe, NEW)
        assert os.read(reader, 100).decode() == NEW
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_readers_never_see_a_part_of_a_file(target: Path) -> None:
    texts = {OLD, *(letter * 1_000_000 for letter in "abc")}
    seen = set()
    with subprocess.Popen((sys.executable, "-c", WRITER, target)) as writer:
        while writer.poll() is None:
            seen.add(target.read_text())
    assert writer.returncode == 0
    assert target.read_text() == "c" * 1_000_000
    assert seen <= texts


@pytest.mark.parametrize("length", [200, 250, 255])
def test_the_longest_possible_names_can_be_written(tmp_path: Path, length: int) -> None:
    path = tmp_path / ("n" * length)
    check_target(path)
    write_whole(path, NEW)
    assert path.read_bytes() == NEW.encode()
    assert names(tmp_path) == [path.name]


@pytest.mark.parametrize("name", ["folder", "folder/", ".", "missing/file", "target/file", "loop", "lo/file"])
def test_a_file_that_cannot_be_written_is_an_error_before_any_work(
    target: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(target.parent)
    Path("folder").mkdir()
    for loop in ("loop", "lo"):
        Path(loop).symlink_to(loop)
    with pytest.raises(BadUseError) as caught:
        check_target(Path(name))
    assert str(caught.value).startswith(f"argument --output: {Path(name)}: ")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("there", [False, True])
def test_a_folder_without_permission_is_an_error_before_any_work(target: Path, there: bool) -> None:
    target.parent.chmod(0o500)
    try:
        with pytest.raises(BadUseError, match="permission denied"):
            check_target(target if there else target.parent / "new")
    finally:
        target.parent.chmod(0o700)
