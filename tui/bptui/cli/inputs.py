"""Combining flags, a settings file and a checkpoint into the inputs of a command."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bpengine import (
    DATASETS,
    FIELD,
    FIELDS,
    TASKS,
    ConfigError,
    Dataset,
    Field,
    Task,
    Trainer,
    TrainingConfig,
    make_dataset,
)
from bpengine.data.formulas import task_of
from bpengine.wording import printable_path
from bptui.cli.files import errors_naming
from bptui.cli.flags import given
from bptui.cli.parsing import BadUseError
from bptui.cli.streams import print_error, read_stdin
from bptui.settings.options import ASCII, DATA, DATA_OPTIONS, FPS, STDIN, THEME, as_flag
from bptui.settings.reading import Settings, read_settings
from bptui.startup.start_settings import StartSettings


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """Everything that the user asked for, checked."""

    task: Task
    """The task that the user asked for."""
    configs: Mapping[Task, TrainingConfig]
    data: Mapping[Task, Mapping[str, Any]]
    """For each task the values of `DATA_OPTIONS` by name; empty for a named data set."""
    sources: Mapping[Task, Dataset | None]
    kernel: str
    """auto, numpy or numba; auto unless the command lets the user choose."""
    theme: str | None
    ascii: bool | None
    """Whether to draw with ASCII only; None if the user did not say."""
    fps: int
    restored: Trainer | None
    """The run to resume."""
    keys: Mapping[str, str]
    """The changed keys of commands, for `change_keys`."""

    @property
    def config(self) -> TrainingConfig:
        """The settings of the task that the user asked for."""
        return self.configs[self.task]

    def trainer(self) -> Trainer:
        """A new run, or the run to resume.

        Raises:
            ConfigError: the kernel cannot be used.
            DataError: the data cannot be used.
        """
        if self.restored is not None:
            return self.restored
        return Trainer(self.config, self.sources[self.task], kernel=self.kernel)

    def files(self, options: argparse.Namespace) -> dict[str, Path | None]:
        """The files to read, by the flags that name them."""
        path = self.data[self.task].get(DATA.name)
        return {
            "config": options.config,
            "resume": options.resume,
            "data": None if path in (None, STDIN) else Path(path),
        }

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes about how the user's own data was read; empty for a run to resume."""
        source = self.sources[self.task]
        return () if source is None or self.restored is not None else source.notes

    def print_notes(self, prog: str) -> None:
        """Write the notes to stderr, each with the names of the command and of the data before it."""
        source = self.sources[self.task]
        for note in self.notes:
            print_error(f"{prog}: {source.name if source else ''}: {note}")

    def start(self, *, paused: bool, layout_path: Path | None = None) -> StartSettings:
        """The settings that the screen opens with, and the file of its panel layout."""
        return StartSettings(
            configs=self.configs,
            sources=self.sources,
            data=self.data,
            notes=self.notes,
            restored=self.restored,
            start=self.task,
            ascii=bool(self.ascii),
            fps=self.fps,
            paused=paused,
            layout_path=layout_path,
        )


def read_inputs(options: argparse.Namespace, *, otherwise: Task | None = None, both: bool = False) -> Inputs:
    """Read the files that the flags name, and combine everything; flags override files.

    Args:
        options: the parsed flags of `add_settings`.
        otherwise: the default task; None requires the user to choose one.
        both: whether to prepare both tasks, or only the one that the user asked for.

    Raises:
        BadUseError: a file cannot be used, or flags contradict each other or the files.
        ConfigError: a value in a settings file is not allowed.
    """
    settings = Settings()
    if options.config is not None:
        with errors_naming("argument --config"):
            settings = read_settings(options.config)
    restored = None if options.resume is None else restore(options, settings)
    task = _task(options, settings, otherwise) if restored is None else restored.config.task
    configs: dict[Task, TrainingConfig] = {}
    data: dict[Task, Mapping[str, Any]] = {}
    sources: dict[Task, Dataset | None] = {}
    for each in TASKS if both else (task,):
        if restored is not None and each == task:
            configs[each], data[each], sources[each] = restored.config, {}, restored.source
            continue
        values = settings.of(each, opened=each == task)
        flags = given(options) if each == task else {}
        configs[each] = _config(each, settings, values, flags)
        data[each] = _data(each, settings, values, flags)
        place = f"argument {DATA.flag}" if DATA.name in flags else settings.place(DATA.name, each)
        with errors_naming(place):
            sources[each] = _source(each, data[each])
        if configs[each].function and sources[each] is None:
            place = (
                f"argument {FIELD['function'].flag}"
                if flags.get("function")
                else settings.place("function", each)
            )
            with errors_naming(place):
                make_dataset(configs[each])  # only to see whether the function suits its range
    return Inputs(
        task=task,
        configs=configs,
        data=data,
        sources=sources,
        kernel=options.kernel,
        theme=_of_screen(options, settings, THEME),
        ascii=_of_screen(options, settings, ASCII),
        fps=_of_screen(options, settings, FPS),
        restored=restored,
        keys=settings.keys,
    )


