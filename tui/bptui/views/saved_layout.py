"""Remembers how a person arranged the screen, from one time to the next."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from bpengine.files import write_whole
from bptui.views.panel_layout import PanelLayout
from bptui.views.panels import NAMES


class SavedLayout:
    """A small file of the user's own. That it can't be read or written is no one's concern.

    Args:
        path: the file; None remembers nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    @property
    def is_first_time(self) -> bool:
        """Whether nothing was ever remembered, though it could have been."""
        if self._path is not None:
            with contextlib.suppress(OSError, ValueError):
                return not self._path.exists()
        return False

    def recall(self) -> PanelLayout:
        """The panel_layout of the last time, or the first one."""
        if self._path is None:
            return PanelLayout()
        with contextlib.suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            hidden = frozenset(panel for panel in NAMES if panel in kept["hidden"])
            if kept["focused"] in NAMES and kept["focused"] not in hidden:
                zoomed, metrics = kept["zoomed"] is True, kept["metrics"] is True
                return PanelLayout(hidden, kept["focused"], zoomed, metrics)
        return PanelLayout()

    def keep(self, layout: PanelLayout) -> None:
        """For the next time."""
        if self._path is None:
            return
        kept = {
            "hidden": sorted(layout.hidden),
            "focused": layout.focused,
            "zoomed": layout.zoomed,
            "metrics": layout.metrics,
        }
        with contextlib.suppress(OSError, ValueError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, json.dumps(kept))
