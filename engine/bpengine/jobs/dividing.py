"""Dividing runs into jobs: as many side by side as are fast, and few enough that results come soon."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bpengine.config import TrainingConfig
from bpengine.datasets import Dataset
from bpengine.group import shape_of
from bpengine.jobs.job import Job
from bpengine.network import parameter_count
from bpengine.training_data import DATA_SETTINGS, make_dataset

MAX_LANES = 64
"""The most runs of a job."""
FEW_LANES = 16
"""As many runs of a job as make each run nearly as fast as in the largest one."""
VECTOR = 8
"""The lanes that one instruction of a processor works on: jobs of a multiple of it waste nothing."""
MAX_WORK = 2**27
"""The most work of a job of more than `FEW_LANES`, in parameters times samples: some 0.2 s, so that results
come soon."""
MAX_EPOCH_WORK = 5 * 10**7
"""The most work of an epoch of all runs of a job, between two of which the job can be given up."""
MAX_NUMBERS = 2**22
"""The most numbers of an array of all lanes: 32 MB."""
MIN_WORK = 2**25
"""The least work that is worth a call in another process: some 50 ms."""
NUMPY_FACTOR = 100
"""How many times as long as numba's lanes NumPy takes for the same work."""


def divided(
    configs: Sequence[TrainingConfig],
    source: Dataset | None = None,
    *,
    until: Sequence[int] | None = None,
    workers: int = 1,
    max_runs: int = MAX_LANES,
) -> list[Job]:
    """Divide runs into jobs of the same shape, so that each worker gets some of them.

    Args:
        configs: the settings of the runs.
        source: the user's own data; None for the data set that the configs name.
        until: how many epochs each run is to be trained; by default all of its own.
        workers: how many jobs are trained at a time.
        max_runs: the most runs of a job.

    Returns:
        The jobs, in the order in which to train them: that of their first runs.

    Raises:
        DataError: the data can't be used with the settings of a run.
    """
    ends = [config.epochs for config in configs] if until is None else until
    alike: dict[tuple[object, ...], list[int]] = {}
    for position, config in enumerate(configs):
        alike.setdefault((shape_of(config), ends[position]), []).append(position)
    share = -(-len(configs) // (VECTOR * workers)) * VECTOR
    sizes = _DataSizes(source)
    jobs = []
    for positions in alike.values():
        config, end = configs[positions[0]], ends[positions[0]]
        inputs, outputs, samples = sizes.of(config)
        parameters = parameter_count((inputs, *config.hidden_units, outputs))
        work = parameters * samples * end
        count = min(share, max_runs, _max_lanes(work, parameters, samples, outputs, end))
        for start in range(0, len(positions), count):
            mine = tuple(positions[start : start + count])
            runs = tuple(configs[position] for position in mine)
            jobs.append(Job(runs, end, mine, work * len(mine)))
    return sorted(jobs, key=lambda job: job.positions)


def _max_lanes(work: int, parameters: int, samples: int, outputs: int, epochs: int) -> int:
    """The most runs of a job, from 1 to `MAX_LANES`; `work` is that of one run."""
    by_work = max(MAX_WORK // work // VECTOR * VECTOR, FEW_LANES)
    by_epoch = MAX_EPOCH_WORK * epochs // work
    by_memory = MAX_NUMBERS // max(parameters, samples * outputs)
    return max(min(by_work, by_epoch, by_memory, MAX_LANES), 1)


class _DataSizes:
    """The sizes of data sets, each of which is made once."""

    def __init__(self, source: Dataset | None) -> None:
        self._source = source
        self._known: dict[tuple[object, ...], tuple[int, int, int]] = {}

    def of(self, config: TrainingConfig) -> tuple[int, int, int]:
        """The numbers of inputs, outputs and samples, those for the test included."""
        key = (config.task, *(getattr(config, name) for name in DATA_SETTINGS))
        if key not in self._known:
            dataset = make_dataset(config, self._source)
            samples = len(dataset) + (0 if dataset.test is None else len(dataset.test))
            self._known[key] = (dataset.inputs.shape[1], dataset.targets.shape[1], samples)
        return self._known[key]


def bundled(jobs: Sequence[Job], *, numpy: bool) -> Iterator[tuple[Job, ...]]:
    """Put jobs together that are each too small for a call in another process; they come first.

    Args:
        jobs: the jobs.
        numpy: whether NumPy trains them.
    """
    least = MIN_WORK // NUMPY_FACTOR if numpy else MIN_WORK
    bundle: list[Job] = []
    for job in jobs:
        if job.work < least:
            bundle.append(job)
        if sum(each.work for each in bundle) >= least:
            yield tuple(bundle)
            bundle = []
    if bundle:
        yield tuple(bundle)
    yield from ((job,) for job in jobs if job.work >= least)
