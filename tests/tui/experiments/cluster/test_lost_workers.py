"""Workers that go away at a bad moment, on a cluster that is imitated: nothing waits for them."""

from __future__ import annotations

import asyncio
import importlib.util
import signal
import sys
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import CancelledError
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Self

import pytest

from bptui.experiments.cluster import executor as module
from bptui.experiments.cluster import tasks
from bptui.experiments.cluster.address import ClusterAddress, ClusterError
from bptui.experiments.cluster.executor import ClusterExecutor, _Call
from tests.tui.support.terminal import DEADLINE, wait_until

REPORT = ("0", "aa", True)
"""The report of this machine."""


class FakeFuture:
    """The future of a call: released, it is cancelled, as Dask's are."""

    def __init__(self) -> None:
        self.result = asyncio.get_running_loop().create_future()

    def __await__(self) -> Generator[Any, None, Any]:
        return self.result.__await__()

    def release(self) -> None:
        if not self.result.done():
            self.result.set_exception(CancelledError())


class FakeClient:
    """A scheduler that keeps the calls for workers that are gone, as Dask's does.

    Attributes:
        present: the workers that it says are there.
        silent: those that never answer.
        odd: those whose numbers differ.
        sent: the workers of each call.
        looked: called each time that it is asked for the workers.
    """

    status = "running"
    compiles = True
    """Whether its workers do."""

    def __init__(self) -> None:
        self.scheduler = self
        self.present, self.silent, self.odd = ["healthy"], set[str](), set[str]()
        self.sent: list[list[str]] = []
        self.looked: Callable[[], object] = lambda: None

    def __call__(self, *_args: Any, **_options: Any) -> Self:
        return self

    def __await__(self) -> Generator[Any, None, Self]:
        yield from asyncio.sleep(0).__await__()
        return self

    async def identity(self) -> dict[str, Any]:
        self.looked()
        return {"workers": {address: {"nthreads": 1} for address in self.present}}

    def submit(self, function: Callable[..., Any], *args: Any, workers: list[str], **_: Any) -> FakeFuture:
        future = FakeFuture()
        if function is not tasks.report:
            self.sent.append(workers)
        if {*workers} & {*self.present} - self.silent:
            report = (REPORT[0], "bb" if {*workers} & self.odd else REPORT[1], self.compiles)
            future.result.set_result(report if function is tasks.report else function(*args))
        return future

    async def close(self, _timeout: float) -> None:
        """There is nothing to close."""


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> FakeClient:
    """A client that is used instead of Dask's, also where Dask is not installed."""
    client = FakeClient()
    dask, versions = ModuleType("distributed"), ModuleType("distributed.versions")
    dask.__spec__ = ModuleSpec("distributed", None)
    dask.Client = client  # type: ignore[attr-defined]
    dask.KilledWorker = KeyError  # type: ignore[attr-defined]
    versions.VersionMismatchWarning = UserWarning  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "distributed", dask)
    monkeypatch.setitem(sys.modules, "distributed.versions", versions)
    monkeypatch.setattr(ClusterAddress, "check_reachable", lambda _address: None)
    monkeypatch.setattr(tasks, "report", lambda: REPORT)
    monkeypatch.setattr(module, "WATCH_SECONDS", 0.001)
    assert importlib.util.find_spec("distributed") is dask.__spec__
    return client


@pytest.fixture(autouse=True)
def _time_limit() -> Iterator[None]:
    """Fail where something is waited for that does not come, which would otherwise take forever."""

    def fail(*_: object) -> None:
        raise AssertionError(f"not within {DEADLINE} s")

    before = signal.signal(signal.SIGALRM, fail)
    signal.setitimer(signal.ITIMER_REAL, DEADLINE)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def connect() -> ClusterExecutor:
    return ClusterExecutor(ClusterAddress("tcp://h:1"))


def lose(client: FakeClient, left: list[str]) -> None:
    """Leave only these workers after the first look at them."""
    looks = iter([client.present])

    def look() -> None:
        client.present = next(looks, left)

    client.looked = look


def test_a_worker_that_dies_in_its_test_run_is_not_waited_for(client: FakeClient) -> None:
    client.present, client.silent = ["healthy", "dying"], {"dying"}
    lose(client, ["healthy"])
    note = "worker dying is not used: it went away during its test run"
    with connect() as executor:
        assert executor.slots == 1
        assert executor.notes == [note]
        assert executor.submit(abs, -3).result() == 3
    client.present = ["dying"]
    lose(client, [])
    with pytest.raises(ClusterError, match=f"^no worker at tcp://h:1 can be used: {note}$"):
        connect()


def test_workers_that_die_in_their_test_runs_do_not_keep_a_cluster_alive(
    client: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ALONE_SECONDS", 0.0)
    with connect() as executor:
        client.silent = {"dying"}
        client.present = ["dying"]
        wait_until(lambda: not executor.slots, "the loss of the healthy one")
        waiting = executor.submit(abs, -3)
        client.present = []
        with pytest.raises(ClusterError, match=r"^no worker that can be used is left at tcp://h:1$"):
            waiting.result(DEADLINE)


def test_a_worker_whose_numbers_differ_is_not_used(client: FakeClient) -> None:
    client.present, client.odd = ["healthy", "odd"], {"odd"}
    note = "worker odd is not used: a test run has other numbers there: bb, here aa"
    with connect() as executor:
        assert (executor.slots, executor.notes) == (1, [note])
    client.present = ["odd"]
    with pytest.raises(ClusterError, match=f"^no worker at tcp://h:1 can be used: {note}$"):
        connect()


def test_a_worker_without_numba_is_used_and_named(client: FakeClient) -> None:
    client.compiles = False
    with connect() as executor:
        assert executor.notes == ["worker healthy has no numba, and so it is slow"]
        assert executor.submit(abs, -3).result() == 3


def test_a_call_is_never_sent_without_workers(client: FakeClient) -> None:
    with connect() as executor:

        def submit_and_lose_the_worker(call: _Call) -> None:
            executor._add(call)
            executor._workers.clear()

        call = _Call(abs, (-3,), {})
        executor._loop.call_soon_threadsafe(submit_and_lose_the_worker, call)
        assert call.result.result(DEADLINE) == 3
    assert client.sent == [["healthy"]]


def test_the_event_loop_of_the_caller_stays_as_it_is(
    client: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_loops: list[object] = []
    monkeypatch.setattr(asyncio.events, "set_event_loop", set_loops.append)
    with connect() as executor:
        assert executor.submit(abs, -3).result() == 3
    assert not set_loops
