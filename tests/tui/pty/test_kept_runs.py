"""However the screen ends, the run is kept, and the next start continues it to the bit."""

from __future__ import annotations

import signal
from pathlib import Path

import numpy as np
import pytest

from bpengine import Trainer
from bpengine.checkpoint import SavedRun
from bptui.kept.screen_state import read_state
from tests.tui.support.stalling import hold_a_key_down, stalling_terminal
from tests.tui.support.terminal import (
    CTRL_C,
    ENTER,
    ESCAPE,
    Terminal,
    bptui,
    wait_for_training,
    wait_until,
)

ENDLESS = ("--epochs", "100000000")
WAYS: dict[str, tuple[str | signal.Signals | None, int]] = {
    "q": ("q", 0),
    "ctrl+c": (CTRL_C, 130),
    "SIGTERM": (signal.SIGTERM, 143),
    "SIGHUP": (signal.SIGHUP, 129),
    "vanished": (None, 129),
}


@pytest.fixture
def remembering(state_home: Path) -> dict[str, str]:
    """The variable of a terminal whose state is kept."""
    return {"XDG_STATE_HOME": str(state_home)}


def files(variables: dict[str, str]) -> list[Path]:
    return sorted(Path(variables["XDG_STATE_HOME"], "bptui", "runs").glob("*"))


def end(terminal: Terminal, way: str) -> None:
    act, status = WAYS[way]
    if act is None:
        terminal.close_window()
    elif isinstance(act, str):
        terminal.send(act)
    else:
        terminal.process.send_signal(act)
    wait_until(lambda: terminal.pump(0.01) >= 0 and terminal.process.poll() is not None, "the end")
    assert terminal.process.returncode == status


def kept_run(path: Path) -> SavedRun:
    return read_state(path).tabs["regression"].session.run


def assert_is_uninterrupted(run: SavedRun) -> None:
    """Compare the run with one that was trained without an interruption, to the bit."""
    state = run.state
    alone = Trainer(state.config, kernel=run.kernel)
    samples = state.epochs_done * len(alone.dataset) + state.samples_done
    alone.run_for(1e9, max_samples=samples)
    expected = alone.run_state()
    assert (state.updates, state.epochs_done) == (expected.updates, expected.epochs_done)
    for name in ("parameters", "first_moment", "second_moment"):
        np.testing.assert_array_equal(getattr(state, name), getattr(expected, name))
    assert state.history.last == expected.history.last


@pytest.mark.parametrize("way", WAYS)
def test_it_is_kept_and_continues_to_the_bit(way: str, remembering: dict[str, str]) -> None:
    with bptui(*ENDLESS, "--kernel=numpy", variables=remembering) as terminal:
        wait_for_training(terminal)
        end(terminal, way)
    (first,) = files(remembering)
    before = kept_run(first)
    assert before.state.epochs_done
    with bptui("--continue", "--kernel=numpy", variables=remembering) as terminal:
        wait_for_training(terminal)
        assert files(remembering) == [first], "it stays until the new session keeps its own"
        end(terminal, "q")
    (second,) = files(remembering)
    after = kept_run(second)
    assert second != first
    assert after.state.updates > before.state.updates
    assert_is_uninterrupted(after)


@pytest.mark.parametrize("kernel", ["numpy", "numba"])
def test_it_continues_with_its_kernel(kernel: str, remembering: dict[str, str]) -> None:
    if kernel == "numba":
        pytest.importorskip("numba")
    with bptui(*ENDLESS, "--kernel", kernel, variables=remembering) as terminal:
        wait_for_training(terminal)
        end(terminal, "q")
    with bptui("--continue", variables=remembering) as terminal:
        wait_for_training(terminal)
        end(terminal, "q")
    (path,) = files(remembering)
    assert kept_run(path).kernel == kernel
    assert_is_uninterrupted(kept_run(path))


