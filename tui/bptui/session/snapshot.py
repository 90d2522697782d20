"""The frozen snapshot of a run. It is all that the session hands to the screen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from bpengine import Dataset, Diagnostics, Edit, EpochRecord, Metrics, Sharpness, TrainingConfig
from bpengine.arithmetic.arrays import Array
from bpengine.explain.diagnostics import Diagnosis
from bpengine.network.losses import LOSSES
from bpengine.training.edits import Mask, edited_at
from bpengine.training.judging import paired
from bptui.experiments.beside import Rates, Reference
from bptui.experiments.seeds.cloud_snapshot import CloudSnapshot, Spread
from bptui.formatting import changed_settings, is_of_data
from bpwords import joined, word


def same_data(one: Snapshot, other: Snapshot) -> bool:
    """Whether both runs learn from the same data, so that their outputs can share a plot."""
    first, second = one.run.dataset, other.run.dataset
    return (first.name, first.domain, first.classes) == (second.name, second.domain, second.classes)


def has_other_data(pinned: Snapshot, live: Snapshot) -> bool:
    """Whether the runs learn from different samples, so that neither error is better than the other."""
    one, other = pinned.run.dataset, live.run.dataset
    return one is not other and not (
        same_data(pinned, live)
        and np.array_equal(one.coordinates, other.coordinates)
        and np.array_equal(one.targets, other.targets)
    )


def changes_data(pinned: TrainingConfig, live: TrainingConfig) -> bool:
    """Whether a setting of the data differs."""
    return any(
        is_of_data(field) and (pinned.uses(field) or live.uses(field))
        for field, _, _ in changed_settings(pinned, live)
    )


def test_errors(pinned: Snapshot, live: Snapshot) -> tuple[float, float] | None:
    """By how much the test error of the pinned run differs from the live one's now, and two standard errors.

    None if they have no common test samples.
    """
    losses, test = list[Array](), live.run.dataset.test
    if test is None or len(test) < 2 or has_other_data(pinned, live):
        return None
    for snapshot in (live, pinned):
        if (own := snapshot.run.dataset.test) is None or not np.array_equal(
            own.coordinates, test.coordinates
        ):
            return None
        assert snapshot.network.test_outputs is not None
        outputs = own.target_scaling.apply(snapshot.network.test_outputs)
        losses.append(LOSSES[own.task].value(outputs, own.targets))
    return paired(*losses)


def common_errors(pinned: Snapshot, live: Snapshot) -> tuple[int, float, float] | None:
    """The last epoch that the error curves of both runs have, and their errors; None if there is none."""
    before, after = pinned.run.curve, live.run.curve
    common, here, there = np.intersect1d(before[0], after[0], return_indices=True)
    if not len(common):
        return None
    return int(common[-1]), float(before[1][here[-1]]), float(after[1][there[-1]])


Curve = tuple[Array, Array]
"""Epochs and their errors; two arrays of the same length."""


class Stage(StrEnum):
    """What a run is doing."""

    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    DIVERGED = "diverged"


class RunProgress(NamedTuple):
    """The settings and samples of a run, how far it is, and its errors."""

    config: TrainingConfig
    unused: frozenset[str]
    """Names of the settings that have no effect with the current values of the others."""
    dataset: Dataset
    """The observed samples: all of them or, if that would take too long, an even selection."""
    samples: int
    """How many training samples there are."""
    test_samples: int
    """How many test samples there are."""
    epoch: int
    """The epoch in progress or, between epochs, the last completed one; counted from 0."""
    sample: int
    """How many samples of that epoch have been processed; 0 between epochs."""
    error: float | None
    """The error of the last completed epoch; None before the first one."""
    test_error: float | None
    """The error of that epoch on the test samples; None if there are none."""
    metrics: Metrics
    """The quality of the current outputs for the training samples in `dataset`."""
    test_metrics: Metrics | None
    """The same for its test samples; None if there are none."""
    curve: Curve
    """The error of each epoch, thinned for drawing."""
    test_curve: Array
    """The test errors of the same epochs; NaN if there are no test samples."""
    reports: tuple[EpochRecord, ...]
    """The newest reported epochs, oldest first. If the run has ended, its last epoch is always among them."""
    change_epochs: tuple[int, ...]
    """The epochs in which settings or weights were changed on the running network."""
    weight_change_epochs: tuple[int, ...] = ()
    """The epochs among them in which weights were changed."""
    edits: tuple[Edit, ...] = ()
    """What was edited in the network so far, oldest first."""
    references: tuple[Reference, ...] = ()
    """What the network of a table has to be better than, on its test samples."""

    @property
    def error_epoch(self) -> int | None:
        """The epoch that `error` belongs to; None before the first one has ended."""
        return int(self.curve[0][-1]) if len(self.curve[0]) else None

    @property
    def edited(self) -> str:
        """When the network was edited, in words, such as "edited at epoch 300"; empty if it was not."""
        return edited_at(self.edits) if self.edits else ""

    @property
    def is_partly_measured(self) -> bool:
        """Whether the metrics and outputs cover only a selection of the samples."""
        shown_tests = 0 if self.dataset.test is None else len(self.dataset.test)
        return (len(self.dataset), shown_tests) != (self.samples, self.test_samples)


class NetworkValues(NamedTuple):
    """The parameters of the network and what it computes with them."""

    layers: tuple[Array, ...]
    """Weights above biases of each layer, the output layer last; shape (inputs + 1, units) each."""
    outputs: Array
    """The outputs for the training samples in `RunProgress.dataset`, in the units of the data or, for
    classes, as probabilities; shape (samples, outputs)."""
    test_outputs: Array | None
    """The same for its test samples; None if there are none."""
    grid_outputs: Array | None
    """The outputs over the whole domain, in the same units. For one input: at even steps, shape
    (steps, outputs). For two: on a grid, shape (rows, columns, outputs), the lowest row first. None for more
    inputs."""
    unit_outputs: tuple[Array, ...] | None
    """The outputs of each hidden layer's units at the same steps or nodes; shape (steps, units) or
    (rows, columns, units) each. None where `grid_outputs` is None, and for networks with too many units."""
    sample_outputs: tuple[Array, ...] | None
    """For more than two inputs, the outputs of each hidden layer's units for the training samples in
    `RunProgress.dataset`; shape (samples, units) each. None for networks with too many units."""
    diagnosis: Diagnosis | None
    """Measures gradients and saturation by layer; None if the network is too large for that in a frame."""
    sharpness: Sharpness | None = None
    """The sharpness; None if it is not known."""
    frozen: tuple[Mask, ...] = ()
    """Masks of the frozen numbers in `layers`; empty if nothing is frozen."""
    knocked_out: frozenset[tuple[int, int]] = frozenset()
    """The layer and the number of each unit that is knocked out."""

    @property
    def diagnostics(self) -> Diagnostics | None:
        """Gradients and saturation by layer, measured now if nobody has asked before; None as `diagnosis`."""
        if self.diagnosis is None:
            return None
        return replace(self.diagnosis.diagnostics, sharpness=self.sharpness)

    def is_frozen(self, layer: int, unit: int, source: int | None = None) -> bool:
        """Whether a weight is frozen or, without a source, a unit's bias and all of its incoming weights."""
        if not self.frozen:
            return False
        column = self.frozen[layer][:, unit]
        return bool(column.all() if source is None else column[source])


