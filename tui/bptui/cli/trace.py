"""`bptui trace`: the worked derivation of one training step."""

from __future__ import annotations

import argparse
from pathlib import Path

from bpengine import DivergedError
from bptui.cli.files import check_distinct, check_target, write_output
from bptui.cli.flags import add_settings, add_task
from bptui.cli.inputs import Inputs, read_inputs
from bptui.cli.parsing import Parser, make_parser, one_of
from bptui.cli.positions import add_position, train_to_position
from bptui.cli.sheets import SHEETS, joined
from bptui.cli.streams import print_error
from bptui.cli.trace_json import trace_json
from bptui.cli.worked_step import worked_step
from bptui.startup.gc_pause import end_gc_pause

FORMATS = (*SHEETS, "json")


def parser() -> Parser:
    """Make the parser of `bptui trace`."""
    made = make_parser(
        "bptui trace",
        "regression|classification [settings] [--epoch E] [--sample S] [--format F] [--output FILE]",
        "Show one training step of the run, number by number: forward, loss, backward and update.",
        """examples:
  bptui trace regression --hidden 2
  bptui trace regression --epoch 3 --sample 7
  bptui trace classification --optimizer adam --format markdown --output board.md
  bptui trace regression --epoch 3 --sample 7 --format json | jq .layers[0].delta

docs/tracing.md explains the formulas and the keys of the JSON object.
Exit status: 0 done, 1 diverged before or in that step, 2 bad use.""",
    )
    add_task(made, otherwise="otherwise required")
    add_settings(made)
    add_position(made, "of the step")
    group = made.add_argument_group("output")
    group.add_argument(
        "--format",
        type=one_of(*FORMATS),
        metavar="|".join(FORMATS),
        default="text",
        help="text, markdown (with formulas in TeX) or json (full precision) (default: text)",
    )
    group.add_argument("--output", type=Path, metavar="FILE", help="write to a file instead of stdout")
    return made


def run(options: argparse.Namespace) -> int:
    """Write the derivation; return the exit status."""
    inputs = read_inputs(options)
    check_distinct(**inputs.files(options), output=options.output)
    if options.output is not None:
        check_target(options.output)
    inputs.print_notes("bptui trace")
    end_gc_pause()
    try:
        text = _document(inputs, options)
    except DivergedError as error:
        print_error(f"bptui trace: {error}; try a smaller learning rate")
        return 1
    if options.output is None:
        print(text)
    else:
        write_output(options.output, f"{text}\n")
    return 0


def _document(inputs: Inputs, options: argparse.Namespace) -> str:
    trainer = inputs.trainer()
    row = train_to_position(trainer, options)
    trace = trainer.trace()
    assert trace is not None, "the run is not finished"
    if options.format == "json":
        return trace_json(trace, row)
    return joined(worked_step(SHEETS[options.format], trace, trainer.dataset, row))
