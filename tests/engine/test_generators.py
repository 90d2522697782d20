"""The generator of a run gives the orders of NumPy's `RandomState`, and has its state."""

from __future__ import annotations

import numpy as np

from bpengine.generators import NumpyGenerator


def test_orders_and_states_are_those_of_numpy_and_a_state_that_is_set_gives_the_same_again() -> None:
    numpys = np.random.RandomState(7)
    numpys.standard_normal()  # so that there is a second normal number left
    generator = NumpyGenerator(numpys.get_state(legacy=False))
    orders, again = np.empty((2, 5, 63), dtype=np.int64)
    for _ in range(9):  # more words than a key has
        before = generator.state
        generator.shuffle(orders)
        for order in orders:
            assert (order == shuffled(numpys, 63)).all()
        np.testing.assert_equal(generator.state, numpys.get_state(legacy=False))
        generator.state = before
        generator.shuffle(again)
        assert (again == orders).all()


def shuffled(random: np.random.RandomState, count: int) -> np.ndarray:
    order = np.arange(count)
    random.shuffle(order)
    return order