class ComparedRun(NamedTuple):
    """A run that the live one is compared with."""

    label: str
    """The letter of a pin; empty for the run before a what-if or a branch."""
    snapshot: Snapshot
    """The run as it was; its own comparison is empty."""
    changes: tuple[str, ...] = ()
    """Each setting that differs, from this run's value to that of the live one: `η 0.1 → 0.2`."""
    branched_at: int | None = None
    """The epoch after which the live run branched off this one, -1 for its start; None if it did not."""


class Comparison(NamedTuple):
    """What the run is compared with."""

    pins: tuple[ComparedRun, ...] = ()
    """The pinned runs, the oldest first."""
    baseline: ComparedRun | None = None
    """The run before the last what-if or branch."""
    previous_curve: Curve | None = None
    """The error curve of the run that the last restart ended; None if there was none."""
    what_if: bool = False
    """Whether each change of a setting retrains to the current epoch."""
    cloud: CloudSnapshot | None = None
    """The starts that differ from the run only in the seed; None if they are not shown."""
    spread: Spread | None = None
    """The predictions of these starts or, in a map, of a cell's starts; None if there are none."""
    is_pinned: bool = False
    """Whether the run is pinned as it is now, so that the key unpins it."""
    not_repeated: tuple[Edit, ...] = ()
    """The edits of the run before a what-if that the live run lacks, oldest first."""

    @property
    def compared(self) -> ComparedRun | None:
        """The run whose settings and errors the panels compare with: the baseline or the newest pin."""
        return self.baseline or next(reversed(self.pins), None)

    @property
    def reference(self) -> Snapshot | None:
        """The same run as it is shown."""
        return None if self.compared is None else self.compared.snapshot

    @property
    def runs(self) -> tuple[ComparedRun, ...]:
        """The baseline, then the pins by their letters."""
        pins = sorted(self.pins, key=lambda pin: pin.label)
        return (*(() if self.baseline is None else (self.baseline,)), *pins)


