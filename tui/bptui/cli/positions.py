"""The flags that choose a training step, and training up to it."""

from __future__ import annotations

import argparse

from bpengine import Trainer
from bptui.cli.parsing import BadUseError, Parser, add_number
from bptui.cli.progress import SLICE_MILLISECONDS, progress
from bpwords import must_be


def add_position(parser: Parser, what: str) -> None:
    """Add `--epoch` and `--sample`.

    Args:
        parser: the parser to add to.
        what: what happens at the chosen step.
    """
    group = parser.add_argument_group("the step")
    add_number(group, "--epoch", f"the epoch {what}, counted from 0 (default: 0)", 0)
    position = (
        "the position in the order of the epoch, counted from 0; with batches, the step is that of the batch "
        "which has this position (default: 0)"
    )
    add_number(group, "--sample", position, 0)


def train_to_position(trainer: Trainer, options: argparse.Namespace) -> int:
    """Train until the step of `--epoch` and `--sample` is the next one.

    Args:
        trainer: a new run or a resumed one. Without `--epoch`, a resumed run stays where it is.
        options: the parsed flags.

    Returns:
        The place of the sample in the batch of that step, counted from 0.

    Raises:
        BadUseError: the run has no such step, or has passed it.
        DivergedError: the run diverges before the step.
    """
    config, samples = trainer.config, len(trainer.dataset)
    resumed = trainer.epochs_done, trainer.samples_done
    if trainer.finished:
        raise BadUseError(f"argument --resume: the run has ended after {resumed[0]} epochs: there is no step")
    epoch = resumed[0]
    if options.epoch is not None:
        epoch = position_in(options.epoch, "--epoch", "an epoch", epoch, config.epochs - 1)
    # A position within a batch belongs to the step of the batch.
    batch = min(config.batch_size or samples, samples)
    sample = resumed[1] if epoch == resumed[0] else 0
    if options.sample is not None:
        sample = position_in(options.sample, "--sample", "a position", sample, samples - 1)
    start = sample - sample % batch
    with progress(epoch, before=resumed[0], shown=epoch > resumed[0]) as show:
        while not trainer.finished and (remaining := trainer.samples_to(epoch, start)):
            trainer.run_for(SLICE_MILLISECONDS, max_samples=remaining)
            show(trainer.epochs_done)
    if trainer.finished:
        reason = f"the run ends after {trainer.epochs_done} epochs ({trainer.stop_reason})"
        raise BadUseError(f"argument --epoch: {reason}, got '{epoch}'")
    return sample - start


def position_in(number: int, flag: str, what: str, lowest: int, highest: int) -> int:
    """The number of a flag.

    Raises:
        BadUseError: the number is not in this range.
    """
    if lowest <= number <= highest:
        return number
    raise BadUseError(f"argument {flag}: {must_be(f'{what} from {lowest} to {highest}', number)}")
