"""The pinned runs in words: their errors, and what differs in their settings."""

from __future__ import annotations

from bpengine import TrainingConfig
from bpengine.wording import number
from bptui.describe.words import counted, listed
from bptui.formatting import changed_settings
from bptui.session.snapshot import ComparedRun, Snapshot

_MAX_SETTINGS = 4
"""The most settings that are named for one run."""


def describe_pins(snapshot: Snapshot, *, without: ComparedRun | None = None) -> list[str]:
    """A sentence for the run before a what-if and for each pin, except one that is described elsewhere."""
    return [
        f"{_name(run)} {_errors(run.snapshot)}; {_settings(run.snapshot.run.config, snapshot.run.config)}."
        for run in snapshot.comparison.runs
        if run is not without
    ]


def _name(run: ComparedRun) -> str:
    if run.branched_at is not None:
        where = f"after epoch {run.branched_at}" if run.branched_at >= 0 else "at its start"
        return f"The original run, left {where},"
    return f"Pinned run {run.label}" if run.label else "The run before the what-if"


def _errors(snapshot: Snapshot) -> str:
    run = snapshot.run
    if run.error is None:
        return "has no epoch yet"
    test = f" and a test error of {number(run.test_error)}" if run.test_error is not None else ""
    return f"has an epoch error of {number(run.error)}{test} in epoch {run.error_epoch}"


def _settings(pinned: TrainingConfig, live: TrainingConfig) -> str:
    changed = [
        f"{field.label} {field.format(old)} (now {field.format(new)})"
        for field, old, new in changed_settings(pinned, live)
    ]
    if not changed:
        return "its settings are the same"
    more = len(changed) - _MAX_SETTINGS
    named = changed[:_MAX_SETTINGS] + ([counted(more, "other setting")] if more > 0 else [])
    return f"it has {listed(named)}"
