"""The lessons that there are: those that are shipped, those of a folder, and single files."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from bpengine.errors import ConfigError
from bpengine.files import MAX_TOML, read_whole, reason_of, toml_of
from bptui.lessons.lesson import Lesson, Texts
from bptui.lessons.reading import ID, LessonError, read_lesson
from bpwords import Sentence, printable_path, there_is_no, translatable

SHIPPED = Path(__file__).parent / "shipped"
"""The folder of the shipped lessons."""
TEMPLATE = Path(__file__).with_name("my-lesson.toml")
"""A lesson to begin a new one with, whose ID stays where the name of a file can be none."""
SUFFIX = ".toml"
ORDER = (
    "first-steps",
    "hidden-units",
    "random-start",
    "one-step",
    "learning-rate",
    "many-starts",
    "class-border",
    "overfitting-noise",
    "depth-activations",
    "what-units-see",
    "fooling",
    "sgd-to-adam",
    "left-out",
    "mean-of-many",
    "down-the-surface",
    "own-data",
)
"""The shipped lessons in the order in which they are best taken."""


def paths_in(folder: Path) -> list[Path]:
    """The files of the lessons in a folder: the shipped ones in their order, others by name.

    Raises:
        ConfigError: the folder can't be listed.
    """
    try:
        paths = [path for path in folder.iterdir() if path.suffix == SUFFIX]
    except OSError as error:
        reason = Sentence("can't be listed: {reason}")(reason=reason_of(error))
        raise ConfigError(printable_path(folder), reason) from None
    rank = {id: number for number, id in enumerate(ORDER)}
    return sorted(paths, key=lambda path: (rank.get(path.stem, len(rank)), path.name))


def lessons_in(folder: Path | None = None) -> tuple[list[Lesson], list[LessonError]]:
    """The lessons in a folder, and why other files in it are none.

    Args:
        folder: the folder; None for the shipped lessons alone. Otherwise these come after its own.

    Raises:
        ConfigError: the folder can't be listed.
    """
    found: dict[str, Lesson] = {}
    problems: list[LessonError] = []
    for path in [*([] if folder is None else paths_in(folder)), *paths_in(SHIPPED)]:
        try:
            lesson = read_lesson(path)
        except LessonError as error:
            problems.append(error)
        else:
            found.setdefault(lesson.id, lesson)
    return list(found.values()), problems


@dataclass(frozen=True, slots=True)
class Heading:
    """What a list says about a lesson."""

    id: str
    minutes: int
    title: Texts


def headings_in(folder: Path | None = None) -> list[Heading]:
    """The headings of the lessons in a folder and of those that are shipped, whose steps are not read.

    Files that are no lessons are left out, and so is a folder that can't be listed.
    """
    found: dict[str, Heading] = {}
    for place in (folder, SHIPPED):
        with contextlib.suppress(ConfigError):
            for path in [] if place is None else paths_in(place):
                with contextlib.suppress(LessonError):
                    heading = _heading(path)
                    found.setdefault(heading.id, heading)
    return list(found.values())


def _heading(path: Path) -> Heading:
    """The heading of a lesson: from the keys above the steps or, if they are not all there, from the lesson.

    Raises:
        LessonError: the file is no lesson.
    """
    with contextlib.suppress(OSError, ValueError):
        match toml_of(read_whole(path, MAX_TOML).partition(b"\n[[")[0]):
            case {"id": str(id), "minutes": int(minutes), "title": {**title}} if ID.fullmatch(id):
                return Heading(id, minutes, {str(name): str(text) for name, text in title.items()})
    lesson = read_lesson(path)
    return Heading(lesson.id, lesson.minutes, lesson.title)


def lesson_named(name: str, folder: Path | None = None, *, files: bool = True) -> Lesson:
    """The lesson that a user names; see `path_of`.

    Raises:
        LessonError: its file is no lesson.
        ConfigError: there is no such lesson.
    """
    return read_lesson(path_of(name, folder, files=files))


def path_of(name: str, folder: Path | None = None, *, files: bool = True) -> Path:
    """The file of the lesson that a user names: by its ID, or by the file.

    Args:
        name: the ID or the file.
        folder: a folder of lessons besides those that are shipped; None for none.
        files: whether any file may be named.

    Raises:
        ConfigError: there is no such lesson.
    """
    path = Path(name)
    if files and (path.suffix == SUFFIX or path.parent.name):
        return path
    for place in (folder, SHIPPED) if ID.fullmatch(name) else ():
        if place is not None and (place / f"{name}{SUFFIX}").is_file():
            return place / f"{name}{SUFFIX}"
    paths = {lesson.id: lesson.path for lesson in lessons_in(folder)[0]}
    if name not in paths:
        why = there_is_no(translatable("lesson"), name, [*paths])
        all_of_them = Sentence("{why}; {lessons} lists them")
        raise ConfigError(translatable("lesson", "setting"), all_of_them(why=why))
    return paths[name]


def new_lesson(path: Path) -> str:
    """The text of a new lesson for this file: it is a lesson already, and passes the check."""
    text = TEMPLATE.read_text(encoding="utf-8").replace(TEMPLATE.name, path.name)
    return text.replace(f'"{TEMPLATE.stem}"', f'"{path.stem}"') if ID.fullmatch(path.stem) else text
