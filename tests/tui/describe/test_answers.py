"""What is told of a network's answers: fits over one input and more, and classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bpengine.csv_data import parse_csv
from bptui.session.snapshot import Snapshot
from tests.tui.support.described import told, with_outputs
from tests.tui.support.snapshots import snapshot_of

# Fits over one input.


def sine_with(across: Any) -> Snapshot:
    """A fit of the sine at its 200 places, and at its samples."""
    snapshot = snapshot_of()
    x = np.linspace(0, 2 * np.pi, 200)
    values = across(x)[:, np.newaxis]
    outputs = across(snapshot.run.dataset.coordinates[:, 0])[:, np.newaxis]
    return with_outputs(snapshot, outputs, values)


def test_a_fit_that_leaves_the_target_at_one_end() -> None:
    text = told(sine_with(lambda x: np.sin(x) + np.where(x > 6, 2 * (x - 6), 0)))
    assert "It is within 0.2 of the target, a tenth of its range, over 97% of x, 0 to 6.09," in text
    assert "and misses most near x = 6.28, by 0.566, too high." in text


def test_a_fit_that_is_near_everywhere() -> None:
    text = told(sine_with(lambda x: np.sin(x) - 0.1))
    assert "a tenth of its range, everywhere, and misses most near x = " in text
    assert "by 0.1, too low." in text
    assert "off by 0.1 (root mean square), 5% of the targets' range." in text


def test_a_fit_that_is_near_in_many_places() -> None:
    assert "of x, in 8 parts," in told(sine_with(lambda x: np.sin(x) + np.cos(4 * x)))
    assert "a tenth of its range, nowhere," in told(sine_with(lambda x: np.sin(x) + 1))


@pytest.mark.parametrize(
    ("fit", "text"),
    [
        (lambda x: 0.5 - x / 8, "The fit only falls from left to right; the target turns round 2 times."),
        (lambda x: x / 8, "The fit only rises from left to right; the target turns round 2 times."),
        (lambda x: np.sin(3 * x), "The fit turns round 6 times; the target turns round 2 times."),
        (lambda x: 1 - (x - 3) ** 2, "The fit has a peak near x = 3; the target turns round 2 times."),
        (lambda x: np.sin(x) + 0.02 * np.sin(40 * x), "as the target does."),
        (
            lambda x: 0 * x - 0.2,
            "The fit is a flat line at about -0.2, and misses most near x = 1.58, by 1.2, too low.",
        ),
    ],
)
def test_how_a_fit_runs(fit: Any, text: str) -> None:
    assert text in told(sine_with(fit))


def test_a_step_has_no_turning_point() -> None:
    text = told(snapshot_of(dataset="step"))
    assert "learns y from 200 samples of step" in text
    level = with_outputs(
        snapshot_of(dataset="step"), np.linspace(0, 1, 200)[:, None], np.linspace(0, 1, 200)[:, None]
    )
    assert "The fit only rises from left to right, as the target does." in told(level)


def test_one_input_of_a_file() -> None:
    rows = "\n".join(f"{x},{10 * x}" for x in range(20))
    source = parse_csv(f"Größe,Preis in €\n{rows}\n", "preise.csv", "regression")
    snapshot = snapshot_of(source=source)
    answers = snapshot.run.dataset.coordinates * 10
    text = told(with_outputs(snapshot, answers, np.zeros((200, 1))))
    assert "learns Preis in \\u20ac from 20 samples of preise.csv." in text
    assert "The fit only rises from left to right. It is on the target everywhere" in text
    answers = answers.copy()
    answers[7] = 300
    text = told(with_outputs(snapshot, answers, np.zeros((200, 1))))
    assert (
        "a tenth of its range, at 95% of the samples, and misses most near Grosse = 7, by 230, too high."
        in text
    )


# More inputs.


def test_a_surface() -> None:
    snapshot = snapshot_of(dataset="hills", samples=200)
    targets, points = snapshot.run.dataset.targets, snapshot.run.dataset.coordinates
    outputs = targets.copy()
    outputs[(points < -1 / 3).all(axis=1)] += 0.5
    y, x = np.meshgrid(np.linspace(-1, 1, 60), np.linspace(-1, 1, 80), indexing="ij")
    text = told(with_outputs(snapshot, outputs, (x - y)[:, :, None]))
    assert "It misses most in the lower left, by 0.5 on average." in text
    assert "The fitted surface is highest, 2, in the lower right and lowest, -2, in the upper left." in text
    assert f"{200 - int((outputs != targets).sum())} of 200 samples are met within 0.17" in text
    assert "The largest miss is at x = -0." in text
    assert "All 200 samples are met" in told(with_outputs(snapshot, targets))
    assert "It answers about 0.1 to all of them." in told(with_outputs(snapshot, np.full((200, 1), 0.1)))


def test_a_wide_file() -> None:
    rows = "\n".join(f"{n},{n % 3},{n % 5},{n * 2}" for n in range(12))
    snapshot = snapshot_of(source=parse_csv(f"a,b,c,d\n{rows}\n", "wide.csv", "regression"))
    assert snapshot.network.grid_outputs is None
    outputs = snapshot.run.dataset.target_scaling.undo(snapshot.run.dataset.targets)
    outputs[4] = 20
    text = told(with_outputs(snapshot, outputs))
    assert "a 3-3-1 network of sigmoid units learns d from 12 samples of wide.csv." in text
    assert "11 of 12 samples are met within 2.2, a tenth of the range." in text
    assert "The largest miss is sample 5: 20 instead of 8." in text


def test_targets_that_are_all_the_same() -> None:
    source = parse_csv("a,b\n1,5\n2,5\n3,5\n", "same.csv", "regression")
    assert "All targets are 5." in told(snapshot_of(source=source))


# Classes.


def answered(snapshot: Snapshot, labels: Any, **changes: Any) -> Snapshot:
    classes = len(snapshot.run.dataset.classes)
    return with_outputs(snapshot, np.eye(classes)[np.asarray(labels)], **changes)


def test_classes_in_the_plane() -> None:
    snapshot = snapshot_of("classification", dataset="blobs", trained=4)
    right = snapshot.run.dataset.targets.argmax(axis=1)
    text = told(answered(snapshot, right))
    assert "learns 3 classes, top, left and right, from 300 samples of blobs." in text
    assert "All 300 samples are in the right class." in text
    assert "taken for" not in text
    assert "Of the plane top has " in text
    top = np.flatnonzero(right == 0)[:8]
    labels = right.copy()
    labels[top] = 2
    labels[np.flatnonzero(right == 1)[0]] = 0
    text = told(answered(snapshot, labels))
    assert "9 of 300 samples are in the wrong class; accuracy 97%." in text
    assert "8 of top are taken for right and 1 of left for top." in text
    labels = right.copy()
    labels[top[0]] = 1
    text = told(answered(snapshot, labels))
    assert "1 of 300 samples is in the wrong class; accuracy over 99%. 1 of top is taken for left." in text
    assert "The wrong one lies at the top." in text


def test_parts_of_the_plane() -> None:
    snapshot = snapshot_of("classification")
    right = snapshot.run.dataset.targets.argmax(axis=1)
    labels = np.zeros((60, 80), dtype=int)
    labels[:, :20] = labels[10:30, 40:60] = 1
    labels[0, 70] = 1  # a speck
    labels[30:40, 60:70] = 1  # touches the other at a corner only
    text = told(answered(snapshot, right, grid_outputs=np.eye(2)[labels]))
    assert "Of the plane above has 65% and below has 35% in 3 pieces." in text
    everywhere = told(
        answered(snapshot, np.zeros(441, dtype=int), grid_outputs=np.eye(2)[np.zeros((60, 80), int)])
    )
    assert "Every sample is taken for above." in everywhere
    assert "Of the plane" not in everywhere


def test_wrong_ones_all_over_the_plane() -> None:
    snapshot = snapshot_of("classification")
    right = snapshot.run.dataset.targets.argmax(axis=1)
    assert "The wrong ones lie all over the plane." in told(answered(snapshot, 1 - right))


def test_classes_along_a_line() -> None:
    rows = "\n".join(f"{n},{'a' if n < 10 else 'b'}" for n in range(21))
    snapshot = snapshot_of(
        "classification", source=parse_csv(f"x,kind\n{rows}\n", "line.csv", "classification")
    )
    right = snapshot.run.dataset.targets.argmax(axis=1)
    labels = right.copy()
    labels[[9, 10]] = 1, 0
    across = np.eye(2)[(np.linspace(0, 20, 200) > 11).astype(int)]
    text = told(answered(snapshot, labels, grid_outputs=across))
    assert "The wrong ones lie between 9 and 10 on x." in text
    assert "Along x it answers a, b from 11 on." in text
    labels[10] = 1
    assert "The wrong one lies at 9 on x." in told(answered(snapshot, labels))
    often = np.eye(2)[np.arange(200) // 20 % 2]
    assert "The answer changes at 9 places." in told(answered(snapshot, labels, grid_outputs=often))


def test_classes_of_a_wide_file() -> None:
    rows = "\n".join(f"{n},{n % 7},{n % 4},{'uvwxyz'[n % 6]}" for n in range(30))
    source = parse_csv(f"a,b,c,d\n{rows}\n", "wide.csv", "classification")
    snapshot = snapshot_of("classification", source=source)
    right = snapshot.run.dataset.targets.argmax(axis=1)
    text = told(answered(snapshot, (right + (right > 1)) % 6))
    assert "learns 6 classes from 30 samples of wide.csv." in text
    assert "5 of w are taken for x, 5 of x for y, 5 of y for z and 5 otherwise." in text
