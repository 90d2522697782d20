"""Hand-ins are graded by repeating their runs, on any machine with the same result; forged ones fail."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpengine import Trainer, TrainingConfig
from bpengine.checkpoint import container
from bptui.cli.formats import csv_line
from bptui.cli.grades import Learner, csv_lines
from bptui.lessons.library import new_lesson
from bptui.lessons.progress import KIND, Progress
from bptui.lessons.reading import read_lesson
from tests.tui.support.lessons import solved
from tests.tui.support.running import (
    Done,
    call,
    finish,
    run,
    running,
    wait_for_work,
    wait_until_signals_are_handled,
)

LESSON, HAND_IN = Path("my-lesson.toml"), Path("ada.bptui")
WITHOUT_NUMBA = {"PYTHONPATH": "without-numba", "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F"}


@pytest.fixture
def progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Progress:
    """All of a lesson done, whose file is in the current folder."""
    monkeypatch.chdir(tmp_path)
    LESSON.write_text(new_lesson(LESSON), encoding="utf-8")
    return solved(read_lesson(LESSON))


def graded(data: bytes, *flags: str) -> Done:
    HAND_IN.write_bytes(data)
    return call("lessons", "grade", str(HAND_IN), "--lesson", str(LESSON), *flags)


def test_a_hand_in_is_graded_with_the_same_result_on_every_machine(progress: Progress) -> None:
    here = graded(progress.packed())
    assert (here.status, here.err) == (0, "")
    assert here.lines == [
        "ada.bptui: step 2, predict: passed: answered 1",
        "ada.bptui: step 3, do: passed: error 0.00554 after 201 epochs, repeated bit for bit the same "
        "(201 epochs)",
        "ada.bptui: 2 of 2 points",
    ]
    Path("without-numba").mkdir()
    Path("without-numba/numba.py").write_text("raise ImportError")
    there = run("lessons", "grade", str(HAND_IN), "--lesson", str(LESSON), variables=WITHOUT_NUMBA)
    assert (there.status, there.out) == (here.status, here.out)


def test_the_answer_in_json_is_that_of_exercisms_interface(progress: Progress) -> None:
    answer = json.loads(graded(replace(progress, answers={1: 2}, runs={}).packed(), "--format", "json").out)
    assert answer == {
        "version": 3,
        "status": "fail",
        "message": None,
        "tests": [
            {"name": "step 2, predict", "status": "fail", "message": "failed: answered 2, and 1 is right"},
            {"name": "step 3, do", "status": "fail", "message": "not tried: no run reached the goal"},
        ],
        "file": "ada.bptui",
        "points": "0 of 2 points",
    }
    assert json.loads(graded(progress.packed(), "--format", "json").out)["status"] == "pass"
    broken = graded(b"no", "--format", "json")
    assert broken.status == 1
    assert json.loads(broken.out)["message"] == "is not a bptui hand-in that this version reads"


def _error(run: Any) -> None:
    history = run["history"]
    history["error"] = np.where(history["epoch"] == 100, 0.9, history["error"])


def _weights(run: Any) -> None:
    run["parameters"] = run["parameters"] + 1e-12


def _rate(run: Any) -> None:
    run["config"]["learning_rate"] = run["changes"][0][2]["learning_rate"] = 0.5


def _generator(run: Any) -> None:
    run["generator"]["key"] = np.arange(624) + 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_error, "the run repeated is not the same: from epoch 100 on, whose error is 0.9 in the file and"),
        (_weights, "the run repeated is not the same: all its errors agree, but the weights do not"),
        (_rate, "the run repeated is not the same: from epoch 0 on"),
        (_generator, "but the numbers of the random generator do not"),
    ],
)
def test_a_run_with_a_changed_number_fails(
    progress: Progress, change: Callable[[Any], None], message: str
) -> None:
    HAND_IN.write_bytes(progress.packed())
    content = container.read(HAND_IN, KIND)
    change(content["runs"]["2"])
    done = graded(container.packed(KIND, content))
    assert (done.status, len(done.lines), done.err) == (1, 3, "")
    assert "step 3, do: failed: " in done.lines[1]
    assert message in done.lines[1]
    assert done.lines[-1] == "ada.bptui: 1 of 2 points"


def test_a_run_that_misses_the_goal_is_too_long_or_learned_other_data_fails(progress: Progress) -> None:
    trainer = Trainer(TrainingConfig.defaults("regression", dataset="step"))
    trainer.run_epoch()
    other = replace(progress, runs={2: trainer.run_state()})
    assert "failed: the run learned other data than those of the step" in graded(other.packed()).out
    trainer = Trainer.continuing(progress.runs[2])
    trainer.set_weights(trainer.network.parameters * 2)
    other = replace(progress, runs={2: trainer.run_state()})
    assert "failed: the run had all its weights set at once" in graded(other.packed()).out
    text = LESSON.read_text(encoding="utf-8")
    LESSON.write_text(text.replace("epochs = 500", "epochs = 100"), encoding="utf-8")
    lesson = read_lesson(LESSON)
    done = graded(replace(Progress.of(lesson), runs=progress.runs).packed())
    assert "failed: the run has 201 epochs, and the runs of the lesson have at most 100" in done.out
    LESSON.write_text(text.replace("error < 0.02", "error < 0.001"), encoding="utf-8")
    done = graded(replace(Progress.of(read_lesson(LESSON)), runs=progress.runs).packed())
    assert "does not reach the goal: error < 0.001 and epoch <= 200 is false: error 0.005538" in done.out


def test_files_that_are_no_hand_ins_of_the_lesson_are_named_in_a_line_each(progress: Progress) -> None:
    data = progress.packed()
    Path("cut.bptui").write_bytes(data[:2000])
    Path("other.bptui").write_bytes(replace(progress, version="1").packed())
    call("train", "regression", "--epochs", "2", "--save", "run.bptui")
    HAND_IN.write_bytes(data)
    names = ["cut.bptui", "other.bptui", "run.bptui", "missing.bptui", str(HAND_IN)]
    done = call("lessons", "grade", *names, "--lessons", ".")
    assert done.status == 1
    assert done.lines[:4] == [
        "cut.bptui: is damaged: the checksum does not fit: the file is cut off or has changed",
        "other.bptui: was not made with this lesson my-lesson, but with another version of it",
        "run.bptui: is not a bptui hand-in that this version reads",
        "missing.bptui: there is no such file",
    ]
    assert done.lines[-1] == "ada.bptui: 2 of 2 points"


@pytest.mark.parametrize("error", [OverflowError("int too large\n\x1b[2J"), MemoryError(), RecursionError()])
def test_a_file_at_which_the_grading_fails_is_a_line_and_the_next_one_is_graded(
    progress: Progress, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(path: Path) -> Progress:
        if path.name == "bad.bptui":
            raise error
        return progress

    monkeypatch.setattr("bptui.lessons.progress.read_progress", read)
    done = call("lessons", "grade", "bad.bptui", str(HAND_IN), "--lesson", str(LESSON))
    assert (done.status, done.err, len(done.lines)) == (1, "", 4)
    assert done.lines[0].startswith(f"bad.bptui: can't be graded: {type(error).__name__}: ")
    assert done.lines[0].isprintable()
    assert done.lines[-1] == "ada.bptui: 2 of 2 points"


def test_a_run_that_takes_too_much_work_is_not_repeated(progress: Progress) -> None:
    trainer = Trainer(TrainingConfig.defaults("regression", hidden_units=(1000,), samples=10_000))
    trainer.step()
    done = graded(replace(progress, runs={2: trainer.run_state()}).packed())
    limit = "epochs times samples times weights are 3e+09, and must be at most 2e+09"
    assert done.lines[1] == f"ada.bptui: step 3, do: failed: the run is too large to repeat it: {limit}"


def test_a_signal_ends_a_check_at_once(progress: Progress) -> None:
    text = LESSON.read_text(encoding="utf-8")
    LESSON.write_text(text.replace("starts = 16\nepochs = 200", "starts = 64\nepochs = 30000"))
    with running("lessons", "check", str(LESSON)) as process:
        wait_until_signals_are_handled(process)
        wait_for_work(process, 0.5)
        process.send_signal(signal.SIGTERM)
        done = finish(process)
    assert (done.status, done.out, done.err) == (128 + signal.SIGTERM, "", "")


@pytest.mark.parametrize("action", [["check"], ["grade", str(HAND_IN), "--lesson"]])
def test_a_signal_ends_a_command_while_numba_is_loaded(progress: Progress, action: list[str]) -> None:
    HAND_IN.write_bytes(progress.packed())
    Path("without-numba").mkdir()
    interrupt = "lambda: os.kill(os.getpid(), signal.SIGINT)"  # in a callback of C, as numba has them
    Path("without-numba/numba.py").write_text(
        f"import ctypes, os, signal\nctypes.CFUNCTYPE(None)({interrupt})()\nraise ImportError\n"
    )
    done = run("lessons", *action, str(LESSON), variables=WITHOUT_NUMBA)
    assert (done.status, done.out, done.err) == (130, "", "")


def gradebook(*arguments: str) -> tuple[list[dict[str, str]], Done]:
    done = call("lessons", "grade", *arguments, "--lesson", str(LESSON), "--format", "csv")
    return list(csv.DictReader(io.StringIO(done.out))), done


def test_a_row_of_the_gradebook_is_a_file_or_a_learner_with_the_best_of_several(progress: Progress) -> None:
    less = replace(progress, answers={1: 2}, name="Ada Lovelace")
    for path, made in (("A/x", progress), ("B/x", less), ("C/ada  lovelace", less), ("C/x", progress)):
        Path(path).parent.mkdir(exist_ok=True)
        Path(f"{path}.bptui").write_bytes(made.packed())
    Path("D.bptui").write_bytes(b"no")
    files = ("A/x.bptui", "B/x.bptui", "B/x.bptui")
    rows, _ = gradebook(*files)
    assert [(row["id"], row["name"], row["my-lesson points"]) for row in rows] == [
        ("A/x.bptui", "", "2"),
        ("B/x.bptui", "Ada Lovelace", "1"),
    ]
    Path("class.csv").write_text("id;name;file\n1;ADA  lovelace;A/x.bptui\n2;Bob;B/x.bptui\n3;Eve;\n")
    others = ("C/ada  lovelace.bptui", "C/x.bptui", "D.bptui")
    rows, done = gradebook(*files, *others, "--roster", "class.csv")
    assert done.err == ""
    names = ("id", "file", "found by", "files", "my-lesson points", "problem")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("1", "A/x.bptui", "path and name", "2", "2", ""),
        ("2", "B/x.bptui", "path", "1", "1", "B/x.bptui: the name inside is Ada Lovelace"),
        ("3", "", "", "0", "", ""),
        ("C/x.bptui", "C/x.bptui", "", "1", "2", ""),
        ("D.bptui", "", "", "1", "", "D.bptui: is not a bptui hand-in that this version reads"),
    ]
    Path("class.csv").write_text("id,name,file\n1,Ada,x.bptui\n2,Bob,A/x.bptui\n")
    _, done = gradebook("A/x.bptui", "--roster", "class.csv")
    assert "A/x.bptui: belongs by its path to two rows: 1 (Ada) and 2 (Bob)" in done.complaint
    assert done.out == ""


def test_the_gradebook_gives_a_spreadsheet_no_formulas_and_quotes_line_breaks(progress: Progress) -> None:
    cells = ["=1+1", "+a", "-1+1", "@x", "\tx", "-1.5", "-1e-3", "+4", "a\rb", "a\nb", "'x"]
    learners = [Learner(cell, cell, "") for cell in cells]
    rows = list(csv.reader(io.StringIO("\n".join(csv_lines([], learners)), newline="")))
    shown = [f"'{cell}" for cell in cells[:5]] + cells[5:]
    assert [row[:2] for row in rows[1:]] == [[cell, cell] for cell in shown]
    assert csv_line(["a\rb", "a\nb", "a", "-x", None]) == '"a\rb","a\nb",a,-x,'
    assert csv_line(["a,b", "c"], ";") == "a,b;c"


def test_a_task_whose_solution_was_shown_says_so_and_has_the_points_that_the_lesson_gives(
    progress: Progress,
) -> None:
    shown = replace(progress, runs={}).showing(2).reached(2, progress.runs[2])
    assert progress.showing(2) is progress  # its goal was reached before
    assert progress.joined(shown).shown == {2}
    assert "step 3, do: passed: shown; error 0.00554 after" in graded(shown.packed()).lines[1]
    assert graded(shown.packed()).lines[2].endswith("2 of 2 points")
    text = LESSON.read_text(encoding="utf-8")
    LESSON.write_text(text.replace("minutes =", "shown_points = 0.5\nminutes ="), encoding="utf-8")
    done = graded(shown.packed())
    assert (done.status, done.lines[2]) == (0, "ada.bptui: 1.5 of 2 points")
    (row,), _ = gradebook(str(HAND_IN))
    assert (row["shown"], row["my-lesson step 3, do"]) == ("my-lesson step 3, do", "0.5")
    test = json.loads(graded(shown.packed(), "--format", "gradescope").out)["tests"][1]
    assert test["score"] == 0.5
    assert test["output"].startswith("passed: shown; error 0.00554")
    test = json.loads(graded(shown.packed(), "--format", "json").out)["tests"][1]
    assert test["message"].startswith("passed: shown; ")
    LESSON.write_text(text.replace("minutes =", "shown_points = 2\nminutes ="), encoding="utf-8")
    assert "shown_points: must be a number from 0 to 1" in graded(shown.packed()).err


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "is not a regular file"),
        ('id,name,file\n1,"Ada,x.bptui\n', "line 2: has an opening quotation mark without a closing one"),
        ("id,name\n1,Ada\n", "needs the columns id, name, file"),
        ("", "needs the columns id, name, file"),
        ("id,name,file\n1,Ada\n", "has 2 cells, but line 1 has 3"),
    ],
)
def test_a_roster_that_is_none_is_refused_in_one_line(
    progress: Progress, content: str | None, problem: str
) -> None:
    HAND_IN.write_bytes(progress.packed())
    roster = Path("class.csv")
    if content is None:
        os.mkfifo(roster)
    else:
        roster.write_text(content)
    for path in (str(roster), *(["/dev/zero"] if content is None else [])):
        done = run("lessons", "grade", str(HAND_IN), "--lesson", str(LESSON), "--roster", path)
        assert done.status == 2
        assert problem in done.complaint
