"""Every end of the app: the right exit status, the terminal as it was, and the run kept to the bit."""

from __future__ import annotations

import os
import re
import resource
import signal
import time

import pytest

from tests.tui.support.kept import assert_is_uninterrupted, kept_files, kept_run
from tests.tui.support.running import ENDLESS
from tests.tui.support.stalling import hold_a_key_down, stalling_terminal
from tests.tui.support.terminal import (
    BPTUI,
    CTRL_C,
    DEADLINE,
    Terminal,
    bptui,
    state,
    train_slowly,
    wait_for_training,
    wait_until,
)


def assert_terminal_is_as_before(terminal: Terminal) -> None:
    assert terminal.modes() == terminal.modes_before
    # The kernel may deliver the last bytes after the process has ended.
    terminal.wait_for(
        lambda: not terminal.left_on(), "normal screen, cursor, no reports of mouse, focus or paste"
    )


def assert_processes_ended(terminal: Terminal) -> None:
    wait_until(lambda: terminal.process.poll() is not None, "the end of the process")
    wait_until(lambda: not group_exists(terminal.process.pid), "the end of its child processes")


def group_exists(leader: int) -> bool:
    """Whether there is a process of the group, such as the one that compiles."""
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return False
    return True


def assert_run_is_kept(variables: dict[str, str]) -> None:
    (path,) = kept_files(variables)
    run = kept_run(path)
    assert run.epochs_done
    assert_is_uninterrupted(run)


def job(terminal: Terminal) -> int:
    """The process that the shell has started in the background."""
    terminal.wait_for(lambda: re.search(rb"job \d+\r", terminal.output), "the job's number")
    found = re.search(rb"job (\d+)\r", terminal.output)
    assert found
    return int(found[1])


@pytest.mark.parametrize(
    ("way", "status"),
    [
        pytest.param("qq", 0, id="q twice at once"),
        pytest.param(CTRL_C, 130, id="ctrl+c"),
        pytest.param([signal.SIGTERM, signal.SIGCONT], 143, id="SIGTERM as session managers send it"),
        pytest.param([signal.SIGHUP], 129, id="SIGHUP"),
        pytest.param([signal.SIGQUIT], 131, id="SIGQUIT"),
    ],
)
def test_each_way_to_quit_gives_its_status_restores_the_terminal_and_keeps_the_run(
    way: str | list[signal.Signals], status: int, remembering: dict[str, str]
) -> None:
    with bptui(*ENDLESS, variables=remembering, compiles=way == "qq") as terminal:
        wait_for_training(terminal)
        assert {"mode 1049", "mode 25", "mode 1000"} <= terminal.left_on()
        if isinstance(way, str):
            terminal.send(way)
        else:
            for number in way:
                terminal.process.send_signal(number)
        assert terminal.wait_for_exit() == status
        assert_terminal_is_as_before(terminal)
    assert_run_is_kept(remembering)


def test_the_screen_continues_after_it_was_stopped() -> None:
    with bptui(*ENDLESS) as terminal:
        for way in (signal.SIGTSTP, signal.SIGSTOP):
            train_slowly(terminal)
            terminal.process.send_signal(way)
            wait_until(lambda: state(terminal.process.pid) == "T", "the stop")
            if way is signal.SIGTSTP:  # SIGSTOP can't be handled
                assert_terminal_is_as_before(terminal)
            terminal.wait_for_quiet(0.1)
            terminal.screen.reset()  # as a shell would leave it
            terminal.process.send_signal(signal.SIGCONT)
            terminal.wait_for_text("1 Regression", "learning rate", "q quit")
            assert {"mode 1049", "mode 25", "mode 1000"} <= terminal.left_on()
            assert terminal.modes() != terminal.modes_before
        wait_for_training(terminal)
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
        assert_terminal_is_as_before(terminal)


def test_a_stop_that_is_continued_at_once_leaves_a_screen_that_answers() -> None:
    with bptui("--paused") as terminal:
        terminal.wait_for_text("Press space to start")
        for microseconds in range(0, 4000, 100):
            terminal.process.send_signal(signal.SIGTSTP)
            until = time.perf_counter() + microseconds / 1e6
            while time.perf_counter() < until:
                pass
            terminal.process.send_signal(signal.SIGCONT)
            terminal.pump(0)
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
        assert_terminal_is_as_before(terminal)


def test_a_signal_during_startup_restores_the_terminal() -> None:
    with bptui(*ENDLESS) as terminal:
        terminal.wait_for(lambda: b"\x1b[?1049h" in terminal.output, "the alternate screen")
        for number in (signal.SIGTERM, signal.SIGCONT):  # as session managers send them
            terminal.process.send_signal(number)
        assert terminal.wait_for_exit() == 143
        assert_terminal_is_as_before(terminal)


