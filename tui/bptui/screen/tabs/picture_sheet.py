"""The plot of samples that are pictures: a sheet of them, with what the network answers."""

from __future__ import annotations

import numpy as np

from bpengine.explain.diagnostics.measuring import evenly
from bptui.screen.drawing import Legend, Sheet, Span
from bptui.session.snapshot import Snapshot
from bptui.session.units import short_name
from bpwords import Sentence
from bpwords.numbers import number, share_text

MOST = 120
"""The most pictures of a sheet."""
_NAME = 6
"""The most characters of a class."""


def picture_sheet(snapshot: Snapshot, *, detail: bool, chosen: int | None) -> tuple[Sheet, Legend]:
    """Return the sheet of the test samples or, if there are none, of the training samples; and its legend.

    Args:
        snapshot: the run.
        detail: whether those come first that are most wrong.
        chosen: the number of the sample that stands out.
    """
    run, network = snapshot.run, snapshot.network
    dataset, total = run.dataset.test or run.dataset, run.test_samples or run.samples
    outputs = network.outputs if network.test_outputs is None else network.test_outputs
    targets, classes, picture = dataset.target_scaling.undo(dataset.targets), dataset.classes, dataset.picture
    assert picture is not None
    answers, actual = outputs.argmax(axis=1), targets.argmax(axis=1)
    own = np.arange(len(outputs)), actual
    with np.errstate(all="ignore"):
        badness = 1 - outputs[own] if classes else np.abs(outputs - targets)[:, 0]
        order = np.argsort(-badness, kind="stable")[:MOST] if detail else own[0][:MOST]
    names = [short_name(name, _NAME) for name in classes]
    captions = []
    for sample in order.tolist():
        answer, truth = int(answers[sample]), int(actual[sample])
        output = float(outputs[sample, answer])
        if not classes:
            captions.append(f"{number(output)} ({number(float(targets[sample, 0]))})")
        else:
            wrong = f"≠{names[truth]}" if answer != truth else ""
            captions.append(f"{names[answer]}{wrong} {share_text(output)}")
    sheet = Sheet(
        picture.shaped(dataset.coordinates[order]),
        run.dataset.pixel_range,
        tuple(captions),
        tuple("wrong" if is_wrong else "axes" for is_wrong in (answers != actual)[order]),
        tuple(evenly(total, len(dataset))[order].tolist()),  # of all, also where not all are observed
        chosen,
    )
    count = f"{len(dataset)}/{total}" if len(dataset) < total else len(dataset)
    which = Sentence("{n} test samples" if run.dataset.test else "{n} training samples")(n=count)
    by = Sentence("the worst first ({toggle_detail})" if detail else "{toggle_detail} the worst first")()
    if not classes:
        parts = which, Sentence("predicted (actual)")(), by
        return sheet, Legend.of_variants(Legend.of(*parts, between="  "), Legend.of(which))
    wrong = Sentence("{n} wrong")(n=int((answers != actual).sum()))
    sign = Legend.of(Span("9≠5", "wrong"), Sentence("answer≠actual")())
    variants = (which, wrong, sign, by), (which, wrong, by), (which, wrong)
    return sheet, Legend.of_variants(*(Legend.of(*parts, between="  ") for parts in variants))
