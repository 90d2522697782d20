"""The saved panel layout: a small file in the user's state folder, read at the next start.

It does not record that a panel was maximized: a screen that opens with a single panel would look broken.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from bpengine.files import is_replaceable, read_whole, write_whole
from bptui.views.panel_layout import PanelLayout
from bptui.views.panels import NAMES

_MAX_BYTES = 100_000
"""The size of the largest file that is read."""


class SavedLayout:
    """The file of the panel layout. I/O errors are ignored.

    Args:
        path: the file; None to save nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    @property
    def is_first_time(self) -> bool:
        """Whether there is a path, but no layout has been saved there yet."""
        if self._path is not None:
            with contextlib.suppress(OSError, ValueError):
                return not self._path.exists()
        return False

    def load(self) -> PanelLayout:
        """The saved layout, or the default."""
        if self._path is None:
            return PanelLayout()
        with contextlib.suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
            saved = json.loads(read_whole(self._path, _MAX_BYTES))
            hidden = frozenset(name for name in NAMES if name in saved["hidden"])
            if saved["focused"] in NAMES and saved["focused"] not in hidden:
                return PanelLayout(hidden, saved["focused"], metrics=saved["metrics"] is True)
        return PanelLayout()

    def save(self, layout: PanelLayout) -> None:
        """Save the layout for the next start."""
        if self._path is None:
            return
        values = {
            "hidden": sorted(layout.hidden),
            "focused": layout.focused,
            "metrics": layout.metrics,
        }
        with contextlib.suppress(OSError, ValueError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if is_replaceable(self._path):  # a pipe would wait for a reader
                write_whole(self._path, json.dumps(values))
