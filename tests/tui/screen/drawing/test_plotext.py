"""What plotext is given: all data that the legends name, in the coordinates of the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from unittest import mock

import numpy as np
import plotext
import pytest

from bpengine import TrainingConfig
from bptui.screen.drawing import Figure, Kind, draw
from bptui.screen.tabs.error_curve import error_figure
from bptui.screen.tabs.panels import plot_figure
from tests.tui.support.figures import series_of
from tests.tui.support.plots import texts
from tests.tui.support.snapshots import changed, snapshot_of

Drawn = tuple[Sequence[float], Sequence[float]]


def given(figure: Figure, width: int, height: int) -> tuple[list[Drawn], list[Drawn]]:
    """The points and the lines that plotext draws for a figure of a size that it has not had before."""
    with (
        mock.patch("plotext.scatter", wraps=plotext.scatter) as scatter,
        mock.patch("plotext.plot", wraps=plotext.plot) as plot,
    ):
        draw(figure, width, height)
    points, lines = (
        [call.args for call in calls.call_args_list if call.kwargs["marker"] != " "]
        for calls in (scatter, plot)
    )
    return points, lines


def test_of_a_function_the_samples_the_function_and_the_network_are_drawn() -> None:
    snapshot = snapshot_of(TrainingConfig(), trained=20)
    figure, legend = plot_figure(snapshot)
    assert str(legend) == "━ network ─ sine • 16 of 63 samples"
    (samples,), (truth, fit) = given(figure, 91, 31)
    rows = texts(draw(figure, 91, 31))
    assert [number for number, row in enumerate(rows) if "──" in row] == [29], "one axis"
    assert len(samples[0]) == 16
    assert np.sin(samples[0]) == pytest.approx(np.array(samples[1]))
    assert (min(truth[0]), max(truth[0])) == pytest.approx((0, 2 * np.pi))
    assert np.sin(truth[0]) == pytest.approx(np.array(truth[1]), abs=1e-3)
    (series,) = series_of(figure, "fit")
    there = np.array(fit)[:, 1 : len(fit[0]) // 2]  # and back, one dot below or beside
    assert np.interp(there[0], series.x, series.y) == pytest.approx(there[1], abs=1e-3)
    copied = replace(figure, series=tuple(replace(each, y=each.y.copy()) for each in figure.series))
    assert given(copied, 91, 31) == ([], []), "what has not changed is kept, compared by its values"
    moved = (replace(each, y=each.y + 0.1) if each.role == "fit" else each for each in figure.series)
    points, again = given(replace(figure, series=tuple(moved)), 91, 31)
    assert (len(points), len(again)) == (0, 1), "in each frame, only the line that has changed"


def test_of_noisy_samples_all_are_drawn() -> None:
    figure, legend = plot_figure(snapshot_of(TrainingConfig(noise=0.1), trained=1))
    assert "• samples" in str(legend)
    points, lines = given(figure, 171, 51)
    assert [len(x) for x, _ in points] == [63, 16]
    assert len(lines) == 2


def test_of_classes_each_sample_is_drawn_and_none_again_when_predictions_change() -> None:
    config = TrainingConfig.defaults("classification", test_share=0.3)
    before, after = (snapshot_of(config, trained=epochs) for epochs in (1, 60))
    figure, legend = plot_figure(before)
    assert str(legend).startswith("+1 above x2 below")
    points, lines = given(figure, 171, 61)
    assert not lines
    test = before.run.dataset.test
    assert test is not None
    expected = [
        data.coordinates[data.targets[:, number] == 1]
        for data in (test, before.run.dataset)
        for number in (0, 1)
    ]
    for (x, y), places in zip(points, expected, strict=True):
        pairs = zip(x, y, strict=True), places.tolist()
        drawn, wanted = ({(round(u, 9), round(v, 9)) for u, v in each} for each in pairs)
        assert drawn == wanted
    few, _ = given(figure, 30, 12)
    cells = [len(x) for x, _ in few]
    assert all(0 < count <= len(places) for count, places in zip(cells, expected, strict=True))
    assert sum(cells) < len(test) + len(before.run.dataset), "one for a cell"
    assert (before.network.outputs.argmax(axis=1) != after.network.outputs.argmax(axis=1)).any()
    assert given(plot_figure(after)[0], 171, 61) == ([], [])


def test_of_errors_the_line_is_drawn_in_decades() -> None:
    snapshot = snapshot_of(TrainingConfig(epochs=40), trained=30)
    epochs, errors = snapshot.run.curve
    points, ((x, y),) = given(error_figure(snapshot, log=True), 93, 31)
    assert not points
    assert x == pytest.approx(epochs.tolist())
    assert y == pytest.approx(np.log10(errors).tolist())
    _, ((x, y),) = given(error_figure(snapshot, log=False), 93, 31)
    assert x == pytest.approx(epochs.tolist())
    assert y == pytest.approx(errors.tolist())


@pytest.mark.parametrize("fill", [np.nan, np.inf, -np.inf, 1e4, -1e300])
def test_no_line_leaves_the_plot(fill: float) -> None:
    snapshot = snapshot_of(TrainingConfig())
    assert snapshot.network.grid_outputs is not None
    outputs = snapshot.network.grid_outputs.copy()
    outputs[10:50] = fill
    figure, _ = plot_figure(changed(snapshot, grid_outputs=outputs))
    _, (*_, (x, y)) = given(figure, 95, 31)
    room = (figure.y.high - figure.y.low) / 29
    known = np.array(y)[np.isfinite(y)]
    assert figure.y.low - room <= known.min() <= known.max() <= figure.y.high + room
    assert np.isnan(x).any(), "its parts are apart"
    assert all(each.kind is not Kind.DOTS for each in figure.series)
