"""List the lessons with the progress in each, write a new one, check lessons, or grade hand-ins.

usage: bptui lessons [--lang en|zh] [--lessons DIR], or new FILE, check [ID|FILE ...], grade FILE ...

examples:
  bptui lessons                                    the ID, the title, the minutes, and what is done
  bptui lessons --lang zh
  bptui lessons new my-lesson.toml                 write a short lesson, to be changed
  bptui lessons check my-lesson.toml               is everything it says true?
  bptui lessons check                              check all lessons that come with bptui
  bptui lessons check --seed 20261130              as on that day, on the same fresh starts
  bptui lessons grade *.bptui                      grade what was handed in
  bptui lessons grade ada.bptui --format json
  bptui lessons grade *.bptui --format csv --roster class.csv

docs/lessons.md describes the format of lessons, and docs/teaching.md a class with them.

Exit status: 0 done, 1 a lesson is wrong or something handed in has not passed, 2 bad use.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bpengine import CheckpointError, ConfigError
from bptui.cli.file_checks import write_new
from bptui.cli.flags import add_flags
from bptui.cli.formats import print_problems, print_rows
from bptui.cli.parsing import BadUseError, Parser, add_action, add_choice, add_folder, add_number, make_parser
from bptui.cli.progress import progress
from bptui.cli.screen_flags import add_lessons
from bptui.process.preparation import end_gc_pause
from bptui.process.signals import end_process, handled_signals, raise_exit
from bptui.settings.options import LANGUAGE
from bptui.settings.start_settings import LessonStart
from bpwords import Sentence, in_english, listed, printable, printable_path, translatable, use

if TYPE_CHECKING:  # they load what trains
    from bptui.cli.grades import HandIn
    from bptui.cli.grading.check import Checked
    from bptui.lessons.lesson import Lesson

HEADINGS = translatable(("ID", "title", "min", "done"), "table")
RIGHT, WRONG = 0, 1
"""The exit statuses of a check and of a grading."""


def parser() -> Parser:
    """Make the parser of `bptui lessons`."""
    made = make_parser(__doc__)
    add_lessons(made)
    add_flags(made, (LANGUAGE,))
    add_folder(made, "--state", "list the progress that is kept in this folder")
    actions = made.add_subparsers(dest="action", metavar="new|check|grade", prog=made.prog)
    new = add_action(actions, "new", "FILE", "Write a short lesson, which passes the check, into a new file.")
    new.add_argument("file", type=Path, metavar="FILE", help="the file, such as my-lesson.toml")
    does = "Check that each goal can be reached, that each claim is true, and that each text fits."
    usage = "[ID|FILE ...] [--seed N] [--lessons DIR] [--format text|json]"
    check = add_action(actions, "check", usage, does)
    shipped = "default: all lessons that come with bptui"
    check.add_argument("named", nargs="*", metavar="ID|FILE", help=shipped)
    seed = "draw the fresh starts from this number (default: the date, such as 20261130)"
    add_number(check, "--seed", seed, 0, 2**32 - 1, int(f"{date.today():%Y%m%d}"))
    # The flag may also stand before the action. A default of its own would then replace the given folder.
    add_folder(check, "--lessons", "check the lessons in this folder", default=argparse.SUPPRESS)
    usage = "FILE ... [--lesson ID|FILE] [--lessons DIR] [--roster CSV] [--format F]"
    does = "Repeat the runs that bptui learn --hand-in wrote, and say what has passed."
    grade = add_action(actions, "grade", usage, does)
    grade.add_argument("files", type=Path, nargs="+", metavar="FILE", help="what was handed in")
    named = "the lesson (default: the one that each file names)"
    grade.add_argument("--lesson", metavar="ID|FILE", help=named)
    add_folder(grade, "--lessons", "a folder with more lessons", default=argparse.SUPPRESS)
    columns = "for csv: who handed in which file, in the columns id, name and file"
    grade.add_argument("--roster", type=Path, metavar="CSV", help=columns)
    add_choice(check, "--format", ("text", "json"), "text (the default) or json", default="text")
    forms = "text (the default), json, csv (learners by lessons and steps) or gradescope (its results.json)"
    add_choice(grade, "--format", ("text", "json", "csv", "gradescope"), forms, default="text")
    return made


def run(options: argparse.Namespace) -> int:
    """List, write, check or grade; return the exit status."""
    if options.action == "new":
        return _new(options.file)
    if options.action is None:
        return _list(options)
    use({})  # what is found is for authors and teachers, in English
    return _check(options) if options.action == "check" else _grade(options)


def _list(options: argparse.Namespace) -> int:
    from bptui.lessons.attempt import LessonWalk
    from bptui.lessons.library import lessons_in
    from bptui.lessons.progress_files import KeptLessons
    from bptui.session.autosave.paths import LESSONS, state_path

    kept = KeptLessons((options.state or state_path()) / LESSONS)
    found, problems = lessons_in(options.lessons)
    is_shown, rows = sys.stdout.isatty(), []
    language = LessonStart(language=options.language if is_shown else "en").wanted_language
    with in_english(unless=is_shown):
        for lesson in found:
            walk = LessonWalk(lesson, lesson.language(language), kept.progress(lesson))
            rows.append((lesson.id, walk.title, str(lesson.minutes), walk.so_far or "-"))
        print_rows(HEADINGS, rows, right=("min",))
    print_problems(options.prog, problems)
    return RIGHT


def _new(path: Path) -> int:
    from bptui.lessons.library import new_lesson

    write_new(path, new_lesson(path))
    with in_english(unless=sys.stdout.isatty()):
        written = Sentence("{file}: written; bptui learn opens it, bptui lessons check proves it")
        print(written(file=printable_path(path)))
    return RIGHT


def _check(options: argparse.Namespace) -> int:
    from bpengine.kernels.choice import load_lanes_for
    from bptui.cli.grading.check import check
    from bptui.cli.grading.walkthrough import fast_kernel
    from bptui.lessons.library import SHIPPED, path_of, paths_in

    paths = [path_of(name, options.lessons) for name in options.named]
    folder = options.lessons or SHIPPED
    paths = paths or paths_in(folder)
    if not paths:
        raise BadUseError(f"{printable_path(folder)}: there is no lesson in this folder")
    end_gc_pause()
    results: list[Checked] = []
    with handled_signals(end_process), progress(None, unit="preparing machine code"):
        load_lanes_for("auto")  # an exception is lost in numba's callbacks, so that a signal ends the process
        fast_kernel()
    with handled_signals(raise_exit):  # removes the progress bar
        for checked in check(paths, options.seed, lambda runs, name: progress(runs, unit=printable(name))):
            results.append(checked)
            if options.format == "text":
                for line in _lines(checked, options.seed):
                    print(line, flush=True)
    if options.format == "json":
        print(
            json.dumps([_as_json(checked, options.seed) for checked in results], ensure_ascii=False, indent=1)
        )
    return WRONG if any(checked.faults for checked in results) else RIGHT


def _lines(checked: Checked, seed: int) -> Iterator[str]:
    """What was found, one line for each fault, or one line if all is true."""
    name, lesson = printable_path(checked.path.name), checked.lesson
    for fault in checked.faults:
        yield f"{name}: {fault}"
    if lesson is not None and not checked.faults:
        parts = {"step": lesson.steps, "claim": lesson.claims, "number": lesson.measured}
        counts = [f"{len(items)} {what}{'s' * (len(items) > 1)}" for what, items in parts.items() if items]
        summary = f"{listed(counts)}; {', '.join(lesson.languages)}; --seed {seed}; {checked.seconds:.1f} s"
        yield f"{name}: everything holds ({summary})"


def _as_json(checked: Checked, seed: int) -> dict[str, object]:
    faults = [{"place": fault.place, "message": fault.text} for fault in checked.faults]
    return {
        "file": str(checked.path),
        "seed": seed,
        "seconds": round(checked.seconds, 3),
        "faults": faults,
    }


def _grade(options: argparse.Namespace) -> int:
    from bptui.cli.grades import FORMS, csv_lines, learner_of, read_roster
    from bptui.lessons.library import lesson_named

    given = None if options.lesson is None else lesson_named(options.lesson, options.lessons)
    if options.format == "gradescope" and len(options.files) > 1:
        raise BadUseError("argument FILE: gradescope takes one file at a time")
    roster = [] if options.roster is None else read_roster(options.roster)
    end_gc_pause()
    graded: list[HandIn] = []
    with handled_signals(end_process):
        for path in options.files:
            graded.append(_graded(path, given, options.lessons))
            learner_of(graded[-1], roster)  # raises an error before the other files take their time
            if options.format in FORMS:
                for line in FORMS[options.format](graded[-1]):
                    print(line, flush=True)
    if options.format == "csv":
        for line in csv_lines(graded, roster):
            print(line)
    return RIGHT if all(hand_in.passed for hand_in in graded) else WRONG


def _graded(path: Path, given: Lesson | None, folder: Path | None) -> HandIn:
    """What was handed in, with the grade of each step, or why there is none."""
    from bptui.cli import grades
    from bptui.cli.grading.grade import WrongLessonError, grade
    from bptui.lessons.library import lesson_named
    from bptui.lessons.progress import read_progress

    id = name = ""
    try:
        progress = read_progress(path)
        id, name = progress.lesson if given is None else given.id, progress.name
        lesson = given or lesson_named(id, folder, files=False)
        return grades.HandIn(path, id, list(grade(progress, lesson)), "", name)
    except CheckpointError as error:
        problem = str(error).removeprefix(f"{printable_path(path)}: ")
    except ConfigError as error:
        problem = f"{error}; --lesson FILE names the file of another one"
    except WrongLessonError as error:
        problem = str(error)
    except Exception as error:  # whatever a file holds, the others are graded
        problem = printable(f"can't be graded: {type(error).__name__}: {error}", 200)
    return grades.HandIn(path, id, [], problem, name)
