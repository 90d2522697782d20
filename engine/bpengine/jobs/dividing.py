"""Dividing runs into jobs: as many side by side as are fast, and few enough that results come soon."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bpengine.config import TrainingConfig
from bpengine.datasets import Dataset
from bpengine.group import shape_of
from bpengine.jobs.job import Job
from bpengine.kernels.choice import numba_is_faster
from bpengine.kernels.loading import is_installed
from bpengine.network import parameter_count
from bpengine.training_data import DATA_SETTINGS, make_dataset

MAX_LANES = 64
"""The most runs of a job."""
FEW_LANES = 16
"""As many runs of a job as make each run nearly as fast as in the largest one."""
VECTOR = 8
"""The most lanes that one instruction of any processor works on: jobs of a multiple of it waste nothing."""
MAX_WORK = 2**27
"""The most work of a job of more than `FEW_LANES`, in parameters times samples: some 0.2 s, so that results
come soon."""
MAX_EPOCH_WORK = 5 * 10**7
"""The most work of an epoch of all runs of a job, between two of which the job can be given up."""
MAX_NUMBERS = 2**22
"""The most numbers of an array of all lanes: 32 MB."""
MIN_WORK = 2**25
"""The least work of numba's lanes that is worth a call in another process: some 50 ms."""
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
) -> list[Job]:
    """Divide runs into jobs of the same shape, so that each worker gets some of them.

    Args:
        configs: the settings of the runs.
        source: the user's own data; None for the data set that the configs name.
        kernel: what the runs will be trained with: auto, numpy or numba. numba is not loaded to find out
            whether auto can be numba: it is if numba is installed.
        until: how many epochs each run is to be trained; by default all of its own.
        workers: how many jobs are trained at a time.
        max_runs: the most runs of a job. By default, a job of NumPy has one run, since NumPy trains one by
            one and so can tell of each as it ends.

    Returns:
        The jobs, in the order in which to train them: that of their first runs.

    Raises:
        DataError: the data can't be used with the settings of a run.
    """
    ends = [config.epochs for config in configs] if until is None else until
    alike: dict[tuple[object, ...], list[int]] = {}
    for position, config in enumerate(configs):
        alike.setdefault((shape_of(config), ends[position]), []).append(position)
    has_numba = kernel == "numba" or (kernel == "auto" and is_installed())
    share = -(-len(configs) // (VECTOR * workers)) * VECTOR
    sizes = _DataSizes(source)
    jobs = []
    for positions in alike.values():
        config, end = configs[positions[0]], ends[positions[0]]
        inputs, outputs, trained, tested = sizes.of(config)
        layers = (inputs, *config.hidden_units, outputs)
        parameters, samples = parameter_count(layers), trained + tested
        count = min(share, _max_lanes(parameters, samples, outputs, end))
        batch = min(config.batch_size or trained, trained)
        with_numba = has_numba and (kernel == "numba" or numba_is_faster(layers, batch))
        count = min(count, max_runs or (count if with_numba else 1))
        work = parameters * samples * end * (1 if with_numba else NUMPY_FACTOR)
        for start in range(0, len(positions), count):
            mine = tuple(positions[start : start + count])
            runs = tuple(configs[position] for position in mine)
            jobs.append(Job(runs, end, mine, work * len(mine)))
    return sorted(jobs, key=lambda job: job.positions)


def _max_lanes(parameters: int, samples: int, outputs: int, epochs: int) -> int:
    """The most runs of a job, from 1 to `MAX_LANES`."""
    epoch_work = parameters * samples
    by_work = max(MAX_WORK // (epoch_work * max(epochs, 1)) // VECTOR * VECTOR, FEW_LANES)
    by_epoch = MAX_EPOCH_WORK // epoch_work
    by_memory = MAX_NUMBERS // max(parameters, samples * outputs)
    return max(min(by_work, by_epoch, by_memory, MAX_LANES), 1)


class _DataSizes:
    """The sizes of data sets, each of which is made once."""

    def __init__(self, source: Dataset | None) -> None:
        self._source = source
        self._known: dict[tuple[object, ...], tuple[int, int, int, int]] = {}

    def of(self, config: TrainingConfig) -> tuple[int, int, int, int]:
        """The numbers of inputs, outputs, training samples and test samples."""
        key = (config.task, *(getattr(config, name) for name in DATA_SETTINGS))
        if key not in self._known:
            dataset = make_dataset(config, self._source)
            tested = 0 if dataset.test is None else len(dataset.test)
            inputs, outputs = dataset.inputs.shape[1], dataset.targets.shape[1]
            self._known[key] = (inputs, outputs, len(dataset), tested)
        return self._known[key]


def bundled(jobs: Sequence[Job]) -> Iterator[tuple[Job, ...]]:
    """Put jobs together that are each too small for a call in another process; they come first."""
    bundle: list[Job] = []
    for job in jobs:
        if job.work < MIN_WORK:
            bundle.append(job)
        if sum(each.work for each in bundle) >= MIN_WORK:
            yield tuple(bundle)
            bundle = []
    if bundle:
        yield tuple(bundle)
    yield from ((job,) for job in jobs if job.work >= MIN_WORK)
