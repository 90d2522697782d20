"""What goes over the wire: less, and the terminal shows the same."""

from __future__ import annotations

from typing import Any

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.terminal.cell_diff import CellDiff

COLUMNS, ROWS = 12, 4

LOOKS = st.sampled_from(
    ["", "1", "3;31", "38;2;1;2;3", "38;2;1;2;3;48;2;9;8;7", "1;48;5;7", "7;32;44", "4;97"]
)
TEXTS = st.text(alphabet=" abη│⠒", min_size=1, max_size=COLUMNS)


@st.composite
def frames(draw: st.DrawFn) -> str:
    """Pieces of some rows in some looks, as Textual writes them."""
    frame = ""
    for y in draw(st.lists(st.integers(0, ROWS - 1), unique=True, min_size=1)):
        x = draw(st.integers(0, COLUMNS - 1))
        frame += f"\x1b[{y + 1};{x + 1}H"
        for text, look in draw(st.lists(st.tuples(TEXTS, LOOKS), min_size=1, max_size=3)):
            fits = text[: COLUMNS - x]
            x += len(fits)
            frame += f"\x1b[{look}m{fits}\x1b[0m" if look else fits
        frame += "\n" if y != ROWS - 1 else ""
    return frame + "\x1b[1;1H"


class Shown:
    """A terminal's screen."""

    def __init__(self) -> None:
        self.screen: Any = pyte.Screen(COLUMNS, ROWS)
        self.screen.reset_mode(7, private=True)  # lines don't wrap
        self._stream = pyte.Stream(self.screen)

    def feed(self, text: str) -> None:
        """Draw."""
        self._stream.feed(text)

    def cells(self) -> list[tuple[Any, ...]]:
        """All that can be seen: of a space only what is behind it or through it."""
        found = []
        for y in range(ROWS):
            for x in range(COLUMNS):
                cell = self.screen.buffer[y][x]
                seen = (cell.data, cell.bg, cell.reverse, cell.underscore)
                hidden = cell.data == " " and not cell.reverse and not cell.underscore
                found.append(
                    (*seen, "", False, False) if hidden else (*seen, cell.fg, cell.bold, cell.italics)
                )
        return found


@settings(max_examples=300)
@given(st.lists(frames(), max_size=6))
def test_the_same_is_shown(drawn: list[str]) -> None:
    wire, directly, over = CellDiff(), Shown(), Shown()
    for frame in drawn:
        changes = wire.changes(frame)
        directly.feed(frame)
        over.feed(changes)
        assert over.cells() == directly.cells()
        assert not changes.strip("\x1b[0m") or (over.screen.cursor.x, over.screen.cursor.y) == (0, 0)
        assert wire.changes(frame) == ""  # nothing changed since


def frame(*rows: str) -> str:
    """A frame of whole rows from the top."""
    return "".join(f"\x1b[{y};1H{row}" for y, row in enumerate(rows, 1)) + "\x1b[1;1H"


def test_only_what_changes_is_sent() -> None:
    wire = CellDiff()
    look = "\x1b[1;38;2;1;2;3;48;2;4;5;6m"
    wire.changes(frame(f"{look}error 0.11 epochs\x1b[0m", "below"))
    assert wire.changes(frame(f"{look}error 0.12 epochs\x1b[0m", "below")) == (
        "\x1b[1;10H" + look.replace("m", "m2") + "\x1b[0m\x1b[1;1H"
    )


def test_of_a_look_only_what_is_different() -> None:
    first, second = "\x1b[38;2;1;2;3;48;2;4;5;6ma\x1b[0m", "\x1b[38;2;7;8;9;48;2;4;5;6mb\x1b[0m"
    assert CellDiff().changes(frame(first + second)) == (
        "\x1b[1;1H\x1b[38;2;1;2;3;48;2;4;5;6ma\x1b[38;2;7;8;9mb\x1b[0m\x1b[1;1H"
    )


@pytest.mark.parametrize("text", ["\x1b[?2026h", "\x1b[?25l", "\x07", "\x1b]52;c;aGk=\x07", "", "\x1b[6n"])
def test_what_is_no_frame_is_sent_as_it_is(text: str) -> None:
    assert CellDiff().changes(text) == text


def test_what_it_does_not_know_is_sent_as_it_is_and_nothing_is_known_then() -> None:
    wire = CellDiff()
    linked = frame("\x1b]8;;x\x1b\\link\x1b]8;;\x1b\\")
    known = frame("plain")
    assert wire.changes(known)
    assert wire.changes(linked) == linked
    assert "plain" in wire.changes(known)


def test_wide_characters_are_sent_with_all_that_stands_beside_them() -> None:
    wire = CellDiff()
    wire.changes(frame("漢字 a"))
    assert "漢字 b" in wire.changes(frame("漢字 b"))
    wire.changes(frame("abcdef"))
    wire.changes(frame("漢字"))
    assert "abcdef" in wire.changes(frame("abcdef"))


def test_after_a_glyph_that_some_terminals_draw_wide_the_place_is_named() -> None:
    wire = CellDiff()
    wire.changes(frame("⊕ 123456789"))
    assert wire.changes(frame("⊗ 12345678X")) == "\x1b[1;1H⊗\x1b[1;11HX\x1b[1;1H"


def test_the_first_frame_of_another_size_is_sent_whole() -> None:
    wire = CellDiff()
    whole, other = frame("one", "two"), frame("one", "too")
    first = wire.changes(whole)
    wire.resize(3, 2)
    assert wire.changes(frame("one")) == ""  # not of all rows
    assert wire.changes(frame("ones", "twos"))  # nor of the right width
    wire.changes(whole)
    assert wire.changes(other) != first.replace("two", "too")
    wire.resize(3, 2)
    assert wire.changes(whole) == first
    assert wire.changes(whole) == ""


def test_forgetting_sends_all_again() -> None:
    wire = CellDiff()
    first = wire.changes(frame("one", "two"))
    wire.forget()
    assert wire.changes(frame("one", "two")) == first
