"""Saving what the run is, its pictures and its page: asked for on the screen."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from bpengine import Trainer
from bptui.features.share.frames import bookmarks_of, frames_of, written
from bptui.screen.app import BptuiApp
from bptui.screen.terminal.capabilities import is_ascii
from bptui.screen.terminal.textual_internals import screen_strips
from bptui.session.document import Document
from bptui.session.saving.saving import Saving
from bptui.settings.start_settings import StartSettings
from bpwords import Sentence

_PAGE = Sentence("page of the run, for any browser (.html, .svg)")


def open_dialog(app: BptuiApp) -> None:
    """Ask what to save and where, and save it."""
    view = app.view
    run = view.session.snapshot().run
    savings = app.files.user_files.savings(lambda: view.session, screen_strips(app))  # before it is covered
    page = Saving("page", _PAGE(), ".html", partial(_write, app), is_late=True)
    app.files.ask_to_save((*savings[:-1], page, savings[-1]), f"{run.config.task}-{run.epoch}")


def _write(app: BptuiApp, path: Path) -> None:
    document = app.view.session.document
    app.files.write_late(path, lambda: _drawn(app, document, path.suffix))


async def _drawn(app: BptuiApp, document: Document, suffix: str) -> str:
    """A page or a moving picture of a run, drawn by another app that nobody sees."""
    view, run = app.view, document.run
    run_at_end, theme = Trainer.continuing(run), app.theme
    start = StartSettings(
        start=run.config.task, restored=run_at_end, paused=True, ascii=is_ascii(app), theme=theme
    )
    unseen = type(app)(start)
    unseen.view.change_options(plane=view.options.plane)
    frames = await frames_of(unseen, unseen.tabs, bookmarks_of(document), view.app.size, rest=2.0)
    return written(run, frames, suffix)
