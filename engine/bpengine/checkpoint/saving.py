"""From a trainer to a file and back.

The file is one JSON object: format, version, sha256 and run. The checksum is that of the canonical JSON of
version and run, so that a file which was only laid out anew is still whole.
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
from bpengine.datasets import Dataset, make_dataset
from bpengine.errors import CheckpointError, ConfigError, DataError
from bpengine.field_table import FIELDS
from bpengine.files import FileError, read_whole, reason_of, write_whole
from bpengine.kernels.choice import KERNELS
from bpengine.network import parameter_count
from bpengine.run_state import RunState
from bpengine.trainer import Trainer
from bpengine.wording import printable_path

FORMAT = "bpengine checkpoint"
VERSION = 1
MAX_BYTES = 1_000_000_000
"""The largest file that is read."""

_RUN = ("kernel", "config", "data", "moment")
_MAX_NUMBER_LENGTH = 40
"""Digits and signs; a number of the engine's has no more than 25."""


def save(trainer: Trainer, path: str | os.PathLike[str]) -> None:
    """Keep the run in a file, in whatever state it is. What `rewind` could go back to is not kept.

    Raises:
        CheckpointError: the file can't be written, or the user's own samples are such as `load` refuses.
    """
    shown = printable_path(path)
    try:
        text = _written(trainer)
        if len(text) > MAX_BYTES:
            raise CheckpointError(f"{shown}: the run is too large: it takes {MAX_BYTES // 1_000_000} MB")
        write_whole(path, text)
    except CheckpointError:
        raise
    except DamagedError as error:
        raise CheckpointError(f"{shown}: can't be written: {error}") from None
    except OSError as error:
        raise CheckpointError(f"{shown}: can't be written: {reason_of(error)}") from None
    except ValueError:  # a NUL or half a character in the path
        raise CheckpointError(f"{shown}: is not a possible file name") from None


def load(path: str | os.PathLike[str], *, kernel: str | None = None) -> Trainer:
    """The run that a file keeps.

    Args:
        path: a file that `save` wrote.
        kernel: which one goes on. By default that which the run had or, where it can't be had, NumPy's.

    Raises:
        CheckpointError: the file can't be read, is none of `save`'s, or has been damaged or changed.
        ConfigError: the kernel can't be had.
    """
    saved_kernel, config, source, moment = _loaded(path)
    try:
        trainer = Trainer(config, source, kernel=kernel or saved_kernel)
    except ConfigError:
        if kernel is not None:
            raise
        trainer = Trainer(config, source, kernel="numpy")
    trainer.restore(moment)
    return trainer


def load_to_look_at(path: str | os.PathLike[str]) -> tuple[Trainer, str]:
    """The run with NumPy's kernel, which is there at once, and the name of the kernel that it had.

    Raises:
        CheckpointError: as `load`.
    """
    saved_kernel, config, source, moment = _loaded(path)
    trainer = Trainer(config, source)
    trainer.restore(moment)
    return trainer, saved_kernel


def _loaded(path: str | os.PathLike[str]) -> tuple[str, TrainingConfig, Dataset | None, RunState]:
    shown = printable_path(path)
    try:
        return _read(read_whole(path, MAX_BYTES))
    except FileError as error:
        raise CheckpointError(f"{shown}: {error}") from None
    except DamagedError as error:
        raise CheckpointError(f"{shown}: is damaged: {error}") from None
    except _ForeignError as error:
        raise CheckpointError(f"{shown}: {error}") from None
    except RecursionError:
        raise CheckpointError(f"{shown}: is damaged: the file is nested too deep") from None


class _ForeignError(ValueError):
    """The file is not of a kind that is read here."""


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


def _read(data: bytes) -> tuple[str, TrainingConfig, Dataset | None, RunState]:
    run = _checked(_parsed(data))
    kernel, settings, data_value, moment_value = members(run, _RUN, "run")
    if kernel not in KERNELS or kernel == "auto":
        raise damaged("kernel", "is none that is known")
    try:
        config = _config(settings)
        source = decode_source(data_value)
        dataset = make_dataset(config, source)
    except (ConfigError, DataError) as error:
        raise DamagedError(str(error)) from None
    samples = len(dataset)
    sizes = (dataset.inputs.shape[1], *config.hidden_units, dataset.targets.shape[1])
    moment = decode_run_state(
        moment_value,
        config,
        parameters=parameter_count(sizes),
        samples=samples,
        batch_size=min(config.batch_size or samples, samples),
        tests=dataset.test is not None,
    )
    return kernel, config, source, moment


def _parsed(data: bytes) -> Any:
    """The JSON value, if it is one without tricks: no name twice, no endless number, no endless nesting."""
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
        reason = "ends too early" if cut else f"is not JSON in line {error.lineno}"
        raise damaged("the file", reason) from None
    except UnicodeDecodeError:
        raise damaged("the file", "is not UTF-8") from None


def _checked(value: Any) -> Any:
    """The part that tells of the run, if format, version and checksum are right."""
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise _ForeignError("is not a checkpoint")
    version = value.get("version")
    if type(version) is int and version != VERSION:
        age = "a newer version: this one" if version > VERSION else "an older version: this one"
        raise _ForeignError(f"is from {age} reads format {VERSION}, not {str(version)[:20]}")
    _, version, checksum, run = members(value, ("format", "version", "sha256", "run"), "the file")
    if version != VERSION or isinstance(version, bool):
        raise damaged("version", "is no whole number")
    if checksum != _checksum(VERSION, run):
        raise damaged("its checksum", "doesn't fit: something in it has changed")
    return run


def _config(value: Any) -> TrainingConfig:
    names = ("task", *(field.name for field in FIELDS))
    return TrainingConfig(**dict(zip(names, members(value, names, "config"), strict=True)))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise damaged("the file", "has a name twice")
    return made


def _refused_constant(name: str) -> Any:
    raise damaged("the file", f"has {name}, which is no number")


def _short(kind: type[int] | type[float]) -> Any:
    def parse(digits: str) -> int | float:
        if len(digits) > _MAX_NUMBER_LENGTH:
            raise damaged("the file", "has a number of too many digits")
        return kind(digits)

    return parse
