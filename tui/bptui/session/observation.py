"""Observing a trainer: computes the parts of a snapshot that come from the run and its network."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from bpengine import FIELDS, Dataset, Edit, EpochRecord, Metrics, Network, Trainer
from bpengine.arithmetic.arrays import Array
from bpengine.explain.diagnostics import Diagnosis
from bpengine.explain.diagnostics.measuring import MAX_SAMPLES, evenly
from bpengine.kernels.kernel import work_per_sample
from bpengine.network.network import matrices
from bpengine.training.predictions import layer_outputs, measure_outputs, network_outputs
from bpengine.training.training_data import subset
from bptui.experiments.grid import MAX_GRID_WORK, domain_grid
from bptui.session.snapshot import MAX_UNITS, NetworkValues, RunProgress

MAX_DIAGNOSED = 3_000_000
"""The most work for which a frame can diagnose the network: with NumPy, some ten milliseconds."""
MAX_SAMPLE_WORK = 2**23
"""The most work of the training samples that are observed at each frame (see `work_per_sample`), and of the
test samples: with NumPy, about ten milliseconds each."""
MIN_OBSERVED = 32
"""The fewest samples that are observed, even for a large network."""


class _Observed(NamedTuple):
    """What was observed of the run at one place."""

    place: tuple[object, ...]
    run: RunProgress
    network: NetworkValues


class _Computed(NamedTuple):
    """What the network computes with its parameters: other settings do not change it."""

    parameters: Array
    edits: tuple[Edit, ...]
    answers: Array
    """The outputs for the training samples, before they are in the units of the data."""
    test_answers: Array | None
    metrics: Metrics
    test_metrics: Metrics | None
    network: NetworkValues
    """The values without the diagnosis, which depends on the settings."""


class Observer:
    """Observes one run. The inputs of the grid over the domain are computed once.

    The work of a frame is bounded: of many samples, or with a large network, only an even selection is
    observed.

    Args:
        trainer: the run.

    Attributes:
        trainer: the same.
    """

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer
        work = work_per_sample(trainer.sizes)
        self._dataset = _selection(trainer.dataset, max(MAX_SAMPLE_WORK // work, MIN_OBSERVED))
        self._inputs, self._shape = domain_grid(trainer.dataset, MAX_GRID_WORK // work)
        self._records_units = sum(trainer.sizes[1:-1]) <= MAX_UNITS
        self._last: _Observed | None = None
        self._computed: _Computed | None = None

    def observe(self) -> tuple[RunProgress, NetworkValues]:
        """The run and its network as they are now; what was observed last if nothing has changed."""
        trainer = self.trainer
        place, last, computed = trainer.place, self._last, self._computed
        parameters, edits = trainer.parameters_now(), trainer.edits
        if computed is None or computed.parameters is not parameters or computed.edits != edits:
            last, computed = None, self._compute(parameters, edits)
        if last is None or last.place != place:
            diagnosis = self._diagnosis(computed.answers, computed.test_answers)
            network = computed.network._replace(diagnosis=diagnosis)
            last = _Observed(place, self._progress(computed), network)
        self._last, self._computed = last, computed
        return last.run, last.network

    def _compute(self, parameters: Array, edits: tuple[Edit, ...]) -> _Computed:
        trainer, inputs, test = self.trainer, self._dataset.inputs, self._dataset.test
        test_answers = None if test is None else network_outputs(trainer.network, test.inputs)
        hidden: list[Array] | None = None
        if self._inputs is not None or not self._records_units:
            answers = network_outputs(trainer.network, inputs)
        else:
            *hidden, answers = layer_outputs(trainer.network, inputs)
        grid_outputs, unit_outputs = self._over_the_domain(trainer.network)
        network = NetworkValues(
            layers=tuple(matrices(trainer.sizes, parameters)),
            outputs=self._in_data_units(answers),
            test_outputs=None if test_answers is None else self._in_data_units(test_answers),
            grid_outputs=grid_outputs,
            unit_outputs=unit_outputs,
            sample_outputs=None if hidden is None else tuple(hidden),
            diagnosis=None,
            frozen=tuple(matrices(trainer.sizes, trainer.frozen)) if edits else (),
            knocked_out=frozenset(trainer.knocked_out),
        )
        metrics, test_metrics = measure_outputs(answers, self._dataset), _test_metrics(test_answers, test)
        return _Computed(parameters, edits, answers, test_answers, metrics, test_metrics, network)

    def _progress(self, computed: _Computed) -> RunProgress:
        trainer = self.trainer
        last = trainer.history.last
        in_progress = trainer.samples_processed > 0 or trainer.epochs_done == 0
        return RunProgress(
            config=trainer.config,
            unused=_unused(trainer),
            dataset=self._dataset,
            samples=len(trainer.dataset),
            test_samples=0 if trainer.dataset.test is None else len(trainer.dataset.test),
            epoch=trainer.epochs_done if in_progress else trainer.epochs_done - 1,
            sample=trainer.samples_processed,
            error=None if last is None else last.error,
            test_error=None if last is None else last.test_error,
            metrics=computed.metrics,
            test_metrics=computed.test_metrics,
            curve=trainer.history.curve(),
            test_curve=trainer.history.test_curve(),
            reports=_reports(trainer),
            change_epochs=trainer.changes,
            edits=computed.edits,
            weight_change_epochs=trainer.weight_changes,
        )

    def _over_the_domain(self, network: Network) -> tuple[Array | None, tuple[Array, ...] | None]:
        if self._inputs is None:
            return None, None
        *hidden, answers = layer_outputs(network, self._inputs)
        grid_outputs = self._on_grid(self._in_data_units(answers))
        return grid_outputs, tuple(map(self._on_grid, hidden)) if self._records_units else None

    def _diagnosis(self, answers: Array, test_answers: Array | None) -> Diagnosis | None:
        trainer = self.trainer
        work = work_per_sample(trainer.sizes) * min(len(trainer.dataset), MAX_SAMPLES)
        if work > MAX_DIAGNOSED:
            return None
        return Diagnosis(trainer, self._dataset, answers, test_answers)

    def _on_grid(self, values: Array) -> Array:
        return values.reshape(*self._shape, values.shape[1])

    def _in_data_units(self, answers: Array) -> Array:
        """Outputs in the units of the data; shape (samples, outputs), read-only."""
        outputs = self.trainer.dataset.target_scaling.undo(answers)
        outputs.setflags(write=False)
        return outputs


def _unused(trainer: Trainer) -> frozenset[str]:
    """Names of the settings that have no effect with the others' values or with the user's own data."""
    is_own, config = trainer.source is not None, trainer.config
    unused = {field.name for field in FIELDS if field.used_if is not None and not field.used_if(config)}
    own = {field.name for field in FIELDS if field.describes_named_data} if is_own else set[str]()
    return frozenset(unused | own)


def _reports(trainer: Trainer) -> tuple[EpochRecord, ...]:
    """The reported epochs and, if the run has ended, its last epoch in any case."""
    reports, last = tuple(trainer.history.reports), trainer.history.last
    ended = trainer.finished or trainer.divergence is not None
    if not ended or last is None or (reports and reports[-1].epoch == last.epoch):
        return reports
    return (*reports, last)


def _test_metrics(answers: Array | None, test: Dataset | None) -> Metrics | None:
    return None if answers is None or test is None else measure_outputs(answers, test)


@lru_cache(maxsize=4)
def _selection(dataset: Dataset, most: int) -> Dataset:
    """The data set with an even selection of at most `most` samples, and as many test samples."""
    if max(len(dataset), len(dataset.test or ())) <= most:
        return dataset
    test = None if dataset.test is None else _selection(dataset.test, most)
    return replace(subset(dataset, evenly(len(dataset), most)), test=test)
