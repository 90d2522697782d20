"""The error: its value, its trend, and how it compares with that on the test samples and with references."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np

from bpengine import DataError
from bpengine.arithmetic.arrays import Array
from bpengine.explain.calibration import FEWEST_SAMPLES, calibration
from bpengine.training.judging import HIGHER, LATE, Trend, is_better
from bptui.formatting import interval_text
from bptui.session.description.calibration import describe_calibration
from bptui.session.snapshot import Snapshot
from bpwords import Sentence, many, word
from bpwords.numbers import error_text, number, percent, share_text


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


UNCHANGED = 0.01
"""The smallest relative change of an error that counts as a change."""
OSCILLATION_TURNS = 0.25
"""The smallest share of epochs at which an oscillating error changes direction. The share is 2/3 for noise,
and 0 for a smooth curve."""


def describe_error(snapshot: Snapshot) -> tuple[list[str], list[str]]:
    """The epoch error now and at the start, and the error now; how it moved lately, and its lowest value."""
    epochs, errors = _finite(*snapshot.run.curve)
    if snapshot.run.error is None or not len(errors):
        return [], []
    now, first, first_epoch = float(errors[-1]), float(errors[0]), int(epochs[0])
    if len(errors) == 1:
        only = Sentence("The epoch error (the mean during epoch {epoch}) is {error}.")
        return [only(epoch=first_epoch, error=number(now)), *_error_now(snapshot)], []
    both = Sentence(
        "The epoch error (the mean during epoch {epoch}) is {error}; it was {before} in epoch {began}."
    )
    error = both(epoch=int(epochs[-1]), error=number(now), before=number(first), began=first_epoch)
    moves = trend(epochs, errors)
    best = int(errors.argmin())
    if now > HIGHER * first:
        moves.append(Sentence("It is higher than in epoch {epoch}.")(epoch=first_epoch))
    if now > HIGHER * errors[best] and best:
        lowest = Sentence("The lowest on the curve was {error}, in epoch {epoch}.")
        moves.append(lowest(error=number(errors[best]), epoch=int(epochs[best])))
    return [error, *_error_now(snapshot)], moves


def _finite(epochs: Array, errors: Array) -> tuple[Array, Array]:
    """The epochs whose errors are finite numbers, and these errors."""
    finite = np.isfinite(errors)
    return epochs[finite], errors[finite]


def _error_now(snapshot: Snapshot) -> list[str]:
    """The error of the current weights, which have changed since the samples of the epoch were measured."""
    error = snapshot.run.metrics.error
    if not np.isfinite(error):
        return []
    now = Sentence("The error now, of the current weights, is {error}.")
    with_dropout = Sentence(
        "The error now, of the current weights and all units (the epoch error is measured with dropout), is "
        "{error}."
    )
    return [(with_dropout if snapshot.run.config.dropout > 0 else now)(error=number(error))]


def trend(epochs: Array, errors: Array, name: str = "") -> list[str]:
    """The trend of an error over the end of the run; nothing if there are too few errors.

    It is a fall or a rise that is not chance (see `Trend`), or the range of the errors.

    Args:
        epochs: the epochs; shape (n,).
        errors: their errors; shape (n,).
        name: what the errors are called; empty for the epoch error.
    """
    shown = Trend.of(epochs, errors)
    if shown is None:
        return []
    if shown.is_part:
        period = Sentence("{share} of the run")(share=share_text(LATE))
    else:
        period = Sentence("{n} values")(n=len(shown.errors))
    said = {"period": period, "name": name or word("the epoch error")}
    low, high = shown.errors.min(), shown.errors.max()
    if high <= (1 + UNCHANGED) * low:
        hardly = Sentence("Over the last {period}, {name} hardly changed.")
        zero = Sentence("Over the last {period}, {name} was 0.")
        return [(hardly if high else zero)(**said)]
    if abs(shown.change) < UNCHANGED:
        steps = np.sign(np.diff(shown.errors))
        turns = int((steps[1:] * steps[:-1] < 0).sum())
        oscillated = Sentence("Over the last {period}, {name} oscillated between {low} and {high}.")
        moved = Sentence("Over the last {period}, {name} moved between {low} and {high}.")
        between = oscillated if turns > max(1, OSCILLATION_TURNS * len(steps)) else moved
        return [between(low=number(low), high=number(high), **said)]
    if shown.change > 1:
        multiplied = Sentence("Over the last {period}, {name} rose to about {ratio} times its value.")
        return [multiplied(ratio=number(1 + shown.change, 2), **said)]
    fell = Sentence("Over the last {period}, {name} fell by about {share}.")
    rose = Sentence("Over the last {period}, {name} rose by about {share}.")
    return [(fell if shown.change < 0 else rose)(share=percent(abs(shown.change)), **said)]


def describe_test_error(snapshot: Snapshot) -> list[str]:
    """Compare the error on the test samples with that on the training samples, after some training."""
    test, metrics = snapshot.run.test_metrics, snapshot.run.metrics
    if snapshot.run.error is None or test is None or snapshot.run.dataset.test is None:
        return []
    if not (np.isfinite(test.error) and np.isfinite(metrics.error)):
        return []
    one = "On the {n} test sample, the error now is {error}"
    several = "On the {n} test samples, the error now is {error}"
    text = many(snapshot.run.test_samples, one, several, error=number(test.error))
    if metrics.error > 0:
        times = Sentence("{text}, {ratio} times the training error")
        text = times(text=text, ratio=number(test.error / metrics.error))
    sentences = [_with_lowest(text, snapshot)]
    if test.accuracy is not None:
        interval = interval_text(test.accuracy, len(snapshot.run.dataset.test))
        accuracy = Sentence("The accuracy on the test samples is {accuracy} ({interval}).")
        sentences.append(accuracy(accuracy=percent(test.accuracy), interval=interval))
        if len(snapshot.run.dataset.test) >= FEWEST_SAMPLES:
            with contextlib.suppress(DataError):  # all of them are of one class
                known = calibration(snapshot.run.dataset, snapshot.network.test_outputs)
                sentences += describe_calibration(known)
    return [*sentences, *describe_references(snapshot)]


def _with_lowest(text: str, snapshot: Snapshot) -> str:
    """The text as a sentence, with the lowest test error and its epoch if the test error is higher now."""
    epochs, errors = _finite(snapshot.run.curve[0], snapshot.run.test_curve)
    if not len(errors) or errors[-1] <= HIGHER * errors.min():
        return Sentence("{text}.")(text=text)
    best = int(errors.argmin())
    lowest = Sentence("{text}; the lowest on its curve was {error} in epoch {epoch}.")
    return lowest(text=text, error=number(errors[best]), epoch=int(epochs[best]))
