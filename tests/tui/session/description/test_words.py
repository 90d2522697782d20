"""The words of a description: numbers, coordinates, lists, ASCII text; and the turning points of a curve."""

from __future__ import annotations

import numpy as np
import pytest

from bptui.session.description.fit import TurningPoint, turning_points
from bptui.session.description.words import line_of
from bpwords import listed, many


def test_lists_and_counts_are_written_as_in_a_sentence() -> None:
    assert [listed(parts) for parts in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert [many(count, "{n} class", "{n} classes") for count in (0, 1, 2)] == [
        "0 classes",
        "1 class",
        "2 classes",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("größe\t– η", "größe - eta"),
        ("function sin(x) + 1 → none, μ 0.9 → 0.8", "function from sin(x) + 1 to none, mu from 0.9 to 0.8"),
        ("½ fi Å 日本 €", "½ fi Å 日本 €"),
        ("a\nb\x1b[31m\u202e", "a b\\x1b[31m\\u202e"),
    ],
)
def test_any_text_becomes_one_line_without_signs(text: str, line: str) -> None:
    assert line_of(text) == line


def peak(index: int) -> TurningPoint:
    return TurningPoint(index, is_peak=True)


def valley(index: int) -> TurningPoint:
    return TurningPoint(index, is_peak=False)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([1, 1, 1], []),
        ([1, 2, 3], []),
        ([3, 2, 1], []),
        ([0, 3, 0], [peak(1)]),
        ([0, 3, 2.5, 3.5, 0], [peak(3)]),
        ([3, 0, 0.5, -0.5, 3], [valley(3)]),
        ([0, -0.5, 3, 5, 2, 4, 1], [peak(3), valley(4), peak(5)]),
        ([0, 0.5, -3, 0], [valley(2)]),
        ([0, 3, 2.5], []),
    ],
)
def test_turning_points_are_found_and_ripples_are_not(values: list[float], found: list[TurningPoint]) -> None:
    assert turning_points(np.array(values, dtype=np.float64), 1.0) == found
