"""A fit over one input: how it runs, and where it leaves the target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bpengine.arrays import Array
from bptui.describe.turns import Turn, turns
from bptui.describe.words import counted, listed, number, percent, place
from bptui.session.snapshot import Snapshot

FLAT = 0.05
"""Part of the target's range: a line within it is flat, and a turn by less is a ripple."""
CLOSE = 0.01
"""Part of the target's range: a fit is the target's within it."""
MAX_PARTS = 3
"""How many stretches of x, or turning points, are told one by one."""

Near = NDArray[np.bool]
"""Whether the fit is near the target, for each place."""


@dataclass(frozen=True, slots=True, eq=False)
class _Curves:
    """Fit and target at the same places, from left to right; shape (n,) each."""

    x: Array
    fit: Array
    target: Array
    of_samples: bool
    """Whether the places are the samples', since the function behind them isn't known."""
    domain: tuple[float, float]
    name: str
    """Of x."""

    @property
    def spread(self) -> float:
        return float(np.ptp(self.target))

    def at(self, index: int) -> str:
        return place(float(self.x[index]), *self.domain)


def curve(snapshot: Snapshot) -> list[str]:
    """How the fit runs, where it is near the target, and where it is farthest from it."""
    curves = _curves(snapshot)
    if curves is None or curves.spread == 0:
        return []
    if np.ptp(curves.fit) < FLAT * curves.spread:
        flat = f"The fit is a flat line at about {number(float(curves.fit.mean()))}"
        return [f"{flat}, and misses most {_worst(curves)}."]
    return [_shape(curves), _nearness(curves)]


def _curves(snapshot: Snapshot) -> _Curves | None:
    dataset, across = snapshot.run.dataset, snapshot.network.grid_outputs
    if across is None or not np.isfinite(across).all():
        return None
    domain, name = dataset.domain[0], dataset.features[0]
    if dataset.truth is not None:
        x = np.linspace(*domain, len(across))
        target = dataset.truth(x[:, np.newaxis])
        return _Curves(x, across[:, 0], target, False, domain, name)
    order = np.argsort(dataset.coordinates[:, 0], kind="stable")
    target = dataset.target_scaling.undo(dataset.targets)[order, 0]
    return _Curves(
        dataset.coordinates[order, 0], snapshot.network.outputs[order, 0], target, True, domain, name
    )


def _shape(curves: _Curves) -> str:
    least = FLAT * curves.spread
    found = turns(curves.fit, least)
    if not found:
        text = f"The fit only {'rises' if curves.fit[-1] > curves.fit[0] else 'falls'} from left to right"
    elif len(found) <= MAX_PARTS:
        text = f"The fit has {listed([_turn(curves, turn) for turn in found])}"
    else:
        text = f"The fit turns round {len(found)} times"
    if curves.of_samples:  # noise turns round at every sample
        return f"{text}."
    count = len(turns(curves.target, least))
    if count == len(found):
        return f"{text}, as the target does."
    of_target = f"turns round {counted(count, 'time')}" if count else "does not turn round"
    return f"{text}; the target {of_target}."


def _turn(curves: _Curves, turn: Turn) -> str:
    return f"a {'peak' if turn.is_peak else 'valley'} near {curves.name} = {curves.at(turn.index)}"


def _worst(curves: _Curves) -> str:
    off = curves.fit - curves.target
    worst = int(np.abs(off).argmax())
    side = "high" if off[worst] > 0 else "low"
    return f"near {curves.name} = {curves.at(worst)}, by {number(abs(float(off[worst])))}, too {side}"


def _nearness(curves: _Curves) -> str:
    spread = curves.spread
    misses = np.abs(curves.fit - curves.target)
    if misses.max() <= CLOSE * spread:
        return f"It is on the target everywhere; the largest miss is {_worst(curves)}."
    near: Near = misses <= spread / 10
    where = "everywhere" if near.all() else _stretches(curves, near)
    tenth = f"within {number(spread / 10)} of the target, a tenth of its range"
    return f"It is {tenth}, {where}, and misses most {_worst(curves)}."


def _stretches(curves: _Curves, near: Near) -> str:
    """Where it is near."""
    if not near.any():
        return "nowhere"
    if curves.of_samples:
        return f"at {percent(float(near.mean()))} of the samples"
    edges = np.flatnonzero(np.diff(np.concatenate([[0], near.astype(np.int64), [0]])))
    parts = list(zip(edges[::2], edges[1::2] - 1, strict=True))
    share = f"over {percent(float(near.mean()))} of {curves.name}"
    if len(parts) > MAX_PARTS:
        return f"{share}, in {len(parts)} parts"
    return f"{share}, {listed([f'{curves.at(first)} to {curves.at(last)}' for first, last in parts])}"
