"""Each optimizer against paths that are worked out number by number.

Every path follows the formula of the description; for the known optimizers, another one follows the published
formula in plain Python.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from bpengine import Trainer, TrainingConfig
from bpengine.kernels import KernelProblem, make_kernel
from bpengine.network.optimizers import OPTIMIZERS
from tests.engine import formulas
from tests.engine.each_kernel import PLAIN, fresh, update

# With W1 = b1 = W2 = 0 the output of the hidden tanh unit is 0, so that only the last bias b learns: y = b
# and dL/db = b - t. All other parameters stay 0.
TARGETS = (1.0, -0.5, 2.0, 0.25, 1.5, -3.0, 0.75, 1.25)
RATE, MU, RHO, EPSILON = 0.07, 0.8, 0.9, 1e-8

Path = Callable[[float], Iterator[float]]
"""From a start to the values after each update."""


def sgd(b: float) -> Iterator[float]:
    for t in TARGETS:
        b -= RATE * (b - t)
        yield b


def momentum(b: float) -> Iterator[float]:
    # I. Sutskever et al., ICML 2013, in the form that takes the learning rate last.
    v = 0.0
    for t in TARGETS:
        v = MU * v + (b - t)
        b -= RATE * v
        yield b


def nesterov(b: float) -> Iterator[float]:
    v = 0.0
    for t in TARGETS:
        g = b - t
        v = MU * v + g
        b -= RATE * (g + MU * v)
        yield b


def rmsprop(b: float) -> Iterator[float]:
    s = 0.0
    for t in TARGETS:
        g = b - t
        s = RHO * s + (1 - RHO) * g * g
        b -= RATE * g / (math.sqrt(s) + EPSILON)
        yield b


def adam(b: float) -> Iterator[float]:
    # D. Kingma and J. Ba, ICLR 2015, algorithm 1.
    m = v = 0.0
    for step, t in enumerate(TARGETS, start=1):
        g = b - t
        m = MU * m + (1 - MU) * g
        v = RHO * v + (1 - RHO) * g**2
        b -= RATE * (m / (1 - MU**step)) / (math.sqrt(v / (1 - RHO**step)) + EPSILON)
        yield b


PATHS: dict[str, Path] = {
    "sgd": sgd,
    "momentum": momentum,
    "nesterov": nesterov,
    "rmsprop": rmsprop,
    "adam": adam,
}
KNOWN_OPTIMIZER = pytest.mark.parametrize("name", PATHS)
EVERY_OPTIMIZER = pytest.mark.parametrize("name", OPTIMIZERS)
SETTINGS = replace(PLAIN, momentum=MU, decay=RHO)


def problem(name: str, samples: int = len(TARGETS), batch_size: int = 1) -> KernelProblem:
    targets = np.array(TARGETS[:samples])[:, np.newaxis]
    return KernelProblem(
        (1, 1, 1), ("tanh",), "regression", name, batch_size, np.zeros_like(targets), targets
    )


def by_formula(name: str, b: float) -> Iterator[float]:
    """The path by the formula of the description."""
    values = {"p": b, "v": 0.0, "m": 0.0, "s": 0.0, "η": RATE, "μ": MU, "ρ": RHO, "ε": EPSILON}
    for number, target in enumerate(TARGETS, start=1):
        step = formulas.carried_out(OPTIMIZERS[name].formula, **values, g=values["p"] - target, t=number)
        values = {variable: step[variable] for variable in values}
        yield values["p"]


@EVERY_OPTIMIZER
@pytest.mark.parametrize("start", [0.3, -2.0])
def test_an_optimizer_computes_the_formula_that_is_shown_for_it(name: str, start: float) -> None:
    made = problem(name)
    state = fresh(np.array([0.0, 0.0, 0.0, start]), name)
    update(make_kernel("numpy", made), state, made.targets, SETTINGS, RATE)
    *_, place = by_formula(name, start)
    assert state.parameters.tolist() == pytest.approx([0.0, 0.0, 0.0, place], rel=1e-13)
    assert state.updates == len(TARGETS)


@EVERY_OPTIMIZER
def test_an_optimizer_keeps_the_buffers_that_it_names(name: str) -> None:
    made = problem(name)
    state = fresh(np.array([0.0, 0.0, 0.0, 0.3]), name)
    update(make_kernel("numpy", made), state, made.targets, SETTINGS, RATE)
    assert len(state.buffers) == len(OPTIMIZERS[name].buffers)
    assert all(buffer.any() for buffer in state.buffers)


@EVERY_OPTIMIZER
@pytest.mark.parametrize("coefficient", ["momentum", "decay"])
def test_an_optimizer_uses_the_coefficients_that_it_names(name: str, coefficient: str) -> None:
    places = []
    for settings in (SETTINGS, SETTINGS.replace(**{coefficient: 0.5})):
        made = problem(name)
        state = fresh(np.array([0.0, 0.0, 0.0, 0.3]), name)
        update(make_kernel("numpy", made), state, made.targets, settings, RATE)
        places.append(state.parameters[-1])
    assert (places[0] != places[1]) == (coefficient in OPTIMIZERS[name].coefficients)


@KNOWN_OPTIMIZER
@pytest.mark.parametrize("start", [0.3, -2.0])
def test_optimizers_take_the_known_path_on_a_parabola(name: str, start: float) -> None:
    for length, place in enumerate(PATHS[name](start), start=1):
        made = problem(name, length)
        state = fresh(np.array([0.0, 0.0, 0.0, start]), name)
        update(make_kernel("numpy", made), state, made.targets, SETTINGS, RATE)
        assert state.parameters.tolist() == pytest.approx([0.0, 0.0, 0.0, place], rel=1e-13)
        assert state.updates == length


@KNOWN_OPTIMIZER
def test_a_batch_is_one_update_by_the_mean(name: str) -> None:
    made = problem(name, batch_size=len(TARGETS))
    state = fresh(np.array([0.0, 0.0, 0.0, 0.5]), name)
    update(make_kernel("numpy", made), state, made.targets, SETTINGS, RATE)
    g = sum(0.5 - t for t in TARGETS) / len(TARGETS)
    step = {
        "sgd": RATE * g,
        "momentum": RATE * g,
        "nesterov": RATE * (g + MU * g),
        "rmsprop": RATE * g / (math.sqrt((1 - RHO) * g * g) + EPSILON),
        "adam": RATE * g / (abs(g) + EPSILON),
    }[name]
    assert state.parameters[-1] == pytest.approx(0.5 - step, rel=1e-13)
    assert state.updates == 1


@KNOWN_OPTIMIZER
def test_every_parameter_has_its_own_memory(name: str) -> None:
    # Two outputs learn as each would alone.
    paths = [list(PATHS[name](start)) for start in (0.3, -2.0)]
    targets = np.array([TARGETS, TARGETS]).T
    made = KernelProblem((1, 1, 2), ("tanh",), "regression", name, 1, np.zeros((len(targets), 1)), targets)
    state = fresh(np.array([0.0, 0.0, 0.0, 0.0, 0.3, -2.0]), name)
    update(make_kernel("numpy", made), state, targets, SETTINGS, RATE)
    assert state.parameters[-2:].tolist() == pytest.approx([path[-1] for path in paths], rel=1e-13)


@pytest.mark.parametrize(("one", "other"), [("momentum", "sgd"), ("nesterov", "sgd")])
def test_momentum_of_0_is_sgd(one: str, other: str) -> None:
    places = []
    for name in (one, other):
        trainer = Trainer(TrainingConfig(optimizer=name, momentum=0, epochs=5))
        for _ in range(5):
            trainer.run_epoch()
        places.append(trainer.network.parameters)
    np.testing.assert_allclose(places[0], places[1], rtol=1e-12)


def test_adam_does_not_care_for_the_size_of_gradients() -> None:
    # Its first steps are as long as the learning rate whatever the gradient (section 2.1 of the paper).
    for t in (1e-3, 1.0, 1e6):
        made = KernelProblem((1, 1, 1), ("tanh",), "regression", "adam", 1, np.zeros((1, 1)), np.array([[t]]))
        state = fresh(np.zeros(4), "adam")
        update(make_kernel("numpy", made), state, made.targets, SETTINGS, 0.01)
        assert state.parameters[-1] == pytest.approx(0.01, rel=1e-4)


@KNOWN_OPTIMIZER
def test_penalty_and_clip_come_before_the_optimizer(name: str) -> None:
    # One weight w from a unit whose output is always tanh(9) = a, and a bias b; clip at 0.5.
    a, w, b, t = math.tanh(9.0), 0.6, 0.2, 3.0
    error = w * a + b - t
    gradient_w, gradient_b = error * a + 0.1 * w + 0.05, error
    # W1 has no gradient since x = 0, and no penalty since it is 0; the gradient of b1 is tiny.
    gradient_b1 = error * w * (1 - a * a)
    norm = math.sqrt(gradient_w**2 + gradient_b**2 + gradient_b1**2)
    gradients = [g * 0.5 / norm for g in (gradient_b1, gradient_w, gradient_b)]
    made = KernelProblem((1, 1, 1), ("tanh",), "regression", name, 1, np.zeros((1, 1)), np.array([[t]]))
    state = fresh(np.array([0.0, 9.0, w, b]), name)
    settings = replace(SETTINGS, l1=0.05, l2=0.1, clip=0.5)
    update(make_kernel("numpy", made), state, made.targets, settings, RATE)
    for g, before, after in zip(gradients[1:], (w, b), state.parameters[2:], strict=True):
        step = {
            "sgd": RATE * g,
            "momentum": RATE * g,
            "nesterov": RATE * (g + MU * g),
            "rmsprop": RATE * g / (math.sqrt((1 - RHO) * g * g) + EPSILON),
            "adam": RATE * g / (abs(g) + EPSILON),
        }[name]
        assert after == pytest.approx(before - step, rel=1e-12)


def test_clip_lets_shorter_gradients_pass() -> None:
    steps = []
    for clip in (0.0, 1e-3, 0.6999, 0.7001, 1e6):
        made = problem("sgd", 1)
        state = fresh(np.array([0.0, 0.0, 0.0, 0.3]))  # |g| is 0.7
        update(make_kernel("numpy", made), state, made.targets, replace(PLAIN, clip=clip), 1.0)
        steps.append(state.parameters[-1] - 0.3)
    assert steps == pytest.approx([0.7, 1e-3, 0.6999, 0.7, 0.7], rel=1e-12)
    assert steps[0] == steps[3] == steps[4]
