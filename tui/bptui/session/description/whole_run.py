"""The whole description of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bpengine import Edit, verdict
from bptui.session.description.classes import describe_classes, over_plane
from bptui.session.description.cloud import describe_cloud, describe_pins
from bptui.session.description.error_trend import describe_error, describe_test_error
from bptui.session.description.fit import describe_fit, describe_surface
from bptui.session.description.words import line_of
from bptui.session.plane import Plane, projection, suited
from bptui.session.snapshot import AFTER_ANSWER, Snapshot, Stage
from bpwords import Sentence, headed, joined, listed, many, translatable, word
from bpwords.numbers import number


def describe_plane(snapshot: Snapshot, plane: Plane) -> list[str]:
    """Say what the network answers over two columns, what the others are held at, and how many are far."""
    shown = projection(snapshot, plane)
    (far, _), (x, y) = shown.far, shown.columns
    sides = Sentence("{x} goes from left to right and {y} upward")(x=x.name, y=y.name)
    held = Sentence("{sides}, the others {held}.") if shown.held else Sentence("{text}.")
    sentences = [held(sides=sides, text=sides, held=shown.held)]
    grid, classes = shown.snapshot.network.grid_outputs, shown.snapshot.run.dataset.classes
    assert grid is not None  # known of a projection
    if not classes:
        sentences += describe_surface(shown.snapshot)
    elif np.isfinite(grid).all():
        labels = grid.argmax(axis=-1)
        everywhere = Sentence("The network predicts {name} everywhere.")
        name = classes[labels.flat[0]]
        sentences.append(over_plane(classes, labels) if np.ptp(labels) else everywhere(name=name))
    if count := int(far.sum()):
        said = Sentence("Of {samples} samples, {n} are far from this plane in the other columns.")
        sentences.append(said(samples=len(far), n=count))
    return sentences


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
        error, epoch = number(snapshot.run.error), snapshot.run.error_epoch
        if tested is not None:
            both = Sentence("{error}, and {test} on the test samples")
            error = both(error=error, test=number(tested))
        now = Sentence("The epoch error is {error}.")
        earlier = Sentence("The epoch error of epoch {epoch} is {error}.")
        said = now if epoch == snapshot.run.epoch else earlier
        sentences.append(said(error=error, epoch=epoch))
    if snapshot.run.edits:
        sentences.append(Sentence("The network was {edited}.")(edited=snapshot.run.edited))
    if snapshot.status.problem is not None:
        sentences.append(snapshot.status.problem.sentence)
    return joined(*sentences)


def _viewed(snapshot: Snapshot) -> list[str]:
    """Which earlier epoch is viewed; empty if the latest epoch is shown."""
    viewed, latest = snapshot.timeline.viewed, snapshot.timeline.latest
    if viewed is None:
        return []
    place = Sentence("epoch {epoch}")(epoch=viewed) if viewed >= 0 else word("the start")
    reached = Sentence("This is a view of {place} of a run that has reached epoch {epoch}.")
    first = Sentence("This is a view of {place} of a run in its first epoch.")
    return [(reached if latest >= 0 else first)(place=place, epoch=latest)]


@dataclass(frozen=True, slots=True)
class Section:
    """Two or three sentences about one side of a run, on one line, with words in place of signs."""

    name: str
    """The word that asks for it."""
    heading: str
    text: str


_HEADINGS = translatable(
    {
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
    },
    "section",
)
"""The headings of the sections by their names, the most important first."""
SECTIONS = tuple(_HEADINGS)
"""The names of the sections."""


def describe(snapshot: Snapshot, plane: Plane | None = None) -> str:
    """Describe a run in a line for each section, without that of the status line, which names keys."""
    parts = sections(snapshot, plane)
    return "\n".join(headed(part.heading, part.text) for part in parts if part.name != "now")


def sections(snapshot: Snapshot, plane: Plane | None = None) -> list[Section]:
    """The sections of the description that have something to say.

    Args:
        snapshot: the run.
        plane: the two columns that are looked at; None for no two.
    """
    with np.errstate(all="ignore"):  # outputs and errors may be close to the largest float
        said = _sentences(snapshot, plane)
        texts = {name: joined(*map(line_of, said[name])) for name in SECTIONS}
    if snapshot.status.hides_verdicts:
        texts = {"run": texts["run"], "fit": word(AFTER_ANSWER), "now": texts["now"]}
    return [Section(name, word(_HEADINGS[name], "section"), text) for name, text in texts.items() if text]


def _sentences(snapshot: Snapshot, plane: Plane | None) -> dict[str, Sequence[str]]:
    """The sentences of each section."""
    status, problem = snapshot.status, snapshot.status.problem
    fit, places = _outputs(snapshot)
    plane = suited(plane, snapshot.run.dataset)
    if plane is not None:
        places = [*places, *describe_plane(snapshot, plane)]
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
        return [word("Some of its outputs are not finite numbers.")], []
    is_classification = snapshot.run.dataset.task == "classification"
    fit, places = describe_classes(snapshot) if is_classification else describe_fit(snapshot)
    if snapshot.run.is_partly_measured:
        measured = Sentence("Measured on {samples} of the training samples.")
        fit = [measured(samples=len(snapshot.run.dataset)), *fit]
    return fit, places


def _task(snapshot: Snapshot) -> str:
    dataset, config = snapshot.run.dataset, snapshot.run.config
    sizes = (dataset.inputs.shape[1], *config.hidden_units, dataset.targets.shape[1])
    has_vowel = sizes[0] in (8, 11, 18, *range(80, 90))
    of_sizes = Sentence("an {sizes} network" if has_vowel else "a {sizes} network")
    network = of_sizes(sizes="-".join(map(str, sizes)))
    if config.hidden_units:
        of_units = Sentence("{network} of {names} units")
        network = of_units(network=network, names=listed(list(dict.fromkeys(config.activations))))
    else:
        network = Sentence("{network} without hidden units")(network=network)
    one, several = "{n} sample of {data}", "{n} samples of {data}"
    samples = many(snapshot.run.samples, one, several, data=dataset.name)
    if dataset.mislabeled is not None and len(dataset.mislabeled):
        with_wrong = Sentence("{samples}, {n} of which have a wrong label")
        samples = with_wrong(samples=samples, n=len(dataset.mislabeled))
    if dataset.test is not None:
        with_test = Sentence("{samples}, with {n} more held out for testing")
        samples = with_test(samples=samples, n=snapshot.run.test_samples)
    if dataset.task == "regression":
        regression = Sentence("Regression: {network} learns {target} from {samples}.")
        return regression(network=network, target=dataset.target, samples=samples)
    classes = many(len(dataset.classes), "{n} class", "{n} classes")
    named = Sentence("Classification: {network} learns {classes}, {names}, from {samples}.")
    counted = Sentence("Classification: {network} learns {classes} from {samples}.")
    said = named if 1 < len(dataset.classes) <= MAX_NAMES else counted
    return said(network=network, classes=classes, names=listed(dataset.classes), samples=samples)


def _features(snapshot: Snapshot) -> list[str]:
    """What the inputs are, if they are not those of the data."""
    dataset = snapshot.run.dataset
    if dataset.feature_map is None:
        return []
    names = list(dataset.input_names[:MAX_FEATURES])
    more = len(dataset.input_names) - len(names)
    if more:
        names.append(Sentence("{n} more")(n=more))
    return [Sentence("Its inputs are {names}.")(names=listed(names))]


def state_sentence(snapshot: Snapshot) -> str:
    """The state of the run and how far it is."""
    epoch, epochs, stage = snapshot.run.epoch, snapshot.run.config.epochs, snapshot.status.stage
    if stage is Stage.READY:
        one = "It is not trained yet; the run has {n} epoch."
        return many(epochs, one, "It is not trained yet; the run has {n} epochs.")
    if stage is Stage.DIVERGED:
        if not snapshot.run.sample and snapshot.run.error is not None:
            epoch += 1  # at the first sample of the next epoch
        said = Sentence(
            "It diverged in epoch {epoch}, at sample {sample} of {samples}; what follows describes the last "
            "finite weights."
        )
    elif stage is Stage.FINISHED and epoch < epochs - 1:
        said = Sentence("It finished early, after epoch {epoch} of {epochs}.")
    elif stage is Stage.FINISHED and epoch == epochs - 1:
        said = Sentence("It finished after epoch {epoch}, the last of {epochs}.")
    elif stage is Stage.FINISHED:
        said = Sentence("It finished after epoch {epoch}.")
    elif snapshot.run.sample:
        said = Sentence("It is {state} in epoch {epoch} of {epochs}, at sample {sample} of {samples}.")
    else:
        said = Sentence("It is {state} after epoch {epoch} of {epochs}.")
    return said(
        state=word(stage, "state"),
        epoch=epoch,
        epochs=epochs,
        sample=snapshot.run.sample,
        samples=snapshot.run.samples,
    )


def describe_edits(snapshot: Snapshot) -> list[str]:
    """Say that the network was edited, and how; nothing if it was not.

    After a what-if, also say which edits of the previous run it lacks.
    """
    edits, not_repeated = snapshot.run.edits, snapshot.comparison.not_repeated
    sentences = []
    if edits:
        sentences.append(Sentence("The network was edited: {edits}.")(edits=_told(edits)))
    if not_repeated:
        lacks = Sentence("Of the edits of the previous run, some were not repeated: {edits}.")
        sentences.append(lacks(edits=_told(not_repeated)))
    return sentences


def _told(edits: Sequence[Edit]) -> str:
    newest = edits[-MAX_EDITS:]
    left_out = len(edits) - len(newest)
    in_epoch = Sentence("{change} in epoch {epoch}")
    told = listed([in_epoch(change=edit.words, epoch=edit.epoch) for edit in newest])
    one, several = "{n} earlier edit, then {edits}", "{n} earlier edits, then {edits}"
    return many(left_out, one, several, edits=told) if left_out else told
