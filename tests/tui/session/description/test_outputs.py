"""The description of a network's outputs: fits over one input, over more inputs, and classes."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from bpengine.data.csv import parse_csv
from bptui.session.snapshot import Snapshot
from tests.tui.support.described import description_of, with_outputs
from tests.tui.support.snapshots import snapshot_of

# Fits over one input.


def sine_with(fit: Any) -> Snapshot:
    """A fit of the sine, given as a function, at the 200 positions of the grid and at the samples."""
    snapshot = snapshot_of()
    x = np.linspace(0, 2 * np.pi, 200)
    values = fit(x)[:, np.newaxis]
    outputs = fit(snapshot.run.dataset.coordinates[:, 0])[:, np.newaxis]
    return with_outputs(snapshot, outputs, values)


def test_a_fit_is_told_that_leaves_the_target_at_one_end() -> None:
    text = description_of(sine_with(lambda x: np.sin(x) + np.where(x > 6, 2 * (x - 6), 0)))
    assert (
        "It is within 0.2 of the target (a tenth of the target's range) for 97% of x, from 0 to 6.09;" in text
    )
    assert "its largest deviation is near x = 6.28, where the fit is 0.566 too high." in text


def test_a_fit_is_told_that_is_near_everywhere() -> None:
    text = description_of(sine_with(lambda x: np.sin(x) - 0.1))
    assert (
        "of the target (a tenth of the target's range) everywhere; its largest deviation is near x =" in text
    )
    assert "where the fit is 0.1 too low." in text
    assert "The RMSE of its outputs is 0.1, 5% of the range of the targets." in text


def test_a_fit_is_told_that_is_near_in_many_parts_or_nowhere() -> None:
    assert "of x, in 8 parts; its largest" in description_of(sine_with(lambda x: np.sin(x) + np.cos(4 * x)))
    nowhere = "It is nowhere within 0.2 of the target (a tenth of the target's range); its largest"
    assert nowhere in description_of(sine_with(lambda x: np.sin(x) + 1))


@pytest.mark.parametrize(
    ("fit", "text"),
    [
        (lambda x: 0.5 - x / 8, "falls all the way from left to right; the target has 2 turning points."),
        (lambda x: x / 8, "The fit rises all the way from left to right; the target has 2 turning points."),
        (
            lambda x: x / 8 + 0.03 * np.sin(20 * x),
            "The fit rises from left to right, with ripples; the target has 2 turning points.",
        ),
        # It ends a little higher than it begins, and falls from its middle on.
        (lambda x: 0.11 - 0.102 * np.abs(x / 3.2 - 1), "The fit rises from left to right, with ripples;"),
        (lambda x: np.sin(3 * x), "The fit has 6 turning points; the target has 2 turning points."),
        (lambda x: 1 - (x - 3) ** 2, "The fit has a peak near x = 3; the target has 2 turning points."),
        (
            lambda x: np.sin(x) + 0.02 * np.sin(40 * x),
            "peak near x = 1.61 and a valley near x = 4.67, like the target.",
        ),
        (
            lambda x: -np.sin(x),
            "a valley near x = 1.58 and a peak near x = 4.7; the target has 2 turning points.",
        ),
        (
            lambda x: 0 * x - 0.2,
            "The fit is a flat line at about -0.2; its largest deviation is near x = 1.58, "
            "where the fit is 1.2 too low.",
        ),
    ],
)
def test_the_shape_of_a_fit_is_told(fit: Any, text: str) -> None:
    assert text in description_of(sine_with(fit))


def test_a_monotone_target_is_compared_by_its_direction() -> None:
    text = description_of(snapshot_of(dataset="step"))
    assert "learns y from 200 samples of step" in text
    rise = np.linspace(0, 1, 200)[:, np.newaxis]
    rising, falling = (with_outputs(snapshot_of(dataset="step"), fit, fit) for fit in (rise, 1 - rise))
    assert "The fit rises all the way from left to right, like the target." in description_of(rising)
    text = description_of(falling)
    assert "The fit falls all the way from left to right; the target rises all the way." in text


def test_the_outputs_over_one_input_of_a_file_are_told() -> None:
    rows = "\n".join(f"{x},{10 * x}" for x in range(20))
    source = parse_csv(f"Größe,Preis in €\n{rows}\n", "preise.csv", "regression")
    snapshot = snapshot_of(source=source)
    answers = snapshot.run.dataset.coordinates * 10
    steps = np.linspace(*snapshot.run.dataset.domain[0], 200)[:, np.newaxis]
    text = description_of(with_outputs(snapshot, answers, 10 * steps))
    assert "learns Preis in € from 20 samples of preise.csv." in text
    assert "The fit rises all the way from left to right. It equals the target at every sample." in text
    between = with_outputs(snapshot, answers, 10 * steps + 30 * np.sin(2 * np.pi * steps))
    assert "turning points. It equals the target at every sample." in description_of(between)
    answers = answers.copy()
    answers[7] = 300
    text = description_of(with_outputs(snapshot, answers, 10 * steps))
    assert "of the target (a tenth of the target's range) at 95% of the samples; its largest" in text
    assert "deviation is near Größe = 7, where the fit is 230 too high." in text


# More inputs.


def test_a_surface_over_two_inputs_is_told() -> None:
    snapshot = snapshot_of(dataset="hills", samples=200)
    targets, points = snapshot.run.dataset.targets, snapshot.run.dataset.coordinates
    outputs = targets.copy()
    outputs[(points < -1 / 3).all(axis=1)] += 0.5
    y, x = np.meshgrid(np.linspace(-1, 1, 60), np.linspace(-1, 1, 80), indexing="ij")
    text = description_of(with_outputs(snapshot, outputs, (x - y)[:, :, None]))
    assert "It deviates most in the lower left, by 0.5 on average." in text
    assert "The fitted surface is highest in the lower right (2) and lowest in the upper left (-2)." in text
    near = 200 - int((outputs != targets).sum())
    assert f"For {near} of 200 samples, the output is within 0.17" in text
    assert "The largest deviation is at x = -0." in text
    assert "For all 200 samples, the output is within" in description_of(with_outputs(snapshot, targets))
    constant = with_outputs(snapshot, np.full((200, 1), 0.1))
    assert "Its output is about 0.1 for every sample." in description_of(constant)


def test_a_regression_over_three_inputs_is_told() -> None:
    rows = "\n".join(f"{n},{n % 3},{n % 5},{n * 2}" for n in range(12))
    snapshot = snapshot_of(source=parse_csv(f"a,b,c,d\n{rows}\n", "wide.csv", "regression"))
    assert snapshot.network.grid_outputs is None
    outputs = snapshot.run.dataset.target_scaling.undo(snapshot.run.dataset.targets)
    outputs[4] = 20
    text = description_of(with_outputs(snapshot, outputs))
    assert "a 3-3-1 network of sigmoid units learns d from 12 samples of wide.csv." in text
    near = "within 2.2 of the target (a tenth of the targets' range)"
    assert f"For 11 of 12 samples, the output is {near}." in text
    assert "The largest deviation is at sample 5: the output is 20 and the target 8." in text


def test_targets_that_are_all_the_same_are_told() -> None:
    source = parse_csv("a,b\n1,5\n2,5\n3,5\n", "same.csv", "regression")
    assert "All targets are 5." in description_of(snapshot_of(source=source))


# Classes.


def with_predictions(snapshot: Snapshot, labels: Any, **changes: Any) -> Snapshot:
    """The snapshot with outputs of 1 for each sample's predicted class, and 0 for the other classes."""
    classes = len(snapshot.run.dataset.classes)
    return with_outputs(snapshot, np.eye(classes)[np.asarray(labels)], **changes)


