"""Kept runs in words."""

from __future__ import annotations

from datetime import datetime

from bptui.formatting import error_text
from bptui.kept.folder import KeptFile, RunSummary


def when(kept: KeptFile) -> str:
    """The time of a file, with its date unless that is today."""
    today = datetime.now().astimezone().date()
    return f"{kept.time:%H:%M}" if kept.time.date() == today else f"{kept.time:%Y-%m-%d %H:%M}"


def details(kept: KeptFile) -> str:
    """The progress of each run, one line for each."""
    return "\n".join(map(_line, kept.runs))


def _line(run: RunSummary) -> str:
    error = "" if run.error is None else f", error {error_text(run.error)}"
    return f"{run.task.capitalize()}: {run.epoch} of {run.epochs} epochs{error}."
