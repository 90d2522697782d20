"""The forms of grades: text, exercism's and Gradescope's JSON, and a gradebook as CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bpengine.wording import counted, printable_path
from bptui.cli.formats import csv_line
from bptui.cli.grading.grade import Grade
from bptui.cli.parsing import BadUseError

INTERFACE = 3
"""The version of exercism's test runner interface."""
COLUMNS = ("id", "name", "file")
"""The columns of a roster."""


class HandIn(NamedTuple):
    """What was handed in, graded."""

    path: Path
    lesson: str
    """The ID of its lesson; empty if the file can't be read."""
    marks: Sequence[Grade]
    problem: str
    """Why there are no marks; empty if there are."""

    @property
    def passed(self) -> bool:
        """Whether everything has passed."""
        return not self.problem and all(mark.status == "passed" for mark in self.marks)

    @property
    def points(self) -> str:
        """The points, of all that there are."""
        got = sum(mark.status == "passed" for mark in self.marks)
        return f"{got} of {counted(len(self.marks), 'point')}"


def _text(graded: HandIn) -> Iterator[str]:
    name = printable_path(graded.path)
    for mark in graded.marks:
        yield f"{name}: {_place(mark)}: {mark.status}: {mark.message}"
    yield f"{name}: {graded.problem or graded.points}"


def _place(mark: Grade) -> str:
    return f"step {mark.step + 1}, {mark.kind}"


def _exercism(graded: HandIn) -> Iterator[str]:
    """What exercism's test runner interface has, and the file and the points."""
    tests = [
        {
            "name": _place(mark),
            "status": "pass" if mark.status == "passed" else "fail",
            "message": None if mark.status == "passed" else f"{mark.status}: {mark.message}",
        }
        for mark in graded.marks
    ]
    status = "error" if graded.problem else "pass" if graded.passed else "fail"
    whole = {"version": INTERFACE, "status": status, "message": graded.problem or None, "tests": tests}
    points = {} if graded.problem else {"points": graded.points}
    yield json.dumps(whole | {"file": str(graded.path)} | points, ensure_ascii=False)


def _gradescope(graded: HandIn) -> Iterator[str]:
    """What an autograder of Gradescope writes into its results.json."""
    tests = [
        {
            "name": _place(mark),
            "score": int(mark.status == "passed"),
            "max_score": 1,
            "status": "passed" if mark.status == "passed" else "failed",
            "output": f"{mark.status}: {mark.message}",
        }
        for mark in graded.marks
    ]
    whole = {"score": 0, "output": graded.problem} if graded.problem else {"output": graded.points}
    yield json.dumps(whole | {"tests": tests}, ensure_ascii=False, indent=1)


FORMS = {"text": _text, "json": _exercism, "gradescope": _gradescope}
"""The lines of a graded file in each form."""


def csv_lines(graded: Iterable[HandIn], roster: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    """A gradebook: a row for each learner, a column for each step and for the points of each lesson.

    Args:
        graded: what was handed in.
        roster: from `read_roster`; without a row for a file, its name stands for the learner's.
    """
    learners: dict[tuple[str, str], dict[str, object]] = {(id, name): {} for id, name, _ in roster}
    of_file = {file: (id, name) for id, name, file in roster}
    columns: dict[str, None] = {}
    for hand_in in graded:
        row = learners.setdefault(of_file.get(hand_in.path.name, (hand_in.path.stem, "")), {})
        cells = {f"{hand_in.lesson} {_place(mark)}": int(mark.status == "passed") for mark in hand_in.marks}
        cells |= {f"{hand_in.lesson} points": sum(cells.values())} if hand_in.marks else {}
        columns |= dict.fromkeys(cells)
        row |= cells
        if hand_in.problem:
            row["problem"] = f"{hand_in.path.name}: {hand_in.problem}"
    names = [*sorted(columns, key=lambda name: name.partition(" ")[0]), "problem"]
    yield csv_line(["id", "name", *names])
    for learner, row in learners.items():
        yield csv_line([*learner, *(row.get(name, "") for name in names)])


def read_roster(path: Path) -> list[tuple[str, str, str]]:
    """The ID and the name of each learner, and the name of a file that this learner may hand in.

    Raises:
        BadUseError: the file can't be read, or lacks a column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadUseError(f"argument --roster: {printable_path(path)}: can't be read: {error}") from None
    if not rows or not set(COLUMNS) <= rows[0].keys():
        raise BadUseError(
            f"argument --roster: {printable_path(path)}: needs the columns {', '.join(COLUMNS)}"
        )
    return [(row["id"] or "", row["name"] or "", row["file"] or "") for row in rows]
