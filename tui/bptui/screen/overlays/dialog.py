"""The base class of all dialogs, which close only once, and what several of them consist of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click
from textual.reactive import reactive
from textual.screen import ModalScreen, ScreenResultType
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

from bptui.screen.terminal.textual_internals import bind_commands
from bptui.screen.widgets.footer import KeyHint, line_of
from bptui.session.speed import TICK_SECONDS
from bpwords import columns, word
from bpwords.wrapping import broken

if TYPE_CHECKING:  # the palette opens before the engine is loaded
    from bptui.experiments.runner import Plan, PlanTask, Runner
    from bptui.session.snapshot import Snapshot


class Dialog(ModalScreen[ScreenResultType]):
    """A modal screen, which escape closes without a result.

    Of two keys that arrive together and both close it, the second does nothing.
    """

    BINDINGS = [Binding("escape", "dismiss", "Close", show=False)]

    ACTIONS: ClassVar[Mapping[str, str]] = {}
    """What the keys of commands do in it, by the names of the commands."""
    is_question: ClassVar[bool] = False
    """Whether the palette has to wait for the answer, which is about what is open now."""

    DEFAULT_CSS = "Dialog { align: center middle; }"

    def __init__(self) -> None:
        super().__init__()
        bind_commands(self, self.ACTIONS)
        self._plan_task: PlanTask | None = None

    def carry_out(self, plan: Plan, runner: Runner, show: Callable[[], object] = lambda: None) -> None:
        """Let the runner carry out a plan until the dialog closes, in place of the plan before.

        Args:
            plan: the plan.
            runner: the same one for all plans of the dialog.
            show: shows what the plan has come to; called whenever there is something new.
        """
        if self._plan_task is not None:
            self._plan_task.end()
        elif not runner.threads:
            self.set_interval(TICK_SECONDS, runner.pump)

        def collect() -> None:
            task.collect()
            show()

        task = self._plan_task = runner.begin(plan, lambda: self.call_later(collect))
        show()

    def on_unmount(self) -> None:
        """Give up the plan."""
        if self._plan_task is not None:
            self._plan_task.end()

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Close the dialog with a result, unless it is already closed."""
        return super().dismiss(result) if self.is_active else AwaitComplete()


class RunDialog(Dialog[None]):
    """A dialog about a run, which it follows.

    Args:
        snapshot: the run.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self._snapshot = snapshot

    def on_mount(self) -> None:
        """Show the run as it is."""
        self.show_run()

    def show(self, snapshot: Snapshot | None) -> None:
        """Show the run as it is now."""
        self._snapshot = snapshot or self._snapshot
        self.show_run()

    def show_run(self) -> None:
        """Show the run of the snapshot."""
        raise NotImplementedError


def prose(text: str) -> str | _Chinese:
    """A text for a widget: Chinese is broken between any two signs, which Textual breaks only at spaces."""
    return text if columns(text) == len(text) else _Chinese(text)


class _Chinese:
    def __init__(self, text: str) -> None:
        self._text = text

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(broken(self._text, options.max_width))


def scroll_page(area: Widget, direction: int) -> None:
    """Scroll down (1) or up (-1) by most of the height."""
    area.scroll_relative(y=direction * max(area.size.height - 2, 1), animate=False)


class DialogFrame(Vertical):
    """The frame of a dialog.

    Args:
        children: what is in it, from top to bottom.
        title: what the dialog is for.
        keys: what the keys do.
        id: the id of the widget.
    """

    DEFAULT_CSS = """
    DialogFrame {
        width: 66; max-width: 100%; height: auto; max-height: 100%;
        padding: 0 1; border: round $primary; background: $surface;
        & > * { min-width: 20; }
        & > Plot { height: 1fr; min-height: 4; }
    }
    """

    def __init__(
        self,
        *children: Widget,
        title: str = "",
        keys: Iterable[KeyHint],
        id: str | None = None,
    ) -> None:
        super().__init__(*children, id=id)
        self.border_title = Content(
            word(title, "title")
        )  # not markup: the names of the user's classes may contain brackets
        self.border_subtitle = line_of(keys)


class DialogInput(Input):
    """The input of a dialog. Its cursor does not blink, which would send bytes while nothing happens."""

    cursor_blink = reactive(False, init=False)


class DialogMessage(Static):
    """A line below an input, which answers it."""

    DEFAULT_CSS = """
    DialogMessage { color: $text-muted; height: auto; &.-error { color: $text-error; } }
    """

    def __init__(self, text: str = "") -> None:
        super().__init__(text, id="message", markup=False)

    def say(self, text: str, *, error: bool = False) -> None:
        """Show a text, in another color if it is about an error."""
        self.update(word(text))
        self.set_class(error, "-error")


class DialogOptions(OptionList):
    """The options of a dialog.

    Textual's list raises errors, which end the app, if a page key arrives while the list has no width or
    height, and if an option is clicked that was drawn but is gone.
    """

    DEFAULT_CSS = """
    DialogOptions {
        height: auto; padding: 0; border: none; background: $surface; scrollbar-size-vertical: 1;
        &:focus { border: none; background: $surface; background-tint: transparent; }
    }
    """

    def on_click(self, event: Click) -> None:
        """Ignore a click on an option that is gone."""
        if (event.style.meta.get("option") or 0) >= self.option_count:
            event.prevent_default()

    def action_page_up(self) -> None:
        """Highlight the option a page above."""
        if self.scrollable_content_region.area:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        """Highlight the option a page below."""
        if self.scrollable_content_region.area:
            super().action_page_down()  # type: ignore[no-untyped-call]


class Confirmation(Dialog[str]):
    """Asks a question; returns "enter", what another key dismisses it with, or None after escape.

    Args:
        lines: the question.
        details: what is shown below it in a weaker color; empty for nothing.
        keys: what the keys do.
        actions: the actions of commands whose keys work here, too.
    """

    is_question = True
    BINDINGS = [Binding("enter", "dismiss('enter')", "Yes", show=False)]

    def __init__(
        self, *lines: str, keys: Sequence[KeyHint], actions: Mapping[str, str], details: str = ""
    ) -> None:
        super().__init__()
        bind_commands(self, actions)
        self._lines, self._details, self._keys = lines, details, keys

    def compose(self) -> ComposeResult:
        """Yield the question and the details."""
        with DialogFrame(*(Static(line, markup=False) for line in self._lines), keys=self._keys):
            if self._details:
                yield Static(self._details, classes="details", markup=False)
