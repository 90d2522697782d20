"""The runner: plans get their results, in turn and in threads; what is known is not computed again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

import pytest

from bpengine import DataError, TrainingConfig
from bpengine.many import jobs as engine
from bptui.experiments.runner import CallJob, Plan, ResultCache, Runner, RunsJob, SlicedJob, sentence_of
from tests.tui.support.clock import Clock
from tests.tui.support.driving import is_at_work
from tests.tui.support.terminal import wait_until

SHORT = TrainingConfig(samples=10, epochs=3, seed=5)


class Counting(SlicedJob):
    """Counts to a number."""

    def __init__(self, to: int, log: list[int] | None = None) -> None:
        self.to, self.at, self.log = to, 0, log

    def advance(self) -> bool:
        self.at += 1
        if self.log is not None:
            self.log.append(self.to)
        return self.at < self.to

    def result(self) -> int:
        return self.at


class Rounds(Plan):
    """Wants one list of jobs after the other."""

    def __init__(self, *rounds: Sequence[SlicedJob], most_jobs: int | None = None) -> None:
        self.most_jobs = most_jobs
        self.rounds = [*rounds]
        self.results: list[Any] = []
        self.errors: list[Exception] = []

    def jobs(self) -> Sequence[SlicedJob]:
        return self.rounds.pop(0) if self.rounds else []

    def take(self, _job: SlicedJob, result: Any) -> None:
        self.results.append(result)

    def fail(self, error: Exception) -> None:
        self.errors.append(error)


def carried_out(runner: Runner, plan: Rounds) -> None:
    """Carry a plan out to its end."""
    jobs = sum(map(len, plan.rounds))
    task = runner.begin(plan)

    def is_done() -> bool:
        runner.pump()
        task.collect()
        return len(plan.results) == jobs

    wait_until(is_done, "the end of the plan")


@pytest.mark.parametrize("threads", [0, 2])
def test_a_plan_gets_the_results_of_a_round_before_it_is_asked_for_the_next(threads: int) -> None:
    plan = Rounds([Counting(3), Counting(2)], [Counting(5)])
    carried_out(Runner(threads), plan)
    assert (sorted(plan.results[:2]), plan.results[2:]) == ([2, 3], [5])


def test_without_threads_plans_take_turns_and_a_plan_does_its_jobs_in_their_order() -> None:
    log: list[int] = []
    runner, first = Runner(), Rounds([Counting(3, log), Counting(4, log)])
    runner.begin(first)
    runner.begin(Rounds([Counting(2, log)]))
    runner.pump(1000)
    assert log == [3, 2, 3, 2, 3, 4, 4, 4, 4]


def test_a_slice_of_the_runner_ends_in_time_and_waits_until_it_may_begin() -> None:
    log: list[int] = []
    runner = Runner()
    runner.begin(Rounds([Counting(100, log)]))
    runner.pump(1, Clock(0.25))
    assert len(log) == 3
    runner.may_work = lambda: False
    runner.pump(1, Clock(0.25))
    assert len(log) == 3


@pytest.mark.parametrize("threads", [0, 2])
def test_a_plan_that_was_ended_does_nothing_more(threads: int) -> None:
    log: list[int] = []
    runner, job, waits = Runner(threads), Counting(10**9), Counting(2, log)
    task = runner.begin(plan := Rounds([job, waits], most_jobs=1))
    runner.pump()
    wait_until(lambda: job.at > 0, "the beginning")
    task.end()
    runner.pump()
    after = Rounds([CallJob(lambda: job.at) for _ in range(9)])
    carried_out(runner, after)
    assert (plan.results, log) == ([], [])
    assert job.at <= after.results[0] + 1  # what had begun may end


def test_the_runner_wakes_its_user_once_until_the_results_are_collected() -> None:
    woken: list[bool] = []
    runner, plan = Runner(), Rounds([Counting(1), Counting(1), Counting(1)])
    task = runner.begin(plan, lambda: woken.append(task.has_news))
    runner.pump(1000)
    assert (woken, plan.results) == ([True], [])
    task.collect()
    assert (plan.results, task.has_news) == ([1, 1, 1], False)


@pytest.mark.parametrize("error", [MemoryError(), DataError("no samples"), ZeroDivisionError()])
def test_an_error_of_a_job_ends_its_plan(error: Exception) -> None:
    def fails() -> None:
        raise error

    log: list[int] = []
    plan, runner = Rounds([CallJob(fails), Counting(3, log)], most_jobs=1), Runner()
    task = runner.begin(plan)
    runner.pump(0.001, Clock(0.0006))
    task.collect()
    assert (plan.errors, plan.results, task.has_ended) == ([error], [], True)
    runner.pump()
    assert log == []
    if isinstance(error, ZeroDivisionError):
        with pytest.raises(ZeroDivisionError):
            sentence_of(error)
    else:
        assert sentence_of(error) in ("Not enough memory.", "No samples.")


def runs(*seeds: int) -> RunsJob:
    (job,) = engine.divided([SHORT.replace(seed=seed) for seed in seeds], kernel="numpy", max_runs=9)
    return RunsJob(job)


def test_runs_are_remembered_one_by_one_unless_they_are_to_be_trained_afresh() -> None:
    runner, plan = Runner(), Rounds([runs(1, 2), runs(3)])
    carried_out(runner, plan)
    known = Rounds([runs(3, 1)])
    runner.begin(known)
    assert known.results == [[plan.results[1][0], plan.results[0][0]]]
    for again, afresh in ((Rounds([runs(3, 4)]), False), (Rounds([runs(3, 1)]), True)):
        again.afresh = afresh
        runner.begin(again)
        assert again.results == []


def test_the_memory_forgets_first_what_was_used_longest_ago() -> None:
    memory = ResultCache(10)
    for key in "abc":
        memory.put(key, key.upper(), 4 if key < "c" else 3)
        assert memory.get("a") == "A"
    assert [memory.get(key) for key in "abc"] == ["A", None, "C"]
    memory.put("d", "D", 11)
    assert (memory.get("d"), memory.get("a")) == (None, "A"), "it takes more than all may"
    usual = ResultCache()
    for key in "ab":
        usual.put(key, key.upper(), 17 * 2**20)
    assert [usual.get(key) for key in "ab"] == [None, "B"]


class Elsewhere(engine.RemoteExecutor):
    """Makes the calls when it is told to."""

    slots = 1
    given_up = staticmethod(lambda: False)

    def __init__(self) -> None:
        self.calls: list[tuple[Future[Any], Callable[[], Any]]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.calls.append((future, lambda: fn(*args, **kwargs)))
        return future


def test_an_executor_trains_the_runs_elsewhere() -> None:
    runner, plan, here = Runner(), Rounds([runs(1, 2), runs(3)]), Rounds([runs(1, 2), runs(3)])
    plan.executor = executor = Elsewhere()
    task = runner.begin(plan)
    assert not is_at_work(runner)
    for future, call in executor.calls:
        future.set_result(call())
    task.collect()
    carried_out(Runner(), here)
    assert sorted(plan.results, key=len) == sorted(here.results, key=len)
    lost = Rounds([runs(7)])
    lost.executor = executor
    task = runner.begin(lost)
    executor.calls[-1][0].set_exception(DataError("gone"))
    task.collect()
    assert [str(error) for error in lost.errors] == ["gone"]
