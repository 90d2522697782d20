"""Samples are pictures if the names of their columns say so."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from bpengine import DataError, Trainer, TrainingConfig
from bpengine.data.csv import parse_csv
from bpengine.data.csv.new_rows import NewRows
from bpengine.data.pictures import picture_of, pixel_names
from bpengine.training.predictions import typed_inputs
from bpengine.training.training_data import make_dataset

HEADER = "label,pixel0,pixel1,pixel2,pixel3\n"
ROWS = "a,1,2,3,4\nb,5,6,7,8\nc,0,0,1,9\n"


@pytest.mark.parametrize(
    ("names", "size"),
    [
        (pixel_names(2, 3), (2, 3)),
        ([f"pixel_{row}_{column}" for row in range(8) for column in range(8)], (8, 8)),
        ([f"pixel{number}" for number in range(784)], (28, 28)),
        ([f"pixel{number}" for number in range(1, 10)], (3, 3)),
        ([f"{row}x{column}" for row in range(1, 3) for column in range(1, 5)], (2, 4)),
    ],
)
def test_names_of_pixels_are_known(names: list[str], size: tuple[int, int]) -> None:
    picture = picture_of(tuple(names))
    assert picture is not None
    assert picture[:2] == size
    assert picture.order == tuple(range(len(names)))
    turned = picture_of(tuple(reversed(names)))
    assert turned is not None and turned.order == tuple(reversed(range(len(names))))
    for wrong in (names[:-1], [*names, names[0]], [*names[:-1], "age"], [*names[:-1], names[0]]):
        assert picture_of(tuple(wrong)) is None


@pytest.mark.parametrize(
    "names", [(), ("x",), ("p0_0", "p0_1"), ("p5_5", "p5_6", "p6_5", "p6_6"), ("x1", "x2", "x3", "x4")]
)
def test_other_names_are_no_pictures(names: tuple[str, ...]) -> None:
    assert picture_of(names) is None


def test_columns_are_called_pixels_if_that_is_asked() -> None:
    options: dict[str, Any] = {"task": "classification", "target": "1", "header": False}
    dataset = parse_csv(ROWS, "f.csv", picture="2x2", **options)
    assert dataset.features == ("p0_0", "p0_1", "p1_0", "p1_1")
    assert dataset.picture == (2, 2, (0, 1, 2, 3))
    assert parse_csv(ROWS, "f.csv", **options).picture is None
    named = parse_csv(HEADER + ROWS, "f.csv", "classification", target="label")
    assert named.picture == (2, 2, (0, 1, 2, 3))
    with pytest.raises(DataError) as size:
        parse_csv(ROWS, "f.csv", picture="2x3", **options)
    assert str(size.value) == "f.csv: picture='2x3': must have 4 pixels, one for each input, and no features"
    with pytest.raises(DataError, match="picture: must be rows x columns, such as 8x8, got 'big'"):
        parse_csv(ROWS, "f.csv", picture="big", **options)


def test_pixels_have_one_range_and_those_far_outside_are_refused() -> None:
    text = HEADER + "a,0,1,2,0\nb,0,8,6,0\na,0,0,1,0\nb,0,3,4,0\n"
    dataset = parse_csv(text, "f.csv", "classification", target="label")
    assert dataset.domain == ((0.0, 8.0),) * 4, "a pixel that is always paper has no range of its own"
    assert dataset.pixel_range == (0.0, 8.0)
    trainer = Trainer(TrainingConfig.defaults("classification", epochs=1), dataset, kernel="numpy")
    refusal = "a pixel must be from 0 to 8, as in the samples, got 255"
    assert len(trainer.predict([[0, 11, -3, 0]])) == 1  # a little darker than all samples
    with pytest.raises(DataError, match=f"inputs: {refusal}"):
        trainer.predict([[0, 1, 2, 3], [0, 255, 2, 3]])
    with pytest.raises(DataError, match=refusal):
        typed_inputs(trainer.dataset, ["0", "255", "2", "3"])
    for header in ("pixel0,pixel1,pixel2,pixel3\n", ""):  # the rows of a file that was named by a flag
        file = io.BytesIO(f"{header}0,1,2,3\n0,255,2,3\n".encode())
        (block,) = NewRows(io.BufferedReader(file), "new.csv", trainer.dataset, in_order=False)
        np.testing.assert_array_equal(block.inputs, trainer.dataset.inputs_at(np.array([[0.0, 1, 2, 3]])))
        assert str(block.problems[1]) == f"new.csv, line {3 if header else 2}: {refusal}"
    plain = parse_csv(text.replace("pixel", "x"), "f.csv", "classification", target="label")
    assert plain.domain[0] != plain.domain[1]
    assert plain.pixel_problem(np.array([[0.0, 255, 2, 3]])) == ""


def test_noise_leaves_pixels_between_paper_and_ink() -> None:
    config = TrainingConfig.defaults("classification", dataset="digits", samples=200)
    clean, noisy = make_dataset(config), make_dataset(config.replace(noise=0.5))
    assert noisy.domain == clean.domain == ((0.0, 1.0),) * 64
    assert noisy.coordinates.min() == 0 and noisy.coordinates.max() == 1
    assert np.abs(noisy.coordinates - clean.coordinates).mean() > 0.1
