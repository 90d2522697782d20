"""The outputs of a classification in words, their regions, and where they are wrong."""

from __future__ import annotations

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bptui.session.snapshot import Snapshot
from bpwords import Sentence, joined, listed, many, translatable, word
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
    if len(wrong) == 0:
        one, several = "The sample is classified correctly.", "All {n} samples are classified correctly."
        sentences = [many(len(dataset), one, several)]
    else:
        is_wrong = Sentence("{wrong} of {samples} is misclassified; the accuracy is {accuracy}.")
        are_wrong = Sentence("{wrong} of {samples} are misclassified; the accuracy is {accuracy}.")
        samples = many(len(dataset), "{n} sample", "{n} samples")
        accuracy = percent(1 - len(wrong) / len(dataset))
        said = is_wrong if len(wrong) == 1 else are_wrong
        sentences = [said(wrong=len(wrong), samples=samples, accuracy=accuracy)]
    labels, places = np.unique(predicted), [_predictions(snapshot)]
    if len(labels) == 1 and len(dataset) > 1:
        every = Sentence("Every sample is predicted as {name}.")
        sentences.append(every(name=dataset.classes[labels[0]]))
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
    one, several = (
        "{n} sample of {name} is predicted as {other}",
        "{n} samples of {name} are predicted as {other}",
    )
    first = many(count, one, several, name=names[actual], other=names[predicted])
    text = listed([first, *_listed_pairs(others, names, MAX_PAIRS - 1)])
    return joined(Sentence("{text}.")(text=text), _test_confusion(snapshot))


def _test_confusion(snapshot: Snapshot) -> str:
    """The same for the test samples; empty if there are none, or none is wrong."""
    metrics, names = snapshot.run.test_metrics, snapshot.run.dataset.classes
    confusion = None if metrics is None or snapshot.run.test_error is None else metrics.confusion
    pairs = [] if confusion is None else confused(confusion)
    if not pairs:
        return ""
    of_test = Sentence("Of the test samples, {n} are wrong: {text}.")
    wrong = sum(count for _, _, count in pairs)
    return of_test(n=wrong, text=listed(_listed_pairs(pairs, names, MAX_PAIRS)))


def _listed_pairs(pairs: list[tuple[int, int, int]], names: tuple[str, ...], most: int) -> list[str]:
    """So many kinds of mistakes in words, and how many samples are in the others."""
    pair = Sentence("{n} of {name} as {other}")
    parts = [pair(n=count, name=names[actual], other=names[other]) for actual, other, count in pairs[:most]]
    rest = sum(count for _, _, count in pairs[most:])
    return [*parts, Sentence("{n} between other classes")(n=rest)] if rest else parts


def _places(snapshot: Snapshot, wrong: IntArray) -> str:
    """Where the misclassified samples are; empty for more than two inputs."""
    dataset = snapshot.run.dataset
    points = dataset.coordinates[wrong]
    is_one = len(wrong) == 1
    if points.shape[1] == 1:
        name = dataset.features[0]
        ends = [coordinate(value, *dataset.domain[0]) for value in (points.min(), points.max())]
        place = Sentence("at {values}" if ends[0] == ends[1] else "between {values} and {name} = {end}")(
            values=f"{name} = {ends[0]}", name=name, end=ends[1]
        )
        return _misclassified(is_one, place)
    if points.shape[1] != 2:
        return ""
    counts = np.bincount(regions_of(points, dataset.domain), minlength=len(REGIONS))
    order = np.argsort(-counts, kind="stable")
    most = int(counts[order[0]])
    if most == len(wrong):
        return _misclassified(is_one, region_of(order[0]))
    if most <= len(wrong) / 5:
        return _misclassified(is_one, word("all over the plane"))
    parts = [
        Sentence("{n} {region}")(n=counts[region], region=region_of(region))
        for region in order[1:3]
        if counts[region]
    ]
    parts.insert(0, many(most, "{n} is {region}", "{n} are {region}", region=region_of(order[0])))
    rest = len(wrong) - int(counts[order[:3]].sum())
    if rest:
        parts.append(Sentence("{n} elsewhere")(n=rest))
    return Sentence("Of the misclassified samples, {parts}.")(parts=listed(parts))


