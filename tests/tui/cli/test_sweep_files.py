"""The files of `bptui sweep`: they lose no result, and take back only results that the sweep can have."""

from __future__ import annotations

import contextlib
import csv
import errno
import json
import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpengine.sweeps import Result
from bpengine.sweeps.cells import Cells
from bptui.cli.result_file import LOCKED, REPLACED, ResultFile
from bptui.cli.stop_signals import StopRequest
from tests.tui.support.running import Done, call, run

VARIED = ("sweep", "regression", "--vary", "learning_rate=0.1,0.2,1000", "--vary", "hidden=2;2,2")
SWEEP = (*VARIED, "--starts", "2", "--samples", "20", "--test-share", "0.2", "--kernel", "numpy")
EPOCHS = ("--epochs", "12", "--target-error", "0.2", "--patience", "5")
"""Some runs diverge, some reach the target error, some lose patience, and some finish."""
FORMATS = ("jsonl", "csv")


class Stop(StopRequest):
    """A request that sets no timer, which would end the tests."""

    def output_moved(self) -> None:
        """Do nothing."""


@contextlib.contextmanager
def interrupted_after(results: int) -> Iterator[None]:
    """Ask the sweep to stop when it has this many results."""
    request, add = Stop(), Cells.add

    def counting(self: Cells, found: Any) -> None:
        add(self, found)
        if self.done >= results:
            request.number = signal.SIGINT

    if not results:
        request.number = signal.SIGINT
    with (
        mock.patch("bptui.cli.sweep.recorded_signals", lambda: contextlib.nullcontext(request)),
        mock.patch.object(Cells, "add", counting),
    ):
        yield


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The files of an uninterrupted sweep, by format."""
    folder = tmp_path_factory.mktemp("whole")
    for name in FORMATS:
        done = call(*SWEEP, *EPOCHS, "--output", str(folder / f"all.{name}"))
        assert (done.status, done.out, done.err) == (0, "", "")
    return {name: (folder / f"all.{name}").read_text() for name in FORMATS}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def resumed(path: Path, *flags: str) -> Done:
    return call(*SWEEP, *EPOCHS, "--resume", str(path), "--output", str(path), *flags)


@settings(max_examples=12, deadline=None)
@given(
    name=st.sampled_from(FORMATS),
    results=st.integers(1, 11),
    order=st.randoms(use_true_random=True),
    share=st.floats(0, 1),
)
def test_an_interrupted_sweep_goes_on_as_if_it_had_not_been(
    name: str,
    results: int,
    order: random.Random,
    share: float,
    whole: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("part") / f"part.{name}"
    with interrupted_after(results):
        done = call(*SWEEP, *EPOCHS, "--output", str(path))
    if done.status:  # the last runs may end together
        assert done.status == 130
        assert done.complaint.endswith(f"; the same command with --resume {path} trains the rest")
    header, *lines = ("", *path.read_text().splitlines(keepends=True))[name == "csv" :]
    assert results <= len(lines)
    assert set(lines) <= set(whole[name].splitlines(keepends=True))
    order.shuffle(lines)
    text = "".join(lines)
    path.write_text(header + text[: round(share * len(text))])  # as if it had been killed
    assert resumed(path).status == 0
    assert path.read_text() == whole[name]


def test_the_file_has_each_result_as_soon_as_it_is_known(here: Path, whole: dict[str, str]) -> None:
    found: list[list[str]] = []
    add = Cells.add

    def looking(self: Cells, results: Any) -> None:
        add(self, results)
        found.append(Path("a.csv").read_text().splitlines())

    with mock.patch.object(Cells, "add", looking):
        assert call(*SWEEP, *EPOCHS, "--output", "a.csv").status == 0
    assert [len(lines) for lines in found] == list(range(2, 14))
    assert sorted(found[-1]) == sorted(whole["csv"].splitlines())
    assert Path("a.csv").read_text() == whole["csv"]


def test_results_are_not_replaced(here: Path) -> None:
    for name in ("a.jsonl", "a.csv", "a.txt"):
        assert call(*SWEEP, *EPOCHS, "--output", name).status == 0
        before = Path(name).read_bytes()
        other = call(*SWEEP, *EPOCHS, "--l2", "0.1", "--output", name)
        assert other.status == 2
        assert other.complaint.endswith(": name another file, or delete this one")
        same = call(*SWEEP, *EPOCHS, "--output", name)
        kept = f"holds results of this sweep: --resume {name} keeps them and trains the rest"
        text = "holds results as text, which --resume can't take: name another file, or delete this one"
        assert same.complaint.endswith(f"argument --output: {name}: {text if name == 'a.txt' else kept}")
        assert same.status == 2
        assert Path(name).read_bytes() == before


@pytest.mark.parametrize("is_replaced", [False, True])
def test_two_sweeps_do_not_write_to_one_file(here: Path, whole: dict[str, str], is_replaced: bool) -> None:
    add = Cells.add
    refused: list[Done] = []

    def beginning_another(self: Cells, results: Any) -> None:
        add(self, results)
        if self.done != 3 or refused:
            return
        refused.append(Done(0, "", ""))
        if is_replaced:  # as by a sweep that begins at the same moment
            Path("other").write_text(whole["csv"])
            Path("other").replace("a.csv")
        else:
            refused[0] = call(*SWEEP, *EPOCHS, "--resume", "a.csv", "--output", "a.csv")

    with mock.patch.object(Cells, "add", beginning_another):
        done = call(*SWEEP, *EPOCHS, "--output", "a.csv")
    assert Path("a.csv").read_text() == whole["csv"]
    if not is_replaced:
        assert done.status == 0
        done = refused[0]
    assert done.status == 2
    assert set(done.lines) < set(whole["csv"].splitlines())
    reason, count = REPLACED if is_replaced else LOCKED, len(done.lines) - 1
    problem = f"{reason}; the results of {count} of 12 runs are printed instead"
    assert f"argument --output: a.csv: can't be written: {problem}" in done.complaint


@pytest.mark.parametrize("exists", [False, True])
def test_what_another_sweep_has_written_in_the_meantime_is_not_replaced(here: Path, exists: bool) -> None:
    path, add = Path("a.csv"), ResultFile.add
    if exists:
        path.touch()

    def adding(self: ResultFile, result: Result) -> None:
        if not self.problem:
            path.write_text("of another sweep, which has ended\n")
        add(self, result)

    with mock.patch.object(ResultFile, "add", adding):
        done = call(*SWEEP, *EPOCHS, "--output", "a.csv")
    assert path.read_text() == "of another sweep, which has ended\n"
    assert done.status == 2
    assert len(done.lines) > 1
    assert f"a.csv: can't be written: {REPLACED}; the results of" in done.complaint


def test_a_pipe_that_is_no_longer_read_is_no_error(here: Path) -> None:
    os.mkfifo("pipe")
    with mock.patch("bptui.cli.files.write_whole", side_effect=BrokenPipeError):
        done = call(*SWEEP, *EPOCHS, "--format", "csv", "--output", "pipe")
    assert (done.status, done.err) == (0, "")


def test_an_interruption_before_the_first_result_changes_nothing(here: Path, whole: dict[str, str]) -> None:
    Path("new.csv").touch()
    with interrupted_after(0):
        done = call(*SWEEP, *EPOCHS, "--output", "new.csv")
    assert (done.status, done.complaint) == (130, "bptui sweep: interrupted after 0 of 12 runs")
    assert Path("new.csv").read_text() == ""
    Path("part.csv").write_text("".join(whole["csv"].splitlines(keepends=True)[:4]))
    with interrupted_after(0):
        done = call(*SWEEP, *EPOCHS, "--resume", "part.csv", "--output", "new.csv")
    assert done.complaint.endswith("3 of 12 runs; the same command with --resume part.csv trains the rest")
    assert Path("new.csv").read_text() == ""
    with interrupted_after(3):
        done = call(*SWEEP, *EPOCHS)
    assert done.complaint.endswith("; with --output FILE.jsonl or FILE.csv, a sweep can be resumed")
    call(*SWEEP, *EPOCHS, "--output", "new.csv")
    assert Path("new.csv").read_text() == whole["csv"]


@pytest.mark.parametrize(
    "text",
    ["Buy milk.\n", "x,y\n1,2\n", "\n", "run,sweep\n", '{"a": 1}\n', "Run:1/2", "[a]\nseed = 1\n"],
)
def test_no_other_file_is_replaced(here: Path, text: str) -> None:
    for name in ("notes.txt", "data.csv", "data.jsonl"):
        Path(name).write_text(text)
        done = call(*SWEEP, *EPOCHS, "--output", name)
        assert (done.status, done.out) == (2, "")
        assert done.complaint.endswith("is not a file of this sweep: name another file, or delete this one")
        assert Path(name).read_text() == text


def test_a_full_disk_loses_no_result(here: Path, whole: dict[str, str]) -> None:
    limited = 'ulimit -f 1; exec "$@"'  # blocks of 512 bytes: some lines, and a part of one
    flags = ("--output", "a.csv", "--save-picture", "map.txt")
    uncached = {"PYTHONDONTWRITEBYTECODE": "1"}  # Python would leave compiled modules cut off
    done = run(*SWEEP, *EPOCHS, *flags, shell=limited, variables=uncached)
    assert done.status == 2
    assert "argument --output: a.csv: can't be written: file too large; the results of" in done.complaint
    lines, kept = whole["csv"].splitlines(keepends=True), Path("a.csv").read_text()
    assert len(done.lines) > len(kept.splitlines()) > 2
    assert set(kept.splitlines(keepends=True)) <= set(lines), "no part of a line"
    Path("printed.csv").write_text(done.out)
    assert call(*SWEEP, *EPOCHS, "--resume", "printed.csv", "--output", "b.csv").status == 0
    assert Path("b.csv").read_text() == whole["csv"]
    assert "learning" in Path("map.txt").read_text()


def test_without_room_for_a_second_file_the_results_keep_their_order(
    here: Path, whole: dict[str, str]
) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with mock.patch("bptui.cli.files.write_whole", side_effect=full):
        done = call(*SWEEP, *EPOCHS, "--output", "a.csv")
        assert (done.status, done.out) == (2, "")
        reason = "no space left on device; it has the results of 12 of 12 runs, but not in their order"
        assert done.complaint.endswith(f"argument --output: a.csv: can't be written: {reason}")
        assert sorted(Path("a.csv").read_text().splitlines()) == sorted(whole["csv"].splitlines())
        done = call(*SWEEP, *EPOCHS, "--format", "csv", "--output", "/dev/null")
    assert done.complaint.endswith(
        "no space left on device; the results of 12 of 12 runs are printed instead"
    )
    assert done.out == whole["csv"]


def test_a_line_that_does_not_fit_stops_the_sweep(here: Path) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with mock.patch("bptui.cli.result_file._append", side_effect=full):
        done = call(*SWEEP, "--epochs", "12", "--vary", "seed=0..99", "--starts", "1", "--output", "a.csv")
    assert (done.status, done.out) == (2, "")
    lines = Path("a.csv").read_text().splitlines()
    problem = f"no space left on device; it has the results of {len(lines) - 1} of 600 runs"
    assert f"argument --output: a.csv: can't be written: {problem}; the same command with" in done.complaint
    assert len(lines) < 600


def edited(text: str, name: str, number: int, **changes: Any) -> str:
    """The file with other values in the line of a run; None leaves a value out."""
    if name == "jsonl":
        lines = text.splitlines()
        values = json.loads(lines[number]) | changes
        lines[number] = json.dumps(values)
        return "".join(f"{line}\n" for line in lines)
    rows = list(csv.DictReader(text.splitlines()))
    rows[number] |= {key: "" if value is None else str(value) for key, value in changes.items()}
    return "".join(f"{','.join(map(_quoted, row))}\n" for row in (rows[0], *(row.values() for row in rows)))


def _quoted(value: Any) -> str:
    return f'"{value}"' if "," in value else value


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"run": 99}, "run must be a whole number from 0 to 11, got '99'"),
        ({"run": 1, "seed": 1}, "run 1 is given twice, with different results"),
        ({"run": 4}, "learning_rate must be 0.2 in run 4, got '0.1'"),
        ({"learning_rate": 0.7}, "learning_rate must be 0.1 in run 0, got '0.7'"),
        ({"hidden_units": "x"}, "hidden_units must be 2 in run 0, got 'x'"),
        ({"seed": 7}, "seed must be 0 in run 0, got '7'"),
        ({"error": -5}, "error must be a number from 0, got '-5'"),
        ({"error": None}, "error must be a number from 0, got ''"),
        ({"error": "nan"}, "error must be a number from 0, got 'nan'"),
        ({"error": True}, "error must be a number from 0, got 'True'"),
        ({"epoch": 5}, "epoch must be 11, got '5'"),
        ({"epoch": -5}, "epoch must be 11, got '-5'"),
        ({"state": "fine"}, "state must be finished, target error, patience or diverged, got 'fine'"),
        ({"state": "patience", "epoch": 4}, "epoch must be a whole number from 5 to 10, got '4'"),
        ({"state": "target error", "epoch": 4, "error": 0.21}, "error must be a number from 0 to 0.2, got"),
        ({"state": "diverged", "epoch": None}, "error must be empty without an epoch, got"),
        ({"test_error": -1}, "test_error must be a number from 0, got '-1'"),
    ],
)
@pytest.mark.parametrize("name", FORMATS)
def test_impossible_results_are_refused(
    name: str, changes: dict[str, Any], reason: str, whole: dict[str, str], here: Path
) -> None:
    finished = edited(whole[name], name, 0, state="finished", epoch=11, error=0.3)
    Path("part").write_text(edited(finished, name, 0, **changes))
    done = call(*SWEEP, *EPOCHS, "--resume", "part")
    line = 1 + (name == "csv") + (changes.get("run") == 1)
    assert (done.status, done.out) == (2, "")
    assert f"argument --resume: part: line {line}: {reason}" in done.complaint


def test_a_perfect_classification_is_just_below_0(here: Path) -> None:
    short = ("sweep", "classification", "--vary", "epochs=1", "--starts", "1", "--kernel", "numpy")
    assert call(*short, "--output", "a.jsonl").status == 0
    text = Path("a.jsonl").read_text()
    for error, status in ((-9.999996486032379e-08, 0), (-2e-07, 2)):
        Path("part").write_text(edited(text, "jsonl", 0, error=error))
        done = call(*short, "--resume", "part")
        assert done.status == status
    assert "error must be a number from -1e-07, got" in done.complaint


def test_only_states_and_test_errors_of_the_sweep_are_taken(here: Path) -> None:
    short = ("sweep", "regression", "--vary", "epochs=1,2", "--starts", "1", "--kernel", "numpy")
    assert call(*short, "--output", "a.jsonl").status == 0
    text = Path("a.jsonl").read_text()
    for changes, reason in (
        ({"test_error": 1}, "test_error must be empty without test samples or an epoch, got '1'"),
        ({"state": "patience"}, "state must be finished or diverged, got 'patience'"),
        ({"state": "diverged"}, "epoch must be empty, got '0'"),
    ):
        Path("part").write_text(edited(text, "jsonl", 0, **changes))
        assert call(*short, "--resume", "part").complaint.endswith(f"part: line 1: {reason}")


def test_files_from_spreadsheets_and_other_files(whole: dict[str, str], here: Path) -> None:
    rows = whole["csv"].replace("\n", "\r\n").replace("0.1,", "0.10,")
    Path("part.csv").write_text(rows, encoding="utf-8-sig", newline="")
    assert resumed(Path("part.csv")).status == 0
    assert Path("part.csv").read_text() == whole["csv"]
    broken = whole["jsonl"].splitlines(keepends=True)[0].encode() + b'{"run": 1\n'
    for content in (
        b"\xff\xfe",
        b"{",
        b"[]\n",
        b"{}\n",
        b"3\n",
        b"Run:0/12 Seed:0\n",
        b'{"sweep": []}\n',
        broken,
    ):
        Path("part").write_bytes(content)
        result = call(*SWEEP, *EPOCHS, "--resume", "part")
        assert result.status == (0 if content == b"{" else 2), content
    assert result.complaint.endswith("part: line 2: is not what bptui sweep writes as jsonl or csv")
