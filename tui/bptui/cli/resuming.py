"""Resuming a run from a checkpoint."""

from __future__ import annotations

import argparse

from bpengine import FIELDS, Trainer
from bpengine.wording import printable_path
from bptui.cli.files import errors_naming
from bptui.cli.flags import given
from bptui.cli.parsing import BadUseError
from bptui.settings.options import DATA_OPTIONS
from bptui.settings.reading import Settings


def restore(
    options: argparse.Namespace, settings: Settings, kernel: str | None, *, at_once: bool
) -> tuple[Trainer, str]:
    """The run in the checkpoint that `--resume` names, with changes to its live settings.

    Args:
        options: the parsed flags of `add_settings`.
        settings: the settings file. Its data options are ignored, since the run has its own data.
        kernel: the kernel to continue with; None for auto.
        at_once: whether to start with NumPy's kernel if the other one has to be loaded.

    Returns:
        The run, and the kernel to switch to once it is loaded; empty if the run already has its kernel.

    Raises:
        BadUseError: the checkpoint cannot be used, or a flag or the settings file changes a setting that
            needs a restart.
    """
    from bpengine.checkpoint import load

    with errors_naming("argument --resume"):
        wanted = kernel or "auto"
        trainer = load(options.resume, kernel="numpy" if at_once else wanted)
    task = trainer.config.task
    if options.task not in (None, task):
        raise BadUseError(
            f"argument --resume: {printable_path(options.resume)}: is a {task} run, not {options.task}"
        )
    flags = given(options)
    for option in DATA_OPTIONS:
        if option.name in flags:
            raise BadUseError(
                f"argument {option.flag}: not allowed with --resume, since the run has its own data"
            )
    for origin, values in ((f"{settings.name}: ", settings.of(task, opened=True)), ("argument ", flags)):
        changes = {field: values[field.name] for field in FIELDS if field.name in values}
        for field, value in changes.items():
            if field.needs_restart and value != getattr(trainer.config, field.name):
                name = field.flag if values is flags else field.name
                own, other = field.format(getattr(trainer.config, field.name)), field.format(value)
                raise BadUseError(f"{origin}{name}: must stay {own} as in the resumed run, got '{other}'")
        trainer.reconfigure(trainer.config.replace(**{field.name: changes[field] for field in changes}))
    return trainer, wanted if at_once and wanted != "numpy" else ""
