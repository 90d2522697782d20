"""Terminals with limits: no colors or few, ASCII only, a slow connection, no answers."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest

from bptui.screen.terminal.capabilities import _lacks_colors
from tests.tui.support.running import ENDLESS, call_on_a_terminal
from tests.tui.support.stalling import SilentTerminal
from tests.tui.support.terminal import (
    BPTUI,
    DOWN,
    ENTER,
    ESCAPE,
    LEFT,
    RIGHT,
    Terminal,
    bptui,
    epoch,
    train_slowly,
    wait_for_training,
)

NO_UTF_8: dict[str, dict[str, str | None]] = {
    "C without UTF-8 mode": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LANG": None},
    "C, for which Python writes UTF-8": {"LC_ALL": "C"},
    "an encoding of its own, latin-1": {"PYTHONIOENCODING": "latin-1"},
}


def codes(terminal: Terminal) -> set[str]:
    """The parameters of all SGR sequences that were sent; 38 and 48 together with their values."""
    found = set()
    for parameters in re.findall(rb"\x1b\[([\d;]*)m", terminal.output):
        found |= set(re.findall(r"[34]8;(?:5;\d+|2;\d+;\d+;\d+)|\d+", parameters.decode()))
    return found


def colors(terminal: Terminal) -> set[str]:
    """The parameters that set a color."""
    return {code for code in codes(terminal) if re.match(r"[34]\d|9\d|10\d", code)}


def cells(terminal: Terminal, text: str) -> list[Any]:
    """The cells of the screen that show a text."""
    for y, line in enumerate(terminal.screen.display):
        if text in line:
            x = line.index(text)
            return [terminal.screen.buffer[y][x + i] for i in range(len(text))]
    raise AssertionError(f"no {text!r} in\n{terminal.text}")


def test_without_curses_a_terminal_counts_as_one_with_colors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLORTERM", raising=False)
    monkeypatch.setitem(sys.modules, "curses", None)  # importing it raises ImportError
    assert not _lacks_colors()


def visit(terminal: Terminal) -> None:
    """Open both tabs, the help, a dialog and the palette."""
    train_slowly(terminal)
    terminal.send(" ")
    terminal.wait_for_text("paused")
    terminal.send("2")
    terminal.wait_for_text("below")
    wait_for_training(terminal)
    terminal.send(" ")
    terminal.wait_for_text("paused")
    terminal.send("?")
    terminal.wait_for_text("Run or pause")
    terminal.send("?" + ENTER)
    terminal.wait_for_text("Allowed: a number from")
    terminal.send(ESCAPE)
    terminal.wait_for(lambda: "Allowed: a number from" not in terminal.text, "the dialog's end")
    terminal.send("\x10")  # ctrl+p
    terminal.wait_for_text("Key: space")
    terminal.send(ESCAPE)
    terminal.wait_for(lambda: "Key: space" not in terminal.text, "the palette's end")


def assert_ascii_alone_was_sent(terminal: Terminal) -> None:
    assert terminal.output.isascii()
    assert b"\\u" not in terminal.output


def test_no_color_marks_the_chosen_row_and_tab_by_reverse_video_whatever_the_theme() -> None:
    """In ASCII, which was asked for."""
    flags = ("--theme", "dracula", "--ascii")
    with bptui(*ENDLESS, *flags, variables={"NO_COLOR": "1"}) as terminal:
        visit(terminal)
        assert_ascii_alone_was_sent(terminal)
        assert colors(terminal) == set()
        assert all(cell.reverse for cell in cells(terminal, "2 Classification"))
        assert not any(cell.reverse for cell in cells(terminal, "1 Regression"))
        assert all(cell.reverse for cell in cells(terminal, "*learning rate"))
        terminal.send(DOWN)
        terminal.wait_for_text("*init scale")
        assert all(cell.reverse for cell in cells(terminal, "*init scale"))
        assert not any(cell.reverse for cell in cells(terminal, "learning rate"))
        assert "paused" in terminal.text
        terminal.send(ENTER)
        terminal.wait_for_text("Allowed: a number from")
        assert all(cell.reverse for cell in cells(terminal, "0.01")[:4])  # typing replaces it


def test_linux_s_console_is_sent_no_more_than_16_colors_and_ascii_only() -> None:
    with bptui(*ENDLESS, variables={"TERM": "linux", "COLORTERM": None}) as terminal:
        wait_for_training(terminal)
        terminal.send("2")
        terminal.wait_for_text("below")
        assert terminal.output.isascii()
        assert colors(terminal)
        assert [code for code in colors(terminal) if ";" in code] == []
        chosen, other = cells(terminal, "learning rate")[0], cells(terminal, "init scale")[0]
        assert chosen.bg != other.bg
        assert cells(terminal, "2 Classification")[0].bg != cells(terminal, "1 Regression")[0].bg


@pytest.mark.parametrize("environment", NO_UTF_8)
def test_a_terminal_without_other_characters_is_told_by_the_environment(environment: str) -> None:
    script = "from bptui.process.streams import needs_ascii; print(needs_ascii())"
    with Terminal(sys.executable, "-c", script, variables=NO_UTF_8[environment]) as terminal:
        assert terminal.wait_for_exit() == 0
        terminal.wait_for_text("True")


def test_a_terminal_without_other_characters_and_without_colors_is_sent_neither() -> None:
    """Whatever the theme."""
    variables = {"LC_ALL": "C", "TERM": "vt100", "COLORTERM": None}
    with bptui(*ENDLESS, "--theme", "dracula", variables=variables) as terminal:
        wait_for_training(terminal)
        terminal.send("2")
        terminal.wait_for(lambda: re.search(r"[+x@%&] [+x@%&] [+x@%&]", terminal.text), "the other tab")
        terminal.wait_for_text("*learning rate", "[0.1]", "q quit", "2 Classification")
        assert_ascii_alone_was_sent(terminal)
        assert colors(terminal) == set()


def test_no_ascii_overrides_what_the_terminal_suggests() -> None:
    with bptui("--paused", "--no-ascii", variables={"TERM": "linux"}) as terminal:
        terminal.wait_for_text("▸learning rate")


@pytest.mark.parametrize("flags", [(), ("--seed", "3")])
def test_a_dumb_terminal_is_refused_in_a_line_that_names_what_works_there(
    flags: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    done = call_on_a_terminal("regression", "--paused", *flags)
    assert (done.status, done.out) == (2, "")
    assert done.complaint.startswith("bptui: error: TERM=dumb")
    assert all(name in done.complaint for name in ("bptui train", "bptui snapshot", "bptui --plain"))


def test_keys_act_on_a_slow_connection() -> None:
    with bptui(*ENDLESS, "--seed", "1", columns=140, rows=44, bytes_per_second=10_000) as terminal:
        wait_for_training(terminal)  # at full speed: each frame has much to draw
        for key, value in ((RIGHT, "‹0.2›"), (LEFT, "‹0.1›")):
            sent = len(terminal.output)
            terminal.send(key)
            terminal.wait_for_text(value)
            # What was in flight before and what the key has drawn, but no frames in a queue.
            assert len(terminal.output) - sent < 15_000
        wait_for_training(terminal)


def test_a_held_key_does_not_queue_up() -> None:
    flags = ("--paused",)
    with bptui(*flags, columns=140, rows=44, bytes_per_second=20_000) as terminal:
        terminal.wait_for_text("q quit", "ready")
        terminal.wait_for_quiet(0.5)
        for key in 12 * "12":  # each key redraws nearly the whole screen
            terminal.send(key)
            terminal.read_for(0.03)
        sent = len(terminal.output)
        terminal.send("?")
        terminal.wait_for_text("Run or pause")
        assert len(terminal.output) - sent < 80_000  # half of what is drawn for 24 keys one by one


def test_a_terminal_that_answers_nothing_is_not_waited_for() -> None:
    with SilentTerminal() as terminal:
        train_slowly(terminal)
        terminal.send(RIGHT)
        terminal.wait_for_text("‹0.2›")
        first = epoch(terminal)
        terminal.wait_for(lambda: epoch(terminal) > first, "going on")
        terminal.send("q")
        assert terminal.wait_for_exit() == 0


def test_no_answer_is_left_for_the_shell() -> None:
    script = '"$@"; echo "status $?"; sleep 1; echo "the end"'
    command = ("/bin/sh", "-c", script, "sh", *BPTUI, *ENDLESS)
    with Terminal(*command, latency=0.7) as terminal:
        wait_for_training(terminal)
        terminal.send("q")  # while a frame is in flight
        terminal.wait_for(lambda: b"the end" in terminal.output, "the shell's last words")
        assert b"status 0" in terminal.output
        assert b"^[" not in terminal.output  # the echo of an answer that came too late
