"""The kinds of files that a user can save from a tab: a run, settings, a command line, exports, a picture."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bpengine import FIELDS, ConfigError, Dataset, Trainer, TrainingConfig, export
from bpengine.exports import FORMATS, NAME
from bpengine.files import write_whole
from bptui.commands import changed_keys
from bptui.session.points import DRAWN, write_table
from bptui.session.saving.saving import Saving, picture_saving
from bptui.session.session import Session
from bptui.settings.options import DATA_OPTIONS, TASK
from bptui.settings.writing import absolute, comment, written
from bpwords import word

ANOTHER_RUN = "a new run with the last settings, not this one"
"""What a command line makes if the run itself takes more than its settings."""

if TYPE_CHECKING:
    from textual.strip import Strip


def savings(
    session: Callable[[], Session], data: Mapping[str, Any] | None, rows: Iterable[Strip] | None
) -> tuple[Saving, ...]:
    """The kinds of files that can be saved from a tab.

    Args:
        session: returns the session of the run, which may be training until then.
        data: the values of the `DATA_OPTIONS` by name, empty for a named data set; None if the samples came
            with a checkpoint.
        rows: the screen, for a picture; None if there is no screen.
    """

    def write_settings(path: Path) -> None:
        write_whole(path, settings_text(session().config, data))

    def write_command(path: Path) -> None:
        write_whole(path, command_text(session(), data))

    saved = (
        Saving(
            "checkpoint",
            word("checkpoint: continue with --resume"),
            ".bptui",
            lambda path: session().save(path),
        ),
        Saving("settings", word("settings: use with --config"), ".toml", write_settings),
        _command_line(session(), write_command),
        *(_export(to, session) for to in FORMATS),
    )
    source = session().source
    if source is not None and source.name == DRAWN:
        table = Saving("table", word("table of the drawn samples"), ".csv", partial(write_table, source))
        saved = (*saved, table)
    return saved if rows is None else (*saved, picture_saving(rows))


def _command_line(session: Session, write: Callable[[Path], None]) -> Saving:
    follows = session.follows_from_settings
    label = (
        "command line that makes this run" if follows else "command line: a new run with the last settings"
    )
    return Saving("command line", word(label), ".sh", write, "" if follows else word(ANOTHER_RUN))


def _export(to: str, session: Callable[[], Session]) -> Saving:
    """An export of the run as it is shown; see `Session.save`."""
    chosen = FORMATS[to]
    return Saving(
        to,
        f"{to}{word(': ', 'list')}{word(chosen.label)}",
        chosen.suffix,
        lambda path: export(Trainer.continuing(session().run), to, path),
        word(chosen.check).format(path="{path}", name=NAME, macro=NAME.upper()),
    )


def settings_text(config: TrainingConfig, data: Mapping[str, Any] | None) -> str:
    """The settings file of a run."""
    return written({TASK.name: config.task}, {config.task: (config, data)}, changed_keys())


def command_text(session: Session, data: Mapping[str, Any] | None) -> str:
    """A shell script with one command that repeats the run, as far as a command line can.

    Raises:
        ConfigError: the samples are not in a file.
    """
    config = session.config
    if data is None:
        raise ConfigError("samples", "are in no file of their own; save a checkpoint to have them")
    lines = ["#!/bin/sh"]
    if not session.follows_from_settings:
        lines.append(
            comment("A new run with the last settings of a run that was changed or edited on its way.")
        )
    lines.append(command_line(config, session.source, data))
    return "".join(f"{line}\n" for line in lines)


def command_line(config: TrainingConfig, source: Dataset | None, data: Mapping[str, Any]) -> str:
    """The command that opens a new run with these settings, and with the samples that these options read."""
    return shlex.join(["bptui", config.task, *_flags(config, source, data)])


def _flags(config: TrainingConfig, source: Dataset | None, data: Mapping[str, Any]) -> Iterator[str]:
    defaults = TrainingConfig.defaults(config.task)
    recipe = TrainingConfig.recipe(source or config.dataset, noise=config.noise)
    for field in FIELDS:
        value, default = getattr(config, field.name), getattr(defaults, field.name)
        # Named even where it is what suits the data, so that the line does not depend on the recipe.
        is_unused = field.describes_named_data if data else field.name == "dataset" and config.function
        if {value, recipe.get(field.name, value)} != {default} and not is_unused:
            yield f"{field.flag}={field.format(value)}"
    given = absolute(data)
    for option in DATA_OPTIONS:
        if option.name in given:
            yield f"{option.flag}={option.format(given[option.name])}"
