"""Runs as content of a file: their settings, samples, states and changes.

A setting that is missing takes its default, so that files from before it was added can still be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.checkpoint.codec import decode, encode, fits
from bpengine.checkpoint.container import Content, ForeignError, damaged
from bpengine.checkpoint.histories import SavedHistory
from bpengine.checkpoint.source import SavedSource
from bpengine.choices import TASKS
from bpengine.config import TrainingConfig
from bpengine.data import Dataset
from bpengine.edits import Edit, effects_of
from bpengine.errors import ConfigError, DataError, DivergedError
from bpengine.hyperparameters import FIELD, FIELDS
from bpengine.network import parameter_count
from bpengine.optimizers import OPTIMIZERS
from bpengine.run import MAX_CHANGES, Change, RunState, edits_among
from bpengine.training_data import data_of, data_work, make_dataset
from bpengine.wording import shown

MAX_WORK = 130_000_000
"""The most `data_work` of all runs of a file, each of whose samples are made to check it: about a second."""
_TOO_MUCH = "have samples that together take too long to make"
_WORDS = 624
"""The number of 32-bit words in the state of the Mersenne Twister."""


@dataclass(frozen=True, slots=True)
class _File:
    """The runs in a file by name, and the user's own samples by numbers in the runs."""

    data: dict[str, SavedSource]
    runs: dict[str, _Run]


@dataclass(frozen=True, slots=True)
class _Generator:
    """The state of the random generator."""

    key: IntArray
    pos: int
    has_gauss: int
    gauss: float


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """What a file holds of a run; see `RunState` for fields with the same name."""

    config: dict[str, Any]
    data: str | None
    began_with: dict[str, Any] | None
    """What the first settings had different from the last ones; None if the origin is unknown."""
    changes: tuple[tuple[int, int, Edit | dict[str, Any]], ...]
    """The epoch, the sample, and an edit or what changed of the settings."""
    epochs_done: int
    samples_done: int
    updates: int
    diverged: bool
    generator: _Generator
    history: SavedHistory
    parameters: Array
    buffers: dict[str, Array]
    """Those of the optimizer by name, in its order."""
    order: IntArray
    losses: Array


_COPIED = ("epochs_done", "samples_done", "updates", "parameters", "losses")
"""The fields that `RunState` has as well."""


def encode_runs(runs: Mapping[str, RunState]) -> Content:
    """The runs as content, by name. Samples that several runs share are written once.

    Raises:
        DamagedError: `decode_runs` would refuse the user's own samples, or all samples together.
    """
    different = {data_of(run.config, run.source): run for run in runs.values()}
    if sum(data_work(run.config, run.source) for run in different.values()) > MAX_WORK:
        raise damaged("the runs", _TOO_MUCH)
    sources = {id(run.source): run.source for run in runs.values() if run.source is not None}
    names = {key: str(number) for number, key in enumerate(sources)}
    saved = {name: _saved(run, names.get(id(run.source))) for name, run in runs.items()}
    data = {names[key]: SavedSource.of(source) for key, source in sources.items()}
    content: Content = encode(_File(data, saved))
    return content


def decode_runs(content: Content, most: int) -> dict[str, RunState]:
    """The runs that `encode_runs` encoded; at most so many.

    Raises:
        DamagedError: no run can have these values.
        ForeignError: a newer version has written them.
    """
    runs = content.get("runs")
    if isinstance(runs, dict) and len(runs) > most:
        raise damaged("runs", f"are more than {most}")
    file: _File = decode(_File, content, "")
    sources = {name: source.dataset(f"data.{name}") for name, source in file.data.items()}
    made: dict[object, Dataset] = {}
    work, decoded = 0, {}
    for name, run in file.runs.items():
        where = f"runs.{name}"
        config = decode_config(run.config, f"{where}.config")
        if run.data is not None and run.data not in sources:
            raise damaged(f"{where}.data", "is not among the data of the file")
        source = None if run.data is None else sources[run.data]
        if (data := data_of(config, source)) not in made:
            try:
                work += data_work(config, source)
                if work > MAX_WORK:
                    raise damaged("runs", _TOO_MUCH)
                made[data] = make_dataset(config, source)
            except (ConfigError, DataError) as error:
                raise damaged(where, f"is not possible: {error}") from None
        decoded[name] = _restored(run, config, source, made[data], where)
    return decoded


def encode_config(config: TrainingConfig) -> Content:
    """The settings as content."""
    return {"task": config.task, **{field.name: encode(getattr(config, field.name)) for field in FIELDS}}


def decode_config(value: Any, where: str) -> TrainingConfig:
    """The settings that `encode_config` encoded; those that are missing take the defaults of the task.

    Raises:
        DamagedError: there is no known task, or a value is not allowed.
        ForeignError: a newer version has written them.
    """
    if not isinstance(value, dict) or value.get("task") not in TASKS:
        raise damaged(where, "has no known task")
    for name in value:
        if name not in FIELD and name != "task":
            raise ForeignError(f"has an unknown setting: {shown(name)}")
    try:
        return TrainingConfig.defaults(**value)
    except ConfigError as error:
        raise damaged(where, f"is not possible: {error}") from None


