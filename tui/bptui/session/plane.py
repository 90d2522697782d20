"""Any two columns of a table: what the network answers over them, the other columns held."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bpengine import DataError, Dataset
from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.data.dataset import Scaling
from bpengine.data.raw_columns import RawColumn
from bpengine.kernels.kernel import work_per_sample
from bpengine.network.losses import LOSSES
from bpengine.network.network import Network
from bpengine.numbers import whole_in
from bpengine.training.predictions import network_outputs
from bptui.commands.grammar import named
from bptui.experiments.grid import MAX_GRID_WORK, plane_grid
from bptui.session.snapshot import Snapshot, same_data
from bpwords import Sentence, name_list, word

FAR = 1.0
"""From which distance to the plane on a sample is drawn fainter: the root mean square, over the columns that
are held, of its distance in standard deviations; another category counts as one."""


Mask = NDArray[np.bool_]
"""For each sample, whether something holds for it; shape (samples,)."""


class Plane(NamedTuple):
    """Two columns of a table, by their numbers, and what the others are held at."""

    x: int
    y: int
    row: int | None = None
    """The number of the training sample whose values the others have; None for their medians."""

    @property
    def axes(self) -> tuple[int, int]:
        """The numbers of both columns."""
        return self.x, self.y

    def moved(self, columns: int, across: int, up: int) -> Plane:
        """The plane with the next or the previous column on its axes, of so many; never the same on both."""
        x = (self.x + across) % columns
        x = (x + across) % columns if x == self.y else x
        y = (self.y + up) % columns
        return self._replace(x=x, y=(y + up) % columns if y == x else y)


class Projection(NamedTuple):
    """A run as if its data had only two inputs: what is drawn and said of two inputs suits it, too."""

    snapshot: Snapshot
    """The run, whose samples have two coordinates: values in the units of the file, or numbers of categories,
    which are spread. Its outputs on the grid are those over the plane."""
    columns: tuple[RawColumn, RawColumn]
    """What the axes are."""
    far: tuple[Mask, Mask | None]
    """Which training and test samples are far from the plane; shape (samples,) each."""
    held: str
    """What the other columns are held at, such as "at medians"; empty if there are none."""


def in_columns(classes: Array | IntArray) -> Array:
    """A place in the column of each sample's class; they are spread evenly, however many there are."""
    places: Array = classes + 0.8 * ((np.arange(len(classes)) * 0.618034) % 1.0 - 0.5)
    return places


def suited(plane: Plane | None, dataset: Dataset) -> Plane | None:
    """The plane, if these data have it: they may have changed since it was chosen."""
    if plane is None or _problem(dataset) or max(plane.axes) >= len(dataset.raw_columns):
        return None
    return plane if (plane.row or 0) < len(dataset) else None


def _problem(dataset: Dataset) -> str:
    """Why there is no plane besides what the plot shows anyway; empty if there is."""
    if dataset.picture is not None:
        return word("the samples are pictures, which the plot shows as a sheet")
    is_shown = len(dataset.raw_columns) < 2 or len(dataset.domain) <= 2
    return word("the plot shows all inputs already, since there are at most two") if is_shown else ""


@lru_cache(maxsize=4)
def first_plane(dataset: Dataset) -> Plane:
    """The two columns that correlate most with the targets.

    Raises:
        DataError: the data have no plane besides what the plot shows anyway.
    """
    if problem := _problem(dataset):
        raise DataError(problem)
    one, other = (Scaling.standardizing(each).apply(each) for each in (dataset.coordinates, dataset.targets))
    shares = np.square(one.T @ other).sum(axis=1)
    best = np.argsort([-float(shares[places].sum()) for places in dataset.column_places], kind="stable")
    return Plane(int(best[0]), int(best[1]))


def plane_named(text: str, dataset: Dataset) -> Plane:
    """The plane that a text names, such as "alcohol by ash at 17"; for an empty text the first one.

    Raises:
        DataError: it names none, or the data have none.
    """
    plane, columns = first_plane(dataset), {n: (each.name,) for n, each in enumerate(dataset.raw_columns)}
    if not text.strip():
        return plane
    across, rest = named(text, columns)
    up, rest = named(rest.removeprefix("by"), columns)
    row = whole_in(rest.removeprefix("at").strip(), 1, len(dataset)) if rest else 0
    if len(across) != 1 or len(up) != 1 or across == up or row is None:
        allowed = Sentence(
            "name two columns and, with at, a sample from 1 to {n}, as in {example}; the columns are {names}"
        )
        names = name_list([name for (name,) in columns.values()])
        raise DataError(allowed(n=len(dataset), example=plane_text(plane, dataset), names=names))
    return Plane(across[0], up[0], row - 1 if row else None)


def plane_text(plane: Plane, dataset: Dataset) -> str:
    """The text that names a plane."""
    x, y = (dataset.raw_columns[number].name for number in plane.axes)
    return f"{x} by {y}{'' if plane.row is None else f' at {plane.row + 1}'}"


