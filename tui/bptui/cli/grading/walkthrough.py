"""A walk through a lesson as a learner would take it who asks to be shown each task."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from bpengine import CheckpointError, ConfigError, DataError, Dataset, TrainingConfig
from bpengine.kernels import loading
from bpengine.training.run import RunState
from bptui.cli.grading.judging import MAX_WORK, too_much, work_of
from bptui.commands.grammar import RefusedError
from bptui.dialogue.answering import execute
from bptui.dialogue.dialogue import Dialogue
from bptui.dialogue.table import command_named
from bptui.experiments.seeds.run_setup import COUNTS
from bptui.lessons.goals import Facts, facts_of
from bptui.lessons.lesson import Do, Lesson, Step, Values, data_options, run_of
from bptui.lessons.solutions import Press, Train, act_of
from bptui.process.restrictions import RESTRICTED
from bptui.settings.start_settings import StartSettings

_NOT_IN_SOLUTIONS = RESTRICTED.actions | {"quit", "resume", "advise", "map"}
"""The commands that the author of a lesson must not execute on other people's machines: those on files, and
those that train hundreds of runs."""


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """A step of the walk."""

    number: int
    """Counted from 0."""
    step: Step
    before: Facts
    """The run when the step is reached."""
    after: Facts
    """The run after the solution; the same without one."""
    run: RunState
    """The run after the solution."""
    problem: str = ""
    """Why a command of the solution was refused; empty if none was."""


def walk(lesson: Lesson) -> Iterator[Visit]:
    """Walk through a lesson, and carry out the solution of each task.

    Raises:
        ConfigError: a run of the lesson is not possible.
        DataError: the file of the samples can't be used.
    """
    dialogue, spent = _begun(lesson, *run_of(lesson, {}), {}), 0
    for number, step in enumerate(lesson.steps):
        if step.settings:
            dialogue = _begun(lesson, *run_of(lesson, step.settings), step.settings)
        before, problem = facts_of(dialogue.snapshot), ""
        for command in step.solution if isinstance(step, Do) else ():
            spent += _work(dialogue, command)
            problem = problem or _refusal(dialogue, command, spent)
        yield Visit(number, step, before, facts_of(dialogue.snapshot), dialogue.session.run, problem)


def _begun(lesson: Lesson, config: TrainingConfig, source: Dataset | None, settings: Values) -> Dialogue:
    """A dialogue with a new run.

    Raises:
        ConfigError: the run is too large.
    """
    if (work := work_of(config, source, 0)) > MAX_WORK:
        raise ConfigError("a run", f"is too large: {too_much(work, MAX_WORK)}")
    task, defaults = config.task, StartSettings()
    start = StartSettings(
        configs={**defaults.configs, task: config},
        sources={**defaults.sources, task: source},
        data={task: data_options(lesson, settings)},
        kernel=fast_kernel(),
        start=task,
    )
    return Dialogue(start)


def fast_kernel() -> str:
    """The kernel for runs that nobody watches: machine code from the first step, if there is numba."""
    try:
        loading.load_numba()
    except loading.NumbaError:
        return "auto"
    return "numba"


def _work(dialogue: Dialogue, command: str) -> int:
    """The work of a command, which may train the run, or many starts, as far as the run is already."""
    session, epochs = dialogue.session, dialogue.session.epochs_done
    has_cloud = session.cloud.is_on and session.document.what_if
    with contextlib.suppress(RefusedError, ConfigError):
        act = act_of(command)
        if isinstance(act, Train):
            epochs += max(act.amount.epochs_from(epochs, session.config.epochs), 0)
        has_cloud = has_cloud or (isinstance(act, Press) and act.name == "toggle_cloud")
    return work_of(session.config, session.source, epochs) * (1 + has_cloud * COUNTS[0])


def _refusal(dialogue: Dialogue, command: str, work: int) -> str:
    """Execute a command; return why it was refused, or an empty text.

    Args:
        dialogue: the runs.
        command: the command.
        work: that of the solutions so far, and of the command.
    """
    try:
        if work > MAX_WORK:
            raise RefusedError(f"trains too much: {too_much(work, MAX_WORK)}")
        entry, _ = command_named(command)
        if entry is not None and entry.word in _NOT_IN_SOLUTIONS:
            raise RefusedError(f"{entry.word} can't be part of a solution")
        said = execute(dialogue, command)
        for _ in () if isinstance(said, str) else said:
            pass
        act_of(command)  # the screen must be able to show it
    except (RefusedError, ConfigError, DataError, CheckpointError) as error:
        return f"{command}: {error}"
    return ""
