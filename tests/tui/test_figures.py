"""What each kind of data looks like: the figures that the tabs draw."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from bpengine import DATASETS, Dataset, TrainingConfig
from bpengine.csv_data import parse_csv
from bptui.plotting import LOG_FLOOR, Kind, Series, draw
from bptui.session import Session
from bptui.snapshot import Snapshot
from bptui.views.classification import classification_figure
from bptui.views.error_curve import error_figure
from bptui.views.regression import regression_figure
from bptui.views.run_view import FIGURES
from tests.tui.test_plotting import assert_well_formed, cells


def moment(config: TrainingConfig, errors: list[float] | None = None, epochs: int = 0) -> Snapshot:
    """A run after some epochs, perhaps with another curve."""
    session = Session(config)
    if epochs:
        session.advance_to(epochs - 1)
    snapshot = session.snapshot()
    if errors is None:
        return snapshot
    epochs_and_errors = np.arange(len(errors), dtype=np.float64), np.array(errors, dtype=np.float64)
    return replace(snapshot, curve=epochs_and_errors, test_curve=np.full(len(errors), np.nan))


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
def test_the_error_curve(name: str, log: bool) -> None:
    errors = CURVES[name]
    figure = error_figure(moment(TrainingConfig(epochs=50), errors), log=log)
    assert (figure.x.low, figure.x.high) == (0, 49)
    assert 0 <= figure.y.low < figure.y.high < math.inf
    assert figure.y.log == log
    for error in errors:
        if math.isfinite(error) and (error > LOG_FLOOR or not log):
            assert figure.y.low <= error * (1 + 1e-9)
            assert error <= figure.y.high * (1 + 1e-9)
    assert 1 <= len(figure.y.ticks) <= 9
    for size in ((60, 8), (9, 5)):
        assert_well_formed(draw(figure, *size), *size, {"error"})


@pytest.mark.parametrize("epochs", [1, 2, 3, 5, 101, 2001, 100_000_000])
def test_the_error_curve_is_over_the_whole_run(epochs: int) -> None:
    figure = error_figure(moment(TrainingConfig(epochs=epochs), [0.3]), log=True)
    assert figure.x.high == max(epochs - 1, 1)
    assert all(label == f"{tick:.0f}" and tick <= epochs for tick, label in figure.x.ticks)
    assert figure.x.ticks[0] == (0, "0")
    assert cells(draw(figure, 40, 10))["error"]


@pytest.mark.parametrize("epochs", [0, 3, 60])
def test_the_classes(epochs: int) -> None:
    config = TrainingConfig.defaults("classification")
    snapshot = moment(config, epochs=epochs)
    figure, legend = classification_figure(snapshot)
    shown = {
        marker: {place for each in figure.series if each.marker == marker for place in places_of(each)}
        for marker in "+x⊕⊗"
    }
    predicted, true = snapshot.outputs.argmax(axis=1), snapshot.dataset.targets.argmax(axis=1)
    for marker, (prediction, truth) in {"+": (0, 0), "x": (1, 1), "⊕": (0, 1), "⊗": (1, 0)}.items():
        chosen = snapshot.dataset.coordinates[(predicted == prediction) & (true == truth)]
        assert shown[marker] == set(map(tuple, chosen.tolist()))
    assert str((predicted != true).sum()) in legend


def places_of(each: Series) -> set[tuple[float, float]]:
    return set(zip(each.x.tolist(), each.y.tolist(), strict=True)) if each.kind is Kind.POINTS else set()


@pytest.mark.parametrize("outputs", [0.0, 1.2, 1.5, -5.0, 1e300])
def test_the_function(outputs: float) -> None:
    config = TrainingConfig()
    snapshot = moment(config)
    snapshot = replace(snapshot, outputs=np.full_like(snapshot.outputs, outputs))
    figure, legend = regression_figure(snapshot)
    inside = abs(outputs) < 1.3
    assert (f"({len(snapshot.dataset)} off)" in legend) != inside
    drawn = cells(draw(figure, 70, 20))
    assert bool(drawn["output"]) == inside
    assert drawn["target"]


@pytest.mark.parametrize("share", [0.0, 0.3])
@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_is_drawn(name: str, share: float) -> None:
    task = DATASETS[name].task
    config = TrainingConfig.defaults(task, dataset=name, test_share=share, noise=0.1)
    for epochs in (0, 2):
        snapshot = moment(config, epochs=epochs)
        figure, legend = FIGURES[task](snapshot)
        rows = draw(figure, 80, 24)
        roles = {each.role for each in figure.series} | {"shade"}
        assert_well_formed(rows, 80, 24, roles)
        drawn = cells(rows)
        assert len([role for role in drawn if role in roles]) >= 1
        assert 0 < len(legend) <= 48, "it fits above the plot at 80 columns"


def test_test_samples_have_a_sign_of_their_own() -> None:
    snapshot = moment(TrainingConfig(dataset="noisy-sine", test_share=0.3), epochs=1)
    figure, legend = regression_figure(snapshot)
    assert "o test" in legend and "· samples" in legend
    assert snapshot.dataset.test is not None
    (test,) = (each for each in figure.series if each.role == "test")
    assert np.array_equal(test.x, snapshot.dataset.test.coordinates[:, 0])
    curve = error_figure(snapshot, log=True)
    assert [each.role for each in curve.series] == ["error", "test"]


def wide(task: str) -> Dataset:
    """Three inputs, 30 rows."""
    rows = [(x, x * x, -x, 3 * x + 1 if task == "regression" else f"class {x % 3}") for x in range(30)]
    text = "a,b,c,t\n" + "\n".join(",".join(map(str, row)) for row in rows)
    return parse_csv(text, "wide.csv", task)  # type: ignore[arg-type]  # one of the two


def test_wide_inputs_are_drawn_as_predicted_over_true() -> None:
    session = Session(TrainingConfig(), wide("regression"))
    session.advance_to(50)
    snapshot = session.snapshot()
    assert snapshot.across is None
    figure, legend = regression_figure(snapshot)
    output = next(each for each in figure.series if each.role == "output")
    assert output.x == pytest.approx(np.arange(1, 91, 3)), "in the target's own units"
    assert np.array_equal(output.y, snapshot.outputs[:, 0])
    assert "predicted over true t" in legend


def test_wide_classes_are_drawn_by_the_probability_of_the_true_one() -> None:
    session = Session(TrainingConfig.defaults("classification"), wide("classification"))
    session.advance_to(5)
    snapshot = session.snapshot()
    figure, legend = classification_figure(snapshot)
    points = [each for each in figure.series if each.kind is Kind.POINTS]
    assert sum(len(each.x) for each in points) == 30
    right = snapshot.outputs.argmax(axis=1) == snapshot.dataset.targets.argmax(axis=1)
    assert sum(len(each.x) for each in points if each.role == "wrong") == (~right).sum()
    assert [label for _, label in figure.x.ticks] == ["class 0", "class 1", "class 2"]
    assert f"{(~right).sum()} wrong" in legend