def _saved(state: RunState, data: str | None) -> _Run:
    generator = state.generator
    changes: list[tuple[int, int, Edit | dict[str, Any]]] = []
    before = state.began or state.config
    began_with = None if state.began is None else before.differences(state.config)
    for position, value in state.changes:
        changes.append((*position, value if isinstance(value, Edit) else value.differences(before)))
        before = before if isinstance(value, Edit) else value
    inner = generator["state"]
    names = [buffer.name for buffer in OPTIMIZERS[state.config.optimizer].buffers]
    return _Run(
        config=encode_config(state.config),
        data=data,
        began_with=began_with,
        changes=tuple(changes),
        diverged=state.divergence is not None,
        generator=_Generator(
            inner["key"].astype(np.int64), int(inner["pos"]), int(generator["has_gauss"]), generator["gauss"]
        ),
        history=SavedHistory.of(state.history),
        buffers=dict(zip(names, state.buffers, strict=True)),
        # Between two epochs, the order is left over from the one before.
        order=state.order if state.samples_done else np.arange(len(state.order)),
        **{name: getattr(state, name) for name in _COPIED},
    )


def _restored(
    run: _Run, config: TrainingConfig, source: Dataset | None, dataset: Dataset, where: str
) -> RunState:
    """The run, after checking whatever later code relies on."""
    sizes = (dataset.inputs.shape[1], *config.hidden_units, dataset.targets.shape[1])
    samples, count = len(dataset), parameter_count(sizes)
    epochs, done, batch_size = run.epochs_done, run.samples_done, min(config.batch_size or samples, samples)
    updates = epochs * -(-samples // batch_size) + done // batch_size
    kept = OPTIMIZERS[config.optimizer].buffers
    key = run.generator.key
    for name, holds in {
        "samples_done": done in range(0, samples, batch_size),
        "updates": run.updates == updates,
        "parameters": fits(run.parameters, count),
        "buffers": [*run.buffers] == [buffer.name for buffer in kept],
        **{
            f"buffers.{buffer.name}": fits(numbers, count)
            and (buffer.is_negative or bool((numbers >= 0).all()))
            for buffer, numbers in zip(kept, run.buffers.values(), strict=False)
        },
        "order": fits(run.order, samples) and np.array_equal(np.sort(run.order), np.arange(samples)),
        "losses": fits(run.losses, done),
        "generator.key": fits(key, _WORDS) and 0 <= key.min() <= key.max() < 2**32 and key.any(),
        "generator.pos": 0 <= run.generator.pos <= _WORDS,
        "generator.has_gauss": run.generator.has_gauss in (0, 1),
    }.items():
        if not holds:
            raise damaged(f"{where}.{name}", "does not go together with the settings and the data")
    began, changes = _changes(run, config, range(0, samples, batch_size), where)
    try:
        effects = effects_of(sizes, edits_among(changes))
    except ConfigError as error:
        raise damaged(f"{where}.changes", f"has an edit that is not possible: {error}") from None
    if reason := effects.disagreement(run.parameters):
        raise damaged(f"{where}.parameters", f"does not go together with the edits: {reason}")
    tests = dataset.test is not None
    inner = {"key": key.astype(np.uint32), "pos": run.generator.pos}
    random = {"has_gauss": run.generator.has_gauss, "gauss": run.generator.gauss}
    return RunState(
        source=source,
        sizes=sizes,
        config=config,
        samples_processed=done,
        buffers=np.array([*run.buffers.values()]).reshape(-1, count),
        generator={"bit_generator": "MT19937", "state": inner, **random},
        order=run.order,
        history=run.history.history(
            f"{where}.history", epochs_done=epochs, epochs=config.epochs, tests=tests
        ),
        divergence=DivergedError(epochs, done) if run.diverged else None,
        began=began,
        changes=changes,
        **{name: getattr(run, name) for name in _COPIED},
    )


def _changes(
    run: _Run, config: TrainingConfig, steps: range, where: str
) -> tuple[TrainingConfig | None, tuple[Change, ...]]:
    """The settings that the run began with if they are known, and its changes.

    Args:
        run: the run.
        config: its settings.
        steps: the samples at which a step of an epoch begins.
        where: the place of the run in messages.
    """
    place, before = f"{where}.changes", (0, 0)
    if len(run.changes) > MAX_CHANGES:
        raise damaged(place, f"are more than {MAX_CHANGES:,}")
    first = current = _changed(config, run.began_with or {}, place)
    changes: list[Change] = []
    for epoch, sample, change in run.changes:
        position = (epoch, sample)
        if not before <= position <= (run.epochs_done, run.samples_done) or sample not in steps:
            raise damaged(place, "is not in order, or not between two steps of the run")
        before = position
        if isinstance(change, Edit):
            if position != (change.epoch, change.sample):
                raise damaged(place, "has an edit of another step")
            changes.append(Change(position, change))
        else:
            current = _changed(current, change, place)
            changes.append(Change(position, current))
    if current != config:
        raise damaged(place, "does not lead to the settings of the run")
    return None if run.began_with is None else first, tuple(changes)


def _changed(config: TrainingConfig, settings: Content, where: str) -> TrainingConfig:
    for name in settings:
        if name not in FIELD or FIELD[name].needs_restart:
            raise damaged(where, "has a setting that can't change during a run")
    try:
        return config.replace(**settings)
    except ConfigError as error:
        raise damaged(where, f"is not possible: {error}") from None
