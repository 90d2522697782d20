"""The error curve: whole on its axes whatever the errors are, marked, and smoothed by geometric means."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpengine import TrainingConfig
from bptui.screen.drawing import LOG_FLOOR, Kind, draw
from bptui.screen.tabs.error_curve import error_figure
from tests.tui.support.figures import pinned, series_of
from tests.tui.support.plots import assert_well_formed, cells, fuzz, texts
from tests.tui.support.snapshots import changed, snapshot_of, with_errors

CURVES: dict[str, list[float]] = {
    "none": [],
    "one": [0.3],
    "constant": [0.3] * 5,
    "zero": [0.0] * 5,
    "to zero": [1.0, 0.1, 0.0],
    "below the floor": [1e-15, 1e-20],
    "usual": [0.5, 0.05, 3e-5],
    "a power of ten": [1.0, 1.0],
    "growing": [0.26, 3.8e135, 5e296],
    "the largest": [1.0, 1.7e308],
    "not finite": [0.3, math.inf, math.nan],
    "only not finite": [math.nan, math.inf],
    "tiny": [5e-324, 5e-324],
}


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("name", CURVES)
def test_the_axes_hold_every_epoch_and_every_error(name: str, log: bool) -> None:
    errors = CURVES[name]
    figure = error_figure(with_errors(snapshot_of(TrainingConfig(epochs=50)), errors), log=log)
    assert (figure.x.low, figure.x.high) == (0, 49)
    assert figure.y.log == log
    for size in ((60, 8), (9, 5)):
        y = figure.y
        assert 0 <= y.low < y.high < math.inf
        for error in errors:
            if math.isfinite(error) and (error > LOG_FLOOR or not log):
                assert y.low <= error * (1 + 1e-5)
                assert min(error, 1e308) <= y.high * (1 + 1e-5)
        assert 1 <= len(y.ticks) <= 9 or y.high / y.low > 1e8
        assert_well_formed(draw(figure, *size), *size, {"error"})


@fuzz
@given(
    st.lists(st.floats(1e-11, 1e11), min_size=1, max_size=5),
    st.booleans(),
    st.integers(60, 160),
    st.integers(5, 30),
)
def test_the_axis_has_at_least_two_ticks(errors: list[float], log: bool, width: int, height: int) -> None:
    figure = error_figure(with_errors(snapshot_of(TrainingConfig(epochs=50)), errors), log=log)
    rows = [
        line.partition("┤")[0].strip() if "┤" in line else "" for line in texts(draw(figure, width, height))
    ]
    labels = list(filter(None, rows))
    assert len(labels) >= 2
    assert len(set(labels)) == len(labels)
    values = [float(label) for label in labels]
    assert values == sorted(values, reverse=True)
    if not log:
        assert values[-1] <= min(errors) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("errors", "labels"),
    [
        ([0.7, 0.3], "0.3 0.5 0.7"),
        ([0.1, 0.1], "0.05 0.07 0.1"),
        ([0.6, 0.004], "0.003 0.01 0.03 0.1 0.3"),
        ([1.0, 3e-6], "1e-5 0.0001 0.001 0.01 0.1 1"),
    ],
)
def test_the_axis_follows_the_errors(errors: list[float], labels: str) -> None:
    figure = error_figure(with_errors(snapshot_of(TrainingConfig(epochs=50)), errors), log=True)
    assert " ".join(label.strip() for _, label in figure.y.ticks) == labels


@pytest.mark.parametrize("epochs", [1, 2, 3, 5, 101, 2001, 100_000_000])
def test_the_error_curve_is_over_the_whole_run(epochs: int) -> None:
    figure = error_figure(with_errors(snapshot_of(TrainingConfig(epochs=epochs)), [0.3]), log=True)
    assert figure.x.high == max(epochs - 1, 1)
    assert all(label == f"{tick:.0f}" and tick <= epochs for tick, label in figure.x.ticks)
    assert figure.x.ticks[0] == (0, "0")
    assert cells(draw(figure, 40, 10))["error"]


def test_marks_are_at_the_epochs_at_which_settings_changed() -> None:
    snapshot = changed(
        with_errors(snapshot_of(TrainingConfig(epochs=101)), [0.3, 0.2]), change_epochs=(50, 100)
    )
    rows = draw(error_figure(snapshot, log=True), 60, 8)
    line = "".join(text for text, _, _ in rows[-2])
    assert [index for index, character in enumerate(line) if character == "▴"] == [32, 58]


@pytest.mark.parametrize("log", [False, True])
def test_smooth_curves_are_geometric_means(log: bool) -> None:
    errors = [1e-2, 1e-4] * 500
    snapshot = with_errors(snapshot_of(TrainingConfig(epochs=1000)), errors)
    figure = error_figure(snapshot, log=log, smooth=True)
    (raw,), (line,) = series_of(figure, "raw"), series_of(figure, "error")
    assert raw.kind is Kind.DOTS
    assert np.array_equal(raw.y, errors)
    assert line.kind is Kind.LINE
    assert line.y[50:-50] == pytest.approx(np.full(900, 1e-3), rel=0.3)
    assert line.y[-1] == pytest.approx(1e-3, rel=0.6)
    plain = error_figure(snapshot, log=log)
    assert (figure.x, figure.y) == (plain.x, plain.y), "the axes stay"
    assert not series_of(plain, "raw")
    assert np.array_equal(series_of(plain, "error")[0].y, errors)


def test_a_smooth_curve_goes_by_epochs_and_not_by_how_many_are_kept() -> None:
    epochs = np.array([0.0, 100.0, 200.0, 300.0, 301.0])
    snapshot = changed(
        snapshot_of(TrainingConfig(epochs=1000)), curve=(epochs, np.array([1.0, 0.5, 0.2, 0.1, 0.4]))
    )
    snapshot = changed(snapshot, test_curve=np.full(5, np.nan))
    (line,) = series_of(error_figure(snapshot, log=True, smooth=True), "error")
    assert line.y == pytest.approx([1.0, 0.5, 0.2, 0.2, 0.2])
    snapshot = changed(snapshot, config=TrainingConfig(epochs=10_000))
    (line,) = series_of(error_figure(snapshot, log=True, smooth=True), "error")
    assert line.y[0] == pytest.approx(0.5**0.5), "two epochs in a hundred of the run"


@pytest.mark.parametrize("name", CURVES)
def test_any_curve_is_smoothed(name: str) -> None:
    errors = CURVES[name]
    snapshot = with_errors(snapshot_of(TrainingConfig(epochs=50)), errors)
    snapshot = pinned(snapshot, snapshot)
    figure = error_figure(snapshot, log=True, smooth=True)
    (line,) = series_of(figure, "error")
    assert np.array_equal(np.isfinite(line.y), np.isfinite(errors))
    assert_well_formed(draw(figure, 60, 8), 60, 8, {"error", "raw", "pin-A"})
