"""Combining flags, a settings file and a checkpoint into the inputs of a command."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from functools import partial
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
from bpengine.data.features import FeatureError
from bpengine.data.formulas import task_of
from bptui.cli.file_checks import check_files, errors_naming
from bptui.cli.flags import given
from bptui.cli.parsing import BadUseError, needs, not_with
from bptui.cli.which_run import NAMED, open_named, run_named
from bptui.process.preparation import end_gc_pause
from bptui.process.streams import print_error, read_stdin
from bptui.settings.options import ASCII, DATA, DATA_OPTIONS, FEATURES, FPS, LANGUAGE, STDIN, THEME
from bptui.settings.reading import SettingsFile, read_settings
from bptui.settings.start_settings import LessonStart, StartSettings
from bpwords import Sentence, printable_path, word

FUNCTION, TEST_SHARE = FIELD["function"], FIELD["test_share"]


def begin(inputs: StartSettings, prog: str) -> None:
    """Begin the work of a command, when everything is checked.

    Args:
        inputs: its inputs.
        prog: the name of the command. Notes about the user's own data follow it on stderr.
    """
    for note in inputs.notes:
        print_error(f"{prog}: {inputs.source.name if inputs.source else ''}: {note}")
    end_gc_pause()


def checked_inputs(
    options: argparse.Namespace, written: Mapping[str, Path | None], *, both: bool = False
) -> StartSettings:
    """Read the inputs of a command that writes files, and check that these are distinct and can be written.

    Args:
        options: the parsed flags of `add_settings`.
        written: see `check_files`.
        both: whether to prepare both tasks, or only the one that the user asked for.

    Raises:
        BadUseError: a file cannot be used, or flags contradict each other or the files.
        ConfigError: a value in a settings file is not allowed.
    """
    inputs = read_inputs(options, both=both)
    data = inputs.data[inputs.start].get(DATA.name, STDIN)
    samples = data if data != STDIN else None
    check_files({"--config": options.config, "--resume": options.resume, "--data": samples}, written)
    return inputs


def read_inputs(
    options: argparse.Namespace, *, otherwise: Task | None = None, both: bool = False
) -> StartSettings:
    """Read the files that the flags name, and combine everything; flags override files.

    Args:
        options: the parsed flags of `add_settings`.
        otherwise: the default task; None requires the user to choose one, or data that has one.
        both: whether to prepare both tasks, or only the one that the user asked for.

    Raises:
        BadUseError: a file cannot be used, or flags contradict each other or the files.
        ConfigError: a value in a settings file is not allowed.
    """
    open_named(options)
    try:
        return _read(options, otherwise, both=both)
    except BadUseError as error:
        from bpengine.data.csv.messages import TEXTS_ARE_CLASSES

        if options.task is not None or word(TEXTS_ARE_CLASSES) not in str(error):
            raise
    options.task = "classification"
    return _read(options, otherwise, both=both)


def _read(options: argparse.Namespace, otherwise: Task | None, *, both: bool) -> StartSettings:
    """See `read_inputs`; texts in the target of a regression are refused."""
    settings = SettingsFile()
    if options.config is not None:
        with errors_naming("argument --config"):
            settings = read_settings(options.config)
    restored = None if options.resume is None else _restored(options, settings)
    start = _task(options, settings, otherwise) if restored is None else restored.config.task
    configs: dict[Task, TrainingConfig] = {}
    data: dict[Task, Mapping[str, Any]] = {}
    holds_out = False
    sources: dict[Task, Dataset | None] = {}
    for task in TASKS if both else (start,):
        if restored is not None and task == start:
            configs[task], data[task], sources[task] = restored.config, {}, restored.source
            continue
        wanted = _Wanted(task, settings, given(options) if task == start else {}, task == start)
        configs[task], data[task] = wanted.config(), wanted.data()
        with errors_naming(wanted.place(DATA)):
            features = configs[task].features or None
            source = sources[task] = _source(task, data[task], features=features, spell=options.spell)
        if source is not None:
            configs[task] = wanted.config(source).replace(features=source.asked_features)
            holds_out |= wanted.holds_out(configs[task])
        _check_formulas(wanted, configs[task], source)
    source, says_ascii = sources[start], _of_screen(options, settings, ASCII)
    notes = () if source is None or restored is not None else source.notes
    if source is not None and holds_out:
        from bpengine.data.csv.notes import about_held_out

        notes = (about_held_out(configs[start].test_share, len(source)), *notes)
    is_asked = bool(options.data) and options.task is None and "task" not in settings.top
    chooses_data = options.data or (options.dataset and DATASETS[options.dataset].recipe)
    other = _note_on_classes(options, source) if source is not None and is_asked else ""
    return StartSettings(
        start=start,
        configs=configs,
        data=data,
        sources=sources,
        notes=(*notes, other) if other else notes,
        note_on_classes=other,
        as_classes=partial(_as_classes, options) if other else None,
        kernel=options.kernel,
        theme=_of_screen(options, settings, THEME),
        ascii=bool(says_ascii),
        says_ascii=says_ascii,
        fps=_of_screen(options, settings, FPS),
        restored=restored,
        lessons=LessonStart(language=_of_screen(options, settings, LANGUAGE)),
        suited=restored is None and bool(chooses_data),
        keys=settings.keys,
    )


def _note_on_classes(options: argparse.Namespace, source: Dataset) -> str:
    """A note that few whole numbers may be classes; empty for other targets."""
    if not source.whole_numbers:
        return ""
    note = Sentence("{name} has {n} different whole numbers, predicted as a number: for classes, {command}")
    command = f"{options.prog} classification {DATA.flag} {options.data}"
    return note(name=source.target, n=source.whole_numbers, command=command)


def _as_classes(options: argparse.Namespace) -> StartSettings | str:
    """The same inputs for the task of classification, or why that is not possible."""
    try:
        return _read(argparse.Namespace(**vars(options) | {"task": "classification"}), None, both=False)
    except BadUseError as error:
        return str(error)


def _check_formulas(wanted: _Wanted, config: TrainingConfig, source: Dataset | None) -> None:
    """Check that the function suits its range, and the features the samples.

    Raises:
        BadUseError: they do not.
    """
    if not config.features and (source is not None or not config.function):
        return
    with errors_naming(wanted.place(FUNCTION)), errors_naming(wanted.place(FEATURES), FeatureError):
        make_dataset(config, source)


def _of_screen(options: argparse.Namespace, settings: SettingsFile, option: Field) -> Any:
    """The value of a screen option, or its default."""
    flag = getattr(options, option.name, None)
    return settings.top.get(option.name, option.default) if flag is None else flag


def _task(options: argparse.Namespace, settings: SettingsFile, otherwise: Task | None) -> Task:
    by_flag = _task_of_samples(vars(options))
    by_file = _task_of_samples(settings.top)
    if options.data not in (None, STDIN):
        otherwise = otherwise or TASKS[0]  # texts would be classes
    task: Task | None = options.task or by_flag or settings.top.get("task") or by_file or otherwise
    if task is None:
        raise BadUseError(f"the following arguments are required: {NAMED}")
    return task


def _task_of_samples(values: Mapping[str, Any]) -> Task | None:
    """The task of the function or of the named data set, if there is one among the values."""
    if values.get("function"):
        return task_of(values["function"])
    dataset = values.get("dataset")
    return None if dataset is None else DATASETS[dataset].task


class _Wanted:
    """What the user wants of a task: the values of flags, and for all others those of the settings file.

    Args:
        task: the task.
        settings: the settings file.
        flags: the values of flags by name, if they are for this task.
        opened: whether this is the task that the user asked for.
    """

    def __init__(self, task: Task, settings: SettingsFile, flags: Mapping[str, Any], opened: bool) -> None:
        self._task, self._settings, self._flags = task, settings, flags
        self._from_file = settings.of(task, opened=opened)
        self._from_flags = [option for option in DATA_OPTIONS if option.name in flags]
        self._named = next((field for field in (FIELD["dataset"], FUNCTION) if flags.get(field.name)), None)

    def place(self, setting: Field) -> str:
        """Where the value of a setting comes from, for messages."""
        if setting.name in self._flags:
            return f"argument {setting.flag}"
        return self._settings.place(setting.name, self._task)

    def config(self, source: Dataset | None = None) -> TrainingConfig:
        """The hyperparameters, and under them what suits the data set or the samples that a flag chooses.

        Args:
            source: the user's own samples, once they are read.
        """
        from_file = {name: value for name, value in self._from_file.items() if name in FIELD}
        from_flags = {name: value for name, value in self._flags.items() if name in FIELD}
        if DATA.name in self._from_file and (DATA.name in self._flags or self._named):
            from_file.pop(FEATURES.name, None)  # those of the other file
        if "dataset" in from_flags:
            if from_flags.get("function"):
                raise BadUseError(f"argument {FUNCTION.flag}: {not_with('--dataset')}")
            from_file.pop("function", None)
        chosen = from_flags.get("dataset") or (source if DATA.name in self._flags else None)
        if chosen:
            given = from_file | from_flags
            share, noise = given.get(TEST_SHARE.name), given.get("noise", 0.0)
            from_file = TrainingConfig.recipe(chosen, share, noise=noise) | from_file
        try:
            return TrainingConfig.defaults(self._task, **from_file | from_flags)
        except ConfigError as error:
            field = next(field for field in FIELDS if field.label == error.setting)
            place = f"argument {field.flag}" if from_flags else self.place(field)
            raise BadUseError(f"{place}: {error.reason}") from None

    def holds_out(self, config: TrainingConfig) -> bool:
        """Whether rows are held out although the user did not ask for that."""
        return config.test_share > 0 and TEST_SHARE.name not in {**self._from_file, **self._flags}

    def data(self) -> dict[str, Any]:
        """The values of the `DATA_OPTIONS` by name; empty for a named data set."""
        if self._named is not None:  # whatever data the settings file names
            if self._from_flags:
                problem = not_with(self._from_flags[0].flag)
                raise BadUseError(f"argument {self._named.flag}: {problem}")
            return {}
        values = {**self._from_file, **self._flags}
        options = [option for option in DATA_OPTIONS if option.name in values]
        if options and DATA not in options:
            lacking = (self._from_flags or options)[0]
            needed = DATA.flag if self._from_flags else DATA.name
            raise BadUseError(f"{self.place(lacking)}: {needs(needed)}")
        for field in FIELDS:
            if options and field.describes_named_data and field.name in self._flags:
                raise BadUseError(f"argument {field.flag}: {not_with(word('data from a file'))}")
        return {option.name: values[option.name] for option in options}


def _source(task: Task, data: Mapping[str, Any], **options: Any) -> Dataset | None:
    if not data:
        return None
    from bpengine.data.csv import load_csv, parse_csv

    options |= {name: value for name, value in data.items() if name != DATA.name}
    if data[DATA.name] != STDIN:
        return load_csv(data[DATA.name], task, **options)
    text, note = read_stdin()
    return parse_csv(text, "standard input", task, **options, notes=(note,) if note else ())


def _restored(options: argparse.Namespace, settings: SettingsFile) -> Trainer:
    """The run that `--resume` names, with changes to its live settings.

    Args:
        options: the parsed flags of `add_settings`.
        settings: the settings file. Its data options are ignored, since the run has its own data.

    Raises:
        BadUseError: the run cannot be used, or a flag or the settings file changes a setting that needs a
            restart.
    """
    run = run_named(str(options.resume), "--resume", options.state)
    trainer = Trainer.continuing(run, kernel=options.kernel)
    task = trainer.config.task
    if options.task not in (None, task):
        said = Sentence("{name}: is a {task} run, not {other}")
        problem = said(name=printable_path(options.resume), task=word(task), other=options.task)
        raise BadUseError(f"argument --resume: {problem}")
    flags = given(options)
    for option in DATA_OPTIONS:
        if option.name in flags:
            problem = not_with(word("--resume, since the run has its own data"))
            raise BadUseError(f"argument {option.flag}: {problem}")
    for origin, values in ((f"{settings.name}: ", settings.of(task, opened=True)), ("argument ", flags)):
        changes = {field: values[field.name] for field in FIELDS if field.name in values}
        for field, value in changes.items():
            if field.needs_restart and value != getattr(trainer.config, field.name):
                name = field.flag if values is flags else field.name
                own, other = field.format(getattr(trainer.config, field.name)), field.format(value)
                must_stay = Sentence("must stay {own} as in the resumed run, got '{other}'")
                raise BadUseError(f"{origin}{name}: {must_stay(own=own, other=other)}")
        trainer.reconfigure(trainer.config.replace(**{field.name: changes[field] for field in changes}))
    return trainer
