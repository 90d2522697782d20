"""The files of `bptui sweep`: they lose no result, and take back only those of the same sweep."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import random
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpengine.many.sweeps.cells import Cells
from bptui.process.signals import StopRequest
from tests.tui.support.running import Done, call, run

VARIED = ("sweep", "regression", "--vary", "learning_rate=0.1,0.2,1000", "--vary", "hidden=2;2,2")
SWEEP = (*VARIED, "--starts", "2", "--samples", "20", "--test-share", "0.2", "--kernel", "numpy")
EPOCHS = ("--epochs", "12", "--target-error", "0.2", "--patience", "5")
"""Some runs diverge, some reach the target error, some lose patience, and some finish."""
FORMATS = ("jsonl", "csv")


@contextlib.contextmanager
def interrupted_after(results: int) -> Iterator[None]:
    """Ask the sweep to stop when it has this many results."""
    request, add = StopRequest(), Cells.add

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
    """The files of an uninterrupted sweep, in the order of the runs, by format."""
    folder = tmp_path_factory.mktemp("whole")
    for name in FORMATS:
        done = call(*SWEEP, *EPOCHS, "--output", str(folder / f"all.{name}"))
        assert (done.status, done.out, done.err) == (0, "", "")
    return {name: in_order((folder / f"all.{name}").read_text()) for name in FORMATS}


def in_order(text: str) -> str:
    """The lines in the order of the runs, whose numbers are the first ones in their lines."""
    numbers = {line: re.findall("[0-9]+", line) for line in text.splitlines(keepends=True)}
    return "".join(sorted(numbers, key=lambda line: int((numbers[line] or [-1])[0])))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def swept(path: Path, *flags: str) -> Done:
    return call(*SWEEP, *EPOCHS, "--output", str(path), *flags)


def same_lines(text: str, other: str) -> bool:
    """Whether two texts have the same lines in any order but for the first one, which may be a header."""
    return text[:4] == other[:4] and sorted(text.splitlines()) == sorted(other.splitlines())


@settings(max_examples=6, deadline=None)
@given(
    name=st.sampled_from(FORMATS),
    results=st.integers(1, 11),
    order=st.randoms(use_true_random=True),
    share=st.floats(0, 1),
)
def test_the_same_command_completes_an_interrupted_sweep_as_if_it_had_not_been_interrupted(
    name: str,
    results: int,
    order: random.Random,
    share: float,
    whole: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("part") / f"part.{name}"
    with interrupted_after(results):
        done = swept(path)
    if done.status:  # the last runs may end together
        assert done.status == 130
        assert done.complaint.endswith("; the same command trains the rest")
    header, *lines = ("", *path.read_text().splitlines(keepends=True))[name == "csv" :]
    assert results <= len(lines)
    assert set(lines) <= set(whole[name].splitlines(keepends=True))
    order.shuffle(lines)
    text = "".join(lines)
    left = header + text[: round(share * len(text))]
    path.write_text(left)  # as if it had been killed
    assert swept(path).status == 0
    assert path.read_text().startswith(left[: left.rfind("\n") + 1])
    assert same_lines(path.read_text(), whole[name])


def test_the_file_has_each_result_as_soon_as_it_is_known(here: Path, whole: dict[str, str]) -> None:
    found: list[list[str]] = []
    add = Cells.add

    def looking(self: Cells, results: Any) -> None:
        add(self, results)
        found.append(Path("a.csv").read_text().splitlines())

    with mock.patch.object(Cells, "add", looking):
        assert swept(Path("a.csv")).status == 0
    assert [len(lines) for lines in found] == [0, *range(2, 14)]
    assert Path("a.csv").read_text().splitlines() == found[-1]
    assert same_lines(Path("a.csv").read_text(), whole["csv"])


@pytest.mark.parametrize(
    "text", ["Buy milk.\n", "x,y\n1,2\n", "\n", "run,sweep\n", '{"a": 1}\n', "Run:1/2", "{x"]
)
def test_a_sweep_replaces_no_file(here: Path, text: str) -> None:
    for name in ("notes.txt", "data.csv", "data.jsonl"):
        Path(name).write_text(text)
        done = swept(Path(name))
        assert (done.status, done.out) == (2, "")
        reason = "line 1: is not what bptui sweep writes as jsonl or csv; name another file"
        assert done.complaint.endswith(f"argument --output: {name}: {reason}")
        assert Path(name).read_text() == text


def test_a_complete_file_is_continued_in_its_format(here: Path, whole: dict[str, str]) -> None:
    Path("a.csv").write_text(whole["csv"])
    done = swept(Path("a.csv"), "--format", "jsonl")
    assert done.complaint.endswith("argument --format: must be csv for a file ending in .csv, got 'jsonl'")
    done = swept(Path("a.csv"))
    assert (done.status, done.out, done.err) == (0, "", "")
    assert Path("a.csv").read_text() == whole["csv"]
    Path("lines").write_text(whole["csv"])
    done = swept(Path("lines"), "--format", "jsonl")
    assert done.complaint.endswith("argument --format: must be csv as in lines, got 'jsonl'")


def test_two_sweeps_do_not_write_to_one_file(here: Path, whole: dict[str, str]) -> None:
    add = Cells.add
    refused: list[Done] = []

    def beginning_another(self: Cells, results: Any) -> None:
        add(self, results)
        if self.done == 3 and not refused:
            refused.append(swept(Path("a.csv")))

    with mock.patch.object(Cells, "add", beginning_another):
        assert swept(Path("a.csv")).status == 0
    assert same_lines(Path("a.csv").read_text(), whole["csv"])
    assert (refused[0].status, refused[0].out) == (2, "")
    assert refused[0].complaint.endswith("argument --output: a.csv: another sweep writes to it")


def test_a_sweep_into_a_pipe_that_is_no_longer_read_is_no_error(here: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = call(*SWEEP, *EPOCHS, "--format", "csv", "--output", f"/dev/fd/{writing}")
    os.close(writing)
    assert (done.status, done.err) == (0, "")


def test_an_interruption_before_the_first_result_changes_nothing(here: Path, whole: dict[str, str]) -> None:
    Path("new.csv").touch()
    with interrupted_after(0):
        done = swept(Path("new.csv"))
    hint = "the same command trains the rest"
    assert (done.status, done.complaint) == (130, f"bptui sweep: interrupted after 0 of 12 runs; {hint}")
    assert Path("new.csv").read_text() == ""
    part = "".join(whole["csv"].splitlines(keepends=True)[:4])
    Path("part.csv").write_text(part)
    with interrupted_after(0):
        done = swept(Path("part.csv"))
    assert done.complaint.endswith("3 of 12 runs; the same command trains the rest")
    assert Path("part.csv").read_text() == part
    with interrupted_after(3):
        done = call(*SWEEP, *EPOCHS)
    assert done.complaint.endswith("; with --output FILE.jsonl or FILE.csv, a sweep can be continued")
    swept(Path("new.csv"))
    assert same_lines(Path("new.csv").read_text(), whole["csv"])


def test_a_full_disk_loses_no_result(here: Path, whole: dict[str, str]) -> None:
    limited = 'ulimit -f 1; exec "$@"'  # blocks of 512 bytes: some lines, and a part of one
    flags = ("--output", "a.csv", "--save-picture", "map.txt")
    uncached = {"PYTHONDONTWRITEBYTECODE": "1"}  # Python would leave compiled modules cut off
    done = run(*SWEEP, *EPOCHS, *flags, shell=limited, variables=uncached)
    assert (done.status, done.out) == (2, "")
    assert "error: argument --output: a.csv: can't be written: file too large after " in done.complaint
    assert done.complaint.endswith(" of 12 runs; the same command trains the rest")
    kept = Path("a.csv").read_text()
    assert 2 < len(kept.splitlines()) < 12
    assert "learning" in Path("map.txt").read_text()
    assert swept(Path("a.csv")).status == 0
    assert same_lines(Path("a.csv").read_text(), whole["csv"])


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
    "changes",
    [
        {"run": 99},
        {"run": -1},
        {"run": 1, "seed": 1},
        {"error": None},
        {"error": "nan"},
        {"epoch": 12},
        {"epoch": 1.5},
        {"state": "fine"},
        {"state": "diverged", "test_error": "x"},
    ],
)
@pytest.mark.parametrize("name", FORMATS)
def test_a_sweep_file_with_impossible_results_is_not_continued(
    name: str, changes: dict[str, Any], whole: dict[str, str], here: Path
) -> None:
    finished = edited(whole[name], name, 0, state="finished", epoch=11, error=0.3)
    Path("part").write_text(edited(finished, name, 0, **changes))
    done = swept(Path("part"))
    line = 1 + (name == "csv") + (changes.get("run") == 1)
    assert (done.status, done.out) == (2, "")
    assert f"argument --output: part: line {line}: is not a possible result of this sweep" in done.complaint


def test_sweep_files_from_spreadsheets_are_continued_and_other_files_refused(
    whole: dict[str, str], here: Path
) -> None:
    rows = whole["csv"].replace("\n", "\r\n").replace("0.1,", "0.10,")
    part = "".join(rows.splitlines(keepends=True)[:5])
    Path("part.csv").write_text(part, encoding="utf-8-sig", newline="")
    assert swept(Path("part.csv")).status == 0
    assert swept(Path("part.csv")).status == 0
    text = Path("part.csv").read_text(encoding="utf-8-sig").replace("0.10,", "0.1,")
    assert same_lines(text, whole["csv"])
    broken = whole["jsonl"].splitlines(keepends=True)[0].encode() + b'{"run": 1\n'
    for content in (
        b"\xff\xfe",
        b"[]\n",
        b"{}\n",
        b"3\n",
        b"Run:0/12 Seed:0\n",
        b'{"sweep": []}\n',
        broken,
    ):
        Path("part").write_bytes(content)
        result = swept(Path("part"))
        assert result.status == 2, content
    assert result.complaint.endswith(
        "part: line 2: is not what bptui sweep writes as jsonl or csv; name another file"
    )
