"""The surface of a run in words, for screen and dialogue."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.kernels.regularization import norm_of
from bptui.features.surface.plan import MeasuringSurface
from bptui.session.snapshot import Snapshot
from bpwords import Sentence, joined, word
from bpwords.numbers import error_text, number, share_text


def weights_now(snapshot: Snapshot) -> Array:
    """All weights and biases of a snapshot; shape (parameters,)."""
    return np.concatenate([layer.ravel() for layer in snapshot.network.layers])


def describe_surface(surface: MeasuringSurface, snapshot: Snapshot, gradient: Array | None) -> Iterator[str]:
    """Describe the plane, the errors in it, the place of the run, and what a slice does not show.

    Args:
        surface: the surface, with a plane and errors.
        snapshot: the run as it is shown.
        gradient: the gradient of its error now; None if it is not known.
    """
    plane, errors, run = surface.plane, surface.errors, snapshot.run
    assert plane is not None
    assert errors is not None
    if plane.share is None:
        yield word("The plane has two random directions, scaled as the weights of each unit.")
    else:
        principal = Sentence(
            "The plane has the two directions in which {states} stored states of the run vary most: {share} "
            "of their variance lies in it."
        )
        yield principal(states=len(surface.path), share=share_text(plane.share, 1))
    plain = Sentence("Over it, the error goes from {low} to {high}.")
    partly = Sentence("Over it, the error on {count} of {samples} samples goes from {low} to {high}.")
    ends = {"low": error_text(float(errors.min())), "high": error_text(float(errors.max()))}
    over = partly if run.is_partly_measured else plain
    yield over(count=len(run.dataset), samples=run.samples, **ends)
    now = Sentence("The error now is {error}.")
    without = Sentence("The error now is {error}, without the penalty, as all errors here.")
    has_penalty = run.config.l1 > 0 or run.config.l2 > 0
    said = (without if has_penalty else now)(error=error_text(run.metrics.error))
    weights = weights_now(snapshot)
    place = plane.places(weights)
    beside = norm_of(weights - plane.at(*place.tolist()))
    if beside > 1e-9 * norm_of(weights):
        aside = Sentence("The run is {distance} beside the plane, where the error may differ.")
        said = joined(said, aside(distance=number(beside, 2)))
    yield said
    if gradient is not None and gradient.any():
        arrow = Sentence("The arrow points downhill; {share} of the gradient's square lies in the plane.")
        yield arrow(share=share_text(plane.share_of(gradient), 1))
    if len(weights) > 2:
        yield Sentence(
            "This is a slice with 2 of {n} directions: a minimum here may go down in another one, and "
            "valleys that are separate here may be connected."
        )(n=len(weights))
