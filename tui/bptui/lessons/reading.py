"""Reading a lesson from its TOML file; docs/lessons.md describes the format."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from bpengine import FIELD, ConfigError, DataError, FormulaError
from bpengine.files import FileError, read_toml
from bpengine.numbers import check_whole, is_finite
from bptui.lessons import goals, texts
from bptui.lessons.lesson import (
    Claim,
    Do,
    Explain,
    Lesson,
    LessonExperiment,
    Look,
    Measured,
    Predict,
    Step,
    Texts,
    Values,
    merged,
)
from bptui.settings.options import DATA, DATA_OPTIONS, SETTING, TASK
from bpwords import either, must_be, must_be_one_of, printable_path, shown, there_is_no

_Part = TypeVar("_Part")

FORMAT = 1
"""The number of the format."""
MAX_STEPS, MAX_LANGUAGES, MAX_MINUTES = 60, 20, 240
MAX_CHOICES = 9
"""The most choices of a question: one for each number key."""
MAX_LEARNED = 3
"""The most lines that say what was learned."""
MAX_STARTS, MAX_EPOCHS = 64, 100_000
"""The limits of an experiment."""
MIN_SHARE = 0.2
"""The least share of starts that a claim may be about: a check could not refute a lower one."""
MAX_COMMAND = 200
"""The most characters of a command of a solution, since finding a setting by many words takes long."""
MAX_TEXT = 2000
"""The most characters of a text."""
ID = re.compile(r"(?=.{1,60}\Z)[a-z0-9]+(-[a-z0-9]+)*")
"""The form of the ID of a lesson, which is a part of names of files."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_SETTINGS = {field.flag[2:].replace("-", "_"): name for name, field in FIELD.items()}
"""The names of settings as flags have them, such as hidden, beside those of a settings file."""
_ALLOWED = (*FIELD, TASK.name, *(option.name for option in DATA_OPTIONS))


class LessonError(ConfigError):
    """A lesson can't be used; the message names the file, the key and the reason.

    Attributes:
        problems: a line for each key that is wrong, without the name of the file.
    """

    def __init__(self, name: str, problems: list[str]) -> None:
        more = f" (bptui lessons check lists {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(name, problems[0] + more)
        self.problems = tuple(problems)


def read_lesson(path: Path) -> Lesson:
    """Read and check a lesson, without training anything.

    Raises:
        LessonError: the file can't be read, or is no lesson.
    """
    name = printable_path(path)
    try:
        content = read_toml(path)
    except FileError as error:
        raise LessonError(name, [str(error)]) from None
    reader = _Reader(path)
    lesson = reader.lesson(_Table(content, ""))
    if lesson is None or reader.problems:
        raise LessonError(name, list(dict.fromkeys(reader.problems)))
    return lesson


class _Table:
    """A table of the file.

    Args:
        values: its content.
        where: its place in the file.
    """

    def __init__(self, values: object, where: str) -> None:
        if not isinstance(values, dict):
            raise ConfigError(where, must_be("a table", values))
        self.values: Mapping[str, Any] = values
        self.where = where
        self._taken: list[str] = []

    def key(self, name: object) -> str:
        """The place of a key."""
        return f"{self.where}.{name}" if self.where else str(name)

    def has(self, name: str) -> bool:
        """Whether the key is there."""
        return name in self.values

    def raw(self, name: str, default: Any = None) -> Any:
        """The value of a key, unchecked; the default, if there is one, for a missing key."""
        self._taken.append(name)
        if name not in self.values and default is None:
            raise ConfigError(self.key(name), "is missing")
        return self.values.get(name, default)

    def text(self, name: str, allowed: str, pattern: re.Pattern[str] | None = None) -> str:
        """A text on one line."""
        value = self.raw(name)
        if not isinstance(value, str) or not (pattern.fullmatch(value) if pattern else value.strip()):
            raise ConfigError(self.key(name), must_be(allowed, value))
        return value

    def whole(self, name: str, low: int, high: int) -> int:
        """A whole number."""
        return check_whole(self.key(name), self.raw(name), low, high)

    def real(
        self, name: str, default: float | None = None, low: float = -math.inf, high: float = math.inf
    ) -> float:
        """A finite number."""
        value = self.raw(name, default)
        if not is_finite(value) or not low <= value <= high:
            limits = (
                f" {word} {limit:g}" for word, limit in (("from", low), ("to", high)) if math.isfinite(limit)
            )
            raise ConfigError(self.key(name), must_be(f"a number{''.join(limits)}", value))
        return float(value)

    def listed(self, name: str, default: list[Any] | None = None) -> list[Any]:
        """A list."""
        value = self.raw(name, default)
        if not isinstance(value, list):
            raise ConfigError(self.key(name), must_be("a list", value))
        return value

    def table(self, name: str, default: dict[str, Any] | None = None) -> _Table:
        """A table."""
        return _Table(self.raw(name, default), self.key(name))

    def check_all_taken(self) -> None:
        """Refuse a key that is not in the format."""
        for name in self.values:
            if name not in self._taken:
                raise ConfigError(self.key(name), there_is_no("key", name, self._taken))


