"""A run as one file: the pictures of the screen at several epochs, drawn by an app that nobody sees."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from textual.app import App

from bpengine import Edit
from bpengine.training.run import RunState
from bpengine.training.timeline import Bookmark
from bptui.formatting import changes_in_words
from bptui.screen.terminal.textual_internals import screen_strips, until_idle
from bptui.session.description import describe
from bptui.session.document import Document
from bptui.session.saving.kinds import command_line, settings_text
from bptui.session.saving.pictures.moving import EpochScreen, moving_svg, page
from bpwords import Sentence, printable, word

if TYPE_CHECKING:
    from bptui.screen.tabs.run_tabs import RunTabs


def bookmarks_of(document: Document) -> list[Bookmark]:
    """The states of a run that are at hand: those from which it is rewound, and the last one."""
    run, past = document.run, document.past
    states = [state for state in past.states if state.position < run.position]
    return [*(Bookmark(state, past.until(state.epochs_done)) for state in states), Bookmark(run, past)]


async def frames_of(
    app: App[int], tabs: RunTabs, bookmarks: Iterable[Bookmark], size: tuple[int, int], rest: float = 0.0
) -> list[EpochScreen]:
    """The screen of a run in each of its states.

    Args:
        app: an app that has not been started, and that has opened the run.
        tabs: its tabs.
        bookmarks: the states.
        size: the columns and rows of the screen.
        rest: how long to rest after each picture, which leaves time for others: a multiple of the time that
            it took.
    """
    app.animation_level = "none"
    frames = []
    async with app.run_test(size=size):
        await until_idle(app, 0.001)
        session = tabs.view.session
        for state, keyframes in bookmarks:
            began = time.monotonic()
            document = Document(run=state, past=keyframes, opened_with=state.config)
            session.take_state(session.state_to_keep()._replace(document=document), paused=True)
            tabs.view.frames.show_now()
            await until_idle(app, 0.001)
            name = f"epoch {state.epochs_done - 1}" if state.epochs_done else "the start"
            frames.append(
                EpochScreen(name, screen_strips(app), describe(session.snapshot(), tabs.view.options.plane))
            )
            await asyncio.sleep(rest * (time.monotonic() - began))
    return frames


def written(shared: RunState, frames: Sequence[EpochScreen], suffix: str) -> str:
    """A page or, if the suffix is .svg, a picture that moves."""
    what = shared.source.name if shared.source else shared.config.function or shared.config.dataset
    title = printable(f"bptui: {shared.config.task}, {what}")
    return moving_svg(frames, title) if suffix == ".svg" else page(frames, title, _facts(shared))


def _facts(shared: RunState) -> dict[str, str]:
    """What a page says below its pictures, by headings."""
    config, changes = shared.began or shared.config, []
    for (epoch, _), value in shared.changes:
        if isinstance(value, Edit):
            words = value.words
        else:
            words, config = word(", ", "list").join(changes_in_words(config, value)), value
        changes.append(Sentence("epoch {epoch}: {change}")(epoch=epoch, change=words))
    again = word("Its checkpoint has it: bptui verify run.bptui trains it again, and compares.")
    if not changes and shared.source is None:
        again = command_line(shared.config, None, {})
    facts = {word("Changes"): "\n".join(changes)} if changes else {}
    settings = settings_text(shared.config, {})
    return facts | {word("The same run again"): again, word("Settings"): settings}
