"""What keeps a run from learning: the sentence that comes first in the status line, at every size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bpengine import FIELD, TrainingConfig
from bptui.screen.widgets.status_line import fitted
from bptui.session import commands
from bptui.session.session import NOTICE_SECONDS, Session
from bptui.session.snapshot import Snapshot
from tests.tui.support.sessions import make_session

EQUAL = (
    "All 3 hidden units are equal, and equal units get equal gradients: they stay equal. "
    "An init scale above 0 breaks the tie."
)


def run_of(epochs: int, clock: Callable[[], float] | None = None, **settings: Any) -> Session:
    config = TrainingConfig.defaults("regression", **settings)
    session = Session(config) if clock is None else Session(config, clock=clock)
    if epochs:
        session.advance_to(epochs - 1)
    return session


def shown(snapshot: Snapshot, columns: int = 400) -> str:
    """The sentence in a terminal of so many columns."""
    return fitted(snapshot.status.versions, columns - 2, 1)[0]


@pytest.mark.parametrize("epochs", [0, 60])
def test_equal_units_stay_equal_and_the_remedy_helps(epochs: int) -> None:
    snapshot = run_of(epochs, init_scale=0).snapshot()
    assert shown(snapshot).startswith(EQUAL)
    why = "All 3 hidden units are equal, and equal units get equal gradients: an init scale above 0 helps."
    assert shown(snapshot, 160) == EQUAL, "the reason is worth more than the keys"
    assert shown(snapshot, 120) == why
    assert shown(snapshot, 80) == "All 3 hidden units are equal and stay equal: an init scale above 0 helps."
    assert run_of(epochs, init_scale=0.01).snapshot().status.problem is None


def test_of_several_layers_the_one_with_equal_units_is_named() -> None:
    zeros = run_of(3, hidden_units=(4, 12), initializer="zeros").snapshot()
    assert shown(zeros, 80) == "All 4 units of layer 1 are equal and stay equal: another initializer helps."


def test_units_that_are_almost_equal_or_frozen_apart_are_not_said_to_stay_equal() -> None:
    almost = run_of(20, init_scale=1e-12, seed=5000)
    weights = almost.snapshot().network.layers[0]
    assert 0 < np.ptp(weights, axis=1).max() < 1e-6 * np.abs(weights).max()
    assert almost.snapshot().status.problem is None
    session = run_of(3, init_scale=0)
    session.do(commands.toggle_edit, "freeze", (0, 0))
    assert session.snapshot().status.problem is None


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"learning_rate": 0}, "the learning rate is 0"),
        ({"init_scale": 100, "learning_rate": 1e-9}, "saturated"),
    ],
)
def test_a_run_that_learns_nothing_says_why(settings: dict[str, Any], why: str) -> None:
    assert run_of(20, **settings).snapshot().status.problem is None, "it may be on a plateau"
    snapshot = run_of(25, **settings).snapshot()
    assert shown(snapshot).startswith("Nothing is learned so far: the error is ")
    assert why in shown(snapshot, 80)
    assert why in shown(snapshot).lower()
    assert run_of(25).snapshot().status.problem is None


def test_a_run_that_learns_nothing_says_first_what_suits_its_data() -> None:
    session = make_session("classification", dataset="spiral", learning_rate=0.0)
    session.advance_to(25)
    assert "that suit this data set are not set (8,8 tanh, adam 0.01): a tries them." in shown(
        session.snapshot()
    )
    assert "8,8 tanh, adam 0.01 would suit (a tries it)" in shown(session.snapshot(), 80)


def test_the_result_of_a_what_if_comes_first() -> None:
    session = run_of(25, learning_rate=0)
    session.do(commands.toggle_what_if)
    session.do(commands.change, FIELD["init_scale"], 0)
    session.run_until_idle()
    assert shown(session.snapshot(), 80).startswith("σ 0.01 → 0")


def test_an_answer_comes_first_for_some_seconds_of_training() -> None:
    now = [0.0]
    session = run_of(1, lambda: now[0], init_scale=0)
    session.do(commands.change, FIELD["learning_rate"], 0.2)
    answer = "learning rate 0.1 → 0.2: space continues with it."
    assert shown(session.snapshot()) == f"{answer} {EQUAL}"
    assert shown(session.snapshot(), 80) == answer
    now[0] += 2 * NOTICE_SECONDS
    assert shown(session.snapshot(), 80) == answer, "it stays while the run is paused"
    session.do(commands.toggle)
    session.do(commands.change, FIELD["learning_rate"], 0.3)
    assert shown(session.snapshot(), 80).startswith("learning rate 0.2 → 0.3")
    now[0] += 2 * NOTICE_SECONDS
    assert shown(session.snapshot(), 80).startswith("All 3 hidden units are equal")
