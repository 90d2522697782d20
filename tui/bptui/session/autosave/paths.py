"""The paths of the user's state folder and its files."""

from __future__ import annotations

from pathlib import Path

LAYOUT = "screen.json"
"""The file of the panel layout in the state folder."""
HISTORY = "history"
"""The file of the commands of earlier dialogues in the state folder."""
RUNS = "runs"
"""The folder of the kept runs in the state folder."""
LESSONS = "lessons"
"""The folder of the progress in lessons in the state folder."""
FILES = "files"
"""The folder in the state folder through which a page in a browser gives and takes files."""


def state_path() -> Path:
    """The state folder of the user."""
    from platformdirs import user_state_path

    return user_state_path("bptui")
