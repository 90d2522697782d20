"""Writing a trainer to a file and reading it back.

The file is one JSON object with the keys format, version, sha256 and run. The checksum is that of the
canonical JSON of version and run, so that it still fits if another program only changes the layout.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

from bpengine.checkpoint.parsing import parse_json
from bpengine.checkpoint.runs import SavedRun, UnknownSettingError, decode_run, encode_run
from bpengine.checkpoint.values import DamagedError, LongText, damaged, members
from bpengine.errors import CheckpointError
from bpengine.files import FileError, read_whole, reason_of, write_whole
from bpengine.trainer import Trainer
from bpengine.wording import printable_path

FORMAT = "bpengine checkpoint"
VERSION = 1
MAX_BYTES = 1_000_000_000
"""The size of the largest file that is read."""


def save(trainer: Trainer, path: str | os.PathLike[str]) -> None:
    """Write the run to a file, in any state. The earlier states for `rewind` are not saved.

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
    return read(path).trainer(kernel=kernel)


def load_with_numpy(path: str | os.PathLike[str]) -> tuple[Trainer, str]:
    """The run with NumPy's kernel, which is ready at once, and the name of the kernel that the run had.

    Raises:
        CheckpointError: as for `load`.
    """
    run = read(path)
    return run.trainer(kernel="numpy"), run.kernel


def read(path: str | os.PathLike[str]) -> SavedRun:
    """The run from a file, from which a trainer can be made.

    Raises:
        CheckpointError: as for `load`.
    """
    name = printable_path(path)
    try:
        return decode_run(_checked(_parsed(read_whole(path, MAX_BYTES))))
    except FileError as error:
        raise CheckpointError(f"{name}: {error}") from None
    except DamagedError as error:
        raise CheckpointError(f"{name}: is damaged: {error}") from None
    except (_ForeignError, UnknownSettingError) as error:
        raise CheckpointError(f"{name}: {error}") from None
    except RecursionError:  # while the checksum is computed
        raise CheckpointError(f"{name}: is damaged: the file is nested too deeply") from None


class _ForeignError(ValueError):
    """The file is not a checkpoint, or not one that this version can read."""


def _written(trainer: Trainer) -> str:
    run = json.loads(json.dumps(encode_run(SavedRun.of(trainer)), default=_text))  # tuples become lists
    content = {"format": FORMAT, "version": VERSION, "sha256": _checksum(VERSION, run), "run": run}
    return json.dumps(content, indent=1, allow_nan=False) + "\n"


def _text(value: object) -> str:
    """The text that stands in the file for a value that JSON does not know."""
    if not isinstance(value, LongText):
        raise TypeError(f"a checkpoint can't hold {value!r}")
    return str(value)


def _checksum(version: int, run: Any) -> str:
    canonical = json.dumps({"version": version, "run": run}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _parsed(data: bytes) -> Any:
    if not data:
        raise _ForeignError("is empty")
    if FORMAT.encode() not in data[:200]:
        raise _ForeignError("is not a checkpoint")
    return parse_json(data)


def _checked(value: Any) -> Any:
    """The part that describes the run, after checking the format, the version and the checksum."""
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
