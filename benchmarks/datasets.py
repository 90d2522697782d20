"""Whether the recipe of each data set learns it, on starts that were not used to choose it."""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Iterator

from rich.table import Table

from benchmarks.contenders import NUMBA
from benchmarks.tables import met, table
from bpengine import DATASETS, Trainer, TrainingConfig
from bpengine.data import NamedDataset
from bptui.process.restrictions import RESTRICTED
from bptui.session.speed import WHOLE_RUN_SECONDS

FRESH = 500
"""The first seed of the starts. Four starts at a time have the same samples."""
STARTS = 16
SECONDS = 4.0
"""When most is learned on the screen."""
LEAST_GAIN = 0.9
"""The least share of the gain of the whole run by then."""


def tables(starts: int = STARTS, names: Collection[str] = tuple(DATASETS)) -> Iterator[Table]:
    """How much is learned within seconds and at the end, in all starts but one."""
    rows = [_row(each, starts) for name, each in DATASETS.items() if name in names and each.recipe]
    headings = (
        "data set",
        "epochs",
        f"by {SECONDS:.0f} s",
        "gain by then",
        "at the end",
        "median",
        "bar",
        "met",
    )
    reached = f"R² or accuracy that all of {starts} fresh starts but one reach"
    caption = f"{reached}; NumPy, with a quarter of a processor"
    yield table("Data sets with their recipes", caption, headings, rows)


def _row(named: NamedDataset, starts: int) -> tuple[str, ...]:
    config = TrainingConfig.defaults(named.task, dataset=named.name, **TrainingConfig.recipe(named.name))
    early = epochs_on_screen(config)
    gains, ends = list[float](), list[float]()
    for start in range(starts):
        seeded = config.replace(seed=FRESH + start, data_seed=FRESH + start // 4)
        trainer = Trainer(seeded, kernel="numba" if NUMBA else "numpy")
        scores = [score(trainer)]
        for epochs in (early, config.epochs):
            trainer.run_for(math.inf, max_samples=trainer.samples_to(epochs))
            scores.append(score(trainer))
        gains.append((scores[1] - scores[0]) / (scores[2] - scores[0]))
        ends.append(scores[2])
    gains.sort()
    ends.sort()
    but_one = min(1, starts - 1)
    is_met = gains[but_one] >= LEAST_GAIN and ends[but_one] >= named.learned
    shares = (
        f"{100 * gains[but_one]:.0f} %",
        f"{ends[but_one]:.3f}",
        f"{ends[starts // 2]:.3f}",
        f"{named.learned:.2f}",
    )
    return named.name, str(config.epochs), str(early), *shares, met(is_met)


def score(trainer: Trainer) -> float:
    """The accuracy, or R², of the test samples if there are any."""
    metrics = trainer.test_metrics() or trainer.metrics()
    value = metrics.accuracy if metrics.r2 is None else metrics.r2
    assert value is not None
    return value


def epochs_on_screen(config: TrainingConfig) -> int:
    """The epochs within `SECONDS` at the first speed, with the share of a processor of a restricted session.

    Half of that share is counted as drawing.
    """
    trainer = Trainer(config, kernel="numpy")
    most = int(config.epochs * SECONDS / WHOLE_RUN_SECONDS)
    end = time.process_time() + SECONDS * RESTRICTED.processor_share / 2
    while trainer.epochs_done < most and time.process_time() < end:
        trainer.run_for(20, max_samples=trainer.samples_to(most))
    return trainer.epochs_done
