"""Training on a real cluster: the same numbers, no loss when parts of it die, and nothing left behind."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpengine import TASKS, Dataset, TrainingConfig
from bpengine.many.jobs import Job
from bpengine.many.sweeps import Result, Sweep
from bpengine.many.sweeps.cells import Cells
from bptui.experiments.cluster.address import ClusterAddress, ClusterError
from bptui.experiments.cluster.executor import ClusterExecutor
from bptui.screen.app import BptuiApp
from bptui.screen.overlays.map import MapScreen
from bptui.settings.start_settings import StartSettings
from tests.engine.test_docs import EXAMPLE, ROOT, output_of
from tests.tui.support.apps import lines
from tests.tui.support.clusters import Processes
from tests.tui.support.driving import press, until
from tests.tui.support.running import call
from tests.tui.support.terminal import wait_until

SWEEP = ("sweep", "regression", "--vary", "epochs=3,100000000", "--starts", "2", "--kernel", "numpy")
ENDLESS_JOB = Job((TrainingConfig(epochs=100_000_000),), 100_000_000, kernel="numpy")
BASE = TrainingConfig(samples=12, epochs=25, report_interval=7)
VARY: dict[str, Any] = {"learning_rate": (0.01, 0.2, 1000.0), "hidden_units": (1, (2, 2))}


@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="Dask is not installed")
def test_a_cluster_trains_the_same_numbers_and_survives_lost_workers(tmp_path: Path) -> None:
    """One test, since each process takes a second to start, and what dies in one part is gone in the next."""
    with Processes(tmp_path) as cluster:
        cluster.workers("worker", "worker")
        the_numbers_are_those_of_this_machine(cluster)
        the_example_of_the_page_prints_each_result(cluster)
        asyncio.run(the_map_of_the_screen_is_trained_there(cluster))
        what_was_begun_ends_when_it_is_given_up(cluster)
        a_worker_that_dies_loses_nothing(cluster)
        with pytest.MonkeyPatch.context() as monkeypatch:
            when_the_scheduler_goes_away_what_is_done_is_kept(cluster, tmp_path, monkeypatch)
    assert all(process.returncode is not None for process in cluster.processes)


def connect(cluster: Processes) -> ClusterExecutor:
    return ClusterExecutor(ClusterAddress(cluster.url))


def by_run(results: Iterator[Result]) -> dict[int, Result]:
    return {result.run: result for result in results}


def calls_under_way(executor: ClusterExecutor) -> int:
    """How many calls the threads of the workers are making."""
    # A lambda is sent by value: for a function, each worker would import this module, and so the whole app.
    return sum(executor._client.run(lambda dask_worker: len(dask_worker.active_threads)).values())


def the_numbers_are_those_of_this_machine(cluster: Processes) -> None:
    generator = np.random.RandomState(3)
    data = Dataset.from_arrays(generator.uniform(-1, 1, (30, 2)), generator.uniform(-1, 1, 30))
    for source in (None, data):
        sweep = Sweep(BASE, VARY, starts=3, source=source)
        expected = by_run(iter(sweep))
        with connect(cluster) as executor:
            sweep.executor = executor
            assert (executor.slots, executor.notes) == (2, [])
            assert by_run(iter(sweep)) == expected
    assert not [each for each in threading.enumerate() if each.name == "bptui-cluster"]


def the_example_of_the_page_prints_each_result(cluster: Processes) -> None:
    """With fewer starts and epochs."""
    ((code, _),) = EXAMPLE.findall((ROOT / "docs" / "clusters.md").read_text(encoding="utf-8"))
    for written, shorter in (
        ("tcp://localhost:8786", cluster.url),
        ("starts=64", "starts=2"),
        ('defaults("regression")', 'defaults("regression", epochs=3)'),
    ):
        assert code.count(written) == 1
        code = code.replace(written, shorter)
    printed = output_of(code).splitlines()
    assert len(printed) == 6
    assert all(line.startswith("Result(run=") for line in printed)


async def the_map_of_the_screen_is_trained_there(cluster: Processes) -> None:
    """Another test compares the numbers."""
    configs = {task: TrainingConfig.defaults(task, samples=8, epochs=4) for task in TASKS}
    address = ClusterAddress(cluster.url)
    app = BptuiApp(StartSettings(configs=configs, paused=True, kernel="numpy", cluster=address))
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "M")
        await until(pilot, lambda: isinstance(app.screen, MapScreen) and app.screen.is_done)
        assert f"4 epochs: 60 runs. On 2 workers with 2 threads at {cluster.url}." in lines(app)[0]


def what_was_begun_ends_when_it_is_given_up(cluster: Processes) -> None:
    endless = Sweep(BASE, {"epochs": (1, 100_000_000)}, starts=2, kernel="numpy")
    with connect(cluster) as executor:
        endless.executor = executor
        results = endless.train()
        assert next(results).epoch == 0
        wait_until(lambda: calls_under_way(executor) == 2, "the endless calls")
        results.close()
        wait_until(lambda: not calls_under_way(executor), "the end of the calls")
        with pytest.raises(ZeroDivisionError):  # an error of a call is that of its future
            executor.submit(divmod, 1, 0).result()
    with pytest.raises(ClusterError, match="was closed"):
        executor.submit(abs, 1)


def a_worker_that_dies_loses_nothing(cluster: Processes) -> None:
    sweep = Sweep(BASE, {"epochs": range(10, 14)}, starts=4, kernel="numpy")
    expected = by_run(iter(sweep))
    with connect(cluster) as executor:
        first, second = executor._workers
        sweep.executor = executor
        results = sweep.train()
        found = [next(results)]
        cluster.kill(first)
        assert by_run(iter([*found, *results])) == expected
        # All workers that were there when the call began die: it is made again on one that has come since.
        endless = executor.submit(ENDLESS_JOB.train, stopped=executor.given_up)
        wait_until(lambda: calls_under_way(executor) == 1, "the call")
        new = cluster.start("worker")
        cluster.kill(second)
        third = cluster.address_of(new)
        wait_until(lambda: [each.address for each in executor._usable] == [third], "the new worker")
        wait_until(lambda: calls_under_way(executor) == 1, "the call on the new worker")
        endless.cancel()


def when_the_scheduler_goes_away_what_is_done_is_kept(
    cluster: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, add = tmp_path / "runs.jsonl", Cells.add

    def add_and_kill(cells: Cells, results: list[Result]) -> None:
        add(cells, results)
        if cells.done == 2:
            cluster.kill(cluster.url)

    monkeypatch.setattr(Cells, "add", add_and_kill)
    done = call(*SWEEP, "--cluster", cluster.url, "--output", str(output))
    assert (done.status, done.out) == (1, "")
    assert done.err.splitlines() == [
        f"bptui sweep: training on 1 worker with 1 thread at {cluster.url}",
        f"bptui sweep: the connection to the scheduler at {cluster.url} was lost after 2 of 4 runs; "
        "the same command trains the rest",
    ]
    assert [json.loads(line)["epoch"] for line in output.read_text().splitlines()] == [2, 2]
    done = call(*SWEEP, "--cluster", cluster.url)
    assert done.complaint.endswith(
        f"argument --cluster: there is no scheduler at {cluster.url}: connection refused"
    )
