"""What was done of a lesson survives in its file, which is refused when it is damaged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bpengine import CheckpointError, Trainer, TrainingConfig
from bpengine.checkpoint import container
from bptui.lessons.library import new_lesson
from bptui.lessons.progress import KIND, Progress, read_progress
from bptui.lessons.progress_files import KeptLessons
from bptui.lessons.reading import read_lesson


def trained() -> Trainer:
    trainer = Trainer(TrainingConfig.defaults("regression"))
    trainer.run_epoch()
    return trainer


def test_progress_is_kept_and_belongs_to_its_lesson(tmp_path: Path) -> None:
    path = tmp_path / "my-lesson.toml"
    path.write_text(new_lesson(path), encoding="utf-8")
    lesson, run, kept = read_lesson(path), trained().run_state(), KeptLessons(tmp_path / "state")
    progress = kept.progress(lesson)
    assert (progress.answers, progress.runs, progress.counts(lesson)) == ({}, {}, (0, 2))
    progress = progress.answered(1, 2).answered(1, 1).reached(2, run).reached(2, trained().run_state()).at(3)
    kept.keep(lesson, progress)
    again = KeptLessons(tmp_path / "state").progress(lesson)
    assert (again.answers, [*again.runs], again.step, again.counts(lesson)) == ({1: 2}, [2], 3, (2, 2))
    assert (again.runs[2].parameters == run.parameters).all()
    path.write_text(new_lesson(path).replace("Bring the error", "Get the error"), encoding="utf-8")
    assert kept.progress(read_lesson(path)).answers, "other words are the same lesson"
    path.write_text(new_lesson(path).replace("answer = 1", "answer = 2"), encoding="utf-8")
    assert not kept.progress(read_lesson(path)).answers, "another question is another lesson"
    nothing = KeptLessons(None)
    nothing.keep(lesson, progress)
    assert (nothing.problem, nothing.progress(lesson).counts(lesson)) == ("", (0, 2))
    blocked = KeptLessons(path / "folder")
    blocked.keep(lesson, progress)
    assert blocked.problem == "not a directory"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"answers": [[1, 2.0], [1, 3.0]]}, "progress.answers has an impossible step"),
        ({"answers": [[-1, 2.0]]}, "progress.answers has an impossible step"),
        ({"answers": [[1, "2"]]}, "is not a finite number"),
        ({"step": 10**9}, "progress.step has an impossible step"),
        ({"lesson": "\x1b[31m"}, "is not a printable text"),
        ({"more": 1}, "has missing or unknown keys: more"),
    ],
)
def test_impossible_progress_is_refused_in_one_line(
    tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    path = tmp_path / "progress.bptui"
    path.write_bytes(Progress("mine", "1", {1: 2.0}, {2: trained().run_state()}).packed())
    content = container.read(path, KIND)
    content["progress"] |= changes
    path.write_bytes(container.packed(KIND, content))
    with pytest.raises(CheckpointError) as caught:
        read_progress(path)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)
