"""The output formats of `bptui advise`."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator

from bpengine.advice import Advice, Trial, Verdict
from bptui.describe.advice import HEADINGS, NOTHING_HELPS
from bptui.formatting import error_text


def _text(advice: Advice) -> Iterator[str]:
    yield _summary(advice)
    for verdict, heading in HEADINGS.items():
        trials = advice.of(verdict)
        if trials:
            yield from ("", f"{heading}:")
            yield from (f"  {_line(trial, advice.error_name)}" for trial in trials)
    if advice.done and not advice.of(Verdict.HELPS):
        yield from ("", NOTHING_HELPS)


def print_tables(advice: Advice) -> None:
    """Print a table for each verdict, for people at a terminal."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    console.print(_summary(advice), markup=False)
    for verdict, heading in HEADINGS.items():
        trials = advice.of(verdict)
        if not trials:
            continue
        table = Table(box=None, pad_edge=False)
        table.add_column(heading)
        table.add_column(f"median {advice.error_name}", no_wrap=True)
        table.add_column("better in", no_wrap=True)
        table.add_column("p", no_wrap=True)
        table.add_column("flags", style="dim")
        for trial in trials:
            table.add_row(
                trial.change.text,
                f"{_figure(trial.before)} -> {_figure(trial.after)}",
                f"{trial.better} of {trial.starts}",
                f"{trial.p_value:.2g}",
                trial.change.flags,
            )
        console.print()
        console.print(table)
    helping = advice.of(Verdict.HELPS)
    if advice.done:
        console.print()
        console.print(
            f"most helpful: {_line(helping[0], advice.error_name)}" if helping else NOTHING_HELPS,
            markup=False,
        )


def _summary(advice: Advice) -> str:
    before = (
        ""
        if advice.before is None
        else f"; as it is, the median {advice.error_name} is {_figure(advice.before)}"
    )
    return (
        f"{len(advice.trials)} of {advice.changes} changes tried, {advice.starts} starts each, "
        f"{advice.epoch} epoch{'s' * (advice.epoch != 1)}{before}"
    )


def _line(trial: Trial, error: str) -> str:
    return (
        f"{trial.change.text}: median {error} {_figure(trial.before)} -> {_figure(trial.after)}, "
        f"better in {trial.better} of {trial.starts} starts (p {trial.p_value:.2g}); {trial.change.flags}"
    )


def _figure(error: float) -> str:
    return error_text(error) if math.isfinite(error) else "diverged"


def _json(advice: Advice) -> Iterator[str]:
    result = {
        "task": advice.config.task,
        "epochs": advice.epoch,
        "starts": advice.starts,
        "seed": advice.config.seed,
        "measure": "test_error" if advice.has_test else "error",
        "error": _number(advice.before),
        "done": advice.done,
        "changes": [
            {
                "verdict": str(trial.verdict),
                "change": trial.change.text,
                "flags": trial.change.flags,
                "before": _number(trial.before),
                "after": _number(trial.after),
                "better": trial.better,
                "worse": trial.worse,
                "starts": trial.starts,
                "p_value": trial.p_value,
            }
            for trial in advice.trials
        ],
    }
    yield json.dumps(result)


def _number(error: float | None) -> float | None:
    """The figure, or None if it is not finite: JSON has no such numbers."""
    return error if error is not None and math.isfinite(error) else None


FORMATS: dict[str, Callable[[Advice], Iterator[str]]] = {"text": _text, "json": _json}
"""The formats by the values of `--format`: functions that return the lines."""
