"""The map: what is proposed and refused, the order of its runs, and the fits of a cell."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bpengine import FIELD, TASKS, Task, Trainer, TrainingConfig
from bpengine.many import jobs as engine_jobs
from bpengine.many.sweeps import Result
from bptui.experiments.map.memory import MapMemory
from bptui.experiments.map.plan import (
    MAX_VALUES,
    AxisPlan,
    MapBase,
    MapPlan,
    axis_fields,
    proposed_axis,
    proposed_plan,
    typed_axis,
)
from bptui.experiments.map.training import WITH_NUMPY, MapTraining
from bptui.experiments.runner import Runner, WorkLimits
from bptui.process.restrictions import RESTRICTED
from bptui.session.fits import CellFits, Fits, FitsJob
from tests.engine.kernels import needs_numba
from tests.tui.support.clock import Clock

SMALL = TrainingConfig.defaults("regression", samples=8, epochs=4)


def base(config: TrainingConfig = SMALL, *, compiled: bool = False, **limits: Any) -> MapBase:
    sizes = Trainer(config).sizes
    return MapBase(config, None, compiled=compiled, limits=WorkLimits(**limits), ends=(sizes[0], sizes[-1]))


def plan(columns: str, rows: str, **settings: Any) -> MapPlan:
    return MapPlan(columns=typed_axis(columns, None), rows=typed_axis(rows, None), **settings)


def trained(base: MapBase, plan: MapPlan | None = None) -> tuple[MapTraining, list[Result]]:
    """A map, and its results in the order in which they come."""
    mapping, runner = MapTraining(base, plan), base.limits.runner
    results: dict[int, Result] = {}
    task = runner.begin(mapping)
    while not mapping.has_ended:
        runner.pump(1, Clock(0.6))  # for one slice
        task.collect()
        for cell in [] if mapping.cells is None else mapping.cells.cells:
            results |= cell.results
    return mapping, [*results.values()]


def fits_of(configs: list[TrainingConfig], middle: int, kernel: str) -> CellFits:
    runner, made = Runner(), Fits(FitsJob(configs, None, middle, kernel=kernel))
    task = runner.begin(made)
    while made.fits is None:
        runner.pump()
        task.collect()
    return made.fits


@pytest.mark.parametrize("task", TASKS)
def test_each_setting_has_values_to_propose_with_the_present_one_among_or_between_them(task: Task) -> None:
    configs = [
        TrainingConfig.defaults(task),
        TrainingConfig.defaults(task, optimizer="adam", hidden_units=(8, 8), schedule="step", l1=0.001),
        TrainingConfig.defaults(task, hidden_units=300, learning_rate=0, batch_size=0, test_share=0.2),
        TrainingConfig.defaults(task, hidden_units=(50,) * 8),
        TrainingConfig.defaults(task, hidden_units=()),
    ]
    for config in configs:
        for compiled in (True, False):
            made = base(config, compiled=compiled)
            proposed = proposed_plan(made)
            assert made.problem(proposed) == ""
            assert proposed.metric == ("test-error" if config.test_share else "error")
        for field in axis_fields(made):
            axis = proposed_axis(field, made, 10).axis
            assert 2 <= len(axis.values) <= MAX_VALUES, field.name
            value = getattr(config, field.name)
            if isinstance(value, (int, float)):
                assert min(axis.values) <= value or field.name == "samples", field.name
                assert value <= max(axis.values), field.name
        assert config.hidden_units in proposed_axis(FIELD["hidden_units"], made, 8).axis.values
    widths = proposed_axis(FIELD["hidden_units"], base(configs[1]), 8).axis.values
    assert all(len(each) == 2 for each in widths), "other depths need other activations"
    assert FIELD["momentum"] not in axis_fields(base(configs[0])), "sgd has none"


@pytest.mark.parametrize("widths", [(3,), (8,), (64, 64), (128,)])
def test_a_restricted_screen_proposes_only_maps_that_it_allows(widths: tuple[int, ...]) -> None:
    allows = RESTRICTED.allows
    config = TrainingConfig.defaults("classification", hidden_units=widths, samples=2000)
    made = base(config, compiled=True, allows=allows)
    proposed = proposed_plan(made)
    assert made.problem(proposed) == ""
    assert widths in proposed.rows.axis.values
    for field in axis_fields(made):
        axis = proposed_axis(field, made, 10).axis
        assert all(allows(config.replace(**{field.name: value})) for value in axis.values)
    alone = proposed_axis(FIELD["hidden_units"], made, 2)
    assert all(len(value) == len(widths) for value in alone.axis.values), "one value of two layers is not two"


@pytest.mark.parametrize(
    ("columns", "rows", "settings", "why"),
    [
        ("hidden=1,2", "hidden=3,4", {}, "must be two settings"),
        ("seed=1,2", "hidden=1,2", {}, "seed: can't be varied: each cell has many seeds"),
        ("hidden=1..21", "learning_rate=1,2", {}, "at most 20 values, got 21"),
        ("hidden=1..20", "learning_rate=0..1:20", {"starts": 64}, "runs: must be at most 10000, got 25600"),
        ("momentum=0.5,0.9", "hidden=1,2", {}, "momentum: has no effect"),
        ("hidden=1,2", "learning_rate=1,2", {"metric": "test-error"}, "no test samples"),
        (
            "hidden=100,200",
            "learning_rate=1,2",
            {},
            "hidden units 200, learning rate 1: more than is allowed here",
        ),
        (
            "hidden=1;300,300",
            "learning_rate=1,2",
            {"allowed": True},
            "hidden units: must make at most 50,000",
        ),
        ("hidden=8;8,8", "activation=tanh;relu,relu", {}, "activation"),
    ],
)
def test_a_map_that_is_not_possible_is_refused_in_a_sentence(
    columns: str, rows: str, settings: dict[str, Any], why: str
) -> None:
    restrictions = RESTRICTED
    limits: dict[str, Any] = (
        {} if settings.pop("allowed", False) else {"allows": lambda each: not restrictions.refusal(each)}
    )
    made = plan(columns, rows, **settings)
    problem = base(SMALL, **limits).problem(made)
    assert why in problem
    assert problem.endswith(".")
    mapping, results = trained(base(SMALL, **limits), made)
    assert (results, mapping.note) == ([], problem)


def test_momentum_may_be_varied_where_the_other_setting_uses_it() -> None:
    assert base().problem(plan("momentum=0.5,0.9", "optimizer=sgd,momentum")) == ""


def test_without_numba_a_start_of_every_cell_comes_first_and_figures_are_those_of_a_run() -> None:
    mapping, results = trained(base())
    assert mapping.plan is not None
    assert (mapping.note, mapping.plan.runs, len(results)) == (WITH_NUMPY, 60, 60)
    assert {result.run // 3 for result in results[:20]} == set(range(20))
    chosen = next(result for result in results if result.run == 31)
    run = Trainer(SMALL.replace(**chosen.values, seed=chosen.seed))
    for _ in run.reports():
        pass
    assert run.history.last is not None
    assert chosen.error == run.history.last.error


@pytest.mark.parametrize(("most_work", "first"), [(2**33, 16), (0, 0)])
def test_with_numba_the_cell_nearest_to_the_present_settings_comes_first_unless_it_takes_long(
    most_work: int, first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bptui.experiments.map.training.MAX_FIRST_WORK", most_work)
    wanted = plan("learning_rate=0.01,0.12,1", "hidden=1,3,5", starts=4)
    mapping, results = trained(base(compiled=True), wanted)
    assert (mapping.note, len(results)) == ("", 36)
    assert {result.run for result in results[:4]} == {*range(first, first + 4)}, "0.12 and 3 has 16 to 19"


def test_settings_left_out_of_a_plan_are_those_of_the_run() -> None:
    made = plan("hidden=1,2", "learning_rate=0.1,0.2")
    assert made.config(base()) == SMALL
    assert made.has_runs_of(plan("hidden=1,2", "learning_rate=0.1,0.2", metric="success", success_error=0.5))
    assert not made.has_runs_of(plan("hidden=1,2", "learning_rate=0.1,0.2", starts=3))
    longer = plan("hidden=1,2", "learning_rate=0.1,0.2", epochs=9).sweep(base(), "numpy")
    assert {config.epochs for config in longer.runs} == {9}
    assert typed_axis("3,4", FIELD["hidden_units"]) == AxisPlan("3,4", FIELD["hidden_units"])


def test_a_complete_map_is_recalled_from_the_run_that_was_opened_and_from_no_other() -> None:
    memory, made = MapMemory(), plan("hidden=1,2", "learning_rate=1,2")
    assert memory.recalled(base()) is None
    known = base()
    memory.keep(known, made)
    memory.open({"seed": 3, "hidden_units": (2,)})
    memory.keep(known, replace(made, metric="success"))
    for config in (SMALL, SMALL.replace(seed=3, hidden_units=2)):
        assert memory.recalled(base(config)) == (known, replace(made, metric="success"))
    assert memory.recalled(base(SMALL.replace(seed=4))) is None
    memory.plan = plan("hidden=1,3", "learning_rate=1,2")
    assert memory.recalled(base()) is None, "the map was edited since"
    memory.plan = made
    assert memory.recalled(base()) is not None


def test_runs_that_were_trained_before_are_not_trained_again() -> None:
    known, made = base(), plan("hidden=1,2", "learning_rate=1,2")
    _, results = trained(known, made)
    for afresh in (False, True):
        again = MapTraining(known, made, afresh=afresh)
        task = known.limits.runner.begin(again)
        known.limits.runner.pump(1, Clock(0.6))  # which makes the plan
        task.collect()
        assert again.cells is not None
        found = [result for cell in again.cells.cells for result in cell.results.values()]
        assert (again.is_complete, len(found)) == (not afresh, 0 if afresh else len(results))
        assert all(result in results for result in found)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("kernel", ["numpy", pytest.param("numba", marks=needs_numba)])
def test_the_fits_of_a_cell_are_those_of_its_runs(
    task: Task, kernel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_jobs, "MAX_LANES", 2)  # as for a large network: two side by side, one alone
    config = TrainingConfig.defaults(task, samples=9, epochs=5)
    configs = [config.replace(seed=seed) for seed in (5, 6, 7)]
    fits = fits_of(configs, 1, kernel)
    alone = Trainer(configs[1], kernel=kernel)
    for _ in alone.reports():
        pass
    outputs = alone.dataset.target_scaling.undo(alone.network.predict(alone.dataset.inputs))
    assert (fits.snapshot.network.outputs == outputs).all()
    spread = fits.snapshot.comparison.spread
    if task == "regression":
        assert fits.lines is not None
        assert fits.lines.shape == (3, 200)
        assert fits.snapshot.network.grid_outputs is not None
        assert np.array_equal(fits.lines[1], fits.snapshot.network.grid_outputs[:, 0])
        assert spread is None
    else:
        assert spread is not None
        assert spread.starts == 3
        assert spread.agreement is not None
        assert 1 / 3 <= spread.agreement.min() <= spread.agreement.max() <= 1


def test_a_cell_whose_starts_diverge_has_no_lines() -> None:
    config = SMALL.replace(learning_rate=1000, activation="relu", epochs=50)
    fits = fits_of([config, config.replace(seed=1)], 0, "numpy")
    assert fits.lines is None
