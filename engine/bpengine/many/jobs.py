"""Jobs: many runs, divided into groups that are trained side by side, on threads or with any executor."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from abc import abstractmethod
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from bpengine.arithmetic.arrays import Array
from bpengine.config import TrainingConfig
from bpengine.data import Dataset
from bpengine.errors import DivergedError
from bpengine.kernels.choice import lanes_are_ready, load_lanes_for
from bpengine.kernels.loading import is_installed
from bpengine.many.group import SLICE_MILLISECONDS, Group, Outcome, shape_of
from bpengine.network.network import network_sizes, parameter_count
from bpengine.training.trainer import Trainer
from bpengine.training.training_data import data_of, make_dataset

Stopped = Callable[[], bool]
"""Called between slices of training: returns whether to give up. It may wait."""
Outcomes = list[Outcome | None]
"""The outcomes of the runs of a job; None for runs that were given up."""


@dataclass(frozen=True, slots=True)
class Job:
    """Runs of the same shape that are trained to the same epoch, side by side in machine code."""

    configs: tuple[TrainingConfig, ...]
    """The settings of each run, which may differ in those of `group.PER_RUN_SETTINGS`."""
    until: int
    """How many epochs to train."""
    positions: tuple[int, ...] = ()
    """The positions of the runs in the list that was divided into jobs."""
    work: int = 0
    """The work of all runs: parameters times samples, times `NUMPY_FACTOR` with NumPy."""
    source: Dataset | None = None
    """The user's own data; None for the data set that the configs name."""
    kernel: str = "auto"
    """auto, numpy or numba."""
    keeps_weights: bool = False
    """Whether the outcomes have the weights and biases."""

    def train(self, stopped: Stopped = lambda: False) -> Outcomes:
        """Train the runs. Each has the same numbers as when it is trained alone.

        Args:
            stopped: returns whether to give up; called every few milliseconds.

        Returns:
            The outcome of each run; None for runs that were given up.

        Raises:
            ConfigError: the kernel can't be used.
            DataError: the data can't be used.
        """
        training = Training(self)
        while not stopped() and training.advance():
            pass
        return training.outcomes


class Training:
    """A job in training. One thread at a time may use it.

    auto trains run by run until the machine code for runs side by side is loaded, and those that are left
    side by side.

    Args:
        job: the job.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._ended: list[tuple[Outcome, Array]] = []  # the runs that were trained alone, with their weights
        self._trainer: Trainer | None = None
        self._group: Group | None = None

    def advance(self) -> bool:
        """Train for some milliseconds, or for an epoch of runs side by side; return whether more is left.

        Raises:
            ConfigError: the kernel can't be used.
            DataError: the data can't be used.
        """
        if self._group is None and self._trainer is None:
            job, left = self._job, self._job.configs[len(self._ended) :]
            if len(left) > 1 and lanes_are_ready(job.kernel):
                self._group = Group(left, job.source)
            else:
                self._trainer = Trainer(left[0], job.source, kernel=job.kernel)
        if self._group is not None:
            return self._group.advance(self._job.until)
        if self._trainer is not None and not self._goes_on(self._trainer):
            self._ended.append((Outcome.of(self._trainer), self._trainer.network.parameters.copy()))
            self._trainer = None
        return len(self._ended) < len(self._job.configs)

    def _goes_on(self, trainer: Trainer) -> bool:
        """Train a run alone, which can be given up within an epoch; return whether more of it is left."""
        until = self._job.until
        with contextlib.suppress(DivergedError):
            if not trainer.finished and (left := trainer.samples_to(until)) > 0:
                trainer.run_for(SLICE_MILLISECONDS, max_samples=left)
            return not trainer.finished and trainer.samples_to(until) > 0
        return False

    @property
    def outcomes(self) -> Outcomes:
        """The outcome of each run; None for those that have not ended."""
        until = self._job.until
        outcomes: Outcomes = [outcome for outcome, _ in self._ended]
        if self._group is not None:
            outcomes += [
                outcome if outcome.stop_reason or outcome.epochs_done >= until else None
                for outcome in self._group.outcomes()
            ]
        if self._job.keeps_weights:
            known = zip(outcomes, self.weights, strict=True)
            outcomes = [outcome and outcome._replace(weights=weights) for outcome, weights in known]
        return outcomes + [None] * (len(self._job.configs) - len(outcomes))

    @property
    def weights(self) -> list[Array]:
        """The weights and biases of each run, once all have ended, in the order of `Network.parameters`."""
        alone = [weights for _, weights in self._ended]
        group = self._group
        return alone if group is None else alone + list(map(group.parameters, range(len(group.configs))))


RUNS = (
    TrainingConfig.defaults(
        "classification", dataset="spiral", samples=40, hidden_units=(6, 6), activation="tanh",
        init_scale=0.5, epochs=30,
    ),
    TrainingConfig.defaults(
        "regression", samples=30, activation="sin", optimizer="adam", batch_size=5, l2=1e-4, epochs=40
    ),
)  # fmt: skip
"""Runs that use exp, tanh, sin and cos, and whose weights depend on every bit of their results."""


def probe() -> str:
    """Train the test runs, each from two starts side by side if possible, and hash their errors.

    Returns:
        The hash: 16 hexadecimal digits, the same on every machine that keeps to IEEE 754.
    """
    digest = hashlib.sha256()
    for run in RUNS:
        for outcome in Job((run, run.replace(seed=1)), run.epochs).train():
            assert outcome is not None
            digest.update(repr((outcome.error, outcome.stop_reason)).encode())
    return digest.hexdigest()[:16]


MAX_LANES = 64
"""The most runs of a job."""
FEW_LANES = 16
"""The number of runs with which a job is nearly as fast per run as the largest job."""
VECTOR = 8
"""The most lanes of one vector instruction on any processor. Jobs with a multiple of this waste none."""
MAX_WORK = 2**27
"""The most work of a job with more than `FEW_LANES` runs, in parameters times samples: about 0.2 s, so that
results come early."""
MAX_EPOCH_WORK = 2 * 10**7
"""The most work in one epoch of all runs of a job. A job can be given up only between epochs:
30 ms."""
MAX_NUMBERS = 2**22
"""The most numbers in an array of all lanes: 32 MB."""
MIN_WORK = 2**25
"""The least work of numba's lanes that is worth a call in another process: about 50 ms."""
NUMPY_FACTOR = 100
"""How many times as long as numba's lanes NumPy takes for the same work."""


