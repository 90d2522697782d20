"""What the status line says about a run."""

from __future__ import annotations

from bpengine import Metrics
from bptui.formatting import ERROR_WIDTH, error_text, rate_text, share_text
from bptui.session.snapshot import RunProgress, Snapshot
from bptui.widgets.status import NEEDED, StatusFigure, StatusText


def status_text(snapshot: Snapshot) -> StatusText:
    """State, epoch, error, speed and seed, and below them what happened or what to do next."""
    status, timeline = snapshot.status, snapshot.timeline
    name = status.state if timeline.viewed is None else "viewing"
    return StatusText(status.state, name, _figures(snapshot), status.versions, timeline)


def _figures(snapshot: Snapshot) -> tuple[StatusFigure, ...]:
    """The figures in the order in which they are shown."""
    run, status = snapshot.run, snapshot.status
    measured = status.epochs_per_second
    rate = "" if measured is None else f"{rate_text(measured):>6}"
    accuracy, tested = (_accuracy(each, run) for each in (run.metrics, run.test_metrics))
    figures = (
        StatusFigure(NEEDED, f"epoch {_epoch(run):>{len(str(run.config.epochs))}}/{run.config.epochs}"),
        StatusFigure(NEEDED, f"epoch error {error_text(run.error):<{ERROR_WIDTH}}"),
        StatusFigure(
            4, "" if run.test_error is None else f"test {error_text(run.test_error):<{ERROR_WIDTH}}"
        ),
        StatusFigure(2, accuracy and f"accuracy {accuracy}"),
        StatusFigure(8, tested and f"test accuracy {tested}", f"test acc. {tested}"),
        StatusFigure(5, f"{rate} epochs/s" if rate else " " * 15, f"{rate}/s" if rate else " " * 8),
        StatusFigure(7, status.speed),
        StatusFigure(6, f"seed {run.config.seed}"),
        StatusFigure(9, run.edited, "edited" if run.edited else ""),
        StatusFigure(9, "what if" if snapshot.comparison.what_if else ""),
        StatusFigure(1, f"sample {run.sample:>3}/{run.samples}" if run.sample else ""),
    )
    return tuple(figure for figure in figures if figure.text)


def _accuracy(metrics: Metrics | None, run: RunProgress) -> str:
    """The accuracy, always of the same width; empty if there are no samples, or no classes."""
    if metrics is None or metrics.accuracy is None:
        return ""
    if run.is_partly_measured:
        return f"about {f'{100 * metrics.accuracy:.0f}%':<4}"
    return f"{share_text(metrics.accuracy).strip():<6}"


def _epoch(run: RunProgress) -> str:
    """The epoch, or a dash before the first one (epoch 0) has ended."""
    return "–" if run.error is None and not run.sample else str(run.epoch)
