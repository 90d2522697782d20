"""A sweep's runs are those that `Trainer` trains alone, however they are divided and whatever trains them."""

from __future__ import annotations

import math
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest

from bpengine import ConfigError, DivergedError, Trainer, TrainingConfig
from bpengine.many.jobs import RemoteExecutor, divided
from bpengine.many.sweeps import Result, Sweep, parse_axis
from bpengine.many.sweeps.cells import Cells, levels
from tests.engine.kernels import needs_numba

BASE = TrainingConfig(samples=12, epochs=25, report_interval=7, test_share=0.2)
VARY: dict[str, Any] = {
    "learning_rate": (0.01, 0.2, 1000.0),
    "hidden_units": (1, (2, 2)),
    "target_error": (0.0, 0.5),
}


def alone(config: TrainingConfig) -> tuple[Any, ...]:
    trainer = Trainer(config, kernel="auto")
    state = "diverged"
    try:
        trainer.fit()
        state = trainer.stop_reason.replace("epochs", "finished")
    except DivergedError:
        pass
    last = trainer.history.last
    found = (None, None, None) if last is None else (last.error, last.test_error, last.epoch)
    return (*found[:2], state, found[2])


def told(result: Result) -> tuple[Any, ...]:
    return (result.error, result.test_error, result.state, result.epoch)


def test_every_run_is_what_it_would_be_alone() -> None:
    sweep = Sweep(BASE, VARY, starts=3)
    results = {result.run: result for result in sweep}
    assert sorted(results) == list(range(len(sweep))) == list(range(36))
    assert {result.state for result in results.values()} == {"finished", "target error", "diverged"}
    for number, result in results.items():
        config = sweep.runs[number]
        assert told(result) == alone(config)
        assert result.values == {name: getattr(config, name) for name in VARY}
        assert result.seed == config.seed == number % 3
    assert sweep.cells[1] == {"learning_rate": 0.01, "hidden_units": (1,), "target_error": 0.5}
    known = {1, 5, 35}
    assert {result.run for result in sweep.train(without=known)} == set(range(36)) - known


class Elsewhere(RemoteExecutor):
    """Processes, whose calls are not given up."""

    slots = 2
    given_up = staticmethod(bool)

    def __init__(self, processes: Executor) -> None:
        self.submit = processes.submit  # type: ignore[method-assign]


def test_without_numba_and_in_other_processes_the_results_are_the_same() -> None:
    vary = {"hidden_units": (1, 2)}
    expected = {result.run: told(result) for result in Sweep(BASE, vary, starts=2)}
    assert {each.run: told(each) for each in Sweep(BASE, vary, starts=2, kernel="numpy")} == expected
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        remote = Elsewhere(processes)
        assert {each.run: told(each) for each in Sweep(BASE, vary, starts=2, executor=remote)} == expected


@pytest.mark.parametrize("kernel", [pytest.param("auto", marks=needs_numba), "numpy"])
def test_a_sweep_can_be_ended_at_any_time(kernel: str) -> None:
    endless = Sweep(BASE, {"epochs": (1, 100_000_000)}, starts=9, kernel=kernel)
    results = endless.train()
    assert next(results).epoch == 0
    results.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("bpengine")]
    stop = threading.Event()
    done = []
    for result in endless.train(stopped=stop.is_set):
        done.append(result)
        stop.set()
    assert all(result.epoch == 0 for result in done)


