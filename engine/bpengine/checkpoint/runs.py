"""Runs as content of a file: their settings, samples, states and changes.

A setting that is missing takes its default, so that files from before it was added can still be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.checkpoint.codec import MAX_TEXT, decode, encode, fits
from bpengine.checkpoint.container import Content, DamagedError, ForeignError, damaged
from bpengine.choices import TASKS, Task
from bpengine.config import TrainingConfig
from bpengine.data import Dataset
from bpengine.data.checks import LARGEST
from bpengine.data.raw_columns import RawColumn
from bpengine.errors import ConfigError, DataError, DivergedError
from bpengine.hyperparameters import FIELD, FIELDS, MAX_EPOCHS
from bpengine.network.network import parameter_count
from bpengine.network.optimizers import OPTIMIZERS
from bpengine.training.edits import Edit, effects_of
from bpengine.training.history import EpochRecord, History
from bpengine.training.run import MAX_CHANGES, Change, RunState, edits_among
from bpengine.training.training_data import data_of, data_work, make_dataset
from bpwords import printable, shown

MAX_WORK = 130_000_000
"""The most `data_work` of all runs of a file, each of whose samples are made to check it: about a second."""
_TOO_MUCH = "have samples that together take too long to make"


@dataclass(frozen=True, slots=True, eq=False)
class SavedSource:
    """What a file holds of a `Dataset`. The function that may have generated the samples is lost."""

    name: str
    task: Task
    coordinates: Array
    targets: Array
    test: tuple[Array, Array] | None
    domain: tuple[tuple[float, float], ...]
    features: tuple[str, ...]
    target: str
    classes: tuple[str, ...]
    border: Array | None
    columns: tuple[RawColumn, ...]

    @staticmethod
    def of(source: Dataset) -> SavedSource:
        """The samples.

        Raises:
            DamagedError: `dataset` would refuse them.
        """
        names = {name: printable(getattr(source, name), MAX_TEXT) for name in ("name", "target")}
        lists = {
            name: tuple(printable(text, MAX_TEXT) for text in getattr(source, name))
            for name in ("features", "classes")
        }
        columns = (replace(column, name=printable(column.name, MAX_TEXT)) for column in source.columns)
        same = {name: getattr(source, name) for name in _SAME}
        test = None if source.test is None else (source.test.coordinates, source.test.targets)
        saved = SavedSource(**same | names | lists | {"columns": tuple(columns)}, test=test)
        decode(SavedSource, encode(saved), "data").dataset("data")
        return saved

    def dataset(self, where: str) -> Dataset:
        """The samples before standardization.

        Args:
            where: their place in messages.

        Raises:
            DamagedError: no run can have such samples.
        """
        for array in (self.coordinates, self.targets, *(self.test or ())):
            if not fits(array, None, None) or 0 in array.shape or np.abs(array).max() > LARGEST:
                raise damaged(where, f"has numbers outside {-LARGEST:g} to {LARGEST:g}, or no rows")
        inputs = self.coordinates.shape[1]
        for name, holds in {
            "domain": len(self.domain) == inputs and all(low < high for low, high in self.domain),
            "features": len(self.features) == inputs,
            "border": self.border is None or self.border.shape[1:] == (2,),
            "columns": all(map(_is_possible, self.columns)),
        }.items():
            if not holds:
                raise damaged(f"{where}.{name}", "does not go together with the samples")
        try:
            source = Dataset.of(**{name: getattr(self, name) for name in _SAME})
            if self.test is None:
                return source
            coordinates, targets = self.test
            test = replace(source, inputs=coordinates, targets=targets, coordinates=coordinates)
            return replace(source, test=test)
        except DataError as error:
            raise DamagedError(f"{where}: {error}") from None


_SAME = tuple(field.name for field in fields(SavedSource) if field.name != "test")
"""The fields that a `Dataset` has as well."""


def _is_possible(column: RawColumn) -> bool:
    numbers, categories = (column.origin, *column.fill), column.categories
    return (
        (column.kind == "text") == bool(categories)
        and len(set(categories)) == len(categories)
        and len(column.fill) in (0, column.width)
        and all(abs(number) <= LARGEST for number in numbers)
    )


@dataclass(frozen=True, slots=True, eq=False)
class SavedHistory:
    """The records of a `History`, in columns."""

    counts: tuple[int, int, int, int]
    """How many of the records are in `kept`, `reports`, `best` and `last`; they come in this order."""
    epoch: IntArray
    epochs: IntArray
    error: Array
    test_error: Array
    """Empty without test samples."""

    @staticmethod
    def of(history: History) -> SavedHistory:
        """The whole history."""
        best, last = ([record] if record else [] for record in (history.best, history.last))
        parts = (history.kept, history.reports, best, last)
        records = [record for part in parts for record in part]
        tests = [record.test_error for record in records if record.test_error is not None]
        return SavedHistory(
            (len(history.kept), len(history.reports), len(best), len(last)),
            np.array([record.epoch for record in records], dtype=np.int64),
            np.array([record.epochs for record in records], dtype=np.int64),
            np.array([record.error for record in records], dtype=np.float64),
            np.array(tests, dtype=np.float64),
        )

    def history(self, where: str, *, epochs_done: int, epochs: int, tests: bool) -> History:
        """The history.

        Args:
            where: its place in messages.
            epochs_done: the number of epochs so far.
            epochs: the number of epochs in the settings.
            tests: whether there are test samples.

        Raises:
            DamagedError: no run with these settings has such a history.
        """
        total, whole = sum(self.counts), (self.epoch, self.epochs)
        most = (History.CAPACITY - 1, History.REPORTS, 1, 1)
        if not all(0 <= count <= limit for count, limit in zip(self.counts, most, strict=True)):
            raise damaged(where, "has more records than a run keeps")
        if not all(fits(column, total) for column in (*whole, self.error)):
            raise damaged(where, "has columns of other lengths than its records")
        if total and (np.min(whole) < 0 or np.max(whole) > MAX_EPOCHS):
            raise damaged(where, "has an epoch that no run has")
        if self.test_error.shape != (total if tests else 0,) or not (self.test_error > -np.inf).all():
            raise damaged(where, "has test errors without test samples, or no test errors with them")
        test_errors = self.test_error.tolist() if tests else [None] * total
        columns = (self.epoch.tolist(), self.epochs.tolist(), self.error.tolist(), test_errors)
        records = map(EpochRecord, *columns)
        kept, reports, best, last = ([next(records) for _ in range(count)] for count in self.counts)
        history = History()
        if not epochs_done and not total:
            return history
        ends = [(record.epoch, record.epochs) for record in last]
        if ends != [(epochs_done - 1, epochs)] or len(best) != 1 or best[0].epoch >= epochs_done:
            raise damaged(where, "does not have as many epochs as the run")
        if not _is_regular([record.epoch for record in kept], epochs_done):
            raise damaged(where, "does not have evenly spaced epochs")
        if not all(one.epoch < other.epoch for one, other in pairwise(reports)):
            raise damaged(where, "has reports that are not in order")
        _check_agreement(best[0], [*kept, *reports, *last], where)
        history.last, history.best, history.kept = last[0], best[0], kept
        history.reports.extend(reports)
        return history


def _is_regular(kept: list[int], epochs_done: int) -> bool:
    """Whether these are the epochs 0, stride, 2 stride, ... with a stride that is a power of 2."""
    stride = kept[1] if len(kept) > 1 else 1
    if stride < 1 or len(kept) != len(every := range(0, epochs_done, stride)):
        return False
    # Thinning happens when the list is full, and leaves at least half of it.
    least = History.CAPACITY // 2 if stride > 1 else 0
    return not stride & (stride - 1) and kept == list(every) and least <= len(kept)


def _check_agreement(best: EpochRecord, others: list[EpochRecord], where: str) -> None:
    """Check that an epoch has one error only, and that no error is lower than the best."""
    errors = {best.epoch: (best.error, best.test_error)}
    for record in others:
        own = (record.error, record.test_error)
        if errors.setdefault(record.epoch, own) != own:
            raise damaged(where, f"has two errors for epoch {record.epoch}")
        better = record.error <= best.error if record.epoch < best.epoch else record.error < best.error
        if record.epoch > others[-1].epoch or better:
            raise damaged(where, f"has epoch {record.epoch}, which is not done or better than the best")


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
