"""The screen on a real terminal: what it shows, and what keys do."""

from __future__ import annotations

from tests.tui.support.running import ENDLESS
from tests.tui.support.stalling import stalling_terminal
from tests.tui.support.terminal import (
    CTRL_C,
    DOWN,
    ENTER,
    LEFT,
    RIGHT,
    SHIFT_LEFT,
    SHIFT_RIGHT,
    UP,
    Terminal,
    bptui,
    epoch,
    train_slowly,
    wait_for_training,
    wait_until,
    wakes,
)


def is_laid_out(terminal: Terminal) -> bool:
    """Whether tabs, status and footer are in their places."""
    first, last = terminal.lines[0], terminal.lines[-1]
    tabs = "1 Regression" in first and "2 Classification" in first
    return tabs and epoch(terminal) >= 0 and "space " in last and "q quit" in last


def test_the_screen_opens_at_80x24_and_takes_keys_while_it_trains_at_full_speed() -> None:
    with bptui(*ENDLESS) as terminal:
        terminal.wait_for(lambda: is_laid_out(terminal), "tabs, status and footer")
        terminal.wait_for_text("network ─ sine", "settings", "▸learning rate", "network (m)", "running")
        wait_for_training(terminal)
        assert terminal.modes() != terminal.modes_before  # raw mode: keys arrive one by one, without an echo
        for key, before, after in (
            (LEFT, "0.1", "0.07"),
            (RIGHT, "0.07", "0.1"),
            (SHIFT_LEFT, "0.1", "0.01"),
            (SHIFT_RIGHT, "0.01", "0.1"),
        ):
            terminal.send(key)
            terminal.wait_for_text(f"learning rate {before} → {after}:", f"‹{after}›")
        terminal.send(3 * DOWN)
        terminal.wait_for_text("▸report every")
        terminal.send(UP)
        terminal.wait_for_text("▸epochs")
        terminal.send(DOWN + ENTER)
        terminal.wait_for_text("Allowed: a whole number from 1 to")
        terminal.send("50" + ENTER)
        terminal.wait_for_text("report every 200 → 50:", "‹50›")
        wait_for_training(terminal)
        terminal.send(" ")
        terminal.wait_for_text("paused")
        terminal.send(ENTER)
        terminal.wait_for_text("Allowed: a whole number from 1 to")
        terminal.send(CTRL_C)  # also quits from a dialog
        assert terminal.wait_for_exit() == 130


def test_a_paused_run_wakes_no_thread_and_stays_paused_while_the_other_tab_is_open() -> None:
    with bptui(*ENDLESS) as terminal:
        wait_for_training(terminal)
        terminal.send(" ")
        terminal.wait_for_text("paused")

        def rests() -> bool:
            before = wakes(terminal.process.pid)
            return terminal.pump(1.0) == 0 and wakes(terminal.process.pid) - before < 5

        wait_until(rests, "a second without work, once machine code is loaded")
        held = epoch(terminal)
        terminal.send("2")
        terminal.wait_for_text("+ above x below", "running")
        wait_for_training(terminal)
        terminal.send("1")
        terminal.wait_for_text("network ─ sine", "paused")
        assert epoch(terminal) == held
        terminal.send(" ")
        terminal.wait_for(lambda: epoch(terminal) > held, "going on from there")


def test_the_screen_continues_after_its_output_was_blocked() -> None:
    with stalling_terminal() as terminal:
        train_slowly(terminal)
        terminal.stall()
        terminal.send(RIGHT)
        terminal.wait_for_text("‹0.2›")
        wait_for_training(terminal)
