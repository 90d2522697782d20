"""The truth about each kind of sentence on a diagnosis, computed plainly from the raw arrays."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from bpengine import DivergedError, Finding, Network, Trainer
from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.explain.diagnostics import FindingKind
from bpengine.explain.diagnostics.measuring import MAX_SAMPLES, MAX_UPDATES, evenly
from tests.engine import plain

MAX_ANGLE = 1e8
"""The largest argument of a sine that rounding changes little."""
MAX_MATRIX = 60
"""The most parameters for which the whole matrix of second derivatives is computed."""
EPOCHS_OFF = 60
"""How long units must stay off that are said not to recover."""


def _diverged(trainer: Trainer, finding: Finding) -> bool:
    epoch = int(_match(r"diverged in epoch (\d+)", finding))
    return trainer.divergence is not None and trainer.divergence.epoch == epoch


def _overflow(trainer: Trainer, finding: Finding) -> bool:
    with np.errstate(all="ignore"):
        error = mean_loss(trainer, trainer.dataset.inputs, trainer.dataset.targets)
        gradients = gradient_norms(trainer)
    numbers = gradients if "gradient" in finding.sentence else [error]
    return not all(map(math.isfinite, numbers))


def _equal(trainer: Trainer, finding: Finding) -> bool:
    units, layer = re.search(r"All (\d+) units of layer (\d+)", finding.sentence).groups()  # type: ignore[union-attr]
    if int(units) != trainer.network.sizes[int(layer)] or not equal_units(trainer, int(layer)):
        return False
    starts_equal = trainer.config.initializer == "zeros" or (
        trainer.config.initializer == "normal" and trainer.config.init_scale == 0
    )
    return "learn alike" not in finding.sentence or starts_equal


def _error(trainer: Trainer, finding: Finding) -> bool:
    targets = trainer.dataset.targets
    error = mean_loss(trainer, trainer.dataset.inputs, targets)
    mean = targets.mean(axis=0)
    if trainer.config.task == "regression":
        constant = float(((targets - mean) ** 2).sum(axis=1).mean() / 2)
    else:
        constant = float(-(mean[mean > 0] * np.log(mean[mean > 0])).sum())
    if "at most 1e-06" in finding.sentence:
        stated = float(_match(r"error is (\S+);", finding))
        return constant < 1.1e-6 and math.isclose(stated, error, rel_tol=0.01, abs_tol=2e-7)
    left = error / constant
    sentence = finding.sentence
    if sentence == "The error is about that of the best constant.":
        return abs(left - 1) < 0.006
    if " times that" in sentence:
        return _close(_match(r"is (\S+) times that", finding), left)
    if " under " in sentence:
        return left < 1.01e-6
    if "%" in sentence:
        return abs(float(_match(r"is (\S+)% of that", finding)) - 100 * left) <= 0.51
    return _close(_match(r"is 1/(\S+) of that", finding), 1 / left)


def _test_error(trainer: Trainer, finding: Finding) -> bool:
    test = trainer.dataset.test
    if test is None:
        return False
    of_test = mean_loss(trainer, test.inputs, test.targets)
    of_training = mean_loss(trainer, trainer.dataset.inputs, trainer.dataset.targets)
    if "about equal" in finding.sentence:
        return abs(of_test / of_training - 1) < 0.006
    if "times" in finding.sentence:
        return _close(_match(r"is (\S+) times", finding), of_test / of_training)
    stated = re.search(r"is (\S+), the training error (\S+)\.$", finding.sentence).groups()  # type: ignore[union-attr]
    return all(
        math.isclose(float(text), value, rel_tol=0.01, abs_tol=2e-7)
        for text, value in zip(stated, (of_test, of_training), strict=True)
    )


def _units_off(trainer: Trainer, finding: Finding) -> bool:
    outputs, rows = hidden_outputs(trainer, finding.layer)
    name = trainer.network.activations[finding.layer - 1]
    off = np.flatnonzero((outputs <= {"elu": -0.97, "softplus": 0.03}.get(name, 0.0)).all(axis=0))
    stated = int(_match(r"off for all (\d+) samples", finding))
    if finding.units != tuple(off.tolist()) or stated != rows:
        return False
    if "can't recover" in finding.sentence:
        if not _stay_off(trainer, finding.layer, off):
            return False
    elif not finding.sentence.endswith(" now."):
        return False
    if match := re.match(r"(\d+) of (\d+) units of layer", finding.sentence):
        return (int(match[1]), int(match[2])) == (len(off), outputs.shape[1])
    before = finding.sentence.partition(" of layer ")[0]
    return [int(number) - 1 for number in re.findall(r"\d+", before)] == off.tolist()


def _stay_off(trainer: Trainer, layer: int, units: IntArray) -> bool:
    """Train on, and see after each epoch whether the units are still off for all samples."""
    ongoing = _ongoing(trainer)
    try:
        for _ in range(EPOCHS_OFF):
            ongoing.run_epoch()
            if (hidden_outputs(ongoing, layer)[0][:, units] > 0).any():
                return False
    except DivergedError:
        pass
    return True


def _saturation(trainer: Trainer, finding: Finding) -> bool:
    outputs, rows = hidden_outputs(trainer, finding.layer)
    share, stated = re.search(r": (\d+)% of the outputs for (\d+) samples", finding.sentence).groups()  # type: ignore[union-attr]
    low, high = {"sigmoid": (0.03, 0.97), "tanh": (-0.97, 0.97)}[
        trainer.network.activations[finding.layer - 1]
    ]
    saturated = 100 * float(((outputs <= low) | (outputs >= high)).mean())
    return int(stated) == rows and int(share) <= saturated + 1e-9 < int(share) + 1


def _gradient(trainer: Trainer, finding: Finding) -> bool:
    norms = gradient_norms(trainer)
    stated = float(_match(r"is (\S+?)(?: of that of the output layer)?\.$", finding))
    ratio = norms[finding.layer - 1] / norms[-1]
    return math.isclose(stated, ratio, rel_tol=0.07) or (max(stated, ratio) < 1e-12 and norms[-1] > 0)


def _update(trainer: Trainer, finding: Finding) -> bool:
    """Train on, with as many epochs as are needed, and compare the weights before and after each update."""
    ongoing = _ongoing(trainer)
    change = size = 0.0
    batch = min(trainer.config.batch_size or len(trainer.dataset), len(trainer.dataset))
    left = math.ceil((len(trainer.dataset) - trainer.samples_done) / batch)
    try:
        for _ in range(min(MAX_UPDATES, left)):
            old = weights_of(ongoing)
            ongoing.step()
            change = math.hypot(change, *(weights_of(ongoing) - old))
            size = math.hypot(size, *old)
    except DivergedError:
        return False
    sentence = finding.sentence
    if "changes no weight" in sentence or "no weight changes" in sentence:
        return change == 0
    ratio = change / size
    if "1/" in sentence:
        return math.isclose(1 / float(_match(r"about 1/(\S+) of", finding)), ratio, rel_tol=0.06)
    return math.isclose(float(_match(r"about (\S+) (?:times|of)", finding)), ratio, rel_tol=0.06)


def _sharpness(trainer: Trainer, finding: Finding) -> bool:
    """Compare it with the eigenvalues of the whole matrix of differences of gradients, if that is not large.

    Whether the limit is that of descent is tried by `stability`.
    """
    if not finding.sentence.startswith("Sharpness ") or len(trainer.network.parameters) > MAX_MATRIX:
        start = (
            r"^Sharpness \S+: |^The learning rate was |^100 full-batch steps never rise |^It is that of full "
        )
        return bool(re.search(start, finding.sentence))
    network, config, step = trainer.network, trainer.config, 1e-7
    z = plain.sums(network.sizes, network.activations, network.parameters, trainer.dataset.inputs)
    corners = [
        np.abs(each).min() for name, each in zip(network.activations, z, strict=False) if "relu" in name
    ]
    if min(corners, default=1.0) < 1e-6:
        return True  # a sample lies on the corner of a unit, where there is no second derivative
    inputs, targets = trainer.dataset.inputs, trainer.dataset.targets
    penalized = np.concatenate(
        [
            np.concatenate([np.ones(weights.size), np.zeros(biases.size)])
            for weights, biases in plain.layers(network.sizes, network.parameters)
        ]
    )
    center, rows = network.parameters.copy(), []
    moved = Network(network.sizes, network.activations, network.loss)
    for index in range(len(center)):
        gradients = []
        for sign in (1, -1):
            moved.parameters[:] = center
            moved.parameters[index] += sign * step
            gradients.append(moved.mean_gradient(inputs, targets) + config.l2 * penalized * moved.parameters)
        rows.append((gradients[0] - gradients[1]) / (2 * step))
    matrix = np.array(rows)
    largest = float(np.linalg.eigvalsh((matrix + matrix.T) / 2)[-1])
    return math.isclose(float(_match(r"Sharpness (\S+):", finding)), largest, rel_tol=0.06)


def _ongoing(trainer: Trainer) -> Trainer:
    """The same run at the same place, which goes on for as long as it is asked to."""
    ongoing = Trainer(trainer.config, trainer.source)
    ongoing.restore(trainer.run_state())
    ongoing.reconfigure(trainer.config.replace(epochs=1_000_000, patience=0, target_error=0))
    return ongoing


TRUTHS = {
    FindingKind.DIVERGED: _diverged,
    FindingKind.OVERFLOW: _overflow,
    FindingKind.EQUAL_UNITS: _equal,
    FindingKind.ERROR: _error,
    FindingKind.TEST_ERROR: _test_error,
    FindingKind.UNITS_OFF: _units_off,
    FindingKind.SATURATION: _saturation,
    FindingKind.GRADIENT: _gradient,
    FindingKind.UPDATE: _update,
    FindingKind.SHARPNESS: _sharpness,
}
"""Whether a sentence is true, by kind; an AttributeError means that the sentence has an unexpected form."""


def mean_loss(trainer: Trainer, inputs: Array, targets: Array) -> float:
    """The mean loss of the current weights."""
    network = trainer.network
    with np.errstate(all="ignore"):
        u = plain.sums(network.sizes, network.activations, network.parameters, inputs)[-1]
        if trainer.config.task == "regression":
            return float(((u - targets) ** 2).sum(axis=1).mean() / 2)
        return float(-(targets * np.log(softmax(u) + 1e-7)).sum(axis=1).mean())


def rounding_decides(trainer: Trainer) -> bool:
    """Whether a unit's sine is of a number so large that the last bits of the weights decide its value."""
    network = trainer.network
    with np.errstate(all="ignore"):
        z = plain.sums(network.sizes, network.activations, network.parameters, trainer.dataset.inputs)
    sums = [each for name, each in zip(network.activations, z, strict=False) if name == "sin"]
    return any(bool(np.abs(each).max() > MAX_ANGLE) for each in sums)


