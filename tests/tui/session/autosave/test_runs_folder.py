"""The folder of kept runs: whole files only, bounded, and damaged ones left out."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpengine import CheckpointError
from bpengine.checkpoint import container
from bptui.session.autosave import runs_folder as kept_folder
from bptui.session.autosave.runs_folder import KIND, KeptFolder, RunSummary
from tests.tui.support.running import call
from tests.tui.support.terminal import wait_until

RUN = RunSummary("regression", 3, 2001, 0.25, "sine")
LATER = "99990101-000000-00000000"
"""The ID of a file that is later than any other."""


@pytest.fixture
def folder(state_home: Path) -> KeptFolder:
    return KeptFolder(state_home / "bptui" / "runs")


def names(folder: KeptFolder) -> list[str]:
    return sorted(path.name for path in folder.path.iterdir())


def test_kept_runs_are_listed(folder: KeptFolder) -> None:
    assert folder.newest() is None
    path = folder.write([RUN], {"a": 1})
    (kept,), problems = folder.files()
    assert (kept.path, kept.runs, problems) == (path, (RUN,), [])
    assert container.read(path, KIND) == {"a": 1}
    assert folder.find(kept.id) == kept
    assert folder.path.stat().st_mode & 0o077 == 0, "the user's own samples are nobody else's"


def test_a_folder_keeps_at_most_twenty_files(folder: KeptFolder) -> None:
    paths = [folder.write([RUN], {"number": number}) for number in range(25)]
    kept = names(folder)
    assert len(kept) == kept_folder.MAX_FILES
    assert set(kept) == {path.name for path in paths[-kept_folder.MAX_FILES :]}, (
        "though they end within one second"
    )
    assert [file.path for file in folder.files()[0]] == paths[: -kept_folder.MAX_FILES - 1 : -1]


def test_the_bytes_of_kept_files_are_bounded_but_for_the_newest(
    folder: KeptFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_folder, "MAX_BYTES", 10_000)
    for _ in range(9):
        newest = folder.write([RUN], {"text": "x" * 4000})
    assert len(names(folder)) == 2
    assert newest.name in names(folder)
    large = folder.write([RUN], {"array": np.zeros(5000)})
    assert names(folder) == [large.name]


def test_names_of_kept_files_stay_in_order_when_the_clock_is_set_back(folder: KeptFolder) -> None:
    later = folder.write([RUN], {}).rename(folder.path / "99990101-000000-fffff123.bptui")
    paths = [folder.write([RUN], {"number": number}) for number in range(25)]
    assert not later.exists()
    assert [kept.path for kept in folder.files()[0]] == paths[:-21:-1]
    last = paths[-1].rename(folder.path / "99991231-235959-f423f123.bptui")  # the last microsecond of all
    assert folder.write([RUN], {}).exists()
    assert last.exists()


def describing(about: Any) -> bytes:
    """A file with this description, and the right checksum."""
    return container.packed(KIND, {}, about)


SUMMARY = {"task": "regression", "epoch": 1, "epochs": 2, "error": None}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04" + bytes(1000),
        b"x" * 100_000,
        b'{"format": "bptui kept run", "version": 1}\n{}\n',
        describing({}),
        describing({"time": -1.0, "runs": [SUMMARY]}),
        describing({"time": "now", "runs": [SUMMARY]}),
        describing({"time": 1e300, "runs": [SUMMARY]}),
        describing({"time": 1.0, "runs": []}),
        describing({"time": 1.0, "runs": [None]}),
        describing({"time": 1.0, "runs": 3 * [SUMMARY]}),
        describing({"time": 1.0, "runs": [{**SUMMARY, "task": "x"}]}),
        describing({"time": 1.0, "runs": [{**SUMMARY, "epoch": "1"}]}),
        describing({"time": 1.0, "runs": [{**SUMMARY, "error": "0"}]}),
        container.packed("bpengine checkpoint", {}),
    ],
)
def test_kept_files_that_cannot_be_read_are_named_and_never_offered(
    content: bytes, folder: KeptFolder
) -> None:
    whole = folder.write([RUN], {})
    damaged = folder.path / f"{LATER}.bptui"
    damaged.write_bytes(content)
    files, problems = folder.files()
    assert [kept.path for kept in files] == [whole]
    newest = folder.newest()
    assert newest is not None
    assert newest.path == whole
    (problem,) = problems
    assert str(problem).startswith(str(damaged)[-70:]) or f"{LATER}.bptui: is " in str(problem)
    with pytest.raises(CheckpointError, match=r"is damaged|is not|is empty"):
        folder.find(damaged.stem)


@pytest.mark.parametrize("kind", ["folder", "loop", "pipe"])
def test_folders_links_and_pipes_among_kept_files_are_skipped(kind: str, folder: KeptFolder) -> None:
    folder.write([RUN], {})
    odd = folder.path / f"{LATER}.bptui"
    if kind == "folder":
        odd.mkdir()
    elif kind == "loop":
        odd.symlink_to(odd)
    else:
        os.mkfifo(odd)
    files, problems = folder.files()
    assert (len(files), problems) == (1, [])
    assert folder.find("newest").id == files[0].id
    for _ in range(25):
        folder.write([RUN], {})
    assert len(folder.files()[0]) == kept_folder.MAX_FILES


def has_more(folder: KeptFolder, before: int) -> bool:
    return folder.path.exists() and len(names(folder)) > before


def test_a_killed_writer_leaves_a_whole_file_or_none(folder: KeptFolder) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from bptui.session.autosave.runs_folder import KeptFolder, RunSummary\n"
        "folder = KeptFolder(Path(sys.argv[1]))\n"
        "while True: folder.write([RunSummary('regression', 1, 2, None, 'sine')], {'x': 'x' * 3_000_000})"
    )
    for _ in range(5):
        with subprocess.Popen([sys.executable, "-c", code, str(folder.path)]) as process:
            before = len(folder.files()[0])
            wait_until(partial(has_more, folder, before), "a file")
            process.kill()
    complete = [name for name in names(folder) if name.endswith(".bptui")]
    assert len(folder.files()[0]) == len(complete)


def test_files_left_by_a_killed_writer_are_removed_later(folder: KeptFolder) -> None:
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
    first.rename(folder.path / "20200101-000000-00000abc.bptui")
    second = folder.write([RunSummary("classification", 0, 10, None, "spiral"), RUN], {})
    damaged = folder.path / f"{LATER}.bptui"
    damaged.write_text("damaged")
    done = call("runs")
    assert done.status == 0
    assert done.complaint.endswith(f"{LATER}.bptui: is not a bptui kept run that this version reads")
    rows = [line.split("\t") for line in done.lines]
    assert [row[0] for row in rows] == [second.stem, second.stem, "20200101-000000-00000abc"]
    assert rows[0][2:] == ["classification", "spiral", "0/10", "-"]
    assert rows[1][2:] == ["regression", "sine", "3/2001", "0.250"]
    assert call("runs", "--state", str(folder.path.parent)) == done
    assert call("runs", "--state", str(folder.path)).out == "", "a folder without kept runs"
    refused = call("runs", "--state", "/nope")
    assert (refused.status, refused.out) == (2, "")
    assert refused.complaint.endswith("argument --state: /nope: no such file or directory")


def test_bptui_runs_prints_nothing_where_nothing_is_kept() -> None:
    assert call("runs").out == ""


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "\x1b[31m", "20200101-000000-00000abc", "x" * 5000])
def test_an_id_that_does_not_exist_is_refused(name: str, folder: KeptFolder) -> None:
    with pytest.raises(CheckpointError, match="no run with the ID"):
        folder.find(name)


def test_a_full_disk_leaves_no_kept_file(folder: KeptFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = folder.write([RUN], {})
    assert folder.problem() == ""
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
    data = folder.write([RUN], {}).read_bytes()
    (folder.path / f"{LATER}.bptui").write_bytes(data[:-1])
    done = call("--plain", "--continue", "--state", state)
    assert done.status == 2
    assert f"{LATER}.bptui: is damaged: the checksum does not fit" in done.complaint


def test_a_folder_that_cannot_be_listed_is_named(folder: KeptFolder) -> None:
    folder.path.parent.mkdir(parents=True)
    folder.path.write_text("not a folder")
    listed = call("runs")
    continued = call("--plain", "--continue", "--state", str(folder.path.parent))
    for done in (listed, continued):
        assert done.status == 2
        assert done.complaint.endswith("/bptui/runs: can't be listed: not a directory")
    assert ": argument --continue: " in continued.complaint
    assert folder.newest() is None
    assert folder.problem() == "file exists"
