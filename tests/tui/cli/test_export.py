"""`bptui export`: a file that checks itself, or one line that says why not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.exports import is_there
from bpengine.exports import FORMATS
from tests.engine.exported import WAYS
from tests.tui.support.running import call, names
from tests.tui.support.running import run as run_apart


@pytest.fixture(autouse=True)
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = call("train", "regression", "--epochs", "3", "--samples", "9", "--save", "run.bptui")
    assert (done.status, done.err) == (0, "")


def test_each_export_says_how_to_check_it() -> None:
    missing = {way.name for way in WAYS if way.name == "onnx" and not is_there(way)}
    for to in FORMATS.keys() - missing:
        done = call("export", "run.bptui", "--to", to, "--output", f"out-{to}", "--name", "Sine")
        assert (done.status, done.err) == (0, "")
        assert done.out == f"out-{to}: {FORMATS[to].checked_by(Path(f'out-{to}'), 'Sine')}\n"
    subprocess.run([sys.executable, "-I", "out-numpy"], check=True, capture_output=True)


def test_bad_use_of_export_is_one_line_and_changes_no_file() -> None:
    Path("file").write_text("mine")
    Path("folder").mkdir()
    call("train", "regression", "--hidden", "none", "--learning-rate", "1000", "--save", "diverged.bptui")
    before = {path: path.read_bytes() for path in Path().iterdir() if path.is_file()}
    flags = ("--to", "numpy", "--output", "new")
    for arguments, status, why in (
        (("run.bptui",), 2, "the following arguments are required: --to, --output"),
        (("run.bptui", "--to", "pyton", "--output", "x"), 2, "argument --to: must be numpy"),
        (("none.bptui", *flags), 2, "argument RUN: none.bptui: there is no such file"),
        (("file", *flags), 2, "argument RUN: file: is not a checkpoint"),
        (("diverged.bptui", *flags), 1, "diverged in epoch"),
        (("run.bptui", *flags, "--name", "a-b"), 2, "name: must be at most 40"),
        (("run.bptui", "--to", "c", "--output", "folder"), 2, "folder: is a folder, not a file"),
        (("run.bptui", "--to", "json", "--output", "folder"), 2, "folder: is a folder, not a file"),
        (("run.bptui", "--to", "json", "--output", "run.bptui"), 2, "is also the file of RUN"),
        (("run.bptui", "--to", "json", "--output", "no/x"), 2, "there is no folder 'no'"),
        (("run.bptui", "--to", "c", "--output", "no/x"), 2, "there is no folder 'no'"),
    ):
        done = call("export", *arguments)
        assert (done.status, why in done.complaint) == (status, True), done
    assert {path: path.read_bytes() for path in Path().iterdir() if path.is_file()} == before


@pytest.mark.parametrize("to", ["numpy", "c", "json"])
def test_an_export_that_does_not_fit_leaves_nothing(to: str) -> None:
    flags = ("--to", to, "--output", "new")
    done = run_apart("export", "run.bptui", *flags, shell='ulimit -f 0; exec "$@"')
    assert (done.status, done.out) == (2, "")
    assert done.complaint == "bptui export: error: argument --output: new: can't be written: file too large"
    assert names(Path()) == ["run.bptui"]
