"""The map: what is proposed and refused, the order of its runs, and the fits of a cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bpengine import FIELD, TASKS, Task, Trainer, TrainingConfig
from bpengine.many.jobs import dividing
from bpengine.many.sweeps import Result
from bptui.session.advising import Limits
from bptui.session.map.fits import cell_fits
from bptui.session.map.mapping import WITH_NUMPY, Begun, MapBase, Mapping
from bptui.session.map.memory import MapMemory
from bptui.session.map.plan import MAX_VALUES, AxisPlan, MapPlan, typed_axis
from bptui.session.map.proposing import axis_fields, proposed_axis, proposed_plan
from bptui.startup.restrictions import ProcessorShare, Restrictions
from tests.engine.kernels import needs_numba
from tests.tui.support.terminal import wait_until

SMALL = TrainingConfig.defaults("regression", samples=8, epochs=4)


def base(config: TrainingConfig = SMALL, *, compiled: bool = False, **limits: Any) -> MapBase:
    sizes = Trainer(config).sizes
    return MapBase(config, None, compiled=compiled, limits=Limits(**limits), ends=(sizes[0], sizes[-1]))


def plan(columns: str, rows: str, **settings: Any) -> MapPlan:
    return MapPlan(columns=typed_axis(columns, None), rows=typed_axis(rows, None), **settings)


def trained(mapping: Mapping) -> tuple[Begun | None, list[Result], str]:
    """What a map comes to, with the results in the order in which they came."""
    results: list[Result] = []
    news = []

    def has_ended() -> bool:
        news.append(mapping.news())
        results.extend(news[-1].results)
        return news[-1].ended

    mapping.start()
    wait_until(has_ended, "the end of the map")
    return news[-1].begun, results, news[-1].note


@pytest.mark.parametrize("task", TASKS)
def test_each_setting_has_values_to_propose_with_the_present_one_among_or_between_them(task: Task) -> None:
    configs = [
        TrainingConfig.defaults(task),
        TrainingConfig.defaults(task, optimizer="adam", hidden_units=(8, 8), schedule="step", l1=0.001),
        TrainingConfig.defaults(task, hidden_units=300, learning_rate=0, batch_size=0, test_share=0.2),
        TrainingConfig.defaults(task, hidden_units=(50,) * 8),
    ]
    for config in configs:
        made = base(config)
        for compiled in (True, False):
            proposed = proposed_plan(config, None, made.allows, compiled=compiled)
            assert made.problem(proposed) == ""
            assert proposed.metric == ("test-error" if config.test_share else "error")
        for field in axis_fields(config, None):
            axis = proposed_axis(field, config, 10).axis
            assert 2 <= len(axis.values) <= MAX_VALUES, field.name
            value = getattr(config, field.name)
            if isinstance(value, (int, float)):
                assert min(axis.values) <= value or field.name == "samples", field.name
                assert value <= max(axis.values), field.name
        assert config.hidden_units in proposed_axis(FIELD["hidden_units"], config, 8).axis.values
    widths = proposed_axis(FIELD["hidden_units"], configs[1], 8).axis.values
    assert all(len(each) == 2 for each in widths), "other depths need other activations"
    assert FIELD["momentum"] not in axis_fields(configs[0], None), "sgd has none"


@pytest.mark.parametrize("widths", [(3,), (8,), (64, 64), (128,)])
def test_what_a_restricted_screen_proposes_is_allowed_there(widths: tuple[int, ...]) -> None:
    allows = Limits.restricted(Restrictions()).allows
    config = TrainingConfig.defaults("classification", hidden_units=widths, samples=2000)
    made = proposed_plan(config, None, allows, compiled=True)
    assert made.problem(config, None, allows) == ""
    assert widths in made.rows.axis.values
    for field in axis_fields(config, None):
        axis = proposed_axis(field, config, 10, allows).axis
        assert all(allows(config.replace(**{field.name: value})) for value in axis.values)
    alone = proposed_axis(FIELD["hidden_units"], config, 2, allows)
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
        ("hidden=1,2", "learning_rate=1,2", {"starts": 65}, "from 1 to 64"),
    ],
)
def test_a_map_that_is_not_possible_is_refused_in_a_sentence(
    columns: str, rows: str, settings: dict[str, Any], why: str
) -> None:
    restrictions = Restrictions()
    limits: dict[str, Any] = (
        {} if settings.pop("allowed", False) else {"allows": lambda each: not restrictions.refusal(each)}
    )
    made = plan(columns, rows, **settings)
    problem = base(SMALL, **limits).problem(made)
    assert why in problem
    assert problem.endswith(".")
    _, results, note = trained(Mapping(base(SMALL, **limits), made))
    assert (results, note) == ([], problem)


def test_momentum_may_be_varied_where_the_other_setting_uses_it() -> None:
    assert base().problem(plan("momentum=0.5,0.9", "optimizer=sgd,momentum")) == ""


def test_without_numba_a_start_of_every_cell_comes_first_and_figures_are_those_of_a_run() -> None:
    begun, results, note = trained(Mapping(base()))
    assert begun is not None
    assert (note, begun.plan.runs, len(results)) == (WITH_NUMPY, 60, 60)
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
    monkeypatch.setattr("bptui.session.map.mapping.MAX_FIRST_WORK", most_work)
    wanted = plan("learning_rate=0.01,0.12,1", "hidden=1,3,5", starts=4)
    _, results, note = trained(Mapping(base(compiled=True, threads=1), wanted))
    assert (note, len(results)) == ("", 36)
    assert {result.run for result in results[:4]} == {*range(first, first + 4)}, "0.12 and 3 has 16 to 19"


def test_it_ends_at_once_and_waits_for_its_share_of_the_processor() -> None:
    asked: list[bool] = []

    class Share(ProcessorShare):
        def is_left(self) -> bool:
            asked.append(len(asked) >= 3)
            return asked[-1]

    mapping = Mapping(base(SMALL.replace(epochs=100_000_000), threads=1, share=Share(1.0)))
    mapping.start()
    wait_until(lambda: asked.count(True) > 2, "the end of the wait for the share")
    mapping.stop()
    wait_until(lambda: mapping.news().ended, "the end of the map")
    assert asked.count(False) == 3


def test_what_is_left_out_of_a_plan_is_that_of_the_run() -> None:
    made = plan("hidden=1,2", "learning_rate=0.1,0.2")
    assert made.base(SMALL) == SMALL
    assert made.has_runs_of(plan("hidden=1,2", "learning_rate=0.1,0.2", metric="success", success_error=0.5))
    assert not made.has_runs_of(plan("hidden=1,2", "learning_rate=0.1,0.2", starts=3))
    longer = plan("hidden=1,2", "learning_rate=0.1,0.2", epochs=9).sweep(SMALL, None, kernel="numpy")
    assert {config.epochs for config in longer.runs} == {9}
    assert typed_axis("3,4", FIELD["hidden_units"]) == AxisPlan("3,4", FIELD["hidden_units"])


def test_a_complete_map_is_recalled_from_the_run_that_was_opened_and_from_no_other() -> None:
    begun = Begun(plan("hidden=1,2", "learning_rate=1,2"), None)  # type: ignore[arg-type]
    memory, cells = MapMemory(), object()
    assert memory.recalled(base()) is None
    memory.keep(base(), begun, cells)  # type: ignore[arg-type]
    memory.open({"seed": 3, "hidden_units": (2,)})
    for config in (SMALL, SMALL.replace(seed=3, hidden_units=2)):
        recalled = memory.recalled(base(config))
        assert recalled is not None
        assert (recalled.cells, recalled.base.config) == (cells, SMALL)
    assert memory.recalled(base(SMALL.replace(seed=4))) is None
    memory.plan = plan("hidden=1,3", "learning_rate=1,2")
    assert memory.recalled(base()) is None, "the map was edited since"
    memory.plan = begun.plan
    assert memory.recalled(base()) is not None


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("kernel", ["numpy", pytest.param("numba", marks=needs_numba)])
def test_the_fits_of_a_cell_are_those_of_its_runs(
    task: Task, kernel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dividing, "MAX_LANES", 2)  # as for a large network: two side by side, and one alone
    config = TrainingConfig.defaults(task, samples=9, epochs=5)
    configs = [config.replace(seed=seed) for seed in (5, 6, 7)]
    fits = cell_fits(configs, None, 1, lambda: True, kernel=kernel)
    assert fits is not None
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


def test_a_cell_whose_starts_diverge_has_no_lines_and_a_stopped_one_no_fits() -> None:
    config = SMALL.replace(learning_rate=1000, activation="relu", epochs=50)
    fits = cell_fits([config, config.replace(seed=1)], None, 0, lambda: True, kernel="numpy")
    assert fits is not None
    assert fits.lines is None
    assert cell_fits([SMALL], None, 0, lambda: False, kernel="numpy") is None
