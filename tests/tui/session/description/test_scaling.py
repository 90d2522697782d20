"""How a sample is scaled, in words."""

from __future__ import annotations

import numpy as np

from bpengine import Dataset, Trainer, TrainingConfig
from bptui.session.worked_step.page import scaled_in_words


def test_each_scaled_number_has_its_value_in_the_data_its_unit_and_its_formula_if_asked_for() -> None:
    unscaled = Dataset.from_arrays(
        np.array([[50.0, 1.0], [150.0, 1.0]]),
        np.array([100.0, 300.0]),
        features=("size (m2)", "rooms"),
        target="price [k$]",
    )
    assert scaled_in_words(unscaled, unscaled.inputs[0], unscaled.targets[0]) == []
    houses = Trainer(TrainingConfig.defaults("regression"), unscaled).dataset
    first = houses.inputs[0], houses.targets[0]
    assert scaled_in_words(houses, *first) == [
        "size is 50 m2, scaled to -1.",
        "rooms is 1, scaled to 0.",
        "price is 100 k$, scaled to -1.",
    ]
    formulas = scaled_in_words(houses, *first, formulas=True)
    assert formulas[0] == "size is 50 m2, scaled to -1: (size - 100) / 50."
    assert formulas[1] == "rooms is 1, scaled to 0: (rooms - 1)."
    assert len(scaled_in_words(houses, houses.inputs[0, :1], houses.targets[0, :0])) == 1
