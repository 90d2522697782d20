"""The screen on a real terminal: what it shows, and what keys do to it."""

from __future__ import annotations

from tests.tui.support.stalling import ALONE, FLAT_OUT, stalling
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
    cpu_seconds,
    epoch,
    wait_for_training,
)


def is_laid_out(terminal: Terminal) -> bool:
    """Whether tabs, status and footer are where they belong."""
    first, last = terminal.lines[0], terminal.lines[-1]
    tabs = "1 Regression" in first and "2 Classification" in first
    return tabs and epoch(terminal) >= 0 and "space run" in last and "q quit" in last


def test_opens_at_80x24_and_trains() -> None:
    with bptui(*FLAT_OUT) as terminal:
        terminal.wait_for(lambda: is_laid_out(terminal), "tabs, status and footer")
        terminal.wait_for_text("sine + network", "settings", "▸learning rate", "reported epochs", "running")
        wait_for_training(terminal)
        assert terminal.modes() != terminal.modes_before  # raw: keys come one by one, unechoed


def test_keys_act_while_it_trains_flat_out() -> None:
    with bptui(*FLAT_OUT) as terminal:
        wait_for_training(terminal)
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
        terminal.send(CTRL_C)  # here, too
        assert terminal.wait_for_exit() == 130


def test_a_paused_run_is_as_it_was_after_a_look_at_the_other_tab() -> None:
    with bptui(*ALONE) as terminal:
        wait_for_training(terminal)
        terminal.send(" ")
        terminal.wait_for_text("paused")
        held = epoch(terminal)
        terminal.send("2")
        terminal.wait_for_text("+ above x below", "running")
        wait_for_training(terminal)
        terminal.send("1")
        terminal.wait_for_text("sine + network", "paused")
        assert epoch(terminal) == held
        terminal.send(" ")
        terminal.wait_for(lambda: epoch(terminal) > held, "going on from there")


def test_goes_on_after_nobody_has_read_for_a_while() -> None:
    with stalling() as terminal:
        wait_for_training(terminal)
        terminal.stall()
        terminal.send(RIGHT)
        terminal.wait_for_text("‹0.2›")
        wait_for_training(terminal)


def test_writes_nothing_while_nothing_happens() -> None:
    with bptui(*ALONE) as terminal:
        wait_for_training(terminal)
        terminal.send(" ")
        terminal.wait_for_text("paused")
        terminal.wait_for_quiet(0.3)
        before = cpu_seconds(terminal.process.pid)
        assert terminal.pump(1.0) == 0
        assert cpu_seconds(terminal.process.pid) - before < 0.2