def test_classes_in_the_plane_are_told() -> None:
    snapshot = snapshot_of("classification", dataset="blobs", trained=4)
    right = snapshot.run.dataset.targets.argmax(axis=1)
    text = description_of(with_predictions(snapshot, right))
    assert "learns 3 classes, top, left and right, from 300 samples of blobs." in text
    assert "All 300 samples are classified correctly." in text
    assert "misclassified" not in text
    assert re.search(r"The network predicts top in \d+% of the plane, left in \d+% and right in \d+%\.", text)
    top = np.flatnonzero(right == 0)[:8]
    labels = right.copy()
    labels[top] = 2
    labels[np.flatnonzero(right == 1)[0]] = 0
    text = description_of(with_predictions(snapshot, labels))
    assert "9 of 300 samples are misclassified; the accuracy is 97%." in text
    assert "8 samples of top are predicted as right and 1 of left as top." in text
    labels = right.copy()
    labels[top[0]] = 1
    text = description_of(with_predictions(snapshot, labels))
    assert "1 of 300 samples is misclassified; the accuracy is over 99%." in text
    assert "1 sample of top is predicted as left. The misclassified sample is at the top." in text


def test_the_areas_of_a_class_are_counted_and_specks_are_not() -> None:
    snapshot = snapshot_of("classification")
    right = snapshot.run.dataset.targets.argmax(axis=1)
    labels = np.zeros((60, 80), dtype=int)
    labels[:, :20] = labels[10:30, 40:60] = 1
    labels[0, 70] = 1  # a speck
    labels[30:40, 60:70] = 1  # touches the other at a corner only
    text = description_of(with_predictions(snapshot, right, grid_outputs=np.eye(2)[labels]))
    assert "The network predicts above in 65% of the plane and below in 35% (in 3 areas)." in text
    everywhere = description_of(
        with_predictions(snapshot, np.zeros(441, dtype=int), grid_outputs=np.eye(2)[np.zeros((60, 80), int)])
    )
    assert "Every sample is predicted as above." in everywhere
    assert "of the plane" not in everywhere


