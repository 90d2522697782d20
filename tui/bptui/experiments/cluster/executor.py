"""`ClusterExecutor`: trains on the workers of a Dask cluster."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import logging
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable
from concurrent import futures
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from bpengine import Dataset
from bpengine.many.jobs import RemoteExecutor
from bptui.experiments.cluster import tasks
from bptui.experiments.cluster.address import CONNECT_SECONDS, ClusterAddress, ClusterError
from bptui.experiments.cluster.tasks import Worker, refusal, refusal_after
from bpwords import many

POLL_SECONDS = 0.01
"""The time between two looks whether there is a connection."""
WATCH_SECONDS = 0.5
"""The time between two checks of the workers."""
ANSWER_SECONDS = 8.0
"""How long to wait for the connection to a scheduler, and for each of its answers."""
ALONE_SECONDS = 15.0
"""How long a cluster may be without a usable worker. A nanny restarts one in seconds."""
CALLS_A_THREAD = 2
"""How many calls each worker thread is sent at a time, so that it need not wait for the next one."""
RETRIES = 3
"""How often Dask repeats a call after an error."""
CLOSE_SECONDS = 5.0
"""How long to wait for the end of the connection."""


@dataclass(eq=False, slots=True)
class _Call:
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Future[Any] = field(default_factory=Future)
    remote: Any = None
    """Dask's future while the cluster has the call."""
    workers: frozenset[str] = frozenset()
    """The addresses of the workers that may execute the call."""


