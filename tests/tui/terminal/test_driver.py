"""The driver passes on what the app can keep up with, and always the key that ends it."""

from __future__ import annotations

import pytest
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key
from textual.message import Message

from bptui.terminal.driver import MAX_WAITING_INPUT, TerminalDriver


async def test_of_too_many_keys_only_ctrl_c_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    passed: list[Message] = []
    monkeypatch.setattr(LinuxDriver, "process_message", lambda _driver, message: passed.append(message))
    driver = TerminalDriver(App[None]())
    for _ in range(2 * MAX_WAITING_INPUT):
        driver.process_message(Key("x", "x"))
    driver.process_message(Key("ctrl+c", "\x03"))
    assert [message.key for message in passed if isinstance(message, Key)] == [
        *MAX_WAITING_INPUT * ["x"],
        "ctrl+c",
    ]
