"""The footer keeps its widgets until its keys change."""

from __future__ import annotations

from typing import Any

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from bptui.widgets.footer import KeyFooter


class TwoPanels(App[None]):
    """Two panels, the second with a key of its own."""

    BINDINGS = [Binding("q", "quit", "quit")]
    own_key_works = True

    def compose(self) -> ComposeResult:
        for name in ("first", "second", "own"):
            panel = Static(name, id=name)
            panel.can_focus = True
            yield panel
        yield KeyFooter(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one("#own")._bindings.bind("k", "app.own", "own key")

    def action_own(self) -> None:
        """Do nothing."""


async def test_it_makes_new_widgets_only_for_other_keys() -> None:
    app = TwoPanels()
    async with app.run_test() as pilot:

        async def keys_with_focus_on(name: str) -> list[Any]:
            app.query_one(f"#{name}").focus()
            await pilot.pause()
            return list(app.query("FooterKey"))

        first = await keys_with_focus_on("first")
        assert [key.description for key in first] == ["quit"]
        assert await keys_with_focus_on("second") == first
        assert {key.description for key in await keys_with_focus_on("own")} == {"quit", "own key"}
        assert [key.description for key in await keys_with_focus_on("first")] == ["quit"]
