"""Write a run as a program or a file for another runtime.

usage: bptui export RUN --to FORMAT --output FILE [--name NAME]

formats:
{formats}

Each export has the whole way from the inputs in the units of the data to the answers, says which run made
it, and has test vectors: rows with the answers of the run, with which it can be checked. It is the run's one
network; `bptui predict --starts` answers with the mean of many.

examples:
  bptui train classification --data flowers.csv --target kind --save flowers.bptui
  bptui export flowers.bptui --to numpy --output flowers.py
  python -I flowers.py
  bptui export flowers.bptui --to c --output flowers.h --name flowers
  cc -std=c99 -DFLOWERS_TEST -x c flowers.h -lm && ./a.out

docs/export.md describes the formats.
Exit status: 0 done, 1 the run has diverged, 2 bad use or a bad file.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from bpengine import Trainer
from bpengine.exports import FORMATS, NAME, export
from bpengine.files import is_replaceable
from bptui.cli.file_checks import check_files, errors_of_writing
from bptui.cli.parsing import Parser, add_choice, add_file, make_parser
from bptui.cli.which_run import add_run, run_named
from bpwords import printable_path


def parser() -> Parser:
    """Make the parser of `bptui export`."""
    formats = "\n".join(f"  {name:<8} {file_format.label}" for name, file_format in FORMATS.items())
    made = make_parser((__doc__ or "").format(formats=formats))
    add_run(made)
    add_choice(made, "--to", FORMATS, "what to write", required=True)
    add_file(made, "--output", "the file, which is replaced if it is there", required=True)
    made.add_argument(
        "--name",
        default=NAME,
        help=f"the name of the model, with which all names in C begin (default: {NAME})",
    )
    return made


def run(options: argparse.Namespace) -> int:
    """Export the run, and say how to check the result; return the exit status."""
    path: Path = options.output
    check_files({"RUN": options.run}, {"--output": path})
    trainer = Trainer.continuing(run_named(options.run, "RUN", options.state), kernel="numpy")
    with errors_of_writing(path):
        export(trainer, options.to, path, name=options.name)
    if is_replaceable(path):
        print(f"{printable_path(path)}: {FORMATS[options.to].checked_by(path, options.name)}")
    return 0
