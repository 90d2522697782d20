"""Pictures of the screen of a training that runs elsewhere, each looked at before it was accepted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from bptui.steering.app import SteerApp
from bptui.steering.runs import find
from tests.tui.support.driving import press, until
from tests.tui.support.steered import training


@pytest.mark.parametrize(
    ("size", "keys"), [((80, 24), ()), ((120, 36), ("tab", "left", "left")), ((160, 48), ("e",))]
)
def test_a_training_that_was_changed_and_has_returned_to_a_state(
    snap_compare: Callable[..., bool], size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    def measure(weight: float) -> dict[str, float]:
        return {
            "loss": 2 / (1 + weight) ** 2,
            "accuracy": weight / (1 + weight),
            "gradient": 4 / (1 + weight) ** 3,
        }

    with training(measure=measure, state_seconds=None) as trained:
        for verb, fields in (
            ("step", {"count": 40}),
            ("set", {"name": "learning rate", "value": 0.03}),
            ("save", {}),
            ("step", {"count": 30}),
            ("back", {"step": 40}),
            ("set", {"name": "learning rate", "value": 1.0}),
            ("step", {"count": 50}),
        ):
            trained.ask(verb, **fields)
        app = SteerApp(find("digits"))

        async def look(pilot: Pilot[int]) -> None:
            await until(pilot, lambda: len(app.view.metrics) == 3)
            await press(pilot, *keys)

        assert snap_compare(app, run_before=look, terminal_size=size)