class _Reader:
    """Reads the parts of a lesson, and collects what is wrong with each of them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.problems: list[str] = []
        self._languages: tuple[str, ...] = ()
        self._start: Values = {}
        self._measured: dict[str, Measured] = {}

    @contextmanager
    def _collecting(self) -> Iterator[None]:
        try:
            yield
        except ConfigError as error:
            self.problems.append(str(error))

    def lesson(self, top: _Table) -> Lesson | None:
        """The lesson; None if one of its parts is wrong."""
        title: Texts = {}
        id, minutes = "", 0
        with self._collecting():
            if top.raw("format") != FORMAT:
                raise ConfigError(
                    "format", f"this version reads format {FORMAT}, got {shown(top.raw('format'))}"
                )
        with self._collecting():
            id = top.text("id", "at most 60 characters in lower case, with hyphens between words", ID)
        with self._collecting():
            minutes = top.whole("minutes", 1, MAX_MINUTES)
        with self._collecting():
            languages = top.table("title").values
            if not languages or not all(map(_LANGUAGE.fullmatch, languages)):
                raise ConfigError("title", "must have a text for each language, such as title.en")
            if len(languages) > MAX_LANGUAGES:
                raise ConfigError("title", f"has at most {MAX_LANGUAGES} languages, got {len(languages)}")
            self._languages = tuple(languages)
            title = self._texts(top, "title", numbers=False)
        if not self._languages:
            return None
        with self._collecting():
            self._start = self._settings(top, "start")
        learned: dict[str, tuple[str, ...]] = {}
        with self._collecting():
            if top.has("learned"):
                learned = self._lines(top, "learned", 1, MAX_LEARNED)
        shown_points = 1.0
        with self._collecting():
            shown_points = top.real("shown_points", 1.0, 0, 1)
        measured = self._each(top, "measured", self._measure)
        self._measured = {number.id: number for number in measured}
        if len(self._measured) < len(measured):
            self.problems.append("measured: two numbers have the same id")
        steps = self._each(top, "steps", self._step)
        claims = self._each(top, "claims", self._claim)
        with self._collecting():
            top.check_all_taken()
            if not top.raw("steps", []):
                raise ConfigError("steps", f"a lesson has from 1 to {MAX_STEPS} steps")
        spoken = self._languages, learned
        return Lesson(
            id, minutes, title, self._start, steps, measured, claims, *spoken, self._path, shown_points
        )

    def _each(self, top: _Table, name: str, read: Callable[[_Table], _Part]) -> tuple[_Part, ...]:
        found: list[_Part] = []
        with self._collecting():
            given = top.listed(name, [])
            if len(given) > MAX_STEPS:
                raise ConfigError(name, f"a lesson has at most {MAX_STEPS} of them, got {len(given)}")
            for number, values in enumerate(given, 1):
                with self._collecting():
                    table = _Table(values, f"{name}[{number}]")
                    found.append(read(table))
                    table.check_all_taken()
        return tuple(found)

    def _texts(self, table: _Table, name: str, *, numbers: bool = True, all: bool = True) -> Texts:
        """A text in each language."""
        texts = table.table(name)
        self._check_languages(texts, all=all)
        return {language: self._text(texts, language, numbers) for language in texts.values}

    def _text(self, table: _Table, name: str, numbers: bool) -> str:
        value = table.raw(name)
        text = " ".join(value.split()) if isinstance(value, str) else ""
        if not text or len(text) > MAX_TEXT or not text.isprintable():
            allowed = f"a text of 1 to {MAX_TEXT} printable characters"
            raise ConfigError(table.key(name), must_be(allowed, value))
        if numbers and (problem := texts.problem(text, self._measured)):
            raise ConfigError(table.key(name), problem)
        return text

    def _check_languages(self, table: _Table, *, all: bool = True) -> None:
        for language in self._languages if all else ():
            if not table.has(language):
                raise ConfigError(table.key(language), "is missing")
        for language in table.values:
            if language not in self._languages:
                own = ", ".join(self._languages)
                raise ConfigError(
                    table.key(language), f"the title has no text in this language, only in {own}"
                )

    def _settings(self, parent: _Table, key: str) -> Values:
        """Settings that go together with those of the start, which they replace."""
        table, settings = parent.table(key, {}), {}
        for given, value in table.values.items():
            name = _SETTINGS.get(given, given)
            if name not in _ALLOWED or (name == TASK.name and key != "start"):
                known = [name for name in (*_ALLOWED, *_SETTINGS) if name != given]
                raise ConfigError(table.where, there_is_no("setting", given, known))
            try:
                settings[name] = SETTING[name].read(value)
            except ConfigError as error:
                raise ConfigError(table.key(given), error.reason) from None
        if DATA.name in settings and (
            Path(settings[DATA.name]).is_absolute() or ".." in Path(settings[DATA.name]).parts
        ):
            raise ConfigError(table.key(DATA.name), must_be("a file beside the lesson", settings[DATA.name]))
        try:
            merged(self._start, settings, self._path.parent)
        except (ConfigError, DataError) as error:
            raise ConfigError(table.where, str(error)) from None
        return settings

    def _step(self, table: _Table) -> Step:
        kind = table.text("kind", either([*_STEPS]))
        if kind not in _STEPS:
            raise ConfigError(table.key("kind"), must_be_one_of([*_STEPS], kind))
        text = self._texts(table, "text")
        return _STEPS[kind](self, table, {"text": text, "settings": self._settings(table, "set")})

    def _look(self, table: _Table, common: dict[str, Any]) -> Step:
        return Look(panel=table.text("panel", "the name of a panel"), **common)

    def _predict(self, table: _Table, common: dict[str, Any]) -> Step:
        after = self._texts(table, "after") if table.has("after") else {}
        if not table.has("choices"):
            within = table.real("within", 0.05, 0)
            return Predict(answer=table.real("answer"), within=within, after=after, **common)
        choices = self._lines(table, "choices", 2, MAX_CHOICES)
        counts = set(map(len, choices.values()))
        if len(counts) > 1:
            raise ConfigError(table.key("choices"), "must be as many in each language")
        return Predict(answer=table.whole("answer", 1, *counts), choices=choices, after=after, **common)

    def _lines(self, parent: _Table, name: str, low: int, high: int) -> dict[str, tuple[str, ...]]:
        """Some texts in each language."""
        table, by_language = parent.table(name), {}
        self._check_languages(table)
        for language in self._languages:
            given = table.listed(language)
            if not low <= len(given) <= high:
                raise ConfigError(table.key(language), f"must be {low} to {high} texts, got {len(given)}")
            lines = _Table(dict(enumerate(given, 1)), table.key(language))
            by_language[language] = tuple(self._text(lines, number, numbers=True) for number in lines.values)
        return by_language

    def _do(self, table: _Table, common: dict[str, Any]) -> Step:
        goal = self._formula(table, "goal", goals.goal)
        hint = self._texts(table, "hint")
        solution = table.listed("solution")
        if not 1 <= len(solution) <= MAX_STEPS or not all(
            isinstance(command, str) and 0 < len(command.strip()) <= MAX_COMMAND and command.isprintable()
            for command in solution
        ):
            raise ConfigError(
                table.key("solution"),
                must_be(f"a list of commands of at most {MAX_COMMAND} characters", solution),
            )
        any_data = table.raw("any_data", False)
        if not isinstance(any_data, bool):
            raise ConfigError(table.key("any_data"), must_be("true or false", any_data))
        commands = tuple(map(str.strip, solution))
        return Do(goal=goal, solution=commands, hint=hint, any_data=any_data, **common)

    def _explain(self, _table: _Table, common: dict[str, Any]) -> Step:
        return Explain(**common)

    def _formula(self, table: _Table, name: str, parse: Callable[[str], object]) -> str:
        text = table.text(name, "a formula")
        try:
            parse(text)
        except FormulaError as error:
            raise ConfigError(table.key(name), str(error)) from None
        return text

    def _experiment(self, table: _Table, starts: int = 0) -> LessonExperiment:
        settings = self._settings(table, "settings")
        starts = starts or table.whole("starts", 1, MAX_STARTS)
        return LessonExperiment(settings, starts, table.whole("epochs", 1, MAX_EPOCHS))

    def _measure(self, table: _Table) -> Measured:
        return Measured(
            table.text("id", "lower case, with _ between words", _NAME),
            self._experiment(table),
            self._formula(table, "value", goals.measurement),
            table.real("is"),
            table.real("within", 0.2, 0),
        )

    def _claim(self, table: _Table) -> Claim:
        text = self._texts(table, "text", numbers=False, all=False)
        experiment, compared = self._experiment(table), None
        if table.has("compared"):
            other = table.table("compared")
            compared = self._experiment(other, experiment.starts)
            other.check_all_taken()
        holds = self._formula(table, "holds", goals.comparison if compared else goals.goal)
        return Claim(text, experiment, holds, table.real("share", 1.0, MIN_SHARE, 1.0), compared)


_STEPS = {"look": _Reader._look, "predict": _Reader._predict, "do": _Reader._do, "explain": _Reader._explain}