def _misclassified(is_one: bool, place: str) -> str:
    one = Sentence("The misclassified sample is {place}.")
    several = Sentence("The misclassified samples are {place}.")
    return (one if is_one else several)(place=place)


def _predictions(snapshot: Snapshot) -> str:
    """The predictions over the whole domain: the borders along one input, or the shares of a plane."""
    dataset, grid = snapshot.run.dataset, snapshot.network.grid_outputs
    if grid is None or not np.isfinite(grid).all():
        return ""
    labels = grid.argmax(axis=-1)
    return _along_line(snapshot, labels) if labels.ndim == 1 else over_plane(dataset.classes, labels)


def _along_line(snapshot: Snapshot, labels: IntArray) -> str:
    dataset = snapshot.run.dataset
    name, x = dataset.features[0], np.linspace(*dataset.domain[0], len(labels))
    borders = np.flatnonzero(np.diff(labels))
    if len(borders) == 0:
        return ""
    if len(borders) > MAX_BORDERS:
        changes = Sentence("Along {name}, the predicted class changes at {n} points.")
        return changes(name=name, n=len(borders))
    parts, up_to = [], Sentence("{name} up to {place}")
    for border in borders:
        where = coordinate(float(x[border : border + 2].mean()), *dataset.domain[0])
        parts.append(up_to(name=dataset.classes[labels[border]], place=where))
    parts.append(Sentence("{name} beyond")(name=dataset.classes[labels[-1]]))
    return Sentence("Along {name}, it predicts {parts}.")(name=name, parts=listed(parts))


def over_plane(classes: tuple[str, ...], labels: IntArray) -> str:
    """The share of the plane in which each class is predicted; empty for one class, and for many.

    Args:
        classes: their names.
        labels: the predicted class at each node of a grid; shape (rows, columns).
    """
    if len(classes) > MAX_SHARES or np.ptp(labels) == 0:
        return ""
    parts: list[str] = []
    for label, name in enumerate(classes):
        share = float((labels == label).mean())
        areas = count_areas(labels, label, max(1, round(MIN_AREA * labels.size)))
        first, other = Sentence("{name} in {share} of the plane"), Sentence("{name} in {share}")
        said = other if parts else first
        part = said(name=name, share=percent(share) if share else word("none", "share"))
        if areas > 1:
            part = Sentence("{part} (in {n} areas)")(part=part, n=areas)
        parts.append(part)
    return Sentence("The network predicts {parts}.")(parts=listed(parts))


REGIONS = translatable(
    (
        "in the lower left",
        "at the bottom",
        "in the lower right",
        "at the left",
        "in the middle",
        "at the right",
        "in the upper left",
        "at the top",
        "in the upper right",
    ),
    "region",
)
"""The nine regions of a plane that is divided into thirds, the lowest row first."""


def regions_of(points: Array, domain: tuple[tuple[float, float], ...]) -> IntArray:
    """Return the index into `REGIONS` of each point.

    Args:
        points: the points; shape (n, 2).
        domain: the lowest and the highest value of each axis.

    Returns:
        Indices; shape (n,).
    """
    low, high = np.array(domain).T
    thirds = np.clip(np.floor(3 * (points - low) / (high - low)), 0, 2).astype(np.int64)
    indices: IntArray = thirds[:, 0] + 3 * thirds[:, 1]
    return indices


def region_of(index: int) -> str:
    """The region with this index in words."""
    return word(REGIONS[index], "region")


def count_areas(labels: IntArray, label: int, min_cells: int) -> int:
    """Count the connected areas of a label.

    Args:
        labels: the label of each cell; shape (rows, columns).
        label: the label whose areas are counted.
        min_cells: the fewest cells of an area that counts.
    """
    left = {(int(row), int(column)) for row, column in np.argwhere(labels == label)}
    count = 0
    while left:
        edge = [left.pop()]
        size = 0
        while edge:
            row, column = edge.pop()
            size += 1
            for cell in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
                if cell in left:
                    left.remove(cell)
                    edge.append(cell)
        count += size >= min_cells
    return count
