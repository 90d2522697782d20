"""How a sample's cost grows with width, depth and batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from rich.table import Table

from benchmarks import cases
from benchmarks.contenders import NUMBA, NUMPY
from benchmarks.race import Effort, race
from benchmarks.tables import ratio_text, table
from bpengine import Trainer

CONTENDERS = (NUMPY, NUMBA)
EFFORT = Effort(rounds=5, seconds=0.12)
HEADINGS = ("varied", "parameters", "numpy µs/sample", "numba µs/sample", "numba/numpy")


def tables(effort: Effort = EFFORT) -> Iterator[Table]:
    """The one table."""
    yield table(
        "How cost grows",
        "441 samples, one hidden layer of 8 and single samples unless varied; "
        f"medians of {effort.rounds} rounds, run in turn",
        HEADINGS,
        rows(list(cases.growth()), effort),
    )


def rows(runs: Sequence[cases.Case], effort: Effort) -> Iterator[Sequence[str]]:
    """What a sample costs each kernel, by run; all of them in one race, since they are compared.

    Args:
        runs: all on data sets of one length.
        effort: how long to measure.
    """
    trainers = {run.label: Trainer(run.config) for run in runs}
    times = race(
        {
            f"{run.label}, {contender.name}": partial(contender.start, run.config)
            for run in runs
            for contender in CONTENDERS
            if not contender.missing
        },
        len(trainers[runs[0].label].dataset),
        effort,
    )
    for label, trainer in trainers.items():
        size, numpy = str(trainer.network.parameters.size), times[f"{label}, {NUMPY.name}"]
        if NUMBA.missing:
            yield label, size, f"{numpy:.3g}", f"skipped: {NUMBA.missing}", ""
        else:
            numba = times[f"{label}, {NUMBA.name}"]
            yield label, size, f"{numpy:.3g}", f"{numba:.3g}", ratio_text(numba / numpy)
