"""A step taken apart: the numbers are those of the run, and the formulas give them."""

from __future__ import annotations

import ast
import contextlib
import copy
import math
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpengine import TASKS, Dataset, DivergedError, Trainer, TrainingConfig
from bpengine.arithmetic.arrays import Array
from bpengine.explain.derivation import QUANTITIES, TEX, TEXT, derive, equation
from bpengine.explain.derivation.expressions import parse_expression
from bpengine.network.activations import ACTIVATIONS
from bpengine.network.optimizers import OPTIMIZERS
from bpengine.training.tracing import Parameters, Trace
from tests.engine.runs import assert_same

LN3 = math.log(3)
PENALTIES: tuple[dict[str, float], ...] = (
    {},
    {"l1": 0.01, "l2": 0.1},
    {"clip": 0.05},
    {"l2": 0.1, "clip": 9},
    {"dropout": 0.4},
)
BATCHES = (1, 7, 0)


def config(**changes: Any) -> TrainingConfig:
    values: dict[str, Any] = {"samples": 9, "hidden_units": (3, 2), "init_scale": 0.7, "epochs": 2}
    return TrainingConfig(**values | changes)


def flat(parts: Iterable[Parameters]) -> list[float]:
    """A quantity of all layers, in the order of the network's parameters."""
    return [value for part in parts for value in (*part.weights.ravel().tolist(), *part.biases.tolist())]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_traced_run_is_the_same_run_and_the_trace_has_its_numbers(optimizer: str) -> None:
    for batch_size in BATCHES:
        for penalty in PENALTIES:
            settings = config(optimizer=optimizer, batch_size=batch_size, schedule="exponential", **penalty)
            traced, plain = (Trainer(settings) for _ in range(2))
            while (trace := traced.trace()) is not None:
                step = traced.step()
                assert step == plain.step()
                assert step is not None
                assert_same(traced, plain)
                state = traced.run_state()
                assert flat(layer.new for layer in trace.layers) == state.parameters.tolist()
                for number, buffer in enumerate(state.buffers):
                    assert flat(layer.new_buffers[number] for layer in trace.layers) == buffer.tolist()
                assert (trace.epoch, trace.sample, trace.indices) == (step.epoch, step.sample, step.indices)
                assert (trace.outputs.tolist(), trace.mean_loss) == (list(map(list, step.outputs)), step.loss)
                assert trace.losses.tolist() == list(step.losses)
                assert trace.updates == state.updates
                assert trace.outputs.tolist() == trace.layers[-1].a.tolist()
            assert plain.step() is None


def test_a_batch_in_chunks_is_traced_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bpengine.network.network._MAX_TERMS", 0)
    trainer = Trainer(config(batch_size=0, samples=50, test_share=0.0), kernel="numpy")
    assert trainer.kernel.chunk_size == 2
    trainer.run_for(0, max_samples=1)
    assert trainer.samples_processed == 2
    trace = trainer.trace()
    assert trainer.samples_processed == 2
    trainer.step()
    assert trace is not None
    assert flat(layer.new for layer in trace.layers) == trainer.network.parameters.tolist()


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_formula_gives_its_number(task: Any, activation: str) -> None:
    names = set()
    for number, optimizer in enumerate(OPTIMIZERS):
        settings = TrainingConfig.defaults(
            task,
            hidden_units=(3, 2),
            activation=activation,
            optimizer=optimizer,
            batch_size=BATCHES[number % 2],
            schedule=("step", "cosine", "constant")[number % 3],
            init_scale=0.7,
            **PENALTIES[number],
        )
        trainer = Trainer(settings)
        for _ in range(20):
            trainer.step()
        if number % 3 == 1:
            trainer.knock_out(0, 1)
        trace = trainer.trace()
        assert trace is not None
        for row in range(len(trace.indices)):
            for derived in derive(trace, row):
                names.add(derived.quantity.name)
                # A difference of nearly equal numbers is as exact as these numbers are.
                assert derived.formula.value() == pytest.approx(derived.result.number, rel=1e-9, abs=1e-14)
    assert names == set(QUANTITIES)


def hand_made() -> Trainer:
    """A 1-2-1 network whose next sample is x = 1, t = -1; there are two samples, and both are at +-1."""
    data = Dataset.from_arrays([0.0, 2.0], [5.0, 3.0])
    seeds = (
        Trainer(TrainingConfig(hidden_units=(2,), learning_rate=0.5, seed=seed), data) for seed in range(9)
    )
    trainer = next(each for each in seeds if (trace := each.trace()) and trace.inputs[0, 0] == 1)
    trainer.set_weights([1 / 2, LN3 - 2, *[-1 / 2, 2.0], *[2.0, 4.0], *[-3.0]])
    return trainer


def test_the_step_of_an_epoch_of_one_sample_has_its_output() -> None:
    trace = Trainer(config(samples=1)).trace()
    assert trace is not None
    assert trace.outputs.tolist() == trace.layers[-1].a.tolist()


