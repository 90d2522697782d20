"""A run that goes on from a checkpoint."""

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
    """The run in the checkpoint that `--resume` names, with the settings that can change on the way.

    Args:
        options: what the flags of `add_settings` gave.
        settings: those of a settings file. What it says about data is left out: the run has its own.
        kernel: which one goes on; None for that which the run had.
        at_once: whether to have NumPy's kernel for the time being where the other one takes a while.

    Returns:
        The run, and the kernel that it is to go on with; empty if it has it.

    Raises:
        BadUseError: the checkpoint can't be used, or a flag or the settings file asks for something that
            needs a fresh start.
    """
    from bpengine.checkpoint import load, load_to_look_at

    with errors_naming("argument --resume"):
        if at_once:
            trainer, saved_kernel = load_to_look_at(options.resume)
            wanted = kernel or saved_kernel
        else:
            trainer, wanted = load(options.resume, kernel=kernel), "numpy"
    task = trainer.config.task
    if options.task not in (None, task):
        raise BadUseError(
            f"argument --resume: {printable_path(options.resume)}: is a run of {task}, not of {options.task}"
        )
    flags = given(options)
    for option in DATA_OPTIONS:
        if option.name in flags:
            raise BadUseError(
                f"argument {option.flag}: not allowed with argument --resume: the run has its data"
            )
    for origin, values in ((f"{settings.name}: ", settings.of(task, opened=True)), ("argument ", flags)):
        changes = {field: values[field.name] for field in FIELDS if field.name in values}
        for field, value in changes.items():
            if field.needs_restart and value != getattr(trainer.config, field.name):
                name = field.flag if values is flags else field.name
                own = field.format(getattr(trainer.config, field.name))
                raise BadUseError(f"{origin}{name}: a change needs a new run; that of --resume has {own}")
        trainer.reconfigure(trainer.config.replace(**{field.name: changes[field] for field in changes}))
    return trainer, "" if wanted == "numpy" else wanted
