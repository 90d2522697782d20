"""Write a worksheet in Markdown: training steps of the run to work out by hand. The first third is
worked. In the second third, only the formulas are given after the loss. In the last third,
everything is blank.

usage: bptui worksheet TASK|DATASET|FILE [settings] [--steps N] --output FILE [--solutions FILE]

A worksheet gives all numbers that its steps need. It has at most {max_batch} samples in a batch
and at most {max_units} inputs, units or outputs in a layer.

examples:
  bptui worksheet regression --hidden 2 --output sheet.md --solutions key.md
  bptui worksheet classification --hidden 2 --steps 3 --epoch 50 --output sheet.md

Exit status: 0 done, 1 diverged before the last step, 2 bad use.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from bpengine import Dataset, Trace, Trainer
from bptui.cli.file_checks import write_output
from bptui.cli.flags import run_parser
from bptui.cli.inputs import begin, checked_inputs
from bptui.cli.parsing import BadUseError, Parser, add_file, add_number
from bptui.cli.positions import add_position, train_to_position
from bptui.cli.worked_step import MAX_UNITS, SHEETS, exercise, text_of_lines
from bptui.session.worked_step.position import Guidance

MAX_STEPS = 100
MAX_BATCH = 7
"""The most samples of a batch, as many as the terms that are written of a sum."""
SHEET = SHEETS["markdown"]


def parser() -> Parser:
    """Make the parser of `bptui worksheet`."""
    made = run_parser((__doc__ or "").format(max_batch=MAX_BATCH, max_units=MAX_UNITS))
    add_position(made, "of the first step")
    group = made.add_argument_group("output")
    add_number(group, "--steps", "the number of steps (default: 6)", 1, MAX_STEPS, 6)
    add_file(group, "--output", "the file to write the worksheet to", required=True)
    add_file(group, "--solutions", "also write a file with the solutions")
    return made


def run(options: argparse.Namespace) -> int:
    """Write the worksheet and its solutions; return the exit status."""
    files = {"--output": options.output, "--solutions": options.solutions}
    inputs = checked_inputs(options, files)
    begin(inputs, options.prog)
    trainer = inputs.trainer()
    _check_size(trainer)
    train_to_position(trainer, options)
    steps = list(_steps(trainer, options.steps))
    if len(steps) < options.steps:
        raise BadUseError(f"argument --steps: the run has only {len(steps)} more, got '{options.steps}'")
    for flag, path in files.items():
        if path is not None:
            text = text_of_lines(_sheet(steps, trainer.dataset, is_solved=flag == "--solutions"))
            write_output(path, f"{text}\n", flag)
    return 0


def _check_size(trainer: Trainer) -> None:
    """Refuse a run whose steps are too large to be written in full.

    Raises:
        BadUseError: a layer or a batch is too large.
    """
    samples = len(trainer.dataset)
    batch = min(trainer.config.batch_size or samples, samples)
    if max(trainer.sizes) > MAX_UNITS or batch > MAX_BATCH:
        network = "-".join(map(str, trainer.sizes))
        raise BadUseError(
            f"a worksheet has at most {MAX_UNITS} inputs, units or outputs in a layer and at most "
            f"{MAX_BATCH} samples in a batch, got a {network} network and batches of {batch}"
        )


def _steps(trainer: Trainer, count: int) -> Iterator[Trace]:
    """Take the next steps and yield each.

    Raises:
        DivergedError: the run diverges in one of them.
    """
    for _ in range(count):
        trace = trainer.trace()
        if trace is None:
            return
        yield trace
        trainer.step()


def guidance_for(step: int, steps: int) -> Guidance:
    """How much help a step (counted from 0) gets. It decreases in thirds; the first thirds are longer."""
    worked = -(-steps // 3)
    half = -(-(steps - worked) // 2)
    if step < worked:
        return Guidance.WORKED
    return Guidance.HALF if step < worked + half else Guidance.NONE


def _sheet(steps: list[Trace], dataset: Dataset, *, is_solved: bool) -> Iterator[str]:
    yield from SHEET.heading(1, "Back-propagation by hand" + (": solutions" if is_solved else ""))
    if not is_solved:
        yield from SHEET.paragraph(
            "These are consecutive steps of one training run. Each begins with its own numbers, so that a "
            "mistake is not carried on: what the next step begins with is also the check of the step before. "
            "Round only what you write down, to five digits; where the given numbers have more digits, the "
            "answers depend on them."
        )
    for number, trace in enumerate(steps):
        guidance = guidance_for(number, len(steps))
        yield from exercise(SHEET, trace, dataset, guidance, is_solved=is_solved, explain=number == 0)