class Queue(RemoteExecutor):
    """Keeps what it is given, for tests of the division."""

    slots = 1
    given_up = staticmethod(lambda: False)

    def __init__(self) -> None:
        self.sizes: list[list[int]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.sizes.append([len(job.configs) for job in args[0]])
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def test_jobs_have_one_shape_and_leave_no_worker_idle() -> None:
    queue = Queue()
    assert len(list(Sweep(BASE, {"hidden_units": (1, 2)}, starts=100, executor=queue))) == 200
    assert queue.sizes == [[64, 36, 64, 36]], "all of it is too little for more than one call"
    few = [BASE.replace(seed=seed) for seed in range(32)]
    assert [len(job.configs) for job in divided(few, kernel="numba", workers=2)] == [16, 16]
    assert [
        len(job.configs) for job in divided([each.replace(epochs=10**8) for each in few], kernel="numba")
    ] == [16, 16]
    wide = [each.replace(hidden_units=(200, 200), samples=1000) for each in few]
    assert {len(job.configs) for job in divided(wide, kernel="numba")} == {1}, "an epoch takes long enough"
    assert not list(Sweep(BASE, {"epochs": (3,)}, starts=1).train(without={0}))


def test_a_sweep_refuses_impossible_axes_and_starts() -> None:
    refused: list[tuple[Any, int, str]] = [
        ({"nope": (1,)}, 1, "vary: there is no setting 'nope'"),
        ({"seed": (1, 2)}, 2, "starts: must be 1 if the seed is varied"),
        ({"epochs": ()}, 1, "vary: epochs: must have at least one value"),
        ({"learning_rate": 0.1}, 1, r"vary: learning_rate: must be a list of values, got '0\.1'"),
        ({"epochs": iter((1, 2))}, 1, "vary: epochs: must be a list of values, got '<tuple_iterator"),
        ({"learning_rate": np.array(0.1)}, 1, "vary: learning_rate: must be a list of values"),
        ({"activation": "tanh"}, 1, "vary: activation: must be a list of values, got 'tanh'"),
        ({"epochs": (0,)}, 1, "epochs: must be a whole number from 1"),
        ({"epochs": (5,)}, 0, "starts: must be a whole number from 1"),
        ({"epochs": range(1, 1000)}, 1000, "sweep: must have at most 100000 runs, got 999000"),
    ]
    for vary, starts, message in refused:
        with pytest.raises(ConfigError, match=message):
            Sweep(BASE, vary, starts)
    rates: Any = np.array([0.1, 0.2])
    assert len(Sweep(BASE, {"learning_rate": rates}, 2)) == 4
    last = Sweep(BASE.replace(seed=2**32 - 1), {"epochs": (1,)}, starts=2)
    assert [config.seed for config in last.runs] == [2**32 - 1, 0]


def test_cells_have_the_figures_of_their_runs() -> None:
    sweep = Sweep(BASE, {"learning_rate": (0.1, 0.2, 0.3)}, starts=4)
    errors: list[list[float | None]] = [[0.1, 0.3, None, 0.005], [0.2, 0.2, 0.2, 0.2], []]
    for metric, figures, ranking in (
        ("error", [0.2, 0.2], [0, 1]),
        ("success", [0.25, 0.0], [0, 1]),
        ("test-error", [math.inf, math.inf], [0, 1]),
    ):
        cells = Cells(sweep, metric)
        for cell, known in enumerate(errors):
            for start, error in enumerate(known):
                state = "diverged" if error is None else "finished"
                cells.add([Result(4 * cell + start, {}, start, error, None, state, 3)])
        assert cells.figures()[:2] == pytest.approx(figures)
        assert math.isnan(cells.figures()[2])
        assert (cells.ranking, cells.cells[0].diverged, cells.done) == (ranking, 1, 8)
    assert levels([1e-4, 1e-2, 1.0, math.inf, math.nan], "error")[:3] == pytest.approx([0, 0.5, 1])
    assert levels([1e-4, 1e99, 10], "error") == [0, 1, 1]
    assert levels([0.0, 1.0], "success") == [1, 0]


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("learning_rate=0.01..1:log:3", "learning_rate", (0.01, 0.1, 1.0)),
        ("--learning-rate=1..0:3", "learning_rate", (1.0, 0.5, 0.0)),
        ("Learning rate=0.3", "learning_rate", (0.3,)),
        ("hidden=1..3", "hidden_units", ((1,), (2,), (3,))),
        ("hidden=8,8;4", "hidden_units", ((8, 8), (4,))),
        ("hidden=none,2", "hidden_units", ((), (2,))),
        ("epochs=10..1000:log:3", "epochs", (10, 100, 1000)),
        ("seed=0..2:9", "seed", (0, 1, 2)),
        ("clip=off,1", "clip", (0.0, 1.0)),
        ("function=sin(x);max(x, 0)", "function", ("sin(x)", "max(x, 0)")),
        ("x_range=-3..3;0..2*pi", "x_range", None),
    ],
)
def test_axes_are_read_from_text(text: str, name: str, values: tuple[Any, ...] | None) -> None:
    axis = parse_axis(text)
    assert axis.field.name == name
    assert values is None or axis.values == values


@pytest.mark.parametrize(
    "text",
    ["", "=", "nope=1", "seed", "seed=", "learning_rate=0..1", "learning_rate=0..1:log:3", "epochs=1..2:9999",
     "learning_rate=nan..1:3", "hidden=1,,2", "hidden=8,8..9:2", "hidden=none..2", "learning_rate=0..2000:3",
     "seed=1..1"],
)  # fmt: skip
def test_texts_that_are_no_axes_are_refused(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_axis(text)
    assert str(caught.value).isprintable()


def test_cells_name_themselves_their_best_and_their_middle_run() -> None:
    sweep = Sweep(TrainingConfig(), {"learning_rate": (0.1, 0.2345), "hidden_units": (2,)}, starts=4)
    cells = Cells(sweep)
    for run, error in enumerate((0.3, 0.1, 0.2, 0.4)):
        state = "diverged" if run == 1 else "finished"
        cells.add([Result(run, sweep.cells[0], run, error, 0.5 - error, state, 9)])
    cell = cells.cells[0]
    assert cells.name(1) == "learning rate 0.2345, hidden units 2"
    assert [result.run for result in cell.in_order()] == [2, 0, 3, 1], "what diverged comes last"
    assert [result.run for result in cell.in_order("test-error")] == [3, 0, 2, 1]
    assert (cell.middle().run, cell.middle("test-error").run) == (0, 0)
    assert cell.figure("error") == pytest.approx(0.35)
    cells.add([Result(0, sweep.cells[0], 0, 0.1, None, "finished", 9)])
    assert cell.figure("error") == pytest.approx(0.3), "a figure follows the results"
    assert not sweep.all_tested
    assert Sweep(TrainingConfig(), {"test_share": (0.1, 0.2)}).all_tested


@pytest.mark.parametrize("kernel", ["numpy", pytest.param("auto", marks=needs_numba)])
def test_the_last_start_of_a_cell_to_end_has_the_error_of_the_mean_of_its_answers(kernel: str) -> None:
    sweep = Sweep(BASE, {"learning_rate": (0.2, 1000.0)}, 3, kernel=kernel, means=True)
    found = {result.run // 3: result.means for result in sweep if result.means != (None, None)}
    assert found.keys() == {0}  # all starts of the other cell diverge
    trainers = [Trainer(config) for config in sweep.runs[:3]]
    for trainer in trainers:
        trainer.fit()
    test = trainers[0].dataset.test
    assert test is not None
    for error, samples in zip(found[0], (trainers[0].dataset, test), strict=True):
        answers = [trainer.network.predict(samples.inputs) for trainer in trainers]
        squares = (np.mean(answers, axis=0) - samples.targets) ** 2
        assert error == pytest.approx(squares.sum(axis=1).mean() / 2, rel=1e-12)
    assert all(result.means == (None, None) for result in Sweep(BASE, {}, 2))
