"""Chunks: runs of the same shape that one call trains, side by side where numba computes them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

from bpengine.config import TrainingConfig
from bpengine.datasets import Dataset
from bpengine.errors import DivergedError
from bpengine.group import Group, Outcome, shape_of
from bpengine.network import parameter_count
from bpengine.trainer import Trainer
from bpengine.training_data import make_dataset

MAX_LANES = 64
"""The most runs of a chunk."""
FEW_LANES = 16
"""As many runs of a chunk as make each run nearly as fast as in the largest chunk."""
VECTOR = 8
"""The lanes that one instruction of a processor works on: chunks that are a multiple of it waste nothing."""
MAX_WORK = 2**27
"""The most work of a chunk of more than `FEW_LANES`, in parameters times samples trained on: some 0.2 s, so
that results come soon."""
MAX_NUMBERS = 2**22
"""The most numbers of an array of all lanes: 32 MB."""
SLICE_MILLISECONDS = 50.0
"""How long a run alone trains before it is asked whether to stop."""


def chunks(
    configs: Sequence[TrainingConfig],
    source: Dataset | None = None,
    *,
    workers: int = 1,
    side_by_side: bool = True,
) -> list[tuple[int, ...]]:
    """Divide runs into chunks of the same shape, so that each worker gets some of them.

    Args:
        configs: the settings of the runs.
        source: the user's own data; None for the data set that the configs name.
        workers: how many chunks are trained at a time.
        side_by_side: whether runs may be trained side by side. If not, each run is a chunk, so that its
            result comes as soon as it has ended.

    Returns:
        The positions in `configs` of the runs of each chunk, in the order in which to train them.

    Raises:
        DataError: the data can't be used with the settings of a run.
    """
    if not side_by_side:
        return [(position,) for position in range(len(configs))]
    by_shape: dict[tuple[object, ...], list[int]] = {}
    for position, config in enumerate(configs):
        by_shape.setdefault(shape_of(config), []).append(position)
    share = -(-len(configs) // (VECTOR * workers)) * VECTOR
    divided = []
    for positions in by_shape.values():
        size = min(share, _max_lanes(configs[positions[0]], source))
        divided += [tuple(positions[start : start + size]) for start in range(0, len(positions), size)]
    return sorted(divided)


def _max_lanes(config: TrainingConfig, source: Dataset | None) -> int:
    """The most runs of this shape in a chunk, from 1 to `MAX_LANES`: what memory and `MAX_WORK` allow."""
    dataset = make_dataset(config, source)
    sizes = (dataset.inputs.shape[1], *config.hidden_units, dataset.targets.shape[1])
    parameters = parameter_count(sizes)
    by_work = MAX_WORK // (parameters * len(dataset) * config.epochs) // VECTOR * VECTOR
    by_memory = MAX_NUMBERS // max(parameters, dataset.targets.size)
    return max(min(max(by_work, FEW_LANES), by_memory, MAX_LANES), 1)


def train_chunk(
    configs: Sequence[TrainingConfig],
    source: Dataset | None = None,
    *,
    kernel: str = "auto",
    stopped: Callable[[], bool] = lambda: False,
) -> list[Outcome]:
    """Train runs of the same shape to their ends; each has the same numbers as alone with this kernel.

    Args:
        configs: the settings of each run, which may differ in those of `group.OWN`.
        source: the user's own data; None for the data set that the configs name.
        kernel: auto, numpy or numba.
        stopped: whether to give up. It is asked every few milliseconds.

    Returns:
        What became of each run; the runs that were given up are missing at the end.

    Raises:
        ConfigError: the kernel can't be used.
        DataError: the data can't be used.
    """
    trainer = Trainer(configs[0], source, kernel=kernel)
    if trainer.kernel.name != "numba":
        return _one_by_one(configs, source, kernel, stopped)
    group = Group(configs, source)
    while group.advance(configs[0].epochs):
        if stopped():
            return []
    return group.outcomes()


def _one_by_one(
    configs: Sequence[TrainingConfig], source: Dataset | None, kernel: str, stopped: Callable[[], bool]
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for config in configs:
        trainer = Trainer(config, source, kernel=kernel)
        with contextlib.suppress(DivergedError):
            while not trainer.finished:
                if stopped():
                    return outcomes
                trainer.run_for(SLICE_MILLISECONDS)
        outcomes.append(_outcome(trainer))
    return outcomes


def _outcome(trainer: Trainer) -> Outcome:
    last = trainer.history.last
    return Outcome(
        config=trainer.config,
        epochs_done=trainer.epochs_done,
        error=None if last is None else last.error,
        test_error=None if last is None else last.test_error,
        stop_reason="diverged" if trainer.divergence is not None else trainer.stop_reason,
    )