def divided(
    configs: Sequence[TrainingConfig],
    source: Dataset | None = None,
    *,
    kernel: str = "auto",
    until: Sequence[int] | None = None,
    workers: int = 1,
    max_runs: int | None = None,
    keeps_weights: bool = False,
) -> list[Job]:
    """Divide runs into jobs of the same shape, so that each worker gets some of them.

    Args:
        configs: the settings of the runs.
        source: the user's own data; None for the data set that the configs name.
        kernel: the kernel of the runs: auto, numpy or numba. auto counts as numba if numba is installed; it
            is not loaded to check that it works.
        until: how many epochs each run is trained; by default all of its epochs.
        workers: how many jobs are trained at a time.
        max_runs: the most runs of a job. By default, a job with NumPy has one run: NumPy trains one by one
            anyway, and this way each result is known at once.
        keeps_weights: see `Job.keeps_weights`.

    Returns:
        The jobs, in the order of their first runs.

    Raises:
        ConfigError: a network is too large.
        DataError: the data can't be used with the settings of a run.
    """
    ends = [config.epochs for config in configs] if until is None else until
    alike: dict[tuple[object, ...], list[int]] = {}
    for position, config in enumerate(configs):
        alike.setdefault((shape_of(config), ends[position]), []).append(position)
    may_be_compiled = kernel == "numba" or (kernel == "auto" and is_installed())
    share = -(-len(configs) // (VECTOR * workers)) * VECTOR
    sizes: dict[object, tuple[int, int, int]] = {}  # each data set is made only once, and not kept
    jobs = []
    for positions in alike.values():
        config, end = configs[positions[0]], ends[positions[0]]
        if (data := data_of(config, source)) not in sizes:
            dataset = make_dataset(config, source)
            samples = len(dataset) + len(dataset.test or ())
            sizes[data] = dataset.inputs.shape[1], dataset.targets.shape[1], samples
        inputs, outputs, samples = sizes[data]
        parameters = parameter_count(network_sizes(inputs, config.hidden_units, outputs))
        count = min(share, max_lanes(parameters, samples, outputs, end))
        count = min(count, max_runs or (count if may_be_compiled else 1))
        work = parameters * samples * end * (1 if may_be_compiled else NUMPY_FACTOR)
        for start in range(0, len(positions), count):
            mine = tuple(positions[start : start + count])
            runs = tuple(configs[position] for position in mine)
            jobs.append(Job(runs, end, mine, work * len(mine), source, kernel, keeps_weights))
    return sorted(jobs, key=lambda job: job.positions)


def max_lanes(parameters: int, samples: int, outputs: int, epochs: int = 1) -> int:
    """The most runs to train side by side, from 1 to `MAX_LANES`.

    Args:
        parameters: the parameters of the network.
        samples: how many samples there are, the test samples among them.
        outputs: the outputs of the network.
        epochs: how many epochs are trained before the results are known.
    """
    epoch_work = parameters * samples
    by_work = max(MAX_WORK // (epoch_work * max(epochs, 1)) // VECTOR * VECTOR, FEW_LANES)
    by_epoch = MAX_EPOCH_WORK // epoch_work
    by_memory = MAX_NUMBERS // max(parameters, samples * outputs)
    return max(min(by_work, by_epoch, by_memory, MAX_LANES), 1)


def bundled(jobs: Sequence[Job]) -> Iterator[tuple[Job, ...]]:
    """Combine jobs that are too small for separate calls in another process; these come first."""
    bundle: list[Job] = []
    for job in jobs:
        if job.work < MIN_WORK:
            bundle.append(job)
        if sum(job.work for job in bundle) >= MIN_WORK:
            yield tuple(bundle)
            bundle = []
    if bundle:
        yield tuple(bundle)
    yield from ((job,) for job in jobs if job.work >= MIN_WORK)


POLL_SECONDS = 0.05
"""The time between two checks whether to stop."""


class RemoteExecutor(Executor):
    """An executor whose calls run in other processes, and can find out there that they should end."""

    @property
    @abstractmethod
    def slots(self) -> int:
        """How many calls it executes at a time."""

    given_up: Callable[[], bool]
    """Called by a call in its process: whether its result is no longer wanted. Can be pickled."""


def processors() -> int:
    """The number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def outcomes_as_they_come(
    configs: Sequence[TrainingConfig],
    source: Dataset | None = None,
    *,
    kernel: str = "auto",
    executor: RemoteExecutor | None = None,
    keeps_weights: bool = False,
    stopped: Stopped = lambda: False,
) -> Iterator[tuple[int, Outcome]]:
    """Train all runs to their ends, and yield each one's position and outcome as soon as it is known.

    A run has the same numbers as when it is trained alone with this kernel, on any executor.

    Closing the iterator, or `stopped`, ends the training: nothing is left running.

    Args:
        configs: the settings of the runs, of any shapes.
        source: the user's own data; None for the data sets that the configs name.
        kernel: auto, numpy or numba.
        executor: trains the jobs; by default a thread for each processor, after the machine code has been
            loaded. It is not shut down.
        keeps_weights: see `Job.keeps_weights`.
        stopped: whether to give up. It may be called from any thread.

    Raises:
        ConfigError: the kernel can't be used.
        DataError: the data can't be used.
    """
    if executor is None:
        load_lanes_for(kernel)
    workers = processors() if executor is None else executor.slots
    jobs = divided(configs, source, kernel=kernel, workers=workers, keeps_weights=keeps_weights)
    with contextlib.closing(trained(jobs, executor, stopped)) as results:
        for job, outcomes in results:
            for position, outcome in zip(job.positions, outcomes, strict=True):
                if outcome is not None:
                    yield position, outcome


def trained(
    jobs: Sequence[Job], executor: RemoteExecutor | None = None, stopped: Stopped = lambda: False
) -> Generator[tuple[Job, Outcomes]]:
    """Train the jobs, and yield each with its outcomes as soon as it has ended.

    When it is stopped, the jobs in progress on threads are yielded last, with the runs that had ended; jobs
    that an executor had completed are yielded as well. Closing the iterator also ends the training.

    Args:
        jobs: the jobs to train.
        executor: trains the jobs; by default a thread for each processor. It is not shut down.
        stopped: returns whether to give up. It is called in the threads that train, or in this one if there
            is an executor.
    """
    if stopped():  # no thread takes a job once the interpreter exits
        return
    ended = threading.Event()
    waiting: dict[Future[list[Outcomes]], tuple[Job, ...]] = {}
    done: SimpleQueue[Future[list[Outcomes]]] = SimpleQueue()

    def give_up() -> None:
        ended.set()
        for future in [*waiting]:
            future.cancel()

    with contextlib.ExitStack() as stack:
        if executor is None:
            threads = ThreadPoolExecutor(processors(), thread_name_prefix="bpengine")
            submit = stack.enter_context(threads).submit
            bundles: Iterable[tuple[Job, ...]] = [(job,) for job in jobs]
        else:
            submit, bundles = executor.submit, bundled(jobs)
        given_up = (lambda: ended.is_set() or stopped()) if executor is None else executor.given_up
        stack.callback(give_up)  # before the threads are waited for
        for bundle in bundles:
            future = submit(train_all, bundle, stopped=given_up)
            waiting[future] = bundle
            future.add_done_callback(done.put)
        while waiting and (executor is None or not stopped()):
            try:
                future = done.get(timeout=POLL_SECONDS)
            except Empty:
                continue
            bundle = waiting.pop(future)
            if future.cancelled():
                continue
            yield from zip(bundle, future.result(), strict=True)
            if any(None in outcomes for outcomes in future.result()):
                give_up()
        give_up()
        for future, bundle in waiting.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                yield from zip(bundle, future.result(), strict=True)


def train_all(jobs: Sequence[Job], stopped: Stopped) -> list[Outcomes]:
    """Train jobs one after the other, such as those that share a call in another process."""
    return [job.train(stopped) for job in jobs]
