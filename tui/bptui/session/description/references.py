"""What the network of a table has to be better than, in words."""

from __future__ import annotations

from collections.abc import Iterator

from bpengine.training.judging import is_better
from bptui.session.snapshot import Snapshot
from bpwords import Sentence
from bpwords.numbers import error_text, percent


def describe_references(snapshot: Snapshot) -> Iterator[str]:
    """Describe the best constant and the linear model, and say if the network is not better than that."""
    run, outputs, references = snapshot.run, snapshot.network.test_outputs, snapshot.run.references
    if run.dataset.test is None or outputs is None or not references:
        return
    constant, *linear = references
    said = Sentence("The error of the best constant of the training samples is {error} there.")
    yield said(error=error_text(constant.metrics.error))
    for reference in linear:
        metrics = reference.metrics
        if metrics.accuracy is None:
            yield Sentence("That of the best linear model is {error}.")(error=error_text(metrics.error))
        else:
            classes = Sentence("That of the best linear model is {error}, and its accuracy {accuracy}.")
            yield classes(error=error_text(metrics.error), accuracy=percent(metrics.accuracy))
        if run.is_partly_measured or len(outputs) < 2:
            continue
        own = outputs if run.dataset.classes else run.dataset.target_scaling.apply(outputs)
        if not is_better(run.config.task, own, reference.outputs, run.dataset.test.targets):
            yield Sentence("The network is not better than the linear model beyond chance.")()
