"""The status line: the state of the run in figures, and a sentence below."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from bptui.formatting import error_text, rate_text, share_text
from bptui.session.snapshot import RunProgress, Snapshot, State

_IMPORTANT = 6
"""How important a figure must be to be shown even where that brings the figures closer together."""
_NEEDED = 9
"""How important the figures are that are never left out."""


class StatusLine(Widget):
    """State, epoch, error, speed and seed; below, what happened or what to do next."""

    COMPONENT_CLASSES = {f"status--{state}" for state in State}

    DEFAULT_CSS = """
    StatusLine {
        .status--ready { color: $text-secondary; }
        .status--running { color: $text-success; }
        .status--paused { color: $text-warning; }
        .status--finished { color: $text-primary; }
        .status--diverged { color: $text-error; }
    }
    """

    snapshot: reactive[Snapshot | None] = reactive(None)
    """The run that is shown."""

    def render(self) -> Table:
        """Two rows; a narrow terminal leaves out the less important figures."""
        table = Table.grid(expand=True)
        if self.snapshot is None:
            return table
        style = self.get_component_rich_style(f"status--{self.snapshot.status.state}", partial=True)
        table.add_row(self._figures(self.snapshot, self.size.width, str(style)))
        table.add_row(Text(self.snapshot.status.advice))  # no markup: it may name a file [/x].csv
        return table

    @staticmethod
    def _figures(snapshot: Snapshot, width: int, style: str) -> Text:
        """State and figures; where there is too little room, the least important ones are left out."""
        config, rate, metrics = snapshot.run.config, snapshot.status.epochs_per_second, snapshot.run.metrics
        test = snapshot.run.test_error
        about = "about " if snapshot.run.is_partly_measured else ""
        figures = [  # how important each is, in the order in which they are shown
            (_NEEDED, f"epoch {_epoch(snapshot.run):>{len(str(config.epochs))}}/{config.epochs}"),
            (_NEEDED, f"epoch error {error_text(snapshot.run.error)}"),
            (5, "" if test is None else f"test {error_text(test)}"),
            (4, "" if metrics.accuracy is None else f"accuracy {about}{share_text(metrics.accuracy)}"),
            (7, " " * 15 if rate is None else f"{rate_text(rate):>6} epochs/s"),
            (6, snapshot.run.kernel),
            (8, f"seed {config.seed}"),
            (7, "what if" if snapshot.comparison.what_if else ""),
            (3, f"speed: {snapshot.status.speed}"),
            (
                2,
                f"sample {snapshot.run.sample:>3}/{snapshot.run.samples}" if snapshot.run.sample else "",
            ),
        ]
        figures = [figure for figure in figures if figure[1]]
        while True:
            least = min(figures)
            # The figures move closer together before one of the more important ones is left out.
            for separator in ("  ", " ") if least[0] >= _IMPORTANT else ("  ",):
                line = Text(separator).join(
                    [
                        Text(f"{snapshot.status.state:<8}", f"bold {style}"),
                        *(Text(text) for _, text in figures),
                    ]
                )
                if line.cell_len <= width:
                    return line
            if least[0] == _NEEDED:
                return line
            figures.remove(least)


def _epoch(run: RunProgress) -> str:
    """The epoch, or a dash before the first one, which is epoch 0."""
    return "–" if run.error is None and not run.sample else str(run.epoch)
