"""The forms of grades: text, exercism's and Gradescope's JSON, and a gradebook as CSV."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bpengine.data.csv.files import read_text
from bpengine.data.csv.messages import Reading
from bpengine.data.csv.table import CsvTable
from bptui.cli.file_checks import errors_naming
from bptui.cli.formats import csv_line
from bptui.cli.grading.grade import Grade
from bptui.cli.parsing import BadUseError
from bpwords import printable, printable_path

INTERFACE = 3
"""The version of exercism's test runner interface."""
COLUMNS = ("id", "name", "file")
"""The columns of a roster."""
_FORMULA = re.compile(r"(?=[=+\-@\t\r\n])(?![+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z)")
"""The beginning of a cell that a spreadsheet would take as a formula."""


class HandIn(NamedTuple):
    """What was handed in, graded."""

    path: Path
    lesson: str
    """The ID of its lesson; empty if the file can't be read."""
    marks: Sequence[Grade]
    problem: str
    """Why there are no marks; empty if there are."""
    name: str = ""
    """The name of the learner inside; empty if there is none."""

    @property
    def passed(self) -> bool:
        """Whether everything has passed."""
        return not self.problem and all(mark.status == "passed" for mark in self.marks)

    @property
    def points(self) -> str:
        """The points, of all that there are."""
        return f"{self.total():g} of {len(self.marks)} point{'s' * (len(self.marks) != 1)}"

    def total(self) -> float:
        """The points."""
        return sum(mark.points for mark in self.marks)


class Learner(NamedTuple):
    """A row of a roster."""

    id: str
    name: str
    file: str
    """The path of a file that this learner may hand in, or the end of that path."""


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
            "message": f"{mark.status}: {mark.message}" if mark.status != "passed" or mark.is_shown else None,
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
            "score": mark.points,
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


def csv_lines(graded: Iterable[HandIn], roster: Sequence[Learner]) -> Iterator[str]:
    """A gradebook: a row for each learner of the roster, and for each file of nobody in it.

    Of several files of a learner for a lesson, the one with the most points counts.

    Args:
        graded: what was handed in.
        roster: from `read_roster`.

    Raises:
        BadUseError: a file belongs to two rows.
    """
    files: dict[Learner, dict[Path, tuple[HandIn, str]]] = {learner: {} for learner in roster}
    for hand_in in graded:
        learner, by = learner_of(hand_in, roster)
        learner = learner or Learner(str(hand_in.path), hand_in.name, str(hand_in.path))
        files.setdefault(learner, {})[hand_in.path] = hand_in, by
    columns, rows = dict[str, None](), list[dict[str, object]]()
    for learner, found in files.items():
        row: dict[str, object] = {"id": learner.id, "name": learner.name, "files": len(found)}
        row["found by"] = " and ".join(dict.fromkeys(by for _, by in found.values() if by))
        row["problem"] = "; ".join(filter(None, (_note(hand_in, learner) for hand_in, _ in found.values())))
        marked = sorted((hand_in for hand_in, _ in found.values() if hand_in.marks), key=HandIn.total)
        best = {hand_in.lesson: hand_in for hand_in in marked}
        row["file"] = "; ".join(str(hand_in.path) for hand_in in best.values())
        cells, shown = dict[str, str](), list[str]()
        for lesson, hand_in in best.items():
            for mark in hand_in.marks:
                cells[f"{lesson} {_place(mark)}"] = f"{mark.points:g}"
                shown += [f"{lesson} {_place(mark)}"] if mark.is_shown else []
            cells[f"{lesson} points"] = f"{hand_in.total():g}"
        columns |= dict.fromkeys(cells)
        rows.append(row | cells | {"shown": "; ".join(shown)})
    lessons = sorted(columns, key=lambda name: name.partition(" ")[0])
    names = ["id", "name", "file", "found by", "files", *lessons, "shown", "problem"]
    yield csv_line(names)
    for row in rows:
        yield csv_line(map(_inert, (row.get(name, "") for name in names)))


def _note(hand_in: HandIn, learner: Learner) -> str:
    """What is wrong with a file, or that another name than the learner's stands in it; empty for nothing."""
    contradicts = hand_in.name and not _is_of(hand_in.name, learner)
    note = hand_in.problem or (f"the name inside is {hand_in.name}" if contradicts else "")
    return note and f"{hand_in.path}: {note}"


def _inert(cell: object) -> object:
    """A cell that no spreadsheet takes as a formula."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def learner_of(hand_in: HandIn, roster: Sequence[Learner]) -> tuple[Learner | None, str]:
    """The learner to whom a file belongs, and by what: path or name; None for nobody.

    Raises:
        BadUseError: it belongs to two.
    """
    by_path = [learner for learner in roster if learner.file and _ends_with(hand_in.path, learner.file)]
    by_name = [learner for learner in roster if _is_of(hand_in.name, learner)]
    for by, found in (("path", by_path), ("name", by_name)):
        if len(found) > 1:
            rows = " and ".join(printable(f"{learner.id} ({learner.name})", 60) for learner in found[:2])
            raise BadUseError(f"argument --roster: {hand_in.path}: belongs by its {by} to two rows: {rows}")
        if found:
            return found[0], by
    return None, ""


def _ends_with(path: Path, file: str) -> bool:
    parts = Path(file).parts
    return path.parts[-len(parts) :] == parts


def _is_of(name: str, learner: Learner) -> bool:
    """Whether a name is that of a learner, or the ID."""
    named = [" ".join(text.casefold().split()) for text in (name, learner.name, learner.id)]
    return bool(named[0]) and named[0] in named[1:]


def read_roster(path: Path) -> list[Learner]:
    """The learners of a class.

    Raises:
        BadUseError: the file can't be read, or lacks a column.
    """
    with errors_naming("argument --roster"):
        text, _ = read_text(path)
        table = CsvTable(text, Reading(file=str(path), task="regression"))
        header, *rows = [row.cells for row in table] or [[]]
    if not rows or not set(COLUMNS) <= set(header):
        raise BadUseError(
            f"argument --roster: {printable_path(path)}: needs the columns {', '.join(COLUMNS)}"
        )
    return [Learner(*(row[header.index(name)] for name in COLUMNS)) for row in rows]
