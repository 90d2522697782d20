"""`bptui` without a subcommand: its flags reach the screen."""

from __future__ import annotations

import re

import pytest

from tests.tui.support.terminal import bptui


def test_the_flags_reach_the_screen() -> None:
    flags = ("--hidden=4", "--learning-rate=0.03", "--init-scale=0.7", "--epochs=33", "--interval=8")
    with bptui("classification", *flags, "--seed=123", "--theme=dracula", "--paused") as terminal:
        terminal.wait_for_text("ready", "q quit")
        for value in (r"H +4", r"η +‹0\.03›", r"σ +0\.7", r"N +33", r"k +8", r"s +123", r"0/33", r"\+ above"):
            assert re.search(value, terminal.text), value
        terminal.send("q")
        assert terminal.wait_for_exit() == 0


def test_the_other_tab_has_its_defaults() -> None:
    with bptui("classification", "--hidden=4", "--paused") as terminal:
        terminal.wait_for(lambda: re.search(r"H +4", terminal.text), "four hidden units")
        terminal.send("1")
        terminal.wait_for(lambda: re.search(r"H +3", terminal.text), "three hidden units")
        terminal.wait_for_text("0/2001")


@pytest.mark.parametrize("theme", ["nope", "[bold]"])
def test_an_unknown_theme_does_not_open_the_screen(theme: str) -> None:
    with bptui("--theme", theme, columns=400) as terminal:
        assert terminal.wait_for_exit() == 2
        terminal.wait_for(lambda: terminal.output.endswith(b"\n"), "a line")
        assert terminal.output.count(b"\n") == 1
        assert "argument --theme: must be bptui, bptui-light, bptui-ansi, " in terminal.text
        assert f", got {theme!r}" in terminal.text
        assert "textual-dark" in terminal.text
        assert not terminal.left_on()
