"""The confusion matrix: names are cut only where there is no room, and are still told apart."""

from __future__ import annotations

import io

import numpy as np
from rich.console import Console

from bptui.screen.widgets.metrics import confusion_table, distinct_names

IRIS = ("iris-setosa", "iris-versicolor", "iris-virginica")


def drawn(classes: tuple[str, ...], width: int, height: int) -> list[str]:
    """The lines of a table whose counts are all different."""
    console = Console(file=io.StringIO(), width=width)
    counts = np.arange(len(classes) ** 2).reshape(len(classes), len(classes))
    console.print(confusion_table(counts, classes, width, height))
    return str(console.file.getvalue()).splitlines()  # type: ignore[attr-defined]  # a StringIO


def test_names_of_classes_in_the_confusion_matrix_are_whole_or_differ() -> None:
    assert drawn(IRIS, 70, 9)[0].split() == ["actual", "\\", "predicted", *IRIS]
    for width in range(20, 70):
        heading, *rows = drawn(IRIS, width, 9)
        assert len(rows) == 3
        assert all(len(line) <= width for line in (heading, *rows))
        assert [row.split()[1:] for row in rows] == [["0", "1", "2"], ["3", "4", "5"], ["6", "7", "8"]]
        assert len({row.split()[0] for row in rows}) == 3
    whole = next(width for width in range(20, 70) if "predicted" in drawn(IRIS, width, 9)[0])
    assert whole == len(" ".join(("actual \\ predicted", *IRIS))) + 1
    assert distinct_names(("abcdef", "abcxyz"), 6) == ["abcdef", "abcxyz"]
    assert distinct_names(("abcdef", "abxyzz"), 4) == ["abc…", "abx…"]
    assert distinct_names(("abcdef", "abcxyz"), 4) == ["…def", "…xyz"]


def test_classes_without_room_are_counted() -> None:
    letters = tuple("abcdefghijkl")
    assert drawn(letters, 60, 13)[-1].split()[0] == "l"
    assert drawn(letters, 60, 9)[-1].strip() == "and 5 more"
    for width, height in ((1, 1), (5, 5), (12, 2), (30, 0)):
        drawn(letters, width, height)
