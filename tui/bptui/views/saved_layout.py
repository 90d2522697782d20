"""The panel layout is kept from one start to the next, in a small file of the user's own.

Whether a panel was maximized is not kept: a screen that opens with one panel alone would look broken.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from bpengine.files import write_whole
from bptui.views.panel_layout import PanelLayout
from bptui.views.panels import NAMES


class SavedLayout:
    """The file of the panel layout. I/O errors are ignored.

    Args:
        path: the file; None keeps nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    @property
    def is_first_time(self) -> bool:
        """Whether a layout could be kept, and none ever was."""
        if self._path is not None:
            with contextlib.suppress(OSError, ValueError):
                return not self._path.exists()
        return False

    def load(self) -> PanelLayout:
        """The layout that was kept, or the default."""
        if self._path is None:
            return PanelLayout()
        with contextlib.suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
            saved = json.loads(self._path.read_text(encoding="utf-8"))
            hidden = frozenset(name for name in NAMES if name in saved["hidden"])
            if saved["focused"] in NAMES and saved["focused"] not in hidden:
                return PanelLayout(hidden, saved["focused"], metrics=saved["metrics"] is True)
        return PanelLayout()

    def save(self, layout: PanelLayout) -> None:
        """Keep the layout for the next start."""
        if self._path is None:
            return
        values = {
            "hidden": sorted(layout.hidden),
            "focused": layout.focused,
            "metrics": layout.metrics,
        }
        with contextlib.suppress(OSError, ValueError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, json.dumps(values))
