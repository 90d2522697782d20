"""A session shows the same numbers whenever its run continues in machine code, and whatever it does then."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from bpengine import FIELD, Edit, TrainingConfig
from bpengine.kernels import loading
from bptui.session import commands
from bptui.session.session import Session
from tests.engine.kernels import needs_numba
from tests.tui.support.clock import Clock
from tests.tui.support.sessions import RATE, trained_state

COMMANDS: tuple[Callable[[Session], object], ...] = (
    lambda session: session.do(commands.toggle),
    *(Session.tick,) * 9,
    lambda session: session.do(commands.step_epoch),
    lambda session: session.do(commands.step_samples, 5),
    lambda session: session.do(commands.change, RATE, 0.3),
    lambda session: session.do(commands.rewind, 2),
    lambda session: session.do(commands.step_batch),
    lambda session: session.do(commands.edit, Edit("knock out", 0, 1)),
    lambda session: session.do(commands.step_epoch, 3),
    lambda session: session.do(commands.view, 1),
    lambda session: session.do(commands.toggle),  # begins a branch
    *(Session.tick,) * 5,
    lambda session: session.do(commands.toggle_what_if),
    lambda session: session.do(commands.change, FIELD["hidden_units"], (4, 2)),
    *(Session.tick,) * 5,
    lambda session: session.do(commands.change, FIELD["momentum"], 0.5),
    lambda session: session.do(commands.change, FIELD["batch_size"], 3),
    lambda session: session.do(commands.undo),
    lambda session: session.do(commands.pause),
    lambda session: session.do(commands.step_back),
    lambda session: session.do(commands.new_seed),
    Session.tick,
    lambda session: session.do(commands.undo),
)
"""What to do one after the other."""


def shown(
    kernel: str, before: Callable[[int], object] = lambda _number: None
) -> Iterator[tuple[object, ...]]:
    """What a session has come to after each command.

    Args:
        kernel: the kernel of the session.
        before: called before each command, with its number.
    """
    config = TrainingConfig.defaults(
        "regression", optimizer="momentum", samples=20, epochs=500, test_share=0.2
    )
    session = Session(config, kernel=kernel, clock=Clock(0.0))
    for number, command in enumerate(COMMANDS):
        before(number)
        command(session)
        snapshot = session.snapshot()
        grid = snapshot.network.grid_outputs
        compared = [run.snapshot.run.error for run in snapshot.comparison.runs]
        yield (*trained_state(session), str(snapshot.run.metrics), compared, grid is None or grid.tobytes())


@needs_numba
@pytest.mark.parametrize("seed", range(3))
def test_machine_code_that_arrives_at_any_moment_changes_no_number(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = loading.load_numba()
    arrival, arrived = random.Random(seed).randrange(len(COMMANDS)), False

    def arrive(number: int) -> None:
        nonlocal arrived
        arrived = number >= arrival

    monkeypatch.setattr(loading, "loaded", lambda: code if arrived else None)
    for number, (one, other) in enumerate(zip(shown("numpy"), shown("auto", arrive), strict=True)):
        assert one == other, (number, arrival)
