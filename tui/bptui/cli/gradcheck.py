"""Compare each derivative that back-propagation gives with the slope of the loss:
(L(p + h) - L(p - h)) / (2 h).

usage: bptui gradcheck TASK|DATASET|FILE [settings] [--epoch N] [--sample N]

At a terminal the result is a table; in a pipe each line has the same columns, separated by tabs.
A last line on standard error counts the derivatives about which the comparison proves nothing: those that
are 0 in both ways, as where a relu is off, and those at a corner of the loss.

examples:
  bptui gradcheck regression
  bptui gradcheck classification --hidden 8,8 --activation relu --initializer he --epoch 20

Exit status: 0 all agree, 1 one disagrees or the run diverged, 2 bad use.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from bpengine.explain.derivation import DerivativeCheck, gradient_check
from bptui.cli.flags import run_parser
from bptui.cli.formats import print_rows
from bptui.cli.inputs import begin, read_inputs
from bptui.cli.parsing import Parser
from bptui.cli.positions import add_position, train_to_position
from bptui.process.streams import print_error

HEADINGS = ("parameter", "chain rule", "differences", "step", "relative error", "result")


def parser() -> Parser:
    """Make the parser of `bptui gradcheck`."""
    made = run_parser(__doc__)
    add_position(made, "of the step that is checked")
    return made


def run(options: argparse.Namespace) -> int:
    """Print the table; return the exit status."""
    inputs = read_inputs(options)
    begin(inputs, options.prog)
    trainer = inputs.trainer()
    train_to_position(trainer, options)
    checks = gradient_check(trainer)
    rows = [_row(check) for check in checks]
    print_rows(HEADINGS, rows, right=HEADINGS[1:-1])
    wrong = [check.name for check in checks if not check.agrees]
    if wrong:
        count = f"{len(wrong)} of {len(checks)} derivatives"
        print_error(f"{options.prog}: {count} disagree with central differences, first {wrong[0]}")
    _print_unproven(checks, options.prog)
    return 1 if wrong else 0


def _print_unproven(checks: Sequence[DerivativeCheck], prog: str) -> None:
    """Print for how many derivatives the comparison proves nothing, and why."""
    corners = sum(check.has_kink for check in checks)
    zeros = sum(check.is_zero and not check.has_kink for check in checks)
    reasons = [f"{zeros} with 0 both ways"] if zeros else []
    reasons += [f"{corners} at a corner of the loss"] if corners else []
    if reasons:
        count = f"{zeros + corners} of {len(checks)} derivatives"
        print_error(
            f"{prog}: nothing is proved about {count} ({', '.join(reasons)}): try another --sample or --epoch"
        )


def _row(check: DerivativeCheck) -> tuple[str, ...]:
    return (
        check.name,
        f"{check.by_chain_rule + 0.0:.10g}",  # not -0
        f"{check.by_differences + 0.0:.10g}",
        f"{check.step:.1e}",
        f"{check.relative_error:.1e}",
        _result(check),
    )


def _result(check: DerivativeCheck) -> str:
    if not check.agrees:
        return "disagrees"
    return "corner" if check.has_kink else "both 0" if check.is_zero else "agrees"
