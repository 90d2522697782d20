"""A kept run is offered by the next start and continued to the bit. test_end.py ends runs in all ways."""

from __future__ import annotations

import signal
from pathlib import Path

from bptui.session.autosave.state_file import read_state
from tests.tui.support.kept import assert_is_uninterrupted, kept_files, kept_run
from tests.tui.support.running import ENDLESS
from tests.tui.support.terminal import BPTUI, ENTER, Terminal, bptui, wait_for_training


def quit_app(terminal: Terminal) -> None:
    terminal.send("q")
    assert terminal.wait_for_exit() == 0


def test_a_kept_run_continues_to_the_bit(remembering: dict[str, str]) -> None:
    with bptui(*ENDLESS, variables=remembering) as terminal:
        wait_for_training(terminal)
        quit_app(terminal)
    (first,) = kept_files(remembering)
    before = kept_run(first)
    assert before.epochs_done
    with bptui("--continue", variables=remembering) as terminal:
        wait_for_training(terminal)
        assert kept_files(remembering) == [first], "it stays until the new session keeps its own"
        quit_app(terminal)
    (second,) = kept_files(remembering)
    after = kept_run(second)
    assert second != first
    assert after.updates > before.updates
    assert_is_uninterrupted(after)


def test_a_screen_with_no_state_keeps_nothing(remembering: dict[str, str]) -> None:
    with bptui("--no-state", *ENDLESS, variables=remembering) as terminal:
        wait_for_training(terminal)
        terminal.send("z")
        quit_app(terminal)
    assert not Path(remembering["XDG_STATE_HOME"]).exists()


def test_a_screen_in_which_nothing_was_done_keeps_nothing(remembering: dict[str, str]) -> None:
    with bptui("--paused", "--fresh", variables=remembering) as terminal:
        terminal.wait_for_text("ready")
        quit_app(terminal)
    assert not kept_files(remembering)


def test_two_sessions_at_once_keep_both_their_runs(remembering: dict[str, str]) -> None:
    with (
        bptui("--seed=1", *ENDLESS, variables=remembering) as one,
        bptui("--seed=2", *ENDLESS, variables=remembering) as other,
    ):
        wait_for_training(one)
        wait_for_training(other)
        for terminal in (one, other):
            terminal.process.send_signal(signal.SIGTERM)
        for terminal in (one, other):
            assert terminal.wait_for_exit() == 143
    assert {kept_run(path).config.seed for path in kept_files(remembering)} == {1, 2}


def test_a_full_disk_is_found_out_at_the_start(remembering: dict[str, str]) -> None:
    limited = ("/bin/sh", "-c", 'ulimit -f 8; exec "$@"', "sh")  # some kilobytes for each file
    variables = remembering | {"PYTHONDONTWRITEBYTECODE": "1"}  # Python would not notice that it is cut off
    with Terminal(*limited, *BPTUI, *ENDLESS, variables=variables) as terminal:
        terminal.wait_for_text("No run can be kept", "file too large.")
        wait_for_training(terminal)
        terminal.send("q")
        terminal.wait_for_text("The run can't be kept: file too large.")
        terminal.send(ENTER)
        assert terminal.wait_for_exit() == 1
        terminal.wait_for(lambda: b"bptui: nothing was kept: file too large\r\n" in terminal.output, "a line")
        assert terminal.output.rfind(b"bptui: nothing") > terminal.output.rfind(b"\x1b[?1049l")
    assert not kept_files(remembering)


def test_a_signal_while_a_what_if_retrains_keeps_the_run(remembering: dict[str, str]) -> None:
    with bptui(*ENDLESS, "--samples=2000", variables=remembering) as terminal:
        wait_for_training(terminal)
        terminal.send("i\x1b[C")
        terminal.wait_for_text("What if: retraining")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.wait_for_exit() == 143
    (path,) = kept_files(remembering)
    session = read_state(path).tabs["regression"]
    assert session.document.what_if
    assert session.document.baseline is not None
    assert_is_uninterrupted(session.document.run)
    assert_is_uninterrupted(session.document.baseline.run)
