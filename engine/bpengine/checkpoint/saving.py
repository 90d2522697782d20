"""Writing a trainer to a file and reading it back.

The file is one JSON object with the keys format, version, sha256 and run. The checksum is that of the
canonical JSON of version and run, so that it still fits if another program only changes the layout. A setting
that the file does not have takes its default, so that files from before the setting was added can be read
forever.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

from bpengine.checkpoint.run_states import decode_run_state, encode_run_state
from bpengine.checkpoint.source import decode_source, encode_source
from bpengine.checkpoint.values import DamagedError, damaged, members
from bpengine.config import TrainingConfig
from bpengine.datasets import Dataset
from bpengine.errors import CheckpointError, ConfigError, DataError
from bpengine.field_table import FIELD, FIELDS
from bpengine.files import FileError, read_whole, reason_of, write_whole
from bpengine.kernels.choice import KERNELS
from bpengine.network import parameter_count
from bpengine.run_state import RunState
from bpengine.tasks import TASKS
from bpengine.trainer import Trainer
from bpengine.training_data import make_dataset
from bpengine.wording import printable_path, shown

FORMAT = "bpengine checkpoint"
VERSION = 1
MAX_BYTES = 1_000_000_000
"""The size of the largest file that is read."""

_RUN = ("kernel", "config", "data", "moment")
_MAX_NUMBER_LENGTH = 40
"""The most characters of a number; the engine writes at most 25."""


def save(trainer: Trainer, path: str | os.PathLike[str]) -> None:
    """Write the run to a file, whatever its state. The history of states for `rewind` is not saved.

    Raises:
        CheckpointError: the file cannot be written, or `load` would refuse the user's own samples.
    """
    name = printable_path(path)
    try:
        text = _written(trainer)
        if len(text) > MAX_BYTES:
            raise CheckpointError(f"{name}: the run takes more than {MAX_BYTES // 1_000_000} MB")
        write_whole(path, text)
    except CheckpointError:
        raise
    except DamagedError as error:
        raise CheckpointError(f"{name}: can't be written: {error}") from None
    except OSError as error:
        raise CheckpointError(f"{name}: can't be written: {reason_of(error)}") from None
    except ValueError:  # a NUL or a lone surrogate in the path
        raise CheckpointError(f"{name}: is not a possible file name") from None


def load(path: str | os.PathLike[str], *, kernel: str | None = None) -> Trainer:
    """The run from a file.

    Args:
        path: a file that `save` wrote.
        kernel: the kernel to continue with. By default the one that the run had or, if it cannot be used,
            NumPy's.

    Raises:
        CheckpointError: the file cannot be read, is not a checkpoint, or has been damaged or changed.
        ConfigError: the kernel cannot be used.
    """
    saved_kernel, config, source, state = _loaded(path)
    try:
        trainer = Trainer(config, source, kernel=kernel or saved_kernel)
    except ConfigError:
        if kernel is not None:
            raise
        trainer = Trainer(config, source, kernel="numpy")
    trainer.restore(state)
    return trainer


def load_with_numpy(path: str | os.PathLike[str]) -> tuple[Trainer, str]:
    """The run with NumPy's kernel, which is ready at once, and the name of the kernel that the run had.

    Raises:
        CheckpointError: as for `load`.
    """
    saved_kernel, config, source, state = _loaded(path)
    trainer = Trainer(config, source)
    trainer.restore(state)
    return trainer, saved_kernel


def _loaded(path: str | os.PathLike[str]) -> tuple[str, TrainingConfig, Dataset | None, RunState]:
    name = printable_path(path)
    try:
        return _read(read_whole(path, MAX_BYTES))
    except FileError as error:
        raise CheckpointError(f"{name}: {error}") from None
    except DamagedError as error:
        raise CheckpointError(f"{name}: is damaged: {error}") from None
    except _ForeignError as error:
        raise CheckpointError(f"{name}: {error}") from None
    except RecursionError:
        raise CheckpointError(f"{name}: is damaged: the file is nested too deeply") from None


class _ForeignError(ValueError):
    """The file is not a checkpoint, or not one that this version can read."""


def _written(trainer: Trainer) -> str:
    config = trainer.config
    run = {
        "kernel": trainer.kernel.name,
        "config": {"task": config.task, **{field.name: getattr(config, field.name) for field in FIELDS}},
        "data": encode_source(trainer.source),
        "moment": encode_run_state(trainer.run_state()),
    }
    run = json.loads(json.dumps(run))  # tuples become lists
    content = {"format": FORMAT, "version": VERSION, "sha256": _checksum(VERSION, run), "run": run}
    return json.dumps(content, indent=1, allow_nan=False) + "\n"


def _checksum(version: int, run: Any) -> str:
    canonical = json.dumps({"version": version, "run": run}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _read(content: bytes) -> tuple[str, TrainingConfig, Dataset | None, RunState]:
    run = _checked(_parsed(content))
    kernel, settings, data, state_value = members(run, _RUN, "run")
    if kernel not in KERNELS or kernel == "auto":
        raise damaged("kernel", "is not a known kernel")
    try:
        config = _config(settings)
        source = decode_source(data)
        dataset = make_dataset(config, source)
    except (ConfigError, DataError) as error:
        raise DamagedError(str(error)) from None
    samples = len(dataset)
    sizes = (dataset.inputs.shape[1], *config.hidden_units, dataset.targets.shape[1])
    state = decode_run_state(
        state_value,
        config,
        parameters=parameter_count(sizes),
        samples=samples,
        batch_size=min(config.batch_size or samples, samples),
        tests=dataset.test is not None,
    )
    return kernel, config, source, state


def _parsed(data: bytes) -> Any:
    """The JSON value, if it has no duplicate keys, no overlong numbers and no non-finite numbers."""
    if not data:
        raise _ForeignError("is empty")
    if FORMAT.encode() not in data[:200]:
        raise _ForeignError("is not a checkpoint")
    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_refused_constant,
            parse_int=_short(int),
            parse_float=_short(float),
        )
    except json.JSONDecodeError as error:
        cut = error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated")
        reason = "is cut off" if cut else f"is not valid JSON at line {error.lineno}"
        raise damaged("the file", reason) from None
    except UnicodeDecodeError:
        raise damaged("the file", "is not UTF-8") from None


def _checked(value: Any) -> Any:
    """The part that describes the run, if format, version and checksum are right."""
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise _ForeignError("is not a checkpoint")
    version = value.get("version")
    if type(version) is int and version != VERSION:
        age = "newer" if version > VERSION else "older"
        raise _ForeignError(f"has the {age} format {str(version)[:20]}; this version reads format {VERSION}")
    _, version, checksum, run = members(value, ("format", "version", "sha256", "run"), "the file")
    if version != VERSION or isinstance(version, bool):
        raise damaged("version", "is not a whole number")
    if checksum != _checksum(VERSION, run):
        raise damaged("the checksum", "does not fit: the content has changed")
    return run


def _config(value: Any) -> TrainingConfig:
    """The settings; those that are missing take the defaults of the task."""
    if not isinstance(value, dict) or value.get("task") not in TASKS:
        raise damaged("config", "has no known task")
    for name in value:
        if name not in FIELD and name != "task":
            raise _ForeignError(f"has an unknown setting: {shown(name)}")
    return TrainingConfig.defaults(**value)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise damaged("the file", "has a duplicate key")
    return made


def _refused_constant(name: str) -> Any:
    raise damaged("the file", f"has {name}, which is not a finite number")


def _short(kind: type[int] | type[float]) -> Any:
    def parse(digits: str) -> int | float:
        if len(digits) > _MAX_NUMBER_LENGTH:
            raise damaged("the file", f"has a number of more than {_MAX_NUMBER_LENGTH} characters")
        return kind(digits)

    return parse
