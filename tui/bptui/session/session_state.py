"""The state of a session that is kept when the screen ends and restored by a later session."""

from __future__ import annotations

from typing import NamedTuple

from bpengine import TrainingConfig
from bptui.session.document import Document


class SessionState(NamedTuple):
    """Everything that a later session needs to continue.

    Of the document, the past, the look at an earlier epoch and the previous error curve are not kept.
    """

    document: Document
    running: bool
    """Whether the run was running, or would have been if its tab had been open."""
    cloud: bool
    """Whether the cloud is shown. Its starts are computed again."""
    speed: str
    """The label of the chosen speed."""

    @property
    def is_worth_keeping(self) -> bool:
        """Whether anything was trained, changed, edited or pinned."""
        document, run = self.document, self.document.run
        changed = run.config != document.opened_with or bool(run.edits)
        has_begun = document.view is not None or run.position != (0, 0) or run.divergence is not None
        return has_begun or changed or bool(document.pins)

    @property
    def is_default(self) -> bool:
        """Whether the run is the one that the screen opens with by default."""
        run = self.document.run
        is_default = run.config == TrainingConfig.defaults(run.config.task) and run.source is None
        return is_default and not self.is_worth_keeping
