"""The footer shows whole keys only, the most important ones, and each can be clicked."""

from __future__ import annotations

from textual.app import App, ComposeResult

from bptui.screen.widgets.footer import KeyFooter, KeyHint, fitting
from tests.tui.support.driving import click

HINTS = (
    KeyHint("a", "first", 2, "a"),
    KeyHint("↑↓", "none to click", 1, ""),
    KeyHint("b", "second", 2, "b"),
    KeyHint("c", "third", 3, "c"),
)


def test_the_least_important_hints_are_left_out_and_of_equal_ones_the_last() -> None:
    widths = {44: "a↑bc", 43: "abc", 26: "abc", 25: "ac", 16: "ac", 15: "c", 7: "c", 6: "", 0: ""}
    for width, shown in widths.items():
        assert "".join(hint.shown[0] for hint in fitting(HINTS, width)) == shown, width


class Clicked(App[None]):
    """A footer, and the keys that were pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.pressed = ""

    def compose(self) -> ComposeResult:
        yield KeyFooter(HINTS)

    def on_key(self, event: object) -> None:
        self.pressed += str(getattr(event, "key", ""))


async def test_a_click_presses_the_key_below_it_and_none_between_two() -> None:
    app = Clicked()
    async with app.run_test(size=(80, 3)) as pilot:
        line = str(app.query_one(KeyFooter).render())
        for text, pressed in (("first", "a"), ("none", ""), ("b second", "b"), ("third", "c"), ("  c", "")):
            app.pressed = ""
            await click(pilot, KeyFooter, offset=(1 + line.index(text), 0))
            assert app.pressed == pressed, text
