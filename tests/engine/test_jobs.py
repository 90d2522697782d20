"""Jobs: small ones share a call, and one that is given up keeps the runs that have ended."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from bpengine import TrainingConfig
from bpengine.many import jobs as jobs_module
from bpengine.many.group import Group
from bpengine.many.jobs import (
    MIN_WORK,
    NUMPY_FACTOR,
    Job,
    RemoteExecutor,
    bundled,
    divided,
    probe,
    trained,
)
from tests.engine.kernels import needs_numba

SHORT = TrainingConfig(samples=10, epochs=3, seed=5)
ENDLESS = SHORT.replace(epochs=100_000_000)


def asked(times: int) -> Callable[[], bool]:
    """A function that says to stop when it is asked for this time."""
    answers = iter([False] * (times - 1))
    return lambda: next(answers, True)


def test_small_jobs_share_a_call_and_come_first() -> None:
    small, large = (Job((SHORT,), 3, (0,), work) for work in (MIN_WORK // 2, MIN_WORK))
    assert list(bundled([small, large, small, small])) == [(small, small), (small,), (large,)]
    runs = [SHORT, SHORT.replace(hidden_units=(2,)), SHORT, SHORT.replace(seed=6)]
    jobs = divided(runs, kernel="numba", until=[3, 3, 2, 3])
    assert [(job.positions, job.until) for job in jobs] == [((0, 3), 3), ((1,), 3), ((2,), 2)]
    assert jobs[0].work == 2 * 10 * 10 * 3


def test_runs_that_numpy_trains_are_reported_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    small = [SHORT, SHORT.replace(seed=6)]
    for installed in (True, False):
        monkeypatch.setattr(jobs_module, "is_installed", lambda installed=installed: installed)
        for kernel, size in (("auto", 2 if installed else 1), ("numpy", 1), ("numba", 2)):
            assert [len(job.configs) for job in divided(small, kernel=kernel)] == [size] * (2 // size)
    assert divided(small, kernel="numpy")[0].work == NUMPY_FACTOR * divided(small[:1], kernel="numba")[0].work


def test_runs_may_be_trained_for_no_epoch() -> None:
    (job,) = divided([SHORT], kernel="numpy", until=[0])
    (outcome,) = job.train()
    assert outcome is not None
    assert outcome.epochs_done == 0


def test_when_runs_with_numpy_are_stopped_those_that_have_ended_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outcomes = Job((SHORT, ENDLESS, SHORT), ENDLESS.epochs, kernel="numpy").train(asked(4))
    assert [outcome and outcome.epochs_done for outcome in outcomes] == [3, None, None]
    monkeypatch.setattr(jobs_module, "processors", lambda: 1)
    jobs = [Job((SHORT, ENDLESS), ENDLESS.epochs, kernel="numpy"), Job((SHORT,), 3, kernel="numpy")]
    results = list(trained(jobs, stopped=asked(6)))
    assert results[0][0] is jobs[0]
    assert [outcome is None for outcome in results[0][1]] == [False, True]
    assert [outcomes for _, outcomes in results[1:]] in ([], [[None]]), (
        "the second one may have begun by then"
    )


@needs_numba
def test_when_runs_side_by_side_are_stopped_those_that_have_ended_are_kept() -> None:
    runs = (ENDLESS, ENDLESS.replace(learning_rate=1000))
    outcomes = Job(runs, ENDLESS.epochs, kernel="numba").train(asked(100))
    assert outcomes[0] is None
    assert outcomes[1] is not None
    assert outcomes[1].stop_reason == "diverged"


def test_a_probe_has_the_same_hash_on_every_machine() -> None:
    assert probe() == "03700e4fec5ae61a"


@needs_numba
def test_a_run_alone_can_be_given_up_within_an_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_module, "SLICE_MILLISECONDS", 0.0)
    (outcome,) = Job((SHORT,), SHORT.epochs, kernel="numba").train(asked(SHORT.epochs + 2))
    assert outcome is None, "asked more than once in an epoch"


class Remote(RemoteExecutor):
    """Calls at once, and keeps the function by which a call is told to end."""

    slots = 2

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        assert kwargs["stopped"] is self.given_up
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future

    given_up = staticmethod(lambda: False)


def test_calls_that_have_ended_when_it_is_stopped_are_kept() -> None:
    class Slow(Remote):
        """Makes no call that has number 2, and fails in number 3."""

        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            (number,) = args[0][0].positions
            futures[number] = Future() if number > 1 else super().submit(fn, *args, **kwargs)
            if number > 2:
                futures[number].set_exception(OSError())
            return futures[number]

    futures: dict[int, Future[Any]] = {}
    stop = threading.Event()
    jobs = [Job((SHORT,), 3, (number,), MIN_WORK, kernel="numpy") for number in range(4)]
    results = trained(jobs, Slow(), stop.is_set)
    found = [next(results)]
    stop.set()
    found += results
    assert [job for job, _ in found] == jobs[:2]
    assert not any(None in outcomes for _, outcomes in found)
    assert futures[2].cancelled()


@pytest.mark.parametrize("executor", [None, Remote()])
def test_jobs_that_are_stopped_before_they_begin_train_nothing(executor: Remote | None) -> None:
    jobs = divided([SHORT], kernel="numpy", until=[3])
    assert len(list(trained(jobs, executor))) == 1
    assert not list(trained(jobs, executor, lambda: True))


@needs_numba
def test_runs_are_trained_one_by_one_until_they_can_be_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = tuple(SHORT.replace(seed=seed) for seed in range(5))
    expected = Job(runs, 3, kernel="numpy").train()
    answers, groups = iter([False, False, True]), list[Any]()

    def group(configs: Any, source: Any) -> Group:
        groups.append(configs)
        return Group(configs, source)

    monkeypatch.setattr(jobs_module, "lanes_are_ready", lambda _kernel: next(answers))
    monkeypatch.setattr(jobs_module, "Group", group)
    assert Job(runs, 3).train() == expected
    assert groups == [runs[2:]]
