"""The canvas of cells and braille dots, and how its cells become spans."""

from __future__ import annotations

import numpy as np

from bptui.screen.drawing import Span
from bptui.screen.drawing.canvas import Canvas


def canvas(width: int = 6, height: int = 1) -> Canvas:
    return Canvas(width, height, ("one", "other", "reverse", "ground"))


def put(drawn: Canvas, x: list[int], y: list[int], role: str) -> None:
    drawn.dots(np.array(x), np.array(y), np.full(len(x), drawn.number(role)))


def test_dots_are_drawn_at_their_places() -> None:
    for y in range(8):
        for x in range(4):
            drawn = canvas(2, 2)
            put(drawn, [x], [y], "one")
            bit = (0x01, 0x02, 0x04, 0x40, 0x08, 0x10, 0x20, 0x80)[4 * (x % 2) + y % 4]
            text = "".join(span.text for row in drawn.rows() for span in row)
            assert [ord(each) for each in text if each != " "] == [0x2800 + bit]
            assert text[2 * (y // 4) + x // 2] != " "


def test_a_cell_keeps_the_dots_of_the_last_call_alone() -> None:
    drawn = canvas()
    put(drawn, [0, 1, 4], [0, 0, 0], "one")
    put(drawn, [0, 11, 12, 99], [3, 3, 3, 3], "other")
    assert drawn.rows() == [[Span("⡀ ", "other"), Span("⠁  ", "one"), Span("⢀", "other")]]


def test_text_on_a_canvas_covers_dots_and_is_cut_off_at_the_ends() -> None:
    drawn = canvas()
    put(drawn, list(range(12)), [0] * 12, "one")
    drawn.write(0, 4, "abc", "other")
    drawn.write(0, 6, "d", "other")
    drawn.write(1, 0, "e", "other")
    drawn.write(-1, 0, "f", "other")
    assert drawn.rows() == [[Span("⠉⠉⠉⠉", "one"), Span("ab", "other")]]


def test_blanks_take_the_role_of_a_neighbor_on_the_same_ground() -> None:
    drawn = canvas()
    drawn.write(0, 1, "a", "one")
    drawn.grounds[0, 3:] = drawn.number("ground")
    drawn.write(0, 4, "b", "other")
    assert drawn.rows() == [[Span(" a ", "one"), Span(" b ", "other", "ground")]]


def test_no_blank_takes_a_role_that_is_shown_in_reverse() -> None:
    drawn = canvas()
    drawn.write(0, 1, "[1]", "reverse")
    assert drawn.rows(apart=["reverse"]) == [[Span(" "), Span("[1]", "reverse"), Span("  ")]]
    drawn.write(0, 0, "a", "one")
    drawn.write(0, 1, "[ ]", "reverse")
    rows = drawn.rows(apart=["reverse"])
    assert rows == [[Span("a", "one"), Span("[ ]", "reverse"), Span("  ")]], "its own blank stays"


def test_a_blank_canvas_is_one_span_a_row() -> None:
    assert canvas(3, 2).rows() == [[Span("   ")]] * 2