def test_a_step_worked_by_hand() -> None:
    # z = x W1 + b1 = [1/2 - 1/2  ln 3 - 2 + 2] = [0  ln 3],   a = [1/2  3/4]
    # y = a W2 + b2 = 1/2 * 2 + 3/4 * 4 - 3 = 1,               L = 1/2 (1 + 1)² = 2
    # delta2 = y - t = 2,  dL/dW2 = a delta2 = [1  3/2],       dL/db2 = 2
    # delta1 = delta2 W2 a (1 - a) = [4 * 1/4  8 * 3/16] = [1  3/2] = dL/db1 = dL/dW1, since x = 1
    trace = hand_made().trace()
    assert trace is not None
    hidden, output = trace.layers
    expected: dict[str, tuple[Array, Any]] = {
        "inputs": (trace.inputs, [[1]]),
        "target": (trace.targets, [[-1]]),
        "z": (hidden.z, [[0, LN3]]),
        "a": (hidden.a, [[1 / 2, 3 / 4]]),
        "u": (output.z, [[1]]),
        "y": (output.a, [[1]]),
        "L": (trace.losses, [2]),
        "delta2": (output.delta, [[2]]),
        "dL/dW2": (output.gradient.weights, [[1], [3 / 2]]),
        "dL/db2": (output.gradient.biases, [2]),
        "delta1": (hidden.delta, [[1, 3 / 2]]),
        "dL/dW1": (hidden.gradient.weights, [[1, 3 / 2]]),
        "dL/db1": (hidden.gradient.biases, [1, 3 / 2]),
        "update of b2": (output.update.biases, [-1]),
        "new W1": (hidden.new.weights, [[0, LN3 - 2 - 3 / 4]]),
        "new b1": (hidden.new.biases, [-1, 2 - 3 / 4]),
        "new W2": (output.new.weights, [[2 - 1 / 2], [4 - 3 / 4]]),
        "new b2": (output.new.biases, [-4]),
    }
    for name, (array, numbers) in expected.items():
        np.testing.assert_allclose(array, numbers, rtol=1e-14, atol=1e-14, err_msg=name)


def test_the_equations_are_written_as_on_the_blackboard() -> None:
    trace = hand_made().trace()
    assert trace is not None
    lines = [" = ".join(equation(derived, TEXT)) for derived in derive(trace)]
    assert lines[0] == "z1[1] = x[1] W1[1,1] + b1[1] = 1 * 0.5 - 0.5 = 0"
    assert lines[3] == "a1[2] = 1 / (1 + exp(-z1[2])) = 1 / (1 + exp(-1.0986)) = 0.75"
    assert "L = 1/2 (y[1] - t[1])^2 = 1/2 * (1 - (-1))^2 = 2" in lines
    assert "delta1[2] = delta2[1] W2[2,1] a1[2] (1 - a1[2]) = 2 * 4 * 0.75 * (1 - 0.75) = 1.5" in lines
    assert lines[-1] == "new b2[1] = b2[1] - eta dL/db2[1] = -3 - 0.5 * 2 = -4"
    assert r"\delta_{1}^{(2)} = y_{1} - t_{1} = 1 - \left(-1\right) = 2" in [
        " = ".join(equation(derived, TEX)) for derived in derive(trace)
    ]


@given(
    task=st.sampled_from(TASKS),
    hidden_units=st.sampled_from([(), (2, 2), (2, 2)]),
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    optimizer=st.sampled_from(sorted(OPTIMIZERS)),
    batch_size=st.sampled_from([1, 1, 3]),
    learning_rate=st.sampled_from([0.01, 0.5, 5.0]),
    schedule=st.sampled_from(["constant", "cosine", "exponential"]),
    penalty=st.sampled_from([*PENALTIES, {"clip": 1e-3}]),
    seed=st.integers(0, 99),
    samples=st.integers(0, 2000),
)
@settings(max_examples=60)
def test_every_printed_line_is_right_as_it_stands(
    task: Any, seed: int, samples: int, penalty: dict[str, float], **changes: Any
) -> None:
    kept = penalty if changes["hidden_units"] else {**penalty, "dropout": 0.0}
    trainer = Trainer(TrainingConfig.defaults(task, seed=seed, **kept, **changes))
    with contextlib.suppress(DivergedError):
        trainer.run_for(math.inf, max_samples=samples)
        assert_lines_are_right(trainer.trace())


