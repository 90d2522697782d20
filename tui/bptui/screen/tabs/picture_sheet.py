"""The plot of samples that are pictures: a sheet of them, with what the network answers."""

from __future__ import annotations

import numpy as np

from bpengine import Dataset
from bpengine.arithmetic.arrays import Array, IntArray
from bptui.screen.drawing import Legend, Sheet, Span
from bptui.session.snapshot import Snapshot
from bptui.session.units.facts import short_name
from bpwords import Sentence
from bpwords.numbers import number, share_text

MOST = 120
"""The most pictures of a sheet."""
_NAME = 6
"""The most characters of a class."""


def pictures_of(dataset: Dataset, numbers: IntArray | slice = slice(None)) -> Array:
    """Samples as pictures, in the units of the data; shape (samples, rows, columns)."""
    picture = dataset.picture
    assert picture is not None
    pixels: Array = dataset.coordinates[numbers][:, list(picture.order)]
    return pixels.reshape(-1, picture.rows, picture.columns)


def shown_samples(snapshot: Snapshot) -> tuple[Dataset, Array]:
    """The samples of the sheet, which are the test samples if there are any, and the network's outputs."""
    run, network = snapshot.run, snapshot.network
    if run.dataset.test is not None and network.test_outputs is not None:
        return run.dataset.test, network.test_outputs
    return run.dataset, network.outputs


def picture_sheet(snapshot: Snapshot, *, detail: bool, chosen: int | None) -> tuple[Sheet, Legend]:
    """Return the sheet and its legend.

    Args:
        snapshot: the run.
        detail: whether those come first that are most wrong.
        chosen: the number of the sample that stands out.
    """
    dataset, outputs = shown_samples(snapshot)
    if dataset.classes:
        actual, answers = dataset.targets.argmax(axis=1), outputs.argmax(axis=1)
        badness = -outputs[np.arange(len(outputs)), actual]
    else:
        badness = np.abs(outputs[:, 0] - dataset.target_scaling.undo(dataset.targets)[:, 0])
    with np.errstate(all="ignore"):
        order = np.argsort(-badness, kind="stable") if detail else np.arange(len(outputs))
    numbers = order[:MOST]
    captions, roles = [], []
    for sample in numbers.tolist():
        if dataset.classes:
            answer, truth = int(answers[sample]), int(actual[sample])
            name, certain = (
                short_name(dataset.classes[answer], _NAME),
                share_text(float(outputs[sample, answer])),
            )
            is_wrong = answer != truth
            wrong = f"{name}≠{short_name(dataset.classes[truth], _NAME)}"
            captions.append(f"{wrong if is_wrong else name} {certain}")
            roles.append("wrong" if is_wrong else "axes")
        else:
            target = dataset.target_scaling.undo(dataset.targets[sample : sample + 1])[0, 0]
            captions.append(f"{number(float(outputs[sample, 0]))} ({number(float(target))})")
            roles.append("axes")
    sheet = Sheet(
        pictures_of(dataset, numbers),
        snapshot.run.dataset.pixel_range,
        tuple(captions),
        tuple(roles),
        tuple(numbers.tolist()),
        chosen,
    )
    return sheet, _legend(snapshot, dataset, outputs, detail=detail)


def _legend(snapshot: Snapshot, dataset: Dataset, outputs: Array, *, detail: bool) -> Legend:
    """Which samples these are, how many are wrong, and the key to another order."""
    is_test = dataset is not snapshot.run.dataset
    which = Sentence("{n} test samples" if is_test else "{n} training samples")(n=len(dataset))
    order = Sentence("the worst first ({toggle_detail})" if detail else "{toggle_detail} the worst first")()
    if not dataset.classes:
        return Legend.of_variants(
            Legend.of(which, Sentence("predicted (actual)")(), order, between="  "), Legend.of(which)
        )
    missed = int((outputs.argmax(axis=1) != dataset.targets.argmax(axis=1)).sum())
    wrong = Sentence("{n} wrong")(n=missed)
    sign = Legend.of(Span("9≠5", "wrong"), Sentence("answer≠actual")())
    return Legend.of_variants(
        *(
            Legend.of(*parts, between="  ")
            for parts in ((which, wrong, sign, order), (which, wrong, order), (which, wrong))
        )
    )