def test_a_class_that_is_never_predicted_has_none_of_the_plane() -> None:
    snapshot = snapshot_of("classification", dataset="blobs")
    right = snapshot.run.dataset.targets.argmax(axis=1)
    labels = np.full((60, 80), 1)
    labels[:, 40:] = 2
    text = description_of(with_predictions(snapshot, right, grid_outputs=np.eye(3)[labels]))
    assert "The network predicts top in none of the plane, left in 50% and right in 50%." in text


def test_misclassified_samples_all_over_the_plane_are_told() -> None:
    snapshot = snapshot_of("classification")
    right = snapshot.run.dataset.targets.argmax(axis=1)
    text = description_of(with_predictions(snapshot, 1 - right))
    assert "The misclassified samples are all over the plane." in text


def test_classes_along_a_line_are_told() -> None:
    rows = "\n".join(f"{n},{'a' if n < 10 else 'b'}" for n in range(21))
    snapshot = snapshot_of(
        "classification", source=parse_csv(f"x,kind\n{rows}\n", "line.csv", "classification")
    )
    right = snapshot.run.dataset.targets.argmax(axis=1)
    labels = right.copy()
    labels[[9, 10]] = 1, 0
    across = np.eye(2)[(np.linspace(0, 20, 200) > 11).astype(int)]
    text = description_of(with_predictions(snapshot, labels, grid_outputs=across))
    assert "The misclassified samples are between x = 9 and x = 10." in text
    assert "Along x, it predicts a up to 11 and b beyond." in text
    labels[10] = 1
    assert "The misclassified sample is at x = 9." in description_of(with_predictions(snapshot, labels))
    often = np.eye(2)[np.arange(200) // 20 % 2]
    text = description_of(with_predictions(snapshot, labels, grid_outputs=often))
    assert "Along x, the predicted class changes at 9 points." in text


def test_classes_over_three_inputs_are_told() -> None:
    rows = "\n".join(f"{n},{n % 7},{n % 4},{'uvwxyz'[n % 6]}" for n in range(30))
    source = parse_csv(f"a,b,c,d\n{rows}\n", "wide.csv", "classification")
    snapshot = snapshot_of("classification", source=source)
    right = snapshot.run.dataset.targets.argmax(axis=1)
    text = description_of(with_predictions(snapshot, (right + (right > 1)) % 6))
    assert "learns 6 classes from 30 samples of wide.csv." in text
    told = "5 samples of w are predicted as x, 5 of x as y, 5 of y as z and 5 between other classes."
    assert told in text
