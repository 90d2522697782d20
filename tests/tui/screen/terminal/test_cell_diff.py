"""Cell diff: less is sent, and the terminal shows the same."""

from __future__ import annotations

from typing import Any

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.screen.terminal.cell_diff import CellDiff

COLUMNS, ROWS = 12, 4

STYLES = st.sampled_from(
    ["", "1", "3;31", "38;2;1;2;3", "38;2;1;2;3;48;2;9;8;7", "1;48;5;7", "7;32;44", "4;97"]
)
TEXTS = st.text(alphabet=" abη│⠒", min_size=1, max_size=COLUMNS)


@st.composite
def frames(draw: st.DrawFn) -> str:
    """Draw a frame: pieces of some rows in some styles, as Textual writes them."""
    frame = ""
    for y in draw(st.lists(st.integers(0, ROWS - 1), unique=True, min_size=1)):
        x = draw(st.integers(0, COLUMNS - 1))
        frame += f"\x1b[{y + 1};{x + 1}H"
        for text, style in draw(st.lists(st.tuples(TEXTS, STYLES), min_size=1, max_size=3)):
            fits = text[: COLUMNS - x]
            x += len(fits)
            frame += f"\x1b[{style}m{fits}\x1b[0m" if style else fits
        frame += "\n" if y != ROWS - 1 else ""
    return frame + "\x1b[1;1H"


class FakeTerminal:
    """A terminal that draws what it receives."""

    def __init__(self) -> None:
        self.screen: Any = pyte.Screen(COLUMNS, ROWS)
        self.screen.reset_mode(7, private=True)  # lines don't wrap
        self._stream = pyte.Stream(self.screen)

    def feed(self, text: str) -> None:
        """Draw a text."""
        self._stream.feed(text)

    def cells(self) -> list[tuple[Any, ...]]:
        """Everything that can be seen of each cell; of a space, that is its background and lines."""
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


@settings(max_examples=80)
@given(st.lists(frames(), max_size=6))
def test_the_terminal_shows_the_same_as_without_the_diff(drawn: list[str]) -> None:
    diff, expected, actual = CellDiff(), FakeTerminal(), FakeTerminal()
    for frame in drawn:
        changes = diff.changes(frame)
        expected.feed(frame)
        actual.feed(changes)
        assert actual.cells() == expected.cells()
        assert not changes.strip("\x1b[0m") or (actual.screen.cursor.x, actual.screen.cursor.y) == (0, 0)
        assert diff.changes(frame) == ""  # nothing has changed since


def frame(*rows: str) -> str:
    """A frame of whole rows, from the top."""
    return "".join(f"\x1b[{y};1H{row}" for y, row in enumerate(rows, 1)) + "\x1b[1;1H"


def test_only_cells_that_change_are_sent() -> None:
    diff = CellDiff()
    style = "\x1b[1;38;2;1;2;3;48;2;4;5;6m"
    diff.changes(frame(f"{style}error 0.11 epochs\x1b[0m", "below"))
    assert diff.changes(frame(f"{style}error 0.12 epochs\x1b[0m", "below")) == (
        "\x1b[1;10H" + style.replace("m", "m2") + "\x1b[0m\x1b[1;1H"
    )


def test_only_parameters_of_a_style_that_differ_are_sent() -> None:
    first, second = "\x1b[38;2;1;2;3;48;2;4;5;6ma\x1b[0m", "\x1b[38;2;7;8;9;48;2;4;5;6mb\x1b[0m"
    assert CellDiff().changes(frame(first + second)) == (
        "\x1b[1;1H\x1b[38;2;1;2;3;48;2;4;5;6ma\x1b[38;2;7;8;9mb\x1b[0m\x1b[1;1H"
    )


@pytest.mark.parametrize("text", ["\x1b[?2026h", "\x1b[?25l", "\x07", "\x1b]52;c;aGk=\x07", "", "\x1b[6n"])
def test_output_that_is_not_a_frame_is_sent_as_it_is(text: str) -> None:
    assert CellDiff().changes(text) == text


def test_a_frame_with_an_unknown_sequence_is_sent_as_it_is_and_the_next_one_whole() -> None:
    diff = CellDiff()
    linked = frame("\x1b]8;;x\x1b\\link\x1b]8;;\x1b\\")
    known = frame("plain")
    assert diff.changes(known)
    assert diff.changes(linked) == linked
    assert "plain" in diff.changes(known)


def test_text_with_wide_characters_is_sent_whole() -> None:
    diff = CellDiff()
    diff.changes(frame("漢字 a"))
    assert "漢字 b" in diff.changes(frame("漢字 b"))
    diff.changes(frame("abcdef"))
    diff.changes(frame("漢字"))
    assert "abcdef" in diff.changes(frame("abcdef"))


def test_after_a_character_of_uncertain_width_the_cursor_is_moved_to_an_absolute_position() -> None:
    diff = CellDiff()
    diff.changes(frame("⊕ 123456789"))
    assert diff.changes(frame("⊗ 12345678X")) == "\x1b[1;1H⊗\x1b[1;11HX\x1b[1;1H"


def test_the_first_frame_of_another_size_is_sent_whole() -> None:
    diff = CellDiff()
    whole, other = frame("one", "two"), frame("one", "too")
    first = diff.changes(whole)
    diff.resize(3, 2)
    assert diff.changes(frame("one")) == ""  # without all rows
    assert diff.changes(frame("ones", "twos"))  # with another width
    diff.changes(whole)
    assert diff.changes(other) != first.replace("two", "too")
    diff.resize(3, 2)
    assert diff.changes(whole) == first
    assert diff.changes(whole) == ""


def test_after_forget_everything_is_sent_again() -> None:
    diff = CellDiff()
    first = diff.changes(frame("one", "two"))
    diff.forget()
    assert diff.changes(frame("one", "two")) == first
