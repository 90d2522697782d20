"""A whole snapshot in sentences."""

from __future__ import annotations

import numpy as np

from bpengine import verdict
from bpengine.initializers import INITIALIZERS
from bptui.describe.classes import classes
from bptui.describe.course import RISEN, course, test_course
from bptui.describe.fit import fit
from bptui.describe.words import counted, listed, plain
from bptui.session.snapshot import Snapshot, State

MAX_NAMES = 4
"""How many classes are called by their names."""
EARLY = 0.25
"""Part of the run's epochs before which nothing has to be learned."""
NOTHING = 0.05
"""Share of the target's variance that counts as nothing learned."""


def describe(snapshot: Snapshot) -> str:
    """What a look at the screen tells of the run, in a few sentences of plain ASCII text on one line.

    It goes from the whole to the details: what learns what, how far it is, the error and where it goes, the
    answers and where they are wrong, the test samples, what is amiss and what can be done.
    """
    sentences = [_task(snapshot), _state(snapshot), *course(snapshot)]
    if not np.isfinite(snapshot.network.outputs).all():
        sentences.append("Its answers are too large for numbers.")
    elif snapshot.run.dataset.task == "classification":
        sentences += classes(snapshot)
    else:
        sentences += fit(snapshot)
    sentences += [*test_course(snapshot), *_troubles(snapshot)]
    if snapshot.network.diagnostics is not None and snapshot.run.epoch:
        sentences.append(f"Inside: {verdict(snapshot.network.diagnostics)}")
    sentences.append(snapshot.status.advice)
    return " ".join(plain(sentence) for sentence in sentences if sentence)


def _task(snapshot: Snapshot) -> str:
    dataset, config = snapshot.run.dataset, snapshot.run.config
    sizes = (dataset.inputs.shape[1], *config.hidden_units, dataset.targets.shape[1])
    network = (
        f"a {'-'.join(map(str, sizes))} network of {listed(list(dict.fromkeys(config.activations)))} units"
    )
    samples = f"from {counted(len(dataset), 'sample')} of {dataset.name}"
    if dataset.test is not None:
        samples += f", with {len(dataset.test)} more held out to test it"
    if dataset.task == "regression":
        return f"Regression: {network} learns {dataset.target} {samples}."
    names = f", {listed(dataset.classes)}," if 1 < len(dataset.classes) <= MAX_NAMES else ""
    count = counted(len(dataset.classes), "class", "classes")
    return f"Classification: {network} learns {count}{names} {samples}."


def _state(snapshot: Snapshot) -> str:
    epoch, last = snapshot.run.epoch, snapshot.run.config.epochs - 1
    within = f"in epoch {epoch}, at sample {snapshot.run.sample} of {len(snapshot.run.dataset)}"
    where = within if snapshot.run.sample else f"after epoch {epoch}"
    match snapshot.status.state:
        case State.READY:
            return f"It is not trained yet; the last epoch is to be {last}."
        case State.DIVERGED:
            return f"It diverged {within}; this is of the last weights before."
        case State.FINISHED:
            return f"It finished {where}."
        case state:
            return f"It is {state} {where}; the last is to be {last}."


def _troubles(snapshot: Snapshot) -> list[str]:
    config = snapshot.run.config
    initializer = INITIALIZERS[config.initializer]
    by_scale = initializer.uses_scale and config.init_scale == 0
    if (by_scale or not initializer.breaks_symmetry) and max(config.hidden_units) > 1:
        cause = "an init scale of 0" if by_scale else initializer.name
        cure = "an init scale of 0.1" if by_scale else "the initializer xavier"
        return [f"The units of each hidden layer started equal, from {cause}, and act as one: try {cure}."]
    if _has_learned_nothing(snapshot):
        return [
            "It has learned next to nothing yet: give it more epochs, a larger init scale "
            "or another learning rate."
        ]
    return []


def _has_learned_nothing(snapshot: Snapshot) -> bool:
    """By now it should have, and it isn't that it has become worse, which `course` tells."""
    errors, r2 = snapshot.run.curve[1], snapshot.run.metrics.r2
    if (
        snapshot.run.epoch < EARLY * snapshot.run.config.epochs
        or not len(errors)
        or errors[-1] > RISEN * errors[0]
    ):
        return False
    if snapshot.run.dataset.task == "classification":
        return (
            len(np.unique(snapshot.network.outputs.argmax(axis=1))) == 1 < len(snapshot.run.dataset.classes)
        )
    return r2 is not None and r2 < NOTHING
