"""The open box: the next step of the run, number by number, over the whole screen."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.reactive import reactive
from textual.widgets import Static

from bptui.box.help import box_help
from bptui.box.page import Page, heading, page_of, strides_line
from bptui.box.picture import Picture, picture_of
from bptui.box.stepper import Stepper
from bptui.commands import command_of, key_of, keys_of
from bptui.drawing.network import draw_network
from bptui.drawing.spans import Span
from bptui.screens.dialog import Dialog
from bptui.screens.help import HelpScreen
from bptui.session.session import Session
from bptui.session.snapshot import Snapshot
from bptui.terminal.textual_internals import bind_commands
from bptui.widgets.footer import KeyFooter, KeyHint
from bptui.widgets.network import NetworkPanel
from bptui.widgets.rows import Rows

PACES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""How many strides a second play takes."""
_ACTIONS = {
    "less": "walk(-1)",
    "more": "walk(1)",
    "up": "stride(1)",
    "down": "stride(-1)",
    "toggle_run": "play",
    "faster": "pace(1)",
    "slower": "pace(-1)",
    "page_up": "scroll(-1)",
    "page_down": "scroll(1)",
    "help": "help",
    "open_box": "dismiss",
}
"""What the keys of commands do here."""


class BoxNetwork(Rows):
    """The network with the number under way lit up."""

    LOOKS = NetworkPanel.LOOKS

    shown: reactive[tuple[Snapshot, Picture] | None] = reactive(None, repaint=False)
    """The run, and what stands out."""

    def watch_shown(self) -> None:
        """Draw it."""
        self.redraw()

    def draw(self, width: int, height: int) -> list[list[Span]]:
        """The network, and below it what the numbers in it are."""
        if self.shown is None or height < 2:
            return []
        snapshot, picture = self.shown
        rows = draw_network(snapshot, picture.chosen, width, height - 1, picture.lit)
        return [*rows, [Span(f"{picture.caption:<{width}}"[:width], "caption")]]


