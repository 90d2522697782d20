"""Take a lesson beside the live run, on which all keys keep working.

usage: bptui learn [ID|FILE] [--lang en|zh] [--plain] [--hand-in FILE]

bptui lessons lists the lessons. Answers and the runs that reached goals are kept, so that a lesson
can be continued later, and handed in.

examples:
  bptui learn                                      ask which lesson
  bptui learn hidden-units                         what does the number of hidden units do?
  bptui learn hidden-units --lang zh               the same in Chinese
  bptui learn hidden-units --plain                 in lines of text: next, answer 2, hint, solution
  bptui learn my-lesson.toml                       a lesson of your own; see docs/lessons.md
  bptui learn hidden-units --hand-in ada.bptui     write what was done into a file

Exit status: 0 done, 2 bad use, 130 after ctrl+c.
"""

from __future__ import annotations

import argparse
import sys

from bptui.cli import screen
from bptui.cli.file_checks import check_files, write_output
from bptui.cli.flags import add_flags
from bptui.cli.parsing import BadUseError, Parser, add_file, make_parser
from bptui.cli.screen_flags import add_lessons, add_plain, add_state, state_folder
from bptui.settings.options import SCREEN_OPTIONS
from bpwords import Sentence, in_english, printable_path, shown, word


def parser() -> Parser:
    """Make the parser of `bptui learn`."""
    made = make_parser(__doc__)
    made.add_argument(
        "lesson",
        nargs="?",
        default="",
        metavar="ID|FILE",
        help="the lesson, by its ID or as a TOML file (default: ask)",
    )
    add_lessons(made)
    add_plain(made)
    add_file(made, "--config", "take the options of the screen and the keys from a TOML file")
    add_flags(made, SCREEN_OPTIONS)
    add_state(made)
    add_file(
        made,
        "--hand-in",
        "write the answers and the runs that reached goals into this file, for bptui lessons grade, and end",
    )
    return made


def run(options: argparse.Namespace) -> int:
    """Take the lesson or write the file; return the exit status."""
    opened = screen.parser().parse([])
    vars(opened).update(vars(options))
    return screen.run(opened) if options.hand_in is None else _hand_in(opened)


def _hand_in(options: argparse.Namespace) -> int:
    from bptui.lessons.library import lesson_named
    from bptui.lessons.progress_files import KeptLessons
    from bptui.session.autosave.paths import LESSONS

    if not options.lesson:
        raise BadUseError(f"argument --hand-in: {word('say which lesson to hand in')}")
    lesson = lesson_named(options.lesson, options.lessons)
    check_files({"ID|FILE": options.lesson}, {"--hand-in": options.hand_in})
    state = state_folder(options)
    progress = KeptLessons(None if state is None else state / LESSONS).progress(lesson)
    done, count = progress.counts(lesson)
    if not done:
        nothing = Sentence("nothing was done in {lesson} yet")
        raise BadUseError(f"argument --hand-in: {nothing(lesson=shown(lesson.id))}")
    write_output(options.hand_in, progress.packed(), "--hand-in")
    with in_english(unless=sys.stdout.isatty()):
        written = Sentence("{file}: {done} of {count} questions and tasks of {lesson}")
        print(written(file=printable_path(options.hand_in), done=done, count=count, lesson=lesson.id))
    return 0
