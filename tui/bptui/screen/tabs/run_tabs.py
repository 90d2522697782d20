"""The two tabs, of which one is open.

This module does not import the engine, so that the names of the tabs can be drawn before it is loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import ContentSwitcher, Tab, Tabs

from bptui.commands import TABS, key_of
from bpwords import word

if TYPE_CHECKING:
    from bpengine import Task
    from bptui.screen.tabs.run_view import RunView


class RunTabs:
    """The tabs, and which of them is open.

    Args:
        opened: the task of the tab that is open at the start.

    Attributes:
        bar: the widget with the names of the tabs.
        switcher: the widget that shows the view of the open tab.
        views: the view of each task; empty before the engine is loaded.
        opened: the task of the open tab.
    """

    def __init__(self, opened: Task) -> None:
        names = (Tab(f"{key_of(task)} {word(task, 'tab').capitalize()}", id=task) for task in TABS)
        self.bar = Tabs(*names, active=opened)
        self.bar.can_focus = False
        self.switcher = ContentSwitcher()
        self.views: dict[Task, RunView] = {}
        self.opened: Task = opened

    @property
    def view(self) -> RunView:
        """The view of the open tab."""
        return self.views[self.opened]

    async def follow_bar(self) -> bool:
        """Open the tab that is chosen in the bar, and pause the run of the other one.

        Returns:
            Whether another tab was opened. None is opened in an app that is ending, or while the bar has no
            active tab.
        """
        chosen = next((task for task in self.views if task == self.bar.active), self.opened)
        if self._is_ending or chosen == self.opened:
            return False
        self.view.close()
        self.opened = chosen
        is_shown = await self.show()
        if is_shown:
            self.view.open()
        return is_shown

    async def show(self) -> bool:
        """Show the view of the open tab, and mount it when it is shown for the first time.

        Returns:
            Whether it is shown. Nothing is in an app that is ending: Textual refuses to mount widgets there.
        """
        with self.bar.app.batch_update():
            if not self.view.is_attached:
                self.view.display = False
                await self.switcher.mount_all([self.view])
            if self._is_ending:
                return False
            self.switcher.current = self.opened
            return True

    @property
    def _is_ending(self) -> bool:
        return self.bar.app.return_code is not None