def projection(snapshot: Snapshot, plane: Plane) -> Projection:
    """The run over a plane, with the runs that it is compared with."""
    dataset, comparison = snapshot.run.dataset, snapshot.comparison

    def flat(one: Snapshot) -> Snapshot:
        run = one.run._replace(dataset=_flat(one.run.dataset, plane))
        network = one.network._replace(grid_outputs=_outputs(one, plane, dataset))
        return replace(one, run=run, network=network)

    runs = (run for run in comparison.runs if same_data(run.snapshot, snapshot))
    flat_runs = {run.label: run._replace(snapshot=flat(run.snapshot)) for run in runs}
    baseline = flat_runs.pop("", None)
    compared = comparison._replace(pins=tuple(flat_runs.values()), baseline=baseline, spread=None)
    columns, test = dataset.raw_columns, dataset.test
    far = _is_far(dataset, dataset, plane), None if test is None else _is_far(dataset, test, plane)
    held = word("at medians") if plane.row is None else Sentence("as in sample {n}")(n=plane.row + 1)
    drawn, axes = replace(flat(snapshot), comparison=compared), (columns[plane.x], columns[plane.y])
    return Projection(drawn, axes, far, held if len(columns) > 2 else "")


@lru_cache(maxsize=4)
def _held(dataset: Dataset, row: int | None) -> Array:
    """The coordinates of a sample, or the medians, and of a category the most frequent one; shape (d,)."""
    rows = dataset.coordinates if row is None else dataset.coordinates[row : row + 1]
    held: Array = np.median(rows, axis=0)
    for column, places in zip(dataset.raw_columns, dataset.column_places, strict=True):
        if column.kind == "text":
            held[places] = np.eye(column.width)[rows[:, places].sum(axis=0).argmax()]
        elif column.kind == "boolean":
            held[places] = np.round(held[places])
    return held


@lru_cache(maxsize=8)
def _flat(dataset: Dataset, plane: Plane) -> Dataset:
    """The samples in the plane."""
    values, domain = [], []
    for number in plane.axes:
        column, places = dataset.raw_columns[number], dataset.column_places[number]
        own, steps = dataset.coordinates[:, places], len(column.steps)
        number_of = own.argmax(axis=1) if column.kind == "text" else own[:, 0].round()
        values.append(in_columns(number_of) if steps else own[:, 0] + column.origin)
        low, high = dataset.domain[places.start]
        domain.append((-0.5, steps - 0.5) if steps else (low + column.origin, high + column.origin))
    coordinates = np.column_stack(values)
    return replace(
        dataset,
        inputs=coordinates,
        coordinates=coordinates,
        scaling=Scaling.identity(2),
        domain=tuple(domain),
        features=tuple(dataset.raw_columns[number].name for number in plane.axes),
        columns=(),
        feature_map=None,
        test=None if dataset.test is None else _flat(dataset.test, plane),
    )


@lru_cache(maxsize=8)
def _outputs(snapshot: Snapshot, plane: Plane, dataset: Dataset) -> Array:
    """The outputs over the plane, as `NetworkValues.grid_outputs` has them; what is held is of `dataset`."""
    layers, own = snapshot.network.layers, snapshot.run.dataset
    sizes = (*(len(layer) - 1 for layer in layers), layers[-1].shape[1])
    parameters = np.concatenate([layer.ravel() for layer in layers])
    network = Network(sizes, snapshot.run.config.activations, LOSSES[own.task], parameters=parameters)
    nodes, shape = plane_grid(_flat(dataset, plane).domain, MAX_GRID_WORK // work_per_sample(sizes))
    coordinates = np.repeat(_held(dataset, plane.row)[np.newaxis], len(nodes), axis=0)
    for number, values in zip(plane.axes, nodes.T, strict=True):
        column, places = dataset.raw_columns[number], dataset.column_places[number]
        steps = len(column.steps)
        nearest = np.clip(np.round(values), 0, max(steps - 1, 0)).astype(np.int64)
        if column.kind == "text":
            coordinates[:, places] = np.eye(steps)[nearest]
        else:
            coordinates[:, places.start] = nearest if steps else values - column.origin
    outputs = own.target_scaling.undo(network_outputs(network, own.inputs_at(coordinates)))
    grid: Array = outputs.reshape(*shape, outputs.shape[1])
    return grid


@lru_cache(maxsize=8)
def _is_far(dataset: Dataset, samples: Dataset, plane: Plane) -> Mask:
    """Whether each sample is far from the plane in the columns that are held; shape (samples,)."""
    off = np.square(samples.coordinates - _held(dataset, plane.row))
    deviations = Scaling.standardizing(dataset.coordinates).scale
    parts = [
        off[:, places].sum(axis=1)
        / {"text": 2.0, "boolean": 1.0}.get(column.kind, deviations[places.start] ** 2)
        for number, (column, places) in enumerate(
            zip(dataset.raw_columns, dataset.column_places, strict=True)
        )
        if number not in plane.axes
    ]
    far: Mask = np.sqrt(np.mean(parts, axis=0)) >= FAR if parts else np.zeros(len(samples), dtype=bool)
    return far
