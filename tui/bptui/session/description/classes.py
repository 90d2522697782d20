"""The outputs of a classification in words, and where they are wrong."""

from __future__ import annotations

import numpy as np

from bpengine.arithmetic.arrays import IntArray
from bpengine.wording import counted, listed
from bptui.session.description.regions import REGIONS, count_areas, regions_of
from bptui.session.snapshot import Snapshot
from bpwords.numbers import coordinate, percent

MAX_SHARES = 4
"""The most classes whose shares of the plane are listed."""
MIN_AREA = 0.005
"""The least share of the plane that an area must have to be counted."""
MAX_PAIRS = 3
"""The most pairs of an actual and a predicted class that are listed."""
MAX_BORDERS = 4
"""The most borders along one input that are listed."""


def describe_classes(snapshot: Snapshot) -> tuple[list[str], list[str]]:
    """The accuracy and the confused classes; where the misclassified samples and the predicted areas are."""
    dataset = snapshot.run.dataset
    predicted, actual = snapshot.network.outputs.argmax(axis=1), dataset.targets.argmax(axis=1)
    wrong = np.flatnonzero(predicted != actual)
    samples = counted(len(dataset), "sample")
    if len(wrong) == 0:
        sentences = [f"All {samples} are classified correctly."]
    else:
        are = "is" if len(wrong) == 1 else "are"
        accuracy = percent(1 - len(wrong) / len(dataset))
        sentences = [f"{len(wrong)} of {samples} {are} misclassified; the accuracy is {accuracy}."]
    labels, places = np.unique(predicted), [_predictions(snapshot)]
    if len(labels) == 1 and len(dataset) > 1:
        sentences.append(f"Every sample is predicted as {dataset.classes[labels[0]]}.")
    elif len(wrong):
        sentences.append(_confusion(snapshot))
        places.insert(0, _places(snapshot, wrong))
    return sentences, places


def confused(confusion: IntArray) -> list[tuple[int, int, int]]:
    """The actual class, the predicted one and the number of samples of each kind of mistake, most first.

    Args:
        confusion: see `Metrics.confusion`.
    """
    mistakes = confusion - np.diag(np.diag(confusion))
    order = np.argsort(-mistakes, axis=None, kind="stable")
    cells = (divmod(int(cell), len(mistakes)) for cell in order if mistakes.flat[cell])
    return [(actual, predicted, int(mistakes[actual, predicted])) for actual, predicted in cells]


def _confusion(snapshot: Snapshot) -> str:
    if snapshot.run.metrics.confusion is None:
        return ""
    names = snapshot.run.dataset.classes
    (actual, predicted, count), *others = confused(snapshot.run.metrics.confusion)
    are = "is" if count == 1 else "are"
    first = f"{counted(count, 'sample')} of {names[actual]} {are} predicted as {names[predicted]}"
    parts = [f"{count} of {names[actual]} as {names[predicted]}" for actual, predicted, count in others]
    return f"{listed([first, *_fewer(parts, others)])}.{_test_confusion(snapshot)}"


def _test_confusion(snapshot: Snapshot) -> str:
    """The same for the test samples; empty if there are none, or none is wrong."""
    metrics, names = snapshot.run.test_metrics, snapshot.run.dataset.classes
    confusion = None if metrics is None or snapshot.run.test_error is None else metrics.confusion
    pairs = [] if confusion is None else confused(confusion)
    if not pairs:
        return ""
    wrong = sum(count for _, _, count in pairs)
    parts = [f"{count} of {names[actual]} as {names[predicted]}" for actual, predicted, count in pairs]
    return f" Of the test samples, {wrong} are wrong: {listed(_fewer(parts, pairs, MAX_PAIRS))}."


def _fewer(parts: list[str], pairs: list[tuple[int, int, int]], most: int = MAX_PAIRS - 1) -> list[str]:
    """So many of the parts, and how many samples are in the others."""
    rest = sum(count for _, _, count in pairs[most:])
    return [*parts[:most], f"{rest} between other classes"] if rest else parts


def _places(snapshot: Snapshot, wrong: IntArray) -> str:
    """Where the misclassified samples are; empty for more than two inputs."""
    dataset = snapshot.run.dataset
    points = dataset.coordinates[wrong]
    subject = "The misclassified sample is" if len(wrong) == 1 else "The misclassified samples are"
    if points.shape[1] == 1:
        name = dataset.features[0]
        ends = [coordinate(value, *dataset.domain[0]) for value in (points.min(), points.max())]
        if ends[0] == ends[1]:
            return f"{subject} at {name} = {ends[0]}."
        return f"{subject} between {name} = {ends[0]} and {name} = {ends[1]}."
    if points.shape[1] != 2:
        return ""
    counts = np.bincount(regions_of(points, dataset.domain), minlength=len(REGIONS))
    order = np.argsort(-counts, kind="stable")
    most = int(counts[order[0]])
    if most == len(wrong):
        return f"{subject} {REGIONS[order[0]]}."
    if most <= len(wrong) / 5:
        return f"{subject} all over the plane."
    are = "is" if most == 1 else "are"
    parts = [f"{counts[region]} {REGIONS[region]}" for region in order[:3] if counts[region]]
    parts[0] = f"{most} {are} {REGIONS[order[0]]}"
    rest = len(wrong) - int(counts[order[:3]].sum())
    return f"Of the misclassified samples, {listed([*parts, f'{rest} elsewhere'] if rest else parts)}."


def _predictions(snapshot: Snapshot) -> str:
    """The predictions over the whole domain: the borders along one input, or the shares of a plane."""
    dataset, grid = snapshot.run.dataset, snapshot.network.grid_outputs
    if grid is None or not np.isfinite(grid).all():
        return ""
    labels = grid.argmax(axis=-1)
    return _along_line(snapshot, labels) if labels.ndim == 1 else _over_plane(dataset.classes, labels)


def _along_line(snapshot: Snapshot, labels: IntArray) -> str:
    dataset = snapshot.run.dataset
    name, x = dataset.features[0], np.linspace(*dataset.domain[0], len(labels))
    borders = np.flatnonzero(np.diff(labels))
    if len(borders) == 0:
        return ""
    if len(borders) > MAX_BORDERS:
        return f"Along {name}, the predicted class changes at {len(borders)} points."
    parts = []
    for border in borders:
        where = coordinate(float(x[border : border + 2].mean()), *dataset.domain[0])
        parts.append(f"{dataset.classes[labels[border]]} up to {where}")
    return f"Along {name}, it predicts {listed([*parts, f'{dataset.classes[labels[-1]]} beyond'])}."


def _over_plane(classes: tuple[str, ...], labels: IntArray) -> str:
    if len(classes) > MAX_SHARES or np.ptp(labels) == 0:
        return ""
    parts: list[str] = []
    for label, name in enumerate(classes):
        share = float((labels == label).mean())
        areas = count_areas(labels, label, max(1, round(MIN_AREA * labels.size)))
        tail = f" (in {areas} areas)" if areas > 1 else ""
        plane = "" if parts else " of the plane"
        parts.append(f"{name} in {percent(share) if share else 'none'}{plane}{tail}")
    return f"The network predicts {listed(parts)}."
