"""Kept runs: the files of one state folder, and whether they hold the run as it would be without an end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from bpengine import Trainer
from bpengine.training.run import RunState
from bptui.session.autosave.state_file import read_state


def kept_files(variables: Mapping[str, str]) -> list[Path]:
    """The files of the runs that were kept by an app with these environment variables."""
    return sorted(Path(variables["XDG_STATE_HOME"], "bptui", "runs").glob("*"))


def kept_run(path: Path) -> RunState:
    """The run of the regression tab."""
    run: RunState = read_state(path).tabs["regression"].document.run
    return run


def assert_is_uninterrupted(state: RunState) -> None:
    """Compare the run with one that was trained without an interruption, bit for bit."""
    alone = Trainer(state.config)
    samples = state.epochs_done * len(alone.dataset) + state.samples_done
    alone.run_for(1e9, max_samples=samples)
    expected = alone.run_state()
    assert (state.updates, state.epochs_done) == (expected.updates, expected.epochs_done)
    for name in ("parameters", "buffers"):
        np.testing.assert_array_equal(getattr(state, name), getattr(expected, name))
    assert state.history.last == expected.history.last
