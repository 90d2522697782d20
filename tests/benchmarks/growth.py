"""How a sample's cost grows with width, depth and batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from rich.table import Table

from bpengine import Trainer
from tests.benchmarks import cases
from tests.benchmarks.contenders import NUMBA, NUMPY
from tests.benchmarks.race import Effort, race
from tests.benchmarks.tables import ratio_text, table

CONTENDERS = (NUMPY, NUMBA)
EFFORT = Effort(rounds=3, seconds=0.15)
HEADINGS = ("varied", "parameters", "numpy µs/sample", "numba µs/sample", "numba/numpy")


def tables(effort: Effort = EFFORT) -> Iterator[Table]:
    """The one table."""
    yield table(
        "How cost grows",
        "441 samples, one hidden layer of 8 and single samples unless varied; "
        f"medians of {effort.rounds} rounds, run in turn",
        HEADINGS,
        (row(case, effort) for case in cases.growth()),
    )


def row(case: cases.Case, effort: Effort) -> Sequence[str]:
    """What a sample costs each kernel."""
    trainer = Trainer(case.config)
    times = race(
        {
            contender.name: partial(contender.start, case.config)
            for contender in CONTENDERS
            if not contender.missing
        },
        len(trainer.dataset),
        effort,
    )
    size = str(trainer.network.parameters.size)
    numpy = times[NUMPY.name]
    if NUMBA.missing:
        return case.label, size, f"{numpy:.3g}", f"skipped: {NUMBA.missing}", ""
    numba = times[NUMBA.name]
    return case.label, size, f"{numpy:.3g}", f"{numba:.3g}", ratio_text(numba / numpy)
