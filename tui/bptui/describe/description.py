"""The whole description of a run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpengine import Edit, verdict
from bptui.describe.classes import describe_classes
from bptui.describe.cloud import describe_cloud
from bptui.describe.error_trend import describe_error, describe_test_error
from bptui.describe.fit import describe_fit
from bptui.describe.pins import describe_pins
from bptui.describe.words import ascii_line, counted, listed, number
from bptui.session.snapshot import Snapshot, State

MAX_NAMES = 4
"""The most classes whose names are listed."""
MAX_EDITS = 4
"""The most edits that are listed one by one: the newest ones."""


def describe_progress(snapshot: Snapshot) -> str:
    """Describe in a sentence or two how far a run is and how large its error is."""
    sentences = [state_sentence(snapshot), *_viewed(snapshot)]
    if snapshot.run.error is not None:
        tested = snapshot.run.test_error
        test = "" if tested is None else f", and {number(tested)} on the test samples"
        of = "" if snapshot.run.error_epoch == snapshot.run.epoch else f" of epoch {snapshot.run.error_epoch}"
        sentences.append(f"The epoch error{of} is {number(snapshot.run.error)}{test}.")
    if snapshot.run.edits:
        sentences.append(f"The network was {snapshot.run.edited}.")
    return " ".join(sentences)


def _viewed(snapshot: Snapshot) -> list[str]:
    """Which earlier epoch is viewed; empty if the latest epoch is shown."""
    viewed, latest = snapshot.timeline.viewed, snapshot.timeline.latest
    if viewed is None:
        return []
    what = f"epoch {viewed}" if viewed >= 0 else "the start"
    now = f"that has reached epoch {latest}" if latest >= 0 else "in its first epoch"
    return [f"This is a view of {what} of a run {now}."]


def describe(snapshot: Snapshot) -> str:
    """Describe a run in a few sentences of plain ASCII text on one line.

    The description goes from the general to the details: the task, the state, the error and its trend, the
    outputs and where they are wrong, the test samples, the diagnosis, and what to do next.
    """
    with np.errstate(all="ignore"):  # outputs and errors may be close to the largest float
        return " ".join(ascii_line(sentence) for sentence in _sentences(snapshot) if sentence)


def _sentences(snapshot: Snapshot) -> list[str]:
    sentences = [_task(snapshot), state_sentence(snapshot), *_viewed(snapshot), *describe_edits(snapshot)]
    sentences += describe_error(snapshot)
    if snapshot.run.is_partly_measured:
        sentences.append(f"What follows is measured on {len(snapshot.run.dataset)} of the training samples.")
    if not np.isfinite(snapshot.network.outputs).all():
        sentences.append("Some of its outputs are not finite numbers.")
    elif snapshot.run.dataset.task == "classification":
        sentences += describe_classes(snapshot)
    else:
        sentences += describe_fit(snapshot)
    sentences += describe_test_error(snapshot)
    sentences += describe_cloud(snapshot)
    if snapshot.network.diagnostics is not None and snapshot.status.state is not State.READY:
        sentences.append(f"Diagnosis: {verdict(snapshot.network.diagnostics)}")
    return [*sentences, *describe_pins(snapshot), snapshot.status.what_next or snapshot.status.advice]


def _task(snapshot: Snapshot) -> str:
    dataset, config = snapshot.run.dataset, snapshot.run.config
    sizes = (dataset.inputs.shape[1], *config.hidden_units, dataset.targets.shape[1])
    names = listed(list(dict.fromkeys(config.activations)))
    of_units = f"of {names} units" if config.hidden_units else "without hidden units"
    network = f"a {'-'.join(map(str, sizes))} network {of_units}"
    samples = f"from {counted(snapshot.run.samples, 'sample')} of {dataset.name}"
    if dataset.test is not None:
        samples += f", with {snapshot.run.test_samples} more held out for testing"
    if dataset.task == "regression":
        return f"Regression: {network} learns {dataset.target} {samples}."
    classes = f", {listed(dataset.classes)}," if 1 < len(dataset.classes) <= MAX_NAMES else ""
    count = counted(len(dataset.classes), "class", "classes")
    return f"Classification: {network} learns {count}{classes} {samples}."


def state_sentence(snapshot: Snapshot) -> str:
    """The state of the run and how far it is."""
    epoch, epochs = snapshot.run.epoch, snapshot.run.config.epochs
    sample = f"at sample {snapshot.run.sample} of {snapshot.run.samples}"
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


def describe_edits(snapshot: Snapshot) -> list[str]:
    """Say that the network was edited, and how; nothing if it was not.

    After a what-if, also say which edits of the previous run it lacks.
    """
    edits, not_repeated = snapshot.run.edits, snapshot.comparison.not_repeated
    sentences = []
    if edits:
        sentences.append(f"The network was edited: {_told(edits)}.")
    if not_repeated:
        sentences.append(f"Of the edits of the previous run, some were not repeated: {_told(not_repeated)}.")
    return sentences


def _told(edits: Sequence[Edit]) -> str:
    newest = edits[-MAX_EDITS:]
    left_out = len(edits) - len(newest)
    what = listed([f"{edit.words} in epoch {edit.epoch}" for edit in newest])
    return f"{counted(left_out, 'earlier edit')}, then {what}" if left_out else what