class ClusterExecutor(RemoteExecutor):
    """Executes calls on those workers of a Dask cluster that compute the same numbers as this machine.

    Each worker, also one that joins later, first trains a test run. Workers whose numbers differ, or that
    cannot train the run, are not used. A call whose worker dies is repeated on another one. Everything
    happens in one thread with its own event loop, so that the caller's thread and event loop are never
    blocked.

    Args:
        address: the scheduler.
        stopped: asked again and again while it connects, which takes seconds: whether the executor is not
            wanted any more. Then a TimeoutError is raised.

    Attributes:
        notes: a line for each worker that is not used or is slow, and why.

    Raises:
        ClusterError: Dask is missing, there is no scheduler at the address, it does not answer, or it has no
            usable worker.
    """

    given_up = staticmethod(tasks.given_up)

    def __init__(self, address: ClusterAddress, *, stopped: Callable[[], bool] = lambda: False) -> None:
        if importlib.util.find_spec("distributed") is None:
            raise ClusterError("Dask is not installed; pip install 'bptui[cluster]' installs it")
        self.address, self.notes = address, list[str]()
        self._workers: dict[str, Worker] = {}
        self._queue: deque[_Call] = deque()
        self._open: dict[_Call, asyncio.Task[None]] = {}
        self._pending: set[Future[Any]] = set()
        self._sent_data: dict[tuple[int, frozenset[str]], tuple[Any, Any]] = {}
        self._failure: ClusterError | None = None
        self._is_lost = False
        self._lock = threading.Lock()  # held while `_failure` and `_pending` are read together
        # With this factory, the runner leaves the event loop of the caller's thread alone.
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._loop = self._runner.get_loop()
        self._closing = asyncio.Event()
        self._ready: Future[None] = Future()
        # A daemon thread, so that the program can end without waiting for the cluster.
        self._thread = threading.Thread(target=self._run, name="bptui-cluster", daemon=True)
        self._thread.start()
        while not (stopped() or self._ready.done()):
            time.sleep(POLL_SECONDS)
        if not self._ready.done():
            self.shutdown(wait=False)
        self._ready.result(timeout=0)

    @property
    def slots(self) -> int:
        """How many threads the usable workers have."""
        return sum(worker.threads for worker in self._usable)

    @property
    def description(self) -> str:
        """The usable workers in words."""
        threads = many(self.slots, "{n} thread", "{n} threads")
        return f"{many(len(self._usable), '{n} worker', '{n} workers')} with {threads} at {self.address.url}"

    @property
    def _usable(self) -> list[Worker]:
        return [worker for worker in [*self._workers.values()] if worker.usable]

    @property
    def _tests(self) -> list[asyncio.Task[None]]:
        """The test runs that have not ended."""
        tests = (worker.test for worker in self._workers.values())
        return [test for test in tests if test is not None and not test.done()]

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call a function on a worker. Data sets are sent once for all calls, the other arguments each time.

        The future's exception is a `ClusterError` if the cluster can no longer be used. Cancelling the future
        also ends a call in progress, if the function calls `given_up`.
        """
        call = _Call(fn, args, kwargs)
        with self._lock:
            if self._failure is not None:
                raise self._failure
            self._pending.add(call.result)
        call.result.add_done_callback(lambda result: self._finish(call, result))
        self._loop.call_soon_threadsafe(self._add, call)
        return call.result

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Close the connection: after all calls or, with `cancel_futures`, without waiting for them."""
        if cancel_futures:
            for future in [*self._pending]:
                future.cancel()
        elif wait:
            futures.wait([*self._pending])
        with contextlib.suppress(RuntimeError):  # it is closed
            self._loop.call_soon_threadsafe(self._closing.set)
        if wait:
            self._thread.join(CLOSE_SECONDS)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown(cancel_futures=error is not None)

    def _finish(self, call: _Call, result: Future[Any]) -> None:
        with self._lock:
            self._pending.discard(result)
        if result.cancelled():
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._release, call)

    # The following methods run in the executor's thread.

    def _run(self) -> None:
        try:
            with self._runner:
                self.address.check_reachable()
                self._mine = tasks.report()
                quiet_dask()
                self._runner.run(self._serve())
        except ClusterError as error:
            self._fail(error)
        except Exception as error:  # any kind: Dask, ssl and the network each raise their own exceptions
            from distributed.comm import CommClosedError

            reason = str(error).strip().partition("\n")[0] or type(error).__name__
            if isinstance(error, CommClosedError) and self.address.certificates is None:
                reason = "it closed the connection; if it uses TLS, give its address as tls://HOST:PORT"
            self._fail(ClusterError(f"the scheduler at {self.address.url} can't be used: {reason}"))
        finally:
            self._fail(ClusterError("the connection to the cluster was closed"))

    async def _serve(self) -> None:
        """Connect, and watch the workers until the executor is shut down."""
        from distributed import Client

        client = Client(
            self.address.url,
            security=self.address.security(),
            timeout=CONNECT_SECONDS,
            asynchronous=True,
            set_as_default=False,
            name="bptui",
        )
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                self._client = await client
                await self._look_at_workers()
            while tests := self._tests:
                # Dask does not report the death of a worker: it keeps the test run in case the worker
                # returns.
                await asyncio.wait(tests, timeout=WATCH_SECONDS)
                await self._look_at_workers()
            if not self._usable:
                reasons = "; ".join(self.notes) or "it has no workers"
                raise ClusterError(f"no worker at {self.address.url} can be used: {reasons}")
            self._ready.set_result(None)
            await self._watch()
        except TimeoutError:
            self._is_lost = True
            raise ClusterError(f"the scheduler at {self.address.url} does not answer") from None
        finally:
            for running in [*self._open.values(), *self._tests]:
                running.cancel()
            with contextlib.suppress(Exception):
                # A client that has lost the scheduler would try to find it again.
                await client.close(0 if self._is_lost else CLOSE_SECONDS)

    async def _watch(self) -> None:
        alone_since: float | None = None
        while not self._closing.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), WATCH_SECONDS)
            await self._look_at_workers()
            if self._usable or self._tests:
                alone_since = None
            elif alone_since is None:
                alone_since = self._loop.time()
            elif self._loop.time() - alone_since > ALONE_SECONDS:
                raise ClusterError(f"no worker that can be used is left at {self.address.url}")

    async def _look_at_workers(self) -> None:
        """Test new workers, and take calls back from workers that are gone."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                present = (await self._client.scheduler.identity())["workers"]
        except (OSError, CancelledError):  # a TimeoutError is an OSError
            raise self._lost() from None
        for address in self._workers.keys() - present.keys():
            worker = self._workers.pop(address)
            if worker.test is not None and worker.test.cancel():
                self._refuse(worker, "it went away during its test run")
        for address in present.keys() - self._workers.keys():
            worker = self._workers[address] = Worker(address, present[address]["nthreads"])
            worker.test = self._loop.create_task(self._test(worker))
        for call in [*self._open]:
            if call.remote is not None and not call.workers & present.keys():
                call.remote.release()
        self._send()

    async def _test(self, worker: Worker) -> None:
        """Find out whether a worker can be used."""
        try:
            theirs = await self._client.submit(
                tasks.report, workers=[worker.address], pure=False, retries=RETRIES
            )
            self._refuse(worker, refusal(self._mine, theirs))
            *_, compiles = theirs
            if worker.usable and not compiles:
                self.notes.append(f"worker {worker.address} has no numba, and so it is slow")
        except CancelledError:  # the worker is gone, or this executor is shut down
            return
        except Exception as error:  # any kind: anything can be wrong with a worker
            self._refuse(worker, refusal_after(error))
        self._send()

    def _refuse(self, worker: Worker, reason: str) -> None:
        """Note why a worker is not used, or an empty text if it is."""
        worker.refusal = reason
        if reason:
            self.notes.append(f"worker {worker.address} is not used: {reason}")

    def _add(self, call: _Call) -> None:
        self._queue.append(call)
        self._send()

    def _release(self, call: _Call) -> None:
        if call.remote is not None:
            call.remote.release()

    def _send(self) -> None:
        """Send waiting calls while workers have free threads."""
        workers = frozenset(worker.address for worker in self._usable)  # none if there are no slots
        while self._queue and len(self._open) < CALLS_A_THREAD * self.slots:
            call = self._queue.popleft()
            if not call.result.done():
                call.workers = workers
                self._open[call] = self._loop.create_task(self._make(call))

    async def _make(self, call: _Call) -> None:
        """Execute a call, and set its result; put it back if all workers that may execute it are gone."""
        value, error = None, None
        try:
            places = {"workers": [*call.workers], "pure": False, "retries": RETRIES}
            args = [self._sent(arg, call.workers) for arg in call.args]
            call.remote = self._client.submit(call.function, *args, **call.kwargs, **places)
            if call.result.done():
                call.remote.release()
            value = await call.remote
        except CancelledError:
            if self._client.status != "running":
                self._fail(self._lost())
            self._queue.appendleft(call)  # if it is still wanted
            return
        except Exception as caught:  # any kind: the function may raise anything
            from distributed import KilledWorker

            if isinstance(caught, KilledWorker):
                caught = ClusterError("several workers died during the same call: out of memory?")
            error = caught
        finally:
            call.remote = None
            del self._open[call]
            self._loop.call_soon(self._send)
        if not call.result.set_running_or_notify_cancel():
            return
        if error is not None:
            call.result.set_exception(error)
        else:
            call.result.set_result(value)

    def _sent(self, value: Any, workers: frozenset[str]) -> Any:
        """A data set as a task whose result the workers keep; any other value unchanged."""
        if not isinstance(value, Dataset):
            return value
        key = (id(value), workers)
        if key not in self._sent_data:
            import dask

            with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TB"}):
                sent = self._client.submit(tasks.same, value, workers=[*workers], pure=False, retries=RETRIES)
            self._sent_data = {key: (value, sent)}  # a reference to the value, so that its id is not reused
        return self._sent_data[key][1]

    def _lost(self) -> ClusterError:
        self._is_lost = True
        return ClusterError(f"the connection to the scheduler at {self.address.url} was lost")

    def _fail(self, error: ClusterError) -> None:
        """Fail all waiting calls, and all calls that are submitted from now on."""
        with self._lock:
            self._failure = self._failure or error
            pending = [*self._pending]
        for future in pending:
            if future.set_running_or_notify_cancel():
                future.set_exception(self._failure)
        if not self._ready.done():
            self._ready.set_exception(error)
        self._closing.set()


def quiet_dask() -> None:
    """Silence Dask's log and its warning about other versions of libraries, for good.

    Exceptions report what matters, and the test run decides about the versions.
    """
    from distributed.versions import VersionMismatchWarning

    warnings.simplefilter("ignore", VersionMismatchWarning)
    for handler in logging.getLogger("distributed").handlers:
        handler.addFilter(lambda _record: False)
