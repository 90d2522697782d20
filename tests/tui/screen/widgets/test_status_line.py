"""The status line: what it leaves out where there is little room."""

from __future__ import annotations

import pytest

from bpengine import Metrics, Task
from bptui.screen.widgets.status_line import fitted, items_line, status_text
from bptui.session.speed import SPEEDS
from bpwords.numbers import share_text
from tests.tui.support.snapshots import changed, snapshot_of


@pytest.mark.parametrize("task", ["regression", "classification"])
def test_the_status_fits_and_has_speed_and_test_accuracy_from_80_columns_on(task: Task) -> None:
    snapshot = snapshot_of(task, trained=21, test_share=0.3)
    metrics = snapshot.run.test_metrics
    assert metrics is not None
    for rate in (None, 1234567.0):
        for speed in SPEEDS:
            shown = changed(snapshot, epochs_per_second=rate, speed=speed.label)
            for width in range(50, 160):
                line = items_line(status_text(shown), width, "red").plain
                assert len(line) <= width
                assert "epoch error" in line
                if width < 78:  # of 80 columns, two are a margin
                    continue
                assert speed.label in line
                if metrics.accuracy is None:
                    assert "seed 0" in line
                    assert "acc" not in line
                else:
                    assert share_text(metrics.accuracy, 1) in line.partition("test acc")[2]


@pytest.mark.parametrize(
    ("accuracy", "all_samples", "text"),
    [
        (1.0, True, "test acc. 100.0%  "),
        (0.88, True, "test acc. 88.0%   "),
        (0.88, False, "test acc. about 88%  "),
        (0.07, False, "test acc. about 7%   "),
    ],
)
def test_an_accuracy_is_one_space_from_its_name(accuracy: float, all_samples: bool, text: str) -> None:
    snapshot = snapshot_of("classification", trained=3, test_share=0.3)
    metrics = Metrics(0.5, accuracy=accuracy)
    samples = snapshot.run.samples + (0 if all_samples else 1)
    shown = changed(snapshot, metrics=metrics, test_metrics=metrics, samples=samples)
    assert text in items_line(status_text(shown), 78, "red").plain
    assert f"  {text.removeprefix('test acc. ')}" not in items_line(status_text(shown), 200, "red").plain


@pytest.mark.parametrize(
    ("text", "width", "rows", "shown"),
    [
        ("Pinned as A. u undoes it.", 25, 1, ["Pinned as A. u undoes it."]),
        ("Pinned as A. u undoes it.", 24, 1, ["Pinned as A."]),
        ("Pinned as A. u undoes it.", 14, 2, ["Pinned as A. u", "undoes it."]),
        ("Diverged: steps too large; b goes back, then on.", 40, 1, ["Diverged: steps too large."]),
        ("Steps, and more of them too large.", 20, 1, ["Steps, and more ..."]),
        ("Refused: rate: it is above the highest one.", 30, 1, ["Refused: rate: it is above ..."]),
        ("It must be a, b, c or d, got e.", 22, 1, ["It must be a, b, ..."]),
        ("η 0.1 → 0.2: epoch error 0.02 → 0.01", 20, 1, ["η 0.1 → 0.2."]),
        ("One long clause without an end", 12, 1, ["One long ..."]),
        ("/a/path/without/blanks.csv", 12, 1, ["/a/path/w..."]),
    ],
)
def test_a_sentence_is_wrapped_or_shortened_by_whole_phrases(
    text: str, width: int, rows: int, shown: list[str]
) -> None:
    assert fitted([text], width, rows) == shown


def test_the_status_prefers_a_shorter_sentence_to_a_shortened_one() -> None:
    versions = ("All 3 units are equal, and stay equal.", "All 3 units are equal.")
    assert fitted(versions, 30, 1) == ["All 3 units are equal."]
    assert fitted(versions, 20, 1) == ["All 3 units are ..."]
