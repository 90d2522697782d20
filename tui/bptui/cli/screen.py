"""Watch a small neural network learn, and change its hyperparameters while it trains.

usage: bptui [TASK|DATASET|FILE] [settings] [--theme NAME] [--ascii] [--fps N] [--paused]

examples:
  bptui                                        open the screen and train
  bptui classification --hidden 3 --paused     the other tab, three hidden units; wait for a key
  bptui spiral                                 learn a spiral, with the settings that suit it
  bptui spiral --hidden 3                      with these settings, but three hidden units
  bptui houses.csv --target price              learn your own data
  bptui run.bptui                              continue the run of a checkpoint
  bptui --continue                             continue the run that was kept last
  bptui --plain regression                     a dialogue in lines of text; say help for its commands
  bptui train regression --seed 3 | head -3    train without a screen

bptui --help lists the subcommands, and bptui train --help shows the help of one.
Press ? on the screen to see all keys.
Exit status: 0 done, 1 diverged, 2 bad use, 130 after ctrl+c.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

from bptui import __version__
from bptui.cli import HELP, screen_flags
from bptui.cli.file_checks import errors_naming
from bptui.cli.flags import add_cluster, add_settings, cluster_of, given
from bptui.cli.inputs import read_inputs
from bptui.cli.parsing import BadUseError, Parser, add_switch, make_parser, not_with
from bptui.cli.subcommands import SUBCOMMANDS
from bptui.cli.which_run import add_named, open_named
from bptui.commands import change_keys
from bptui.process.preparation import end_gc_pause
from bptui.process.restrictions import count_sessions, most_sessions
from bptui.process.streams import has_terminal, is_dumb
from bptui.settings.languages import file_of
from bptui.settings.options import SCREEN_OPTIONS, SETTING
from bptui.settings.start_settings import LessonStart, StartSettings
from bpwords import Sentence, either, must_be, word


def parser() -> Parser:
    """Make the parser of `bptui` without a subcommand."""
    made = make_parser(__doc__)
    made.add_argument("-V", "--version", action="version", version=f"bptui {__version__}")
    add_named(made, otherwise="regression", subcommands=(*SUBCOMMANDS, HELP))
    add_settings(made, screen=SCREEN_OPTIONS)
    add_switch(made, "--paused", "wait for a key before training starts")
    screen_flags.add_plain(made)
    add_cluster(made)
    group = made.add_argument_group("lessons (docs/lessons.md)")
    group.add_argument(
        "--lesson",
        metavar="ID|FILE",
        help="take this lesson (bptui learn does the same); an empty text asks which one",
    )
    screen_flags.add_lessons(group)
    screen_flags.add_kept_runs(made)
    screen_flags.add_restrictions(made)
    made.set_defaults(begins_with=None)  # a feature can set what opens first
    return made


def run(options: argparse.Namespace) -> int:
    """Open the screen until the user leaves it; return the exit status."""
    open_named(options)
    screen_flags.refuse_stdin(options)
    if not options.plain and not has_terminal():
        others = "the screen needs a terminal; without one, use bptui --plain, bptui train or bptui snapshot"
        raise BadUseError(word(others))
    if not options.plain and is_dumb():
        others = "TERM=dumb can't show the screen; use bptui train, bptui snapshot or bptui --plain"
        raise BadUseError(word(others))
    restrictions = screen_flags.restrictions_of(options)
    if options.restricted:
        if not options.web and count_sessions() > (most := most_sessions()):
            full = Sentence("this machine serves at most {n} sessions; try again later")
            raise BadUseError(full(n=most))
        restrictions.limit_process()
    _check_run(options)
    inputs = read_inputs(options, otherwise="regression", both=True)
    for refusal in filter(None, map(restrictions.refusal, inputs.configs.values())):
        raise BadUseError(f"argument --restricted: {refusal}")
    if not options.plain:
        screen_flags.check_theme(inputs, options)
    start = _start(inputs, options)
    if options.plain:
        from bptui.cli.launch import converse

        end_gc_pause()
        return converse(start, restrictions)
    change_keys({**inputs.keys, **restrictions.keys})  # before the app is created
    from bptui.cli.launch import launch
    from bptui.process.streams import needs_ascii

    if inputs.says_ascii is None and needs_ascii():
        start = replace(start, ascii=True)
    return launch(start, restrictions)


def start_settings(options: argparse.Namespace) -> StartSettings:
    """Return the settings that the screen opens with."""
    open_named(options)
    _check_run(options)
    return _start(read_inputs(options, otherwise="regression", both=True), options)


def _start(inputs: StartSettings, options: argparse.Namespace) -> StartSettings:
    from bptui.session.autosave.paths import HISTORY, LAYOUT, RUNS
    from bptui.session.autosave.runs_folder import KeptFolder

    start: StartSettings = replace(
        inputs,
        paused=options.paused,
        begins_with=options.begins_with,
        cluster=cluster_of(options),
        lessons=_lessons(inputs, options),
    )
    if options.restricted:  # machine code takes as much memory as everything else together
        start = replace(start, kernel="numpy")
    state = screen_flags.state_folder(options)
    if options.continued is not None:
        if state is None:
            raise BadUseError(f"argument --continue: {word('no state is kept')}")
        with errors_naming("argument --continue"):
            start = replace(start, continued=KeptFolder(state / RUNS).find(options.continued).path)
    if state is None:  # users of --no-state know the screen; users of a restricted one may not
        return replace(start, shows_welcome=options.restricted)
    is_new = options.fresh or options.config or options.resume or given(options)
    offers = not is_new and not start.continued and options.lesson is None
    return replace(
        start,
        layout_path=state / LAYOUT,
        history_path=state / HISTORY,
        runs_path=state / RUNS,
        offers=offers,
    )


def _lessons(inputs: StartSettings, options: argparse.Namespace) -> LessonStart:
    """Which lesson to open, and which others there are.

    Raises:
        BadUseError: the lesson is not in the language of `--lang`.
        ConfigError: there is no such lesson or folder.
    """
    from bptui.session.autosave.paths import LESSONS

    if options.lesson:
        from bptui.lessons.library import lesson_named

        lesson = lesson_named(options.lesson, options.lessons, files=not options.restricted)
        wanted = options.language
        if wanted not in (None, *lesson.languages) and file_of(wanted, options.config) is None:
            allowed = Sentence("{languages} in this lesson")(languages=either(lesson.languages))
            raise BadUseError(f"argument --lang: {must_be(allowed, wanted)}")
    if options.lessons is not None:
        from bptui.lessons.library import paths_in

        paths_in(options.lessons)
    state = screen_flags.state_folder(options)
    return LessonStart(
        name=options.lesson,
        language=inputs.lessons.language,
        folder=options.lessons,
        progress=None if state is None else state / LESSONS,
    )


def _check_run(options: argparse.Namespace) -> None:
    """Check that only one flag says which run to begin or to continue.

    Raises:
        BadUseError: a lesson, which begins its own run, or a kept run is asked for beside another.
    """
    continued = ["--continue"] if options.continued is not None else []
    begun = [SETTING[name].flag for name in given(options)]
    begun += ["--resume"] if options.resume is not None else []
    begun += [options.task] if options.task is not None else []
    if options.lesson is not None and (others := begun + continued):
        lesson = word("a lesson, which begins its own run")
        raise BadUseError(f"argument {others[0]}: {not_with(lesson)}")
    others = [f"--{name}" for name in ("config", "fresh") if getattr(options, name)] + begun
    if continued and others:
        raise BadUseError(f"argument --continue: {not_with(others[0])}")