def _of_screen(options: argparse.Namespace, settings: Settings, option: Field) -> Any:
    """The value of a screen option, or its default."""
    flag = getattr(options, option.name, None)
    return settings.top.get(option.name, option.default) if flag is None else flag


def _task(options: argparse.Namespace, settings: Settings, otherwise: Task | None) -> Task:
    by_flag = _task_of_samples(vars(options))
    by_file = _task_of_samples(settings.top)
    task: Task | None = options.task or by_flag or settings.top.get("task") or by_file or otherwise
    if task is None:
        raise BadUseError(f"the following arguments are required: {'|'.join(TASKS)}")
    return task


def _task_of_samples(values: Mapping[str, Any]) -> Task | None:
    """The task of the function or of the named data set, if there is one among the values."""
    if values.get("function"):
        return task_of(values["function"])
    dataset = values.get("dataset")
    return None if dataset is None else DATASETS[dataset].task


def _config(
    task: Task, settings: Settings, values: Mapping[str, Any], flags: Mapping[str, Any]
) -> TrainingConfig:
    from_file = {name: value for name, value in values.items() if name in FIELD}
    from_flags = {name: value for name, value in flags.items() if name in FIELD}
    if "dataset" in from_flags:
        if from_flags.get("function"):
            raise BadUseError(f"argument {FIELD['function'].flag}: not allowed with argument --dataset")
        from_file.pop("function", None)
    try:
        return TrainingConfig.defaults(task, **from_file | from_flags)
    except ConfigError as error:
        field = next(field for field in FIELDS if field.label == error.setting)
        place = f"argument {field.flag}" if from_flags else settings.place(field.name, task)
        raise BadUseError(f"{place}: {error.reason}") from None


def _data(
    task: Task, settings: Settings, values: Mapping[str, Any], flags: Mapping[str, Any]
) -> dict[str, Any]:
    """The values of the task's `DATA_OPTIONS` by name; empty for a named data set."""
    options = [option for option in DATA_OPTIONS if option.name in values or option.name in flags]
    by_flag = [option for option in options if option.name in flags]
    for field in (FIELD["dataset"], FIELD["function"]):
        if flags.get(field.name):
            if by_flag:
                raise BadUseError(f"argument {field.flag}: not allowed with argument {by_flag[0].flag}")
            return {}
    if not options:
        return {}
    chosen = {option.name: flags.get(option.name, values.get(option.name)) for option in options}
    if DATA.name not in chosen:
        if by_flag:
            raise BadUseError(f"argument {by_flag[0].flag}: needs {DATA.flag}")
        raise BadUseError(f"{settings.place(options[0].name, task)}: needs {DATA.name}")
    for field in FIELDS:
        if field.describes_named_data and field.name in flags:
            raise BadUseError(f"argument {field.flag}: not allowed with data from a file")
    return chosen


def _source(task: Task, data: Mapping[str, Any]) -> Dataset | None:
    if not data:
        return None
    from bpengine.data.csv import load_csv, parse_csv

    options = {name: value for name, value in data.items() if name != DATA.name} | {"spell": as_flag}
    if data[DATA.name] != STDIN:
        return load_csv(data[DATA.name], task, **options)
    text, note = read_stdin()
    return parse_csv(text, "standard input", task, **options, notes=(note,) if note else ())


def restore(options: argparse.Namespace, settings: Settings) -> Trainer:
    """The run in the checkpoint that `--resume` names, with changes to its live settings.

    Args:
        options: the parsed flags of `add_settings`.
        settings: the settings file. Its data options are ignored, since the run has its own data.

    Raises:
        BadUseError: the checkpoint cannot be used, or a flag or the settings file changes a setting that
            needs a restart.
    """
    from bpengine.checkpoint import load

    with errors_naming("argument --resume"):
        trainer = load(options.resume, kernel=options.kernel)
    task = trainer.config.task
    if options.task not in (None, task):
        raise BadUseError(
            f"argument --resume: {printable_path(options.resume)}: is a {task} run, not {options.task}"
        )
    flags = given(options)
    for option in DATA_OPTIONS:
        if option.name in flags:
            raise BadUseError(
                f"argument {option.flag}: not allowed with --resume, since the run has its own data"
            )
    for origin, values in ((f"{settings.name}: ", settings.of(task, opened=True)), ("argument ", flags)):
        changes = {field: values[field.name] for field in FIELDS if field.name in values}
        for field, value in changes.items():
            if field.needs_restart and value != getattr(trainer.config, field.name):
                name = field.flag if values is flags else field.name
                own, other = field.format(getattr(trainer.config, field.name)), field.format(value)
                raise BadUseError(f"{origin}{name}: must stay {own} as in the resumed run, got '{other}'")
        trainer.reconfigure(trainer.config.replace(**{field.name: changes[field] for field in changes}))
    return trainer
