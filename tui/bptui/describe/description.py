"""The whole description of a run."""

from __future__ import annotations

import numpy as np

from bpengine import verdict
from bpengine.initializers import INITIALIZERS
from bptui.describe.classes import describe_classes
from bptui.describe.error_trend import HIGHER, describe_error, describe_test_error
from bptui.describe.fit import describe_fit
from bptui.describe.words import ascii_line, counted, listed
from bptui.session.snapshot import Snapshot, State

MAX_NAMES = 4
"""The most classes whose names are listed."""
EARLY = 0.25
"""The share of a run's epochs before which nothing has to be learned yet."""
NOTHING_LEARNED = 0.05
"""An R2 below this counts as nothing learned."""


def describe(snapshot: Snapshot) -> str:
    """Describe a run in a few sentences of plain ASCII text on one line.

    The description goes from the whole to the details: the task, the state, the error and its trend, the
    outputs and where they are wrong, the test samples, problems, and what to do next.
    """
    with np.errstate(all="ignore"):  # outputs and errors may be close to the largest float
        return " ".join(ascii_line(sentence) for sentence in _sentences(snapshot) if sentence)


def _sentences(snapshot: Snapshot) -> list[str]:
    sentences = [_task(snapshot), _state(snapshot), *describe_error(snapshot)]
    if not np.isfinite(snapshot.network.outputs).all():
        sentences.append("Some of its outputs are not finite numbers.")
    elif snapshot.run.dataset.task == "classification":
        sentences += describe_classes(snapshot)
    else:
        sentences += describe_fit(snapshot)
    sentences += [*describe_test_error(snapshot), *_problems(snapshot)]
    if snapshot.network.diagnostics is not None and snapshot.run.epoch:
        sentences.append(f"Diagnosis: {verdict(snapshot.network.diagnostics)}")
    return [*sentences, snapshot.status.advice]


def _task(snapshot: Snapshot) -> str:
    dataset, config = snapshot.run.dataset, snapshot.run.config
    sizes = (dataset.inputs.shape[1], *config.hidden_units, dataset.targets.shape[1])
    network = (
        f"a {'-'.join(map(str, sizes))} network of {listed(list(dict.fromkeys(config.activations)))} units"
    )
    samples = f"from {counted(len(dataset), 'sample')} of {dataset.name}"
    if dataset.test is not None:
        samples += f", with {len(dataset.test)} more held out for testing"
    if dataset.task == "regression":
        return f"Regression: {network} learns {dataset.target} {samples}."
    names = f", {listed(dataset.classes)}," if 1 < len(dataset.classes) <= MAX_NAMES else ""
    count = counted(len(dataset.classes), "class", "classes")
    return f"Classification: {network} learns {count}{names} {samples}."


def _state(snapshot: Snapshot) -> str:
    epoch, epochs = snapshot.run.epoch, snapshot.run.config.epochs
    sample = f"at sample {snapshot.run.sample} of {len(snapshot.run.dataset)}"
    match snapshot.status.state:
        case State.READY:
            return f"It is not trained yet; the run has {counted(epochs, 'epoch')}."
        case State.DIVERGED:
            return f"It diverged in epoch {epoch}, {sample}; what follows describes the last finite weights."
        case State.FINISHED if epoch < epochs - 1:
            return f"It finished early, after epoch {epoch} of {epochs}."
        case State.FINISHED:
            return (
                f"It finished after epoch {epoch}{f', the last of {epochs}' if epoch == epochs - 1 else ''}."
            )
        case state if snapshot.run.sample:
            return f"It is {state} in epoch {epoch} of {epochs}, {sample}."
        case state:
            return f"It is {state} after epoch {epoch} of {epochs}."


def _problems(snapshot: Snapshot) -> list[str]:
    config = snapshot.run.config
    initializer = INITIALIZERS[config.initializer]
    zero_scale = initializer.uses_scale and config.init_scale == 0
    if (zero_scale or not initializer.breaks_symmetry) and max(config.hidden_units) > 1:
        cause = "init scale 0" if zero_scale else f"initializer {initializer.name}"
        remedy = "an init scale of 0.1" if zero_scale else "the initializer xavier"
        units = "The units of each hidden layer started with equal weights"
        return [f"{units} ({cause}) and all learn the same: try {remedy}."]
    if _has_learned_nothing(snapshot):
        return [
            "It has learned almost nothing so far: try more epochs, a larger init scale "
            "or another learning rate."
        ]
    return []


def _has_learned_nothing(snapshot: Snapshot) -> bool:
    """Whether the run should have learned something by now. If its error rose, `describe_error` says so."""
    errors, r2 = snapshot.run.curve[1], snapshot.run.metrics.r2
    if (
        snapshot.run.epoch < EARLY * snapshot.run.config.epochs
        or not len(errors)
        or errors[-1] > HIGHER * errors[0]
    ):
        return False
    if snapshot.run.dataset.task == "classification":
        predicted = np.unique(snapshot.network.outputs.argmax(axis=1))
        return len(predicted) == 1 < len(snapshot.run.dataset.classes)
    return r2 is not None and r2 < NOTHING_LEARNED
