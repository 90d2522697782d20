"""Which lessons a session can open, and in which language."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from bptui.languages import locale_language


class LessonStart(NamedTuple):
    """What the command line says about lessons."""

    name: str | None = None
    """The lesson to open, by its ID or file; empty to ask which one, None for no lesson."""
    language: str | None = None
    """The language in which lessons are shown; None for that of the locale."""
    folder: Path | None = None
    """A folder of lessons besides those that are shipped; None for none."""
    progress: Path | None = None
    """The folder in which the progress is kept; None to keep none."""

    @property
    def wanted_language(self) -> str:
        """The language, for `Lesson.language`."""
        return self.language or locale_language(os.environ)