class BoxScreen(Dialog[None]):
    """Shows the next step of a run, and walks through it.

    Args:
        session: returns the session of the run; see `Stepper`.
        refresh: shows the run on its tab as it is now, after which `show` is called with it.
        snapshot: the run as it is now.
    """

    BINDINGS = [Binding("escape,q", "dismiss", "Close", show=False)]

    DEFAULT_CSS = """
    BoxScreen {
        background: $background;
        #box-heading, #box-strides { height: 1; padding: 0 1; background: $panel; }
        #box-top { height: 1fr; }
        BoxNetwork { width: 1fr; height: 1fr; margin: 0 1; }
        #box-page { width: 1fr; height: 1fr; padding: 0 1; border-left: solid $primary-muted; }
        #box-formulas { height: auto; }
    }
    """

    def __init__(self, session: Callable[[], Session], refresh: Callable[[], None]) -> None:
        super().__init__()
        bind_commands(self, _ACTIONS)
        self._session, self._refresh_run = session, refresh
        self._snapshot: Snapshot | None = None
        self._pace = 1
        self._playing = False
        self._heading = Static(id="box-heading", markup=False)
        self._network = BoxNetwork()
        self._formulas = Static(id="box-formulas", markup=False)
        self._page = VerticalScroll(self._formulas, id="box-page", can_focus=False)
        self._strides = Static(id="box-strides", markup=False)
        self._footer = KeyFooter()
        self.stepper = Stepper(session)

    def compose(self) -> ComposeResult:
        """The network and the formulas side by side, with the strides and the keys below."""
        with Vertical():
            yield self._heading
            yield Horizontal(self._network, self._page, id="box-top")
            yield self._strides
        yield self._footer

    def on_mount(self) -> None:
        """Show the run, which is paused now."""
        self._timer = self.set_interval(1 / PACES[self._pace], self._play_on, pause=True)
        self._refresh_run()

    def show(self, snapshot: Snapshot | None) -> None:
        """Follow the run."""
        self._snapshot = snapshot
        self.stepper.follow()
        self._draw()

    def action_walk(self, direction: int) -> None:
        """Go on (1) or back (-1) by a stride."""
        self._walk(direction)

    def action_stride(self, direction: int) -> None:
        """Choose a longer (1) or a shorter (-1) stride."""
        self.stepper.change_stride(direction)
        self._draw()

    def action_play(self) -> None:
        """Play, or stop playing."""
        self._set_playing(not self._playing)

    def action_pace(self, direction: int) -> None:
        """Play faster (1) or slower (-1)."""
        self._pace = min(max(self._pace + direction, 0), len(PACES) - 1)
        self._timer.stop()
        self._timer = self.set_interval(1 / PACES[self._pace], self._play_on, pause=not self._playing)
        self._draw()

    def action_scroll(self, direction: int) -> None:
        """Scroll the formulas up or down by most of a page."""
        self._page.scroll_relative(y=direction * max(self._page.size.height - 2, 1), animate=False)

    def action_help(self) -> None:
        """Explain the box."""
        self._set_playing(False)
        if self._snapshot is not None:
            task = self._snapshot.run.config.task
            self.app.push_screen(HelpScreen((("box", box_help()),), task, with_keys=False))

    def _set_playing(self, playing: bool) -> None:
        self._playing = playing
        if playing:
            self._timer.resume()
        else:
            self._timer.pause()
        self._draw()

    def _play_on(self) -> None:
        """Go on by a stride; stop where the run ends."""
        if self._session().in_progress:
            return
        if not self._walk(1):
            self._set_playing(False)

    def _walk(self, direction: int) -> bool:
        before = self._session().point
        stepper = self.stepper
        moved = stepper.on() if direction > 0 else stepper.back()
        self._page.scroll_home(animate=False)
        if self._session().point != before or self._session().in_progress:
            self._refresh_run()  # which calls `show`
        else:
            self._draw()
        return moved and stepper.walk is not None

    def _draw(self) -> None:
        snapshot, walk = self._snapshot, self.stepper.walk
        if snapshot is None:
            return
        self._footer.hints = _hints(self._playing, PACES[self._pace])
        batch = snapshot.run.config.batch_size or snapshot.run.samples
        strides = f"stride  {strides_line(self.stepper.stride, batch)}"
        if walk is None:
            self._heading.update(f"Epoch {snapshot.run.epoch}, sample {snapshot.run.sample}")
            self._formulas.update(self.stepper.problem or snapshot.status.advice)
            self._network.shown = None
            self._strides.update(strides)
            return
        self._heading.update(heading(walk, snapshot.run.samples))
        self._network.shown = (snapshot, picture_of(walk))
        self._formulas.update(_text(page_of(walk.number, len(walk.trace.layers) - 1)))
        place = f"{walk.index + 1}/{len(walk.numbers)}"
        self._strides.update(self.stepper.problem or f"{strides}   {place}")


def _text(page: Page) -> Text:
    """The page as text with its formula in three lines."""
    parts: list[tuple[str, str] | str] = [(page.name, "bold"), "\n"]
    if page.where:
        parts.append(f"{page.where}\n")
    parts.append(f"\n{page.formula}\n")
    if page.numbers:
        parts.append(f" = {page.numbers}\n")
    parts += [" = ", (page.result, "bold reverse"), f"\n\n{page.why}"]
    return Text.assemble(*parts)


def _hints(playing: bool, pace: float) -> tuple[KeyHint, ...]:
    play = "stop" if playing else f"play {pace:g}/s"
    return (
        KeyHint("esc", "close", "escape", 9),
        KeyHint(keys_of("less", "more"), "step", "", 8),
        KeyHint(keys_of("up", "down"), "stride", "", 8),
        KeyHint(key_of("toggle_run"), play, command_of("toggle_run").keys.split(",")[0], 7),
        KeyHint(f"{key_of('slower')} {key_of('faster')}", "pace", "", 5),
        KeyHint(key_of("help"), "help", command_of("help").keys.split(",")[0], 9),
    )