def test_the_screen_started_in_the_background_waits_for_the_foreground() -> None:
    script = 'set -m; "$@" & echo "job $!"; read line; fg >/dev/null; echo "status $?"; read line'
    with Terminal("/bin/sh", "-c", script, "sh", *BPTUI, *ENDLESS) as terminal:
        app = job(terminal)
        wait_until(lambda: state(app) == "T", "the stop")
        assert not terminal.left_on()
        assert terminal.modes() == terminal.modes_before
        terminal.send("\n")
        wait_for_training(terminal)
        terminal.send("q")
        terminal.wait_for_text("status 0")
        assert_terminal_is_as_before(terminal)


def test_ctrl_z_suspends_the_job_and_fg_continues_it() -> None:
    # The shell waits for a wrapper, as it does with `make run`: all of the job has to stop.
    script = 'set -m; sh -c \'"$@"; echo ended\' sh "$@"; echo stopped; read line; fg; read line'
    with Terminal("/bin/sh", "-c", script, "sh", *BPTUI, *ENDLESS) as terminal:
        train_slowly(terminal)
        terminal.send("?")  # a dialog does not take the key away
        terminal.wait_for_text("? or esc close")
        terminal.send("\x1a")
        terminal.wait_for(lambda: b"stopped" in terminal.output, "the shell")
        assert_terminal_is_as_before(terminal)
        terminal.screen.reset()
        terminal.send("\n")
        terminal.wait_for_text("? or esc close")
        assert {"mode 1049", "mode 25", "mode 1000"} <= terminal.left_on()
        terminal.send("?")
        wait_for_training(terminal)
        terminal.send("q")
        terminal.wait_for_text("ended")
        assert_terminal_is_as_before(terminal)


def test_the_screen_continues_after_ctrl_z_without_a_shell_and_takes_no_size_from_the_input() -> None:
    with bptui(*ENDLESS) as terminal:
        train_slowly(terminal)
        terminal.send("\x1a")
        terminal.wait_for_text("There is no shell to return to")
        wait_for_training(terminal)
        terminal.send("\x1b[?2048;2$y\x1b[48;10;20;100;200t")  # a paste may contain these
        wait_for_training(terminal)
        assert "needs" not in terminal.text
        assert not {"mode 1016", "mode 2048"} & terminal.left_on()
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
        assert_terminal_is_as_before(terminal)


def test_the_screen_ends_in_the_background_without_touching_the_terminal() -> None:
    script = 'set -m; "$@" & echo "job $!"; fg >/dev/null; echo "stopped"; read line'
    with Terminal("/bin/sh", "-c", script, "sh", *BPTUI, *ENDLESS) as terminal:
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
    ("run", "options"),
    [
        pytest.param(ENDLESS, {"compiles": True}, id="hang-up signal, with a process that compiles"),
        pytest.param(ENDLESS, {"ignore_hang_up": True}, id="started with the signal ignored"),
        pytest.param(ENDLESS, {"controlling": False}, id="no signal"),
    ],
)
def test_the_screen_ends_when_the_terminal_closes(
    run: tuple[str, ...], options: dict[str, bool], remembering: dict[str, str]
) -> None:
    with bptui(*run, variables=remembering, **options) as terminal:
        wait_for_training(terminal)
        terminal.close_window()
        assert_processes_ended(terminal)
        assert terminal.process.returncode == 129
    assert_run_is_kept(remembering)


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux can limit a running process")
@pytest.mark.parametrize("way", [signal.SIGTERM, None], ids=["SIGTERM", "hang-up"])
def test_the_screen_ends_without_memory_for_another_thread(way: signal.Signals | None) -> None:
    # Restricted, since LLVM aborts the process if it has no memory.
    with bptui("--restricted", "--paused") as terminal:
        terminal.wait_for_text("ready")
        terminal.wait_for_quiet(0.3)
        resource.prlimit(terminal.process.pid, resource.RLIMIT_DATA, (0, 0))
        if way is None:
            terminal.close_window()
        else:
            terminal.process.send_signal(way)
        assert terminal.process.wait(DEADLINE) == 128 + (way or signal.SIGHUP)
        if way is not None:
            assert_terminal_is_as_before(terminal)


def test_a_signal_ends_the_screen_while_output_is_blocked(remembering: dict[str, str]) -> None:
    with stalling_terminal(variables=remembering) as terminal:
        train_slowly(terminal)
        terminal.stall()
        hold_a_key_down(terminal)
        terminal.process.send_signal(signal.SIGTERM)
        wait_until(lambda: terminal.process.poll() is not None, "the end of the process")
        assert terminal.process.returncode == 143
        assert_terminal_is_as_before(terminal)
    assert_run_is_kept(remembering)


def test_the_screen_ends_when_the_terminal_closes_while_output_is_blocked(
    remembering: dict[str, str],
) -> None:
    with stalling_terminal(variables=remembering) as terminal:
        train_slowly(terminal)
        terminal.stall()
        hold_a_key_down(terminal)
        terminal.close_window()
        assert_processes_ended(terminal)
        assert terminal.process.returncode == 129
    assert_run_is_kept(remembering)
