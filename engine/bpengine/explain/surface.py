"""The error over a plane through the weights: a slice of the surface that training descends.

After H. Li, Z. Xu, G. Taylor, C. Studer and T. Goldstein, Visualizing the Loss Landscape of Neural Nets
(2018): the plane has the two principal directions of a path of weights, or two random directions that are
scaled as the weights of each unit. The error is the mean loss without dropout and penalties, the error now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState

from bpengine.arithmetic.arrays import Array
from bpengine.data import Dataset
from bpengine.errors import DataError
from bpengine.kernels.regularization import norm_of
from bpengine.network.losses import mean_error
from bpengine.network.network import Network, matrices
from bpengine.training.edits import Mask
from bpengine.training.predictions import network_outputs
from bpengine.training.sharpness import Pieces
from bpwords import Sentence, word

FEWEST = 3
"""The fewest points of a path that has principal directions."""
MARGIN = 0.25
"""The space around a path, as a fraction of its extent."""
_FLAT = 1e-10
"""The variance along the second direction, relative to the first, below which a path is a straight line."""
_SQUARINGS = 20
"""How often a matrix is squared: of two eigenvalues that differ by a hundred-thousandth, one is left."""


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """A part of a plane through the weights: origin + a directions[0] + b directions[1]."""

    origin: Array
    """The weights and biases at (0, 0); shape (parameters,)."""
    directions: Array
    """The two directions; shape (2, parameters)."""
    limits: tuple[tuple[float, float], tuple[float, float]]
    """The lowest and the highest a, and the same of b."""
    share: float | None = None
    """The share of the variance of the path that lies in the plane, 0 to 1; None for random directions."""

    def at(self, a: float, b: float) -> Array:
        """The weights and biases at a place; shape (parameters,)."""
        weights: Array = self.origin + a * self.directions[0] + b * self.directions[1]
        return weights

    def places(self, weights: Array) -> Array:
        """The nearest places of the plane, as (a, b); shape (..., parameters) to (..., 2)."""
        return self.projected(weights - self.origin)

    def projected(self, vectors: Array) -> Array:
        """The coordinates of the part of vectors that lies in the plane; (..., parameters) to (..., 2)."""
        # Random directions are not orthogonal.
        (a, b), (_, c) = (self.directions @ self.directions.T).tolist()
        found: Array = vectors @ self.directions.T @ np.array([[c, -b], [-b, a]]) / (a * c - b * b)
        return found

    def share_of(self, vector: Array) -> float:
        """The share of the squared length of a vector that lies in the plane, 0 to 1."""
        inside = self.projected(vector) @ self.directions
        return float(inside @ inside / max(float(vector @ vector), 1e-300))


def principal_plane(path: Sequence[Array]) -> Plane:
    """The plane through the end of a path with the two directions in which its points vary most.

    The directions are the first two eigenvectors of the covariance, of length 1, from the Gram matrix of the
    points, which is small. Their signs are such that the path does not end to the left of its start or below.

    Args:
        path: the weights and biases at each point, the newest last; shape (parameters,) each.

    Raises:
        DataError: the path has fewer than three points, or is a straight line.
    """
    if len(path) < FEWEST:
        raise DataError(word("the run has stored fewer than three states so far"))
    points = np.array(path)
    centered = points - points.mean(axis=0)
    centered /= max(float(np.abs(centered).max()), 1e-300)  # so that no square is too large
    gram = centered @ centered.T
    first, across = _leading(gram)
    second, up = _leading(gram - first * np.outer(across, across))
    if not second > _FLAT * first:
        raise DataError(word("the stored states of the run lie on a line"))
    directions = np.vstack([across, up]) @ centered
    directions[0] /= norm_of(directions[0])
    directions[1] -= (directions[0] @ directions[1]) * directions[0]  # rounding
    directions[1] /= norm_of(directions[1])
    directions *= np.where(directions @ (points[-1] - points[0]) < 0, -1, 1)[:, np.newaxis]
    share = min((first + second) / float(gram.trace()), 1.0)
    places = Plane(points[-1], directions, ((0, 0), (0, 0))).places(points)
    low, high = places.min(axis=0), places.max(axis=0)
    room = MARGIN * (high - low)
    (left, bottom), (right, top) = (low - room).tolist(), (high + room).tolist()
    return Plane(points[-1], directions, ((left, right), (bottom, top)), share)


def _leading(matrix: Array) -> tuple[float, Array]:
    """The largest eigenvalue of a symmetric matrix that has none below 0, and its eigenvector of length 1.

    Each squaring doubles the power of the matrix, in which the largest eigenvalue soon is all that is left.
    """
    power = matrix
    for _ in range(_SQUARINGS):
        power = power @ power / max(float(np.abs(power @ power).max()), 1e-300)
    vector = power[:, int(power.diagonal().argmax())]
    vector = vector / max(norm_of(vector), 1e-300)
    return float(vector @ matrix @ vector), vector


def random_plane(weights: Array, sizes: tuple[int, ...], frozen: Mask, seed: int) -> Plane:
    """The plane through weights with two random directions, from -1 to 1 along each.

    In each direction, the numbers of a unit, its weights and its bias, are as long as the unit's own: the
    filter normalization of Li et al. What is frozen is 0.

    Args:
        weights: all weights and biases; shape (parameters,).
        sizes: the number of units in each layer, from the inputs to the outputs.
        frozen: which of them are frozen; shape (parameters,).
        seed: of the random directions.

    Raises:
        DataError: there are not two directions, as for a network with one weight that is not frozen.
    """
    directions, rng = np.empty((2, len(weights))), RandomState(seed)
    for direction in directions:
        direction[:] = np.where(frozen, 0.0, rng.normal(size=len(weights)))
        for drawn, own in zip(matrices(sizes, direction), matrices(sizes, weights), strict=True):
            with np.errstate(over="ignore"):
                length, wanted = (np.sqrt((numbers * numbers).sum(axis=0)) for numbers in (drawn, own))
            np.multiply(drawn, wanted / np.maximum(length, 1e-300), drawn)
    if not np.isfinite(directions).all():
        raise DataError(word("the weights are too large for a plane"))
    (a, b), (_, c) = (directions @ directions.T).tolist()
    if not a * c - b * b > _FLAT * a * c:
        count = int(np.count_nonzero((weights != 0) & ~frozen))
        few = Sentence("a plane needs two weights or biases that are neither 0 nor frozen, got {count}")
        raise DataError(few(count=count))
    return Plane(weights, directions, ((-1.0, 1.0), (-1.0, 1.0)))


def measuring_errors(
    plane: Plane, side: int, network: Network, dataset: Dataset, known: Array | None = None
) -> Pieces[Array]:
    """Measure the error at the nodes of a grid over a plane, in pieces of one node.

    Args:
        plane: the plane.
        side: how many nodes there are in each direction.
        network: a network of the same form, whose parameters are overwritten.
        dataset: the samples.
        known: the errors at every second node in either direction; None if none is known.

    Returns:
        Shape (side, side), the lowest row first; infinite where an output is not a number.
    """
    errors = np.full((side, side), np.nan)
    if known is not None:
        errors[::2, ::2] = known
    across, up = (np.linspace(*limits, side).tolist() for limits in plane.limits)
    for row, column in np.argwhere(np.isnan(errors)).tolist():
        network.parameters[:] = plane.at(across[column], up[row])
        outputs = network_outputs(network, dataset.inputs)
        errors[row, column] = mean_error(network.loss, outputs, dataset.targets)
        yield
    return errors
