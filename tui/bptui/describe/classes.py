"""The answers of a classification, and where they are wrong."""

from __future__ import annotations

import numpy as np

from bpengine.arrays import IntArray
from bptui.describe.plane import REGIONS, pieces, regions
from bptui.describe.words import counted, listed, number, percent, place
from bptui.session.snapshot import Snapshot

MAX_SHARES = 4
"""How many classes are told with their part of the plane."""
SPECK = 0.005
"""Part of the plane below which a piece isn't counted."""
MAX_PAIRS = 3
"""How many pairs of classes are told that are taken for each other."""
MAX_BORDERS = 4
"""How many borders on a line are told with their places."""


def classes(snapshot: Snapshot) -> list[str]:
    """How many are right, what is taken for what, where the wrong ones lie, and who has which part."""
    dataset = snapshot.run.dataset
    answers, right = snapshot.network.outputs.argmax(axis=1), dataset.targets.argmax(axis=1)
    wrong = np.flatnonzero(answers != right)
    samples = counted(len(dataset), "sample")
    if len(wrong) == 0:
        sentences = [f"All {samples} are in the right class."]
    else:
        are = "is" if len(wrong) == 1 else "are"
        accuracy = percent(1 - len(wrong) / len(dataset))
        sentences = [f"{len(wrong)} of {samples} {are} in the wrong class; accuracy {accuracy}."]
    given = np.unique(answers)
    if len(given) == 1 and len(dataset) > 1:
        sentences.append(f"Every sample is taken for {dataset.classes[given[0]]}.")
    elif len(wrong):
        sentences += [_confusion(snapshot), _places(snapshot, wrong)]
    return [*sentences, _shares(snapshot)]


def _confusion(snapshot: Snapshot) -> str:
    confusion = snapshot.run.metrics.confusion
    if confusion is None:
        return ""
    mistakes = confusion - np.diag(np.diag(confusion))
    order = np.argsort(-mistakes, axis=None, kind="stable")
    pairs = [divmod(int(at), len(mistakes)) for at in order if mistakes.flat[at]]
    names = snapshot.run.dataset.classes
    parts: list[str] = []
    for true, taken in pairs[:MAX_PAIRS]:
        count = int(mistakes[true, taken])
        are = "" if parts else " is taken" if count == 1 else " are taken"
        parts.append(f"{count} of {names[true]}{are} for {names[taken]}")
    rest = sum(int(mistakes[pair]) for pair in pairs[MAX_PAIRS:])
    return f"{listed([*parts, f'{rest} otherwise'] if rest else parts)}."


def _places(snapshot: Snapshot, wrong: IntArray) -> str:
    dataset = snapshot.run.dataset
    points = dataset.coordinates[wrong]
    they = "The wrong one lies" if len(wrong) == 1 else "The wrong ones lie"
    if points.shape[1] == 1:
        ends = [place(value, *dataset.domain[0]) for value in (points.min(), points.max())]
        where = f"at {ends[0]}" if ends[0] == ends[1] else f"between {ends[0]} and {ends[1]}"
        return f"{they} {where} on {dataset.features[0]}."
    if points.shape[1] != 2:
        return ""
    counts = np.bincount(regions(points, dataset.domain), minlength=len(REGIONS))
    order = np.argsort(-counts, kind="stable")
    most = int(counts[order[0]])
    if most == len(wrong):
        return f"{they} {REGIONS[order[0]]}."
    if most <= len(wrong) / 5:
        return f"{they} all over the plane."
    are = "is" if most == 1 else "are"
    parts = [f"{counts[region]} {REGIONS[region]}" for region in order[:3] if counts[region]]
    parts[0] = f"{most} {are} {REGIONS[order[0]]}"
    rest = len(wrong) - int(counts[order[:3]].sum())
    return f"Of the wrong ones, {listed([*parts, f'{rest} elsewhere'] if rest else parts)}."


def _shares(snapshot: Snapshot) -> str:
    """Of the domain: of a line, where the answer changes; of a plane, who has how much in how many pieces."""
    dataset, across = snapshot.run.dataset, snapshot.network.grid_outputs
    if across is None or not np.isfinite(across).all():
        return ""
    answers = across.argmax(axis=-1)
    if answers.ndim == 1:
        (low, high), x = dataset.domain[0], np.linspace(*dataset.domain[0], len(answers))
        borders = np.flatnonzero(np.diff(answers))
        if not 0 < len(borders) <= MAX_BORDERS:
            return f"The answer changes at {len(borders)} places." if len(borders) else ""
        places = [place(float(x[at : at + 2].mean()), low, high) for at in borders]
        name = dataset.classes[answers[0]]
        order = [
            f"{dataset.classes[answers[at + 1]]} from {at_}" for at, at_ in zip(borders, places, strict=True)
        ]
        return f"Along {dataset.features[0]} it answers {', '.join([name, *order])} on."
    if len(dataset.classes) > MAX_SHARES:
        return ""
    if np.ptp(answers) == 0:
        return ""
    parts = []
    for label, name in enumerate(dataset.classes):
        share = float((answers == label).mean())
        count = pieces(answers, label, max(1, round(SPECK * answers.size)))
        tail = f" in {number(count)} pieces" if count > 1 else ""
        parts.append(f"{name} has {percent(share) if share else 'none'}{tail}")
    return f"Of the plane {listed(parts)}."
