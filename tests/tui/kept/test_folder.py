"""The folder of kept runs: whole files only, bounded, and damaged ones left out."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from bpengine import CheckpointError
from bpengine.checkpoint.values import LongText, encode
from bptui.kept import folder as kept_folder
from bptui.kept.folder import KeptFolder, RunSummary, read_file
from tests.tui.support.running import call
from tests.tui.support.terminal import wait_until

RUN = RunSummary("regression", 3, 2001, 0.25)


@pytest.fixture
def folder(state_home: Path) -> KeptFolder:
    return KeptFolder(state_home / "bptui" / "runs")


def names(folder: KeptFolder) -> list[str]:
    return sorted(path.name for path in folder.path.iterdir())


def test_what_is_written_is_listed(folder: KeptFolder) -> None:
    assert folder.newest() is None
    path = folder.write([RUN], {"a": 1})
    (kept,) = folder.files()
    assert (kept.path, kept.runs) == (path, (RUN,))
    assert read_file(path)[1] == b'{"a":1}\n'
    assert folder.find(kept.id) == kept
    assert folder.path.stat().st_mode & 0o077 == 0, "the user's own samples are nobody else's"


def test_long_texts_are_written_like_others(folder: KeptFolder) -> None:
    one, other = "QUJD" * 50_000, "A=" * 70_000
    state = {"x": {"data": one, "shape": [1]}, "name": 'a "b" ü', "y": [{"data": other}, None, 1.5]}
    path = folder.write([RUN], state)
    text = json.dumps(state, separators=(",", ":"))
    assert read_file(path)[1] == text.encode("ascii") + b"\n"


def test_there_are_never_more_than_twenty(folder: KeptFolder) -> None:
    paths = [folder.write([RUN], number) for number in range(25)]
    kept = names(folder)
    assert len(kept) == kept_folder.MAX_FILES
    assert set(kept) == {path.name for path in paths[-kept_folder.MAX_FILES :]}, (
        "though they end within one second"
    )
    assert [file.path for file in folder.files()] == paths[: -kept_folder.MAX_FILES - 1 : -1]


def test_all_together_are_bounded(folder: KeptFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_folder, "MAX_BYTES", 10_000)
    for _ in range(9):
        newest = folder.write([RUN], "x" * 4000)
    assert len(names(folder)) == 2
    assert newest.name in names(folder)
    with pytest.raises(CheckpointError, match="the runs take more than"):
        folder.write([RUN], "x" * 10_000)
    assert len(names(folder)) == 2, "what does not fit removes nothing"


def test_the_newest_file_stays_though_the_clock_was_set_back(folder: KeptFolder) -> None:
    later = folder.path / "99990101-000000-000000.json"
    for number in range(20):
        folder.write([RUN], number).rename(later.with_name(f"99990101-000000-{number:06x}.json"))
    path = folder.write([RUN], "now")
    assert path.exists()
    assert len(names(folder)) == kept_folder.MAX_FILES


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]\n{}",
        b"\xff\xfe\n",
        b"[" * 100_000,
        b'{"format": "bptui kept run"}\n{}\n',
        b"x" * 100_000,
        b'{"format": "bptui kept run", "version": 1e999}\n{}',
    ],
)
def test_damaged_files_are_left_out(content: bytes, folder: KeptFolder) -> None:
    whole = folder.write([RUN], {})
    damaged = folder.path / "99990101-000000-000000.json"
    damaged.write_bytes(content)
    assert [kept.path for kept in folder.files()] == [whole]
    with pytest.raises(CheckpointError, match=r"is damaged|is not"):
        folder.find(damaged.stem)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("runs", []),
        ("runs", [None]),
        ("runs", [{"task": "x", "epoch": 1, "epochs": 2, "error": None}]),
        ("runs", [{"task": "regression", "epoch": -1, "epochs": 2, "error": None}]),
        ("runs", [{"task": "regression", "epoch": 1, "epochs": 2, "error": "0"}]),
        ("time", -1),
        ("time", "now"),
        ("time", 1e300),
        ("version", True),
        ("version", 2),
        ("sha256", ""),
        ("format", "x"),
    ],
)
def test_hostile_descriptions_are_left_out(key: str, value: Any, folder: KeptFolder) -> None:
    path = folder.write([RUN], {})
    header, body = path.read_bytes().split(b"\n", 1)
    path.write_bytes(json.dumps(json.loads(header) | {key: value}).encode() + b"\n" + body)
    assert folder.files() == []


@pytest.mark.parametrize("kind", ["folder", "loop", "pipe"])
def test_what_is_no_file_is_left_out(kind: str, folder: KeptFolder) -> None:
    folder.write([RUN], {})
    odd = folder.path / "99990101-000000-000000.json"
    if kind == "folder":
        odd.mkdir()
    elif kind == "loop":
        odd.symlink_to(odd)
    else:
        os.mkfifo(odd)
    assert len(folder.files()) == 1


def has_more(folder: KeptFolder, before: int) -> bool:
    return folder.path.exists() and len(names(folder)) > before


def test_a_killed_writer_leaves_a_whole_file_or_none(folder: KeptFolder) -> None:
    code = (
        "import sys; from pathlib import Path; from bptui.kept.folder import KeptFolder, RunSummary\n"
        "folder = KeptFolder(Path(sys.argv[1]))\n"
        "while True: folder.write([RunSummary('regression', 1, 2, None)], 'x' * 3_000_000)"
    )
    for _ in range(5):
        with subprocess.Popen([sys.executable, "-c", code, str(folder.path)]) as process:
            before = len(folder.files())
            wait_until(partial(has_more, folder, before), "a file")
            process.kill()
    complete = [name for name in names(folder) if name.endswith(".json")]
    assert len(folder.files()) == len(complete)


def test_what_a_killed_writer_left_is_removed_later(folder: KeptFolder) -> None:
    folder.write([RUN], {})
    old, new = folder.path / ".bptui.old", folder.path / ".bptui.new"
    for path in (old, new):
        path.write_text("half")
    os.utime(old, (0, 0))
    folder.write([RUN], {})
    assert not old.exists()
    assert new.exists(), "another session may be writing it"


def test_runs_lists_the_newest_first(folder: KeptFolder) -> None:
    first = folder.write([RUN], {})
    first.rename(folder.path / "20200101-000000-abcdef.json")
    second = folder.write([RunSummary("classification", 0, 10, None), RUN], {})
    (folder.path / "20300101-000000-abcdef.json").write_text("damaged")
    done = call("runs")
    assert (done.status, done.err) == (0, "")
    rows = [line.split("\t") for line in done.lines]
    assert [row[0] for row in rows] == [second.stem, second.stem, "20200101-000000-abcdef"]
    assert rows[0][2:] == ["classification", "0/10", "-"]
    assert rows[1][2:] == ["regression", "3/2001", "2.500e-01"]
    assert call("runs", "--state", str(folder.path.parent)) == done
    assert call("runs", "--state", str(folder.path)).out == "", "a folder without kept runs"
    refused = call("runs", "--state", "/nope")
    assert (refused.status, refused.out) == (2, "")
    assert refused.complaint.endswith("argument --state: /nope: no such file or directory")


def test_runs_of_nobody() -> None:
    assert call("runs").out == ""


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "\x1b[31m", "20200101-000000-abcdef", "x" * 5000])
def test_an_id_that_does_not_exist(name: str, folder: KeptFolder) -> None:
    with pytest.raises(CheckpointError, match="no run with the ID"):
        folder.find(name)


def test_a_full_disk_leaves_nothing(folder: KeptFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = folder.write([RUN], {})
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        folder.write([RUN], {})
    assert names(folder) == [path.name]


def test_continue_names_the_newest_file_if_it_is_damaged_instead_of_continuing_an_older_run(
    folder: KeptFolder,
) -> None:
    state = str(folder.path.parent)
    done = call("--plain", "--continue", "--state", state)
    assert (done.status, done.complaint) == (2, "bptui: error: argument --continue: no run was kept")
    folder.write([RUN], {})
    (folder.path / "99990101-000000-000000.json").write_text("damaged")
    done = call("--plain", "--continue", "--state", state)
    assert done.status == 2
    assert "99990101-000000-000000.json: is damaged: " in done.complaint


def test_a_large_array_is_never_one_text(folder: KeptFolder) -> None:
    array = np.arange(100_000.0)
    with patch.object(LongText, "__str__", side_effect=AssertionError):
        path = folder.write([RUN], {"before": "text", "array": encode(array), "after": [1, None]})
    state = json.loads(read_file(path)[1])
    assert (state["before"], state["after"]) == ("text", [1, None])
    assert state["array"] == {**encode(array), "data": str(encode(array)["data"])}


def test_too_large_a_state_leaves_no_file(folder: KeptFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_folder, "MAX_BYTES", 1_000_000)
    with pytest.raises(CheckpointError, match="more than 1 MB"):
        folder.write([RUN], {"array": encode(np.arange(100_000.0))})
    assert names(folder) == []
