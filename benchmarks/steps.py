"""What a training step costs: a sample seen, answered and learned from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from rich.table import Table

from benchmarks import cases
from benchmarks.contenders import NUMBA, NUMPY, OTHERS, PATIENT, PLAIN, SIDE_BY_SIDE
from benchmarks.race import Effort, race
from benchmarks.tables import judged, skipped, table
from bpengine import Trainer

CONTENDERS = (PLAIN, NUMPY, NUMBA, SIDE_BY_SIDE, PATIENT, *OTHERS)
EFFORT = Effort(rounds=7, seconds=0.3)
HEADINGS = ("contender", "µs/step", "ratio", "bar", "met")


def tables(effort: Effort = EFFORT) -> Iterator[Table]:
    """One for each network."""
    for case in cases.STEPS:
        yield table(
            f"Training step, {case.label}",
            f"single samples; medians of {effort.rounds} rounds, run in turn",
            HEADINGS,
            rows(case, effort),
        )


def rows(case: cases.Case, effort: Effort) -> Iterator[Sequence[str]]:
    """One for each contender, by the plain one's time."""
    times = race(
        {
            contender.name: partial(contender.start, case.config)
            for contender in CONTENDERS
            if not contender.missing
        },
        len(Trainer(case.config).dataset),
        effort,
    )
    for contender in CONTENDERS:
        if contender.missing:
            yield skipped(contender.name, contender.missing, len(HEADINGS))
        else:
            time = times[contender.name] / contender.runs
            ratio = time / times[PLAIN.name]
            yield contender.name, f"{time:.3g}", *judged(ratio, contender.bars.get(case.label))
