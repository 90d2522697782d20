"""The status line: what it leaves out where there is little room."""

from __future__ import annotations

import pytest

from bpengine import Metrics, Task
from bptui.formatting import share_text
from bptui.session.speed import SPEEDS
from bptui.widgets.status import StatusLine
from tests.tui.support.snapshots import changed, snapshot_of


@pytest.mark.parametrize("task", ["regression", "classification"])
def test_it_fits_and_has_speed_and_test_accuracy_from_80_columns_on(task: Task) -> None:
    snapshot = snapshot_of(task, trained=21, test_share=0.3)
    metrics = snapshot.run.test_metrics
    assert metrics is not None
    for rate in (None, 1234567.0):
        for speed in SPEEDS:
            shown = changed(snapshot, epochs_per_second=rate, speed=speed.label)
            for width in range(50, 160):
                line = StatusLine._line(shown, width, "red").plain
                assert len(line) <= width
                assert "epoch error" in line
                if width < 78:  # of 80 columns, two are a margin
                    continue
                assert speed.label in line
                if metrics.accuracy is None:
                    assert "seed 0" in line
                    assert "acc" not in line
                else:
                    assert share_text(metrics.accuracy).strip() in line.partition("test acc")[2]


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
    assert text in StatusLine._line(shown, 78, "red").plain
    assert f"  {text.removeprefix('test acc. ')}" not in StatusLine._line(shown, 200, "red").plain
