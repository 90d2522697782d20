"""Where the run stands, in a line of figures and a sentence."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from bptui.formatting import error_text, rate_text
from bptui.snapshot import Snapshot, State


class StatusLine(Widget):
    """State, epoch, error, pace and seed; below, what happened or what to do next."""

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
    """The moment shown."""

    def render(self) -> Table:
        """Two rows; parts that a narrow line has no room for are left out."""
        table = Table.grid(expand=True)
        if self.snapshot is None:
            return table
        style = self.get_component_rich_style(f"status--{self.snapshot.state}", partial=True)
        table.add_row(self._figures(self.snapshot, self.size.width, str(style)))
        table.add_row(self.snapshot.advice)
        return table

    @staticmethod
    def _figures(snapshot: Snapshot, width: int, style: str) -> Text:
        config = snapshot.config
        state = (f"{snapshot.state:<8}", f"bold {style}")
        epoch = f"{snapshot.epoch:>{len(str(config.epochs))}}/{config.epochs}"
        error = f"error {error_text(snapshot.error)}"
        pace = snapshot.epochs_per_second
        rate = " " * 15 if pace is None else f"{rate_text(pace):>6} epochs/s"
        seed = f"seed {config.seed}"
        sample = f"sample {snapshot.sample:>3}/{len(snapshot.dataset)}" if snapshot.sample else ""
        for separator, texts in (
            ("  ", (f"epoch {epoch}", error, rate, seed, snapshot.speed, sample)),
            ("  ", (f"epoch {epoch}", error, rate, seed, snapshot.speed)),
            ("  ", (f"epoch {epoch}", error, rate, seed)),
            (" ", (epoch, error, rate, seed)),
            (" ", (epoch, error, seed)),
        ):
            line = Text(separator).join([Text(*state), *(Text(text) for text in texts if text)])
            if line.cell_len <= width:
                break
        return line
