"""What each kind of data looks like: the figures that the tabs draw."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from bpengine import DATASETS, Dataset, TrainingConfig
from bpengine.csv_data import parse_csv
from bptui.pin import Pin
from bptui.plotting import LOG_FLOOR, Figure, Kind, Series, draw
from bptui.session import Session
from bptui.snapshot import GRID, Snapshot
from bptui.views.classification import classification_figure
from bptui.views.error_curve import error_figure
from bptui.views.regression import regression_figure
from bptui.widgets.plot import Plot
from tests.terminal import DEADLINE
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


FIGURES = {"regression": regression_figure, "classification": classification_figure}


def pinned(snapshot: Snapshot, other: Snapshot) -> Snapshot:
    return replace(snapshot, pin=Pin.of(other))


@pytest.mark.parametrize("share", [0.0, 0.3])
@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_is_drawn(name: str, share: float) -> None:
    task = DATASETS[name].task
    config = TrainingConfig.defaults(task, dataset=name, test_share=share, noise=0.1)
    start = moment(config)
    for snapshot in (start, moment(config, epochs=2), pinned(moment(config, epochs=2), start)):
        for detail in (False, True):
            figure, legend = FIGURES[task](snapshot, detail=detail)
            roles = {each.role for each in figure.series}
            grounds: set[str] = set()
            if figure.shade is not None:
                roles |= set(figure.shade.roles)
                grounds |= set(filter(None, figure.shade.grounds))
            for size in ((80, 24), (49, 11)):
                rows = draw(figure, *size)
                assert_well_formed(rows, *size, roles, grounds)
                drawn = cells(rows)
                assert len([role for role in drawn if role in roles]) >= 1
            assert roles | grounds <= set(Plot.LOOKS)
            assert 0 < len(legend) <= 48, "it fits above the plot at 80 columns"


def series_of(figure: Figure, role: str) -> list[Series]:
    return [each for each in figure.series if each.role == role]


def separated(weight: float, place: float = 0.25, config: TrainingConfig | None = None) -> Snapshot:
    """A network that parts the plane at this x: class 1 to its right, the surer the further."""
    snapshot = moment(config or TrainingConfig.defaults("classification"))
    (low, high), _ = snapshot.dataset.domain
    share = 1 / (1 + np.exp(-weight * (np.linspace(low, high, GRID[1]) - place)))
    across = np.broadcast_to(np.stack([1 - share, share], axis=1), (*GRID, 2))
    return replace(snapshot, across=across)


def test_regions_have_their_class_behind_them_and_a_line_between() -> None:
    figure, _ = classification_figure(separated(5.0))
    figure = replace(figure, series=tuple(series_of(figure, "border")))
    for row in draw(figure, 85, 24)[:22]:
        behind = "".join(
            {"above-2": "a", "below-2": "b"}.get(ground or "", " ") * len(text) for text, _, ground in row
        )
        left, right = behind.count("a"), behind.count("b")
        assert behind == " " * 6 + "a" * left + "b" * right, "over the whole plot"
        assert abs(left / 79 - 1.3 / 2.1) < 0.02
    (line,) = series_of(figure, "border")
    assert line.pieces
    assert line.x == pytest.approx(np.full(len(line.x), 0.25), abs=1e-3)
    assert (line.y.min(), line.y.max()) == pytest.approx((-1.0, 1.0))


def test_nothing_covers_what_is_wrong() -> None:
    snapshot = pinned(moment(TrainingConfig.defaults("classification"), epochs=3), separated(5.0))
    figure, _ = classification_figure(snapshot)
    order = list(dict.fromkeys(each.role for each in figure.series))
    assert order == ["ghost", "border", "above", "below", "target", "wrong"]


def test_a_pinned_run_has_a_dotted_border() -> None:
    now, before = separated(5.0, 0.25), separated(5.0, -0.5)
    figure, legend = classification_figure(pinned(now, before))
    (ghost,) = series_of(figure, "ghost")
    assert ghost.kind is Kind.DOTTED, "color is not the only sign"
    assert ghost.x == pytest.approx(np.full(len(ghost.x), -0.5), abs=1e-3)
    assert "⠂ pinned" in legend
    other = separated(5.0, config=TrainingConfig.defaults("classification", dataset="xor"))
    figure, legend = classification_figure(pinned(now, other))
    assert not series_of(figure, "ghost"), "it has learned something else"
    assert "pinned" not in legend


def test_in_detail_the_regions_show_how_sure_they_are() -> None:
    figure, legend = classification_figure(separated(10.0, 0.0), detail=True)
    figure = replace(figure, series=())
    row = draw(figure, 85, 24)[10]
    assert [(set(text), role, ground) for text, role, ground in row[1:]] == [
        ({" "}, None, "above-3"),
        ({"·"}, "above", "above-2"),
        ({":"}, "above", "above-1"),
        ({"░"}, "above", None),
        ({"░"}, "below", None),
        ({":"}, "below", "below-1"),
        ({"·"}, "below", "below-2"),
        ({" "}, None, "below-3"),
    ]
    assert "░:· sure" in legend
    sure = np.arctanh(0.9) / 5  # where the winning class has 95 %
    assert len(row[1][0]) == pytest.approx(79 * (1.05 - sure) / 2.1, abs=1.5)


def test_where_there_is_no_telling_there_is_no_region() -> None:
    snapshot = separated(5.0)
    assert snapshot.across is not None
    across = snapshot.across.copy()
    across[:, :40] = np.nan
    for detail in (False, True):
        figure, _ = classification_figure(replace(snapshot, across=across), detail=detail)
        row = draw(replace(figure, series=()), 85, 24)[10]
        assert row[0 if not detail else 1][2] is None
        assert row[-1][2] == ("below-3" if detail else "below-2")


def test_a_curve_is_drawn_where_samples_stray() -> None:
    for config, has_curve in (
        (TrainingConfig(), False),
        (TrainingConfig(test_share=0.3), True),
        (TrainingConfig(noise=0.1), True),
        (TrainingConfig(dataset="noisy-sine"), True),
    ):
        snapshot = moment(config, epochs=1)
        figure, _ = regression_figure(snapshot)
        assert bool(series_of(figure, "fit")) == has_curve
        roles = [each.role for each in figure.series]
        if has_curve:
            assert snapshot.across is not None
            assert np.array_equal(series_of(figure, "fit")[0].y, snapshot.across[:, 0])
            assert roles.index("fit") < roles.index("output"), "under the outputs"


@pytest.mark.parametrize("units", [(1,), (3,), (5, 4)])
def test_the_parts_add_up_to_the_network(units: tuple[int, ...]) -> None:
    text = "a,b\n" + "\n".join(f"{x},{100 + 7 * x * x}" for x in range(-5, 6))
    session = Session(TrainingConfig(hidden_units=units), parse_csv(text, "a.csv", "regression"))
    session.advance_to(200)
    snapshot = session.snapshot()
    assert snapshot.across is not None
    figure, legend = regression_figure(snapshot, detail=True)
    parts = series_of(figure, "part")
    assert len(parts) == units[-1] + 1
    assert sum(part.y for part in parts) == pytest.approx(snapshot.across[:, 0]), "in the target's own units"
    assert np.ptp(parts[-1].y) == 0, "the bias is a level"
    assert f"{units[-1]} unit" in legend
    assert [each.role for each in figure.series][: len(parts)] == ["part"] * len(parts), "behind the rest"


def test_of_many_parts_the_largest_are_drawn() -> None:
    snapshot = moment(TrainingConfig(hidden_units=(30,), init_scale=1.0), epochs=1)
    assert snapshot.units is not None
    reach = np.ptp(snapshot.units[-1] * snapshot.layers[-1][:-1, 0], axis=0)
    figure, legend = regression_figure(snapshot, detail=True)
    drawn = [np.ptp(part.y) for part in series_of(figure, "part")]
    assert drawn[:-1] == pytest.approx(reach[np.sort(np.argsort(-reach)[:12])])
    assert "12 largest of 30 units" in legend
    figure, legend = regression_figure(replace(snapshot, units=None), detail=True)
    assert not series_of(figure, "part")
    assert "too many units" in legend


@pytest.mark.parametrize(("scale", "span"), [(0.0, 1.0), (1.0, None), (1e3, 3.0), (1e300, 3.0)])
def test_the_axis_makes_room_for_the_parts(scale: float, span: float | None) -> None:
    snapshot = moment(TrainingConfig(), epochs=20)
    layers = (*snapshot.layers[:-1], snapshot.layers[-1] * scale)
    figure, _ = regression_figure(replace(snapshot, layers=layers), detail=True)
    usual, _ = regression_figure(snapshot)
    found = (figure.y.high - figure.y.low) / (usual.y.high - usual.y.low)
    assert 1 <= found < 3.01
    if span is not None:
        assert found == pytest.approx(span if span < 3 else found)
    if scale == 1.0:
        for part in series_of(figure, "part"):
            assert figure.y.low <= part.y.min() <= part.y.max() <= figure.y.high


def test_a_map_has_its_samples_in_detail() -> None:
    snapshot = moment(TrainingConfig(dataset="hills"), epochs=5)
    plain, _ = regression_figure(snapshot)
    detailed, legend = regression_figure(snapshot, detail=True)
    assert [each.role for each in plain.series] == ["wrong"]
    assert [each.role for each in detailed.series] == ["sample", "wrong"]
    assert sum(len(each.x) for each in detailed.series) == len(snapshot.dataset)
    assert "· near" in legend
    assert "no ghost" in regression_figure(pinned(snapshot, snapshot))[1]


def test_marks_are_where_settings_changed() -> None:
    snapshot = replace(moment(TrainingConfig(epochs=101), [0.3, 0.2]), marks=(50, 100))
    rows = draw(error_figure(snapshot, log=True), 60, 8)
    line = "".join(text for text, _, _ in rows[-2])
    assert [index for index, character in enumerate(line) if character == "▴"] == [33, 59]


@pytest.mark.parametrize("log", [False, True])
def test_smooth_curves_are_geometric_means(log: bool) -> None:
    errors = [1e-2, 1e-4] * 500
    snapshot = moment(TrainingConfig(epochs=1000), errors)
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
    snapshot = replace(
        moment(TrainingConfig(epochs=1000)), curve=(epochs, np.array([1.0, 0.5, 0.2, 0.1, 0.4]))
    )
    snapshot = replace(snapshot, test_curve=np.full(5, np.nan))
    (line,) = series_of(error_figure(snapshot, log=True, smooth=True), "error")
    assert line.y == pytest.approx([1.0, 0.5, 0.2, 0.2, 0.2])
    snapshot = replace(snapshot, config=TrainingConfig(epochs=10_000))
    (line,) = series_of(error_figure(snapshot, log=True, smooth=True), "error")
    assert line.y[0] == pytest.approx(0.5**0.5), "two epochs in a hundred of the run"


@pytest.mark.parametrize("name", CURVES)
def test_any_curve_is_smoothed(name: str) -> None:
    errors = CURVES[name]
    snapshot = moment(TrainingConfig(epochs=50), errors)
    snapshot = pinned(snapshot, snapshot)
    figure = error_figure(snapshot, log=True, smooth=True)
    (line,) = series_of(figure, "error")
    assert np.array_equal(np.isfinite(line.y), np.isfinite(errors))
    assert_well_formed(draw(figure, 60, 8), 60, 8, {"error", "raw", "ghost"})


def test_nothing_that_a_network_says_aborts_a_figure() -> None:
    command = (sys.executable, "-W", "error", "-c", FUZZ)
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 1000


FUZZ = """
from dataclasses import replace

