"""However it ends, the process ends, with the right status, and the terminal is as it was."""

from __future__ import annotations

import os
import re
import signal

import pytest

from tests.tui.support.stalling import FLAT_OUT, hold_a_key_down, stalling
from tests.tui.support.terminal import (
    BPTUI,
    CTRL_C,
    Terminal,
    bptui,
    state,
    wait_for_training,
    wait_until,
)


def assert_terminal_is_as_before(terminal: Terminal) -> None:
    assert terminal.modes() == terminal.modes_before
    # The last bytes may come after the end: the kernel hands them over in its own time.
    terminal.wait_for(
        lambda: not terminal.left_on(), "normal screen, cursor, no reports of mouse, focus or paste"
    )


def assert_all_is_gone(terminal: Terminal) -> None:
    wait_until(lambda: terminal.process.poll() is not None, "the end of the process")
    wait_until(lambda: not group_lives(terminal.process.pid), "the end of what it started")


def group_lives(leader: int) -> bool:
    """Whether a process of the group is there, such as the one that compiles beside the screen."""
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return False
    return True


def job(terminal: Terminal) -> int:
    """The process that the shell says it has started in the background."""
    terminal.wait_for(lambda: re.search(rb"job \d+\r", terminal.output), "the job's number")
    found = re.search(rb"job (\d+)\r", terminal.output)
    assert found
    return int(found[1])


@pytest.mark.parametrize(
    ("way", "status"),
    [
        pytest.param("q", 0, id="q"),
        pytest.param(CTRL_C, 130, id="ctrl+c"),
        pytest.param([signal.SIGINT], 130, id="SIGINT"),
        pytest.param([signal.SIGTERM], 143, id="SIGTERM"),
        pytest.param([signal.SIGTERM, signal.SIGCONT], 143, id="SIGTERM as session managers send it"),
        pytest.param([signal.SIGHUP], 129, id="SIGHUP"),
    ],
)
def test_ends_in_good_order(way: str | list[signal.Signals], status: int) -> None:
    with bptui(*FLAT_OUT) as terminal:
        wait_for_training(terminal)
        assert {"mode 1049", "mode 25", "mode 1000"} <= terminal.left_on()
        if isinstance(way, str):
            terminal.send(way)
        else:
            for number in way:
                terminal.process.send_signal(number)
        assert terminal.wait_for_exit() == status
        assert_terminal_is_as_before(terminal)


@pytest.mark.parametrize("way", [signal.SIGTSTP, signal.SIGSTOP], ids=["SIGTSTP", "SIGSTOP"])
def test_goes_on_after_a_stop(way: signal.Signals) -> None:
    with bptui(*FLAT_OUT) as terminal:
        wait_for_training(terminal)
        terminal.process.send_signal(way)
        wait_until(lambda: state(terminal.process.pid) == "T", "the stop")
        if way is signal.SIGTSTP:  # the other one nobody can answer
            assert_terminal_is_as_before(terminal)
        terminal.wait_for_quiet(0.1)
        terminal.screen.reset()  # a shell has used it
        terminal.process.send_signal(signal.SIGCONT)
        terminal.wait_for_text("1 Regression", "learning rate", "q quit")
        assert {"mode 1049", "mode 25", "mode 1000"} <= terminal.left_on()
        assert terminal.modes() != terminal.modes_before
        wait_for_training(terminal)
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
        assert_terminal_is_as_before(terminal)


@pytest.mark.parametrize(
    "way",
    [
        pytest.param([signal.SIGTERM], id="SIGTERM"),
        pytest.param([signal.SIGTERM, signal.SIGCONT], id="SIGTERM as session managers send it"),
    ],
)
def test_a_signal_right_after_the_screen_was_taken(way: list[signal.Signals]) -> None:
    with bptui(*FLAT_OUT) as terminal:
        terminal.wait_for(lambda: b"\x1b[?1049h" in terminal.output, "the alternate screen")
        for number in way:
            terminal.process.send_signal(number)
        assert terminal.wait_for_exit() == 143
        assert_terminal_is_as_before(terminal)


def test_does_not_take_the_size_of_the_window_from_the_input() -> None:
    with bptui(*FLAT_OUT) as terminal:
        wait_for_training(terminal)
        terminal.send("\x1b[?2048;2$y\x1b[48;10;20;100;200t")  # a paste may contain these
        wait_for_training(terminal)
        assert "needs" not in terminal.text
        assert not {"mode 1016", "mode 2048"} & terminal.left_on()
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
        assert_terminal_is_as_before(terminal)


def test_waits_in_the_background_for_its_turn() -> None:
    script = 'set -m; "$@" & echo "job $!"; read line; fg >/dev/null; echo "status $?"; read line'
    with Terminal("/bin/sh", "-c", script, "sh", *BPTUI, *FLAT_OUT) as terminal:
        app = job(terminal)
        wait_until(lambda: state(app) == "T", "the stop")
        assert not terminal.left_on()
        assert terminal.modes() == terminal.modes_before
        terminal.send("\n")
        wait_for_training(terminal)
        terminal.send("q")
        terminal.wait_for_text("status 0")
        assert_terminal_is_as_before(terminal)


def test_ends_in_the_background_without_touching_the_terminal() -> None:
    script = 'set -m; "$@" & echo "job $!"; fg >/dev/null; echo "stopped"; read line'
    with Terminal("/bin/sh", "-c", script, "sh", *BPTUI, *FLAT_OUT) as terminal:
        app = job(terminal)
        wait_for_training(terminal)
        os.kill(app, signal.SIGTSTP)
        terminal.wait_for_text("stopped")
        modes = terminal.modes()
        for number in (signal.SIGTERM, signal.SIGCONT):
            os.kill(app, number)
        wait_until(lambda: state(app) == "Z", "the end of the process")
        assert_terminal_is_as_before(terminal)
        assert terminal.modes() == modes


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="hang-up signal"),
        pytest.param({"ignore_hang_up": True}, id="started with the signal ignored"),
        pytest.param({"controlling": False}, id="no signal"),
    ],
)
def test_ends_when_the_terminal_vanishes(options: dict[str, bool]) -> None:
    with bptui(*FLAT_OUT, **options) as terminal:
        wait_for_training(terminal)
        terminal.vanish()
        assert_all_is_gone(terminal)


@pytest.mark.parametrize("typing", [False, True])
def test_a_signal_while_nobody_reads(typing: bool) -> None:
    with stalling() as terminal:
        wait_for_training(terminal)
        terminal.stall()
        if typing:
            hold_a_key_down(terminal)
        terminal.process.send_signal(signal.SIGTERM)
        wait_until(lambda: terminal.process.poll() is not None, "the end of the process")
        assert terminal.process.returncode == 143
        assert_terminal_is_as_before(terminal)


def test_the_terminal_vanishes_after_nobody_read() -> None:
    with stalling() as terminal:
        wait_for_training(terminal)
        terminal.stall()
        hold_a_key_down(terminal)
        terminal.vanish()
        assert_all_is_gone(terminal)
