"""Samples that are drawn by hand: they are the learner's own, are undone, kept and saved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bpengine import DataError, Dataset, Trainer, TrainingConfig, checkpoint
from bpengine.arithmetic.arrays import Array
from bpengine.data.csv import load_csv
from bptui.session import commands
from bptui.session.points import MAX_POINTS, Points
from bptui.session.saving.kinds import savings
from bptui.session.session import Session
from bptui.session.snapshot import Stage
from tests.tui.session.test_plane import table


def at(x: float, y: float) -> Array:
    return np.array([x, y])


def test_samples_of_classes_are_placed_and_taken_away_in_a_plane_that_stays() -> None:
    points = Points.empty()
    assert points.source is None
    one = points.placed(at(0.5, -0.25), 1)
    assert one.source is None, "one class alone"
    both = one.placed(at(-0.5, 0.25), 0)
    source = both.source
    assert source is not None
    assert (source.name, source.classes, source.domain) == ("drawn", ("A", "B"), ((-1, 1), (-1, 1)))
    np.testing.assert_array_equal(source.coordinates, [[0.5, -0.25], [-0.5, 0.25]])
    np.testing.assert_array_equal(source.targets, [[0, 1], [1, 0]])
    assert both.taken_away(at(0.5, 0.0), at(0.02, 0.2)) is both, "none is within reach"
    left = both.placed(at(0.5, -0.1), 0).taken_away(at(0.51, -0.2), at(0.02, 0.2))
    np.testing.assert_array_equal(left.coordinates, [[-0.5, 0.25], [0.5, -0.1]])
    full = Points(both.like, np.zeros((MAX_POINTS, 2)), np.tile([1.0, 0.0], (MAX_POINTS, 1)))
    assert full.placed(at(0, 0), 1) is full


def test_samples_of_numbers_are_placed_by_height_or_by_the_step_of_a_value() -> None:
    sine = Session(TrainingConfig.defaults("regression", test_share=0.25)).dataset
    points = Points.of(sine)
    assert len(points.targets) == 63, "the test samples, too"
    drawn = points.placed(at(1.5, -0.75), 4)
    np.testing.assert_allclose(drawn.places[-1], [1.5, -0.75])
    assert drawn.source is not None and drawn.source.domain == sine.domain
    surface = Session(TrainingConfig.defaults("regression", dataset="hills")).dataset
    low, high = (float(end) for end in (surface.targets.min(), surface.targets.max()))
    value = Points.of(surface).placed(at(0, 0), 8).targets[-1, 0]
    np.testing.assert_allclose(value, surface.target_scaling.undo(np.array([[high]]))[0, 0])
    assert low < high
    for refused in (table(), Dataset.from_arrays(np.zeros((MAX_POINTS + 1, 1)), np.zeros(MAX_POINTS + 1))):
        with pytest.raises(DataError, match=r"samples"):
            Points.of(refused)


def test_a_stroke_is_undone_and_the_run_keeps_its_samples_in_its_file_and_as_csv(tmp_path: Path) -> None:
    session = Session(TrainingConfig.defaults("classification", epochs=20, batch_size=0))
    points = Points.empty().placed(at(0.5, -0.25), 1).placed(at(-0.5, 0.25), 0)
    assert points.source is not None
    session.do(commands.draw, points.source, begins=True)
    assert session.stage is Stage.RUNNING, "a run that has not begun begins"
    more = points.placed(at(0.1, 0.2), 0).source
    assert more is not None
    session.do(commands.draw, more, begins=False)
    assert len(session.dataset) == 3 and session.dataset.domain == ((-1, 1), (-1, 1))
    session.run_until_idle()
    session.save(tmp_path / "run.bptui")
    kept = Trainer.continuing(checkpoint.read(tmp_path / "run.bptui"))
    np.testing.assert_array_equal(kept.dataset.coordinates, more.coordinates)
    assert kept.dataset.domain == more.domain
    (saving,) = (saving for saving in savings(lambda: session, None, None) if saving.kind == "table")
    saving.write(tmp_path / "drawn.csv")
    assert (tmp_path / "drawn.csv").read_text() == "x,y,class\n0.5,-0.25,B\n-0.5,0.25,A\n0.1,0.2,A\n"
    read = load_csv(tmp_path / "drawn.csv", "classification")
    np.testing.assert_array_equal(read.coordinates, more.coordinates)
    session.do(commands.undo)
    assert session.source is None and session.dataset.name == "sine-border", "the whole stroke is undone"