import numpy as np

from bpengine import DATASETS, TrainingConfig
from bptui.pin import Pin
from bptui.plotting import draw
from bptui.session import Session
from bptui.views.classification import classification_figure
from bptui.views.error_curve import error_figure
from bptui.views.regression import regression_figure

figures = {"regression": regression_figure, "classification": classification_figure}
fills = (np.nan, np.inf, 1e308, -1e308, 1e-320)
random = np.random.RandomState(0)


def bad(array, fill):
    if fill is None:
        chosen = random.randint(0, len(fills), array.shape)
        return np.array(fills)[chosen]
    return np.full_like(array, fill)


drawn = 0
for name, dataset in DATASETS.items():
    session = Session(TrainingConfig.defaults(dataset.task, dataset=name, test_share=0.2))
    good = session.snapshot()
    for fill in (*fills, None):
        snapshot = replace(
            good,
            outputs=bad(good.outputs, fill),
            across=bad(good.across, fill),
            units=tuple(bad(layer, fill) for layer in good.units),
            layers=tuple(bad(layer, fill) for layer in good.layers),
            curve=(np.arange(30.0), bad(np.zeros(30), fill)),
            test_curve=bad(np.zeros(30), fill),
            marks=(0, 3, 10**12),
        )
        for pin in (None, Pin.of(snapshot), Pin.of(good)):
            moment = replace(snapshot, pin=pin)
            every = [figures[dataset.task](moment, detail=detail)[0] for detail in (False, True)]
            for log in (False, True):
                every += [error_figure(moment, log=log, smooth=smooth) for smooth in (False, True)]
            for figure in every:
                for size in ((0, 0), (8, 4), (49, 11)):
                    rows = draw(figure, *size)
                    assert [sum(len(run[0]) for run in row) for row in rows] == [size[0]] * size[1]
                    drawn += 1
print(drawn)
"""


def test_test_samples_have_a_sign_of_their_own() -> None:
    snapshot = moment(TrainingConfig(dataset="noisy-sine", test_share=0.3), epochs=1)
    figure, legend = regression_figure(snapshot)
    assert "o test" in legend and "· samples" in legend
    assert snapshot.dataset.test is not None
    (test,) = (each for each in figure.series if each.role == "test")
    assert np.array_equal(test.x, snapshot.dataset.test.coordinates[:, 0])
    curve = error_figure(snapshot, log=True)
    assert [each.role for each in curve.series] == ["ghost", "error", "test"]


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
