"""The dialogue on a terminal: a prompt, history and completion, ctrl+c, and not one escape sequence."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.support.kept import assert_is_uninterrupted, kept_files, kept_run
from tests.tui.support.running import ENDLESS
from tests.tui.support.terminal import CTRL_C, UP, Terminal, bptui

PROMPT = "bptui>"
CTRL_D, CTRL_BACKSLASH = "\x04", "\x1c"


@pytest.fixture
def talking(remembering: dict[str, str]) -> Iterator[Terminal]:
    with bptui("--plain", "--interval=5", *ENDLESS, columns=100, variables=remembering) as terminal:
        terminal.wait_for_text('Say "help" for the commands.', PROMPT)
        yield terminal
        terminal.wait_for(lambda: terminal.process.poll() is not None, "the end")
        assert terminal.modes() == terminal.modes_before
        assert b"\x1b" not in terminal.output


def say(terminal: Terminal, line: str, *answer: str) -> None:
    """Type a line, and wait for the answer and the next prompt."""
    before = len(terminal.output)
    terminal.send(f"{line}\r")
    terminal.wait_for(
        lambda: (
            (new := bytes(terminal.output[before:]).decode()).rstrip().endswith(PROMPT)
            and all(text in new for text in answer)
        ),
        f"the answer {answer}",
    )


def start_running(terminal: Terminal) -> None:
    before = len(terminal.output)
    terminal.send("run\r")
    terminal.wait_for(lambda: terminal.output[before:].count(b": error ") > 2, "reports")


def test_ctrl_c_pauses_and_at_the_prompt_ends(talking: Terminal, remembering: dict[str, str]) -> None:
    start_running(talking)
    talking.send(CTRL_C)
    talking.wait_for(lambda: b"\r\nIt is paused " in talking.output, "the pause, on a line of its own")
    talking.wait_for(lambda: talking.output.rstrip().endswith(PROMPT.encode()), "the prompt")
    say(talking, "set learn\t0.3", "Learning rate from 0.1 to 0.3")
    say(talking, f"{UP}{UP}\x7f\x7f\x7frestart", "Restarted with the same seed 0")
    say(talking, "step 3", "It is paused after epoch 2 of")
    talking.send("half a line" + CTRL_C)
    assert talking.wait_for_exit() == 130
    history = Path(remembering["XDG_STATE_HOME"], "bptui", "history")
    assert history.read_text() == "run\nset learning rate 0.3\nrestart\nstep 3\n"
    (kept,) = kept_files(remembering)
    assert kept_run(kept).epochs_done == 3
    assert_is_uninterrupted(kept_run(kept))
    with bptui("--plain", "--continue", variables=remembering) as again:
        again.wait_for_text("after epoch 2 of", PROMPT)
        say(again, UP, "It is paused after epoch 5 of")
        again.send(CTRL_D)
        assert again.wait_for_exit() == 0


@pytest.mark.parametrize(
    ("way", "runs", "status"),
    [
        (signal.SIGTERM, True, 143),
        pytest.param(CTRL_BACKSLASH, False, 131, id="ctrl+backslash at the prompt"),
    ],
)
def test_signals_end_a_dialogue_at_the_prompt_and_while_it_runs(
    way: signal.Signals | str, runs: bool, status: int, talking: Terminal, remembering: dict[str, str]
) -> None:
    say(talking, "step 2", "It is paused after epoch 1 of")
    if runs:
        start_running(talking)
    if isinstance(way, str):
        talking.send(way)
    else:
        talking.process.send_signal(way)
    assert talking.wait_for_exit() == status
    (kept,) = kept_files(remembering)
    assert kept_run(kept).epochs_done >= 2
    assert_is_uninterrupted(kept_run(kept))


def test_a_dialogue_ends_when_its_window_is_closed(remembering: dict[str, str]) -> None:
    with bptui("--plain", *ENDLESS, variables=remembering, ignore_hang_up=True) as terminal:
        terminal.wait_for_text(PROMPT)
        say(terminal, "step 2", "It is paused after epoch 1 of")
        terminal.close_window()
        terminal.process.wait(30)
    (kept,) = kept_files(remembering)
    assert kept_run(kept).epochs_done == 2


def test_a_dialogue_with_no_state_remembers_nothing(remembering: dict[str, str]) -> None:
    with bptui("--plain", "--no-state", variables=remembering | {"TERM": "dumb"}) as terminal:
        terminal.wait_for_text(PROMPT)
        say(terminal, "step", "It is paused after epoch 0 of 2001.")
        terminal.send("quit\r")
        assert terminal.wait_for_exit() == 0
        assert b"\x1b" not in terminal.output
    assert not Path(remembering["XDG_STATE_HOME"]).exists()


def test_a_pipe_in_place_of_the_history_is_skipped(remembering: dict[str, str]) -> None:
    state = Path(remembering["XDG_STATE_HOME"], "bptui")
    state.mkdir(parents=True)
    os.mkfifo(state / "history")
    with bptui("--plain", variables=remembering) as terminal:
        terminal.wait_for_text(PROMPT)
        say(terminal, "step", "It is paused after epoch 0 of 2001.")
        terminal.send("quit\r")
        assert terminal.wait_for_exit() == 0


def test_a_restricted_dialogue_ends_in_time() -> None:
    with bptui("--plain", "--restricted", "--idle-minutes=0.02") as terminal:
        assert terminal.wait_for_exit() == 0
        terminal.wait_for_text("bptui: the session ended after 0.02 minutes without a key")
        assert terminal.modes() == terminal.modes_before
