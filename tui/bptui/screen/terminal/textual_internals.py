"""Every use of Textual's private names: each is wrapped here and listed in `PRIVATE_NAMES`.

A release of Textual may rename or drop a private name without notice. A test looks up each listed name in the
installed Textual, and another one finds every use outside this module.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from textual._compositor import LayoutUpdate
from textual._parser import Parser
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message
from textual.screen import Screen
from textual.strip import Strip

from bptui.commands import COMMAND
from bptui.process.restrictions import MAX_SIZE

PRIVATE_NAMES = (
    "textual.app:App._driver",
    "textual.drivers.linux_driver:LinuxDriver._get_terminal_size",
    "textual.drivers.linux_driver:LinuxDriver._writer_thread",
    "textual.drivers._writer_thread:WriterThread._queue",
    "textual.screen:Screen._compositor",
    "textual._compositor:Compositor.render_update",
    "textual.app:App._background_screens",
    "textual.app:App._resize_timer",
    "textual.app:App._check_resize",
    "textual.screen:Screen._update_timer",
    "textual.timer:Timer._active",
    "textual.screen:Screen._on_timer_update",
    "textual._xterm_parser:XTermParser.parse_mouse_code",
    "textual.dom:DOMNode._bindings",
)
"""The names, as `module:class.attribute`."""


class _InputParser(XTermParser):
    """Textual's parser, but one that always reads mouse positions as cells.

    A report of the window's size, which a paste may contain, would make Textual's parser divide the positions
    by that size.
    """

    def parse_mouse_code(self, code: str) -> Message | None:
        self.mouse_pixels = False
        return super().parse_mouse_code(code)


def make_input_parser() -> Parser[Message]:
    """Return a parser of a terminal's input.

    Textual's drivers create their parsers inside their methods, and end the app if a parser raises an
    exception.
    """
    return _InputParser()


def driver_of(app: App[Any]) -> Driver | None:
    """Return the driver of an app, or None before the app runs.

    Reads `App._driver`. An app creates its driver itself and has no public attribute for it, but only the
    driver can suspend and resume the screen from a signal, and only the driver knows how far behind the
    terminal is.
    """
    return app._driver


def queued_writes(app: App[Any]) -> int:
    """Return how many pieces of output are waiting for the thread that writes to the terminal.

    Reads `LinuxDriver._writer_thread` and `WriterThread._queue`, which have no public counterpart. Returns 0
    for a driver without such a thread; frames are then never skipped.
    """
    thread = getattr(driver_of(app), "_writer_thread", None)
    return 0 if thread is None else thread._queue.qsize()


def screen_strips(app: App[Any]) -> list[Strip]:
    """Return the rows of the screen, including the visible parts of the screens below it.

    Reads `Screen._compositor` and `App._background_screens`, and calls `Compositor.render_update`. The public
    `App.export_screenshot` can export only an SVG image.
    """
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(update, LayoutUpdate)  # a full update always is
    return [Strip.join(list(row)) for row in update.strips]


def do_deferred_work(app: App[Any]) -> bool:
    """Do the work that Textual has left to timers; return whether there was any.

    Reads `App._resize_timer`, `Screen._update_timer` and `Timer._active`, and calls `App._check_resize` and
    `Screen._on_timer_update`. `Pilot.pause` does this as well, but only after it has guessed from the
    processor time that the app is idle.
    """
    if app._resize_timer is not None:
        app._check_resize()
    elif app.screen_stack and app.screen._update_timer._active.is_set():
        app.screen._on_timer_update()
    else:
        return False
    return True


async def until_idle(app: App[Any], pause: float = 0.0) -> None:
    """Run the event loop until all messages are handled and the screen is laid out; only timers remain.

    Textual's own pilot returns once the process uses little processor time. On a busy machine, that can also
    happen in the middle of the work.

    Args:
        app: the app.
        pause: the seconds between two looks. If two apps wait on one event loop, one of them must pause: each
            is something that is left to do for the other.
    """
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(pause)
        nothing_is_due = not loop._ready  # type: ignore[attr-defined]
        if nothing_is_due and not do_deferred_work(app):
            return


def bind(node: DOMNode, binding: Binding) -> None:
    """Bind the keys on this app, screen or widget, and replace the bindings of its class.

    Writes to `DOMNode._bindings`. The public `BINDINGS` are evaluated with the class, before a settings file
    can change a key; the public `App.set_keymap` shows changed keys by other names, at the end of the footer.
    """
    for made in Binding.make_bindings([binding]):
        node._bindings.key_to_bindings[made.key] = [made]


def bind_commands(node: DOMNode, actions: Mapping[str, str]) -> None:
    """Give the keys of commands other actions on this screen or widget.

    Args:
        node: the screen or widget.
        actions: the action for each command, by the command's name.
    """
    for name, action in actions.items():
        bind(node, Binding(COMMAND[name].keys, action, show=False))


class DeferrableScreen(Screen[object]):
    """A screen that draws its changes only while `may_draw` allows it.

    Overrides `Screen._on_timer_update`, which a timer calls many times a second while there are changes to
    draw. Changes that are not drawn remain due, and the next call draws all of them together. The public
    `App.batch_update` holds back changes for the length of a `with` block, not until a condition is true.
    """

    def may_draw(self) -> bool:
        """Whether to draw now. This is called repeatedly while changes are due."""
        return True

    def _on_timer_update(self) -> None:
        if self.may_draw():
            super()._on_timer_update()


class BoundedDriver(LinuxDriver):
    """A driver for whose app no window is larger than `MAX_SIZE`.

    Overrides `LinuxDriver._get_terminal_size`, and uses it where Textual asks rich. There is no public
    counterpart.
    """

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options | {"size": self._get_terminal_size()})

    def _get_terminal_size(self) -> tuple[int, int]:
        columns, rows = super()._get_terminal_size()
        return min(columns, MAX_SIZE[0]), min(rows, MAX_SIZE[1])
