"""The part of the app that hands files to and from the page which shows the screen in a browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bptui.commands import arrow_keys
from bptui.kept.paths import UPLOADED
from bptui.limits.restrictions import Restrictions
from bptui.session import commands
from bptui.startup.start_settings import TargetChoice
from bptui.terminal.textual_internals import driver_of
from bptui.views.run_tabs import RunTabs

if TYPE_CHECKING:
    from bptui.session.saving import Saving

_MESSAGE = "\x1b]7348;{}\x07"
"""A message to the page, in the form of those by which terminals are given a title."""


class PageFiles:
    """Files in the current folder, from which the page downloads them, and to which it uploads one.

    Args:
        tabs: the tabs.
        restrictions: the limits.
        open_file: opens a file on its tab; see `OpenScreen`.
    """

    def __init__(
        self, tabs: RunTabs, restrictions: Restrictions, open_file: Callable[[str], TargetChoice | str]
    ) -> None:
        self._tabs, self._restrictions, self._open_file = tabs, restrictions, open_file

    def ask_to_download(self, savings: Sequence[Saving], stem: str) -> None:
        """Ask which of these files to make, and let the page download it; do not ask if there is only one.

        Args:
            savings: what can be saved.
            stem: the name without its ending.
        """
        from bptui.screens.listing import ListScreen
        from bptui.screens.questions import Listed

        def take(number: int | None) -> None:
            if number is not None:
                self._download(savings[number - 1], stem)

        keys = f"{arrow_keys('up', 'down')} choose   enter download   esc cancel"
        rows = [saving.label.partition(" (")[0] for saving in savings]
        if len(savings) == 1:
            take(1)
        else:
            self._tabs.view.app.push_screen(
                ListScreen(Listed(title="download", about="", rows=rows, keys=keys)), take
            )

    def _download(self, saving: Saving, stem: str) -> None:
        from bptui.session.saving import free_name

        view, name = self._tabs.view, free_name(stem, saving.suffix)
        present = sum(path.stat().st_size for path in Path().iterdir())
        if present > self._restrictions.max_file:
            problem = "the page has not fetched earlier files yet"
        else:
            problem = saving.save(name)
        if problem:
            view.do(commands.refuse, problem)
            return
        if saving.files:
            folder, name = name, Path(shutil.make_archive(name, "zip", name)).name
            shutil.rmtree(folder)
        self._tell(f"download;{name}")
        view.do(commands.say, f"The page downloads {name}.")

    def _tell(self, message: str) -> None:
        """Tell the page something."""
        driver = driver_of(self._tabs.view.app)
        if driver is not None:
            driver.write(_MESSAGE.format(message))
            driver.flush()

    def ask_for_upload(self) -> None:
        """Let the page ask for a file, unless one is waiting to be opened."""
        if self._waiting:
            self.take_upload()
        else:
            self._tell("upload")
            self._tabs.view.do(commands.say, "Choose a CSV file of at most 5 MB, or drop it on the page.")

    @property
    def _waiting(self) -> list[str]:
        return [path.name for path in Path().glob(f"*{UPLOADED}")]

    def take_upload(self) -> None:
        """Open the file that was uploaded."""
        view = self._tabs.view
        if not self._waiting:
            view.do(commands.say, "No file has arrived.")
        elif len(view.app.screen_stack) > 1:
            text = "A file has arrived: close what is open, then find “Open a file”."
            view.app.notify(text, markup=False)
        else:
            self._open(self._waiting[0])

    def _open(self, name: str, target: str = "") -> None:
        from bptui.screens.listing import ListScreen
        from bptui.screens.open import TARGET
        from bptui.screens.questions import target_of

        def take(position: int | None) -> None:
            if position is None:
                Path(name).unlink(missing_ok=True)
            else:
                self._open(name, f"{TARGET}{position}")

        answer = self._open_file(f"{name}{target}")
        if isinstance(answer, TargetChoice):
            self._tabs.view.app.push_screen(ListScreen(target_of(answer)), take)
            return
        Path(name).unlink(missing_ok=True)
        if answer:
            self._tabs.view.do(commands.refuse, answer)
