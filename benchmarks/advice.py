"""Whether advice by experiment is true on fresh starts, in random situations."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median

import numpy as np
from rich.table import Table

from benchmarks.tables import met, table
from benchmarks.verdicts import random_settings
from bpengine import ConfigError, TrainingConfig
from bpengine.kernels.loading import load_lanes
from bpengine.many.advice import Advice, Experiment, TriedChange, Verdict
from bpengine.many.advice.experiment import error_of
from bpengine.many.advice.trials import MAX_RATIO
from bpengine.many.jobs import divided, processors

SITUATIONS = int(os.environ.get("BPTUI_BENCH_SITUATIONS", "300"))
SEED = 1
STEPS = 6000
"""The most steps of a run, so that some hundred thousand runs take minutes."""
FRESH = range(100_000, 100_025)
"""By how much the seeds of the fresh starts are higher: no experiment has used them."""
CLEARLY_BETTER = 23
"""Better in so many of the 25 fresh starts: by chance for one of 100,000 changes that make no difference."""

LEAST_LOWERED = 0.97
"""The least share of situations with advice in which the change ranked first lowers the median error."""
LEAST_WORSE = 0.98
"""The least share of the changes said to be worse that raise the median error."""
LEAST_QUIET = 0.95
"""The least share of the other situations in which indeed no change is clearly better."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Some settings, and what the experiment said about them."""

    advice: Advice
    errors: tuple[tuple[TriedChange, float, float, int], ...]
    """Changes with the median before and after over the fresh starts, and in how many they are better.

    It is the change ranked first or, if nothing helps, all changes.
    """
    worse: tuple[tuple[TriedChange, float, float, int], ...]
    """The same for all changes that are said to be worse."""
    constant: float
    """The error of the best constant output: no change helps that leaves `MAX_RATIO` times as much."""

    @property
    def helps(self) -> bool:
        """Whether a change is said to help."""
        return bool(self.advice.of(Verdict.HELPS))

    @property
    def holds(self) -> bool:
        """Whether it is true on fresh starts: the median is lower, or no change is clearly better."""
        if self.helps:
            _, before, after, _ = self.errors[0]
            return after < before
        return not any(
            better >= CLEARLY_BETTER and after < min(0.9 * before, MAX_RATIO * self.constant)
            for _, before, after, better in self.errors
        )


def tables(count: int = SITUATIONS) -> Iterator[Table]:
    """How often what is ranked first helps on fresh starts, and whether nothing helps where that is said."""
    load_lanes()
    with ThreadPoolExecutor(processors()) as executor:
        all_situations = list(executor.map(situation, range(count)))
    helped = [each for each in all_situations if each.helps]
    nothing = [each for each in all_situations if not each.helps]
    majority = sum(2 * each.errors[0][3] > len(FRESH) for each in helped)
    lowered, quiet = (sum(each.holds for each in part) for part in (helped, nothing))
    worse = [error for each in all_situations for error in each.worse]
    raised = sum(after > before for _, before, after, _ in worse)
    rows = [
        ("what is ranked first lowers the median error", *_share(lowered, len(helped), LEAST_LOWERED)),
        ("what is ranked first is better in most starts", *_share(majority, len(helped))),
        ("what is said to be worse raises the median error", *_share(raised, len(worse), LEAST_WORSE)),
        ("nothing tried helps: no change is clearly better", *_share(quiet, len(nothing), LEAST_QUIET)),
    ]
    caption = f"{count} random situations, each tried on {len(FRESH)} fresh starts"
    yield table("Advice by experiment", caption, ("what is said", "true", "bar", "met"), rows)
    wrong = [
        (_what(each), str(each.advice.trials[0].change.before)) for each in all_situations if not each.holds
    ]
    if wrong:
        yield table("Not true on fresh starts", "", ("what", "settings"), wrong)


def situation(number: int) -> Situation:
    """Ask for advice in a random situation, always the same for a number, and try it on fresh starts."""
    random = np.random.RandomState([SEED, number])
    while True:
        settings = random_settings(random)
        settings["samples"] = min(settings["samples"], 100)
        settings["hidden_units"] = settings["hidden_units"][:3]
        settings["activation"] = settings["activation"][:1]
        try:
            config = TrainingConfig.defaults(**settings | {"epochs": 100_000})
            samples = settings["samples"]
            experiment = Experiment(
                config, epoch=int(random.choice([STEPS, STEPS // 4, STEPS // 20])) // samples + 1
            )
            break
        except ConfigError:
            continue
    *_, advice = experiment.results()
    helpful = advice.of(Verdict.HELPS)
    changes = [helpful[0].change] if helpful else list(experiment.changes)
    worse = [trial.change for trial in advice.of(Verdict.WORSE)]
    errors, of_worse = (tuple(on_fresh_starts(experiment, each)) for each in (changes, worse))
    return Situation(advice, errors, of_worse, experiment.constant_error)


def on_fresh_starts(
    experiment: Experiment, changes: Sequence[TriedChange]
) -> Iterator[tuple[TriedChange, float, float, int]]:
    """Train the present settings and those of the changes on seeds that the experiment has not used."""
    config = experiment.config

    def starts(settings: TrainingConfig) -> list[TrainingConfig]:
        return [settings.replace(seed=config.seed + number) for number in FRESH]

    errors: dict[TrainingConfig, float] = {}
    settings = (config, *(change.after for change in changes))
    runs = [run for each in settings for run in starts(each)]
    for job in divided(runs, kernel="numba", until=[experiment.epoch] * len(runs)):
        found = [error_of(outcome) for outcome in job.train() if outcome is not None]
        errors.update(zip(job.configs, found, strict=True))
    before = [errors[each] for each in starts(config)]
    for change in changes:
        after = [errors[each] for each in starts(change.after)]
        better = sum(new < old for old, new in zip(before, after, strict=True))
        yield change, median(before), median(after), better


def _share(part: int, whole: int, bar: float = 0) -> tuple[str, str, str]:
    """The cells of a share, of what it must be at least, and of whether it is."""
    share = f"{part} of {whole}" + (f" ({100 * part / whole:.1f} %)" if whole else "")
    return (share, f"≥ {100 * bar:.0f} %", met(part >= bar * whole)) if bar else (share, "", "")


def _what(each: Situation) -> str:
    change, before, after, better = max(each.errors, key=lambda error: error[3])
    said = "" if each.helps else "nothing helps, but "
    return f"{said}{change.text}: {before:.3g} -> {after:.3g}, better in {better}"