AFTER_ANSWER = "A remark on this run follows after your answer."


class LearningProblem(NamedTuple):
    """Why a run does not learn."""

    sentence: str
    """What is wrong and why, in a sentence or two."""
    shorter: tuple[str, ...]
    """The same in a sentence for narrower terminals, ever shorter."""


@dataclass(frozen=True, slots=True, eq=False)
class Status:
    """What the status line says."""

    stage: Stage
    speed: str
    """The chosen training speed, in words."""
    epochs_per_second: float | None
    """The measured speed while the run is running; None otherwise."""
    advice: str
    """What happened or what to do next, in a sentence."""
    what_next: str = ""
    """What to do next, if the advice is the result of the cloud, which a description gives in full; empty
    otherwise."""
    advice_without_arrows: str = ""
    """What to do next without the part about the arrow keys; empty if there is no such part."""
    problem: LearningProblem | None = None
    """Why the run does not learn; None if it does."""
    is_answer: bool = False
    """Whether the advice answers a key or says what is in progress, so that it comes before the problem."""
    hides_verdicts: bool = False
    """Whether a question of a lesson is open, whose answer the program's verdicts would give away."""

    @property
    def versions(self) -> tuple[str, ...]:
        """The problem and the advice in one text, then shorter versions."""
        problem, advice = self.problem, self.advice
        if problem is None:
            return (advice,)
        problems = (problem.sentence, *problem.shorter)
        if self.is_answer:
            return (*(joined(advice, text) for text in problems), advice)
        return tuple(version for text in problems for version in (joined(text, advice), text))


class MarkKind(StrEnum):
    """The kinds of marks on the timeline. Of several marks at one place, the last kind here is drawn."""

    STATE = "state"
    SETTING = "setting"
    EDIT = "edit"
    BRANCH = "branch"
    PIN = "pin"


class Mark(NamedTuple):
    """An event in the run."""

    epoch: int
    """The last epoch completed before the event; -1 before the first one."""
    kind: MarkKind
    label: str = ""
    """The letter of a pin."""


@dataclass(frozen=True, slots=True, eq=False)
class TimelineSnapshot:
    """The timeline of a run."""

    latest: int = -1
    """The last completed epoch; -1 before the first one."""
    viewed: int | None = None
    """The epoch after which the run is shown, -1 for its start; None if it is shown as it is now."""
    marks: tuple[Mark, ...] = ()
    ahead: tuple[Array, Array] | None = None
    """While an earlier epoch is viewed: the later epochs of the error curve, and their errors."""
    last: int = 0
    """The last epoch of the run when it is finished."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A run at one point in time. No array in it changes afterwards."""

    run: RunProgress
    network: NetworkValues
    comparison: Comparison
    status: Status
    timeline: TimelineSnapshot = TimelineSnapshot()
    rates: Rates | None = None
    """The learning rate along the run, and the largest stable one; None if they are not shown."""

    def has_network_of(self, other: Snapshot | None) -> bool:
        """Whether the network is known to be that of another snapshot of the run, with the same outputs."""
        return other is not None and self.network.layers is other.network.layers

    @property
    def without_verdicts(self) -> Snapshot:
        """The same snapshot while a question of a lesson is open."""
        problem = None if self.status.problem is None else LearningProblem(word(AFTER_ANSWER), ())
        return replace(self, status=replace(self.status, problem=problem, hides_verdicts=True))

    @property
    def without_arrows(self) -> Snapshot:
        """The same snapshot for a screen on which the arrow keys change no setting."""
        status = self.status
        shorter = status.advice_without_arrows
        if not shorter:
            return self
        if status.what_next:
            return replace(self, status=replace(status, what_next=shorter))
        return replace(self, status=replace(status, advice=shorter))


MAX_UNITS = 128
"""The most hidden units, of all layers together, whose outputs are recorded one by one."""