@pytest.mark.parametrize("vanishes", [False, True])
def test_while_nobody_reads(vanishes: bool, remembering: dict[str, str]) -> None:
    with stalling_terminal(variables=remembering) as terminal:
        wait_for_training(terminal)
        terminal.stall()
        hold_a_key_down(terminal)
        if vanishes:
            terminal.close_window()
        else:
            terminal.process.send_signal(signal.SIGTERM)
        wait_until(lambda: terminal.process.poll() is not None, "the end of the process")
        assert terminal.process.returncode == (129 if vanishes else 143)
    (path,) = files(remembering)
    assert_is_uninterrupted(kept_run(path))


def test_the_next_start_offers_it_and_trains_nothing_meanwhile(remembering: dict[str, str]) -> None:
    with bptui(*ENDLESS, variables=remembering) as terminal:
        wait_for_training(terminal)
        end(terminal, "q")
    (first,) = files(remembering)
    with bptui(variables=remembering) as terminal:
        terminal.wait_for_text("was kept: enter goes on, esc starts anew.", "0/2001")
        end(terminal, "q")
    assert files(remembering) == [first], "nothing was trained"
    with bptui(variables=remembering) as terminal:
        terminal.wait_for_text("was kept")
        terminal.send(ESCAPE)
        wait_for_training(terminal)
        terminal.wait_for_text("/2001")
        end(terminal, "q")
    assert len(files(remembering)) == 2
    with bptui("--paused", variables=remembering) as terminal:
        terminal.wait_for_text("was kept")
        terminal.send(ENTER)
        terminal.wait_for_text("paused", "/2001")
        end(terminal, "q")


@pytest.mark.parametrize("flag", ["--fresh", "--no-state", "--seed=3"])
def test_what_offers_nothing(flag: str, remembering: dict[str, str]) -> None:
    with bptui(*ENDLESS, variables=remembering) as terminal:
        wait_for_training(terminal)
        end(terminal, "q")
    with bptui(flag, variables=remembering) as terminal:
        wait_for_training(terminal)
        assert "was kept" not in terminal.text
        end(terminal, "q")
    assert len(files(remembering)) == (1 if flag == "--no-state" else 2)


def test_no_state_leaves_nothing(remembering: dict[str, str]) -> None:
    with bptui("--no-state", *ENDLESS, variables=remembering) as terminal:
        wait_for_training(terminal)
        terminal.send("z")
        end(terminal, "q")
    assert not Path(remembering["XDG_STATE_HOME"]).exists()


def test_nothing_is_kept_where_nothing_was_done(remembering: dict[str, str]) -> None:
    with bptui("--paused", "--fresh", variables=remembering) as terminal:
        terminal.wait_for_text("ready")
        end(terminal, "q")
    assert not files(remembering)


def test_two_sessions_at_once(remembering: dict[str, str]) -> None:
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
    assert {kept_run(path).state.config.seed for path in files(remembering)} == {1, 2}


def test_a_folder_that_can_not_be_written(tmp_path: Path) -> None:
    place = tmp_path / "a file"
    place.write_text("")
    with bptui(*ENDLESS, variables={"XDG_STATE_HOME": str(place)}) as terminal:
        wait_for_training(terminal)
        end(terminal, "q")
        terminal.wait_for(
            lambda: b"bptui: nothing was kept: not a directory\r\n" in terminal.output, "the line"
        )
        assert terminal.output.rfind(b"bptui: nothing") > terminal.output.rfind(b"\x1b[?1049l")


def test_q_twice_at_once(remembering: dict[str, str]) -> None:
    with bptui(*ENDLESS, variables=remembering) as terminal:
        wait_for_training(terminal)
        terminal.send("qq")
        assert terminal.wait_for_exit() == 0
    (path,) = files(remembering)
    assert_is_uninterrupted(kept_run(path))


def test_a_signal_while_a_what_if_retrains(remembering: dict[str, str]) -> None:
    with bptui(*ENDLESS, "--kernel=numpy", "--samples=2000", variables=remembering) as terminal:
        wait_for_training(terminal)
        terminal.send("i\x1b[C")
        terminal.wait_for_text("What if: retraining")
        end(terminal, "SIGTERM")
    (path,) = files(remembering)
    session = read_state(path).tabs["regression"].session
    assert session.what_if
    assert session.pinned is not None
    assert_is_uninterrupted(session.run)
    assert_is_uninterrupted(session.pinned)
