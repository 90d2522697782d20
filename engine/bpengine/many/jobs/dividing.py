"""Dividing runs into jobs: enough runs side by side to be fast, but few enough for early results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bpengine.config import TrainingConfig
from bpengine.data import Dataset
from bpengine.kernels.loading import is_installed
from bpengine.many.group import shape_of
from bpengine.many.jobs.job import Job
from bpengine.network import network_sizes, parameter_count
from bpengine.training_data import DATA_SETTINGS, make_dataset

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
    sizes = _DataSizes(source)
    jobs = []
    for positions in alike.values():
        config, end = configs[positions[0]], ends[positions[0]]
        inputs, outputs, trained, tested = sizes.of(config)
        layers = network_sizes(inputs, config.hidden_units, outputs)
        parameters, samples = parameter_count(layers), trained + tested
        count = min(share, max_lanes(parameters, samples, outputs, end))
        count = min(count, max_runs or (count if may_be_compiled else 1))
        work = parameters * samples * end * (1 if may_be_compiled else NUMPY_FACTOR)
        for start in range(0, len(positions), count):
            mine = tuple(positions[start : start + count])
            runs = tuple(configs[position] for position in mine)
            jobs.append(Job(runs, end, mine, work * len(mine)))
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


class _DataSizes:
    """The sizes of data sets; each data set is created only once."""

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
