"""Samples are pictures if the names of their columns say so."""

from __future__ import annotations

from typing import Any

import pytest

from bpengine import DataError
from bpengine.data.csv import parse_csv
from bpengine.data.pictures import picture_of, pixel_names

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
