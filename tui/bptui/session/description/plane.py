"""The answers over any two columns of a table in words."""

from __future__ import annotations

import numpy as np

from bptui.session.description.classes import over_plane
from bptui.session.description.fit import describe_surface
from bptui.session.plane import Plane, projection
from bptui.session.snapshot import Snapshot
from bpwords import Sentence


def describe_plane(snapshot: Snapshot, plane: Plane) -> list[str]:
    """Say what the network answers over two columns, what the others are held at, and how many are far."""
    shown = projection(snapshot, plane)
    (far, _), (x, y) = shown.far, shown.columns
    sides = Sentence("{x} goes from left to right and {y} upward")(x=x.name, y=y.name)
    held = Sentence("{sides}, the others {held}.") if shown.held else Sentence("{text}.")
    sentences = [held(sides=sides, text=sides, held=shown.held)]
    grid, classes = shown.snapshot.network.grid_outputs, shown.snapshot.run.dataset.classes
    assert grid is not None  # known of a projection
    if not classes:
        sentences += describe_surface(shown.snapshot)
    elif np.isfinite(grid).all():
        labels = grid.argmax(axis=-1)
        everywhere = Sentence("The network predicts {name} everywhere.")
        name = classes[labels.flat[0]]
        sentences.append(over_plane(classes, labels) if np.ptp(labels) else everywhere(name=name))
    if count := int(far.sum()):
        said = Sentence("Of {samples} samples, {n} are far from this plane in the other columns.")
        sentences.append(said(samples=len(far), n=count))
    return sentences