def softmax(u: Array) -> Array:
    """exp(u), divided by its sum over the classes."""
    e = np.exp(u - u.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def hidden_outputs(trainer: Trainer, layer: int) -> tuple[Array, int]:
    """The outputs of a layer for the samples that are measured with, and the number of these samples."""
    network, chosen = trainer.network, evenly(len(trainer.dataset), MAX_SAMPLES)
    inputs = trainer.dataset.inputs[chosen]
    with np.errstate(all="ignore"):
        z = plain.sums(network.sizes, network.activations, network.parameters, inputs)[layer - 1]
        return plain.activate(network.activations[layer - 1], z), len(chosen)


def gradient_norms(trainer: Trainer) -> list[float]:
    """The norm of the gradient of the mean loss by the parameters of each layer, by plain backpropagation."""
    network, chosen = trainer.network, evenly(len(trainer.dataset), MAX_SAMPLES)
    inputs, targets = trainer.dataset.inputs[chosen], trainer.dataset.targets[chosen]
    layers = plain.layers(network.sizes, network.parameters)
    norms: list[float] = []
    with np.errstate(all="ignore"):
        z = plain.sums(network.sizes, network.activations, network.parameters, inputs)
        a = [
            inputs,
            *(plain.activate(name, each) for name, each in zip(network.activations, z, strict=False)),
        ]
        y = softmax(z[-1]) if trainer.config.task == "classification" else z[-1]
        delta = y - targets
        for index in range(len(layers) - 1, -1, -1):
            gradient = np.concatenate([(a[index].T @ delta).ravel(), delta.sum(axis=0)])
            norms.insert(0, math.hypot(*(gradient / len(inputs)).tolist()))
            if index:
                name = network.activations[index - 1]
                delta = delta @ layers[index][0].T * slope(name, z[index - 1], a[index])
    return norms


def slope(name: str, z: Array, a: Array) -> Array:
    """f'(z), by a formula of this module's own."""
    gate = np.sqrt(8 / np.pi) * (z + 0.044715 * z**3)

    def sigmoid(x: Array) -> Array:
        return np.asarray(0.5 + 0.5 * np.tanh(x / 2))

    slopes: dict[str, Any] = {
        "sigmoid": lambda: a * (1 - a),
        "tanh": lambda: 1 - a**2,
        "relu": lambda: (z > 0) * 1.0,
        "leaky-relu": lambda: np.where(z > 0, 1.0, 0.01),
        "elu": lambda: np.where(z > 0, 1.0, np.exp(np.minimum(z, 0))),
        "softplus": lambda: -np.expm1(-a),
        "swish": lambda: sigmoid(z) * (1 + z - a),
        "gelu": lambda: sigmoid(gate) + a * (1 - sigmoid(gate)) * np.sqrt(8 / np.pi) * (1 + 0.134145 * z * z),
        "sin": lambda: np.cos(z),
        "identity": lambda: np.ones_like(z),
    }
    return np.asarray(slopes[name]())


def equal_units(trainer: Trainer, layer: int) -> bool:
    """Whether a layer has several units with the same weights, biases and outgoing weights."""
    if layer == len(trainer.network.layers):
        return False
    layers = plain.layers(trainer.network.sizes, trainer.network.parameters)
    (weights, biases), (following, _) = layers[layer - 1], layers[layer]
    units = np.vstack([weights, biases, following.T])
    first = units[:, :1]
    return units.shape[1] > 1 and bool((units == first).all())


def weights_of(trainer: Trainer) -> Array:
    """All weights, without biases, as a copy."""
    layers = plain.layers(trainer.network.sizes, trainer.network.parameters)
    return np.concatenate([weights.ravel() for weights, _ in layers])


def _match(pattern: str, finding: Finding) -> str:
    match = re.search(pattern, finding.sentence)
    if match is None:
        raise AttributeError(pattern)
    return match[1]


def _close(text: str, value: float) -> bool:
    """Whether a number of two digits is the value."""
    return math.isclose(float(text), value, rel_tol=0.06)
