"""The whole description of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bpengine import Edit, verdict
from bpengine.wording import counted, listed
from bptui.session.description.classes import describe_classes
from bptui.session.description.cloud import describe_cloud, describe_pins
from bptui.session.description.error_trend import describe_error, describe_test_error
from bptui.session.description.fit import describe_fit
from bptui.session.description.words import line_of
from bptui.session.snapshot import AFTER_ANSWER, Snapshot, Stage
from bpwords.numbers import number

MAX_NAMES = 4
"""The most classes whose names are listed."""
MAX_FEATURES = 8
"""The most features that are listed."""
MAX_EDITS = 4
"""The most edits that are listed one by one: the newest ones."""


def describe_progress(snapshot: Snapshot) -> str:
    """Describe in a few sentences how far a run is, how large its error is, and why it does not learn."""
    sentences = [state_sentence(snapshot), *_viewed(snapshot)]
    if snapshot.run.error is not None:
        tested = snapshot.run.test_error
        test = "" if tested is None else f", and {number(tested)} on the test samples"
        of = "" if snapshot.run.error_epoch == snapshot.run.epoch else f" of epoch {snapshot.run.error_epoch}"
        sentences.append(f"The epoch error{of} is {number(snapshot.run.error)}{test}.")
    if snapshot.run.edits:
        sentences.append(f"The network was {snapshot.run.edited}.")
    if snapshot.status.problem is not None:
        sentences.append(snapshot.status.problem.sentence)
    return " ".join(sentences)


def _viewed(snapshot: Snapshot) -> list[str]:
    """Which earlier epoch is viewed; empty if the latest epoch is shown."""
    viewed, latest = snapshot.timeline.viewed, snapshot.timeline.latest
    if viewed is None:
        return []
    what = f"epoch {viewed}" if viewed >= 0 else "the start"
    now = f"that has reached epoch {latest}" if latest >= 0 else "in its first epoch"
    return [f"This is a view of {what} of a run {now}."]


@dataclass(frozen=True, slots=True)
class Section:
    """Two or three sentences about one side of a run, in plain ASCII on one line."""

    name: str
    """The word that asks for it."""
    heading: str
    text: str


_HEADINGS = {
    "problem": "What is wrong",
    "run": "The run",
    "fit": "The fit",
    "places": "Where it fits",
    "error": "The error",
    "trend": "The trend",
    "test": "The test samples",
    "cloud": "Other starts",
    "pins": "Compared runs",
    "diagnosis": "Diagnosis",
    "now": "Now",
}
"""The headings of the sections by their names, the most important first."""
SECTIONS = tuple(_HEADINGS)
"""The names of the sections."""


def describe(snapshot: Snapshot) -> str:
    """Describe a run in a line for each section, without that of the status line, which names keys."""
    parts = sections(snapshot)
    return "\n".join(f"{part.heading}: {part.text}" for part in parts if part.name != "now")


def sections(snapshot: Snapshot) -> list[Section]:
    """The sections of the description that have something to say."""
    with np.errstate(all="ignore"):  # outputs and errors may be close to the largest float
        said = _sentences(snapshot)
        texts = {
            name: " ".join(line_of(sentence) for sentence in said[name] if sentence) for name in SECTIONS
        }
    if snapshot.status.hides_verdicts:
        texts = {"run": texts["run"], "fit": AFTER_ANSWER, "now": texts["now"]}
    return [Section(name, _HEADINGS[name], text) for name, text in texts.items() if text]


def _sentences(snapshot: Snapshot) -> dict[str, Sequence[str]]:
    """The sentences of each section."""
    status, problem = snapshot.status, snapshot.status.problem
    fit, places = _outputs(snapshot)
    error, trend = describe_error(snapshot)
    diagnostics, is_trained = snapshot.network.diagnostics, status.stage is not Stage.READY
    return {
        "problem": [problem.sentence] if problem is not None else [],
        "run": [
            _task(snapshot),
            *_features(snapshot),
            state_sentence(snapshot),
            *_viewed(snapshot),
            *describe_edits(snapshot),
        ],
        "fit": fit,
        "places": places,
        "error": error,
        "trend": trend,
        "test": describe_test_error(snapshot),
        "cloud": describe_cloud(snapshot),
        "pins": describe_pins(snapshot),
        "diagnosis": [verdict(diagnostics)] if diagnostics is not None and is_trained else [],
        "now": [status.what_next or status.advice],
    }


def _outputs(snapshot: Snapshot) -> tuple[list[str], list[str]]:
    """How good the outputs are, and where."""
    if not np.isfinite(snapshot.network.outputs).all():
        return ["Some of its outputs are not finite numbers."], []
    is_classification = snapshot.run.dataset.task == "classification"
    fit, places = describe_classes(snapshot) if is_classification else describe_fit(snapshot)
    if snapshot.run.is_partly_measured:
        fit = [f"Measured on {len(snapshot.run.dataset)} of the training samples.", *fit]
    return fit, places


def _task(snapshot: Snapshot) -> str:
    dataset, config = snapshot.run.dataset, snapshot.run.config
    sizes = (dataset.inputs.shape[1], *config.hidden_units, dataset.targets.shape[1])
    names = listed(list(dict.fromkeys(config.activations)))
    of_units = f"of {names} units" if config.hidden_units else "without hidden units"
    article = "an" if sizes[0] in (8, 11, 18, *range(80, 90)) else "a"
    network = f"{article} {'-'.join(map(str, sizes))} network {of_units}"
    samples = f"from {counted(snapshot.run.samples, 'sample')} of {dataset.name}"
    if dataset.test is not None:
        samples += f", with {snapshot.run.test_samples} more held out for testing"
    if dataset.task == "regression":
        return f"Regression: {network} learns {dataset.target} {samples}."
    classes = f", {listed(dataset.classes)}," if 1 < len(dataset.classes) <= MAX_NAMES else ""
    count = counted(len(dataset.classes), "class", "classes")
    return f"Classification: {network} learns {count}{classes} {samples}."


def _features(snapshot: Snapshot) -> list[str]:
    """What the inputs are, if they are not those of the data."""
    dataset = snapshot.run.dataset
    if dataset.feature_map is None:
        return []
    names = dataset.input_names[:MAX_FEATURES]
    more = len(dataset.input_names) - len(names)
    return [f"Its inputs are {listed([*names, f'{more} more'] if more else names)}."]


def state_sentence(snapshot: Snapshot) -> str:
    """The state of the run and how far it is."""
    epoch, epochs = snapshot.run.epoch, snapshot.run.config.epochs
    sample = f"at sample {snapshot.run.sample} of {snapshot.run.samples}"
    match snapshot.status.stage:
        case Stage.READY:
            return f"It is not trained yet; the run has {counted(epochs, 'epoch')}."
        case Stage.DIVERGED:
            if not snapshot.run.sample and snapshot.run.error is not None:
                epoch += 1  # at the first sample of the next epoch
            return f"It diverged in epoch {epoch}, {sample}; what follows describes the last finite weights."
        case Stage.FINISHED if epoch < epochs - 1:
            return f"It finished early, after epoch {epoch} of {epochs}."
        case Stage.FINISHED:
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
