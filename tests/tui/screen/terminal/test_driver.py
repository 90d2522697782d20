"""The driver passes on what the app can keep up with, and always the key that ends it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.events import Key

from bptui.screen.terminal.driver import MAX_WAITING_INPUT, TerminalDriver
from tests.tui.support.driving import until


class Counting(App[None]):
    """An app that notes the keys that it gets."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, f"note('{key}')", priority=True) for key in ("x", "ctrl+c")
    ]

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[str] = []

    def action_note(self, key: str) -> None:
        """Note a key."""
        self.keys.append(key)


async def test_of_too_many_keys_only_ctrl_c_is_passed_on() -> None:
    app = Counting()
    async with app.run_test() as pilot:
        driver = TerminalDriver(app)
        for _ in range(2 * MAX_WAITING_INPUT):
            driver.process_message(Key("x", "x"))
        driver.process_message(Key("ctrl+c", "\x03"))
        await until(pilot, lambda: "ctrl+c" in app.keys)
    assert app.keys == [*MAX_WAITING_INPUT * ["x"], "ctrl+c"]