def assert_lines_are_right(trace: Trace | None) -> None:
    """Evaluate each printed formula with the printed numbers, and compare with the printed result."""
    assert trace is not None
    names = {
        name: getattr(math, name) for name in ("exp", "log", "sqrt", "tanh", "sin", "cos", "floor", "pi")
    }
    names |= {"max": max, "min": min, "sign": np.sign}
    for derived in derive(trace):
        symbol, _, numbers, result = equation(derived, TEXT)
        assert (float(result) in (1, -1)) <= (abs(abs(derived.result.number) - 1) < 1e-14)
        if TEXT.ellipsis in numbers:
            continue
        try:
            value = float(eval(numbers.replace("^", "**"), names))
        except (OverflowError, ZeroDivisionError):  # exp(800) and the sum of exp(-800), which have no float
            continue
        digits = len(re.sub(r"e.*|\D", "", result).lstrip("0"))
        place = 10.0 ** (math.floor(math.log10(abs(derived.result.number) or 1)) - max(digits, 5) + 1)
        # Where large terms cancel out, even all digits of a floating-point number give no more than this.
        terms = [abs(float(number)) for number in re.findall(r"\d[\d.]*(?:e[+-]\d+)?", numbers)]
        largest = max([*terms, 1.0])
        lost = 1e-14 * largest * largest  # perhaps infinite, where a power would raise an error
        assert abs(value - float(result)) <= place / 2 * (1 + 1e-6) + lost, f"{symbol} = {numbers} = {result}"


def test_a_number_that_is_nearly_1_is_not_printed_as_1() -> None:
    trainer = Trainer(TrainingConfig.defaults("classification", hidden_units=1))
    trainer.set_weights([0.0, 0.0, 0.0, 16.0, -16.0, 0.0, 0.0])
    trace = trainer.trace()
    assert trace is not None
    lines = [" = ".join(equation(derived, TEXT)) for derived in derive(trace)]
    assert "delta2[1] = y[1] - t[1] = 0.99999988746 - 1 = -1.1254e-07" in lines
    assert_lines_are_right(trace)


def test_a_formula_is_read_once_and_not_for_every_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    read_texts = []

    def parse(text: str, mode: str) -> ast.AST:
        read_texts.append(text)
        return original(text, mode=mode)

    original = ast.parse
    monkeypatch.setattr("ast.parse", parse)
    trace = Trainer(config(optimizer="adam", clip=0.01, l2=0.1)).trace()
    assert trace is not None
    assert len(list(derive(trace))) > 50
    assert len(read_texts) == len(set(read_texts)) < 10


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_text_is_ascii_and_tex_is_well_formed(activation: str) -> None:
    for optimizer in OPTIMIZERS:
        settings = config(
            activation=activation,
            optimizer=optimizer,
            l1=0.1,
            l2=0.1,
            clip=0.1,
            batch_size=9,
            schedule="step",
        )
        trace = Trainer(settings).trace()
        assert trace is not None
        for derived in derive(trace):
            assert " = ".join(equation(derived, TEXT)).isascii()
            tex = " = ".join(equation(derived, TEX))
            assert tex.isascii()
            assert tex.count("{") == tex.count("}")
            assert tex.count(r"\left") == tex.count(r"\right")
            assert "}^{" not in tex.replace("}^{(", ""), "two superscripts are an error in TeX"
            assert not set(tex) & {"$", "*", "|", "<"}, "Markdown would read these"


def test_a_trace_cannot_be_written_to_and_touches_nothing() -> None:
    trainer = Trainer(config(optimizer="adam"))
    trainer.step()
    before = copy.copy(trainer)
    trace = trainer.trace()
    assert trace is not None
    assert_same(trainer, before)
    layer = trace.layers[0]
    for array in (
        trace.inputs,
        trace.outputs,
        layer.z,
        layer.a,
        layer.delta,
        layer.new.weights,
        layer.inputs,
    ):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1.0
    trainer.run_epoch()
    trainer.rewind(0)
    assert trainer.epochs_done == 0


def test_without_a_next_step_there_is_no_trace() -> None:
    trainer = Trainer(config(epochs=1))
    trainer.run_epoch()
    assert trainer.trace() is None
    diverging = Trainer(config(learning_rate=1000, hidden_units=(3,), activation="identity", epochs=99))
    with pytest.raises(DivergedError):
        while diverging.trace() is not None:
            diverging.step()
    assert diverging.divergence is None, "only the copy has diverged"


def test_losses_whose_sum_is_too_large_have_a_mean_all_the_same() -> None:
    """pytest turns the warning of an overflow into an error."""
    trainer = Trainer(TrainingConfig.defaults("regression", batch_size=0, learning_rate=1e-3))
    trainer.set_bias(1, 0, 1.3e154)
    trace = trainer.trace()
    step = trainer.step()
    assert trace is not None
    assert step is not None
    assert step.loss == trace.mean_loss == pytest.approx(8.45e307)
    assert trace.new_mean_loss < trace.mean_loss


def test_a_formula_that_calls_an_unknown_function_is_told_which_ones_there_are() -> None:
    with pytest.raises(ValueError, match="calls cosh, which is none of exp, log, sqrt, tanh"):
        parse_expression("1 / cosh(1)", {})
