"""Find out by experiment which changes of the settings would lower the error.

usage: bptui advise TASK|DATASET|FILE [settings] [--epoch N] [--starts N] [--format F]

examples:
  bptui advise regression
  bptui advise spiral --hidden 4 --epoch 500
  bptui advise regression --data houses.csv --target price --test-share 0.2 --format json
  bptui advise run.bptui

About 30 changes are tried, each on many starts, and compared with the current settings seed by
seed. Those that look good or bad are tried again on twice as many fresh starts, and only those that
lower or raise the error there, too, are said to help or to be worse. With test samples, their error
decides. Without numba, NumPy trains {starts_alone} starts, which takes a long time.
An interrupted experiment prints what it has found so far.
Exit status: 0 done, 2 bad use, 130 after ctrl+c.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import closing

from bpengine import ConfigError
from bpengine.kernels.loading import NumbaError, load_lanes
from bpengine.many.advice import Advice, Experiment, Trial, Verdict
from bpengine.many.advice.experiment import MAX_STARTS, MIN_STARTS, STARTS, STARTS_ALONE
from bpengine.training.edits import edited_at
from bptui.cli.flags import add_flags, run_parser
from bptui.cli.formats import finite
from bptui.cli.inputs import begin, read_inputs
from bptui.cli.parsing import BadUseError, Parser, add_choice, add_number
from bptui.cli.progress import progress
from bptui.features.advice.words import NOTHING_HELPS, line, listed_trials, summary
from bptui.process.signals import StopRequest, recorded_signals
from bptui.process.streams import print_error
from bptui.session.description.words import caveat
from bptui.settings.options import LANGUAGE
from bptui.settings.start_settings import StartSettings
from bpwords import Sentence, in_english, word


def parser() -> Parser:
    """Make the parser of `bptui advise`."""
    made = run_parser((__doc__ or "").format(starts_alone=STARTS_ALONE))
    add_flags(made, (LANGUAGE,))
    group = made.add_argument_group("experiment")
    after = "compare after N epochs (default: all of --epochs; those of the run with --resume)"
    add_number(group, "--epoch", after, 1)
    defaults = f"(default: {STARTS}, or {STARTS_ALONE} without numba)"
    seeds = f"seeds for each change, from {MIN_STARTS} to {MAX_STARTS} {defaults}"
    add_number(group, "--starts", seeds, MIN_STARTS, MAX_STARTS)
    add_choice(
        group, "--format", ("text", "json"), "text, or json (one object) (default: text)", default="text"
    )
    return made


def run(options: argparse.Namespace) -> int:
    """Try the changes, and print what helps; return the exit status."""
    inputs = read_inputs(options)
    begin(inputs, options.prog)
    if inputs.restored is not None and inputs.restored.edits:
        print_error(f"{options.prog}: {caveat(edited_at(inputs.restored.edits))}")
    with recorded_signals() as request:
        side_by_side = _lanes_ready(options.prog)
        experiment = _experiment(inputs, options, side_by_side=side_by_side)
        advice = _result(experiment, request)
        with in_english(unless=sys.stdout.isatty() and options.format == "text"):
            print(_json(advice) if options.format == "json" else "\n".join(_lines(advice)))
        sys.stdout.flush()
        if request.number:
            ended = Sentence("interrupted after {tried} of {changes} changes")
            print_error(f"{options.prog}: {ended(tried=len(advice.trials), changes=advice.changes)}")
            return request.exit_status
    return 0


def _lanes_ready(prog: str) -> bool:
    """Whether runs can be trained side by side; if not, print why. The first time, it takes some seconds."""
    try:
        with progress(None, unit=word("preparing machine code")):
            load_lanes()
    except NumbaError as error:
        slow = Sentence("{error}; without it, NumPy trains fewer starts, and takes a long time")
        print_error(f"{prog}: {slow(error=error)}")
        return False
    return True


def _experiment(inputs: StartSettings, options: argparse.Namespace, *, side_by_side: bool) -> Experiment:
    restored = inputs.restored
    done = 0 if restored is None else min(restored.epochs_done, inputs.config.epochs)
    try:
        return Experiment(
            inputs.config,
            inputs.source,
            epoch=options.epoch or done,
            starts=options.starts or 0,
            kernel=inputs.kernel if side_by_side else "numpy",
        )
    except ConfigError as error:
        if error.setting == "epoch":
            raise BadUseError(f"argument --epoch: {error.reason}") from None
        raise


def _result(experiment: Experiment, request: StopRequest) -> Advice:
    """The final advice, or what is known when a signal arrives."""
    with (
        closing(experiment.results(lambda: bool(request.number))) as results,
        progress(len(experiment.changes), unit=word("change", "title")) as show,
    ):
        for advice in results:  # there is always a last one
            show(len(advice.trials))
    return advice


def _lines(advice: Advice) -> Iterator[str]:
    """The changes by verdict."""
    yield summary(advice)
    for heading, trials in listed_trials(advice):
        yield f"\n{heading}{word(': ', 'list').rstrip()}"
        for trial in trials:
            yield f"  {_line(trial, advice.error_name)}"
    helping = advice.of(Verdict.HELPS)
    if advice.done and not helping:
        yield f"\n{word(NOTHING_HELPS)}"
    elif advice.done and sys.stdout.isatty():  # where the first lines have been scrolled away
        best = Sentence("most helpful: {change}")
        yield f"\n{best(change=_line(helping[0], advice.error_name))}"


def _line(trial: Trial, error: str) -> str:
    return word("; ", "list").join((line(trial, error), trial.change.flags))


def _json(advice: Advice) -> str:
    figures = ("before", "after", "better", "worse", "starts", "p_value")
    result = {
        "task": advice.config.task,
        "epochs": advice.epoch,
        "starts": advice.starts,
        "seed": advice.config.seed,
        "measure": "test_error" if advice.has_test else "error",
        "error": advice.before,
        "done": advice.done,
        "changes": [
            {
                "verdict": str(trial.verdict),
                "change": trial.change.text,
                "flags": trial.change.flags,
                **{name: getattr(trial, name) for name in figures},
            }
            for trial in advice.trials
        ],
    }
    return json.dumps(finite(result))
